/* SPDX-License-Identifier: Apache-2.0
 *
 * The store's parts, which store.c keeps in memory and store_disk.c writes down. Nobody else
 * includes this.
 */
#ifndef AGENT_ENGINE_STORE_PARTS_H
#define AGENT_ENGINE_STORE_PARTS_H

#include "agent/engine/store.h"
#include "agent/engine/store_file.h"
#include "agent/engine/store_marks.h"
#include "agent/engine/store_names.h"

struct record {
	struct alarm alarm;
	uint64_t raised;
	bool known, fresh;	/* fresh: not as on disk */
};

/* What a sink has acknowledged, or given up, since the last write. */
struct drop {
	const char *sink;
	uint64_t first, last;
};

struct sink {
	const char *name;
	uint64_t *untold;	/* numbers of events, ascending, from `first` on */
	size_t first, count, room;
};

struct pending {
	struct event event;
	struct arena *arena;	/* of its texts */
};

struct baseline {
	uint32_t target;
	int64_t at_us;
	char *document;
};

struct store {
	char *path;			/* NULL: in memory only */
	struct store_file *file;	/* NULL: cannot be opened */
	struct store_marks marks;
	bool fails, lost;
	struct text why;		/* it fails */
	int64_t retry_us, patience_us;
	struct names targets, checks;
	struct record *records;		/* by the check's number, less 1 */
	size_t record_count, record_room;
	uint32_t *fresh;		/* numbers of checks */
	size_t fresh_count, fresh_room;
	struct pending *pending;	/* events that are not on disk, ascending */
	size_t pending_count, pending_room, dropped;
	uint64_t last;			/* the greatest number given */
	struct sink *sinks;
	size_t sink_count;
	bool sinks_fresh;
	struct drop *drops;
	size_t drop_count, drop_room;
	char **gone;			/* sinks to be dropped */
	size_t gone_count, gone_room;
	struct baseline *baselines;	/* those that are not on disk, newest last */
	size_t baseline_count, baseline_room;
	struct arena *told;		/* of the event that store_untold() gave */
};

/* store.c */
struct record *store_record_of(struct store *store, uint32_t check);
void store_mark_fresh(struct store *store, uint32_t check);
struct sink *store_sink_named(struct store *store, const char *name);
void store_queue_event(struct sink *sink, uint64_t number);
void store_forget_pending(struct store *store, size_t count);
void store_copy_event(struct arena *arena, struct event *to, const struct event *from);
/* store_baselines.c */
enum store_outcome store_put_baselines(struct store *store);
void store_forget_baselines(struct store *store);

#endif
