/* SPDX-License-Identifier: Apache-2.0
 *
 * When a site goes out, hundreds of alarms change at once, and nobody reads hundreds of
 * messages. From so many within a while on, events are recorded but told as one. Pure.
 */
#ifndef AGENT_ENGINE_STORM_H
#define AGENT_ENGINE_STORM_H

#include <stdbool.h>
#include <stdint.h>

struct storm_policy {
	unsigned most;		/* events within the window that are told one by one; 0: all */
	int64_t window_us;	/* it is over after so long with fewer */
};

struct storm {
	int64_t window_us;	/* when the window began */
	unsigned heard;		/* within it */
	unsigned hidden;	/* since the storm began */
	bool rages;
};

enum storm_advice {
	STORM_TELL,		/* as usual */
	STORM_BEGINS,		/* tell that it begins, and not this event */
	STORM_HIDE,		/* record it and tell nobody */
	STORM_ENDS		/* of storm_pass(): tell how many were hidden */
};

/* An event is about to be recorded. */
enum storm_advice storm_hear(const struct storm_policy *policy, struct storm *storm,
			     int64_t now_us);
/* Time has passed: STORM_ENDS with the number in *hidden, else STORM_TELL. */
enum storm_advice storm_pass(const struct storm_policy *policy, struct storm *storm,
			     int64_t now_us, unsigned *hidden);
/* When storm_pass() is to be called; INT64_MAX: never. */
int64_t storm_due_us(const struct storm_policy *policy, const struct storm *storm);

#endif
