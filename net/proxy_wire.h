/* SPDX-License-Identifier: Apache-2.0
 *
 * What is said to an HTTP proxy that shall connect us (RFC 9110 section 9.3.6), and what it
 * answers. Pure functions; stream.c does the talking.
 */
#ifndef NET_PROXY_WIRE_H
#define NET_PROXY_WIRE_H

#include "net/bytes.h"
#include "net/outcome.h"
#include "net/route.h"

enum { PROXY_REPLY_MOST = 8192 };

/* False when the name holds what would end the line early. */
bool proxy_wire_ask(struct writer *out, const struct route *route);
/* False while the reply is not complete. True: *reason is NONE when we are connected, and
 * the reader stands at the peer's first byte. *status: 0 while there is none. */
bool proxy_wire_read(struct reader *in, enum reason *reason, unsigned *status);

#endif
