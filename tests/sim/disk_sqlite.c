/* SPDX-License-Identifier: Apache-2.0
 *
 * The simulated disk as a file system of SQLite.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "ground/clock.h"
#include "tests/sim/disk_files.h"
#include "tests/sim/plants.h"

struct opened {
	sqlite3_file base;
	struct file *file;
	bool writes, temporary;
};

static struct opened *opened_of(sqlite3_file *file)
{
	return (struct opened *)file;
}

static int sq_close(sqlite3_file *base)
{
	struct opened *opened = opened_of(base);

	if (opened->temporary)
		file_drop(opened->file);
	else
		file_closed(opened->file);
	return SQLITE_OK;
}

static int sq_read(sqlite3_file *base, void *bytes, int length, sqlite3_int64 at)
{
	size_t got;

	if (disk_breaks())
		return SQLITE_IOERR_READ;
	got = file_read(opened_of(base)->file, bytes, (size_t)length, (size_t)at);
	if (got == (size_t)length)
		return SQLITE_OK;
	memset((char *)bytes + got, 0, (size_t)length - got);
	return SQLITE_IOERR_SHORT_READ;
}

/* On a full disk a part may still have found room. */
static int write_full(struct file *file, const void *bytes, size_t length, size_t at)
{
	size_t room = at < file->length ? file->length - at : 0;

	if (length <= room) {
		file_write(file, bytes, length, at);
		return SQLITE_OK;
	}
	if (disk_chance() % 2)
		file_write(file, bytes, disk_chance() % length, at);
	return SQLITE_FULL;
}

static int sq_write(sqlite3_file *base, const void *bytes, int length, sqlite3_int64 at)
{
	struct opened *opened = opened_of(base);

	if (disk_is_dead("write") || !opened->writes || disk_mood() == DISK_READ_ONLY ||
	    disk_breaks())
		return SQLITE_IOERR_WRITE;
	if (disk_mood() == DISK_FULL)
		return write_full(opened->file, bytes, (size_t)length, (size_t)at);
	file_write(opened->file, bytes, (size_t)length, (size_t)at);
	return SQLITE_OK;
}

static int sq_truncate(sqlite3_file *base, sqlite3_int64 length)
{
	if (disk_is_dead("truncate") || disk_mood() == DISK_READ_ONLY || disk_breaks())
		return SQLITE_IOERR_TRUNCATE;
	file_truncate(opened_of(base)->file, (size_t)length);
	return SQLITE_OK;
}

static int sq_sync(sqlite3_file *base, int flags)
{
	(void)flags;
	if (disk_is_dead("sync"))
		return SQLITE_IOERR_FSYNC;
	if (disk_breaks()) {
		file_sync_badly(opened_of(base)->file);
		return SQLITE_IOERR_FSYNC;
	}
	if (!plants_disk_lies())
		file_sync(opened_of(base)->file);
	return SQLITE_OK;
}

static int sq_size(sqlite3_file *base, sqlite3_int64 *length)
{
	*length = (sqlite3_int64)opened_of(base)->file->length;
	return SQLITE_OK;
}

static int sq_lock(sqlite3_file *base, int level)
{
	(void)base;
	(void)level;
	return SQLITE_OK;
}

static int sq_reserved(sqlite3_file *base, int *result)
{
	(void)base;
	*result = 0;
	return SQLITE_OK;
}

static int sq_control(sqlite3_file *base, int what, void *arg)
{
	(void)base;
	(void)what;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int sq_sector(sqlite3_file *base)
{
	(void)base;
	return 4096;
}

static int sq_character(sqlite3_file *base)
{
	(void)base;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = sq_close,
	.xRead = sq_read,
	.xWrite = sq_write,
	.xTruncate = sq_truncate,
	.xSync = sq_sync,
	.xFileSize = sq_size,
	.xLock = sq_lock,
	.xUnlock = sq_lock,
	.xCheckReservedLock = sq_reserved,
	.xFileControl = sq_control,
	.xSectorSize = sq_sector,
	.xDeviceCharacteristics = sq_character,
};

static struct file *open_temporary(struct opened *opened)
{
	static unsigned number;
	char name[32];

	snprintf(name, sizeof name, "temporary-%u", number++);
	opened->temporary = opened->writes = true;
	return file_new(name);
}

static int sq_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out)
{
	struct opened *opened = opened_of(base);
	struct file *file = name ? file_named(name) : NULL;

	(void)vfs;
	*opened = (struct opened){ .writes = flags & SQLITE_OPEN_READWRITE };
	if (opened->writes && disk_mood() == DISK_READ_ONLY)
		opened->writes = false;
	if (!name) {
		file = open_temporary(opened);
	} else if (!file) {
		if (!(flags & SQLITE_OPEN_CREATE) || !opened->writes || disk_is_dead("create"))
			return SQLITE_CANTOPEN;
		if (disk_mood() == DISK_FULL || disk_breaks())
			return SQLITE_CANTOPEN;
		file = file_new(name);
	}
	opened->file = file;
	opened->base.pMethods = &methods;
	if (out)
		*out = opened->writes ? flags
				      : (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) |
						SQLITE_OPEN_READONLY;
	return SQLITE_OK;
}

static int sq_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	struct file *file = file_named(name);

	(void)vfs;
	(void)sync;
	if (disk_is_dead("delete") || disk_mood() == DISK_READ_ONLY || disk_breaks())
		return SQLITE_IOERR_DELETE;
	if (!file)
		return SQLITE_IOERR_DELETE_NOENT;
	file_drop(file);
	return SQLITE_OK;
}

static int sq_access(sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
	const struct file *file = file_named(name);

	(void)vfs;
	/* As SQLite's own does: an empty journal is none. */
	*result = file && (flags != SQLITE_ACCESS_EXISTS || file->length > 0);
	return SQLITE_OK;
}

static int sq_full_name(sqlite3_vfs *vfs, const char *name, int room, char *out)
{
	(void)vfs;
	snprintf(out, (size_t)room, "%s", name);
	return SQLITE_OK;
}

static int sq_randomness(sqlite3_vfs *vfs, int count, char *out)
{
	(void)vfs;
	for (int i = 0; i < count; i++)
		out[i] = (char)disk_chance();
	return count;
}

static int sq_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return us;
}

static int sq_time(sqlite3_vfs *vfs, sqlite3_int64 *ms)
{
	(void)vfs;
	*ms = clock_wall_us() / 1000 + INT64_C(210866760000000);
	return SQLITE_OK;
}

static int sq_error(sqlite3_vfs *vfs, int count, char *out)
{
	(void)vfs;
	(void)count;
	(void)out;
	return 0;
}

void disk_forget_chance(void)
{
	sqlite3_randomness(0, NULL);
}

void disk_install(void)
{
	static sqlite3_vfs vfs = {
		.iVersion = 2,
		.szOsFile = sizeof(struct opened),
		.mxPathname = 100,
		.zName = "simulated",
		.xOpen = sq_open,
		.xDelete = sq_delete,
		.xAccess = sq_access,
		.xFullPathname = sq_full_name,
		.xRandomness = sq_randomness,
		.xSleep = sq_sleep,
		.xCurrentTimeInt64 = sq_time,
		.xGetLastError = sq_error,
	};

	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_vfs_register(&vfs, 1);
}
