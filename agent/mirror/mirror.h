/* SPDX-License-Identifier: Apache-2.0
 *
 * A face's own copy of what the engine knows: the faces read it and ask nobody. It is made from
 * what the engine feeds (agent/mirror/feed.h) and sorted by the numbers of the store, which are the
 * same for ever. Rows stay where and as they are until the next mirror_settle().
 */
#ifndef AGENT_MIRROR_MIRROR_H
#define AGENT_MIRROR_MIRROR_H

#include "agent/mirror/feed.h"

/* What the rows of a rule have in common is kept once. */
struct mirror_target {
	struct feed_target fed;
	/* Made from its checks by mirror_settle(). */
	uint32_t counts[VERDICT_COUNT];	/* checks by verdict */
	uint32_t alarms;		/* raised, its own included */
	uint8_t worst;			/* enum verdict */
	uint8_t severity;		/* enum severity, of the worst alarm; only with alarms */
	int32_t score;			/* permille; -1: nothing could be judged */
	int64_t changed_wall_us, observed_wall_us;	/* 0: never */
	int64_t elapsed_us;		/* of the newest observations, added up */
	size_t first_check, check_count;	/* among mirror->checks */
	uint32_t by_severity[SEVERITY_COUNT];	/* alarms, its own included */
	uint32_t good, judged;		/* weights, see struct score */
	uint32_t heard;			/* the mirror's own */
	bool stale;
};

struct mirror_check {
	struct feed_check fed;
	const struct feed_rule *rule;	/* never NULL */
	const struct feed_sight *sight;	/* what decides it; NULL: nothing was seen */
	struct mirror_target *target;
	uint32_t transitions;		/* changes of its verdict since the mirror began */
	uint32_t heard;			/* the mirror's own */
};

struct mirror {
	struct feed_agent agent;
	struct mirror_target *targets;	/* by number, ascending */
	size_t target_count;
	struct mirror_check *checks;	/* by target, then by number, ascending */
	size_t check_count;
	struct feed_event *events;	/* the newest, by number, ascending */
	size_t event_count;
	uint32_t counts[VERDICT_COUNT];				/* checks */
	int32_t score;						/* as that of a target */
	uint8_t worst;						/* enum verdict */
	uint32_t by_family[FEED_FAMILIES][VERDICT_COUNT];	/* checks */
	uint32_t by_severity[SEVERITY_COUNT];			/* alarms */
	/* Grows whenever a row of targets or checks came or went. */
	uint64_t shape;
};

struct mirror *mirror_new(size_t events_most);
void mirror_free(struct mirror *mirror);
/* One message of the engine's, FEED_RESET to FEED_SETTLED; false: it makes no sense. */
bool mirror_hear(struct mirror *mirror, enum feed_kind kind, struct reader *body);
/* To be called after FEED_SETTLED: what was heard is in the tables. Checks of targets that are not
 * there are left out; after FEED_RESET what was not heard again is gone. */
void mirror_settle(struct mirror *mirror);

/* The one with this number, or the first behind it; mirror->…_count: there is none. */
size_t mirror_find_target(const struct mirror *mirror, uint32_t target);
size_t mirror_find_check(const struct mirror *mirror, uint32_t target, uint32_t check);
size_t mirror_find_event(const struct mirror *mirror, uint64_t event);

#endif
