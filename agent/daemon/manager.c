/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/daemon/manager.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/log.h"
#include "ground/memory.h"
#include "ground/text.h"
#include "net/local.h"

/* Of the time the manager gives us: how often it hears of us, and what counts as late. Once late
 * it still hears in time, twice it does not. */
enum { BEATS = 3, LATE_PART = 6, STATUS_MOST = 400 };

/* It does not listen: what it must hear is said again after this. */
#define AGAIN_US (100 * CLOCK_MILLISECOND)

struct manager {
	int fd;			/* -1: there is none */
	int64_t watchdog_us;	/* 0: it does not watch */
	int64_t beat_us;	/* when it is to hear of us next */
	bool owes_ready;	/* it could not be said */
	bool is_deaf;		/* as far as the log knows */
	char *status;
};

/* An absolute path, or @ and the name of an abstract socket. */
static int connect_to(const char *name)
{
	struct sockaddr_un there;
	socklen_t length = local_address(name, &there);

	if ((name[0] != '/' && name[0] != '@') || !name[1]) {
		errno = EINVAL;
		length = 0;
	}
	if (name[0] == '@')
		there.sun_path[0] = '\0';
	return length ? local_connect(&there, length, SOCK_DGRAM) : -1;
}

/* 0: none, or not a number. */
static int64_t number_of(const char *variable)
{
	const char *value = getenv(variable);
	char *end = NULL;
	intmax_t number;

	if (!value || *value < '0' || *value > '9')
		return 0;
	errno = 0;
	number = strtoimax(value, &end, 10);
	return errno || *end || number > INT64_MAX ? 0 : (int64_t)number;
}

static int64_t watchdog_of_environment(void)
{
	if (getenv("WATCHDOG_PID") && number_of("WATCHDOG_PID") != getpid())
		return 0;
	return number_of("WATCHDOG_USEC");
}

struct manager *manager_new(int64_t now_us)
{
	struct manager *manager = memory_new(1, sizeof *manager);
	const char *name = getenv("NOTIFY_SOCKET");

	manager->fd = name && *name ? connect_to(name) : -1;
	if (name && *name && manager->fd < 0)
		log_warn("manager", "NOTIFY_SOCKET cannot be used: %s", strerror(errno));
	if (manager->fd >= 0)
		manager->watchdog_us = watchdog_of_environment();
	manager->beat_us = now_us;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_PID");
	unsetenv("WATCHDOG_USEC");
	return manager;
}

void manager_free(struct manager *manager)
{
	if (!manager)
		return;
	if (manager->fd >= 0)
		close(manager->fd);
	free(manager->status);
	free(manager);
}

/* A manager that takes nothing is no reason to be late with a check. False: it is busy. */
static bool say(struct manager *manager, const char *what)
{
	int why = 0;

	if (manager->fd >= 0 &&
	    send(manager->fd, what, strlen(what), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		why = errno;
	if (why && !manager->is_deaf)
		log_warn("manager", "the service manager does not hear us: %s", strerror(why));
	manager->is_deaf = why != 0;
	return why != EAGAIN;
}

void manager_say_ready(struct manager *manager)
{
	manager->owes_ready = !say(manager, "READY=1");
}

void manager_say_reloading(struct manager *manager)
{
	char line[64];

	snprintf(line, sizeof line, "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
		 clock_monotonic_us());
	say(manager, line);
}

void manager_say_stopping(struct manager *manager)
{
	say(manager, "STOPPING=1");
}

void manager_say_status(struct manager *manager, const char *status)
{
	struct text line = { 0 };

	if (manager->fd < 0 || (manager->status && !strcmp(manager->status, status)))
		return;
	free(manager->status);
	manager->status = memory_copy(status);
	text_add(&line, "STATUS=");
	text_add_foreign(&line, status, strlen(status), STATUS_MOST);
	say(manager, text_string(&line));
	text_free(&line);
}

static int64_t beat(struct manager *manager, int64_t now_us)
{
	int64_t late_us = now_us - manager->beat_us;

	if (!manager->watchdog_us)
		return INT64_MAX;
	if (late_us < 0)
		return manager->beat_us;
	if (late_us <= manager->watchdog_us / LATE_PART)
		say(manager, "WATCHDOG=1");
	else
		log_warn("manager", "the loop is late by %" PRId64 " ms",
			 late_us / CLOCK_MILLISECOND);
	manager->beat_us = now_us + manager->watchdog_us / BEATS;
	return manager->beat_us;
}

int64_t manager_turn(struct manager *manager, int64_t now_us)
{
	int64_t beat_us = beat(manager, now_us);

	if (manager->owes_ready)
		manager_say_ready(manager);
	return manager->owes_ready && now_us + AGAIN_US < beat_us ? now_us + AGAIN_US : beat_us;
}

bool manager_keeps_the_log(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat about;
	char ours[64];

	if (!stream || fstat(STDERR_FILENO, &about) < 0)
		return false;
	snprintf(ours, sizeof ours, "%ju:%ju", (uintmax_t)about.st_dev,
		 (uintmax_t)about.st_ino);
	return !strcmp(stream, ours);
}
