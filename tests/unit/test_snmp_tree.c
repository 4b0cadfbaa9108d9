/* SPDX-License-Identifier: Apache-2.0
 *
 * What is served against a list that is made in another way: all names of all tables, sorted.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp/tree.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "tests/unit/made_mirror.h"

struct names {
	struct mib_name *all;
	size_t count, room;
};

static int compare(const void *a, const void *b)
{
	const struct mib_name *left = a, *right = b;

	for (size_t i = 0; i < left->length && i < right->length; i++)
		if (left->arcs[i] != right->arcs[i])
			return left->arcs[i] < right->arcs[i] ? -1 : 1;
	return (left->length > right->length) - (left->length < right->length);
}

static void add(struct names *names, const struct table *table, uint32_t arc, uint32_t first,
		uint32_t second)
{
	struct mib_name *name;

	names->all = memory_room_for(names->all, names->count, &names->room, sizeof *names->all);
	name = &names->all[names->count++];
	memset(name, 0, sizeof *name);
	memcpy(name->arcs, table->arcs, sizeof table->arcs);
	name->length = table->arc_count;
	name->arcs[name->length++] = arc;
	name->arcs[name->length++] = first;
	if (second)
		name->arcs[name->length++] = second;
}

/* Of each sparse table the family whose checks are in it; exceptions have their own rule. */
static bool is_in(size_t which, unsigned check)
{
	switch (which) {
	case TABLE_CERTIFICATES:
		return made_family(check) == FEED_FAMILY_CERTIFICATE;
	case TABLE_PORTS:
		return made_family(check) == FEED_FAMILY_PORT;
	case TABLE_TLS:
		return made_family(check) == FEED_FAMILY_TLS;
	case TABLE_SMB:
		return made_family(check) == FEED_FAMILY_SMB;
	case TABLE_REACH:
		return made_family(check) == FEED_FAMILY_REACH;
	case TABLE_EXCEPTIONS:
		return made_is_excepted(check);
	default:
		return which == TABLE_CHECKS;
	}
}

static void add_checks(struct names *names, size_t which, uint32_t arc, unsigned targets,
		       unsigned checks)
{
	for (unsigned i = 0; i < targets; i++)
		for (unsigned j = 0; j < checks; j++)
			if (is_in(which, j))
				add(names, columns_table(which), arc, made_target_number(i),
				    made_check_number(i, j));
}

static void add_rows(struct names *names, size_t which, uint32_t arc, unsigned targets,
		     unsigned checks, unsigned events)
{
	const struct table *table = columns_table(which);

	if (which == TABLE_AGENT || which == TABLE_SUMMARY || which == TABLE_SCORE)
		add(names, table, arc, 0, 0);
	for (uint32_t i = 1; which == TABLE_CLASSES && i <= 12; i++)
		for (uint32_t j = 1; j <= 6; j++)
			add(names, table, arc, i, j);
	for (uint32_t i = 3; which == TABLE_SEVERITIES && i <= 6; i++)
		add(names, table, arc, i, 0);
	for (unsigned i = 0; which == TABLE_TARGETS && i < targets; i++)
		add(names, table, arc, made_target_number(i), 0);
	for (unsigned i = 0; which == TABLE_EVENTS && i < events; i++)
		add(names, table, arc, (uint32_t)made_event_number(i), 0);
	add_checks(names, which, arc, targets, checks);
}

static struct names list_all(unsigned targets, unsigned checks, unsigned events)
{
	struct names names = { 0 };

	for (size_t i = 0; i < TABLE_COUNT; i++) {
		const struct table *table = columns_table(i);

		for (size_t j = 0; i != TABLE_NOTIFY && j < table->column_count; j++)
			add_rows(&names, i, table->columns[j].arc, targets, checks, events);
	}
	qsort(names.all, names.count, sizeof *names.all, compare);
	return names;
}

static void assert_same(const struct mib_name *a, const struct mib_name *b)
{
	assert_int_equal(compare(a, b), 0);
}

static void walk_is_the_list(unsigned targets, unsigned checks, unsigned events)
{
	struct mirror *mirror = made_mirror(targets, checks, events);
	struct names names = list_all(targets, checks, events);
	struct mib *mib = mib_new(mirror);
	struct mib_name name = { .length = 0 };
	struct value value, again;
	size_t count = 0;

	while (mib_next(mib, name.arcs, name.length, clock_wall_us(), &name, &value)) {
		assert_true(count < names.count);
		assert_same(&name, &names.all[count]);
		assert_int_equal(mib_get(mib, name.arcs, name.length, clock_wall_us(), &again),
				 MIB_FOUND);
		assert_int_equal(again.type, value.type);
		count++;
	}
	assert_int_equal(count, names.count);
	free(names.all);
	mib_free(mib);
	mirror_free(mirror);
}

static void a_walk_meets_every_row_of_every_column_once_in_order(void **state)
{
	(void)state;
	walk_is_the_list(9, 30, MADE_EVENTS);
	walk_is_the_list(1, 1, 1);
}

static void tables_without_rows_are_passed_over(void **state)
{
	(void)state;
	walk_is_the_list(0, 0, 0);
	walk_is_the_list(3, 0, 0);
	walk_is_the_list(0, 0, 2);
}

static uint64_t chance(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* A name of ours with an arc or two changed, cut or added, or any. */
static struct mib_name stray(const struct names *names, uint64_t *seed)
{
	static const uint32_t edges[] = { 0, 1, 2, 6, 7, 13, 255, INT32_MAX, UINT32_MAX };
	struct mib_name name = names->all[chance(seed) % names->count];

	for (unsigned i = 0; i < chance(seed) % 3; i++) {
		uint32_t *arc = &name.arcs[chance(seed) % MIB_NAME_MOST];

		*arc = chance(seed) % 2 ? *arc + (chance(seed) % 2 ? 1 : UINT32_MAX)
					: edges[chance(seed) % (sizeof edges / sizeof *edges)];
	}
	if (chance(seed) % 3 == 0)
		name.length = chance(seed) % (MIB_NAME_MOST + 1);
	return name;
}

static size_t count_not_behind(const struct names *names, const struct mib_name *name)
{
	size_t first = 0, behind = names->count;

	while (first < behind) {
		size_t middle = first + (behind - first) / 2;

		if (compare(&names->all[middle], name) <= 0)
			first = middle + 1;
		else
			behind = middle;
	}
	return first;
}

static void from_any_name_the_next_is_the_first_behind_it(void **state)
{
	struct mirror *mirror = made_mirror(7, 25, 20);
	struct names names = list_all(7, 25, 20);
	struct mib *mib = mib_new(mirror);
	uint64_t seed = 20261121;

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		struct mib_name name = stray(&names, &seed), next;
		size_t at = count_not_behind(&names, &name);
		bool listed = at && !compare(&names.all[at - 1], &name);
		struct value value;

		assert_int_equal(mib_get(mib, name.arcs, name.length, 0, &value) == MIB_FOUND,
				 listed);
		if (mib_next(mib, name.arcs, name.length, 0, &next, &value))
			assert_same(&next, &names.all[at]);
		else
			assert_int_equal(at, names.count);
	}
	free(names.all);
	mib_free(mib);
	mirror_free(mirror);
}

static void no_object_and_no_instance_are_told_apart(void **state)
{
	static const uint32_t no_column[] = { 1, 3, 1, 1, 1 }, no_row[] = { 1, 3, 1, 2, 2 };
	static const uint32_t no_scalar[] = { 1, 1, 14, 0 }, in_column[] = { 1, 3, 1, 2 };
	static const uint32_t told[] = { 1, 7, 1, 0 }, there[] = { 1, 3, 1, 2, 1 };
	struct mirror *mirror = made_mirror(1, 1, 0);
	struct mib *mib = mib_new(mirror);
	struct value value;

	(void)state;
	assert_int_equal(mib_get(mib, no_column, 5, 0, &value), MIB_NO_OBJECT);
	assert_int_equal(mib_get(mib, no_scalar, 4, 0, &value), MIB_NO_OBJECT);
	assert_int_equal(mib_get(mib, told, 4, 0, &value), MIB_NO_OBJECT);
	assert_int_equal(mib_get(mib, no_row, 5, 0, &value), MIB_NO_INSTANCE);
	assert_int_equal(mib_get(mib, in_column, 4, 0, &value), MIB_NO_INSTANCE);
	assert_int_equal(mib_get(mib, there, 5, 0, &value), MIB_FOUND);
	mib_free(mib);
	mirror_free(mirror);
}

/* Half a walk, then other targets: what was there all the time is met once, in order. */
static void rows_that_come_and_go_during_a_walk_disturb_no_other(void **state)
{
	struct mirror *mirror = made_mirror(8, 20, 0);
	struct names names = list_all(8, 20, 0);
	struct mib *mib = mib_new(mirror);
	struct mib_name name = { .length = 0 }, before;
	size_t met = 0, stayed = 0;
	struct value value;

	(void)state;
	for (size_t i = 0;; i++) {
		before = name;
		if (!mib_next(mib, name.arcs, name.length, 0, &name, &value))
			break;
		assert_true(compare(&before, &name) < 0);
		if (bsearch(&name, names.all, names.count, sizeof name, compare) &&
		    name.arcs[4] != made_target_number(2))
			met++;
		if (i != names.count / 2)
			continue;
		made_mirror_remove(mirror, 2);
		made_mirror_add(mirror, 9, 20);
		mib_settle(mib, 100);
	}
	for (size_t i = 0; i < names.count; i++)
		stayed += names.all[i].arcs[4] != made_target_number(2);
	assert_int_equal(met, stayed);
	free(names.all);
	mib_free(mib);
	mirror_free(mirror);
}

static uint32_t last_change(struct mib *mib)
{
	static const uint32_t name[] = { 1, 1, 5, 0 };
	struct value value;

	assert_int_equal(mib_get(mib, name, 4, 0, &value), MIB_FOUND);
	assert_int_equal(value.type, VALUE_TICKS);
	return value.natural;
}

static void the_last_change_is_when_rows_came_or_went(void **state)
{
	struct mirror *mirror = made_mirror(2, 3, 0);
	struct mib *mib = mib_new(mirror);

	(void)state;
	assert_int_equal(last_change(mib), 0);
	mib_settle(mib, 100);
	assert_int_equal(last_change(mib), 0);
	made_mirror_remove(mirror, 0);
	mib_settle(mib, 200);
	assert_int_equal(last_change(mib), 200);
	mib_settle(mib, 300);
	assert_int_equal(last_change(mib), 200);
	mib_free(mib);
	mirror_free(mirror);
}

/* Walks the columns of names of checks, and of ports, which are one in twelve. */
static void print_cost(struct mib *mib, const char *what, const uint32_t column[static 4],
		       size_t rows)
{
	struct mib_name name = { .length = 4 };
	int64_t began_us = clock_monotonic_us();
	struct value value;
	size_t count = 0;

	memcpy(name.arcs, column, 4 * sizeof *column);
	while (mib_next(mib, name.arcs, name.length, 0, &name, &value) &&
	       !memcmp(name.arcs, column, 4 * sizeof *column))
		count++;
	assert_int_equal(count, rows);
	printf("# %s: %zu rows, %.0f ns each\n", what, count,
	       1e3 * (double)(clock_monotonic_us() - began_us) / (double)count);
}

static void very_many_checks_are_walked_in_no_time(void **state)
{
	static const uint32_t names[] = { 1, 4, 1, 2 }, days[] = { 1, 4, 1, 7 };
	static const uint32_t ports[] = { 1, 8, 1, 4 };
	struct mirror *mirror = made_mirror(4167, 24, 0);
	struct mib *mib = mib_new(mirror);

	(void)state;
	print_cost(mib, "names of checks", names, 100008);
	print_cost(mib, "values of checks", days, 100008);
	print_cost(mib, "ports, first", ports, 8334);
	print_cost(mib, "ports, again", ports, 8334);
	mib_free(mib);
	mirror_free(mirror);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_walk_meets_every_row_of_every_column_once_in_order),
		cmocka_unit_test(tables_without_rows_are_passed_over),
		cmocka_unit_test(from_any_name_the_next_is_the_first_behind_it),
		cmocka_unit_test(no_object_and_no_instance_are_told_apart),
		cmocka_unit_test(rows_that_come_and_go_during_a_walk_disturb_no_other),
		cmocka_unit_test(the_last_change_is_when_rows_came_or_went),
		cmocka_unit_test(very_many_checks_are_walked_in_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
