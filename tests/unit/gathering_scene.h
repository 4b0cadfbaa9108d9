/* SPDX-License-Identifier: Apache-2.0
 *
 * The inventory kept fresh, with a crew whose answers the test gives. Sources are asked again
 * when the test says so: their timers are minutes away. begin() and end() come in pairs.
 */
#ifndef TESTS_UNIT_GATHERING_SCENE_H
#define TESTS_UNIT_GATHERING_SCENE_H

#include "tests/unit/unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* To let time pass: their static functions. */
#include "agent/daemon/gathering.c"
#include "agent/daemon/gathering_files.c"

#include "agent/ipc/crew.h"
#include "collectors/document.h"

#define FAR_US (600 * CLOCK_SECOND)
#define A "http://a.example/list.json"
#define B "http://b.example/list.json"

enum { ASKED_MOST = 64, NAME_ROOM_HERE = 64 };

struct crew {
	struct {
		const struct request *request;
		void (*done)(void *arg, struct observation *observation);
		void *arg;
	} asked[ASKED_MOST];
	size_t count, answered;
};

void crew_observe(struct crew *crew, uint32_t key, const struct request *request,
		  void (*done)(void *arg, struct observation *observation), void *arg)
{
	(void)key;
	assert_true(crew->count < ASKED_MOST);
	crew->asked[crew->count].request = request;
	crew->asked[crew->count].done = done;
	crew->asked[crew->count++].arg = arg;
}

/* It outlives those who hire it. */
static struct crew the_crew;
static struct prober_settings hired;

struct crew *crew_new(struct loop *loop, unsigned probers, const struct prober_settings *settings)
{
	(void)loop;
	assert_int_equal(probers, 1);
	hired = *settings;
	the_crew = (struct crew){ .count = 0 };
	return &the_crew;
}

unsigned crew_usual_size(void)
{
	return 1;
}

void crew_free(struct crew *crew)
{
	(void)crew;
}

struct scene {
	struct loop *loop;
	struct gathering *gathering;
	char folder[NAME_ROOM_HERE];
	const char *hates;		/* documents with this in them are of no use */
	unsigned changes, reports;
	char *failed;
	struct inventory_source sources[3];
	struct config config;
	bool sets_again;		/* as a reload does */
	uint64_t files;
};

/* One scene at a time; inventory_state() has no other way to it. */
static struct scene *current;

uint64_t inventory_state(const struct config *config)
{
	for (size_t i = 0; i < config->inventory_count; i++)
		assert_non_null(config->inventory[i].file);
	return current->files;
}

static inline bool see_change(void *arg, struct text *said)
{
	struct scene *scene = arg;
	const struct inventory_fetched *fetched = gathering_fetched(scene->gathering);

	scene->changes++;
	for (size_t i = 0; scene->hates && i < fetched->count; i++)
		if (strstr(fetched->items[i].bytes, scene->hates)) {
			text_add_format(said, "%s:1:1: bad", fetched->items[i].url);
			return false;
		}
	if (scene->sets_again)
		gathering_set(scene->gathering, &scene->config);
	return true;
}

static inline void see_failure(void *arg, const char *why)
{
	struct scene *scene = arg;

	scene->reports++;
	free(scene->failed);
	scene->failed = memory_copy(why);
}

static inline void start(struct scene *scene)
{
	const struct gathering_user user = { scene, see_change, see_failure };

	scene->gathering = gathering_new(scene->loop, scene->folder, &user);
	gathering_set(scene->gathering, &scene->config);
}

static inline void begin(struct scene *scene, const char *first, const char *second)
{
	const char *tmp = getenv("TMPDIR");

	*scene = (struct scene){ .loop = loop_new(), .files = 1 };
	current = scene;
	snprintf(scene->folder, sizeof scene->folder, "%s/gathering-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(scene->folder));
	scene->sources[0] = (struct inventory_source){ .url = first, .refresh_us = FAR_US };
	scene->sources[1] = (struct inventory_source){ .url = second, .refresh_us = FAR_US };
	scene->sources[2] = (struct inventory_source){ .file = "/nowhere", .refresh_us = FAR_US };
	scene->config.inventory = scene->sources;
	scene->config.inventory_count = second ? 2 : 1;
	start(scene);
}

static inline void end(struct scene *scene)
{
	char inside[NAME_ROOM_HERE + 16];

	gathering_free(scene->gathering);
	loop_free(scene->loop);
	copies_keep(scene->folder, NULL, 0);
	snprintf(inside, sizeof inside, "%s/inventory", scene->folder);
	rmdir(inside);
	assert_int_equal(rmdir(scene->folder), 0);
	free(scene->failed);
}

#endif
