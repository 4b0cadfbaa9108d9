/* SPDX-License-Identifier: Apache-2.0
 *
 * What the name servers say of a name: each is asked by itself, all at once, so that it shows
 * when they say different things. The name is taken as it stands, without search domains.
 */
#include "collectors/dns.h"

#include <stdlib.h>
#include <sys/random.h>

#include "collectors/dns_facts.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/dialogue.h"

enum { SERVERS_MOST = 4, SERVERS_LISTED = 16, TCP_MOST_BYTES = 2 + UINT16_MAX };

/* Then twice as long, and so on: within ten seconds four questions. */
#define PATIENCE_US CLOCK_SECOND
#define PATIENCE_SHARE 8	/* of the time that is left */

struct survey;

/* One kind of address, of one server. */
struct question {
	struct survey *survey;
	struct dns_said *said;
	struct dns_question asked;
	struct route route;
	struct dialogue *dialogue;
	int64_t begun_us;
	bool over_tcp;
	enum dns_heard heard;
};

struct survey {
	struct run *run;
	struct dns_witness witnesses[SERVERS_MOST];
	struct question questions[SERVERS_MOST * DNS_KINDS];
	size_t servers, awaited;
};

static const enum dns_type types[DNS_KINDS] = {
	[DNS_KIND_A] = DNS_TYPE_A,
	[DNS_KIND_AAAA] = DNS_TYPE_AAAA,
};

static void write_question(struct writer *out, void *talk)
{
	const struct question *question = talk;
	size_t at = out->length;

	if (question->over_tcp)
		writer_put_zeroes(out, 2);
	dns_put_question(out, &question->asked);
	if (question->over_tcp)
		writer_patch_u16be(out, at, (uint16_t)(out->length - at - 2));
}

/* What is not for us is not believed, and not held against the server either. */
static enum turn hear(struct question *question, struct reader *message)
{
	question->heard = dns_take_reply(message, &question->asked, &question->said->reply);
	switch (question->heard) {
	case DNS_HEARD_STRANGER:
		return TURN_GO_ON;
	case DNS_HEARD_TRUNCATED:
		return question->over_tcp ? TURN_MALFORMED : TURN_CONCLUDED;
	case DNS_HEARD_REPLY:
		return TURN_CONCLUDED;
	case DNS_HEARD_MALFORMED:
	default:
		return TURN_MALFORMED;
	}
}

static enum turn read_datagram(struct reader *in, void *talk)
{
	return hear(talk, in);
}

static enum turn read_stream(struct reader *in, void *talk)
{
	struct reader rest = *in;
	struct reader message = reader_part(&rest, reader_take_u16be(&rest));

	if (!reader_ok(&rest))
		return TURN_NEED_MORE;
	*in = rest;
	return hear(talk, &message);
}

static const struct step udp_steps[] = { { "answer", write_question, read_datagram,
					   STAGE_REPLY } };
static const struct step tcp_steps[] = { { "answer_over_tcp", write_question, read_stream,
					   STAGE_REPLY } };

static void conclude(struct survey *survey)
{
	struct run *run = survey->run;

	dns_tell(run->facts, survey->witnesses, survey->servers);
	for (size_t i = 0; i < survey->servers * DNS_KINDS; i++) {
		if (survey->questions[i].said->reply.circular) {
			run_note(run, "the aliases lead in a circle");
			break;
		}
	}
	run_finish(run, dns_outcome(survey->witnesses, survey->servers));
}

static void settle(struct question *question, struct outcome outcome)
{
	struct survey *survey = question->survey;

	question->said->outcome = outcome;
	question->said->took_us = clock_monotonic_us() - question->begun_us;
	if (--survey->awaited == 0)
		conclude(survey);
}

static void ask(struct question *question);

/* Servers that do not know EDNS say that they cannot read the question (RFC 6891 7). */
static bool stumbles_over_edns(const struct question *question)
{
	enum dns_rcode rcode = question->said->reply.rcode;

	return !question->asked.plain &&
	       (rcode == DNS_RCODE_FORMERR || rcode == DNS_RCODE_NOTIMP);
}

static void answered(void *arg, const struct dialogue_end *end)
{
	struct question *question = arg;

	question->dialogue = NULL;
	if (end->outcome.reason != REASON_NONE) {
		settle(question, end->outcome);
	} else if (question->heard == DNS_HEARD_TRUNCATED) {
		question->said->too_long = question->over_tcp = true;
		ask(question);
	} else if (stumbles_over_edns(question)) {
		question->asked.plain = true;
		ask(question);
	} else {
		settle(question, end->outcome);
	}
}

/* Each time with another id, and from another port that the system takes by chance. */
static void ask(struct question *question)
{
	const struct run *run = question->survey->run;
	int64_t share_us = (run->deadline_us - clock_monotonic_us()) / PATIENCE_SHARE;
	struct dialogue_plan plan = {
		.steps = question->over_tcp ? tcp_steps : udp_steps,
		.count = 1,
		.route = &question->route,
		.deadline_us = run->deadline_us,
		.most_bytes = TCP_MOST_BYTES,
		.over_udp = !question->over_tcp,
		.resend_after_us = share_us < 0		    ? 0
				   : share_us < PATIENCE_US ? share_us
							    : PATIENCE_US
	};

	dns_reply_clear(&question->said->reply);
	if (getrandom(&question->asked.id, sizeof question->asked.id, 0) < 0)
		settle(question, (struct outcome){ STAGE_REQUEST, REASON_INTERNAL, NULL });
	else
		question->dialogue = dialogue_start(run_loop(run), &plan, question, answered,
						    question);
}

static void prepare(struct survey *survey, const struct dns_name *name)
{
	uint64_t wanted = survey->run->request->wanted;

	for (size_t i = 0; i < survey->servers * DNS_KINDS; i++) {
		enum dns_kind kind = (enum dns_kind)(i % DNS_KINDS);
		struct dns_witness *witness = &survey->witnesses[i / DNS_KINDS];
		struct question *question = &survey->questions[i];

		question->survey = survey;
		question->said = &witness->said[kind];
		question->said->asked = dns_kind_is_wanted(kind, wanted);
		question->asked = (struct dns_question){ .type = types[kind], .name = *name };
		question->route.peer = witness->server;
		question->begun_us = clock_monotonic_us();
		survey->awaited += question->said->asked;
	}
}

static bool is_asked(const struct survey *survey, const struct address *server)
{
	for (size_t i = 0; i < survey->servers; i++)
		if (address_same_host(&survey->witnesses[i].server, server) &&
		    survey->witnesses[i].server.port == server->port)
			return true;
	return false;
}

/* Each once, however often it is listed. */
static bool find_servers(struct survey *survey)
{
	struct address servers[SERVERS_LISTED];
	size_t count = resolver_servers(run_resolver(survey->run), servers, SERVERS_LISTED);

	for (size_t i = 0; i < count && i < SERVERS_LISTED; i++) {
		if (is_asked(survey, &servers[i]))
			continue;
		if (survey->servers == SERVERS_MOST) {
			run_note(survey->run, "only the first %d name servers were asked",
				 SERVERS_MOST);
			break;
		}
		survey->witnesses[survey->servers++].server = servers[i];
	}
	return survey->servers;
}

static void dns_start(struct run *run)
{
	struct survey *survey = memory_new(1, sizeof *survey);
	struct dns_name name;
	const char *why;

	run->work = survey;
	survey->run = run;
	if (!dns_name_parse(run->request->subject.text, &name, &why)) {
		run_note(run, "%s", why);
		run_finish(run, (struct outcome){ STAGE_REQUEST, REASON_UNSUPPORTED, NULL });
	} else if (!find_servers(survey)) {
		run_note(run, "no name server is known");
		run_finish(run, (struct outcome){ STAGE_RESOLVE, REASON_NAME_SERVER_FAILED,
						  NULL });
	} else {
		prepare(survey, &name);
		for (size_t i = 0; i < survey->servers * DNS_KINDS; i++)
			if (survey->questions[i].said->asked)
				ask(&survey->questions[i]);
	}
}

static void dns_stop(struct run *run)
{
	struct survey *survey = run->work;

	for (size_t i = 0; i < survey->servers * DNS_KINDS; i++) {
		struct question *question = &survey->questions[i];

		if (question->dialogue)
			dialogue_cancel(question->dialogue);
		if (question->said)
			dns_reply_clear(&question->said->reply);
	}
	free(survey);
	run->work = NULL;
}

const struct collector dns_collector = {
	.name = "dns",
	.answers = "What do the name servers say of a name, and do they agree?",
	.kinds = SUBJECT_NAME | SUBJECT_OWN_NAME,
	.subject = "pbx.example",
	.familyless = true,
	.facts = dns_fact_table,
	.start = dns_start,
	.stop = dns_stop
};
