/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules and sights: they stay where they are as long as a check refers to them, whatever the
 * engine says of them.
 */
#include <stdlib.h>

#include "agent/mirror/mirror_parts.h"
#include "ground/memory.h"

enum { FIRST_ROOM = 64 };

/* --- the tables ---------------------------------------------------------------------------- */

static struct shared **bucket_of(const struct shared_table *table, uint32_t number)
{
	return &table->buckets[number & (table->room - 1)];
}

static struct shared *find(const struct shared_table *table, uint32_t number)
{
	struct shared *found = table->room ? *bucket_of(table, number) : NULL;

	while (found && found->number != number)
		found = found->behind;
	return found;
}

static void link_into(struct shared_table *table, struct shared *shared)
{
	struct shared **bucket = bucket_of(table, shared->number);

	shared->behind = *bucket;
	*bucket = shared;
}

static void grow(struct shared_table *table)
{
	struct shared_table before = *table;

	table->room = before.room ? 2 * before.room : FIRST_ROOM;
	table->buckets = memory_new(table->room, sizeof(struct shared *));
	for (size_t i = 0; i < before.room; i++)
		for (struct shared *each = before.buckets[i], *behind; each; each = behind) {
			behind = each->behind;
			link_into(table, each);
		}
	free(before.buckets);
}

static void add(struct shared_table *table, struct shared *shared, uint32_t number)
{
	if (table->count == table->room)
		grow(table);
	shared->number = number;
	/* Until somebody says what it is. */
	shared->gone = true;
	link_into(table, shared);
	table->count++;
}

static void take_out(struct shared_table *table, const struct shared *shared)
{
	struct shared **place = bucket_of(table, shared->number);

	while (*place != shared)
		place = &(*place)->behind;
	*place = shared->behind;
	table->count--;
}

/* --- rules --------------------------------------------------------------------------------- */

/* One that the engine has not told yet says nothing. */
static struct shared_rule *rule_numbered(struct inside *inside, uint32_t number)
{
	struct shared_rule *rule = (struct shared_rule *)find(&inside->rules, number);
	const char *nothing;

	if (rule)
		return rule;
	rule = memory_new(1, sizeof *rule);
	nothing = memory_copy("");
	rule->fed = (struct feed_rule){ .number = number, .name = nothing, .title = nothing,
					.because = nothing, .remedy = nothing,
					.otherwise_remedy = nothing, .reference = nothing };
	add(&inside->rules, &rule->shared, number);
	return rule;
}

static void free_rule(struct inside *inside, struct shared_rule *rule)
{
	take_out(&inside->rules, &rule->shared);
	feed_free(rule->fed.name);
	free(rule);
}

static void note_heard(struct inside *inside, struct shared *shared, size_t at)
{
	shared->heard = inside->part;
	shared->at = at;
	shared->gone = false;
}

void mirror_put_rule(struct inside *inside, struct feed_rule *fed, size_t at)
{
	struct shared_rule *rule = rule_numbered(inside, fed->number);

	for (unsigned i = 0; i < VERDICT_COUNT; i++) {
		inside->shown.by_family[rule->fed.family][i] -= rule->counts[i];
		inside->shown.by_family[fed->family][i] += rule->counts[i];
	}
	feed_free(rule->fed.name);
	rule->fed = *fed;
	note_heard(inside, &rule->shared, at);
}

/* --- sights -------------------------------------------------------------------------------- */

static void free_sight(struct inside *inside, struct shared_sight *sight)
{
	take_out(&inside->sights, &sight->shared);
	observation_free(sight->fed.observation);
	free(sight);
}

void mirror_put_sight(struct inside *inside, struct feed_sight *fed, size_t at)
{
	struct shared_sight *sight = (struct shared_sight *)find(&inside->sights, fed->number);

	if (!sight) {
		sight = memory_new(1, sizeof *sight);
		add(&inside->sights, &sight->shared, fed->number);
	}
	observation_free(sight->fed.observation);
	sight->fed = *fed;
	sight->unheard = sight->shared.users;
	note_heard(inside, &sight->shared, at);
}

bool mirror_has_unheard_checks(const struct inside *inside)
{
	for (size_t i = 0; i < inside->heard.sight_count; i++) {
		const struct shared_sight *sight = (const struct shared_sight *)find(
			&inside->sights, inside->heard.sights[i].number);

		if (sight && sight->unheard)
			return true;
	}
	return false;
}

/* --- who refers to them -------------------------------------------------------------------- */

void mirror_hold_shared(struct inside *inside, struct mirror_check *check)
{
	struct shared_rule *rule = rule_numbered(inside, check->fed.rule);
	struct shared_sight *sight =
		(struct shared_sight *)find(&inside->sights, check->fed.sight);

	rule->shared.users++;
	check->rule = &rule->fed;
	check->sight = NULL;
	if (!sight || sight->shared.gone)
		return;
	sight->shared.users++;
	check->sight = &sight->fed;
}

void mirror_release_shared(struct inside *inside, struct mirror_check *check)
{
	struct shared_rule *rule = rule_of(check);
	struct shared_sight *sight = sight_of(check);

	if (!--rule->shared.users && rule->shared.gone)
		free_rule(inside, rule);
	if (!sight)
		return;
	sight->unheard -= sight->unheard > 0;
	if (!--sight->shared.users && sight->shared.gone)
		free_sight(inside, sight);
}

/* --- letting go ---------------------------------------------------------------------------- */

static void let_go(struct inside *inside, struct shared *shared, enum feed_kind which)
{
	shared->gone = true;
	if (shared->users)
		return;
	if (which == FEED_RULE)
		free_rule(inside, (struct shared_rule *)shared);
	else
		free_sight(inside, (struct shared_sight *)shared);
}

void mirror_drop_shared(struct inside *inside, const struct gone *gone)
{
	struct shared *shared = find(gone->which == FEED_RULE ? &inside->rules : &inside->sights,
				     gone->number);
	bool came_back;

	if (!shared)
		return;
	came_back = shared->heard == inside->part && shared->at >= gone->at;
	if (!came_back)
		let_go(inside, shared, gone->which);
}

static void drop_unheard(struct inside *inside, struct shared_table *table, enum feed_kind which)
{
	for (size_t i = 0; i < table->room; i++)
		for (struct shared *each = table->buckets[i], *behind; each; each = behind) {
			behind = each->behind;
			if (each->heard != inside->part)
				let_go(inside, each, which);
		}
}

void mirror_drop_unheard(struct inside *inside)
{
	drop_unheard(inside, &inside->rules, FEED_RULE);
	drop_unheard(inside, &inside->sights, FEED_SIGHT);
}

/* Nobody refers to them any more. */
void mirror_free_shared(struct inside *inside)
{
	inside->part++;
	mirror_drop_unheard(inside);
	free(inside->rules.buckets);
	free(inside->sights.buckets);
}
