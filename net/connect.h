/* SPDX-License-Identifier: Apache-2.0
 *
 * The one place that makes a TCP connection: binds the source, connects without waiting,
 * and tells apart who ended the attempt and how. No allocation, no event loop: the caller
 * watches the descriptor for LOOP_WRITE while the report says PENDING, then finishes.
 * The descriptor is the caller's to close.
 *
 *	fd = connect_begin(&peer, &source, &report);
 *	if (report.end == CONNECT_PENDING) … watch it; when ready: connect_finish(fd, &peer, …)
 */
#ifndef NET_CONNECT_H
#define NET_CONNECT_H

#include "net/icmp.h"

enum connect_end {
	CONNECT_PENDING,	/* nobody has answered yet */
	CONNECT_ESTABLISHED,
	CONNECT_DROPPED,	/* accepted, and reset before we could look: the port is open */
	CONNECT_RESET,		/* the peer's RST: the port is closed */
	CONNECT_ICMP,		/* somebody says why not: see icmp */
	CONNECT_SELF,		/* the kernel gave us the very port we asked for, and we
				   reached ourselves: nobody listens there */
	CONNECT_FAILED		/* this machine could not: see reason and error */
};

struct connect_report {
	enum connect_end end;
	enum reason reason;	/* NONE while pending and when established */
	int error;		/* errno of CONNECT_FAILED, for logs */
	struct icmp_error icmp;	/* of CONNECT_ICMP */
};

/* Peers that answer at once (this machine's own addresses) are reported at once. -1 only
 * with CONNECT_FAILED. source: NULL or family 0 for whatever the system takes; its port is
 * used when it is not 0. */
int connect_begin(const struct address *peer, const struct address *source,
		  struct connect_report *report);
/* Another port or host of the same family from the same source, on a socket whose last
 * attempt ended in CONNECT_RESET or was hung up: a sweep needs one socket for all closed
 * ports. The descriptor stays open whatever the report says. */
void connect_again(int fd, const struct address *peer, struct connect_report *report);
/* Resets a connection, or gives an attempt up, and leaves the socket as good as new: for
 * connect_again(). False: it can only be closed. */
bool connect_hang_up(int fd);
/* When the descriptor is ready; may well be PENDING still. Not after any other end. */
void connect_finish(int fd, const struct address *peer, struct connect_report *report);

#endif
