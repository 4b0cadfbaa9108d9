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
#include "tests/unit/hostile.h"
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

struct event sink_event(void)
{
	return (struct event){
		.number = 17,
		.alarm = 12,
		.at_us = SINK_NOW,
		.target = 1,
		.check = 2,
		.kind = EVENT_CHANGED,
		.from = VERDICT_WARNING,
		.to = VERDICT_CRITICAL,
		.severity = SEVERITY_CRITICAL,
		.cause = ALARM_BY_RESULT,
		.target_name = "pbx-hamburg",
		.check_name = "tls/tcp-443/versions",
		.title = "TLS 1.0 cannot be used",
		.expected = "no TLS1.0",
		.observed = "TLS1.0 TLS1.2",
		.reason = "violated",
		.remedy = "Switch it off",
	};
}

/* A word of the table, the long one, or three words in a row. */
static const char *hostile_text(uint32_t *chance, char room[static 256])
{
	const char *words[3];

	for (int i = 0; i < 3; i++) {
		*chance = *chance * 1664525 + 1013904223;
		words[i] = hostile_words[(*chance >> 8) % HOSTILE_WORDS];
	}
	if (*chance >> 29 == 0)
		return *chance >> 24 & 1 ? hostile_long() : "";
	if (*chance >> 29 < 4)
		return words[0];
	snprintf(room, 256, "%s%s%s", words[0], words[1], words[2]);
	return room;
}

struct event hostile_event(unsigned number)
{
	static char rooms[7][256];
	struct event event = sink_event();
	const char **texts[] = { &event.target_name, &event.check_name, &event.title,
				 &event.expected,    &event.observed,	&event.reason,
				 &event.remedy };
	uint32_t chance = number * 2654435761U + 1;

	event.number = number;
	event.kind = (uint8_t)(number % EVENT_KIND_COUNT);
	event.from = (uint8_t)(number % VERDICT_COUNT);
	event.to = (uint8_t)(number / 7 % VERDICT_COUNT);
	event.severity = (uint8_t)(number / 3 % SEVERITY_COUNT);
	event.cause = (uint8_t)(number / 5 % ALARM_CAUSE_COUNT);
	event.flaps = number % 11 == 0;
	for (size_t i = 0; i < 7; i++)
		*texts[i] = hostile_text(&chance, rooms[i]);
	return event;
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
