/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/host.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "collectors/host_owners.h"
#include "collectors/host_sockets.h"
#include "collectors/machine.h"
#include "ground/clock.h"
#include "ground/memory.h"

enum { PART_BYTES = 64 << 10, QUESTION_ROOM = 128, QUESTIONS = 4 };

/* An answer that was disturbed by changes is asked for again, after a pause. */
#define PAUSE_US (20 * CLOCK_MILLISECOND)
/* Others wait for the loop as well. */
#define SLICE_US (10 * CLOCK_MILLISECOND)
/* What is kept of the time for telling. */
#define RESERVE_US (200 * CLOCK_MILLISECOND)

enum { ROW_EXPOSURE, ROW_LISTENING, ROW_EXPOSED, ROW_SOCKETS };
enum {
	COLUMN_PROTOCOL,
	COLUMN_ADDRESS,
	COLUMN_PORT,
	COLUMN_EXPOSURE,
	COLUMN_PROCESS,
	COLUMN_PID,
	COLUMN_PROCESSES,
	COLUMN_USER
};
enum exposure { EXPOSURE_NONE, EXPOSURE_LOOPBACK, EXPOSURE_EXPOSED };

static const char *const protocols[] = { "tcp", "udp", NULL };
static const char *const exposures[] = {
	[EXPOSURE_NONE] = "none", [EXPOSURE_LOOPBACK] = "loopback", [EXPOSURE_EXPOSED] = "exposed",
	NULL
};

static const struct fact_descriptor columns[] = {
	[COLUMN_PROTOCOL] = {
		.name = "protocol", .type = FACT_TEXT, .words = protocols,
		.help = "TCP that listens, or UDP that is not connected."
	},
	[COLUMN_ADDRESS] = {
		.name = "address", .type = FACT_TEXT,
		.help = "Where it listens: 0.0.0.0 is every address of IPv4, :: every one of IPv6,"
			" * every one of both; behind a percent sign the interface it is bound to."
	},
	[COLUMN_PORT] = { .name = "port", .type = FACT_INTEGER, .help = "Its port." },
	[COLUMN_EXPOSURE] = {
		.name = "exposure", .type = FACT_TEXT, .words = exposures,
		.help = "Whether only this machine itself can reach it."
	},
	[COLUMN_PROCESS] = {
		.name = "process", .type = FACT_TEXT,
		.help = "The name of the process that has it; of several the one with the lowest"
			" number. Absent: not for us to see."
	},
	[COLUMN_PID] = {
		.name = "pid", .type = FACT_INTEGER, .lasting = FACT_FLEETS,
		.help = "That process's number."
	},
	[COLUMN_PROCESSES] = {
		.name = "processes", .type = FACT_INTEGER, .help = "How many processes have it."
	},
	[COLUMN_USER] = {
		.name = "user", .type = FACT_TEXT,
		.help = "The user who made it, by number when /etc/passwd has no name."
	},
	{ .name = NULL }
};

static const struct fact_descriptor facts[] = {
	[ROW_EXPOSURE] = {
		.name = "host.exposure", .type = FACT_TEXT, .words = exposures,
		.help = "Of all the ports asked for together: nobody listens, only on addresses"
			" that this machine alone can reach (127.0.0.0/8, ::1), or on others too."
	},
	[ROW_LISTENING] = {
		.name = "host.listening", .type = FACT_TEXTS, .metric = "host_listening_ports",
		.help = "The ports on which somebody listens, such as tcp/22."
	},
	[ROW_EXPOSED] = {
		.name = "host.exposed", .type = FACT_TEXTS, .metric = "host_exposed_ports",
		.help = "Those of them that other machines can reach, as far as no firewall is in"
			" the way."
	},
	[ROW_SOCKETS] = {
		.name = "host.sockets", .type = FACT_RECORDS, .columns = columns,
		.help = "Every socket that listens there, with its address, process and user."
	},
	{ .name = NULL }
};

struct look {
	struct run *run;
	const struct machine *machine;
	struct host_sockets sockets;
	unsigned asked;			/* questions that are answered */
	struct host_owners *owners;
	bool looked;			/* for owners, as long as there was time */
	size_t told;			/* sockets that are records already */
	struct timer timer;
};

static void look_on(void *arg);

static bool is_wanted(const struct run *run, unsigned row)
{
	return !run->request->wanted || run->request->wanted >> row & 1;
}

static enum exposure exposure_of(const struct host_socket *socket)
{
	return host_socket_is_local(socket) ? EXPOSURE_LOOPBACK : EXPOSURE_EXPOSED;
}

/* The ports of all sockets that are exposed at least so, each once. */
static void tell_ports(struct look *look, unsigned row, enum exposure least)
{
	const struct host_sockets *sockets = &look->sockets;
	char(*rooms)[HOST_PORT_ROOM] = memory_new(sockets->count, sizeof *rooms);
	const char **texts = memory_new(sockets->count, sizeof *texts);
	size_t count = 0;

	for (size_t i = 0; i < sockets->count; i++) {
		if (exposure_of(&sockets->items[i]) < least)
			continue;
		host_socket_format_port(&sockets->items[i], rooms[count]);
		if (count && !strcmp(rooms[count], rooms[count - 1]))
			continue;
		texts[count] = rooms[count];
		count++;
	}
	facts_set_texts(look->run->facts, &facts[row], texts, count);
	free(texts);
	free(rooms);
}

static void tell_exposure(struct look *look)
{
	enum exposure most = EXPOSURE_NONE;

	for (size_t i = 0; i < look->sockets.count; i++)
		if (exposure_of(&look->sockets.items[i]) > most)
			most = exposure_of(&look->sockets.items[i]);
	facts_set_text(look->run->facts, &facts[ROW_EXPOSURE], exposures[most]);
	tell_ports(look, ROW_LISTENING, EXPOSURE_NONE);
	tell_ports(look, ROW_EXPOSED, EXPOSURE_EXPOSED);
}

static void tell_address(const struct look *look, const struct host_socket *socket,
			 struct facts *record)
{
	struct text address = { 0 };
	char interface[MACHINE_NAME_ROOM];

	if (socket->interface)
		machine_interface(look->machine, socket->interface, interface);
	host_socket_format_address(socket, socket->interface ? interface : NULL, &address);
	facts_set_foreign(record, &columns[COLUMN_ADDRESS], text_string(&address),
			  address.length);
	text_free(&address);
}

static void tell_socket(const struct look *look, const struct host_socket *socket)
{
	struct facts *record = facts_add_record(look->run->facts, &facts[ROW_SOCKETS]);
	unsigned processes;
	const struct host_process *owner =
		host_owners_of(look->owners, socket->inode, &processes);
	char user[MACHINE_NAME_ROOM];

	facts_set_text(record, &columns[COLUMN_PROTOCOL], protocols[socket->udp]);
	tell_address(look, socket, record);
	facts_set_integer(record, &columns[COLUMN_PORT], socket->address.port);
	facts_set_text(record, &columns[COLUMN_EXPOSURE], exposures[exposure_of(socket)]);
	if (owner) {
		facts_set_foreign(record, &columns[COLUMN_PROCESS], owner->name, owner->length);
		facts_set_integer(record, &columns[COLUMN_PID], owner->pid);
		facts_set_integer(record, &columns[COLUMN_PROCESSES], processes);
	}
	machine_user(look->machine, socket->user, user);
	facts_set_foreign(record, &columns[COLUMN_USER], user, strlen(user));
}

static void note_unseen(struct look *look)
{
	unsigned processes;
	size_t unseen = 0;

	for (size_t i = 0; i < look->sockets.count; i++)
		unseen += !host_owners_of(look->owners, look->sockets.items[i].inode, &processes);
	if (unseen && host_owners_were_denied(look->owners))
		run_note(look->run, "of %zu sockets the process is not for us to see; root sees"
			 " those of all users", unseen);
}

static void fail(struct look *look, enum stage stage, enum reason reason)
{
	run_finish(look->run, (struct outcome){ .stage = stage, .reason = reason });
}

static void later(struct look *look, int64_t pause_us)
{
	timer_start(&look->timer, run_loop(look->run), clock_monotonic_us() + pause_us, look_on,
		    look);
}

/* Looking ends in time, and what was not found by then is told without. */
static void look_for_owners(struct look *look)
{
	int64_t end_us = look->run->deadline_us - RESERVE_US;
	int64_t until_us = clock_monotonic_us() + SLICE_US;

	look->looked = host_owners_look(look->owners, until_us < end_us ? until_us : end_us);
	if (look->looked) {
		note_unseen(look);
	} else if (clock_monotonic_us() >= end_us) {
		run_note(look->run, "not all processes could be looked at in time");
		look->looked = true;
	}
	later(look, 0);
}

static void tell_sockets(struct look *look)
{
	enum { SOCKETS_PER_LOOK = 64 };
	int64_t until_us = clock_monotonic_us() + SLICE_US;
	size_t count = look->sockets.count;

	if (count > FACT_RECORDS_MOST)
		count = FACT_RECORDS_MOST;
	do {
		for (size_t i = 0; i < SOCKETS_PER_LOOK && look->told < count; i++)
			tell_socket(look, &look->sockets.items[look->told++]);
	} while (look->told < count && clock_monotonic_us() < until_us);
	if (look->told < count) {
		later(look, 0);
		return;
	}
	if (count < look->sockets.count)
		run_note(look->run, "host.sockets has %zu of %zu sockets", count,
			 look->sockets.count);
	run_finish(look->run, (struct outcome){ .reason = REASON_NONE });
}

static void all_is_answered(struct look *look)
{
	host_sockets_tidy(&look->sockets);
	tell_exposure(look);
	if (!look->sockets.count || !is_wanted(look->run, ROW_SOCKETS)) {
		run_finish(look->run, (struct outcome){ .reason = REASON_NONE });
		return;
	}
	look->owners = host_owners_new(look->machine);
	for (size_t i = 0; i < look->sockets.count; i++)
		host_owners_add(look->owners, look->sockets.items[i].inode);
	later(look, 0);
}

/* A question for each protocol and version of IP; false when this one is not the subject's. */
static bool question_of(const struct look *look, struct host_question *question)
{
	unsigned kind = look->run->request->subject.kind;

	*question = (struct host_question){ .family = look->asked % 2 ? 6 : 4,
					    .udp = look->asked / 2,
					    .sequence = (uint32_t)clock_monotonic_us() };
	return kind == SUBJECT_ANY || kind == (question->udp ? SUBJECT_UDP : SUBJECT_TCP);
}

/* Takes what a part of an answer says; HOST_OTHER when there is more to come. */
static enum host_message take_part(struct look *look, struct reader *in,
				   struct host_answer *answer)
{
	const struct subject *subject = &look->run->request->subject;
	enum host_message message = HOST_OTHER;
	struct host_socket socket;

	while (reader_left(in) && (message == HOST_OTHER || message == HOST_SOCKET)) {
		message = host_take_message(in, answer, &socket);
		if (message == HOST_SOCKET && socket.address.port >= subject->first &&
		    socket.address.port <= subject->last &&
		    !host_sockets_add(&look->sockets, &socket)) {
			answer->error = E2BIG;
			message = HOST_REFUSED;
		}
	}
	return message == HOST_SOCKET ? HOST_OTHER : message;
}

/* The kernel makes each part while it is fetched: nobody waits here. */
static enum host_message fetch(struct look *look, struct host_answer *answer)
{
	uint8_t part[PART_BYTES];
	enum host_message message = HOST_OTHER;
	struct reader in;

	while (message == HOST_OTHER) {
		ssize_t length = recv(machine_sockets(look->machine), part, sizeof part,
				      MSG_DONTWAIT | MSG_TRUNC);

		if (length < 0 && errno == ENOBUFS)
			return HOST_INTERRUPTED;
		if (length <= 0 || length > (ssize_t)sizeof part)
			return HOST_MALFORMED;
		reader_init(&in, part, (size_t)length);
		message = take_part(look, &in, answer);
	}
	return message;
}

static enum host_message ask(struct look *look, struct host_answer *answer)
{
	uint8_t room[QUESTION_ROOM];
	struct writer out;

	writer_init(&out, room, sizeof room);
	host_put_question(&out, &answer->question);
	if (send(machine_sockets(look->machine), out.bytes, out.length, 0) < 0) {
		answer->error = errno;
		return HOST_REFUSED;
	}
	return fetch(look, answer);
}

static void was_refused(struct look *look, const struct host_answer *answer)
{
	if (answer->error == E2BIG) {
		fail(look, STAGE_REPLY, REASON_TOO_MUCH);
		return;
	}
	run_note(look->run, "the kernel does not tell its %s sockets (%s): is the module %s there?",
		 answer->question.udp ? "UDP" : "TCP", strerror(answer->error),
		 answer->question.udp ? "udp_diag" : "tcp_diag");
	fail(look, STAGE_REQUEST, REASON_UNSUPPORTED);
}

/* One question or one slice of time a turn. */
static void look_on(void *arg)
{
	struct look *look = arg;
	struct host_answer answer = { 0 };
	size_t before = look->sockets.count;

	if (look->looked) {
		tell_sockets(look);
		return;
	}
	if (look->owners) {
		look_for_owners(look);
		return;
	}
	while (look->asked < QUESTIONS && !question_of(look, &answer.question))
		look->asked++;
	if (look->asked == QUESTIONS) {
		all_is_answered(look);
		return;
	}
	switch (ask(look, &answer)) {
	case HOST_END:
		look->asked++;
		later(look, 0);
		break;
	case HOST_INTERRUPTED:
		look->sockets.count = before;
		later(look, PAUSE_US);
		break;
	case HOST_REFUSED:
		was_refused(look, &answer);
		break;
	default:
		fail(look, STAGE_REPLY, REASON_MALFORMED);
		break;
	}
}

static void host_start(struct run *run)
{
	struct look *look = memory_new(1, sizeof *look);

	run->work = look;
	look->run = run;
	look->machine = run_machine(run);
	if (look->machine && machine_sockets(look->machine) >= 0) {
		look_on(look);
		return;
	}
	run_note(run, "this kernel has no socket diagnostics (CONFIG_INET_DIAG)");
	fail(look, STAGE_REQUEST, REASON_UNSUPPORTED);
}

static void host_stop(struct run *run)
{
	struct look *look = run->work;

	timer_stop(&look->timer);
	host_owners_free(look->owners);
	host_sockets_free(&look->sockets);
	free(look);
}

const struct collector host_collector = {
	.name = "host",
	.answers = "what listens on this machine itself, on which addresses, and whose it is",
	.kinds = SUBJECT_TCP | SUBJECT_UDP | SUBJECT_ANY,
	.subject = "any/1-65535",
	.facts = facts,
	.looks_inside = true,
	.familyless = true,
	.start = host_start,
	.stop = host_stop
};
