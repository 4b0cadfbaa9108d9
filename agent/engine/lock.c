/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/text.h"
#include "net/loop.h"

/* Each folder on the way; the last error is that of the path itself. */
static bool make_folder(const char *path)
{
	struct text part = { 0 };
	bool good = true;

	for (const char *end = path; good && *end;) {
		end += strspn(end, "/");
		end += strcspn(end, "/");
		text_clear(&part);
		text_add_bytes(&part, path, (size_t)(end - path));
		good = !mkdir(text_string(&part), 0700) || errno == EEXIST;
	}
	text_free(&part);
	return good;
}

int lock_open_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 || errno != ENOENT || !make_folder(path))
		return fd;
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool wait_for_lock(int fd, int64_t patience_us)
{
	int64_t end_us = clock_monotonic_us() + patience_us;
	struct loop *loop = loop_new();
	bool locked = false;
	int why;

	do {
		loop_turn(loop, 20 * CLOCK_MILLISECOND);
		locked = !flock(fd, LOCK_EX | LOCK_NB);
		why = errno;
	} while (!locked && why == EWOULDBLOCK && clock_monotonic_us() < end_us);
	loop_free(loop);
	errno = why;
	return locked;
}

int lock_take(int folder, const char *name, int64_t patience_us)
{
	int fd = openat(folder, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 && !wait_for_lock(fd, patience_us)) {
		int why = errno;

		close(fd);
		errno = why;
		return -1;
	}
	return fd;
}
