/* SPDX-License-Identifier: Apache-2.0
 *
 * A UDP socket that is connected to one peer, and what routers say about our datagrams.
 */
#ifndef NET_DATAGRAM_H
#define NET_DATAGRAM_H

#include <stddef.h>

#include "net/icmp.h"

enum { DATAGRAM_MOST = 65536 };

/* -1: see reason. */
int datagram_open(const struct address *peer, const struct address *source,
		  enum reason *reason);
/* NONE when it was sent, or when nobody can say yet that it was not. */
enum reason datagram_send(int fd, const void *bytes, size_t length);
/* True: a datagram of *length bytes. False: none, and *reason is NONE or why none will come. */
bool datagram_receive(int fd, void *room, size_t most, size_t *length, enum reason *reason);

#endif
