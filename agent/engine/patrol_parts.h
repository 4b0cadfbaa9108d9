/* SPDX-License-Identifier: Apache-2.0
 *
 * The patrol's parts, and what they call of each other. Nobody else includes this.
 */
#ifndef AGENT_ENGINE_PATROL_PARTS_H
#define AGENT_ENGINE_PATROL_PARTS_H

#include "agent/engine/dispatch.h"
#include "agent/engine/due.h"
#include "agent/engine/patrol.h"
#include "agent/engine/remember.h"
#include "agent/engine/schedule.h"
#include "agent/engine/storm.h"

/* So many different looks have to meet silence, if there are as many. */
enum { PATROL_LOOKS_FOR_SILENCE = 3, PATROL_OTHERS_ASKED = 3 };

/* There are very many of these. */
struct watched_check {
	struct alarm alarm;
	int64_t since_wall_us;		/* it has this verdict; 0: not judged yet */
	uint32_t number;		/* in the store */
	uint8_t verdict;		/* enum verdict */
};

struct watched_observation {
	presence_mark mark;
	uint32_t before, behind;	/* among those that wait for their turn */
	uint8_t sign;			/* enum presence_sign, the newest */
	bool seen;			/* since the start */
	bool own;			/* of the target's own host */
	bool tells;			/* and straight at it: whether it is there */
	bool waits;
	bool withheld;			/* what was seen last may be its host's fault, or ours */
	bool walled;			/* it was silent while its host answered */
	bool remembers, unsaved;	/* for checks with `unchanged` */
};

struct watched_target {
	struct presence presence;
	struct alarm alarm;
	int64_t went_us;		/* when it was found silent */
	uint32_t number, check;		/* in the store; of its own alarm */
	uint32_t tellers, mute;		/* observations that tell; those that say nothing */
};

/* A plan is in use as long as this counts anything. */
struct tenure {
	const struct plan *plan;
	size_t uses;
};

/* A plan, and what is known about it. */
struct beat {
	struct tenure *tenure;
	const struct plan *plan;
	struct results *results;
	struct dispatch *dispatch;
	struct schedule *schedule;
	struct watched_check *checks;
	struct watched_observation *observations;
	struct watched_target *targets;
	/* Observations of the targets' own hosts, by target. */
	uint32_t *own, *first_own;
	/* What time alone brings: the alarms of checks, then those of targets, then when
	 * silent targets are told. */
	struct due *due;
	uint32_t longest, latest;	/* of those that wait: the first and the last one */
	struct uplink uplink;
	uint32_t *doubts;		/* observations, see patrol_doubts() */
	size_t doubt_count, doubt_room;
	struct alarm_policy policy, target_policy;
	/* Between these times (wall) the same exceptions hold. */
	int64_t same_from_us, same_until_us;
	int64_t judged_wall_us;		/* when that was looked at last */
};

/* What is under way. */
struct errand {
	struct patrol *patrol;
	struct tenure *tenure;		/* for which it began */
	uint32_t number;		/* in today's plan, or NO_OBSERVATION */
	struct errand *before, *behind;
};

struct patrol {
	struct patrol_world world;
	struct store *store;
	struct self *self;
	struct firsts *firsts;
	struct beat *beat;		/* NULL: no plan yet */
	struct errand *errands;
	struct remembering remembering;
	struct storm storm;
	bool uplink_down;
	int64_t answered_us;		/* somebody who stands for our way out was heard */
	int64_t others_asked_us;
	uint32_t next_asked;		/* of the targets, where there is no guard */
	int64_t asked_us;		/* when the next turn was wanted */
	int64_t woke_us;		/* the machine slept until then */
	int64_t late_until_us;		/* something has waited too long for its turn */
	int64_t late_by_us;		/* and for so long at most; 0: nothing has */
	int64_t save_us;		/* what is remembered; DUE_NEVER: nothing new */
	struct patrol_health health;
};

/* patrol.c */
void patrol_save(struct patrol *patrol, struct moment now);
void patrol_say_changed(const struct patrol *patrol, uint32_t check);
/* Its alarm: that it is down shows itself with the look that found it out. */
void patrol_say_target_changed(const struct patrol *patrol, uint32_t target);

/* patrol_wait.c: those that are due and wait for their turn, the longest waiting first; when
 * somebody should look again. */
void patrol_begin_to_wait(struct beat *beat, uint32_t number);
void patrol_end_wait(struct patrol *patrol, uint32_t number, struct moment now);
int64_t patrol_watch_waiting(struct patrol *patrol, struct moment now);

/* patrol_alarm.c */
void patrol_set_policies(struct beat *beat);
/* It was judged; whether that changed its verdict. */
bool patrol_note_verdict(struct beat *beat, uint32_t check, int64_t wall_us);
void patrol_step(struct patrol *patrol, uint32_t check, enum alarm_event_kind kind,
		 struct moment now);
/* What was seen of it last, and has not counted yet, does now. */
void patrol_count_withheld(struct patrol *patrol, uint32_t number, struct moment now);
/* By its presence. */
void patrol_step_target(struct patrol *patrol, uint32_t target, enum alarm_event_kind kind,
			struct moment now);
void patrol_clear_gone(struct patrol *patrol, struct moment now);
int64_t patrol_pass_storm(struct patrol *patrol, struct moment now);
enum schedule_pace patrol_pace(const struct beat *beat, uint32_t number);

/* patrol_target.c */
int64_t patrol_warm_up_us(const struct plan *plan, size_t observations);
int64_t patrol_recheck_us(const struct beat *beat, uint32_t number);
void patrol_know_targets(struct beat *beat);
/* Whether what it said may count by itself, now. */
bool patrol_hear(struct patrol *patrol, uint32_t number, struct moment now);
/* Holds its alarms, or lets them go, as it should be now. */
void patrol_hold(struct patrol *patrol, uint32_t target, struct moment now);
void patrol_set_grace(struct beat *beat, uint32_t target, int64_t at_us);
void patrol_end_grace(struct patrol *patrol, uint32_t target, struct moment now);

/* Looks there at once, by as many observations as may be answered. */
void patrol_ask_target(struct beat *beat, uint32_t target, unsigned most, struct moment now);

/* patrol_uplink.c */
bool patrol_is_guard(const struct beat *beat, uint32_t target);
/* Whether an answer of this target says that our way out works. */
bool patrol_stands_for_us(const struct beat *beat, uint32_t target);
void patrol_count_uplink(struct patrol *patrol, struct moment now);
void patrol_watch_uplink(struct patrol *patrol, struct moment now);
void patrol_ask_others(struct patrol *patrol, struct moment now);
void patrol_hear_somebody(struct patrol *patrol, uint32_t target, struct moment now);
/* Whether what was seen may be our own fault; then it does not count yet. */
bool patrol_doubts(struct patrol *patrol, uint32_t number, struct moment now);

/* patrol_exception.c: what begins or ends by itself; when that is next, as far as anybody can
 * know. */
void patrol_know_exceptions(struct beat *beat, int64_t wall_us);
int64_t patrol_pass_exceptions(struct patrol *patrol, struct moment now);

/* patrol_beat.c */
struct beat *patrol_new_beat(struct patrol *patrol, const struct plan *plan,
			     struct moment now);
void patrol_free_beat(struct patrol *patrol, struct beat *beat);
void patrol_end_tenure(struct patrol *patrol, struct tenure *tenure);

#endif
