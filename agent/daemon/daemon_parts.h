/* SPDX-License-Identifier: Apache-2.0
 *
 * What daemon*.c share: daemon.c starts and ends it, daemon_reload.c puts a configuration in
 * force, daemon_turn.c is what happens again and again. Nobody else includes this.
 */
#ifndef AGENT_DAEMON_DAEMON_PARTS_H
#define AGENT_DAEMON_DAEMON_PARTS_H

#include "agent/daemon/control.h"
#include "agent/daemon/daemon.h"
#include "agent/daemon/gathering.h"
#include "agent/daemon/house.h"
#include "agent/daemon/manager.h"
#include "agent/engine/hiring.h"

struct daemon {
	struct house house;		/* first: who has the house has the daemon */
	const struct daemon_settings *settings;
	const char *state_dir;
	int lock;			/* on the state folder; -1: not ours */
	struct manager *manager;
	struct control *control;	/* NULL: nobody can ask */
	int64_t control_us;		/* then it is tried again */
	bool control_fails;		/* and that was logged */
	struct gathering *gathering;
	struct hiring hiring;
	struct crew **retired;		/* replaced, and busy with what they began */
	size_t retired_count, retired_room;
	struct loaded **replaced;	/* until the patrol has released its plan */
	size_t replaced_count, replaced_room;
	struct text warnings;		/* of the configuration that was read last */
	bool ends, reload_wanted, again;
	bool is_ready;			/* and the service manager knows it */
	bool inventory_fails, store_fails;
	bool has_news;			/* for the status that it shows */
	uint64_t logged;		/* events up to this number */
	int64_t forget_us;		/* when old events are forgotten next */
};

/* daemon_reload.c */
/* Logs all that is wrong with it; NULL when it cannot be used. said: gets the errors; NULL. */
struct loaded *daemon_load(struct daemon *daemon, struct text *said);
void daemon_put_in_force(struct daemon *daemon, struct loaded *loaded);
bool daemon_reload(struct daemon *daemon, struct text *said);
/* For the patrol's world. */
void daemon_released(void *arg, const struct plan *plan);
void daemon_begin_gathering(struct daemon *daemon, const struct config *config);
/* Between callbacks: crews that have nothing to do any more end. */
void daemon_settle_crews(struct daemon *daemon);

/* daemon_turn.c */
/* When it is worth the next one, unless something happens before. */
int64_t daemon_turn(struct daemon *daemon);

/* Each line of it, with this topic. */
void daemon_log_lines(const char *topic, const struct text *lines);

#endif
