/* SPDX-License-Identifier: Apache-2.0
 *
 * How to get to a peer: its address, where from, and what lies in between.
 */
#ifndef NET_ROUTE_H
#define NET_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "net/address.h"

struct path;

struct proxy {
	struct address address;		/* with port; family 0: no proxy */
	const char *authorization;	/* the value of Proxy-Authorization, or NULL */
};

struct route {
	struct address peer;		/* with port */
	struct address source;		/* family 0: whatever the system takes */
	struct proxy proxy;
	const char *name;		/* what the CONNECT line and SNI say; NULL: the address */
	bool tls;			/* encrypt from the first byte */
	int socket;			/* connected there already, and the stream's from now
					   on; 0: the stream connects itself */
	struct path *path;		/* of whom we connect to, and what it may be sent:
					   see net/pace.h; NULL: whatever comes */
	uint32_t packets_per_second;	/* 0: no limit */
};

#endif
