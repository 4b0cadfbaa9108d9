/* SPDX-License-Identifier: Apache-2.0
 *
 * A server inside the test that plays one part, and a collector that looks at it.
 * part_begin() and part_end() come in pairs.
 */
#ifndef TESTS_UNIT_PART_SCENE_H
#define TESTS_UNIT_PART_SCENE_H

#include "tests/unit/unit.h"

#include "collectors/run.h"

enum { PART_HEARD_MOST = 4096 };

enum part_then { PART_HOLD, PART_CLOSE, PART_RESET, PART_DRIP, PART_REPEAT };

struct part {
	const void *says;	/* NULL: nothing */
	size_t length;		/* 0: it is a string */
	bool waits;		/* until it is spoken to */
	enum part_then then;
	uint16_t port;		/* where it serves; 0: anywhere */
};

struct part_scene {
	const struct part *part;
	struct loop *loop;
	struct resolver *resolver;
	struct runner *runner;
	int listener, fd;
	char host[ADDRESS_ROOM];
	uint16_t port;
	struct watch called, spoken_to;
	struct timer drip;
	size_t said;
	uint8_t heard[PART_HEARD_MOST + 1];	/* ended by a NUL */
	size_t heard_length;
	unsigned calls;
	bool left, reset;	/* how the collector went */
	struct observation *seen;
};

void part_begin(struct part_scene *scene, const struct part *part);
void part_end(struct part_scene *scene);
/* What is not set is filled in; the collector looks until it has seen or failed, and the
 * server until it has noticed that. */
void part_look(struct part_scene *scene, struct request request);
const struct fact *part_fact(const struct part_scene *scene, const char *name);
/* NULL: it is not there. */
void part_assert_fact(const struct part_scene *scene, const char *name, const char *described);
void part_assert_outcome(const struct part_scene *scene, enum stage stage, enum reason reason);

#endif
