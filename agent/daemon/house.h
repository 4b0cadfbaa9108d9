/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the agent know of each other while it runs. daemon.c makes it; nobody else
 * frees anything in it.
 */
#ifndef AGENT_DAEMON_HOUSE_H
#define AGENT_DAEMON_HOUSE_H

#include "agent/engine/patrol.h"
#include "agent/engine/telling.h"
#include "agent/ipc/crew.h"
#include "agent/plan/load.h"

struct house {
	struct loop *loop;
	struct crew *crew;
	struct store *store;
	struct self *self;
	struct firsts *firsts;
	struct patrol *patrol;
	struct telling *telling;
	const struct loaded *loaded;	/* what is in force */
	int64_t started_wall_us;
	int64_t loaded_wall_us;		/* when that came into force */
	bool reload_failed;		/* the newest attempt */
	/* Reads everything anew; false, with what is wrong in `said`: nothing changed. */
	bool (*reload)(struct house *house, struct text *said);
	/* Something was recorded from outside of the patrol: let all have a turn soon. */
	void (*nudge)(struct house *house);
};

struct moment house_now(void);

#endif
