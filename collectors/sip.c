/* SPDX-License-Identifier: Apache-2.0
 *
 * SIP: what a server answers to OPTIONS, and whether our words come back as we sent them: what
 * somebody between us has changed. One request an observation, repeated over UDP, never another
 * method and never a password.
 */
#include "collectors/sip.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "collectors/sip_wire.h"
#include "ground/clock.h"
#include "ground/memory.h"

enum {
	STATUS_FINAL = 200,
	LIST_MOST = 32,
	TOKEN_ROOM = 48,
	HEARD_MOST = 1 << 20		/* of datagrams, also of those that are not for us */
};

/* RFC 3261 17.1.2.1: T1 */
#define RESEND_AFTER_US (500 * CLOCK_MILLISECOND)

static const char *const class_words[] = {
	"provisional", "success", "redirection", "client_error", "server_error",
	"global_error", NULL
};
static const char *const auth_words[] = {
	[SIP_AUTH_NONE] = "none", [SIP_AUTH_DIGEST] = "digest", [SIP_AUTH_BASIC] = "basic",
	[SIP_AUTH_OTHER] = "other", NULL
};
static const char *const part_words[] = {
#define SIP_PART_WORD(constant, word) [SIP_PART_##constant] = word,
	SIP_PARTS(SIP_PART_WORD)
#undef SIP_PART_WORD
	NULL
};

enum {
	ROW_STATUS,
	ROW_STATUS_CLASS,
	ROW_REASON_PHRASE,
	ROW_SERVER,
	ROW_USER_AGENT,
	ROW_ALLOW,
	ROW_SUPPORTED,
	ROW_AUTH,
	ROW_REALM,
	ROW_VIA_INTACT,
	ROW_REWRITTEN,
	ROW_NAT,
	ROW_SEEN_AS,
	ROW_SAME_ADDRESS,
	ROW_ANSWER_FROM,
	ROW_SECONDS
};

static const struct fact_descriptor facts[] = {
	[ROW_STATUS] = {
		.name = "sip.status", .type = FACT_INTEGER, .metric = "sip_status",
		.help = "The status of the answer to OPTIONS, 200 as a rule."
	},
	[ROW_STATUS_CLASS] = {
		.name = "sip.status_class", .type = FACT_TEXT, .words = class_words,
		.help = "What kind of status that is; provisional when no other followed."
	},
	[ROW_REASON_PHRASE] = {
		.name = "sip.reason_phrase", .type = FACT_TEXT,
		.help = "The server's words behind the status."
	},
	[ROW_SERVER] = {
		.name = "sip.server", .type = FACT_TEXT,
		.help = "What the server calls itself (Server), often with its version."
	},
	[ROW_USER_AGENT] = {
		.name = "sip.user_agent", .type = FACT_TEXT,
		.help = "The same, where it answers as telephones do (User-Agent)."
	},
	[ROW_ALLOW] = {
		.name = "sip.allow", .type = FACT_TEXTS,
		.help = "The methods that it takes, as far as it says (Allow)."
	},
	[ROW_SUPPORTED] = {
		.name = "sip.supported", .type = FACT_TEXTS,
		.help = "The extensions that it knows, as far as it says (Supported)."
	},
	[ROW_AUTH] = {
		.name = "sip.auth", .type = FACT_TEXT, .words = auth_words,
		.help = "How it wants to know who asks, by 401 or 407; the weakest way that it "
			"offers."
	},
	[ROW_REALM] = {
		.name = "sip.realm", .type = FACT_TEXT,
		.help = "For what it wants to know that."
	},
	[ROW_VIA_INTACT] = {
		.name = "sip.via_intact", .type = FACT_BOOLEAN, .metric = "sip_via_intact",
		.help = "Whether our Via came back as we sent it; if not, a box between us "
			"(an ALG) rewrites SIP."
	},
	[ROW_REWRITTEN] = {
		.name = "sip.rewritten", .type = FACT_TEXTS, .words = part_words,
		.help = "What of ours came back changed or not at all."
	},
	[ROW_NAT] = {
		.name = "sip.nat", .type = FACT_BOOLEAN,
		.help = "Whether the server sees another address or port than ours."
	},
	[ROW_SEEN_AS] = {
		.name = "sip.seen_as", .type = FACT_TEXT,
		.lasting = FACT_FLEETS,
		.help = "Our address and port as the server sees them, if it says so."
	},
	[ROW_SAME_ADDRESS] = {
		.name = "sip.same_address", .type = FACT_BOOLEAN,
		.help = "Whether the answer came from the address and port that was asked."
	},
	[ROW_ANSWER_FROM] = {
		.name = "sip.answer_from", .type = FACT_TEXT,
		.help = "The address and port it came from."
	},
	[ROW_SECONDS] = {
		.name = "sip.seconds", .type = FACT_REAL, .unit = "seconds",
		.metric = "sip_duration_seconds",
		.lasting = FACT_FLEETS,
		.help = "How long the answer took, from the first time we asked."
	},
	{ .name = NULL }
};

struct inquiry {
	struct run *run;
	struct dialogue *dialogue;
	struct route route;
	struct sip_question question;
	bool over_udp;
	int64_t asked_us;
	size_t looked;			/* see sip_take_message() */
	size_t body_left;		/* of the message whose fields are read */
	unsigned status;		/* of the latest answer; 0: none yet */
};

static void write_options(struct writer *out, void *talk)
{
	struct inquiry *inquiry = talk;

	inquiry->question.from = dialogue_source(inquiry->dialogue);
	inquiry->asked_us = clock_monotonic_us();
	sip_put_options(out, &inquiry->question);
}

/* --- facts --------------------------------------------------------------------- */

/* What an earlier, provisional answer said of it no longer counts. */
static void note_text(struct inquiry *inquiry, size_t row, struct sip_text text)
{
	struct text words = { 0 };

	sip_text_say(text, &words);
	if (words.length)
		facts_set_foreign(inquiry->run->facts, &facts[row], words.bytes, words.length);
	else
		facts_drop(inquiry->run->facts, &facts[row]);
	text_free(&words);
}

static void note_tokens(struct inquiry *inquiry, size_t row, const struct sip_message *message,
			const char *name, int (*spell)(int c))
{
	struct sip_text tokens[LIST_MOST];
	char rooms[LIST_MOST][TOKEN_ROOM];
	const char *words[LIST_MOST];
	size_t found = sip_tokens(message, name, tokens, LIST_MOST), count = 0;

	for (size_t i = 0; i < found; i++) {
		if (tokens[i].length >= TOKEN_ROOM)
			continue;
		for (size_t at = 0; at < tokens[i].length; at++)
			rooms[count][at] = (char)spell((unsigned char)tokens[i].bytes[at]);
		rooms[count][tokens[i].length] = '\0';
		words[count] = rooms[count];
		count++;
	}
	if (sip_field(message, name).bytes)
		facts_set_texts(inquiry->run->facts, &facts[row], words, count);
	else
		facts_drop(inquiry->run->facts, &facts[row]);
}

static void note_message(struct inquiry *inquiry, const struct sip_message *message)
{
	struct facts *seen = inquiry->run->facts;
	struct sip_text realm;
	enum sip_auth auth = sip_challenge(message, &realm);

	inquiry->status = message->status;
	facts_set_integer(seen, &facts[ROW_STATUS], message->status);
	facts_set_text(seen, &facts[ROW_STATUS_CLASS], class_words[message->status / 100 - 1]);
	note_text(inquiry, ROW_REASON_PHRASE, message->reason);
	note_text(inquiry, ROW_SERVER, sip_field(message, "Server"));
	note_text(inquiry, ROW_USER_AGENT, sip_field(message, "User-Agent"));
	note_tokens(inquiry, ROW_ALLOW, message, "Allow", toupper);
	note_tokens(inquiry, ROW_SUPPORTED, message, "Supported", tolower);
	if (message->status < STATUS_FINAL)
		return;
	facts_set_text(seen, &facts[ROW_AUTH], auth_words[auth]);
	note_text(inquiry, ROW_REALM, realm);
}

static void note_address(struct inquiry *inquiry, size_t row, const struct address *address)
{
	char string[ADDRESS_ROOM];

	address_format_with_port(address, string);
	facts_set_text(inquiry->run->facts, &facts[row], string);
}

/* What a server sees of us behind an HTTP proxy is the proxy. */
static void note_seen_as(struct inquiry *inquiry, const struct address *seen_as)
{
	struct address from = inquiry->question.from;
	bool same;

	if (!seen_as->family || inquiry->route.proxy.address.family)
		return;
	from.scope = 0;
	same = address_same_host(seen_as, &from) && seen_as->port == from.port;
	facts_set_boolean(inquiry->run->facts, &facts[ROW_NAT], !same);
	note_address(inquiry, ROW_SEEN_AS, seen_as);
}

static void note_echo(struct inquiry *inquiry, const struct sip_echo *echo)
{
	const char *words[SIP_PART_COUNT];
	size_t count = 0;

	for (size_t i = 0; i < SIP_PART_COUNT; i++)
		if (echo->rewritten[i])
			words[count++] = part_words[i];
	facts_set_boolean(inquiry->run->facts, &facts[ROW_VIA_INTACT],
			  !echo->rewritten[SIP_PART_VIA]);
	facts_set_texts(inquiry->run->facts, &facts[ROW_REWRITTEN], words, count);
	note_seen_as(inquiry, &echo->seen_as);
}

static bool is_asked_one(const struct inquiry *inquiry, const struct address *sender)
{
	return address_same_host(sender, &inquiry->route.peer) &&
	       sender->port == inquiry->route.peer.port;
}

static void note_sender(struct inquiry *inquiry)
{
	struct address sender = dialogue_sender(inquiry->dialogue);
	int64_t took_us = clock_monotonic_us() - inquiry->asked_us;

	facts_set_boolean(inquiry->run->facts, &facts[ROW_SAME_ADDRESS],
			  is_asked_one(inquiry, &sender));
	note_address(inquiry, ROW_ANSWER_FROM, &sender);
	facts_set_real(inquiry->run->facts, &facts[ROW_SECONDS],
		       (double)took_us / (double)CLOCK_SECOND);
}

/* --- reading ------------------------------------------------------------------- */

/* Who does not know what we said is not believed, be it that he answers somebody else or that
 * he would like to answer in another's place. Servers send requests of their own, too; only an
 * echo sends ours. */
static enum turn hear_message(struct inquiry *inquiry, const struct sip_message *message)
{
	struct sip_echo echo;

	sip_compare(message, &inquiry->question, &echo);
	if (!echo.ours)
		return TURN_GO_ON;
	if (!message->status)
		return TURN_NOT_THIS_PROTOCOL;
	note_message(inquiry, message);
	note_echo(inquiry, &echo);
	note_sender(inquiry);
	return message->status < STATUS_FINAL ? TURN_GO_ON : TURN_CONCLUDED;
}

/* What is no whole message counts when it comes from the one we asked, and is not just to keep
 * a connection alive. */
static enum turn read_datagram(struct reader *in, void *talk)
{
	struct inquiry *inquiry = talk;
	const struct address sender = dialogue_sender(inquiry->dialogue);
	struct sip_message message;
	size_t looked = 0;
	enum turn turn = sip_take_message(in, &looked, &message);

	if (turn == TURN_NEXT_STEP) {
		turn = hear_message(inquiry, &message);
		return turn == TURN_CONCLUDED && message.body_bytes > reader_left(in) ?
			       TURN_MALFORMED : turn;
	}
	if (!is_asked_one(inquiry, &sender) || !reader_left(in))
		return TURN_NEED_MORE;
	return turn == TURN_NEED_MORE ? TURN_MALFORMED : turn;
}

/* The last bytes are awaited, too: who closes before they have come resets the connection. */
static enum turn skip_body(struct reader *in, struct inquiry *inquiry)
{
	size_t there = reader_left(in);

	if (there > inquiry->body_left)
		there = inquiry->body_left;
	reader_skip(in, there);
	inquiry->body_left -= there;
	return !inquiry->body_left && inquiry->status >= STATUS_FINAL ? TURN_CONCLUDED
								       : TURN_GO_ON;
}

static enum turn read_stream(struct reader *in, void *talk)
{
	struct inquiry *inquiry = talk;
	struct sip_message message;
	enum turn turn;

	if (inquiry->body_left)
		return skip_body(in, inquiry);
	turn = sip_take_message(in, &inquiry->looked, &message);
	if (turn != TURN_NEXT_STEP)
		return turn;
	turn = hear_message(inquiry, &message);
	if (turn != TURN_GO_ON && turn != TURN_CONCLUDED)
		return turn;
	inquiry->body_left = message.body_bytes;
	return skip_body(in, inquiry);
}

static const struct step datagram_steps[] = {
	{ "options", write_options, read_datagram, STAGE_REPLY }
};
static const struct step stream_steps[] = {
	{ "options", write_options, read_stream, STAGE_REPLY }
};

/* --- the run ------------------------------------------------------------------- */

static void answered(void *arg, const struct dialogue_end *end)
{
	struct inquiry *inquiry = arg;
	struct outcome outcome = end->outcome;

	inquiry->dialogue = NULL;
	if (outcome.reason != REASON_NONE && inquiry->body_left) {
		outcome.reason = REASON_MALFORMED;
		run_note(inquiry->run, "the answer is shorter than it says");
	} else if (outcome.reason == REASON_TIMED_OUT && inquiry->status) {
		run_note(inquiry->run, "nothing followed the provisional answer %u",
			 inquiry->status);
	}
	run_finish(inquiry->run, outcome);
}

static void fail(struct inquiry *inquiry, enum stage stage, enum reason reason)
{
	run_finish(inquiry->run, (struct outcome){ stage, reason, NULL });
}

/* What nobody can guess who does not see it. */
static bool leave_to_chance(struct sip_question *question)
{
	uint64_t chance[3];

	if (getrandom(chance, sizeof chance, 0) != sizeof chance)
		return false;
	question->branch = chance[0];
	question->call_id = chance[1];
	question->tag = chance[2];
	return true;
}

static void ask(struct inquiry *inquiry)
{
	const struct dialogue_plan plan = {
		.steps = inquiry->over_udp ? datagram_steps : stream_steps,
		.count = 1,
		.route = &inquiry->route,
		.deadline_us = inquiry->run->deadline_us,
		.most_bytes = inquiry->over_udp ? HEARD_MOST : 0,
		.over_udp = inquiry->over_udp,
		.from_anywhere = true,
		.resend_after_us = RESEND_AFTER_US
	};

	if (!leave_to_chance(&inquiry->question))
		fail(inquiry, STAGE_REQUEST, REASON_INTERNAL);
	else
		inquiry->dialogue = dialogue_start(run_loop(inquiry->run), &plan, inquiry,
						   answered, inquiry);
}

static enum sip_transport transport_of(enum subject_kind kind)
{
	return kind == SUBJECT_UDP ? SIP_UDP : kind == SUBJECT_TLS ? SIP_TLS : SIP_TCP;
}

static void sip_start(struct run *run)
{
	const struct subject *subject = &run->request->subject;
	struct inquiry *inquiry = memory_new(1, sizeof *inquiry);

	run->work = inquiry;
	inquiry->run = run;
	inquiry->route = run->route;
	inquiry->route.peer.port = subject->first;
	inquiry->route.tls = subject->kind == SUBJECT_TLS;
	inquiry->over_udp = subject->kind == SUBJECT_UDP;
	inquiry->question.transport = transport_of(subject->kind);
	inquiry->question.name = run->route.name;
	inquiry->question.to = inquiry->route.peer;
	if (subject->first != subject->last)
		fail(inquiry, STAGE_REQUEST, REASON_UNSUPPORTED);
	else
		ask(inquiry);
}

static void sip_stop(struct run *run)
{
	struct inquiry *inquiry = run->work;

	if (inquiry->dialogue)
		dialogue_cancel(inquiry->dialogue);
	free(inquiry);
	run->work = NULL;
}

const struct collector sip_collector = {
	.name = "sip",
	.answers = "What does a SIP server answer to OPTIONS, and who rewrites what we say?",
	.kinds = SUBJECT_UDP | SUBJECT_TCP | SUBJECT_TLS,
	.subject = "udp/5060",
	.facts = facts,
	.start = sip_start,
	.stop = sip_stop
};
