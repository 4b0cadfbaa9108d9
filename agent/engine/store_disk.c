/* SPDX-License-Identifier: Apache-2.0
 *
 * Brings the disk to the state that the store has in memory. Nothing knows itself as written
 * before the commit has succeeded: a write that failed is tried again, later and with more.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/engine/store_parts.h"
#include "ground/clock.h"
#include "ground/memory.h"

#define RETRY_FIRST_US CLOCK_SECOND
#define RETRY_MOST_US (30 * CLOCK_SECOND)

/* Of a store without a disk so many events can be read again. */
enum { KEPT_IN_MEMORY = 1000 };

static const char database_name[] = "ucposture.db";

static char *path_in(const char *folder, const char *name)
{
	struct text path = { 0 };

	text_add_format(&path, "%s/%s", folder, name);
	return text_take(&path);
}

/* --- opening ------------------------------------------------------------------------------- */

static void load_target(void *arg, uint32_t number, const char *name)
{
	struct store *store = arg;

	names_load(&store->targets, number, 0, name);
}

static void load_check(void *arg, uint32_t number, uint32_t target, const char *name)
{
	struct store *store = arg;

	names_load(&store->checks, number, target, name);
}

static void load_alarm(void *arg, uint32_t check, const struct alarm *alarm, uint64_t raised)
{
	struct store *store = arg;
	struct record *record;

	if (!check || check > store->checks.count)
		return;
	record = store_record_of(store, check);
	record->alarm = *alarm;
	record->raised = raised;
	record->known = true;
}

static void load_sink(void *arg, const char *name)
{
	struct store *store = arg;
	struct sink *sink;

	store->sinks =
		memory_resize(store->sinks, store->sink_count + 1, sizeof *store->sinks);
	sink = &store->sinks[store->sink_count++];
	*sink = (struct sink){ .name = arena_copy(store->targets.arena, name) };
}

static void load_untold(void *arg, const char *name, uint64_t event)
{
	struct sink *sink = store_sink_named(arg, name);

	if (sink)
		store_queue_event(sink, event);
}

static void load_last(void *arg, uint64_t number)
{
	struct store *store = arg;

	store->last = number;
}

static enum store_outcome load(struct store *store)
{
	const struct store_loader loader = {
		.arg = store,
		.target = load_target,
		.check = load_check,
		.alarm = load_alarm,
		.sink = load_sink,
		.untold = load_untold,
		.last = load_last,
	};

	return store_file_load(store->file, &loader);
}

/* Under a name that says when, for whoever can mend it. Should we die before there is another,
 * the marks say that there was one: else it stays where it is. */
static bool set_aside(struct store *store, struct text *said)
{
	char stamp[CLOCK_STAMP_ROOM];
	struct text aside = { 0 };
	bool good;

	if (!store_marks_tell(&store->marks, store->marks.most ? store->marks.most : 1))
		return false;
	clock_format(clock_wall_us(), stamp);
	text_add_format(&aside, "%s.damaged-%s", store->path, stamp);
	good = rename(store->path, text_string(&aside)) == 0;
	if (good && said)
		text_add_format(said, "%s is damaged (%s); it is now %s, and a new one begins\n",
				store->path, text_string(&store->why), text_string(&aside));
	text_add(&aside, "-journal");
	if (good) {
		struct text journal = { 0 };

		text_add_format(&journal, "%s-journal", store->path);
		(void)rename(text_string(&journal), text_string(&aside));
		text_free(&journal);
	}
	text_free(&aside);
	return good;
}

static enum store_outcome open_file(struct store *store, bool reads)
{
	enum store_outcome outcome;

	text_clear(&store->why);
	store->file = store_file_open(store->path, reads, &outcome, &store->why);
	return outcome;
}

static void lose(struct store *store)
{
	store_file_close(store->file);
	store->file = NULL;
}

/* What was loaded of a damaged file so far is as good as nothing. */
static void begin_anew(struct store *store)
{
	names_end(&store->targets);
	names_end(&store->checks);
	names_begin(&store->targets);
	names_begin(&store->checks);
	for (size_t i = 0; i < store->sink_count; i++)
		free(store->sinks[i].untold);
	store->sink_count = store->record_count = 0;
	store->last = 0;
}

static enum store_outcome open_and_load(struct store *store, bool reads)
{
	enum store_outcome outcome = open_file(store, reads);

	if (outcome == STORE_DONE)
		outcome = load(store);
	if (outcome == STORE_DONE || !store->file)
		return outcome;
	text_clear(&store->why);
	text_add(&store->why, store_file_why(store->file));
	lose(store);
	begin_anew(store);
	return outcome;
}

static bool open_somehow(struct store *store, struct text *said)
{
	enum store_outcome outcome = open_and_load(store, false);

	if (outcome == STORE_DAMAGED && set_aside(store, said)) {
		store->lost = true;
		outcome = open_and_load(store, false);
	}
	if (outcome == STORE_FAILED || outcome == STORE_UNSURE) {
		store->fails = true;
		outcome = open_and_load(store, true);
		lose(store);
		if (outcome == STORE_DONE)
			text_add_format(said, "%s can be read but not written for now\n",
					store->path);
	}
	if (outcome != STORE_DONE)
		text_add_format(said, "%s cannot be used: %s\n", store->path,
				text_string(&store->why));
	return outcome == STORE_DONE;
}

/* After a loss nobody knows which numbers were given, only which were not. */
static void settle_numbers(struct store *store)
{
	uint64_t least = store->marks.told;

	store->lost = store->lost || (!store->targets.count && store->marks.told);
	if (store->lost && least < store->marks.most)
		least = store->marks.most;
	if (store->last < least)
		store->last = least;
}

struct store *store_open(const char *folder, struct text *said)
{
	struct store *store = memory_new(1, sizeof *store);
	bool knows = store_marks_open(&store->marks, folder, said);

	names_begin(&store->targets);
	names_begin(&store->checks);
	store->told = arena_new();
	store->path = folder ? path_in(folder, database_name) : NULL;
	if (!knows || (store->path && !open_somehow(store, said))) {
		store_close(store);
		return NULL;
	}
	settle_numbers(store);
	return store;
}

static void free_texts(char **texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	if (store->file)
		store_write(store, INT64_MAX);
	lose(store);
	store_marks_close(&store->marks);
	store_forget_pending(store, store->pending_count);
	store_forget_baselines(store);
	free(store->baselines);
	for (size_t i = 0; i < store->sink_count; i++)
		free(store->sinks[i].untold);
	free_texts(store->gone, store->gone_count);
	free(store->sinks);
	free(store->pending);
	free(store->records);
	free(store->fresh);
	free(store->drops);
	names_end(&store->targets);
	names_end(&store->checks);
	arena_free(store->told);
	text_free(&store->why);
	free(store->path);
	free(store);
}

/* --- writing ------------------------------------------------------------------------------- */

/* Goes on as long as all is well. */
#define TRY(outcome, call)                                                                    \
	do {                                                                                  \
		if ((outcome) == STORE_DONE)                                                  \
			(outcome) = (call);                                                   \
	} while (0)

static enum store_outcome put_names(struct store *store)
{
	enum store_outcome outcome = STORE_DONE;

	for (size_t i = store->targets.written; i < store->targets.count; i++)
		if (store->targets.items[i].text)
			TRY(outcome, store_file_put_target(store->file, (uint32_t)i + 1,
							   store->targets.items[i].text));
	for (size_t i = store->checks.written; i < store->checks.count; i++)
		if (store->checks.items[i].text)
			TRY(outcome, store_file_put_check(store->file, (uint32_t)i + 1,
							  store->checks.items[i].owner,
							  store->checks.items[i].text));
	return outcome;
}

static enum store_outcome put_alarms(struct store *store)
{
	enum store_outcome outcome = STORE_DONE;

	for (size_t i = 0; i < store->fresh_count; i++) {
		const struct record *record = &store->records[store->fresh[i] - 1];

		TRY(outcome, store_file_put_alarm(store->file, store->fresh[i], &record->alarm,
						  record->raised));
	}
	return outcome;
}

/* In the file it is told to all but those that have acknowledged it meanwhile. */
static enum store_outcome put_untold(struct store *store, const struct sink *sink)
{
	uint64_t from = store->sinks_fresh ? 0
			: store->pending_count ? store->pending[0].event.number
					       : UINT64_MAX;
	enum store_outcome outcome = STORE_DONE;
	size_t begin = sink->count;

	while (begin > sink->first && sink->untold[begin - 1] >= from)
		begin--;
	for (size_t i = begin; i < sink->count; i++)
		TRY(outcome, store_file_put_untold(store->file, sink->name, sink->untold[i]));
	return outcome;
}

static enum store_outcome put_sinks(struct store *store)
{
	enum store_outcome outcome = STORE_DONE;

	for (size_t i = 0; i < store->gone_count; i++)
		TRY(outcome, store_file_drop_sink(store->file, store->gone[i]));
	for (size_t i = 0; i < store->drop_count; i++)
		TRY(outcome, store_file_drop_untold(store->file, store->drops[i].sink,
						    store->drops[i].first,
						    store->drops[i].last));
	for (size_t i = 0; i < store->sink_count; i++) {
		if (store->sinks_fresh)
			TRY(outcome,
			    store_file_put_sink(store->file, store->sinks[i].name));
		TRY(outcome, put_untold(store, &store->sinks[i]));
	}
	return outcome;
}

static enum store_outcome put_all(struct store *store)
{
	enum store_outcome outcome = store_file_begin(store->file);

	TRY(outcome, put_names(store));
	TRY(outcome, put_alarms(store));
	for (size_t i = 0; i < store->pending_count; i++)
		TRY(outcome, store_file_put_event(store->file, &store->pending[i].event));
	TRY(outcome, put_sinks(store));
	TRY(outcome, store_put_baselines(store));
	TRY(outcome, store_file_commit(store->file));
	return outcome;
}

static void all_is_written(struct store *store)
{
	store->targets.written = store->targets.count;
	store->checks.written = store->checks.count;
	for (size_t i = 0; i < store->fresh_count; i++)
		store->records[store->fresh[i] - 1].fresh = false;
	store->fresh_count = 0;
	store_forget_pending(store, store->pending_count);
	store_forget_baselines(store);
	store->sinks_fresh = false;
	store->drop_count = 0;
	free_texts(store->gone, store->gone_count);
	store->gone = NULL;
	store->gone_count = store->gone_room = 0;
	store->fails = false;
	store->patience_us = 0;
	text_clear(&store->why);
}

/* The file may be another than the one that was written to before. */
static void nothing_is_written(struct store *store)
{
	store->targets.written = store->checks.written = 0;
	for (uint32_t i = 1; i <= store->record_count; i++)
		if (store->records[i - 1].known)
			store_mark_fresh(store, i);
	store->sinks_fresh = true;
}

static enum store_outcome open_again(struct store *store)
{
	enum store_outcome outcome = open_file(store, false);

	if (outcome == STORE_DAMAGED && set_aside(store, NULL)) {
		store->lost = true;
		outcome = open_file(store, false);
	}
	if (outcome == STORE_DONE)
		nothing_is_written(store);
	return outcome;
}

static void give_way(struct store *store, enum store_outcome outcome, int64_t now_us)
{
	if (store->file) {
		text_clear(&store->why);
		text_add(&store->why, store_file_why(store->file));
		store_file_roll_back(store->file);
	}
	/* What a failed sync has left on the disk only a new look at it can tell. */
	if (outcome != STORE_FAILED)
		lose(store);
	store->fails = true;
	store->patience_us = store->patience_us ? 2 * store->patience_us : RETRY_FIRST_US;
	if (store->patience_us > RETRY_MOST_US)
		store->patience_us = RETRY_MOST_US;
	store->retry_us = now_us < INT64_MAX - store->patience_us ? now_us + store->patience_us
								  : INT64_MAX;
}

static bool has_fresh(const struct store *store)
{
	return store->fresh_count || store->pending_count || store->sinks_fresh ||
	       store->drop_count || store->gone_count || store->baseline_count ||
	       store->targets.written < store->targets.count ||
	       store->checks.written < store->checks.count;
}

static void forget_in_memory(struct store *store)
{
	size_t told = store->pending_count > KEPT_IN_MEMORY
			      ? store->pending_count - KEPT_IN_MEMORY
			      : 0;

	for (size_t i = 0; told && i < store->sink_count; i++) {
		const struct sink *sink = &store->sinks[i];
		uint64_t first = store->pending[0].event.number;

		if (sink->first < sink->count && sink->untold[sink->first] - first < told)
			told = sink->untold[sink->first] - first;
	}
	store_forget_pending(store, told);
}

bool store_write(struct store *store, int64_t now_us)
{
	enum store_outcome outcome = STORE_DONE;

	if (!store->path) {
		forget_in_memory(store);
		return true;
	}
	if (!has_fresh(store) && !store->fails)
		return true;
	if (store->fails && now_us < store->retry_us)
		return false;
	store_marks_give(&store->marks, store->last);
	if (store->file && store_file_only_reads(store->file))
		lose(store);
	if (!store->file)
		outcome = open_again(store);
	TRY(outcome, put_all(store));
	if (outcome == STORE_DONE)
		all_is_written(store);
	else
		give_way(store, outcome, now_us);
	return outcome == STORE_DONE;
}

int64_t store_due_us(const struct store *store)
{
	if (!store->path)
		return INT64_MAX;
	if (store->fails)
		return store->retry_us;
	return has_fresh(store) ? 0 : INT64_MAX;
}

const char *store_failure(const struct store *store)
{
	return store->fails ? text_string(&store->why) : NULL;
}

bool store_has_lost(struct store *store)
{
	bool lost = store->lost;

	store->lost = false;
	return lost;
}

/* --- events -------------------------------------------------------------------------------- */

void store_events(struct store *store, uint64_t before, size_t most,
		  void (*tell)(void *arg, const struct event *event), void *arg)
{
	size_t told = 0;

	for (size_t i = store->pending_count; i-- > 0 && told < most;) {
		if (store->pending[i].event.number >= before)
			continue;
		tell(arg, &store->pending[i].event);
		before = store->pending[i].event.number;
		told++;
	}
	if (store->file && told < most)
		store_file_events(store->file, before, (uint32_t)(most - told), tell, arg);
}

void store_forget(struct store *store, int64_t before_us, uint32_t most)
{
	if (store->file && !store->fails)
		store_file_forget(store->file, before_us, most);
}
