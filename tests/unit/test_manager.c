/* SPDX-License-Identifier: Apache-2.0
 *
 * The service manager is a socket of ours.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/daemon/manager.h"
#include "ground/clock.h"
#include "ground/log.h"
#include "tests/unit/unit.h"

enum { START_US = 1000000 };

struct scene {
	char name[96];		/* of the socket, as the environment says it */
	int fd;
	char heard[512];
	unsigned warnings;
};

static void count_line(void *arg, enum log_level level, const char *topic, const char *line)
{
	struct scene *scene = arg;

	(void)topic;
	(void)line;
	scene->warnings += level == LOG_LEVEL_WARN;
}

static struct scene *scene_new(char first)
{
	struct scene *scene = test_calloc(1, sizeof *scene);
	struct sockaddr_un there = { .sun_family = AF_UNIX };
	size_t length;

	snprintf(scene->name, sizeof scene->name, "%ctmp/ucposture-manager-%ld", first,
		 (long)getpid());
	length = strlen(scene->name);
	memcpy(there.sun_path, scene->name, length);
	if (first == '@')
		there.sun_path[0] = '\0';
	scene->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(scene->fd, (const struct sockaddr *)&there,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)), 0);
	setenv("NOTIFY_SOCKET", scene->name, 1);
	log_redirect(count_line, scene);
	return scene;
}

static int set_up(void **state)
{
	*state = scene_new('/');
	return 0;
}

static int set_up_abstract(void **state)
{
	*state = scene_new('@');
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	log_redirect(NULL, NULL);
	close(scene->fd);
	unlink(scene->name);
	test_free(scene);
	return 0;
}

/* The next datagram, or "". */
static const char *heard(struct scene *scene)
{
	ssize_t got = recv(scene->fd, scene->heard, sizeof scene->heard - 1, 0);

	scene->heard[got > 0 ? got : 0] = '\0';
	return scene->heard;
}

static void it_hears_how_we_are(void **state)
{
	struct scene *scene = *state;
	struct manager *manager = manager_new(START_US);
	int64_t said_us, before_us = clock_monotonic_us();

	manager_say_ready(manager);
	assert_string_equal(heard(scene), "READY=1");
	manager_say_reloading(manager);
	assert_int_equal(sscanf(heard(scene), "RELOADING=1\nMONOTONIC_USEC=%" SCNd64, &said_us), 1);
	assert_true(said_us >= before_us && said_us <= clock_monotonic_us());
	manager_say_stopping(manager);
	assert_string_equal(heard(scene), "STOPPING=1");
	assert_int_equal(scene->warnings, 0);
	manager_free(manager);
}

static void the_status_is_one_line_and_said_once(void **state)
{
	struct scene *scene = *state;
	struct manager *manager = manager_new(START_US);

	manager_say_status(manager, "two targets\nREADY=1");
	assert_string_equal(heard(scene), "STATUS=two targets\\x0AREADY=1");
	manager_say_status(manager, "two targets\nREADY=1");
	assert_string_equal(heard(scene), "");
	manager_say_status(manager, "three");
	assert_string_equal(heard(scene), "STATUS=three");
	manager_free(manager);
}

static void whom_we_start_cannot_speak_for_us(void **state)
{
	setenv("WATCHDOG_USEC", "30000000", 1);
	(void)state;
	manager_free(manager_new(START_US));
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_null(getenv("WATCHDOG_USEC"));
}

static void the_watchdog_hears_us_three_times_as_often_as_it_must(void **state)
{
	struct scene *scene = *state;
	char pid[32];

	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	setenv("WATCHDOG_USEC", "30000000", 1);
	struct manager *manager = manager_new(START_US);

	assert_int_equal(manager_turn(manager, START_US), START_US + 10 * CLOCK_SECOND);
	assert_string_equal(heard(scene), "WATCHDOG=1");
	/* Turns in between say nothing. */
	assert_int_equal(manager_turn(manager, START_US + 9 * CLOCK_SECOND),
			 START_US + 10 * CLOCK_SECOND);
	assert_string_equal(heard(scene), "");
	assert_int_equal(manager_turn(manager, START_US + 11 * CLOCK_SECOND),
			 START_US + 21 * CLOCK_SECOND);
	assert_string_equal(heard(scene), "WATCHDOG=1");
	manager_free(manager);
}

static void a_loop_that_is_late_says_nothing_to_the_watchdog(void **state)
{
	struct scene *scene = *state;

	setenv("WATCHDOG_USEC", "30000000", 1);
	struct manager *manager = manager_new(START_US);

	manager_turn(manager, START_US);
	heard(scene);
	/* Once is forgiven: it would have waited for 30 s, and hears after 26 s. */
	assert_int_equal(manager_turn(manager, START_US + 16 * CLOCK_SECOND),
			 START_US + 26 * CLOCK_SECOND);
	assert_string_equal(heard(scene), "");
	assert_int_equal(scene->warnings, 1);
	manager_turn(manager, START_US + 26 * CLOCK_SECOND);
	assert_string_equal(heard(scene), "WATCHDOG=1");
	manager_free(manager);
}

static void a_watchdog_of_another_process_is_not_ours(void **state)
{
	struct scene *scene = *state;

	setenv("WATCHDOG_PID", "1", 1);
	setenv("WATCHDOG_USEC", "30000000", 1);
	struct manager *manager = manager_new(START_US);

	assert_true(manager_turn(manager, START_US) == INT64_MAX);
	assert_string_equal(heard(scene), "");
	manager_free(manager);
	setenv("WATCHDOG_USEC", "soon", 1);
	setenv("NOTIFY_SOCKET", scene->name, 1);
	manager = manager_new(START_US);
	assert_true(manager_turn(manager, START_US) == INT64_MAX);
	manager_free(manager);
}

static void without_a_socket_nothing_is_told(void **state)
{
	struct scene *scene = *state;
	const char *const names[] = { "", "relative/socket", "@", "/nowhere/at/all" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		setenv("NOTIFY_SOCKET", names[i], 1);
		struct manager *manager = manager_new(START_US);

		manager_say_ready(manager);
		manager_say_status(manager, "well");
		assert_true(manager_turn(manager, START_US) == INT64_MAX);
		manager_free(manager);
	}
	assert_string_equal(heard(scene), "");
	/* All but the empty one are somebody's mistake. */
	assert_int_equal(scene->warnings, 3);
}

static void a_manager_that_is_busy_hears_later_that_we_are_ready(void **state)
{
	struct scene *scene = *state;
	struct manager *manager = manager_new(START_US);
	bool heard_ready = false;

	/* Until its queue is full. */
	for (int i = 0; !scene->warnings; i++) {
		char status[32];

		snprintf(status, sizeof status, "%d", i);
		manager_say_status(manager, status);
	}
	manager_say_ready(manager);
	assert_true(manager_turn(manager, START_US) < START_US + CLOCK_SECOND);
	assert_int_equal(scene->warnings, 1);
	while (*heard(scene))
		assert_string_not_equal(scene->heard, "READY=1");
	assert_true(manager_turn(manager, START_US + CLOCK_SECOND) == INT64_MAX);
	while (*heard(scene))
		heard_ready = heard_ready || !strcmp(scene->heard, "READY=1");
	assert_true(heard_ready);
	manager_free(manager);
}

static void a_manager_that_is_gone_is_no_trouble(void **state)
{
	struct scene *scene = *state;
	struct manager *manager = manager_new(START_US);

	close(scene->fd);
	scene->fd = -1;
	manager_say_ready(manager);
	assert_int_equal(scene->warnings, 1);
	manager_free(manager);
}

static void the_journal_is_known_by_its_stream(void **state)
{
	struct stat about;
	char stream[64];

	(void)state;
	assert_int_equal(fstat(STDERR_FILENO, &about), 0);
	snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)about.st_dev,
		 (uintmax_t)about.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	assert_true(manager_keeps_the_log());
	setenv("JOURNAL_STREAM", "1:1", 1);
	assert_false(manager_keeps_the_log());
	unsetenv("JOURNAL_STREAM");
	assert_false(manager_keeps_the_log());
}

int main(void)
{
#define WITH(test, up) cmocka_unit_test_setup_teardown(test, up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH(it_hears_how_we_are, set_up),
		WITH(it_hears_how_we_are, set_up_abstract),
		WITH(the_status_is_one_line_and_said_once, set_up),
		WITH(whom_we_start_cannot_speak_for_us, set_up),
		WITH(the_watchdog_hears_us_three_times_as_often_as_it_must, set_up),
		WITH(a_loop_that_is_late_says_nothing_to_the_watchdog, set_up),
		WITH(a_watchdog_of_another_process_is_not_ours, set_up),
		WITH(without_a_socket_nothing_is_told, set_up),
		WITH(a_manager_that_is_busy_hears_later_that_we_are_ready, set_up),
		WITH(a_manager_that_is_gone_is_no_trouble, set_up),
		cmocka_unit_test(the_journal_is_known_by_its_stream),
	};
#undef WITH

	return cmocka_run_group_tests(tests, NULL, NULL);
}
