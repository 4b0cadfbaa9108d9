/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/fetch_scene.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void play_to_all(int listening, void (*play)(int fd))
{
	for (;;) {
		int fd = accept(listening, NULL, NULL);

		if (fd < 0)
			_exit(1);
		play(fd);
		close(fd);
	}
}

struct fetch_scene *fetch_scene_with(const char *url, void (*play)(int fd))
{
	struct fetch_scene *scene = calloc(1, sizeof *scene);
	int fd = bind_loopback(SOCK_STREAM, &scene->route.peer);
	const char *why;

	assert_int_equal(listen(fd, 64), 0);
	scene->peer = fork();
	if (!scene->peer) {
		alarm(60);
		signal(SIGPIPE, SIG_IGN);
		play_to_all(fd, play);
	}
	close(fd);
	assert_true(url_parse(url, &scene->url, &why));
	scene->route.name = scene->url.host;
	scene->plan = (struct fetch_plan){ .url = &scene->url, .route = &scene->route,
					   .agent = "ucposture/test",
					   .most_body_bytes = FETCHED_BODY_MOST };
	scene->loop = loop_new();
	scene->fetcher = fetcher_new(scene->loop);
	return scene;
}

void fetch_scene_done(void *arg, const struct fetch_end *end)
{
	struct fetch_scene *scene = arg;

	scene->done++;
	scene->end = *end;
	if (end->body.length)
		memcpy(scene->body, end->body.bytes, end->body.length);
	scene->body[end->body.length] = '\0';
	scene->chain_length = end->chain.length;
	scene->staple_length = end->staple.length;
	if (end->version)
		snprintf(scene->version, sizeof scene->version, "%s", end->version);
	for (size_t i = 0; i < end->header_count && i < FETCHED_HEADERS_MOST; i++) {
		snprintf(scene->headers[i][0], sizeof scene->headers[i][0], "%s",
			 end->headers[i].name);
		snprintf(scene->headers[i][1], sizeof scene->headers[i][1], "%s",
			 end->headers[i].value);
	}
	loop_stop(scene->loop);
}

void fetch_scene_run(struct fetch_scene *scene, int64_t us)
{
	memset(scene->body, 0, sizeof scene->body);
	memset(scene->headers, 0, sizeof scene->headers);
	scene->done = 0;
	scene->plan.deadline_us = clock_monotonic_us() + us;
	assert_non_null(fetch_start(scene->fetcher, &scene->plan, fetch_scene_done, scene));
	assert_int_equal(scene->done, 0);
	loop_run(scene->loop);
	assert_int_equal(scene->done, 1);
}

void fetch_scene_ended(const struct fetch_scene *scene, enum stage stage, enum reason reason)
{
	assert_string_equal(reason_word(scene->end.outcome.reason), reason_word(reason));
	assert_string_equal(stage_word(scene->end.outcome.stage), stage_word(stage));
}

const char *fetch_scene_header(const struct fetch_scene *scene, const char *name)
{
	for (size_t i = 0; i < scene->end.header_count; i++)
		if (!strcmp(scene->headers[i][0], name))
			return scene->headers[i][1];
	return NULL;
}

void fetch_scene_free(struct fetch_scene *scene)
{
	/* What has ended is freed in the turn behind. */
	loop_turn(scene->loop, 0);
	fetcher_free(scene->fetcher);
	loop_free(scene->loop);
	kill(scene->peer, SIGKILL);
	waitpid(scene->peer, NULL, 0);
	free(scene);
}

void answer(int fd, const char *bytes, size_t length)
{
	await(fd, "\r\n\r\n");
	while (length) {
		ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		bytes += n;
		length -= (size_t)n;
	}
}
