/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/interval.h"

#include "ground/clock.h"

#define LEAST (100 * CLOCK_MILLISECOND)
#define USUAL_LEAST (10 * CLOCK_SECOND)
#define MOST (30 * 24 * 3600 * CLOCK_SECOND)

bool interval_read_field(struct reading *reading, const struct field *field,
			 const struct node *node, void *base)
{
	struct field duration = *field;
	uint32_t *interval_ms = (uint32_t *)((char *)base + field->at);

	duration.kind = FIELD_DURATION;
	duration.least = LEAST;
	duration.most = MOST;
	duration.unit = CLOCK_MILLISECOND;
	if (!form_read_field(reading, &duration, node, base))
		return false;
	if (*interval_ms < USUAL_LEAST / CLOCK_MILLISECOND)
		problems_add(reading->problems, PROBLEM_WARNING, node->place,
			     "every %s is very often for a system in use: 10s is the least that"
			     " makes sense there", node->text);
	return true;
}
