/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers of the kernel's socket diagnostics, made by hand: a socket, an end, an error.
 */
#ifndef TESTS_UNIT_HOST_ANSWERS_H
#define TESTS_UNIT_HOST_ANSWERS_H

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>

#include "collectors/host_wire.h"

enum { SEQUENCE = 4711, ANSWER_ROOM = 4096 };
enum { STATE_ESTABLISHED = 1, STATE_CLOSE = 7, STATE_LISTEN = 10 };

/* What the kernel is to say of one socket. */
struct said {
	const char *address;
	uint16_t port;
	uint8_t state;
	uint32_t interface, user, inode;
	int v6only;		/* -1: nothing */
};

static inline size_t answer_begin(struct writer *out, uint16_t type, uint16_t flags)
{
	const struct nlmsghdr head = { .nlmsg_type = type, .nlmsg_flags = flags,
				       .nlmsg_seq = SEQUENCE, .nlmsg_pid = 99 };
	size_t at = out->length;

	writer_put(out, &head, sizeof head);
	return at;
}

static inline void answer_end(struct writer *out, size_t at)
{
	uint32_t length = (uint32_t)(out->length - at);

	memcpy(out->bytes + at, &length, sizeof length);
	writer_put_zeroes(out, -out->length & 3);
}

static inline void answer_attribute(struct writer *out, uint16_t type, const void *value,
				    uint16_t length)
{
	const struct nlattr head = { .nla_len = (uint16_t)(sizeof head + length),
				     .nla_type = type };

	writer_put(out, &head, sizeof head);
	writer_put(out, value, length);
	writer_put_zeroes(out, -(size_t)length & 3);
}

static inline void answer_socket(struct writer *out, uint16_t flags, const struct said *said)
{
	bool six = strchr(said->address, ':');
	struct inet_diag_msg body = {
		.idiag_family = six ? AF_INET6 : AF_INET,
		.idiag_state = said->state,
		.id = { .idiag_sport = htons(said->port), .idiag_if = said->interface },
		.idiag_uid = said->user,
		.idiag_inode = said->inode,
	};
	const uint8_t shutdown = 0, v6only = said->v6only > 0;
	size_t at = answer_begin(out, SOCK_DIAG_BY_FAMILY, flags);

	inet_pton(body.idiag_family, said->address, body.id.idiag_src);
	writer_put(out, &body, sizeof body);
	answer_attribute(out, INET_DIAG_SHUTDOWN, &shutdown, 1);
	if (said->v6only >= 0)
		answer_attribute(out, INET_DIAG_SKV6ONLY, &v6only, 1);
	answer_end(out, at);
}

/* An end, or an error: what has a number. */
static inline void answer_number(struct writer *out, uint16_t type, uint16_t flags, int number)
{
	size_t at = answer_begin(out, type, flags);

	writer_put(out, &number, sizeof number);
	answer_end(out, at);
}

#endif
