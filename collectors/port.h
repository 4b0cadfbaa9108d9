/* SPDX-License-Identifier: Apache-2.0
 *
 * The port collector: who answers at a TCP or UDP port, and who says no. port.c has the
 * row and the facts; port_tcp.c one TCP port, port_reply.c who answers there, port_sweep.c a
 * range of them, port_udp.c one or many UDP ports.
 *
 * Patience. While nobody at the address has answered, silence is waited for
 * PORT_UNKNOWN_US. Once the round-trip time is known two attempts of path_patience_us()
 * each are enough; waits that began before learn of it at their next PORT_SLICE_US.
 */
#ifndef COLLECTORS_PORT_H
#define COLLECTORS_PORT_H

#include <stdint.h>

#include "collectors/collector.h"
#include "collectors/port_wire.h"
#include "net/connect.h"

/* A little more than 3 s, because after three requests one second apart and the kernel's
 * rounding of its timers, a host that nobody's ARP or ND finds is given up after 3.05 s to
 * 3.11 s; before that it would look like one behind a firewall. */
#define PORT_UNKNOWN_US (3130 * INT64_C(1000))
#define PORT_SLICE_US (200 * INT64_C(1000))
/* So much before the run's deadline a collector says what it has. */
#define PORT_SPARE_US (10 * INT64_C(1000))

enum { PORT_WINDOW = 1024 };

enum port_state {
	PORT_OPEN,
	PORT_CLOSED,
	PORT_FILTERED,
	PORT_UNREACHABLE,
	PORT_OPEN_OR_FILTERED,
	PORT_STATES
};

enum port_cause {
	PORT_CAUSE_ESTABLISHED,
	PORT_CAUSE_REPLY,
	PORT_CAUSE_RESET,
	PORT_CAUSE_NO_ANSWER,
	PORT_CAUSE_ICMP_PORT_UNREACHABLE,
	PORT_CAUSE_ICMP_PROTOCOL_UNREACHABLE,
	PORT_CAUSE_ICMP_PROHIBITED,
	PORT_CAUSE_ICMP_HOST_UNREACHABLE,
	PORT_CAUSE_ICMP_NET_UNREACHABLE,
	PORT_CAUSE_ICMP_OTHER,
	PORT_CAUSE_LOCAL,
	PORT_CAUSES
};

extern const struct collector port_collector;

/* A range takes longer than one port: what its packet budget needs for two packets a port,
 * and, for the worst case that all are silent, as many patient waits as there are windows
 * of sockets in it. A single port needs timeout_ms. */
uint32_t port_needs_ms(const struct request *request);

/* Below: between the files of this collector. */

void port_tcp_start(struct run *run);
void port_tcp_stop(struct run *run);
void port_sweep_start(struct run *run);
void port_sweep_stop(struct run *run);
void port_udp_start(struct run *run);
void port_udp_stop(struct run *run);

/* When a collector says what it has, at the latest. */
int64_t port_give_up_us(const struct run *run);
/* How long silence is waited for while the round-trip time is unknown. */
int64_t port_unknown_us(const struct run *run);
/* Closes a socket whose peer may have answered; -1 is fine. */
void port_close(int fd);

/* To be told of every ICMP error, for the sake of the silent neighbours: of the packets to a
 * host that nobody finds the kernel gives back only a hundred. */
void port_note_icmp(struct path *path, const struct icmp_error *icmp);
/* What silence since then means; *cause says why. */
enum port_state port_state_of_silence(const struct path *path, int64_t since_us,
				      enum port_state otherwise, enum port_cause *cause);
enum port_state port_state_of_icmp(const struct icmp_error *icmp);
enum port_cause port_cause_of_icmp(const struct icmp_error *icmp);

/* Whether it shall be found out who answers at a TCP port: a look is much cheaper. */
bool port_reply_is_wanted(const struct request *request);
/* Takes over the connected socket, and ends the run; then, or before, free it. */
struct port_reply *port_reply_start(struct run *run, int fd, uint16_t port, int64_t rtt_us);
void port_reply_free(struct port_reply *reply);
void port_tell_reply(struct run *run, const char *word);
void port_tell_banner(struct run *run, const char *line, size_t length);

/* Each sets its facts and ends the run. rtt_us < 0: not measured. */
void port_finish(struct run *run, enum port_state state, enum port_cause cause, int64_t rtt_us);
void port_finish_reply(struct run *run, enum port_protocol reply, int64_t rtt_us);
/* This machine could not even ask. */
void port_finish_local(struct run *run, enum reason reason);
/* states: enum port_state of each port of the subject, UINT8_MAX: not found out. */
void port_finish_range(struct run *run, const uint8_t *states);

#endif
