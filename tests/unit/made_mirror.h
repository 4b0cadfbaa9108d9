/* SPDX-License-Identifier: Apache-2.0
 *
 * A mirror of as many made targets and checks as one likes, fed as the engine would.
 */
#ifndef TESTS_UNIT_MADE_MIRROR_H
#define TESTS_UNIT_MADE_MIRROR_H

#include "agent/mirror/mirror.h"

/* Numbers have gaps, as they get when targets go. */
static inline uint32_t made_target_number(unsigned target)
{
	return 3 * target + 1;
}

static inline uint32_t made_check_number(unsigned target, unsigned check)
{
	return 1000 * (check % 5) + 7 * check + target % 3 + 1;
}

enum { MADE_EVENTS = 50 };

static inline uint64_t made_event_number(unsigned event)
{
	return 1000 + 2 * (uint64_t)event;
}

/* Its checks are of one family after the other, with what collectors of it see. */
static inline enum feed_family made_family(unsigned check)
{
	return (enum feed_family)(check % FEED_FAMILIES);
}

/* Every seventh is covered by an exception. */
static inline bool made_is_excepted(unsigned check)
{
	return check % 7 == 3;
}

/* checks: of each target. */
struct mirror *made_mirror(unsigned targets, unsigned checks, unsigned events);
void made_mirror_add(struct mirror *mirror, unsigned target, unsigned checks);
void made_mirror_remove(struct mirror *mirror, unsigned target);

#endif
