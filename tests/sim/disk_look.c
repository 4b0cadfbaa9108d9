/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/disk_look.h"

#include <sqlite3.h>

#include "ground/memory.h"
#include "tests/sim/disk_files.h"
#include "tests/sim/world.h"

static size_t read_numbers(sqlite3 *database, uint64_t **numbers)
{
	sqlite3_stmt *ask = NULL;
	size_t count = 0, room = 0;
	int code = sqlite3_prepare_v2(database, "SELECT number FROM events ORDER BY number", -1,
				      &ask, NULL);

	/* Nothing was ever written to it. */
	if (code == SQLITE_ERROR)
		return 0;
	while (code == SQLITE_OK && (code = sqlite3_step(ask)) == SQLITE_ROW) {
		*numbers = memory_room_for(*numbers, count, &room, sizeof **numbers);
		(*numbers)[count++] = (uint64_t)sqlite3_column_int64(ask, 0);
		code = SQLITE_OK;
	}
	if (code != SQLITE_DONE)
		world_violated("the disk", "%s", sqlite3_errmsg(database));
	sqlite3_finalize(ask);
	return count;
}

/* A journal that was left behind is rolled back for this look only. */
size_t disk_look_events(uint64_t **numbers)
{
	sqlite3 *database;
	size_t count = 0;

	*numbers = NULL;
	if (!file_named(DISK_FOLDER "/ucposture.db"))
		return 0;
	disk_look_begin();
	if (sqlite3_open_v2(DISK_FOLDER "/ucposture.db", &database, SQLITE_OPEN_READWRITE,
			    NULL) == SQLITE_OK)
		count = read_numbers(database, numbers);
	sqlite3_close(database);
	disk_look_end();
	return count;
}
