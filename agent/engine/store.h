/* SPDX-License-Identifier: Apache-2.0
 *
 * What the agent remembers: numbers of targets and checks, alarms, events, and what each sink
 * has yet to be told. One SQLite connection, the only one of the product.
 *
 * What is recorded counts at once and is written down at the next store_write(), all of it in
 * one transaction. While that fails (a full disk, an I/O error) everything goes on in memory
 * and is caught up with later. A damaged database is set aside.
 */
#ifndef AGENT_ENGINE_STORE_H
#define AGENT_ENGINE_STORE_H

#include "agent/engine/event.h"

struct store;

/* folder NULL: in memory only. NULL when what is there cannot even be read: without it numbers
 * would be given twice. `said` gets a line for each thing people should know. */
struct store *store_open(const char *folder, struct text *said);
/* Writes what can be written. */
void store_close(struct store *store);
/* All that was recorded since, in one transaction; true when nothing is left to write. After a
 * failure it tries again when store_due_us() has come. */
bool store_write(struct store *store, int64_t now_us);
/* When store_write() is worth calling; INT64_MAX: nothing waits. */
int64_t store_due_us(const struct store *store);
/* Why it cannot write at the moment, or NULL. */
const char *store_failure(const struct store *store);
/* True once after what was there before had to be set aside. */
bool store_has_lost(struct store *store);
/* So many events were dropped since this was asked last: they could not be written for so long
 * that memory had a bound. */
size_t store_dropped(struct store *store);

/* Numbers from 1 that stay the same for ever, also for what is away for a while. */
uint32_t store_target_number(struct store *store, const char *target);
uint32_t store_check_number(struct store *store, uint32_t target, const char *check);

/* An alarm as it was recorded last; false: never. `raised` gets the number of the event that
 * raised it, or 0. */
bool store_recall(const struct store *store, uint32_t check, struct alarm *alarm,
		  uint64_t *raised);
/* Those that are raised, also of checks that nobody has made for long. Not to be recorded in
 * meanwhile. */
void store_each_raised(const struct store *store,
		       void (*tell)(void *arg, uint32_t target, const char *target_name,
				    uint32_t check, const char *check_name),
		       void *arg);
/* Records the alarm's state, and the event for every sink; event NULL: nothing happened that
 * anybody is told. Gives the event its number, and its alarm when it raises one. */
void store_record(struct store *store, uint32_t check, const struct alarm *alarm,
		  struct event *event);

/* Sinks are known by a name that the configuration gives. Those that were named before and are
 * no more lose what they had yet to be told. */
void store_set_sinks(struct store *store, const char *const *names, size_t count);
/* The oldest event that the sink has not acknowledged and that is behind `after`; false: none.
 * The event's texts are valid until the next call. An event that is not on disk yet is not told
 * unless the store fails. */
bool store_untold(struct store *store, size_t sink, uint64_t after, struct event *event);
void store_acknowledge(struct store *store, size_t sink, uint64_t number);
size_t store_untold_count(const struct store *store, size_t sink);
/* Leaves out what this sink has yet to be told, up to and with this number, or so many; how
 * many. */
size_t store_give_up(struct store *store, size_t sink, uint64_t number);
size_t store_give_up_oldest(struct store *store, size_t sink, size_t count);

/* Newest first when before is given (UINT64_MAX: from the end), at most `most` of them. */
void store_events(struct store *store, uint64_t before, size_t most,
		  void (*tell)(void *arg, const struct event *event), void *arg);
/* The greatest number of an event that may be told: its number will never be another's. */
uint64_t store_newest(struct store *store);
/* Drops events that every sink has been told and that are older, or more than so many. */
void store_forget(struct store *store, int64_t before_us, uint32_t most);

/* store_baselines.c: what somebody has declared to be how a target should be; the newest
 * counts. False: there is none, or it cannot be read. */
void store_set_baseline(struct store *store, uint32_t target, int64_t at_us,
			const char *document);
bool store_baseline(struct store *store, uint32_t target, int64_t *at_us,
		    struct text *document);

#endif
