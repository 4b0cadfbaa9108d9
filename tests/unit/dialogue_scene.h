/* SPDX-License-Identifier: Apache-2.0
 *
 * A dialogue with a peer that plays a part: a child process with one socket on loopback.
 */
#ifndef TESTS_UNIT_DIALOGUE_SCENE_H
#define TESTS_UNIT_DIALOGUE_SCENE_H

#include "tests/unit/unit.h"

#include <sys/socket.h>
#include <sys/types.h>

#include "ground/clock.h"
#include "net/dialogue.h"

struct scene {
	struct loop *loop;
	struct route route;
	struct dialogue_plan plan;
	struct dialogue_end end;
	unsigned done;
	pid_t peer;
	char heard[64];
};

int bind_loopback(int type, struct address *address);
/* The child plays its part with one connection, or with the UDP socket, and is gone. */
struct scene *scene_with(void (*play)(int fd), int type);
void scene_is_done(void *arg, const struct dialogue_end *end);
void scene_run_for(struct scene *scene, int64_t us);
/* Also ends the peer and frees the scene. */
void scene_assert_ended(struct scene *scene, enum stage stage, enum reason reason,
			const char *step);

/* For parts: these leave the child when the other side is gone. */
void await(int fd, const char *line);
void tell(int fd, const char *line);

void play_well(int fd);
void play_silent(int fd);
void play_another_protocol(int fd);

#endif
