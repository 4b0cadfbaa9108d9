/* SPDX-License-Identifier: Apache-2.0
 *
 * The runner with collectors that finish at once, later, or never.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/run.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/proxy.h"
#include "tests/unit/fake_collectors.h"
#include "tests/unit/fake_resolver.h"

struct scene {
	struct loop *loop;
	struct resolver *resolver;
	struct runner *runner;
	struct observation *seen[64];
	size_t count;
	bool inside;		/* of runner_start() */
};

static void scene_begin(struct scene *scene)
{
	*scene = (struct scene){ .loop = loop_new() };
	scene->resolver = resolver_new(scene->loop, NULL);
	scene->runner = runner_new(scene->loop, scene->resolver);
}

static void scene_end(struct scene *scene)
{
	runner_free(scene->runner);
	resolver_free(scene->resolver);
	for (size_t i = 0; i < scene->count; i++)
		observation_free(scene->seen[i]);
	loop_free(scene->loop);
}

static void see(void *arg, struct observation *observation)
{
	struct scene *scene = arg;

	assert_false(scene->inside);
	scene->seen[scene->count++] = observation;
}

static void begin(struct scene *scene, const struct request *request)
{
	scene->inside = true;
	runner_start(scene->runner, arena_new(), request, see, scene);
	scene->inside = false;
}

/* Until `count` have been seen, or two seconds have passed. */
static void wait_for(struct scene *scene, size_t count)
{
	int64_t until_us = clock_monotonic_us() + 2 * CLOCK_SECOND;

	while (scene->count < count && clock_monotonic_us() < until_us)
		loop_turn(scene->loop, 10 * CLOCK_MILLISECOND);
	assert_int_equal(scene->count, count);
}

static const struct observation *observe_one(struct scene *scene, const struct request *request)
{
	begin(scene, request);
	wait_for(scene, scene->count + 1);
	return scene->seen[scene->count - 1];
}

static void assert_outcome(const struct observation *observation, enum stage stage,
			   enum reason reason)
{
	assert_string_equal(stage_word(observation->outcome.stage), stage_word(stage));
	assert_string_equal(reason_word(observation->outcome.reason), reason_word(reason));
}

static void one_that_finishes_while_it_starts_is_delivered_later(void **state)
{
	struct request request = fake_request("echo", 5, "tcp/5");
	struct scene scene;
	unsigned stops = fake_stops();

	(void)state;
	scene_begin(&scene);
	begin(&scene, &request);
	assert_int_equal(scene.count, 0);
	assert_int_equal(runner_busy(scene.runner), 1);
	wait_for(&scene, 1);
	assert_int_equal(runner_busy(scene.runner), 0);
	assert_outcome(scene.seen[0], STAGE_NONE, REASON_NONE);
	assert_non_null(facts_get(scene.seen[0]->facts, fake_fact(FAKE_TEXT)));
	assert_int_equal(scene.seen[0]->address.bytes[0], 127);
	assert_int_equal(fake_stops(), stops + 1);
	scene_end(&scene);
}

static void many_finish_each_once(void **state)
{
	struct request requests[60];
	struct scene scene;
	unsigned starts = fake_starts(), stops = fake_stops();

	(void)state;
	scene_begin(&scene);
	for (unsigned i = 0; i < 60; i++) {
		requests[i] = fake_request(i % 2 ? "later" : "echo", 1 + i, "tcp/1");
		begin(&scene, &requests[i]);
	}
	wait_for(&scene, 60);
	assert_int_equal(fake_starts(), starts + 60);
	assert_int_equal(fake_stops(), stops + 60);
	for (size_t i = 0; i < 60; i++)
		assert_outcome(scene.seen[i], STAGE_NONE, REASON_NONE);
	scene_end(&scene);
}

static void a_deadline_keeps_the_facts_and_stops_the_collector(void **state)
{
	struct request request = fake_request("never", 5, "tcp/5");
	const struct observation *seen;
	struct scene scene;
	unsigned stops = fake_stops();

	(void)state;
	scene_begin(&scene);
	request.timeout_ms = 30;
	seen = observe_one(&scene, &request);
	assert_outcome(seen, STAGE_REPLY, REASON_TIMED_OUT);
	assert_non_null(facts_get(seen->facts, fake_fact(FAKE_TRUTH)));
	assert_true(seen->elapsed_us >= 30 * CLOCK_MILLISECOND);
	assert_int_equal(fake_stops(), stops + 1);
	assert_non_null(strstr(seen->detail, "nothing"));
	assert_null(strchr(seen->detail, '\x1b'));
	scene_end(&scene);
}

/* All timers that became due while the process was kept busy fire in one turn. */
static void in_a_late_turn_a_collector_does_not_finish_after_its_deadline(void **state)
{
	struct request request = fake_request("later", 60, "tcp/60");
	struct scene scene;
	unsigned stops = fake_stops();
	int64_t begun_us;

	(void)state;
	scene_begin(&scene);
	request.timeout_ms = 5;
	begin(&scene, &request);
	begun_us = clock_monotonic_us();
	while (clock_monotonic_us() < begun_us + 100 * CLOCK_MILLISECOND)
		continue;
	wait_for(&scene, 1);
	assert_outcome(scene.seen[0], STAGE_REPLY, REASON_TIMED_OUT);
	assert_int_equal(fake_stops(), stops + 1);
	scene_end(&scene);
}

static void a_name_nobody_looks_up_in_time_times_out_while_resolving(void **state)
{
	struct request request = fake_request("echo", 5, "tcp/5");
	struct scene scene;
	unsigned starts = fake_starts(), cancelled = fake_cancelled();

	(void)state;
	scene_begin(&scene);
	request.host = "never.example";
	request.timeout_ms = 20;
	assert_outcome(observe_one(&scene, &request), STAGE_RESOLVE, REASON_TIMED_OUT);
	assert_int_equal(fake_cancelled(), cancelled + 1);
	assert_int_equal(fake_starts(), starts);
	scene_end(&scene);
}

static void a_name_may_take_its_time(void **state)
{
	struct request request = fake_request("echo", 5, "tcp/5");
	const struct observation *seen;
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	request.host = "late.example";
	seen = observe_one(&scene, &request);
	assert_outcome(seen, STAGE_NONE, REASON_NONE);
	assert_int_equal(seen->address.bytes[3], 9);
	scene_end(&scene);
}

static void what_is_wrong_with_a_name_is_said(void **state)
{
	struct request request = fake_request("echo", 5, "tcp/5");
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	request.host = "unknown.example";
	assert_outcome(observe_one(&scene, &request), STAGE_RESOLVE, REASON_NAME_NOT_FOUND);
	request.host = "six.example";
	assert_outcome(observe_one(&scene, &request), STAGE_RESOLVE, REASON_NO_ADDRESS);
	request.family = 6;
	assert_outcome(observe_one(&scene, &request), STAGE_NONE, REASON_NONE);
	scene_end(&scene);
}

static void a_url_is_looked_at_where_its_host_is(void **state)
{
	struct request request = fake_request("echo", 0, "https://pbx.example/");
	const struct observation *seen;
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	request.subject = (struct subject){ .kind = SUBJECT_URL, .text = "https://pbx.example/" };
	request.host = "127.0.0.1";
	seen = observe_one(&scene, &request);
	assert_outcome(seen, STAGE_NONE, REASON_NONE);
	assert_int_equal(seen->address.family, 4);
	scene_end(&scene);
}

static void a_source_of_the_other_family_is_none(void **state)
{
	struct request request = fake_request("echo", 5, "tcp/5");
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	request.source = "2001:db8::1";
	assert_outcome(observe_one(&scene, &request), STAGE_CONNECT, REASON_SOURCE_UNAVAILABLE);
	request.source = "127.0.0.1";
	assert_outcome(observe_one(&scene, &request), STAGE_NONE, REASON_NONE);
	scene_end(&scene);
}

static void a_proxy_is_found_first_and_in_either_family(void **state)
{
	struct request request = fake_request("echo", 5, "tcp/5");
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	request.proxy = "http://six.example:3128";
	assert_outcome(observe_one(&scene, &request), STAGE_NONE, REASON_NONE);
	request.proxy = "http://unknown.example:3128";
	assert_outcome(observe_one(&scene, &request), STAGE_PROXY, REASON_NAME_NOT_FOUND);
	request.proxy = "socks://six.example";
	assert_outcome(observe_one(&scene, &request), STAGE_PROXY, REASON_UNSUPPORTED);
	request.proxy = "http://never.example:3128";
	request.timeout_ms = 20;
	assert_outcome(observe_one(&scene, &request), STAGE_PROXY, REASON_TIMED_OUT);
	scene_end(&scene);
}

static void a_proxy_may_know_names_that_we_do_not(void **state)
{
	struct request request = fake_request("echo", 5, "tcp/5");
	const struct observation *seen;
	struct scene scene;

	(void)state;
	scene_begin(&scene);
	request.proxy = "http://127.0.0.1:3128";
	request.host = "unknown.example";
	seen = observe_one(&scene, &request);
	assert_outcome(seen, STAGE_NONE, REASON_NONE);
	assert_int_equal(seen->address.family, 0);
	request.host = "six.example";
	assert_outcome(observe_one(&scene, &request), STAGE_RESOLVE, REASON_NO_ADDRESS);
	scene_end(&scene);
}

static void a_runner_that_goes_delivers_what_was_under_way(void **state)
{
	struct request never = fake_request("never", 5, "tcp/5");
	struct request echo = fake_request("echo", 5, "tcp/5");
	struct request unresolved = fake_request("echo", 5, "tcp/5");
	struct scene scene;
	unsigned stops = fake_stops();
	size_t cancelled = 0;

	(void)state;
	scene_begin(&scene);
	unresolved.host = "never.example";
	begin(&scene, &never);
	begin(&scene, &echo);
	begin(&scene, &unresolved);
	runner_free(scene.runner);
	scene.runner = NULL;
	assert_int_equal(scene.count, 3);
	for (size_t i = 0; i < 3; i++)
		cancelled += scene.seen[i]->outcome.reason == REASON_CANCELLED;
	assert_int_equal(cancelled, 2);
	assert_int_equal(fake_stops(), stops + 2);
	loop_turn(scene.loop, 0);
	scene_end(&scene);
}

static void a_proxy_is_read_as_people_write_it(void **state)
{
	static const char *const wrong[] = { "", "proxy.example:3128", "https://proxy.example",
					     "http://", "http://a%zz@b", "http://p:0x1",
					     "http://p:99999", "http://p/path", "http://u%4@p" };
	struct arena *arena = arena_new();
	struct proxy_place place;

	(void)state;
	assert_true(proxy_parse("http://proxy.example:3128", arena, &place));
	assert_string_equal(place.host, "proxy.example");
	assert_int_equal(place.port, 3128);
	assert_null(place.authorization);
	assert_true(proxy_parse("http://[2001:db8::1]/", arena, &place));
	assert_string_equal(place.host, "2001:db8::1");
	assert_int_equal(place.port, 80);
	assert_true(proxy_parse("http://Aladdin:open%20sesame@p:8080", arena, &place));
	assert_string_equal(place.authorization, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
	assert_true(proxy_parse("http://a%40b:c@p", arena, &place));
	assert_string_equal(place.authorization, "Basic YUBiOmM=");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(proxy_parse(wrong[i], arena, &place));
	arena_free(arena);
}

static void three_names_of_one_peer_are_told_apart(void **state)
{
	struct request request = fake_request("later", 443, "tcp/443");

	(void)state;
	request.host = "10.0.0.5";
	assert_string_equal(request_verified_name(&request), "10.0.0.5");
	request.name = "pbx.example";
	assert_string_equal(request_verified_name(&request), "pbx.example");
	request.verify_name = "www.pbx.example";
	assert_string_equal(request_verified_name(&request), "www.pbx.example");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_finishes_while_it_starts_is_delivered_later),
		cmocka_unit_test(many_finish_each_once),
		cmocka_unit_test(a_deadline_keeps_the_facts_and_stops_the_collector),
		cmocka_unit_test(in_a_late_turn_a_collector_does_not_finish_after_its_deadline),
		cmocka_unit_test(a_name_nobody_looks_up_in_time_times_out_while_resolving),
		cmocka_unit_test(a_name_may_take_its_time),
		cmocka_unit_test(what_is_wrong_with_a_name_is_said),
		cmocka_unit_test(a_url_is_looked_at_where_its_host_is),
		cmocka_unit_test(a_source_of_the_other_family_is_none),
		cmocka_unit_test(a_proxy_is_found_first_and_in_either_family),
		cmocka_unit_test(a_proxy_may_know_names_that_we_do_not),
		cmocka_unit_test(three_names_of_one_peer_are_told_apart),
		cmocka_unit_test(a_runner_that_goes_delivers_what_was_under_way),
		cmocka_unit_test(a_proxy_is_read_as_people_write_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
