/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps the inventory fresh: notices when its files change, fetches what is at a distance
 * through a prober, and keeps a copy of that in the state folder, so that a restart knows its
 * targets while the inventory is away.
 */
#ifndef AGENT_DAEMON_GATHERING_H
#define AGENT_DAEMON_GATHERING_H

#include "agent/plan/load.h"

struct gathering;
struct loop;
struct crew;

/* folder: of the state, or NULL. changed: what is there now is not what it was. failed: a source
 * could not be had, `why` says which and why; NULL: all of them can again. */
struct gathering_user {
	void *arg;
	void (*changed)(void *arg);
	void (*failed)(void *arg, const char *why);
};

struct gathering *gathering_new(struct loop *loop, struct crew *crew, const char *folder,
				const struct gathering_user *user);
void gathering_free(struct gathering *gathering);
/* The sources of this configuration from now on; a copy is taken. Those that are new are fetched
 * at once, and what the folder keeps of them is there until then. */
void gathering_set(struct gathering *gathering, const struct config *config);
const struct inventory_fetched *gathering_fetched(struct gathering *gathering);

#endif
