/* SPDX-License-Identifier: Apache-2.0
 *
 * What was heard comes into the tables. As long as no row comes or goes, only those that were heard
 * are touched; otherwise both tables are made anew in one pass.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/mirror/mirror_parts.h"
#include "ground/memory.h"

/* --- the order of what was heard ----------------------------------------------------------- */

/* Where each stands among those heard, sorted by number; of the same number only the last. */
struct order {
	size_t *items;
	size_t count;
};

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_target(const void *a, const void *b, void *arg)
{
	const size_t *x = a, *y = b;
	const struct heard *heard = arg;
	int order = compare(heard->targets[*x].number, heard->targets[*y].number);

	return order ? order : compare(*x, *y);
}

static int compare_checks(const struct feed_check *a, const struct feed_check *b)
{
	return a->target == b->target ? compare(a->number, b->number)
				      : compare(a->target, b->target);
}

static int by_check(const void *a, const void *b, void *arg)
{
	const size_t *x = a, *y = b;
	const struct heard *heard = arg;
	int order = compare_checks(&heard->checks[*x], &heard->checks[*y]);

	return order ? order : compare(*x, *y);
}

static int by_gone(const void *a, const void *b)
{
	const struct gone *x = a, *y = b;
	int order = compare(x->which, y->which);

	if (!order)
		order = compare(x->number, y->number);
	return order ? order : compare(x->at, y->at);
}

static struct order order_of(struct heard *heard, size_t count,
			     int (*by)(const void *a, const void *b, void *arg))
{
	struct order order = { .items = memory_new(count, sizeof(size_t)), .count = count };

	for (size_t i = 0; i < count; i++)
		order.items[i] = i;
	qsort_r(order.items, count, sizeof *order.items, by, heard);
	return order;
}

/* After it was heard, as which message; 0: it was not. */
static bool is_gone(const struct heard *heard, enum feed_kind which, uint32_t number, size_t at)
{
	struct gone sought = { which, number, at };
	size_t low = 0, high = heard->gone_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_gone(&heard->gone[middle], &sought) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < heard->gone_count && heard->gone[low].which == which &&
	       heard->gone[low].number == number;
}

static bool some_are_gone(const struct heard *heard, enum feed_kind which)
{
	for (size_t i = 0; i < heard->gone_count; i++)
		if (heard->gone[i].which == which)
			return true;
	return false;
}

/* --- rows that are there already ----------------------------------------------------------- */

/* Those among the heard that are no rows yet, by number. */
struct fresh {
	size_t *targets, *checks;
	size_t target_count, check_count;
};

static bool replace_target(struct inside *inside, struct feed_target *fed)
{
	struct mirror *mirror = &inside->shown;
	size_t at = mirror_find_target(mirror, fed->number);
	struct mirror_target *target = &mirror->targets[at];

	if (at == mirror->target_count || target->fed.number != fed->number)
		return false;
	feed_free(target->fed.name);
	target->fed = *fed;
	fed->name = NULL;
	target->heard = inside->part;
	mirror_note_stale(inside, target);
	return true;
}

static void fill_check(struct inside *inside, struct mirror_check *check, struct feed_check *fed)
{
	check->fed = *fed;
	fed->name = NULL;
	check->heard = inside->part;
	mirror_hold_shared(inside, check);
	mirror_count_check(inside, check, true);
}

void mirror_clear_check(struct inside *inside, struct mirror_check *check)
{
	mirror_count_check(inside, check, false);
	mirror_release_shared(inside, check);
	feed_free(check->fed.name);
}

static bool replace_check(struct inside *inside, struct feed_check *fed)
{
	struct mirror *mirror = &inside->shown;
	size_t at = mirror_find_check(mirror, fed->target, fed->number);
	struct mirror_check *check = &mirror->checks[at], before;

	if (at == mirror->check_count || compare_checks(&check->fed, fed))
		return false;
	before = *check;
	/* The first verdict of all changes nothing. */
	check->transitions += before.fed.since_wall_us && before.fed.verdict != fed->verdict;
	fill_check(inside, check, fed);
	mirror_clear_check(inside, &before);
	mirror_note_stale(inside, check->target);
	return true;
}

static void replace_targets(struct inside *inside, struct fresh *fresh)
{
	struct heard *heard = &inside->heard;
	struct order order = order_of(heard, heard->target_count, by_target);

	fresh->targets = order.items;
	for (size_t i = 0; i < order.count; i++) {
		size_t at = order.items[i];
		struct feed_target *fed = &heard->targets[at];
		bool is_last = i + 1 == order.count ||
			       heard->targets[order.items[i + 1]].number != fed->number;

		if (is_last && !is_gone(heard, FEED_TARGET, fed->number, at + 1) &&
		    !replace_target(inside, fed))
			fresh->targets[fresh->target_count++] = at;
	}
}

static void replace_checks(struct inside *inside, struct fresh *fresh)
{
	struct heard *heard = &inside->heard;
	struct order order = order_of(heard, heard->check_count, by_check);

	fresh->checks = order.items;
	for (size_t i = 0; i < order.count; i++) {
		size_t at = order.items[i];
		struct feed_check *fed = &heard->checks[at];
		bool is_last = i + 1 == order.count ||
			       compare_checks(&heard->checks[order.items[i + 1]], fed);

		if (is_last && !is_gone(heard, FEED_CHECK, fed->number, at + 1) &&
		    !replace_check(inside, fed))
			fresh->checks[fresh->check_count++] = at;
	}
}

/* --- rows that come and go ----------------------------------------------------------------- */

static bool leaves(const struct inside *inside, enum feed_kind which, uint32_t number,
		   uint32_t heard)
{
	return heard != inside->part &&
	       (inside->heard.reset || is_gone(&inside->heard, which, number, 0));
}

/* False: the old one is to go. */
static bool keep_target(struct inside *inside, struct mirror_target *old)
{
	if (!leaves(inside, FEED_TARGET, old->fed.number, old->heard))
		return true;
	mirror_discount(inside, old);
	feed_free(old->fed.name);
	return false;
}

static void rebuild_targets(struct inside *inside, const struct fresh *fresh)
{
	struct mirror *mirror = &inside->shown;
	size_t most = mirror->target_count + fresh->target_count, count = 0, next = 0;
	struct mirror_target *targets = memory_new(most, sizeof *targets);

	for (size_t i = 0; i <= mirror->target_count; i++) {
		struct mirror_target *old =
			i < mirror->target_count ? &mirror->targets[i] : NULL;

		for (; next < fresh->target_count; next++) {
			struct feed_target *fed = &inside->heard.targets[fresh->targets[next]];

			if (old && old->fed.number < fed->number)
				break;
			targets[count].fed = *fed;
			targets[count].heard = inside->part;
			fed->name = NULL;
			mirror_note_stale(inside, &targets[count++]);
			mirror->shape++;
		}
		if (old && keep_target(inside, old))
			targets[count++] = *old;
		else if (old)
			mirror->shape++;
	}
	free(mirror->targets);
	mirror->targets = targets;
	mirror->target_count = count;
}

/* Where checks go to: targets and checks are met in the same order. */
struct filling {
	struct mirror_check *checks;
	size_t count;
	size_t target;
};

static struct mirror_target *target_for(struct mirror *mirror, struct filling *filling,
					uint32_t number)
{
	while (filling->target < mirror->target_count &&
	       mirror->targets[filling->target].fed.number < number)
		filling->target++;
	return filling->target < mirror->target_count &&
			       mirror->targets[filling->target].fed.number == number
		       ? &mirror->targets[filling->target]
		       : NULL;
}

static void add_fresh(struct inside *inside, struct filling *filling, struct feed_check *fed)
{
	struct mirror *mirror = &inside->shown;
	struct mirror_target *target = target_for(mirror, filling, fed->target);

	if (!target)
		return;
	fill_check(inside, &filling->checks[filling->count], fed);
	filling->checks[filling->count++].target = target;
	mirror_note_stale(inside, target);
	mirror->shape++;
}

static void add_old(struct inside *inside, struct filling *filling, struct mirror_check *old)
{
	struct mirror *mirror = &inside->shown;
	struct mirror_target *target = target_for(mirror, filling, old->fed.target);
	bool stays = target && !leaves(inside, FEED_CHECK, old->fed.number, old->heard);

	if (stays) {
		filling->checks[filling->count] = *old;
		filling->checks[filling->count++].target = target;
		return;
	}
	mirror_clear_check(inside, old);
	if (target)
		mirror_note_stale(inside, target);
	mirror->shape++;
}

static void rebuild_checks(struct inside *inside, const struct fresh *fresh)
{
	struct mirror *mirror = &inside->shown;
	struct filling filling = {
		.checks = memory_new(mirror->check_count + fresh->check_count,
				     sizeof *filling.checks),
	};
	size_t next = 0;

	for (size_t i = 0; i <= mirror->check_count; i++) {
		struct mirror_check *old =
			i < mirror->check_count ? &mirror->checks[i] : NULL;

		for (; next < fresh->check_count; next++) {
			struct feed_check *fed = &inside->heard.checks[fresh->checks[next]];

			if (old && compare_checks(&old->fed, fed) < 0)
				break;
			add_fresh(inside, &filling, fed);
		}
		if (old)
			add_old(inside, &filling, old);
	}
	free(mirror->checks);
	mirror->checks = filling.checks;
	mirror->check_count = filling.count;
}

static void link_targets(struct mirror *mirror)
{
	size_t at = 0;

	for (size_t i = 0; i < mirror->target_count; i++) {
		struct mirror_target *target = &mirror->targets[i];

		target->first_check = at;
		while (at < mirror->check_count && mirror->checks[at].target == target)
			at++;
		target->check_count = at - target->first_check;
	}
}

static void settle_rows(struct inside *inside)
{
	struct heard *heard = &inside->heard;
	struct fresh fresh = { 0 };

	replace_targets(inside, &fresh);
	replace_checks(inside, &fresh);
	if (fresh.target_count || fresh.check_count || heard->reset ||
	    some_are_gone(heard, FEED_TARGET) || some_are_gone(heard, FEED_CHECK)) {
		rebuild_targets(inside, &fresh);
		rebuild_checks(inside, &fresh);
		link_targets(&inside->shown);
	}
	free(fresh.targets);
	free(fresh.checks);
}

/* --- all else ------------------------------------------------------------------------------ */

static void settle_shared(struct inside *inside)
{
	struct heard *heard = &inside->heard;

	for (size_t i = 0; i < heard->rule_count; i++)
		mirror_put_rule(inside, &heard->rules[i], i + 1);
	heard->rule_count = 0;
	for (size_t i = 0; i < heard->sight_count; i++)
		mirror_put_sight(inside, &heard->sights[i], i + 1);
	for (size_t i = 0; i < heard->gone_count; i++)
		if (heard->gone[i].which == FEED_RULE || heard->gone[i].which == FEED_SIGHT)
			mirror_drop_shared(inside, &heard->gone[i]);
}

/* At the end of their room all of them move to its beginning. */
static void append_event(struct inside *inside, struct feed_event *event)
{
	struct mirror *mirror = &inside->shown;

	if (mirror->event_count == inside->events_most) {
		feed_free(mirror->events->event.target_name);
		mirror->events++;
		mirror->event_count--;
	}
	if (mirror->events + mirror->event_count == inside->events + inside->events_room) {
		memmove(inside->events, mirror->events,
			mirror->event_count * sizeof *mirror->events);
		mirror->events = inside->events;
	}
	mirror->events[mirror->event_count++] = *event;
	event->event.target_name = NULL;
}

static void insert_event(struct inside *inside, struct feed_event *event)
{
	struct mirror *mirror = &inside->shown;
	size_t at = mirror_find_event(mirror, event->event.number);
	bool is_full = mirror->event_count == inside->events_most;
	struct feed_event behind;

	if (at == mirror->event_count) {
		append_event(inside, event);
		return;
	}
	if (mirror->events[at].event.number == event->event.number || (is_full && !at))
		return;
	/* The newest one goes behind itself, which makes room as for any other. */
	behind = mirror->events[mirror->event_count - 1];
	append_event(inside, &behind);
	at = mirror_find_event(mirror, event->event.number);
	memmove(&mirror->events[at + 1], &mirror->events[at],
		(mirror->event_count - 1 - at) * sizeof *mirror->events);
	mirror->events[at] = *event;
	event->event.target_name = NULL;
}

static int by_event(const void *a, const void *b)
{
	const struct feed_event *x = a, *y = b;

	return compare(x->event.number, y->event.number);
}

static void settle_events(struct inside *inside)
{
	struct heard *heard = &inside->heard;

	if (!heard->event_count || !inside->events_most)
		return;
	qsort(heard->events, heard->event_count, sizeof *heard->events, by_event);
	for (size_t i = 0; i < heard->event_count; i++)
		insert_event(inside, &heard->events[i]);
}

void mirror_settle(struct mirror *mirror)
{
	struct inside *inside = (struct inside *)mirror;
	struct heard *heard = &inside->heard;

	inside->part++;
	if (heard->has_agent) {
		feed_free(mirror->agent.version);
		mirror->agent = heard->agent;
		heard->has_agent = false;
	}
	if (heard->gone_count)
		qsort(heard->gone, heard->gone_count, sizeof *heard->gone, by_gone);
	settle_shared(inside);
	settle_rows(inside);
	inside->all_stale = mirror_has_unheard_checks(inside);
	heard->sight_count = 0;
	if (heard->reset)
		mirror_drop_unheard(inside);
	mirror_add_up(inside);
	settle_events(inside);
	mirror_forget_heard(heard);
}
