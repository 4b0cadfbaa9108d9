/* SPDX-License-Identifier: Apache-2.0
 *
 * The oracle's parts: oracle.c has events and what they say of each check, oracle_sinks.c what
 * was told, oracle_truth.c whether that is true, and in time. Nobody else includes this.
 */
#ifndef TESTS_SIM_ORACLE_PARTS_H
#define TESTS_SIM_ORACLE_PARTS_H

#include "tests/sim/keeper.h"
#include "tests/sim/oracle.h"
#include "tests/sim/world.h"

enum { HEARD_MOST = 32, PRESENCE = RULE_COUNT, SUBJECTS = RULE_COUNT + 1, KNOWN_MOST = 128 };

/* An event as it was recorded. */
struct note {
	uint64_t number, alarm;
	uint32_t check;
	uint8_t kind, from, to, severity, cause;
	bool flaps, quiet;
	int64_t at_us;			/* true */
};

/* A check, by its number in the store, as events tell of it. */
struct known {
	char target[16], name[48];
	int system, subject;		/* subject: a rule or PRESENCE; system -1: the agent */
	uint8_t told, severity;
	uint64_t raised;
	bool flaps;
	int64_t changed_us;		/* true */
};

/* What was seen of a rule, newest last. */
struct heard {
	uint8_t verdict;
	bool silent;			/* perhaps of the whole system: then it does not count */
	unsigned occasion;
};

struct watched {
	struct heard heard[HEARD_MOST];
	size_t heard_count;		/* ever */
	int64_t asked_us;		/* true; when it began last, or could not before */
	uint8_t right;			/* what should be told of it */
	int64_t right_us;		/* since */
};

struct ear {
	bool listed;
	uint64_t since;			/* it is told events behind this one */
	uint64_t first;			/* the greatest number it was told */
	uint64_t acknowledged;		/* the greatest */
	uint64_t given_up;		/* up to this one, the oldest first */
	uint64_t newest;		/* of this life */
	unsigned again;			/* it may hear so many once more that it had acknowledged */
	int64_t told_us;		/* monotonic, in this life; INT64_MIN: not yet */
};

struct oracle {
	struct keeper *keeper;
	struct note *notes;
	size_t note_count, note_room;
	uint64_t durable;		/* up to this number all is on disk */
	uint64_t most_told;
	struct known known[KNOWN_MOST];
	struct watched watched[SYSTEMS_MOST][SUBJECTS];
	struct ear ears[RECEIVERS_MOST];
	/* How often something happened after which what was seen may be judged anew. */
	unsigned occasions;
	int64_t wall_day;
	int64_t settled_us;		/* true; the last time that the agent was disturbed */
	int64_t silent_us[SYSTEMS_MOST];	/* true; when it was silent last */
	int64_t walled_us[SYSTEMS_MOST];	/* true; a firewall swallowed some of it then */
	int64_t believed_us;		/* true; since then our own way out is as it is */
	bool believed_down;
	/* Somebody was told of a number that not even the file of marks can know: the disk did
	 * not take any write. After a crash it may be given again. */
	bool unmarked;
	int64_t broken_us;		/* true; the disk was, and what is on it cannot be read */
	bool excused;			/* numbers may be missing on the disk: it failed */
	bool lost;			/* nobody was told yet that all was forgotten */
	int64_t lost_us;
	int64_t asks_us[1024];
	size_t ask_count;
	struct oracle_sums sums;
};

struct oracle *oracle_itself(void);
const struct note *oracle_note(uint64_t number);
struct known *oracle_known_of(int system, int subject);
/* oracle_truth.c: whether the event is founded on what was seen. */
void oracle_weigh(const struct known *known, const struct event *event);
/* Nobody can tell our way out from all systems, or has guards for it. */
bool oracle_guards(const struct town *town);
/* oracle_sinks.c */
void oracle_look_at_sinks(bool settled);
void oracle_sinks_planned(void);
void oracle_sinks_ended(bool orderly, bool disk_failed);
void oracle_sinks_lost(void);
/* Numbers behind this one were never given, as far as the disk knows. */
void oracle_sinks_forget(uint64_t after);

#endif
