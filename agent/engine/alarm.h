/* SPDX-License-Identifier: Apache-2.0
 *
 * The debounced verdict of a check: what it takes to raise an alarm, to change it and to clear
 * it. A pure step, (state, event, time) → effects: no clock, no I/O, no chance. Whoever keeps
 * the state may write it down after any step and go on from there.
 */
#ifndef AGENT_ENGINE_ALARM_H
#define AGENT_ENGINE_ALARM_H

#include "agent/engine/judge.h"

enum { ALARM_CHANGES_MOST = FLAPPING_CHANGES_MOST };

struct alarm_policy {
	unsigned raise_after, clear_after;	/* results in a row */
	int64_t remind_us;			/* 0: never */
	/* More changes than these within that time are told as one: it flaps, until its results
	 * were the same for `calm_us`. 0: never; at most ALARM_CHANGES_MOST. */
	unsigned flap_changes;
	int64_t flap_us, calm_us;
};

struct moment {
	int64_t monotonic_us;		/* for all that waits */
	int64_t wall_us;		/* for people, and for what was written down */
};

/* What an alarm is told as: ok (none is raised), warning, critical or unknown. */
struct alarm {
	uint8_t told;			/* enum verdict */
	uint8_t severity;		/* enum severity, as told */
	uint8_t seen;			/* enum verdict: the newest result that was no accident */
	uint8_t flaps, held;		/* bool */
	/* Results in a row that would change what is told: one way, and because nobody knows. An
	 * unknown between two others neither confirms nor denies them. */
	uint16_t better, worse, unknown;
	int64_t raised_wall_us, changed_wall_us, reminded_wall_us;
	/* Of this process only; alarm_restore() begins them anew. */
	int64_t remind_at_us;		/* INT64_MAX: never */
	int64_t same_since_us;		/* `seen` */
	int64_t changes_us[ALARM_CHANGES_MOST];	/* when what is told changed, newest first */
	uint8_t change_count;
};

enum alarm_event_kind {
	ALARM_RESULT,	/* a check was judged */
	ALARM_HOLD,	/* its target or our own way out is down: say nothing of it */
	ALARM_RELEASE,
	ALARM_TIME,	/* alarm_due_us() has come */
	ALARM_GONE	/* the check is no more */
};

struct alarm_event {
	enum alarm_event_kind kind;
	enum verdict verdict;		/* ALARM_RESULT */
	enum severity severity;		/* ALARM_RESULT */
};

/* X(constant, word) */
#define ALARM_CHANGES(X)                                                                      \
	X(RAISED, "raised")                                                                   \
	X(CHANGED, "changed")		/* verdict, severity, or whether it flaps */          \
	X(CLEARED, "cleared")                                                                 \
	X(REMINDED, "reminded")

enum alarm_change {
	ALARM_UNCHANGED,
#define ALARM_CHANGE_CONSTANT(constant, word) ALARM_##constant,
	ALARM_CHANGES(ALARM_CHANGE_CONSTANT)
#undef ALARM_CHANGE_CONSTANT
};

/* Why an alarm was cleared, or what else is behind a change. */
enum alarm_cause {
	ALARM_BY_RESULT,
	ALARM_BY_EXCEPTION,		/* somebody accepted it */
	ALARM_BY_ABSENCE,		/* it does not apply any more, or the check is gone */
	ALARM_BY_TIME,
	ALARM_CAUSE_COUNT
};

/* At most one thing is to be told after a step. */
struct alarm_effect {
	enum alarm_change change;	/* ALARM_UNCHANGED: nothing */
	enum alarm_cause cause;
	enum verdict from, to;
	enum severity severity;
	bool flaps;
};

void alarm_begin(struct alarm *alarm);
/* After a restart: what waits, waits from now on. */
void alarm_restore(const struct alarm_policy *policy, struct alarm *alarm, struct moment now);
struct alarm_effect alarm_step(const struct alarm_policy *policy, struct alarm *alarm,
			       const struct alarm_event *event, struct moment now);
/* When ALARM_TIME is to be told, unless an event comes before; INT64_MAX: never. */
int64_t alarm_due_us(const struct alarm_policy *policy, const struct alarm *alarm);
const char *alarm_change_word(enum alarm_change change);

#endif
