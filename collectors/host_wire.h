/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel's socket diagnostics, sock_diag(7), as bytes: one question asks for all listening
 * sockets of one protocol and one version of IP, and the answer is a row of messages that
 * may come in parts. All numbers but ports and addresses are in this machine's byte order.
 */
#ifndef COLLECTORS_HOST_WIRE_H
#define COLLECTORS_HOST_WIRE_H

#include "net/address.h"
#include "net/bytes.h"

struct host_question {
	uint8_t family;		/* 4 or 6 */
	bool udp;
	uint32_t sequence;	/* comes back in each message of the answer */
};

/* A socket that waits for whoever comes: TCP that listens, UDP that is not connected. */
struct host_socket {
	bool udp;
	bool only_six;		/* of IPv6: does not take IPv4 as well */
	struct address address;	/* with its port */
	uint32_t interface;	/* it is bound to; 0: none */
	uint32_t user;
	uint32_t inode;		/* by which processes know it; 0: none does */
};

enum host_message {
	HOST_SOCKET,
	HOST_OTHER,		/* of no interest, or not of this answer */
	HOST_END,
	HOST_INTERRUPTED,	/* the end of an answer that may have left something out */
	HOST_REFUSED,		/* with an error number instead of an answer */
	HOST_MALFORMED
};

/* What is known of an answer while it comes. */
struct host_answer {
	struct host_question question;
	bool interrupted;
	int error;		/* of HOST_REFUSED */
};

void host_put_question(struct writer *out, const struct host_question *question);
/* The next message of a part that has any left. */
enum host_message host_take_message(struct reader *in, struct host_answer *answer,
				    struct host_socket *socket);

#endif
