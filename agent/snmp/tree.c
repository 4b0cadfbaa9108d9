/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/snmp/tree.h"

#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"

/* The verdicts and families that rows of the table of classes are named by count from 1, and
 * severities are those of ITU, of which ours are the four from 3 on. */
enum { SEVERITY_FIRST = 3 };

/* A column, where it stands in the order of names. */
struct object {
	uint32_t arcs[TABLE_ARCS + 1];
	size_t length;
	uint8_t table;
	const struct column *column;
};

struct sparse {
	uint32_t *rows;		/* places among the mirror's checks, ascending */
	size_t count, room;
	bool stale;
};

struct mib {
	const struct mirror *mirror;
	struct shown_facts facts;
	struct object *objects;
	size_t object_count;
	struct sparse sparse[TABLE_COUNT];
	uint64_t shape;
	uint32_t changed_ticks;
};

static int compare_arcs(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
	for (size_t i = 0; i < a_count && i < b_count; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return (a_count > b_count) - (a_count < b_count);
}

static void add_objects(struct mib *mib, uint8_t which, size_t *room)
{
	const struct table *table = columns_table(which);

	for (size_t i = 0; table->rows != ROWS_TOLD && i < table->column_count; i++) {
		struct object *object;

		mib->objects = memory_room_for(mib->objects, mib->object_count, room,
					       sizeof *mib->objects);
		object = &mib->objects[mib->object_count++];
		memcpy(object->arcs, table->arcs, sizeof table->arcs);
		object->arcs[table->arc_count] = table->columns[i].arc;
		object->length = table->arc_count + 1;
		object->table = which;
		object->column = &table->columns[i];
	}
}

struct mib *mib_new(const struct mirror *mirror)
{
	struct mib *mib = memory_new(1, sizeof *mib);
	size_t room = 0;

	mib->mirror = mirror;
	columns_look_up(&mib->facts);
	for (uint8_t i = 0; i < TABLE_COUNT; i++)
		add_objects(mib, i, &room);
	mib->shape = mirror->shape;
	for (size_t i = 0; i < TABLE_COUNT; i++)
		mib->sparse[i].stale = true;
	return mib;
}

void mib_free(struct mib *mib)
{
	if (!mib)
		return;
	for (size_t i = 0; i < TABLE_COUNT; i++)
		free(mib->sparse[i].rows);
	free(mib->objects);
	free(mib);
}

void mib_settle(struct mib *mib, uint32_t ticks)
{
	if (mib->shape != mib->mirror->shape)
		mib->changed_ticks = ticks;
	mib->shape = mib->mirror->shape;
	/* Not only rows of checks come and go: what was seen of one may have another fact. */
	for (size_t i = 0; i < TABLE_COUNT; i++)
		mib->sparse[i].stale = true;
}

static const struct sparse *sparse_of(struct mib *mib, uint8_t which)
{
	const struct table *table = columns_table(which);
	struct sparse *sparse = &mib->sparse[which];

	if (!sparse->stale)
		return sparse;
	sparse->count = 0;
	for (size_t i = 0; i < mib->mirror->check_count; i++) {
		if (!table->has(&mib->facts, &mib->mirror->checks[i]))
			continue;
		sparse->rows = memory_room_for(sparse->rows, sparse->count, &sparse->room,
					       sizeof *sparse->rows);
		sparse->rows[sparse->count++] = (uint32_t)i;
	}
	sparse->stale = false;
	return sparse;
}

static size_t index_width(enum rows rows)
{
	return rows == ROWS_CLASSES || rows == ROWS_CHECKS || rows == ROWS_SOME_CHECKS ? 2 : 1;
}

/* Of names that end in two numbers below `families` and `states`, row by row. */
static size_t find_class(const uint32_t index[static 2])
{
	size_t family = index[0] ? index[0] - 1 : 0;
	size_t state = index[0] && index[1] ? index[1] - 1 : 0;

	if (family >= FEED_FAMILIES)
		return (size_t)FEED_FAMILIES * VERDICT_COUNT;
	return family * VERDICT_COUNT + (state < VERDICT_COUNT ? state : VERDICT_COUNT);
}

static size_t find_some_check(struct mib *mib, uint8_t which, const uint32_t index[static 2])
{
	const struct sparse *sparse = sparse_of(mib, which);
	size_t place = mirror_find_check(mib->mirror, index[0], index[1]);
	size_t first = 0, behind = sparse->count;

	while (first < behind) {
		size_t middle = first + (behind - first) / 2;

		if (sparse->rows[middle] < place)
			first = middle + 1;
		else
			behind = middle;
	}
	return first;
}

/* The row with this index, or the first behind it. */
static size_t find_row(struct mib *mib, uint8_t which, const uint32_t index[static 2])
{
	switch (columns_table(which)->rows) {
	case ROWS_ONE:
		return index[0] > 0;
	case ROWS_CLASSES:
		return find_class(index);
	case ROWS_SEVERITIES:
		return index[0] > SEVERITY_FIRST ? index[0] - SEVERITY_FIRST : 0;
	case ROWS_TARGETS:
		return mirror_find_target(mib->mirror, index[0]);
	case ROWS_CHECKS:
		return mirror_find_check(mib->mirror, index[0], index[1]);
	case ROWS_SOME_CHECKS:
		return find_some_check(mib, which, index);
	case ROWS_EVENTS:
		return mirror_find_event(mib->mirror, index[0]);
	case ROWS_TOLD:
		break;
	}
	return 0;
}

static bool set_check(struct row *row, const struct mirror_check *check)
{
	row->check = check;
	row->target = check->target;
	row->index[0] = check->fed.target;
	row->index[1] = check->fed.number;
	return true;
}

/* The row that has this place in its table; false: it has none. */
static bool row_at(struct mib *mib, uint8_t which, size_t place, struct row *row)
{
	const struct mirror *mirror = mib->mirror;
	const struct sparse *sparse;

	switch (columns_table(which)->rows) {
	case ROWS_ONE:
		row->index[0] = 0;
		return place == 0;
	case ROWS_CLASSES:
		row->index[0] = (uint32_t)(place / VERDICT_COUNT + 1);
		row->index[1] = (uint32_t)(place % VERDICT_COUNT + 1);
		return place < (size_t)FEED_FAMILIES * VERDICT_COUNT;
	case ROWS_SEVERITIES:
		row->index[0] = (uint32_t)(place + SEVERITY_FIRST);
		return place < SEVERITY_COUNT;
	case ROWS_TARGETS:
		if (place >= mirror->target_count)
			return false;
		row->target = &mirror->targets[place];
		row->index[0] = row->target->fed.number;
		return true;
	case ROWS_CHECKS:
		return place < mirror->check_count && set_check(row, &mirror->checks[place]);
	case ROWS_SOME_CHECKS:
		sparse = sparse_of(mib, which);
		return place < sparse->count &&
		       set_check(row, &mirror->checks[sparse->rows[place]]);
	case ROWS_EVENTS:
		/* Names have no room for greater numbers. */
		if (place >= mirror->event_count ||
		    mirror->events[place].event.number > UINT32_MAX)
			return false;
		row->event = &mirror->events[place];
		row->index[0] = (uint32_t)row->event->event.number;
		return true;
	case ROWS_TOLD:
		break;
	}
	return false;
}

/* The first index of this width that is behind what a name goes on with; false: none can be. */
static bool index_behind(const uint32_t *arcs, size_t count, size_t width,
			 uint32_t index[static 2])
{
	size_t given = count < width ? count : width;

	index[0] = index[1] = 0;
	if (given)
		memcpy(index, arcs, given * sizeof *arcs);
	if (given < width)
		return true;	/* the name is shorter, and so before all that begin like it */
	while (given && !++index[given - 1])
		given--;
	return given > 0;
}

/* The first object that is not before this name: which it begins with, or which is behind it. */
static size_t find_object(const struct mib *mib, const uint32_t *arcs, size_t count)
{
	size_t first = 0, behind = mib->object_count;

	while (first < behind) {
		size_t middle = first + (behind - first) / 2;
		const struct object *object = &mib->objects[middle];
		size_t most = count < object->length ? count : object->length;

		if (compare_arcs(object->arcs, object->length, arcs, most) < 0)
			first = middle + 1;
		else
			behind = middle;
	}
	return first;
}

static bool begins_with(const struct object *object, const uint32_t *arcs, size_t count)
{
	return count >= object->length &&
	       !compare_arcs(object->arcs, object->length, arcs, object->length);
}

enum mib_found mib_get(struct mib *mib, const uint32_t *arcs, size_t count, int64_t now_wall_us,
		       struct value *value)
{
	size_t at = find_object(mib, arcs, count);
	const struct object *object = &mib->objects[at];
	struct circumstance about = { mib->mirror, &mib->facts, now_wall_us,
				      mib->changed_ticks };
	struct row row = { .about = &about };
	uint32_t index[2] = { 0, 0 };
	const struct table *table;
	size_t width;

	if (at == mib->object_count || !begins_with(object, arcs, count))
		return MIB_NO_OBJECT;
	table = columns_table(object->table);
	width = index_width(table->rows);
	if (count != object->length + width)
		return MIB_NO_INSTANCE;
	memcpy(index, arcs + object->length, width * sizeof *index);
	if (!row_at(mib, object->table, find_row(mib, object->table, index), &row) ||
	    memcmp(row.index, index, width * sizeof *index) != 0)
		return MIB_NO_INSTANCE;
	return column_take(table, object->column, &row, value) ? MIB_FOUND : MIB_NO_INSTANCE;
}

/* The first value of a column from this place on. */
static bool first_from(struct mib *mib, const struct object *object, size_t place,
		       struct row *row, struct mib_name *name, struct value *value)
{
	const struct table *table = columns_table(object->table);
	size_t width = index_width(table->rows);

	for (; row_at(mib, object->table, place, row); place++) {
		if (!column_take(table, object->column, row, value))
			continue;
		memcpy(name->arcs, object->arcs, object->length * sizeof *name->arcs);
		memcpy(name->arcs + object->length, row->index, width * sizeof *name->arcs);
		name->length = object->length + width;
		return true;
	}
	return false;
}

bool mib_next(struct mib *mib, const uint32_t *arcs, size_t count, int64_t now_wall_us,
	      struct mib_name *name, struct value *value)
{
	struct circumstance about = { mib->mirror, &mib->facts, now_wall_us,
				      mib->changed_ticks };
	struct row row = { .about = &about };
	size_t at = find_object(mib, arcs, count);
	uint32_t index[2];

	if (at < mib->object_count && begins_with(&mib->objects[at], arcs, count)) {
		const struct object *object = &mib->objects[at++];
		size_t width = index_width(columns_table(object->table)->rows);

		if (index_behind(arcs + object->length, count - object->length, width, index) &&
		    first_from(mib, object, find_row(mib, object->table, index), &row, name,
			       value))
			return true;
	}
	for (; at < mib->object_count; at++)
		if (first_from(mib, &mib->objects[at], 0, &row, name, value))
			return true;
	return false;
}
