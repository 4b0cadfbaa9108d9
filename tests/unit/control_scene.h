/* SPDX-License-Identifier: Apache-2.0
 *
 * A made house with its control socket, and somebody who asks there.
 */
#ifndef TESTS_UNIT_CONTROL_SCENE_H
#define TESTS_UNIT_CONTROL_SCENE_H

#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/cli/answer.h"
#include "agent/daemon/control.h"
#include "ground/clock.h"
#include "tests/unit/made_house.h"

static char folder[] = "/tmp/ucposture-control-XXXXXX";
static struct sockaddr_un place = { .sun_family = AF_UNIX };
static struct made_house *made;
static struct control *control;
static struct arena *arena;

static inline void open_house(size_t targets, size_t checks)
{
	struct text said = { 0 };

	made = made_house_new(targets, checks);
	control = control_new(&made->house, place.sun_path, &said);
	if (!control)
		fail_msg("%s", text_string(&said));
	text_free(&said);
}

static inline int set_up(void **state)
{
	(void)state;
	memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(folder));
	snprintf(place.sun_path, sizeof place.sun_path, "%s/control", folder);
	arena = arena_new();
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	control_free(control);
	if (made)
		made_house_free(made);
	control = NULL;
	made = NULL;
	arena_free(arena);
	unlink(place.sun_path);
	return rmdir(folder);
}

static inline int connected(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&place, sizeof place), 0);
	return fd;
}

static inline void say(int fd, const char *words)
{
	assert_int_equal(send(fd, words, strlen(words), MSG_NOSIGNAL), strlen(words));
}

static inline void turn(unsigned times)
{
	while (times--)
		loop_turn(made->house.loop, 1000);
}

/* What has come; false: and the connection was ended. */
static inline bool hear(int fd, struct text *bytes)
{
	char some[65536];
	ssize_t length;

	while ((length = recv(fd, some, sizeof some, 0)) > 0)
		text_add_bytes(bytes, some, (size_t)length);
	return length < 0 && errno == EAGAIN;
}

/* Turns until the answer has ended. */
static inline void hear_all(int fd, struct text *bytes)
{
	int64_t patience_us = clock_monotonic_us() + 60 * CLOCK_SECOND;

	while (hear(fd, bytes)) {
		assert_true(clock_monotonic_us() < patience_us);
		turn(1);
	}
	close(fd);
}

static inline const struct value *ask(const char *question)
{
	struct text bytes = { 0 };
	const struct value *answer;
	int fd = connected();

	say(fd, question);
	say(fd, "\n");
	hear_all(fd, &bytes);
	answer = answer_read(arena, text_string(&bytes), bytes.length);
	if (!answer)
		fail_msg("no JSON: %.200s", text_string(&bytes));
	text_free(&bytes);
	return answer;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
