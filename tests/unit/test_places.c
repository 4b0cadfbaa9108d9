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

/* Its successor. */
static uint32_t
leave(struct scene *scene, uint32_t number, enum stage stage, enum reason reason, const char *port)
{
	struct observation *observation = observation_new();
	uint32_t next;

	observation->outcome = (struct outcome){ .stage = stage, .reason = reason };
	if (port)
		facts_set_text(observation->facts, fact_named("port.state"), port);
	next = places_leave(scene->places, number, observation);
	observation_free(observation);
	return next;
}

static uint32_t leave_in_silence(struct scene *scene, uint32_t number)
{
	return leave(scene, number, STAGE_CONNECT, REASON_TIMED_OUT, NULL);
}

static uint32_t leave_well(struct scene *scene, uint32_t number)
{
	return leave(scene, number, STAGE_NONE, REASON_NONE, NULL);
}

/* The first looks and these wait, in order. */
static void all_enter(struct scene *scene)
{
	assert_true(places_enter(scene->places, 0));
	for (uint32_t i = 1; i < scene->plan.observation_count; i++)
		assert_false(places_enter(scene->places, i));
}

static void knows(struct scene *scene, uint32_t number)
{
	assert_int_equal(places_take_known(scene->places), number);
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
	for (int again = 0; again < 3; again++) {
		assert_true(places_enter(scene.places, 0));
		assert_true(places_enter(scene.places, 1));
		assert_false(places_enter(scene.places, 3));
		assert_false(places_enter(scene.places, 2));
		/* Those that are wanted, in the order in which they are. */
		assert_int_equal(leave_well(&scene, 0), 3);
		assert_int_equal(leave_well(&scene, 1), NOBODY);
		/* Once more, before the others had their turn. */
		assert_false(places_enter(scene.places, 0));
		assert_int_equal(leave_well(&scene, 3), 2);
		assert_int_equal(leave_well(&scene, 2), 0);
		assert_int_equal(leave_well(&scene, 0), NOBODY);
	}
	knows(&scene, NOBODY);
	places_free(scene.places);
	places_free(NULL);
}

static void those_who_wait_where_nobody_answered_are_not_asked(void **state)
{
	struct scene scene = { 0 };

	(void)state;
	add(&scene, "tls", SUBJECT_TCP, 443);
	add(&scene, "certificate", SUBJECT_TCP, 443);
	add(&scene, "http", SUBJECT_PATH, 443);
	settle(&scene);
	all_enter(&scene);
	assert_int_equal(leave_in_silence(&scene, 0), NOBODY);
	knows(&scene, 1);
	knows(&scene, 2);
	knows(&scene, NOBODY);
	places_free(scene.places);
}

static void who_comes_after_a_silence_looks_again(void **state)
{
	struct scene scene = { 0 };

	(void)state;
	add(&scene, "tls", SUBJECT_TCP, 443);
	add(&scene, "certificate", SUBJECT_TCP, 443);
	add(&scene, "http", SUBJECT_PATH, 443);
	settle(&scene);
	assert_true(places_enter(scene.places, 0));
	assert_int_equal(leave_in_silence(&scene, 0), NOBODY);
	assert_true(places_enter(scene.places, 1));
	assert_false(places_enter(scene.places, 2));
	assert_int_equal(leave_well(&scene, 1), 2);
	knows(&scene, NOBODY);
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
		all_enter(&scene);
		assert_int_equal(leave(&scene, 0, STAGE_NONE, REASON_NONE, states[i]),
				 i == 0 ? NOBODY : 1);
		knows(&scene, i == 0 ? 1 : NOBODY);
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
		all_enter(&scene);
		assert_int_equal(
			leave(&scene, 0, outcomes[i].stage, outcomes[i].reason, NULL), 1);
		knows(&scene, NOBODY);
		assert_int_equal(leave_well(&scene, 1), NOBODY);
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
	/* It says of a port that it is filtered, so it looks. */
	add(&scene, "port", SUBJECT_TCP, 443);
	add(&scene, "tls", SUBJECT_TCP, 443)->family = 0;
	add(&scene, "certificate", SUBJECT_TCP, 443);
	settle(&scene);
	all_enter(&scene);
	assert_int_equal(leave_in_silence(&scene, 0), 1);
	knows(&scene, 6);
	knows(&scene, NOBODY);
	assert_int_equal(leave_in_silence(&scene, 1), 2);
	knows(&scene, 3);
	/* Silence of a proxy, or over who knows which version, says nothing of others. */
	assert_int_equal(leave_in_silence(&scene, 2), 4);
	assert_int_equal(leave_well(&scene, 4), 5);
	assert_false(places_enter(scene.places, 0));
	assert_int_equal(leave_in_silence(&scene, 5), 0);
	knows(&scene, NOBODY);
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
	for (uint32_t i = 0; i < 4; i += 2) {
		assert_true(places_enter(scene.places, i));
		assert_false(places_enter(scene.places, i + 1));
		assert_int_equal(leave_in_silence(&scene, i), i + 1);
	}
	knows(&scene, NOBODY);
	places_free(scene.places);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_of_one_port_wait_for_each_other),
		cmocka_unit_test(those_who_wait_where_nobody_answered_are_not_asked),
		cmocka_unit_test(who_comes_after_a_silence_looks_again),
		cmocka_unit_test(a_port_that_is_filtered_tells_so_too),
		cmocka_unit_test(every_other_failure_leaves_it_to_the_next_to_look),
		cmocka_unit_test(each_version_of_ip_and_each_path_is_looked_at_for_itself),
		cmocka_unit_test(datagrams_and_what_is_elsewhere_are_always_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
