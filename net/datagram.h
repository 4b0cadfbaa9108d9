/* SPDX-License-Identifier: Apache-2.0
 *
 * A UDP socket for talking to one peer, and what routers say about our datagrams.
 */
#ifndef NET_DATAGRAM_H
#define NET_DATAGRAM_H

#include <stddef.h>

#include "net/icmp.h"

enum { DATAGRAM_MOST = 65536 };

/* Connected: hears nobody but the peer. -1: see reason. */
int datagram_open(const struct address *peer, const struct address *source,
		  enum reason *reason);
/* Not connected: hears everybody who answers, but is bound to the address, *bound with port,
 * that the peer will see. -1: see reason. */
int datagram_open_to_all(const struct address *peer, const struct address *source,
			 struct address *bound, enum reason *reason);
/* NONE when it was sent, or when nobody can say yet that it was not. */
enum reason datagram_send(int fd, const struct address *peer, const void *bytes, size_t length);
/* True: a datagram of *length bytes, sent by *from. False: none, and *reason is NONE or why
 * none will come. */
bool datagram_receive(int fd, void *room, size_t most, size_t *length, struct address *from,
		      enum reason *reason);

#endif
