/* SPDX-License-Identifier: Apache-2.0
 *
 * A fetch from a peer that plays a part: a child process with one listening socket on
 * loopback, which answers one connection after another.
 */
#ifndef TESTS_UNIT_FETCH_SCENE_H
#define TESTS_UNIT_FETCH_SCENE_H

#include "tests/unit/dialogue_scene.h"

#include "net/fetch.h"

enum { FETCHED_BODY_MOST = 4096, FETCHED_HEADERS_MOST = 8 };

struct fetch_scene {
	struct loop *loop;
	struct fetcher *fetcher;
	struct url url;
	struct route route;
	struct fetch_plan plan;
	pid_t peer;
	unsigned done;
	/* What it was told, copied. */
	struct fetch_end end;
	char version[8];
	char headers[FETCHED_HEADERS_MOST][2][128];
	char body[FETCHED_BODY_MOST + 1];
	size_t chain_length, staple_length;
};

struct fetch_scene *fetch_scene_with(const char *url, void (*play)(int fd));
/* Waits at most so long; done exactly once. */
void fetch_scene_run(struct fetch_scene *scene, int64_t us);
void fetch_scene_done(void *arg, const struct fetch_end *end);
void fetch_scene_ended(const struct fetch_scene *scene, enum stage stage, enum reason reason);
const char *fetch_scene_header(const struct fetch_scene *scene, const char *name);
void fetch_scene_free(struct fetch_scene *scene);

/* For parts: waits for a request and says that. */
void answer(int fd, const char *bytes, size_t length);

#endif
