/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a target is there at all. While it is not, that is one alarm, and those of its checks
 * say nothing; and while our own way out is gone, nobody is blamed. Pure, like the alarm.
 */
#ifndef AGENT_ENGINE_PRESENCE_H
#define AGENT_ENGINE_PRESENCE_H

#include "collectors/observation.h"

/* What an observation says of the host that it was of. */
enum presence_sign {
	PRESENCE_NO_SIGN,	/* a name was not found, we had no time, a firewall spoke … */
	PRESENCE_ANSWERED,	/* be it by refusing */
	PRESENCE_SILENT
};

enum presence_sign presence_sign(const struct observation *observation);

struct presence {
	uint32_t silence;	/* the number of this silence, from 1: it ends with an answer */
	uint16_t silent;	/* so many different observations have heard nothing since */
	uint16_t repeats;	/* and again, those that had before */
	bool down;
};

/* What an observation of the target has to remember: in which silence it was silent before. */
typedef uint32_t presence_mark;

/* Silence is believed when this many different observations met it (or all there are), each so
 * often on average. */
struct presence_policy {
	unsigned observations;	/* at most as many as the target has */
	unsigned times;
};

enum presence_change { PRESENCE_SAME, PRESENCE_WENT, PRESENCE_CAME };

void presence_begin(struct presence *presence);
enum presence_change presence_hear(const struct presence_policy *policy,
				   struct presence *presence, presence_mark *mark,
				   enum presence_sign sign);

/* Our own way out. Guards are targets that are there for this purpose: while all of them are
 * down, it is. Without any it is believed lost when several targets are watched and all of
 * them went. */
struct uplink {
	uint32_t targets, targets_down, guards, guards_down;
};

void uplink_count(struct uplink *uplink, bool guard, enum presence_change change);
bool uplink_is_down(const struct uplink *uplink);
/* Whether anybody could find out that it is down. */
bool uplink_is_watched(const struct uplink *uplink);

#endif
