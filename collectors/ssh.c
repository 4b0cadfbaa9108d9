/* SPDX-License-Identifier: Apache-2.0
 *
 * SSH: how a server introduces itself, and which algorithms it has to offer. It says both
 * before anything is encrypted, so one connection is enough, and we never log in.
 *
 * We identify ourselves at once, as clients do; who speaks HTTP then says so. The end is a
 * plain close after the server's list: sshd writes one line of level INFO about that. About
 * a DISCONNECT it writes two, and about a client that leaves before the list, an error.
 */
#include "collectors/ssh.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/ssh_weakness.h"
#include "collectors/ssh_wire.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/dialogue.h"

enum {
	/* Of what may stand before the identification; some tarpits never stop. */
	LINES_MOST = 64,
	BYTES_MOST = 128 << 10,
	TEXTS_MOST = SSH_LISTS * SSH_NAMES_MOST
};

enum {
	ROW_BANNER,
	ROW_PROTOCOL,
	ROW_SOFTWARE,
	ROW_COMMENT,
	ROW_KEX,
	ROW_HOST_KEYS,
	ROW_CIPHERS,
	ROW_MACS,
	ROW_COMPRESSION,
	ROW_WEAK,
	ROW_TERRAPIN,
	ROW_SECONDS
};

static const struct fact_descriptor facts[] = {
	[ROW_BANNER] = {
		.name = "ssh.banner", .type = FACT_TEXT,
		.help = "The line with which the server identifies itself."
	},
	[ROW_PROTOCOL] = {
		.name = "ssh.protocol", .type = FACT_TEXT,
		.help = "The version of the protocol: 2.0; 1.99 is 2.0 by a server that speaks "
			"version 1 too."
	},
	[ROW_SOFTWARE] = {
		.name = "ssh.software", .type = FACT_TEXT,
		.help = "The server's program as it calls itself."
	},
	[ROW_COMMENT] = {
		.name = "ssh.comment", .type = FACT_TEXT,
		.help = "What it says behind that, often the operating system; absent: nothing."
	},
	[ROW_KEX] = {
		.name = "ssh.kex", .type = FACT_TEXTS,
		.help = "How it agrees on keys, in its order, as the following lists are."
	},
	[ROW_HOST_KEYS] = {
		.name = "ssh.host_keys", .type = FACT_TEXTS,
		.help = "The kinds of host keys and signatures it has."
	},
	[ROW_CIPHERS] = {
		.name = "ssh.ciphers", .type = FACT_TEXTS,
		.help = "The ciphers it offers for either direction."
	},
	[ROW_MACS] = {
		.name = "ssh.macs", .type = FACT_TEXTS,
		.help = "The message authentication codes it offers for either direction."
	},
	[ROW_COMPRESSION] = {
		.name = "ssh.compression", .type = FACT_TEXTS,
		.help = "How it compresses, for either direction."
	},
	[ROW_WEAK] = {
		.name = "ssh.weak_algorithms", .type = FACT_TEXTS, .metric = "ssh_weak_algorithms",
		.help = "Those of all these that are not good enough any more."
	},
	[ROW_TERRAPIN] = {
		.name = "ssh.terrapin", .type = FACT_BOOLEAN, .metric = "ssh_terrapin",
		.help = "Whether it is open to Terrapin (CVE-2023-48795): it offers ciphers that "
			"are, and does not know strict key exchange."
	},
	[ROW_SECONDS] = {
		.name = "ssh.seconds", .type = FACT_REAL, .unit = "seconds",
		.metric = "ssh_seconds",
		.lasting = FACT_FLEETS,
		.help = "How long it took from connecting to the last of its algorithms."
	},
	{ .name = NULL }
};

struct talk {
	struct run *run;
	struct route route;
	struct dialogue *dialogue;	/* NULL: none is under way */
	unsigned lines;			/* before the identification */
	bool identified, parted;
};

static void say_identification(struct writer *out, void *arg)
{
	(void)arg;
	ssh_put_identification(out);
}

static void tell_text(struct talk *talk, size_t row, const struct ssh_text *text)
{
	if (text->length)
		facts_set_foreign(talk->run->facts, &facts[row], text->bytes, text->length);
}

static void note_words(struct talk *talk, const struct ssh_text *words)
{
	run_note(talk->run, "it says: %.*s", (int)words->length, words->bytes);
}

static enum turn hear_identification(struct talk *talk, const struct ssh_text *line)
{
	struct ssh_identification said;
	bool sound = ssh_read_identification(line, &said);

	talk->identified = true;
	tell_text(talk, ROW_BANNER, line);
	if (!sound)
		return TURN_MALFORMED;
	tell_text(talk, ROW_PROTOCOL, &said.protocol);
	tell_text(talk, ROW_SOFTWARE, &said.software);
	tell_text(talk, ROW_COMMENT, &said.comment);
	if (said.speaks_2)
		return TURN_NEXT_STEP;
	run_note(talk->run, "it does not speak version 2");
	return TURN_NOT_THIS_PROTOCOL;
}

static enum turn read_identification(struct reader *in, void *arg)
{
	struct talk *talk = arg;
	struct ssh_text line;
	enum turn turn = ssh_take_line(in, &line);

	if (turn != TURN_NEXT_STEP)
		return turn;
	if (ssh_is_identification(&line))
		return hear_identification(talk, &line);
	if (!talk->lines)
		note_words(talk, &line);
	return ++talk->lines < LINES_MOST ? TURN_GO_ON : TURN_NOT_THIS_PROTOCOL;
}

/* Names, each of them once. */
struct names {
	struct arena *arena;
	const char *texts[TEXTS_MOST];
	size_t count;
};

static void add_name(struct names *names, const struct ssh_text *name)
{
	const char *copy = arena_copy_span(names->arena, name->bytes, name->length);

	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->texts[i], copy))
			return;
	names->texts[names->count++] = copy;
}

static void add_offered(struct names *names, const struct ssh_heard *heard, enum ssh_list list)
{
	struct ssh_text rest = heard->lists[list], name;

	while (ssh_take_name(&rest, &name))
		if (!ssh_is_sign(&name))
			add_name(names, &name);
}

static void add_weak(struct names *names, const struct ssh_heard *heard)
{
	for (enum ssh_list list = 0; list < SSH_LISTS; list++) {
		struct ssh_text rest = heard->lists[list], name;

		while (ssh_take_name(&rest, &name))
			if (ssh_is_weak(list, &name))
				add_name(names, &name);
	}
}

static void tell_algorithms(struct run *run, const struct ssh_heard *heard)
{
	static const struct {
		size_t row;
		enum ssh_list first, last;
	} told[] = {
		{ ROW_KEX, SSH_KEX, SSH_KEX },
		{ ROW_HOST_KEYS, SSH_HOST_KEYS, SSH_HOST_KEYS },
		{ ROW_CIPHERS, SSH_CIPHERS_IN, SSH_CIPHERS_OUT },
		{ ROW_MACS, SSH_MACS_IN, SSH_MACS_OUT },
		{ ROW_COMPRESSION, SSH_COMPRESSION_IN, SSH_COMPRESSION_OUT }
	};
	struct names names = { .arena = arena_new() };

	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		names.count = 0;
		for (enum ssh_list list = told[i].first; list <= told[i].last; list++)
			add_offered(&names, heard, list);
		facts_set_texts(run->facts, &facts[told[i].row], names.texts, names.count);
	}
	names.count = 0;
	add_weak(&names, heard);
	facts_set_texts(run->facts, &facts[ROW_WEAK], names.texts, names.count);
	facts_set_boolean(run->facts, &facts[ROW_TERRAPIN], ssh_is_open_to_terrapin(heard));
	arena_free(names.arena);
}

static enum turn read_algorithms(struct reader *in, void *arg)
{
	struct talk *talk = arg;
	struct ssh_heard heard;
	enum turn turn = ssh_take_packet(in, &heard);

	if (turn != TURN_CONCLUDED)
		return turn;
	talk->parted = heard.parted;
	if (heard.parted) {
		note_words(talk, &heard.words);
		return TURN_CONCLUDED;
	}
	tell_algorithms(talk->run, &heard);
	facts_set_real(talk->run->facts, &facts[ROW_SECONDS],
		       (double)(clock_monotonic_us() - dialogue_began_us(talk->dialogue)) / 1e6);
	return TURN_CONCLUDED;
}

static const struct step steps[] = {
	{ "identification", say_identification, read_identification, STAGE_REPLY },
	{ "algorithms", NULL, read_algorithms, STAGE_REPLY }
};

static void fail(struct talk *talk, enum stage stage, enum reason reason, const char *step)
{
	run_finish(talk->run, (struct outcome){ stage, reason, step });
}

static void talk_has_ended(void *arg, const struct dialogue_end *end)
{
	struct talk *talk = arg;

	talk->dialogue = NULL;
	if (talk->parted)
		fail(talk, STAGE_REPLY, REASON_CLOSED_EARLY, steps[1].name);
	/* Lines without end, as tarpits for the impatient drip them. */
	else if (end->outcome.reason == REASON_TIMED_OUT && talk->lines && !talk->identified)
		fail(talk, STAGE_REPLY, REASON_NOT_THIS_PROTOCOL, steps[0].name);
	else
		run_finish(talk->run, end->outcome);
}

static void ask(struct talk *talk)
{
	struct run *run = talk->run;
	const struct dialogue_plan plan = {
		.steps = steps,
		.count = sizeof steps / sizeof *steps,
		.route = &talk->route,
		.deadline_us = run->deadline_us,
		.most_bytes = BYTES_MOST
	};

	talk->dialogue = dialogue_start(run_loop(run), &plan, talk, talk_has_ended, talk);
}

static void ssh_start(struct run *run)
{
	const struct subject *subject = &run->request->subject;
	struct talk *talk = memory_new(1, sizeof *talk);

	run->work = talk;
	talk->run = run;
	talk->route = run->route;
	talk->route.peer.port = subject->first;
	if (subject->first != subject->last)
		fail(talk, STAGE_REQUEST, REASON_UNSUPPORTED, NULL);
	else
		ask(talk);
}

static void ssh_stop(struct run *run)
{
	struct talk *talk = run->work;

	if (talk->dialogue)
		dialogue_cancel(talk->dialogue);
	free(talk);
	run->work = NULL;
}

const struct collector ssh_collector = {
	.name = "ssh",
	.answers = "Which algorithms does an SSH server offer, and which of them are weak?",
	.kinds = SUBJECT_TCP,
	.subject = "tcp/22",
	.facts = facts,
	.start = ssh_start,
	.stop = ssh_stop
};
