/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps the agent: starts it on the simulated disk, gives its parts their turns as the daemon
 * does, kills it, stops it, reloads it. What the daemon asks of the network and of the sinks
 * the world answers.
 */
#ifndef TESTS_SIM_KEEPER_H
#define TESTS_SIM_KEEPER_H

#include "agent/engine/patrol.h"
#include "agent/engine/telling.h"
#include "tests/sim/sinks.h"
#include "tests/sim/town.h"

struct errand;

enum { CHARTERS_MOST = 8 };

struct keeper {
	struct town town;
	struct sinks sinks;
	struct chance chance;
	/* NULL while it does not run */
	struct store *store;
	struct self *self;
	struct patrol *patrol;
	struct telling *telling;
	struct charter *charter;	/* in force */
	struct charter *charters[CHARTERS_MOST];	/* and those still in use */
	int64_t due_us;			/* monotonic */
	struct errand *errands;		/* under way */
	/* It dies before the boundary at which this comes to 0; 0: it does not. */
	unsigned fuse;
	unsigned boundaries;		/* since the start */
	bool dead;			/* it does not know it yet: nothing it does has an effect */
	bool asleep, starting;
	bool damaged, lost;		/* the database; and nobody has been told yet */
	bool orderly, disk_failed;	/* it ended so; in this life */
	int64_t turned_us, fails_at_us;
	unsigned turns_at_once;
};

void keeper_begin(struct keeper *keeper, uint64_t seed);
void keeper_end(struct keeper *keeper);
/* With the disk as it is; again later when it cannot. */
void keeper_start(struct keeper *keeper);
/* SIGTERM. */
void keeper_stop(struct keeper *keeper);
/* SIGHUP, after the configuration has changed. */
void keeper_reload(struct keeper *keeper);
/* It starts again after that. */
void keeper_start_later(struct keeper *keeper, int64_t delay_us);
/* Something came for it: it has a turn at once. */
void keeper_nudge(struct keeper *keeper);
/* When its next turn is, in true time. */
int64_t keeper_next_us(const struct keeper *keeper);
void keeper_turn(struct keeper *keeper);
/* After anything has happened: should it have died by that, it is gone now. */
void keeper_bury(struct keeper *keeper);
/* Before anything is written or told: true when the process is dead by now. */
bool keeper_boundary(void *arg, const char *what);

#endif
