/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/log.h"
#include "tests/unit/sink_scene.h"

static void keep_line(void *arg, enum log_level level, const char *topic, const char *line)
{
	struct sink_scene *scene = arg;

	(void)level;
	text_add_format(&scene->log, "%s: %s\n", topic, line);
}

int sink_begin(void **state)
{
	struct sink_scene *scene = test_calloc(1, sizeof *scene);

	snprintf(scene->folder, sizeof scene->folder, "/tmp/test_sink.XXXXXX");
	assert_non_null(mkdtemp(scene->folder));
	snprintf(scene->path, sizeof scene->path, "%s/it", scene->folder);
	scene->loop = loop_new();
	log_redirect(keep_line, scene);
	*state = scene;
	return 0;
}

int sink_end(void **state)
{
	struct sink_scene *scene = *state;
	DIR *open = opendir(scene->folder);
	const struct dirent *item;

	log_redirect(NULL, NULL);
	loop_free(scene->loop);
	while ((item = readdir(open)))
		if (item->d_name[0] != '.')
			unlinkat(dirfd(open), item->d_name, 0);
	closedir(open);
	rmdir(scene->folder);
	text_free(&scene->log);
	test_free(scene);
	return 0;
}

void sink_answered(void *arg, bool acknowledged)
{
	struct sink_scene *scene = arg;

	scene->answers++;
	scene->taken = acknowledged;
}

void sink_wait(struct sink_scene *scene, bool (*holds)(const struct sink_scene *scene))
{
	int64_t until_us = clock_monotonic_us() + 10 * CLOCK_SECOND;

	while (!holds(scene)) {
		assert_true(clock_monotonic_us() < until_us);
		loop_turn(scene->loop, 10 * CLOCK_MILLISECOND);
	}
}

static bool has_answered(const struct sink_scene *scene)
{
	return scene->answers;
}

bool sink_told(struct sink_scene *scene, const struct voice *voice, const struct event *event)
{
	scene->answers = 0;
	voice->tell(voice->arg, event, sink_answered, scene);
	sink_wait(scene, has_answered);
	assert_int_equal(scene->answers, 1);
	return scene->taken;
}

bool is_harmless(const char *bytes, size_t length, const char *but)
{
	for (size_t at = 0, width; at < length; at += width) {
		uint32_t code;

		if (!utf8_character(bytes + at, length - at, &width, &code))
			return false;
		if (utf8_disturbs(code) && (code > 0x7f || !code || !strchr(but, (int)code)))
			return false;
	}
	return true;
}

int listen_here(const struct sink_scene *scene, int type)
{
	struct sockaddr_un here = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(here.sun_path, sizeof here.sun_path, "%s", scene->path);
	unlink(scene->path);
	assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof here), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 5), 0);
	return fd;
}
