/* SPDX-License-Identifier: Apache-2.0
 *
 * The word allowed-ports: every port of which some other check of the target speaks. A
 * forbidden port that has a check of its own is not reported by the sweep as well.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/plan/planning.h"
#include "ground/memory.h"

enum { LOOK_BACK = 8 };

struct port_range {
	uint16_t first, last;
};

struct port_ranges {
	struct port_range *items;
	size_t count, room;
};

static bool is_udp(const struct subject *subject)
{
	return subject->kind == SUBJECT_UDP;
}

static const struct subject *subject_of(const struct plan *plan, const struct check *check)
{
	return &plan->observations[check->observation].request.subject;
}

static bool wants_ports(const struct check *check)
{
	for (size_t i = 0; i < check->expect_count; i++)
		if (check->expect[i].allowed_ports)
			return true;
	return false;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct port_range *left = a, *right = b;

	return left->first != right->first ? left->first - right->first
					   : left->last - right->last;
}

/* 80, 80-90 and 91 become 80-91. */
static void merge_ranges(struct port_ranges *ranges)
{
	size_t kept = 0;

	if (!ranges->count)
		return;
	qsort(ranges->items, ranges->count, sizeof *ranges->items, compare_ranges);
	for (size_t i = 1; i < ranges->count; i++) {
		struct port_range *newest = &ranges->items[kept];
		const struct port_range *next = &ranges->items[i];

		if (next->first > newest->last + 1)
			ranges->items[++kept] = *next;
		else if (next->last > newest->last)
			newest->last = next->last;
	}
	ranges->count = kept + 1;
}

/* Only checks that look at the target itself, now, and over the network speak of its ports. */
static bool speaks_of_ports(const struct plan *plan, const struct check *check)
{
	return check->observation != NO_OBSERVATION && !check->rule->peer &&
	       !check->rule->collector->looks_inside &&
	       subject_of(plan, check)->kind != SUBJECT_URL;
}

static void collect_ranges(const struct planning *planning, size_t first, bool udp,
			   struct port_ranges *ranges)
{
	const struct plan *plan = planning->plan;

	ranges->count = 0;
	for (size_t i = first; i < plan->check_count; i++) {
		const struct check *check = &plan->checks[i];
		const struct subject *subject;

		if (!speaks_of_ports(plan, check) || wants_ports(check))
			continue;
		subject = subject_of(plan, check);
		if (!subject->first || is_udp(subject) != udp)
			continue;
		ranges->items = memory_room_for(ranges->items, ranges->count, &ranges->room,
						sizeof *ranges->items);
		ranges->items[ranges->count++] =
			(struct port_range){ subject->first, subject->last };
	}
	merge_ranges(ranges);
}

static void fill_operands(struct planning *planning, const struct port_ranges *ranges,
			  struct expectation *expectation)
{
	size_t count = expectation->count + ranges->count;
	struct operand *operands = arena_take(planning->arena, count * sizeof *operands);

	if (expectation->count)
		memcpy(operands, expectation->operands, expectation->count * sizeof *operands);
	for (size_t i = 0; i < ranges->count; i++) {
		const struct port_range *range = &ranges->items[i];

		text_clear(&planning->scratch);
		text_add_unsigned(&planning->scratch, range->first);
		if (range->last > range->first)
			text_add_format(&planning->scratch, "-%u", range->last);
		operands[expectation->count + i] = (struct operand){
			.text = arena_copy(planning->arena, text_string(&planning->scratch)),
			.integer = range->first,
			.last = range->last,
		};
	}
	expectation->operands = operands;
	expectation->count = count;
}

static const struct expectation *
make_filled(struct planning *planning, const struct check *check,
	    const struct port_ranges *ranges)
{
	size_t bytes = ranges->count * sizeof *ranges->items;
	struct filled filled = { .source = check->expect, .range_count = ranges->count };
	struct port_range *copy = arena_take(planning->arena, bytes);

	if (bytes)
		memcpy(copy, ranges->items, bytes);
	filled.ranges = copy;
	filled.made = arena_take(planning->arena, check->expect_count * sizeof *filled.made);
	memcpy(filled.made, check->expect, check->expect_count * sizeof *filled.made);
	for (size_t i = 0; i < check->expect_count; i++)
		if (filled.made[i].allowed_ports)
			fill_operands(planning, ranges, &filled.made[i]);
	planning->filled = memory_room_for(planning->filled, planning->filled_count,
					   &planning->filled_room, sizeof *planning->filled);
	planning->filled[planning->filled_count++] = filled;
	return filled.made;
}

/* Most targets are like one of the last few. */
static const struct expectation *
fill(struct planning *planning, const struct check *check, const struct port_ranges *ranges)
{
	size_t bytes = ranges->count * sizeof *ranges->items;

	for (size_t i = 0; i < LOOK_BACK && i < planning->filled_count; i++) {
		const struct filled *filled = &planning->filled[planning->filled_count - 1 - i];

		if (filled->source == check->expect && filled->range_count == ranges->count &&
		    (!bytes || !memcmp(filled->ranges, ranges->items, bytes)))
			return filled->made;
	}
	return make_filled(planning, check, ranges);
}

void planning_fill_ports(struct planning *planning, size_t first)
{
	struct plan *plan = planning->plan;
	struct port_ranges ranges = { 0 };

	for (size_t i = first; i < plan->check_count; i++) {
		struct check *check = &plan->checks[i];

		if (check->observation == NO_OBSERVATION || !wants_ports(check))
			continue;
		collect_ranges(planning, first, is_udp(subject_of(plan, check)), &ranges);
		check->expect = fill(planning, check, &ranges);
	}
	free(ranges.items);
}
