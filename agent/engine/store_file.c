/* SPDX-License-Identifier: Apache-2.0
 *
 * A rollback journal, truncated, with every commit synced: three times as fast here as a
 * write-ahead log, and without the fault that those have before SQLite 3.51.3.
 */
#include "agent/engine/store_file.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "agent/engine/store_tables.h"
#include "ground/memory.h"

/* X(constant, SQL) */
#define STATEMENTS(X)                                                                         \
	X(BEGIN, "BEGIN IMMEDIATE")                                                           \
	X(COMMIT, "COMMIT")                                                                   \
	X(PUT_TARGET, "INSERT OR REPLACE INTO targets VALUES(?, ?)")                          \
	X(PUT_CHECK, "INSERT OR REPLACE INTO checks VALUES(?, ?, ?)")                         \
	X(PUT_ALARM, "INSERT OR REPLACE INTO alarms VALUES(?,?,?,?,?,?,?,?,?,?,?,?)")         \
	X(PUT_EVENT, "INSERT OR REPLACE INTO events"                                          \
		     " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")                          \
	X(PUT_SINK, "INSERT OR IGNORE INTO sinks VALUES(?)")                                  \
	X(DROP_SINK, "DELETE FROM sinks WHERE name = ?")                                      \
	X(PUT_UNTOLD, "INSERT OR IGNORE INTO untold VALUES(?, ?)")                            \
	X(DROP_UNTOLD, "DELETE FROM untold WHERE sink = ? AND event BETWEEN ? AND ?")         \
	X(FORGET, "DELETE FROM events WHERE (at < ?1 OR number <="                            \
		  " (SELECT max(number) FROM events) - ?2)"                                   \
		  " AND number < (SELECT coalesce(min(event), 9223372036854775807) FROM untold)" \
		  " AND number NOT IN (SELECT raised FROM alarms WHERE raised)")              \
	X(PUT_BASELINE, "INSERT OR REPLACE INTO baselines VALUES(?, ?, ?)")                   \
	X(BASELINE, "SELECT at, document FROM baselines WHERE target = ?")                    \
	X(LOAD_TARGETS, "SELECT number, name FROM targets ORDER BY number")                   \
	X(LOAD_CHECKS, "SELECT number, target, name FROM checks ORDER BY number")             \
	X(LOAD_ALARMS, "SELECT * FROM alarms")                                                \
	X(LOAD_SINKS, "SELECT name FROM sinks")                                               \
	X(LOAD_UNTOLD, "SELECT sink, event FROM untold ORDER BY sink, event")                 \
	X(LOAD_LAST, "SELECT coalesce(max(number), 0) FROM events")                           \
	X(EVENTS, "SELECT * FROM events WHERE number < ? ORDER BY number DESC LIMIT ?")

enum statement {
#define STATEMENT_CONSTANT(constant, sql) STATEMENT_##constant,
	STATEMENTS(STATEMENT_CONSTANT)
#undef STATEMENT_CONSTANT
	STATEMENT_COUNT
};

static const char *const statement_texts[] = {
#define STATEMENT_TEXT(constant, sql) sql,
	STATEMENTS(STATEMENT_TEXT)
#undef STATEMENT_TEXT
};

struct store_file {
	sqlite3 *database;
	sqlite3_stmt *statements[STATEMENT_COUNT];
	struct text why;
};

static enum store_outcome outcome_of(struct store_file *file, int code)
{
	return store_tables_outcome(file->database, code, &file->why);
}

/* Ready for its values; NULL: the failure is told by outcome_of() of *code. */
static sqlite3_stmt *statement(struct store_file *file, enum statement which, int *code)
{
	sqlite3_stmt **place = &file->statements[which];

	*code = SQLITE_OK;
	if (*place)
		sqlite3_reset(*place);
	else
		*code = sqlite3_prepare_v3(file->database, statement_texts[which], -1,
					   SQLITE_PREPARE_PERSISTENT, place, NULL);
	return *place;
}

/* One that gives no rows. */
static enum store_outcome run(struct store_file *file, sqlite3_stmt *ready, int code)
{
	if (ready) {
		code = sqlite3_step(ready);
		sqlite3_reset(ready);
	}
	return outcome_of(file, code);
}

static enum store_outcome run_plain(struct store_file *file, enum statement which)
{
	int code;
	sqlite3_stmt *ready = statement(file, which, &code);

	return run(file, ready, code);
}

static void bind_text(sqlite3_stmt *ready, int place, const char *text)
{
	sqlite3_bind_text(ready, place, text ? text : "", -1, SQLITE_STATIC);
}

static void bind_numbers(sqlite3_stmt *ready, int first, const int64_t *numbers, int count)
{
	for (int i = 0; i < count; i++)
		sqlite3_bind_int64(ready, first + i, numbers[i]);
}

/* --- opening ----------------------------------------------------------------------------- */

struct store_file *store_file_open(const char *path, bool reads, enum store_outcome *outcome,
				   struct text *why)
{
	struct store_file *file = memory_new(1, sizeof *file);
	int how = reads ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	int code = sqlite3_open_v2(path, &file->database,
				   how | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, NULL);

	*outcome = outcome_of(file, code);
	if (*outcome == STORE_DONE)
		*outcome = store_tables_prepare(file->database, reads, &file->why);
	if (*outcome == STORE_DONE)
		return file;
	text_add(why, text_string(&file->why));
	store_file_close(file);
	return NULL;
}

void store_file_close(struct store_file *file)
{
	if (!file)
		return;
	for (int i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(file->statements[i]);
	sqlite3_close(file->database);
	text_free(&file->why);
	free(file);
}

bool store_file_only_reads(const struct store_file *file)
{
	return sqlite3_db_readonly(file->database, "main") != 0;
}

const char *store_file_why(const struct store_file *file)
{
	return text_string(&file->why);
}

/* --- reading ------------------------------------------------------------------------------ */

static const char *text_at(sqlite3_stmt *row, int column)
{
	const unsigned char *text = sqlite3_column_text(row, column);

	return text ? (const char *)text : "";
}

/* A word of ours out of a file that anybody may have changed. */
static uint8_t word_at(sqlite3_stmt *row, int column, int count)
{
	int word = sqlite3_column_int(row, column);

	return (uint8_t)(word >= 0 && word < count ? word : 0);
}

static void tell_target(const struct store_loader *loader, sqlite3_stmt *row)
{
	loader->target(loader->arg, (uint32_t)sqlite3_column_int64(row, 0), text_at(row, 1));
}

static void tell_check(const struct store_loader *loader, sqlite3_stmt *row)
{
	loader->check(loader->arg, (uint32_t)sqlite3_column_int64(row, 0),
		      (uint32_t)sqlite3_column_int64(row, 1), text_at(row, 2));
}

static void tell_alarm(const struct store_loader *loader, sqlite3_stmt *row)
{
	struct alarm alarm = {
		.told = word_at(row, 1, VERDICT_COUNT),
		.severity = word_at(row, 2, SEVERITY_COUNT),
		.seen = word_at(row, 3, VERDICT_COUNT),
		.flaps = word_at(row, 4, 2),
		.better = (uint16_t)sqlite3_column_int(row, 5),
		.worse = (uint16_t)sqlite3_column_int(row, 6),
		.unknown = (uint16_t)sqlite3_column_int(row, 7),
		.raised_wall_us = sqlite3_column_int64(row, 8),
		.changed_wall_us = sqlite3_column_int64(row, 9),
		.reminded_wall_us = sqlite3_column_int64(row, 10),
		.remind_at_us = INT64_MAX,
	};

	loader->alarm(loader->arg, (uint32_t)sqlite3_column_int64(row, 0), &alarm,
		      (uint64_t)sqlite3_column_int64(row, 11));
}

static void tell_sink(const struct store_loader *loader, sqlite3_stmt *row)
{
	loader->sink(loader->arg, text_at(row, 0));
}

static void tell_untold(const struct store_loader *loader, sqlite3_stmt *row)
{
	loader->untold(loader->arg, text_at(row, 0), (uint64_t)sqlite3_column_int64(row, 1));
}

static void tell_last(const struct store_loader *loader, sqlite3_stmt *row)
{
	loader->last(loader->arg, (uint64_t)sqlite3_column_int64(row, 0));
}

/* Each row of a table. */
static enum store_outcome load(struct store_file *file, enum statement which,
			       void (*tell)(const struct store_loader *loader, sqlite3_stmt *row),
			       const struct store_loader *loader)
{
	int code;
	sqlite3_stmt *rows = statement(file, which, &code);

	while (rows && (code = sqlite3_step(rows)) == SQLITE_ROW)
		tell(loader, rows);
	sqlite3_reset(rows);
	return outcome_of(file, code);
}

enum store_outcome store_file_load(struct store_file *file, const struct store_loader *loader)
{
	enum store_outcome outcome = load(file, STATEMENT_LOAD_TARGETS, tell_target, loader);

	if (outcome == STORE_DONE)
		outcome = load(file, STATEMENT_LOAD_CHECKS, tell_check, loader);
	if (outcome == STORE_DONE)
		outcome = load(file, STATEMENT_LOAD_ALARMS, tell_alarm, loader);
	if (outcome == STORE_DONE)
		outcome = load(file, STATEMENT_LOAD_SINKS, tell_sink, loader);
	if (outcome == STORE_DONE)
		outcome = load(file, STATEMENT_LOAD_UNTOLD, tell_untold, loader);
	if (outcome == STORE_DONE)
		outcome = load(file, STATEMENT_LOAD_LAST, tell_last, loader);
	return outcome;
}

static struct event event_at(sqlite3_stmt *row)
{
	return (struct event){
		.number = (uint64_t)sqlite3_column_int64(row, 0),
		.alarm = (uint64_t)sqlite3_column_int64(row, 1),
		.at_us = sqlite3_column_int64(row, 2),
		.target = (uint32_t)sqlite3_column_int64(row, 3),
		.check = (uint32_t)sqlite3_column_int64(row, 4),
		.kind = word_at(row, 5, EVENT_KIND_COUNT),
		.from = word_at(row, 6, VERDICT_COUNT),
		.to = word_at(row, 7, VERDICT_COUNT),
		.severity = word_at(row, 8, SEVERITY_COUNT),
		.cause = word_at(row, 9, ALARM_CAUSE_COUNT),
		.flaps = word_at(row, 10, 2),
		.target_name = text_at(row, 11),
		.check_name = text_at(row, 12),
		.title = text_at(row, 13),
		.expected = text_at(row, 14),
		.observed = text_at(row, 15),
		.reason = text_at(row, 16),
		.remedy = text_at(row, 17),
	};
}

enum store_outcome store_file_events(struct store_file *file, uint64_t before, uint32_t most,
				     void (*tell)(void *arg, const struct event *event),
				     void *arg)
{
	int code;
	sqlite3_stmt *rows = statement(file, STATEMENT_EVENTS, &code);

	if (rows) {
		sqlite3_bind_int64(rows, 1, before > INT64_MAX ? INT64_MAX : (int64_t)before);
		sqlite3_bind_int64(rows, 2, most);
	}
	while (rows && (code = sqlite3_step(rows)) == SQLITE_ROW) {
		struct event event = event_at(rows);

		tell(arg, &event);
	}
	sqlite3_reset(rows);
	return outcome_of(file, code);
}

enum store_outcome store_file_baseline(struct store_file *file, uint32_t target, bool *found,
				       int64_t *at_us, struct text *document)
{
	int code;
	sqlite3_stmt *rows = statement(file, STATEMENT_BASELINE, &code);

	*found = false;
	if (rows) {
		sqlite3_bind_int64(rows, 1, target);
		code = sqlite3_step(rows);
	}
	if (rows && code == SQLITE_ROW) {
		*found = true;
		*at_us = sqlite3_column_int64(rows, 0);
		text_add(document, text_at(rows, 1));
	}
	sqlite3_reset(rows);
	return outcome_of(file, code);
}

/* --- writing ------------------------------------------------------------------------------ */

enum store_outcome store_file_begin(struct store_file *file)
{
	return run_plain(file, STATEMENT_BEGIN);
}

enum store_outcome store_file_commit(struct store_file *file)
{
	return run_plain(file, STATEMENT_COMMIT);
}

void store_file_roll_back(struct store_file *file)
{
	if (!sqlite3_get_autocommit(file->database))
		sqlite3_exec(file->database, "ROLLBACK", NULL, NULL, NULL);
}

/* Numbers first, then a text: most rows are so. */
static enum store_outcome put(struct store_file *file, enum statement which,
			      const int64_t *numbers, int count, const char *text)
{
	int code;
	sqlite3_stmt *ready = statement(file, which, &code);

	if (ready) {
		bind_numbers(ready, 1, numbers, count);
		if (text)
			bind_text(ready, count + 1, text);
	}
	return run(file, ready, code);
}

enum store_outcome store_file_put_target(struct store_file *file, uint32_t number,
					 const char *name)
{
	return put(file, STATEMENT_PUT_TARGET, (const int64_t[]){ number }, 1, name);
}

enum store_outcome store_file_put_check(struct store_file *file, uint32_t number,
					uint32_t target, const char *name)
{
	return put(file, STATEMENT_PUT_CHECK, (const int64_t[]){ number, target }, 2, name);
}

enum store_outcome store_file_put_alarm(struct store_file *file, uint32_t check,
					const struct alarm *alarm, uint64_t raised)
{
	const int64_t numbers[] = {
		check,	       alarm->told,	      alarm->severity,	      alarm->seen,
		alarm->flaps,  alarm->better,	      alarm->worse,	      alarm->unknown,
		alarm->raised_wall_us, alarm->changed_wall_us, alarm->reminded_wall_us,
		(int64_t)raised,
	};

	return put(file, STATEMENT_PUT_ALARM, numbers, sizeof numbers / sizeof *numbers, NULL);
}

enum store_outcome store_file_put_event(struct store_file *file, const struct event *event)
{
	const int64_t numbers[] = {
		(int64_t)event->number, (int64_t)event->alarm, event->at_us, event->target,
		event->check, event->kind, event->from, event->to, event->severity, event->cause,
		event->flaps,
	};
	const char *const texts[] = { event->target_name, event->check_name, event->title,
				      event->expected,	  event->observed,   event->reason,
				      event->remedy };
	enum { NUMBERS = sizeof numbers / sizeof *numbers };
	int code;
	sqlite3_stmt *ready = statement(file, STATEMENT_PUT_EVENT, &code);

	if (ready)
		bind_numbers(ready, 1, numbers, NUMBERS);
	for (int i = 0; ready && i < (int)(sizeof texts / sizeof *texts); i++)
		bind_text(ready, NUMBERS + 1 + i, texts[i]);
	return run(file, ready, code);
}

enum store_outcome store_file_put_sink(struct store_file *file, const char *name)
{
	return put(file, STATEMENT_PUT_SINK, NULL, 0, name);
}

enum store_outcome store_file_put_baseline(struct store_file *file, uint32_t target,
					   int64_t at_us, const char *document)
{
	return put(file, STATEMENT_PUT_BASELINE, (const int64_t[]){ target, at_us }, 2, document);
}

/* What it had yet to be told goes with it. */
enum store_outcome store_file_drop_sink(struct store_file *file, const char *name)
{
	enum store_outcome outcome = store_file_drop_untold(file, name, 0, INT64_MAX);

	return outcome == STORE_DONE ? put(file, STATEMENT_DROP_SINK, NULL, 0, name) : outcome;
}

static enum store_outcome put_of_sink(struct store_file *file, enum statement which,
				      const char *sink, const int64_t *numbers, int count)
{
	int code;
	sqlite3_stmt *ready = statement(file, which, &code);

	if (ready) {
		bind_text(ready, 1, sink);
		bind_numbers(ready, 2, numbers, count);
	}
	return run(file, ready, code);
}

enum store_outcome store_file_put_untold(struct store_file *file, const char *sink,
					 uint64_t event)
{
	return put_of_sink(file, STATEMENT_PUT_UNTOLD, sink, (const int64_t[]){ (int64_t)event },
			   1);
}

enum store_outcome store_file_drop_untold(struct store_file *file, const char *sink,
					  uint64_t first, uint64_t last)
{
	const int64_t between[] = { (int64_t)first,
				    last > INT64_MAX ? INT64_MAX : (int64_t)last };

	return put_of_sink(file, STATEMENT_DROP_UNTOLD, sink, between, 2);
}

enum store_outcome store_file_forget(struct store_file *file, int64_t before_us, uint32_t most)
{
	return put(file, STATEMENT_FORGET, (const int64_t[]){ before_us, most }, 2, NULL);
}
