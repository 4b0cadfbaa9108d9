/* SPDX-License-Identifier: Apache-2.0
 *
 * An SNMP agent inside the test, which reads what it is asked with a parser of its own and
 * answers as it is told to. snmp_scene_begin() and snmp_scene_end() come in pairs.
 */
#ifndef TESTS_UNIT_SNMP_SCENE_H
#define TESTS_UNIT_SNMP_SCENE_H

#include "tests/unit/unit.h"

#include "collectors/run.h"

enum habit {
	HONEST,
	CUT,			/* after no byte, then after one, and so on */
	CHANGED,		/* in the first byte, then in the second, and so on */
	OTHER_REQUEST,		/* answers a question that nobody asked */
	OTHER_PORT,
	FLOODS,			/* with what is no message at all */
	ENDLESS,		/* its list has no end */
	STUCK,			/* its list says the same again and again */
	BACKWARDS,
	GENEROUS,		/* gives twice of what was asked */
	TOO_BIG,		/* more than `fits` rows are too many for it */
	EMPTY_ANSWERS
};

struct habits {
	enum habit habit;
	unsigned versions;	/* a bit for each: 1, 2, 8 */
	const char *community;	/* NULL: "public" */
	size_t rows, fits;
	unsigned deaf_to;	/* so many datagrams of each version are lost first */
	uint8_t change;
	bool denies;		/* says that it may not be read */
};

enum { ONE = 1, TWO = 2, THREE = 8, ALL = ONE | TWO | THREE };

struct snmp_scene {
	const struct habits *habits;
	struct loop *loop;
	struct resolver *resolver;
	struct runner *runner;
	int fd, other_fd;
	uint16_t port;
	struct watch watch;
	unsigned asked, asked_of[4];	/* datagrams, and of each version */
	size_t damaged;
	struct observation *seen;
};

void snmp_scene_begin(struct snmp_scene *scene, const struct habits *habits);
void snmp_scene_end(struct snmp_scene *scene);
struct request snmp_scene_request(const struct snmp_scene *scene, uint32_t timeout_ms);
/* Begins, and delivers to *seen. */
void snmp_scene_start(struct snmp_scene *scene, const struct request *request,
		      struct observation **seen);
/* Until scene->seen. */
void snmp_scene_look(struct snmp_scene *scene, const struct request *request);
/* NULL: it is not there. */
void snmp_scene_assert(const struct snmp_scene *scene, const char *fact, const char *value);
void snmp_scene_assert_outcome(const struct snmp_scene *scene, enum stage stage,
			       enum reason reason);
/* The answer to what somebody asks; false: to be silent. */
bool snmp_scene_answer(struct snmp_scene *scene, struct reader *in, struct writer *out);

#endif
