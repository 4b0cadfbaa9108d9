/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/dialogue_scene.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* HELO → OK\n, then BYE → SEEN\n. */
static void say_helo(struct writer *out, void *talk)
{
	(void)talk;
	writer_put_text(out, "HELO\n");
}

static void say_bye(struct writer *out, void *talk)
{
	(void)talk;
	writer_put_text(out, "BYE\n");
}

static enum turn hear_line(struct reader *in, struct scene *scene, const char *wanted,
			   enum turn then)
{
	const char *line;
	size_t length;

	if (in->bytes[0] == '!')
		return TURN_NOT_THIS_PROTOCOL;
	if (in->bytes[0] == '?')
		return TURN_MALFORMED;
	if (!reader_take_line(in, &line, &length))
		return TURN_NEED_MORE;
	snprintf(scene->heard + strlen(scene->heard), 30, "%.*s", (int)length, line);
	return length == strlen(wanted) && !memcmp(line, wanted, length) ? then
									: TURN_MALFORMED;
}

static enum turn hear_ok(struct reader *in, void *talk)
{
	return hear_line(in, talk, "OK", TURN_NEXT_STEP);
}

static enum turn hear_seen(struct reader *in, void *talk)
{
	return hear_line(in, talk, "SEEN", TURN_CONCLUDED);
}

static const struct step steps[] = {
	{ "greet", say_helo, hear_ok, STAGE_REPLY },
	{ "part", say_bye, hear_seen, STAGE_REPLY },
	{ "never reached", say_bye, hear_seen, STAGE_REPLY },
};

void scene_is_done(void *arg, const struct dialogue_end *end)
{
	struct scene *scene = arg;

	scene->end = *end;
	scene->done++;
	loop_stop(scene->loop);
}

int bind_loopback(int type, struct address *address)
{
	struct sockaddr_in name = { .sin_family = AF_INET };
	socklen_t length = sizeof name;
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, length), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	assert_true(address_parse("127.0.0.1", address));
	address->port = ntohs(name.sin_port);
	return fd;
}

struct scene *scene_with(void (*play)(int fd), int type)
{
	struct scene *scene = calloc(1, sizeof *scene);
	int fd = bind_loopback(type, &scene->route.peer);

	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 4), 0);
	scene->peer = fork();
	if (!scene->peer) {
		alarm(20);
		play(type == SOCK_STREAM ? accept(fd, NULL, NULL) : fd);
		_exit(0);
	}
	close(fd);
	scene->loop = loop_new();
	scene->plan = (struct dialogue_plan){
		.steps = steps,
		.count = 3,
		.route = &scene->route,
		.over_udp = type == SOCK_DGRAM,
	};
	return scene;
}

void scene_run_for(struct scene *scene, int64_t us)
{
	scene->plan.deadline_us = clock_monotonic_us() + us;
	assert_non_null(dialogue_start(scene->loop, &scene->plan, scene, scene_is_done, scene));
	assert_int_equal(scene->done, 0);
	loop_run(scene->loop);
	assert_int_equal(scene->done, 1);
}

void scene_assert_ended(struct scene *scene, enum stage stage, enum reason reason,
			 const char *step)
{
	assert_string_equal(reason_word(scene->end.outcome.reason), reason_word(reason));
	assert_string_equal(stage_word(scene->end.outcome.stage), stage_word(stage));
	if (step)
		assert_string_equal(scene->end.outcome.step, step);
	else
		assert_null(scene->end.outcome.step);
	loop_free(scene->loop);
	kill(scene->peer, SIGKILL);
	waitpid(scene->peer, NULL, 0);
	free(scene);
}

void await(int fd, const char *line)
{
	char room[512] = "";
	size_t have = 0;

	while (have < sizeof room - 1 && !strstr(room, line)) {
		ssize_t n = read(fd, room + have, sizeof room - 1 - have);

		if (n <= 0)
			_exit(1);
		have += (size_t)n;
	}
}

void tell(int fd, const char *line)
{
	if (send(fd, line, strlen(line), MSG_NOSIGNAL) < 0)
		_exit(1);
}

void play_well(int fd)
{
	await(fd, "HELO\n");
	tell(fd, "OK\n");
	await(fd, "BYE\n");
	tell(fd, "SEEN\n");
	pause();
}

void play_silent(int fd)
{
	(void)fd;
	pause();
}

void play_another_protocol(int fd)
{
	tell(fd, "!220 smtp\n");
	pause();
}

