/* SPDX-License-Identifier: Apache-2.0
 *
 * Waiting until the packet budget of whom we connect to lets something go. Conversations wait
 * here and nowhere else; a sweep, which counts packet by packet, asks the path itself.
 */
#ifndef NET_PACE_H
#define NET_PACE_H

#include "net/loop.h"
#include "net/outcome.h"
#include "net/route.h"

struct pace {
	struct timer timer;
	const struct route *route;
	int64_t deadline_us;
	void (*go)(void *arg, struct outcome outcome);
	void *arg;
};

/* Calls `go` once, never from inside: reason NONE, go now; or cancelled at connect, for the
 * deadline comes first. That is nobody's silence, for nobody was asked. The route must live
 * until then; one without a path has no budget. */
void pace_start(struct pace *pace, struct loop *loop, const struct route *route,
		int64_t deadline_us, void (*go)(void *arg, struct outcome outcome), void *arg);
/* Then `go` is not called any more; may be called twice. */
void pace_stop(struct pace *pace);

#endif
