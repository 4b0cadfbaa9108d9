/* SPDX-License-Identifier: Apache-2.0
 *
 * Lets libcurl speak through a stream that encrypts: it gets one end of a socket pair, and
 * what passes there is carried over in both directions. Belongs to fetch.c, which also hears
 * the stream's events.
 */
#ifndef NET_FETCH_BRIDGE_H
#define NET_FETCH_BRIDGE_H

#include "net/loop.h"
#include "net/stream.h"

struct bridge;

/* *far_end: libcurl's, and the caller's to close; -1 when there are no descriptors left, and
 * then the bridge leads nowhere. The stream must outlive the bridge. */
struct bridge *bridge_new(struct loop *loop, struct stream *stream, int *far_end);
void bridge_free(struct bridge *bridge);
/* The stream has bytes, or has ended and will have no more. */
void bridge_carry(struct bridge *bridge);
void bridge_end(struct bridge *bridge);

#endif
