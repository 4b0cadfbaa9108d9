/* SPDX-License-Identifier: Apache-2.0
 *
 * What routers and hosts say about our packets: the kernel keeps each ICMP error in the
 * error queue of the socket it belongs to, with who sent it. connect.c and datagram.c ask
 * here; nothing is allocated.
 */
#ifndef NET_ICMP_H
#define NET_ICMP_H

#include "net/address.h"
#include "net/outcome.h"

struct icmp_error {
	uint8_t family;		/* 4 or 6: in which ICMP type and code are to be read; 0: none */
	uint8_t type, code;
	struct address origin;	/* who said it; family 0 when the kernel does not know */
	struct address peer;	/* to whom our packet was going, with port */
};

/* What a list of types and codes comes down to for somebody who wants to reach a port. */
enum icmp_kind {
	ICMP_KIND_OTHER,		/* time exceeded, parameter problem … */
	ICMP_KIND_NO_PORT,
	ICMP_KIND_NO_PROTOCOL,
	ICMP_KIND_NO_HOST,
	ICMP_KIND_NO_NETWORK,
	ICMP_KIND_PROHIBITED		/* a firewall that is honest */
};

/* Asks the kernel to keep them; to be called before the first packet. */
bool icmp_listen(int fd, uint8_t family);
/* Drops what there is and what will come. On an open connection such an error is a hint,
 * not an end (RFC 1122 section 4.2.3.9), but to a socket that listens it is both. */
void icmp_ignore(int fd, uint8_t family);
/* The next that matters, or false. Packet-too-big is not an error: the kernel copes. */
bool icmp_take(int fd, struct icmp_error *icmp);
enum icmp_kind icmp_kind(const struct icmp_error *icmp);
enum reason icmp_reason(const struct icmp_error *icmp);

#endif
