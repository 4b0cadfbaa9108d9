/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/daemon/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "agent/engine/lock.h"
#include "ground/clock.h"
#include "ground/file.h"

static const char file_name[] = "agent.pid";

/* One that is about to end, or that was killed a moment ago, needs as long to let go. */
#define PATIENCE_US CLOCK_SECOND

/* What the other one has written there; 0 when it is not to be read. */
static long pid_of_other(int folder)
{
	int fd = openat(folder, file_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct text bytes = { 0 };
	long pid = 0;

	if (fd >= 0 && file_read_all(fd, 32, &bytes))
		pid = strtol(text_string(&bytes), NULL, 10);
	if (fd >= 0)
		close(fd);
	text_free(&bytes);
	return pid > 0 ? pid : 0;
}

static void say_taken(int folder, const char *path, struct text *said)
{
	long pid = pid_of_other(folder);

	text_add(said, "another agent ");
	if (pid)
		text_add_format(said, "(process %ld) ", pid);
	text_add_format(said, "uses %s: end that one, or give this one a folder of its own with"
			      " --state-dir=DIR\n", path);
}

static int take_lock(int folder)
{
	int lock = lock_take(folder, file_name, PATIENCE_US);

	/* Where nothing may be written now, one that ran before has left it. */
	if (lock >= 0 || errno != EROFS)
		return lock;
	lock = openat(folder, file_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) < 0) {
		close(lock);
		errno = EWOULDBLOCK;
		lock = -1;
	}
	return lock;
}

/* For people; that the disk is full is no reason not to start. */
static void write_pid(int fd)
{
	struct text line = { 0 };

	text_add_format(&line, "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) == 0)
		(void)file_write_all(fd, &line);
	text_free(&line);
}

int instance_take(const char *path, struct text *said)
{
	int folder = lock_open_folder(path);
	int lock = folder < 0 ? -1 : take_lock(folder);

	if (lock >= 0)
		write_pid(lock);
	else if (folder >= 0 && errno == EWOULDBLOCK)
		say_taken(folder, path, said);
	else
		text_add_format(said, "%s cannot be used: %s; the agent has to keep what it"
				      " remembers in a folder that it may write to\n",
				path, strerror(errno));
	if (folder >= 0)
		close(folder);
	return lock;
}
