/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/port.h"

#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

#include "ground/clock.h"
#include "ground/memory.h"

static const char *const state_words[] = {
	[PORT_OPEN] = "open",
	[PORT_CLOSED] = "closed",
	[PORT_FILTERED] = "filtered",
	[PORT_UNREACHABLE] = "unreachable",
	[PORT_OPEN_OR_FILTERED] = "open_or_filtered",
	[PORT_STATES] = NULL
};

static const char *const reply_words[] = {
	[PORT_UNRECOGNISED] = "unrecognised",
	[PORT_SIP] = "sip",
	[PORT_NTP] = "ntp",
	[PORT_DNS] = "dns",
	[PORT_TFTP] = "tftp",
	[PORT_SNMP] = "snmp",
	/* Over TCP, as port_recognise() says it: */
	"smtp", "ftp", "imap", "pop3", "ssh", "xmpp", "ldap", "rdp", "mssql", "postgres",
	"http", "tls", "mysql", "telnet", "vnc", "irc", NULL
};

static const char *const cause_words[] = {
	[PORT_CAUSE_ESTABLISHED] = "established",
	[PORT_CAUSE_REPLY] = "reply",
	[PORT_CAUSE_RESET] = "reset",
	[PORT_CAUSE_NO_ANSWER] = "no_answer",
	[PORT_CAUSE_ICMP_PORT_UNREACHABLE] = "icmp_port_unreachable",
	[PORT_CAUSE_ICMP_PROTOCOL_UNREACHABLE] = "icmp_protocol_unreachable",
	[PORT_CAUSE_ICMP_PROHIBITED] = "icmp_prohibited",
	[PORT_CAUSE_ICMP_HOST_UNREACHABLE] = "icmp_host_unreachable",
	[PORT_CAUSE_ICMP_NET_UNREACHABLE] = "icmp_net_unreachable",
	[PORT_CAUSE_ICMP_OTHER] = "icmp_other",
	[PORT_CAUSE_LOCAL] = "local",
	[PORT_CAUSES] = NULL
};

enum {
	FACT_STATE, FACT_RTT, FACT_REPLY, FACT_BANNER, FACT_CAUSE,
	FACT_OPEN, FACT_FILTERED_COUNT, FACT_CLOSED_COUNT, FACT_UNREACHABLE_COUNT
};

static const struct fact_descriptor port_facts[] = {
	[FACT_STATE] = {
		.told_of = FACT_OF_ONE_PORT,
		.name = "port.state", .type = FACT_TEXT, .metric = "port_state",
		.words = state_words,
		.help = "Whether somebody listens at the port, as far as one can tell from here"
	},
	[FACT_RTT] = {
		.told_of = FACT_OF_ONE_PORT,
		.name = "port.rtt_seconds", .type = FACT_REAL, .unit = "seconds",
		.metric = "port_rtt_seconds", .lasting = FACT_FLEETS,
		.help = "How long the answer took"
	},
	[FACT_REPLY] = {
		.told_of = FACT_OF_ONE_PORT,
		.name = "port.reply", .type = FACT_TEXT, .words = reply_words,
		.help = "The protocol in which the port answered; over TCP that is asked only"
			" when it is wanted"
	},
	[FACT_BANNER] = {
		.told_of = FACT_OF_ONE_PORT,
		.name = "port.banner", .type = FACT_TEXT,
		.help = "The first line of what a TCP port says before it is asked"
	},
	[FACT_CAUSE] = {
		.told_of = FACT_OF_ONE_PORT,
		.name = "port.cause", .type = FACT_TEXT, .words = cause_words,
		.help = "What the state was concluded from"
	},
	[FACT_OPEN] = {
		.told_of = FACT_OF_RANGE,
		.name = "port.open", .type = FACT_NUMBERS, .help = "The open ports of a range"
	},
	[FACT_FILTERED_COUNT] = {
		.told_of = FACT_OF_RANGE,
		.name = "port.filtered_count", .type = FACT_INTEGER, .metric = "ports_filtered",
		.help = "Ports of a range that a firewall refuses or that stay silent; over UDP"
			" also closed ones of a host that rations its ICMP errors"
	},
	[FACT_CLOSED_COUNT] = {
		.told_of = FACT_OF_RANGE,
		.name = "port.closed_count", .type = FACT_INTEGER, .metric = "ports_closed",
		.help = "Ports of a range at which the host says that nobody listens"
	},
	[FACT_UNREACHABLE_COUNT] = {
		.told_of = FACT_OF_RANGE,
		.name = "port.unreachable_count", .type = FACT_INTEGER,
		.metric = "ports_unreachable",
		.help = "Ports of a range for which a router says that it cannot reach the host"
	},
	{ .name = NULL }
};

uint32_t port_needs_ms(const struct request *request)
{
	const struct subject *subject = &request->subject;
	uint64_t packets = 2 * ((uint64_t)subject->last - subject->first + 1);
	uint64_t total = request->timeout_ms;

	if (subject->first == subject->last)
		return request->timeout_ms;
	if (request->packets_per_second)
		total += packets * 1000 / request->packets_per_second;
	total += (packets + PORT_WINDOW - 1) / PORT_WINDOW *
		 (uint64_t)(PORT_UNKNOWN_US / CLOCK_MILLISECOND);
	return total > UINT32_MAX ? UINT32_MAX : (uint32_t)total;
}

int64_t port_give_up_us(const struct run *run)
{
	return run->deadline_us - PORT_SPARE_US;
}

int64_t port_unknown_us(const struct run *run)
{
	int64_t timeout_us = run->request->timeout_ms * CLOCK_MILLISECOND - PORT_SPARE_US;

	return timeout_us < PORT_UNKNOWN_US ? timeout_us : PORT_UNKNOWN_US;
}

/* A reset instead of the four farewells: the peer forgets us at once, also when its program
 * never reads and would keep a half-closed connection for ever, and our side keeps no
 * TIME_WAIT, of which a sweep every few minutes would pile up thousands. */
void port_close(int fd)
{
	static const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	close(fd);
}

enum port_cause port_cause_of_icmp(const struct icmp_error *icmp)
{
	switch (icmp_kind(icmp)) {
	case ICMP_KIND_NO_PORT:
		return PORT_CAUSE_ICMP_PORT_UNREACHABLE;
	case ICMP_KIND_NO_PROTOCOL:
		return PORT_CAUSE_ICMP_PROTOCOL_UNREACHABLE;
	case ICMP_KIND_PROHIBITED:
		return PORT_CAUSE_ICMP_PROHIBITED;
	case ICMP_KIND_NO_HOST:
		return PORT_CAUSE_ICMP_HOST_UNREACHABLE;
	case ICMP_KIND_NO_NETWORK:
		return PORT_CAUSE_ICMP_NET_UNREACHABLE;
	case ICMP_KIND_OTHER:
		break;
	}
	return PORT_CAUSE_ICMP_OTHER;
}

/* "No such port" from a host that speaks TCP comes as a reset: as an ICMP message it is a
 * firewall's polite refusal. */
enum port_state port_state_of_icmp(const struct icmp_error *icmp)
{
	switch (icmp_kind(icmp)) {
	case ICMP_KIND_NO_PORT:
	case ICMP_KIND_NO_PROTOCOL:
	case ICMP_KIND_PROHIBITED:
		return PORT_FILTERED;
	case ICMP_KIND_NO_HOST:
	case ICMP_KIND_NO_NETWORK:
	case ICMP_KIND_OTHER:
		break;
	}
	return PORT_UNREACHABLE;
}

void port_note_icmp(struct path *path, const struct icmp_error *icmp)
{
	if (port_state_of_icmp(icmp) == PORT_UNREACHABLE &&
	    !address_same_host(&icmp->origin, &path->address))
		path->unreachable_us = clock_monotonic_us();
}

enum port_state port_state_of_silence(const struct path *path, int64_t since_us,
				      enum port_state otherwise, enum port_cause *cause)
{
	bool gone = !path->smoothed_us && path->unreachable_us > since_us;

	*cause = gone ? PORT_CAUSE_ICMP_HOST_UNREACHABLE : PORT_CAUSE_NO_ANSWER;
	return gone ? PORT_UNREACHABLE : otherwise;
}

void port_finish(struct run *run, enum port_state state, enum port_cause cause, int64_t rtt_us)
{
	facts_set_text(run->facts, &port_facts[FACT_STATE], state_words[state]);
	facts_set_text(run->facts, &port_facts[FACT_CAUSE], cause_words[cause]);
	if (rtt_us >= 0)
		facts_set_real(run->facts, &port_facts[FACT_RTT], (double)rtt_us / 1e6);
	run_finish(run, (struct outcome){ .reason = REASON_NONE });
}

bool port_reply_is_wanted(const struct request *request)
{
	const uint64_t needing = UINT64_C(1) << FACT_REPLY | UINT64_C(1) << FACT_BANNER;

	return !request->wanted || request->wanted & needing;
}

void port_tell_reply(struct run *run, const char *word)
{
	facts_set_text(run->facts, &port_facts[FACT_REPLY], word);
}

void port_tell_banner(struct run *run, const char *line, size_t length)
{
	facts_set_foreign(run->facts, &port_facts[FACT_BANNER], line, length);
}

void port_finish_reply(struct run *run, enum port_protocol reply, int64_t rtt_us)
{
	port_tell_reply(run, reply_words[reply]);
	port_finish(run, PORT_OPEN, PORT_CAUSE_REPLY, rtt_us);
}

void port_finish_local(struct run *run, enum reason reason)
{
	facts_set_text(run->facts, &port_facts[FACT_CAUSE], cause_words[PORT_CAUSE_LOCAL]);
	run_finish(run, (struct outcome){ .stage = STAGE_CONNECT, .reason = reason });
}

void port_finish_range(struct run *run, const uint8_t *states)
{
	const struct subject *subject = &run->request->subject;
	size_t count = (size_t)subject->last - subject->first + 1, opened = 0;
	int64_t *open = memory_new(count, sizeof *open);
	int64_t counts[UINT8_MAX + 1] = { 0 };
	struct outcome outcome = { .reason = REASON_NONE };

	for (size_t i = 0; i < count; i++) {
		counts[states[i]]++;
		if (states[i] == PORT_OPEN)
			open[opened++] = (int64_t)(subject->first + i);
	}
	facts_set_numbers(run->facts, &port_facts[FACT_OPEN], open, opened);
	facts_set_integer(run->facts, &port_facts[FACT_FILTERED_COUNT],
			  counts[PORT_FILTERED] + counts[PORT_OPEN_OR_FILTERED]);
	facts_set_integer(run->facts, &port_facts[FACT_CLOSED_COUNT], counts[PORT_CLOSED]);
	facts_set_integer(run->facts, &port_facts[FACT_UNREACHABLE_COUNT],
			  counts[PORT_UNREACHABLE]);
	/* An empty list of open ports must not pass for a clean host that was never reached. */
	if (counts[PORT_UNREACHABLE] &&
	    counts[PORT_UNREACHABLE] + counts[UINT8_MAX] == (int64_t)count)
		outcome = (struct outcome){ .stage = STAGE_CONNECT, .reason = REASON_UNREACHABLE };
	else if (counts[UINT8_MAX])
		outcome = (struct outcome){ .stage = STAGE_CONNECT, .reason = REASON_TIMED_OUT };
	free(open);
	run_finish(run, outcome);
}

static bool is_range(const struct run *run)
{
	return run->request->subject.first != run->request->subject.last;
}

static void port_start(struct run *run)
{
	if (run->request->subject.kind == SUBJECT_UDP)
		port_udp_start(run);
	else if (is_range(run))
		port_sweep_start(run);
	else
		port_tcp_start(run);
}

static void port_stop(struct run *run)
{
	if (!run->work)
		return;
	if (run->request->subject.kind == SUBJECT_UDP)
		port_udp_stop(run);
	else if (is_range(run))
		port_sweep_stop(run);
	else
		port_tcp_stop(run);
}

const struct collector port_collector = {
	.name = "port",
	.answers = "Which ports are open, closed, filtered or unreachable",
	.kinds = SUBJECT_TCP | SUBJECT_UDP,
	.subject = "tcp/443",
	.facts = port_facts,
	/* A proxy cannot say why a port did not answer. */
	.looks_itself = true,
	.needs_ms = port_needs_ms,
	.start = port_start,
	.stop = port_stop,
};
