/* SPDX-License-Identifier: Apache-2.0
 *
 * The file is replaced as a whole, so that whoever reads it, or a machine that loses its
 * power, sees the old one or the new one. Two processes may save at the same time: each
 * holds the lock while it reads what is there now, adds its own and replaces the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/engine/firsts.h"
#include "agent/engine/lock.h"
#include "ground/clock.h"
#include "ground/file.h"
#include "ground/memory.h"

enum { FILE_MOST = 64 << 20, DAMAGED_MOST = 1000 };

/* Others hold the lock for the time it takes to write a file. */
#define LOCK_PATIENCE_US (5 * CLOCK_SECOND)

static const char file_name[] = "first-seen", new_name[] = "first-seen.new",
		  lock_name[] = "first-seen.lock";

/* -1 when it cannot be had; closing it lets go of it. */
static int take_lock(int folder)
{
	return lock_take(folder, lock_name, LOCK_PATIENCE_US);
}

/* False, and errno 0 when there is no such file. */
static bool read_file(int folder, struct text *bytes)
{
	int fd = openat(folder, file_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char part[16384];
	ssize_t got = -1;

	if (fd < 0) {
		errno = errno == ENOENT ? 0 : errno;
		return false;
	}
	do {
		got = read(fd, part, sizeof part);
		if (got > 0)
			text_add_bytes(bytes, part, (size_t)got);
	} while ((got > 0 && bytes->length <= FILE_MOST) || (got < 0 && errno == EINTR));
	int why = got < 0 ? errno : EFBIG;
	close(fd);
	errno = why;
	return got == 0;
}

/* Whoever holds the lock finds a name that nobody else takes. */
static bool set_aside(int folder, const char *path, struct text *said)
{
	char name[sizeof file_name + 32];
	unsigned number = 0;
	struct stat about;
	bool taken, moved;

	do {
		snprintf(name, sizeof name, "%s.damaged-%u", file_name, ++number);
		taken = !fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW);
	} while (taken && number < DAMAGED_MOST);
	moved = !taken && !renameat(folder, file_name, folder, name);
	if (moved)
		text_add_format(said,
				"%s/%s was damaged and is now called %s: what changed before"
				" this moment is not noticed\n",
				path, file_name, name);
	return moved;
}

static void say(struct text *said, const char *path, const char *why)
{
	text_add_format(said, "%s/%s: %s\n", path, file_name, why);
}

/* Whether what is there can be built upon: it was read, or there is none yet. */
static bool load(struct firsts *firsts, int folder, bool locked, struct text *said)
{
	struct text bytes = { 0 };
	bool good = true;

	if (!read_file(folder, &bytes)) {
		good = !errno;
		if (errno)
			say(said, firsts->folder, strerror(errno));
		text_free(&bytes);
		return good;
	}
	switch (firsts_parse(firsts, text_string(&bytes), bytes.length)) {
	case FIRSTS_GOOD:
		break;
	case FIRSTS_NEWER:
		say(said, firsts->folder,
		    "a newer version of ucposture has written it, and this one leaves it alone");
		good = false;
		break;
	default:
		good = locked && set_aside(folder, firsts->folder, said);
		if (!good)
			say(said, firsts->folder, "it is damaged, and cannot be set aside");
	}
	text_free(&bytes);
	return good;
}

static void say_no_lock(struct text *said, const char *path)
{
	text_add_format(said, "%s/%s: %s\n", path, lock_name,
			errno == EWOULDBLOCK ? "another process holds it" : strerror(errno));
}

struct firsts *firsts_open(const char *path, struct text *said)
{
	struct firsts *firsts = firsts_new();
	int folder, lock;

	firsts->folder = memory_copy(path);
	folder = lock_open_folder(path);
	if (folder < 0) {
		text_add_format(said, "%s: %s\n", path, strerror(errno));
		return firsts;
	}
	lock = take_lock(folder);
	if (lock < 0)
		say_no_lock(said, path);
	firsts->keeps = load(firsts, folder, lock >= 0, said) && lock >= 0;
	if (lock >= 0)
		close(lock);
	close(folder);
	return firsts;
}

static bool write_file(int folder, const struct firsts *firsts)
{
	struct text bytes = { 0 };
	bool good = false;
	int fd, why;

	firsts_format(firsts, &bytes);
	unlinkat(folder, new_name, 0);
	fd = openat(folder, new_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) {
		good = file_write_all(fd, &bytes) && !fsync(fd);
		good = !close(fd) && good;
		good = good && !renameat(folder, new_name, folder, file_name) && !fsync(folder);
	}
	why = errno;
	if (!good)
		unlinkat(folder, new_name, 0);
	errno = why;
	text_free(&bytes);
	return good;
}

/* Who saw it earlier was first; who accepts a change overrides that. */
static void merge(struct firsts *into, const struct firsts *fresh)
{
	for (size_t i = 0; i < fresh->count; i++) {
		const struct first *first = &fresh->items[i];
		const struct recollection key = { into, first->target, first->check };
		struct first *there = (struct first *)firsts_recall(&key, first->fact);

		if (!there) {
			firsts_add(into, first);
		} else if (first->replaces) {
			there->value = arena_copy(into->arena, first->value);
			there->seen_us = first->seen_us;
		}
	}
	firsts_settle(into);
}

static void adopt(struct firsts *firsts, struct firsts *other)
{
	struct firsts old = *firsts;

	*firsts = *other;
	*other = old;
}

static bool save_in(struct firsts *firsts, const struct firsts *fresh, int folder,
		    struct text *said)
{
	struct firsts *now = firsts_new();
	int lock = take_lock(folder);
	bool good = lock >= 0;

	now->folder = memory_copy(firsts->folder);
	now->keeps = true;
	if (!good)
		say_no_lock(said, firsts->folder);
	good = good && load(now, folder, true, said);
	if (good) {
		merge(now, fresh);
		good = write_file(folder, now);
		if (good)
			adopt(firsts, now);
		else
			say(said, firsts->folder, strerror(errno));
	}
	if (lock >= 0)
		close(lock);
	firsts_free(now);
	return good;
}

bool firsts_save(struct firsts *firsts, const struct firsts *fresh, struct text *said)
{
	int folder = firsts->folder ? lock_open_folder(firsts->folder) : -1;
	bool good;

	if (folder < 0) {
		if (firsts->folder)
			text_add_format(said, "%s: %s\n", firsts->folder, strerror(errno));
		good = false;
	} else {
		good = save_in(firsts, fresh, folder, said);
		close(folder);
	}
	firsts->keeps = good;
	return good;
}
