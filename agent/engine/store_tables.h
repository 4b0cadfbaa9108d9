/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables in the file: made, brought up to date, and looked at for damage. Only
 * store_file.c calls it.
 */
#ifndef AGENT_ENGINE_STORE_TABLES_H
#define AGENT_ENGINE_STORE_TABLES_H

#include "agent/engine/store_file.h"

struct sqlite3;

/* What a code of SQLite's means; `why` gets its sentence when it is a failure. */
enum store_outcome store_tables_outcome(struct sqlite3 *database, int code, struct text *why);
/* reads: nothing may be written, so they have to be there. */
enum store_outcome store_tables_prepare(struct sqlite3 *database, bool reads,
					struct text *why);

#endif
