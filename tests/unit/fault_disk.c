/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/fault_disk.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ground/memory.h"

enum { DEAD = 77 };

/* SQLite's own file stands behind this. */
struct faulty_file {
	sqlite3_file base;
	sqlite3_file *real;
};

static sqlite3_vfs *real_disk;
static enum disk_fault fault;
static unsigned fails_from, calls;

void fault_disk_set(enum disk_fault next, unsigned from)
{
	fault = next;
	fails_from = from;
	calls = 0;
}

unsigned fault_disk_calls(void)
{
	return calls;
}

static int next_call(int broken)
{
	if (fault >= DISK_UNREADABLE || calls++ < fails_from || fault == DISK_SOUND)
		return SQLITE_OK;
	if (fault == DISK_DIES)
		_exit(DEAD);
	return fault == DISK_FULL ? SQLITE_FULL : broken;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct faulty_file *)file)->real;
}

static int disk_close(sqlite3_file *file)
{
	struct faulty_file *faulty = (struct faulty_file *)file;
	int code = SQLITE_OK;

	if (faulty->real->pMethods)
		code = faulty->real->pMethods->xClose(faulty->real);
	free(faulty->real);
	return code;
}

static int disk_read(sqlite3_file *file, void *bytes, int length, sqlite3_int64 at)
{
	if (fault == DISK_UNREADABLE && calls++ >= fails_from)
		return SQLITE_IOERR_READ;
	return real_of(file)->pMethods->xRead(real_of(file), bytes, length, at);
}

static int disk_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 at)
{
	int code = next_call(SQLITE_IOERR_WRITE);

	return code ? code : real_of(file)->pMethods->xWrite(real_of(file), bytes, length, at);
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 length)
{
	int code = next_call(SQLITE_IOERR_TRUNCATE);

	return code ? code : real_of(file)->pMethods->xTruncate(real_of(file), length);
}

static int disk_sync(sqlite3_file *file, int flags)
{
	int code = next_call(SQLITE_IOERR_FSYNC);

	return code ? code : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *length)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), length);
}

static int disk_lock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int disk_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int disk_reserved(sqlite3_file *file, int *result)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), result);
}

static int disk_control(sqlite3_file *file, int what, void *arg)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), what, arg);
}

static int disk_sector(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int disk_character(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = disk_close,
	.xRead = disk_read,
	.xWrite = disk_write,
	.xTruncate = disk_truncate,
	.xSync = disk_sync,
	.xFileSize = disk_size,
	.xLock = disk_lock,
	.xUnlock = disk_unlock,
	.xCheckReservedLock = disk_reserved,
	.xFileControl = disk_control,
	.xSectorSize = disk_sector,
	.xDeviceCharacteristics = disk_character,
};

static int disk_open(sqlite3_vfs *disk, const char *name, sqlite3_file *file, int flags, int *out)
{
	struct faulty_file *faulty = (struct faulty_file *)file;
	int code;

	(void)disk;
	faulty->base.pMethods = NULL;
	/* As SQLite's own does it when it may not write. */
	if (fault == DISK_READ_ONLY)
		flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) |
			SQLITE_OPEN_READONLY;
	faulty->real = memory_new(1, (size_t)real_disk->szOsFile);
	code = real_disk->xOpen(real_disk, name, faulty->real, flags, out);
	if (code == SQLITE_OK)
		faulty->base.pMethods = &methods;
	else
		free(faulty->real);
	return code;
}

static int disk_delete(sqlite3_vfs *disk, const char *name, int sync)
{
	int code = next_call(SQLITE_IOERR_DELETE);

	(void)disk;
	return code ? code : real_disk->xDelete(real_disk, name, sync);
}

void fault_disk_install(void)
{
	static sqlite3_vfs disk;

	real_disk = sqlite3_vfs_find(NULL);
	disk = *real_disk;
	disk.zName = "fault";
	disk.szOsFile = sizeof(struct faulty_file);
	disk.xOpen = disk_open;
	disk.xDelete = disk_delete;
	sqlite3_vfs_register(&disk, 1);
}
