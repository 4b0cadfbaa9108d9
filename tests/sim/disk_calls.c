/* SPDX-License-Identifier: Apache-2.0
 *
 * What the engine asks of the C library and of the clock, led to the simulated disk and time:
 * the linker gives us the calls (--wrap), and we give back those that mean something else.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "ground/clock.h"
#include "tests/sim/disk_files.h"
#include "tests/sim/world.h"

enum { FIRST_FD = 1 << 20, FDS_MOST = 8 };

static const char *open_names[FDS_MOST];

int __real_open(const char *path, int flags, mode_t mode);
int __real_close(int fd);
ssize_t __real_pread(int fd, void *bytes, size_t length, off_t at);
ssize_t __real_pwrite(int fd, const void *bytes, size_t length, off_t at);
int __real_fdatasync(int fd);
int __real_rename(const char *from, const char *to);
int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int fd);
ssize_t __wrap_pread(int fd, void *bytes, size_t length, off_t at);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t at);
int __wrap_fdatasync(int fd);
int __wrap_rename(const char *from, const char *to);
int64_t __wrap_clock_monotonic_us(void);
int64_t __wrap_clock_wall_us(void);

static bool is_ours(const char *path)
{
	return !strncmp(path, DISK_FOLDER "/", strlen(DISK_FOLDER "/"));
}

static struct file *file_of(int fd)
{
	return file_named(open_names[fd - FIRST_FD]);
}

static int fail(int error)
{
	errno = error;
	return -1;
}

static int open_ours(const char *path, int flags)
{
	struct file *file = file_named(path);
	bool writes = (flags & O_ACCMODE) != O_RDONLY;
	int slot = 0;

	if (writes && disk_mood() == DISK_READ_ONLY)
		return fail(EROFS);
	if (disk_breaks())
		return fail(EIO);
	if (!file) {
		if (!(flags & O_CREAT))
			return fail(ENOENT);
		if (disk_is_dead("create"))
			return fail(EIO);
		if (disk_mood() == DISK_FULL)
			return fail(ENOSPC);
		file = file_new(path);
	}
	while (open_names[slot])
		if (++slot == FDS_MOST)
			return fail(EMFILE);
	open_names[slot] = file->name;
	return FIRST_FD + slot;
}

int __wrap_open(const char *path, int flags, ...)
{
	va_list list;
	mode_t mode;

	if (is_ours(path))
		return open_ours(path, flags);
	va_start(list, flags);
	mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
	va_end(list);
	return __real_open(path, flags, mode);
}

int __wrap_close(int fd)
{
	if (fd < FIRST_FD)
		return __real_close(fd);
	file_closed(file_of(fd));
	open_names[fd - FIRST_FD] = NULL;
	return 0;
}

ssize_t __wrap_pread(int fd, void *bytes, size_t length, off_t at)
{
	if (fd < FIRST_FD)
		return __real_pread(fd, bytes, length, at);
	if (disk_breaks())
		return fail(EIO);
	return (ssize_t)file_read(file_of(fd), bytes, length, (size_t)at);
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t length, off_t at)
{
	struct file *file;

	if (fd < FIRST_FD)
		return __real_pwrite(fd, bytes, length, at);
	file = file_of(fd);
	if (disk_is_dead("pwrite") || disk_breaks())
		return fail(EIO);
	if (disk_mood() == DISK_READ_ONLY)
		return fail(EROFS);
	if (disk_mood() == DISK_FULL && (size_t)at + length > file->length) {
		length = (size_t)at < file->length ? file->length - (size_t)at : 0;
		if (!length)
			return fail(ENOSPC);
	}
	file_write(file, bytes, length, (size_t)at);
	return (ssize_t)length;
}

int __wrap_fdatasync(int fd)
{
	if (fd < FIRST_FD)
		return __real_fdatasync(fd);
	if (disk_is_dead("fdatasync"))
		return fail(EIO);
	if (disk_breaks()) {
		file_sync_badly(file_of(fd));
		return fail(EIO);
	}
	file_sync(file_of(fd));
	return 0;
}

int __wrap_rename(const char *from, const char *to)
{
	struct file *file, *other;

	if (!is_ours(from))
		return __real_rename(from, to);
	file = file_named(from);
	other = file_named(to);
	if (disk_is_dead("rename") || disk_breaks())
		return fail(EIO);
	if (disk_mood() == DISK_READ_ONLY)
		return fail(EROFS);
	if (!file)
		return fail(ENOENT);
	if (other)
		file_drop(other);
	snprintf(file->name, sizeof file->name, "%s", to);
	return 0;
}

/* --- time --------------------------------------------------------------------------------- */

int64_t __wrap_clock_monotonic_us(void)
{
	return world_clock_asked(true);
}

int64_t __wrap_clock_wall_us(void)
{
	return world_clock_asked(false);
}
