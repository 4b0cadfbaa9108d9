/* SPDX-License-Identifier: Apache-2.0
 *
 * The database itself: its tables, and one call for each thing that is written or read. Only
 * store.c calls it, and it is the only file that knows SQLite.
 */
#ifndef AGENT_ENGINE_STORE_FILE_H
#define AGENT_ENGINE_STORE_FILE_H

#include "agent/engine/event.h"

struct store_file;

enum store_outcome {
	STORE_DONE,
	STORE_FAILED,	/* not now: the disk is full, or may only be read */
	STORE_UNSURE,	/* nobody knows what is on the disk: it must be opened anew */
	STORE_DAMAGED,	/* it is no database of ours any more */
	STORE_NEWER	/* of a later version of ucposture */
};

/* Who hears what is there. */
struct store_loader {
	void *arg;
	void (*target)(void *arg, uint32_t number, const char *name);
	void (*check)(void *arg, uint32_t number, uint32_t target, const char *name);
	void (*alarm)(void *arg, uint32_t check, const struct alarm *alarm, uint64_t raised);
	void (*sink)(void *arg, const char *name);
	void (*untold)(void *arg, const char *sink, uint64_t event);
	void (*last)(void *arg, uint64_t number);	/* the greatest number of an event */
};

/* reads: nothing will be written. NULL when the outcome, in *outcome, is not STORE_DONE; `why`
 * gets a sentence then. */
struct store_file *store_file_open(const char *path, bool reads, enum store_outcome *outcome,
				   struct text *why);
void store_file_close(struct store_file *file);
/* The disk let nobody write when it was opened: so it stays until it is opened anew. */
bool store_file_only_reads(const struct store_file *file);
/* After a failure: a sentence. */
const char *store_file_why(const struct store_file *file);
enum store_outcome store_file_load(struct store_file *file, const struct store_loader *loader);

/* What stands between is kept as a whole or not at all. */
enum store_outcome store_file_begin(struct store_file *file);
enum store_outcome store_file_commit(struct store_file *file);
void store_file_roll_back(struct store_file *file);

enum store_outcome store_file_put_target(struct store_file *file, uint32_t number,
					 const char *name);
enum store_outcome store_file_put_check(struct store_file *file, uint32_t number,
					uint32_t target, const char *name);
enum store_outcome store_file_put_alarm(struct store_file *file, uint32_t check,
					const struct alarm *alarm, uint64_t raised);
enum store_outcome store_file_put_event(struct store_file *file, const struct event *event);
enum store_outcome store_file_put_sink(struct store_file *file, const char *name);
enum store_outcome store_file_drop_sink(struct store_file *file, const char *name);
enum store_outcome store_file_put_untold(struct store_file *file, const char *sink,
					 uint64_t event);
/* All of that sink up to and with this one. */
enum store_outcome store_file_drop_untold(struct store_file *file, const char *sink,
					  uint64_t first, uint64_t last);
enum store_outcome store_file_forget(struct store_file *file, int64_t before_us,
				     uint32_t most);

enum store_outcome store_file_put_baseline(struct store_file *file, uint32_t target,
					   int64_t at_us, const char *document);
/* *found: there is one. */
enum store_outcome store_file_baseline(struct store_file *file, uint32_t target, bool *found,
				       int64_t *at_us, struct text *document);

/* From the newest below `before` on, at most `most`; texts are valid during the call. */
enum store_outcome store_file_events(struct store_file *file, uint64_t before, uint32_t most,
				     void (*tell)(void *arg, const struct event *event),
				     void *arg);

#endif
