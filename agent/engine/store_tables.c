/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/store_tables.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* The steps from an empty file to today's tables; user_version counts those taken. A step that
 * was released is never changed. Verdicts, severities and the like are the numbers of their
 * enums, which therefore only grow, at their ends. */
static const char *const steps[] = {
	"CREATE TABLE targets(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
	"CREATE TABLE checks(number INTEGER PRIMARY KEY, target INTEGER NOT NULL,"
	" name TEXT NOT NULL, UNIQUE(target, name));"
	"CREATE TABLE alarms(check_number INTEGER PRIMARY KEY, told INTEGER NOT NULL,"
	" severity INTEGER NOT NULL, seen INTEGER NOT NULL, flaps INTEGER NOT NULL,"
	" better INTEGER NOT NULL, worse INTEGER NOT NULL, unknown INTEGER NOT NULL,"
	" raised_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,"
	" reminded_at INTEGER NOT NULL, raised INTEGER NOT NULL);"
	"CREATE TABLE events(number INTEGER PRIMARY KEY, alarm INTEGER NOT NULL,"
	" at INTEGER NOT NULL, target INTEGER NOT NULL, check_number INTEGER NOT NULL,"
	" kind INTEGER NOT NULL, verdict_from INTEGER NOT NULL, verdict_to INTEGER NOT NULL,"
	" severity INTEGER NOT NULL, cause INTEGER NOT NULL, flaps INTEGER NOT NULL,"
	" target_name TEXT NOT NULL, check_name TEXT NOT NULL, title TEXT NOT NULL,"
	" expected TEXT NOT NULL, observed TEXT NOT NULL, reason TEXT NOT NULL,"
	" remedy TEXT NOT NULL);"
	"CREATE TABLE sinks(name TEXT PRIMARY KEY) WITHOUT ROWID;"
	"CREATE TABLE untold(sink TEXT NOT NULL, event INTEGER NOT NULL,"
	" PRIMARY KEY(sink, event)) WITHOUT ROWID;",
	"CREATE TABLE baselines(target INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
	" document TEXT NOT NULL);",
};

enum { STEPS = sizeof steps / sizeof *steps };

/* One connection, nobody else's lock, nothing mapped: a file that shrinks under us must not
 * kill us. */
static const char settings[] = "PRAGMA locking_mode = EXCLUSIVE;"
			       "PRAGMA journal_mode = TRUNCATE;"
			       "PRAGMA synchronous = FULL;"
			       "PRAGMA mmap_size = 0;"
			       "PRAGMA temp_store = MEMORY;"
			       "PRAGMA trusted_schema = OFF;";

enum store_outcome store_tables_outcome(sqlite3 *database, int code, struct text *why)
{
	if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
		return STORE_DONE;
	text_clear(why);
	text_add(why, sqlite3_errmsg(database));
	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR:	/* a table is not as we made it */
		return STORE_DAMAGED;
	case SQLITE_IOERR:
		return STORE_UNSURE;
	default:
		return STORE_FAILED;
	}
}

static int read_version(sqlite3 *database)
{
	sqlite3_stmt *ask = NULL;
	int version = -1;

	if (sqlite3_prepare_v2(database, "PRAGMA user_version", -1, &ask, NULL) == SQLITE_OK &&
	    sqlite3_step(ask) == SQLITE_ROW)
		version = sqlite3_column_int(ask, 0);
	sqlite3_finalize(ask);
	return version;
}

static enum store_outcome change(sqlite3 *database, const char *step, int version,
				 struct text *why)
{
	struct text sql = { 0 };
	enum store_outcome outcome;

	text_add_format(&sql, "BEGIN IMMEDIATE; %s PRAGMA user_version = %d; COMMIT", step,
			version);
	outcome = store_tables_outcome(
		database, sqlite3_exec(database, text_string(&sql), NULL, NULL, NULL), why);
	text_free(&sql);
	if (!sqlite3_get_autocommit(database))
		sqlite3_exec(database, "ROLLBACK", NULL, NULL, NULL);
	return outcome;
}

/* Who died between the end of a transaction and its sync has left that end to the system: a power
 * cut would take it back after we had built on it. A transaction of ours is not over before all
 * of that is on disk. A disk that takes none may be read all the same. */
static void settle(sqlite3 *database)
{
	struct text why = { 0 };

	change(database, "", STEPS, &why);
	text_free(&why);
}

/* A page that could not be read is said among what is wrong with the database, and by its code:
 * nothing is damaged then. */
static bool tells_of_disk(const char *finding)
{
	static const char code[] = "error code=";
	const char *found = strstr(finding, code);

	return found && (strtol(found + strlen(code), NULL, 10) & 0xff) == SQLITE_IOERR;
}

static enum store_outcome check_sense(sqlite3 *database, struct text *why)
{
	sqlite3_stmt *ask = NULL;
	enum store_outcome outcome;
	const char *finding;
	int code = sqlite3_prepare_v2(database, "PRAGMA quick_check(1)", -1, &ask, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(ask);
	outcome = store_tables_outcome(database, code, why);
	finding = code == SQLITE_ROW ? (const char *)sqlite3_column_text(ask, 0) : NULL;
	if (finding && strcmp(finding, "ok") != 0) {
		text_clear(why);
		text_add(why, finding);
		outcome = tells_of_disk(finding) ? STORE_UNSURE : STORE_DAMAGED;
	}
	sqlite3_finalize(ask);
	return outcome;
}

enum store_outcome store_tables_prepare(sqlite3 *database, bool reads, struct text *why)
{
	enum store_outcome outcome = STORE_DONE;
	int version;

	if (!reads)
		outcome = store_tables_outcome(
			database, sqlite3_exec(database, settings, NULL, NULL, NULL), why);

	if (outcome == STORE_DONE)
		outcome = check_sense(database, why);
	if (outcome != STORE_DONE)
		return outcome;
	version = read_version(database);
	if (version < 0)
		return store_tables_outcome(database, sqlite3_errcode(database), why);
	if (version > STEPS) {
		text_clear(why);
		text_add(why, "it was written by a newer version of ucposture");
		return STORE_NEWER;
	}
	for (; version < STEPS && outcome == STORE_DONE; version++)
		outcome = reads ? STORE_FAILED : change(database, steps[version], version + 1, why);
	if (outcome == STORE_DONE && !reads)
		settle(database);
	return outcome;
}
