/* SPDX-License-Identifier: Apache-2.0
 *
 * A sink that is told, in a folder of its own, and what it was told looked at.
 */
#ifndef TESTS_UNIT_SINK_SCENE_H
#define TESTS_UNIT_SINK_SCENE_H

#include "agent/daemon/sinks.h"

#define SINK_TEST(name) cmocka_unit_test_setup_teardown(name, sink_begin, sink_end)

struct sink_scene {
	char folder[64];
	char path[96];		/* of a file or a socket in it */
	struct loop *loop;
	unsigned answers;
	bool taken;		/* the newest */
	struct text log;
};

int sink_begin(void **state);
int sink_end(void **state);

/* Tells it and turns the loop until it has answered. */
bool sink_told(struct sink_scene *scene, const struct voice *voice, const struct event *event);
void sink_answered(void *arg, bool acknowledged);
/* Until the condition holds; fails after ten seconds. */
void sink_wait(struct sink_scene *scene, bool (*holds)(const struct sink_scene *scene));
/* True when it is well-formed UTF-8 and no byte of it does anything to a terminal. */
bool is_harmless(const char *bytes, size_t length, const char *but);

/* A socket at scene->path. */
int listen_here(const struct sink_scene *scene, int type);

#endif
