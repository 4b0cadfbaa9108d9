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
struct text;

struct gathering_user {
	void *arg;
	/* What is there now is not what it was. False: it is of no use, `said` has why, and what
	 * was in force stays; of what was fetched the documents before it are there again then,
	 * and their sources have failed. May call gathering_set(). */
	bool (*changed)(void *arg, struct text *said);
	/* A source could not be had, `why` says which and why; NULL: all of them can again. Called
	 * when that changes, and when each has answered for the first time. */
	void (*failed)(void *arg, const char *why);
};

/* folder: of the state, or NULL. user NULL: for a command that looks once, see
 * gathering_wait(): nothing is written, and nothing is fetched again. */
struct gathering *gathering_new(struct loop *loop, const char *folder,
				const struct gathering_user *user);
void gathering_free(struct gathering *gathering);
/* The sources of this configuration from now on; a copy is taken. Those that are new are fetched
 * at once, by a prober of our own, and what the folder keeps of them is there until then. */
void gathering_set(struct gathering *gathering, const struct config *config);
/* Valid until the next turn of the loop or call of gathering_set(). */
const struct inventory_fetched *gathering_fetched(struct gathering *gathering);
/* Turns the loop until every source of the configuration that was set has answered once, or has
 * failed: a warning if there is a copy of it, and else an error. */
void gathering_wait(struct gathering *gathering, const struct config *config,
		    struct problems *problems);

#endif
