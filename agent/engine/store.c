/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything is in memory first and counts from then on; store_disk.c brings the disk to the
 * same state.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/engine/store_parts.h"
#include "ground/memory.h"

/* Of what cannot be written so many events are kept in memory; the oldest go first, some at
 * once. */
enum { PENDING_MOST = 100000, PENDING_DROPPED = 5000 };

/* --- in memory ----------------------------------------------------------------------------- */

struct record *store_record_of(struct store *store, uint32_t check)
{
	while (store->record_count < check) {
		store->records = memory_room_for(store->records, store->record_count,
						 &store->record_room, sizeof *store->records);
		store->records[store->record_count] = (struct record){ 0 };
		alarm_begin(&store->records[store->record_count++].alarm);
	}
	return &store->records[check - 1];
}

void store_mark_fresh(struct store *store, uint32_t check)
{
	struct record *record = store_record_of(store, check);

	if (record->fresh)
		return;
	record->fresh = true;
	store->fresh = memory_room_for(store->fresh, store->fresh_count, &store->fresh_room,
				       sizeof *store->fresh);
	store->fresh[store->fresh_count++] = check;
}

uint32_t store_target_number(struct store *store, const char *target)
{
	return names_number(&store->targets, 0, target);
}

uint32_t store_check_number(struct store *store, uint32_t target, const char *check)
{
	return names_number(&store->checks, target, check);
}

bool store_recall(const struct store *store, uint32_t check, struct alarm *alarm,
		  uint64_t *raised)
{
	const struct record *record =
		check && check <= store->record_count ? &store->records[check - 1] : NULL;

	if (!record || !record->known)
		return false;
	*alarm = record->alarm;
	*raised = record->raised;
	return true;
}

void store_queue_event(struct sink *sink, uint64_t number)
{
	if (sink->first && sink->first == sink->count)
		sink->first = sink->count = 0;
	sink->untold = memory_room_for(sink->untold, sink->count, &sink->room,
				       sizeof *sink->untold);
	sink->untold[sink->count++] = number;
}

void store_forget_pending(struct store *store, size_t count)
{
	for (size_t i = 0; i < count; i++)
		arena_free(store->pending[i].arena);
	store->pending_count -= count;
	if (store->pending_count)
		memmove(store->pending, store->pending + count,
			store->pending_count * sizeof *store->pending);
}

void store_each_raised(const struct store *store,
		       void (*tell)(void *arg, uint32_t target, const char *target_name,
				    uint32_t check, const char *check_name),
		       void *arg)
{
	for (uint32_t i = 0; i < store->record_count; i++) {
		const struct record *record = &store->records[i];
		const struct name *check = &store->checks.items[i], *target;

		/* A file from disk may hold checks of nobody. */
		if (!record->known || record->alarm.told == VERDICT_OK ||
		    check->owner - 1 >= store->targets.count)
			continue;
		target = &store->targets.items[check->owner - 1];
		if (target->text && check->text)
			tell(arg, check->owner, target->text, i + 1, check->text);
	}
}

static void drop_oldest_pending(struct store *store)
{
	uint64_t last = store->pending[PENDING_DROPPED - 1].event.number;

	for (size_t i = 0; i < store->sink_count; i++)
		store_give_up(store, i, last);
	store_forget_pending(store, PENDING_DROPPED);
	store->dropped += PENDING_DROPPED;
}

size_t store_dropped(struct store *store)
{
	size_t dropped = store->dropped;

	store->dropped = 0;
	return dropped;
}

void store_copy_event(struct arena *arena, struct event *to, const struct event *from)
{
	const char *const *source[] = { &from->target_name, &from->check_name, &from->title,
					&from->expected,    &from->observed,   &from->reason,
					&from->remedy };
	const char **made[] = { &to->target_name, &to->check_name, &to->title, &to->expected,
				&to->observed,	  &to->reason,	   &to->remedy };

	*to = *from;
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		*made[i] = arena_copy(arena, *source[i] ? *source[i] : "");
}

static void keep_event(struct store *store, const struct event *event)
{
	struct pending pending = { .arena = arena_new() };

	if (store->pending_count == PENDING_MOST)
		drop_oldest_pending(store);
	store_copy_event(pending.arena, &pending.event, event);
	store->pending = memory_room_for(store->pending, store->pending_count,
					 &store->pending_room, sizeof *store->pending);
	store->pending[store->pending_count++] = pending;
	for (size_t i = 0; i < store->sink_count && !event->quiet; i++)
		store_queue_event(&store->sinks[i], event->number);
}

void store_record(struct store *store, uint32_t check, const struct alarm *alarm,
		  struct event *event)
{
	struct record *record = check ? store_record_of(store, check) : NULL;

	if (event) {
		event->number = ++store->last;
		event->check = check;
		if (record && (event->kind == EVENT_RAISED || event->kind == EVENT_TARGET_DOWN))
			record->raised = event->number;
		event->alarm = record ? record->raised : 0;
		keep_event(store, event);
		if (record && (event->kind == EVENT_CLEARED || event->kind == EVENT_TARGET_UP))
			record->raised = 0;
	}
	if (!record)
		return;
	record->alarm = *alarm;
	record->known = true;
	store_mark_fresh(store, check);
}

/* --- sinks --------------------------------------------------------------------------------- */

static struct sink *find_sink(struct sink *sinks, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(sinks[i].name, name))
			return &sinks[i];
	return NULL;
}

struct sink *store_sink_named(struct store *store, const char *name)
{
	return find_sink(store->sinks, store->sink_count, name);
}

static void say_gone(struct store *store, const char *name)
{
	store->gone = memory_room_for(store->gone, store->gone_count, &store->gone_room,
				      sizeof *store->gone);
	store->gone[store->gone_count++] = memory_copy(name);
}

static void free_sinks(struct sink *sinks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(sinks[i].untold);
	free(sinks);
}

void store_set_sinks(struct store *store, const char *const *names, size_t count)
{
	struct sink *sinks = memory_new(count + 1, sizeof *sinks);

	for (size_t i = 0; i < count; i++) {
		struct sink *old = find_sink(store->sinks, store->sink_count, names[i]);

		if (old) {
			sinks[i] = *old;
			old->untold = NULL;
			old->count = old->first = 0;
		}
		sinks[i].name = arena_copy(store->targets.arena, names[i]);
	}
	for (size_t i = 0; i < store->sink_count; i++)
		if (!find_sink(sinks, count, store->sinks[i].name))
			say_gone(store, store->sinks[i].name);
	free_sinks(store->sinks, store->sink_count);
	store->sinks = sinks;
	store->sink_count = count;
	store->sinks_fresh = true;
}

/* The first event that is not on disk; above all numbers when there is none. */
static uint64_t first_pending(const struct store *store)
{
	return store->pending_count ? store->pending[0].event.number : UINT64_MAX;
}

static const struct event *find_pending(const struct store *store, uint64_t number)
{
	uint64_t first = first_pending(store);

	return number < first || number - first >= store->pending_count
		       ? NULL
		       : &store->pending[number - first].event;
}

uint64_t store_newest(struct store *store)
{
	if (!store->pending_count)
		return store->last;
	if (store->path && !store->fails)
		return store->pending[0].event.number - 1;
	store_marks_tell(&store->marks, store->last);
	return store->last;
}

struct copying {
	struct store *store;
	struct event *event;
	uint64_t wanted;
	bool found;
};

static void copy_found(void *arg, const struct event *event)
{
	struct copying *copying = arg;

	if (event->number != copying->wanted)
		return;
	store_copy_event(copying->store->told, copying->event, event);
	copying->found = true;
}

static bool read_event(struct store *store, uint64_t number, struct event *event)
{
	struct copying copying = { store, event, number, false };
	const struct event *pending = find_pending(store, number);

	arena_free(store->told);
	store->told = arena_new();
	if (pending)
		copy_found(&copying, pending);
	else if (store->file)
		store_file_events(store->file, number + 1, 1, copy_found, &copying);
	return copying.found;
}

bool store_untold(struct store *store, size_t number, uint64_t after, struct event *event)
{
	const struct sink *sink = &store->sinks[number];
	uint64_t wanted;
	size_t at = sink->first;

	while (at < sink->count && sink->untold[at] <= after)
		at++;
	if (at == sink->count)
		return false;
	wanted = sink->untold[at];
	if (wanted >= first_pending(store)) {
		if (store->path && !store->fails)
			return false;
		(void)store_marks_tell(&store->marks, wanted);
	}
	return read_event(store, wanted, event);
}

static void note_drop(struct store *store, const char *sink, uint64_t first, uint64_t last)
{
	struct drop *newest =
		store->drop_count ? &store->drops[store->drop_count - 1] : NULL;

	if (!store->path)
		return;
	/* Mostly they go in order: then one line says it of all. */
	if (newest && newest->sink == sink && !newest->first && !first) {
		newest->last = last;
		return;
	}
	store->drops = memory_room_for(store->drops, store->drop_count, &store->drop_room,
				       sizeof *store->drops);
	store->drops[store->drop_count++] = (struct drop){ sink, first, last };
}

void store_acknowledge(struct store *store, size_t number, uint64_t event)
{
	struct sink *sink = &store->sinks[number];

	for (size_t i = sink->first; i < sink->count && sink->untold[i] <= event; i++) {
		if (sink->untold[i] != event)
			continue;
		note_drop(store, sink->name, i == sink->first ? 0 : event, event);
		memmove(sink->untold + sink->first + 1, sink->untold + sink->first,
			(i - sink->first) * sizeof *sink->untold);
		sink->first++;
		return;
	}
}

size_t store_untold_count(const struct store *store, size_t sink)
{
	return store->sinks[sink].count - store->sinks[sink].first;
}

size_t store_give_up(struct store *store, size_t number, uint64_t event)
{
	struct sink *sink = &store->sinks[number];
	size_t before = sink->first;

	while (sink->first < sink->count && sink->untold[sink->first] <= event)
		sink->first++;
	if (sink->first > before)
		note_drop(store, sink->name, 0, event);
	return sink->first - before;
}

size_t store_give_up_oldest(struct store *store, size_t number, size_t count)
{
	const struct sink *sink = &store->sinks[number];
	size_t waiting = sink->count - sink->first;

	if (count > waiting)
		count = waiting;
	return count ? store_give_up(store, number, sink->untold[sink->first + count - 1]) : 0;
}
