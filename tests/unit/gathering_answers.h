/* SPDX-License-Identifier: Apache-2.0
 *
 * What the crew of a gathering scene answers, and what shall have come of it.
 */
#ifndef TESTS_UNIT_GATHERING_ANSWERS_H
#define TESTS_UNIT_GATHERING_ANSWERS_H

#include "tests/unit/gathering_scene.h"

static inline struct observation *observed(int64_t status)
{
	struct observation *observation = observation_new();

	facts_set_integer(observation->facts, document_fact(DOCUMENT_STATUS), status);
	return observation;
}

static inline struct observation *document(const char *body, const char *etag)
{
	struct observation *observation = observed(200);

	facts_set_text(observation->facts, document_fact(DOCUMENT_BODY), body);
	if (etag)
		facts_set_text(observation->facts, document_fact(DOCUMENT_ETAG), etag);
	return observation;
}

static inline struct observation *failure(enum stage stage, enum reason reason)
{
	struct observation *observation = observation_new();

	observation->outcome = (struct outcome){ .stage = stage, .reason = reason };
	return observation;
}

/* The oldest question that waits; and what follows from it happens. */
static inline void answer(struct observation *observation)
{
	size_t number = the_crew.answered++;

	assert_true(number < the_crew.count);
	the_crew.asked[number].done(the_crew.asked[number].arg, observation);
}

static inline void settle(struct scene *scene)
{
	loop_turn(scene->loop, 0);
	loop_turn(scene->loop, 0);
}

static inline const struct request *last_request(void)
{
	return the_crew.asked[the_crew.count - 1].request;
}

static inline void ask_again(struct scene *scene, size_t source)
{
	assert_true(scene->gathering->sources[source]->next.running);
	timer_stop(&scene->gathering->sources[source]->next);
	source_fetch(scene->gathering->sources[source]);
}

static inline void assert_there(struct scene *scene, const char *url, const char *body)
{
	const struct inventory_fetched *fetched = gathering_fetched(scene->gathering);
	const char *there = "nothing";

	for (size_t i = 0; i < fetched->count; i++)
		if (!strcmp(fetched->items[i].url, url)) {
			there = fetched->items[i].bytes;
			assert_int_equal(fetched->items[i].length, strlen(there));
		}
	assert_string_equal(there, body ? body : "nothing");
}

static inline void assert_failed(const struct scene *scene, const char *why)
{
	assert_string_equal(scene->failed ? scene->failed : "nothing", why ? why : "nothing");
}

static inline void come(struct scene *scene, const char *body, const char *etag)
{
	answer(document(body, etag));
	settle(scene);
}

#endif
