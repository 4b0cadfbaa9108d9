/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "agent/engine/places.h"
#include "collectors/collector.h"
#include "ground/memory.h"

enum { MOST = 8 };

/* Observations of one target. */
struct scene {
	struct plan plan;
	struct plan_observation observations[MOST];
	struct places *places;
};

static struct request *
add(struct scene *scene, const char *collector, enum subject_kind kind, uint16_t port)
{
	struct plan_observation *observation =
		&scene->observations[scene->plan.observation_count++];

	observation->request = (struct request){
		.collector = collector_named(collector),
		.subject = { .kind = kind, .text = "", .first = port, .last = port },
		.host = "pbx.example",
		.family = 4,
	};
	return &observation->request;
}

static void settle(struct scene *scene)
{
	scene->plan.observations = scene->observations;
	scene->places = places_new(&scene->plan);
}

static void
hear(struct scene *scene, uint32_t number, enum stage stage, enum reason reason, const char *port)
{
	struct observation *observation = observation_new();

	observation->outcome = (struct outcome){ .stage = stage, .reason = reason };
	if (port)
		facts_set_text(observation->facts, fact_named("port.state"), port);
	places_hear(scene->places, number, observation);
	observation_free(observation);
}

/* Whether it is known that nobody would answer. */
static bool is_known(struct scene *scene, uint32_t number)
{
	struct observation *known = places_known(scene->places, number);
	bool is = known;

	if (known) {
		assert_int_equal(known->outcome.stage, STAGE_CONNECT);
		assert_int_equal(known->outcome.reason, REASON_TIMED_OUT);
		assert_non_null(known->detail);
	}
	observation_free(known);
	return is;
}

static void those_of_one_port_wait_for_each_other(void **state)
{
	struct scene scene = { 0 };

	(void)state;
	add(&scene, "tls", SUBJECT_TCP, 443);
	add(&scene, "tls", SUBJECT_TCP, 5061);
	add(&scene, "certificate", SUBJECT_TCP, 443);
	add(&scene, "http", SUBJECT_PATH, 443);
	settle(&scene);
	assert_false(places_waits(scene.places, 0));
	assert_false(places_waits(scene.places, 1));
	assert_true(places_waits(scene.places, 2));
	assert_int_equal(places_next(scene.places, 0), 2);
	assert_int_equal(places_next(scene.places, 2), 3);
	assert_int_equal(places_next(scene.places, 3), NOBODY);
	assert_int_equal(places_next(scene.places, 1), NOBODY);
	places_free(scene.places);
	places_free(NULL);
}

static void where_nobody_answered_nobody_is_asked_again(void **state)
{
	struct scene scene = { 0 };

	(void)state;
	add(&scene, "tls", SUBJECT_TCP, 443);
	add(&scene, "certificate", SUBJECT_TCP, 443);
	add(&scene, "http", SUBJECT_PATH, 443);
	add(&scene, "tls", SUBJECT_TCP, 5061);
	settle(&scene);
	assert_false(is_known(&scene, 1));
	hear(&scene, 0, STAGE_CONNECT, REASON_TIMED_OUT, NULL);
	assert_true(is_known(&scene, 1));
	assert_true(is_known(&scene, 2));
	assert_false(is_known(&scene, 3));
	places_free(scene.places);
}

static void a_port_that_is_filtered_tells_so_too(void **state)
{
	static const char *const states[] = { "filtered", "open", "closed", "unreachable" };

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct scene scene = { 0 };

		add(&scene, "port", SUBJECT_TCP, 443);
		add(&scene, "tls", SUBJECT_TCP, 443);
		settle(&scene);
		hear(&scene, 0, STAGE_NONE, REASON_NONE, states[i]);
		assert_int_equal(is_known(&scene, 1), i == 0);
		places_free(scene.places);
	}
}

static void every_other_failure_leaves_it_to_the_next_to_look(void **state)
{
	static const struct outcome outcomes[] = {
		{ .stage = STAGE_CONNECT, .reason = REASON_REFUSED },
		{ .stage = STAGE_HANDSHAKE, .reason = REASON_TIMED_OUT },
		{ .stage = STAGE_RESOLVE, .reason = REASON_TIMED_OUT },
		{ .stage = STAGE_PROBER, .reason = REASON_CANCELLED },
	};
	struct scene scene = { 0 };

	(void)state;
	add(&scene, "tls", SUBJECT_TCP, 443);
	add(&scene, "certificate", SUBJECT_TCP, 443);
	settle(&scene);
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
		hear(&scene, 0, outcomes[i].stage, outcomes[i].reason, NULL);
		assert_false(is_known(&scene, 1));
	}
	places_free(scene.places);
}

static void each_version_of_ip_and_each_path_is_looked_at_for_itself(void **state)
{
	struct scene scene = { 0 };

	(void)state;
	add(&scene, "tls", SUBJECT_TCP, 443);
	add(&scene, "tls", SUBJECT_TCP, 443)->family = 6;
	add(&scene, "http", SUBJECT_PATH, 443)->proxy = "http://proxy.example";
	add(&scene, "http", SUBJECT_PATH, 443)->family = 6;
	add(&scene, "port", SUBJECT_TCP, 443);
	add(&scene, "tls", SUBJECT_TCP, 443)->family = 0;
	settle(&scene);
	hear(&scene, 0, STAGE_CONNECT, REASON_TIMED_OUT, NULL);
	assert_false(is_known(&scene, 1));
	assert_false(is_known(&scene, 2));
	assert_false(is_known(&scene, 3));
	/* It says of a port that it is filtered, so it looks. */
	assert_false(is_known(&scene, 4));
	assert_false(is_known(&scene, 5));
	hear(&scene, 1, STAGE_CONNECT, REASON_TIMED_OUT, NULL);
	assert_true(is_known(&scene, 3));
	hear(&scene, 2, STAGE_CONNECT, REASON_TIMED_OUT, NULL);
	assert_false(is_known(&scene, 2));
	places_free(scene.places);
}

/* A datagram without an answer is no silence; and a push server that is silent is a finding with
 * facts, which nobody but its collector can tell. */
static void datagrams_and_what_is_elsewhere_are_always_asked(void **state)
{
	struct scene scene = { 0 };

	(void)state;
	add(&scene, "sip", SUBJECT_UDP, 5060);
	add(&scene, "sip", SUBJECT_UDP, 5060);
	add(&scene, "reach", SUBJECT_URL, 443);
	add(&scene, "reach", SUBJECT_URL, 443);
	settle(&scene);
	hear(&scene, 0, STAGE_CONNECT, REASON_TIMED_OUT, NULL);
	hear(&scene, 2, STAGE_CONNECT, REASON_TIMED_OUT, NULL);
	assert_false(is_known(&scene, 1));
	assert_false(is_known(&scene, 3));
	places_free(scene.places);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_of_one_port_wait_for_each_other),
		cmocka_unit_test(where_nobody_answered_nobody_is_asked_again),
		cmocka_unit_test(a_port_that_is_filtered_tells_so_too),
		cmocka_unit_test(every_other_failure_leaves_it_to_the_next_to_look),
		cmocka_unit_test(each_version_of_ip_and_each_path_is_looked_at_for_itself),
		cmocka_unit_test(datagrams_and_what_is_elsewhere_are_always_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
