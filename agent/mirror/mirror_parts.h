/* SPDX-License-Identifier: Apache-2.0
 *
 * What mirror*.c share: mirror.c hears, mirror_settle.c brings what was heard into the tables,
 * mirror_shared.c keeps what many rows have in common, mirror_sums.c adds up. Nobody else includes
 * this.
 */
#ifndef AGENT_MIRROR_MIRROR_PARTS_H
#define AGENT_MIRROR_MIRROR_PARTS_H

#include "agent/mirror/mirror.h"

/* What rows refer to. It goes when nobody refers to it and the engine has let go of it. */
struct shared {
	struct shared *behind;		/* in the same bucket */
	uint32_t number;
	uint32_t users;			/* checks */
	uint32_t heard;			/* in which part */
	bool gone;			/* or never heard at all */
	size_t at;			/* which message of that part it was, from 1 */
};

struct shared_table {
	struct shared **buckets;
	size_t room, count;
};

struct shared_rule {
	struct shared shared;
	struct feed_rule fed;
	uint32_t counts[VERDICT_COUNT];	/* checks, as they are in by_family */
};

struct shared_sight {
	struct shared shared;
	struct feed_sight fed;
	uint64_t added;			/* in which addition it was met last */
	uint32_t unheard;		/* checks that were not heard since it was */
};

struct gone {
	enum feed_kind which;
	uint32_t number;
	size_t at;			/* behind those of its kind that have smaller ones */
};

/* Of the part that has not settled yet, in the order in which it came. */
struct heard {
	bool reset, has_agent;
	struct feed_agent agent;
	struct feed_rule *rules;
	struct feed_sight *sights;
	struct feed_target *targets;
	struct feed_check *checks;
	struct feed_event *events;
	struct gone *gone;
	size_t rule_count, sight_count, target_count, check_count, event_count, gone_count;
	size_t rule_room, sight_room, target_room, check_room, event_room, gone_room;
};

struct inside {
	struct mirror shown;		/* first: who has the mirror has all of it */
	struct shared_table rules, sights;
	struct heard heard;
	uint32_t part;			/* the number of the part that settles */
	struct feed_event *events;	/* the room that shown.events lies in */
	size_t events_most, events_room;
	uint32_t *stale;		/* targets whose sums have to be made anew */
	size_t stale_count, stale_room;
	bool all_stale;
	uint64_t additions;
	uint64_t good, judged;		/* over all targets */
};

/* mirror.c */
void mirror_forget_heard(struct heard *heard);

/* mirror_settle.c */
void mirror_clear_check(struct inside *inside, struct mirror_check *check);

/* mirror_shared.c */
void mirror_put_rule(struct inside *inside, struct feed_rule *fed, size_t at);
void mirror_put_sight(struct inside *inside, struct feed_sight *fed, size_t at);
void mirror_drop_shared(struct inside *inside, const struct gone *gone);
/* All that was not heard in this part. */
void mirror_drop_unheard(struct inside *inside);
/* By the numbers that were fed. */
void mirror_hold_shared(struct inside *inside, struct mirror_check *check);
void mirror_release_shared(struct inside *inside, struct mirror_check *check);
/* Whether checks that refer to what was heard were not heard themselves. */
bool mirror_has_unheard_checks(const struct inside *inside);
void mirror_free_shared(struct inside *inside);

/* mirror_sums.c */
void mirror_count_check(struct inside *inside, const struct mirror_check *check, bool counts);
/* What it is like may have changed, or what its checks are like. */
void mirror_note_stale(struct inside *inside, struct mirror_target *target);
/* It goes. */
void mirror_discount(struct inside *inside, struct mirror_target *target);
void mirror_add_up(struct inside *inside);

static inline struct shared_rule *rule_of(const struct mirror_check *check)
{
	return (struct shared_rule *)((uintptr_t)check->rule - offsetof(struct shared_rule, fed));
}

static inline struct shared_sight *sight_of(const struct mirror_check *check)
{
	return check->sight ? (struct shared_sight *)((uintptr_t)check->sight -
						      offsetof(struct shared_sight, fed))
			    : NULL;
}

#endif
