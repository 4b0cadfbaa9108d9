/* SPDX-License-Identifier: Apache-2.0
 *
 * What the engine knows, as it stands in a mirror that was fed it: no process between them.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "agent/daemon/feeding_news.h"
#include "agent/daemon/feeding_rows.h"
#include "agent/ipc/frame.h"
#include "agent/mirror/mirror.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "tests/unit/patrol_scene.h"

struct view {
	struct scene *scene;
	struct house house;
	struct news *news;
	struct mirror *mirror;
	struct writer out;
	size_t longest;			/* piece that was said */
};

static void changed(void *arg, uint32_t check)
{
	news_note_check(arg, check);
}

static int set_up_view(void **state)
{
	struct view *view = memory_new(1, sizeof *view);

	scene_set_up((void **)&view->scene);
	view->house = (struct house){ .loop = loop_new(),
				      .store = view->scene->store,
				      .self = view->scene->self,
				      .patrol = view->scene->patrol,
				      .started_wall_us = 17,
				      .loaded_wall_us = 18 };
	view->house.telling = telling_new(view->house.store, view->house.self);
	view->news = news_new(&view->house);
	view->mirror = mirror_new(100);
	view->scene->changed = changed;
	view->scene->changed_arg = view->news;
	writer_grow_up_to(&view->out, 64 << 20);
	*state = view;
	return 0;
}

static int tear_down_view(void **state)
{
	struct view *view = *state;

	telling_free(view->house.telling);
	scene_tear_down((void **)&view->scene);
	news_free(view->news);
	mirror_free(view->mirror);
	writer_free(&view->out);
	loop_free(view->house.loop);
	free(view);
	return 0;
}

#define VIEW_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_view, tear_down_view)

static void hear(struct view *view)
{
	struct reader in, body;
	uint8_t kind;

	reader_init(&in, view->out.bytes, view->out.length);
	while (frame_next(&in, &kind, &body) > 0) {
		assert_true(mirror_hear(view->mirror, (enum feed_kind)kind, &body));
		if (kind == FEED_SETTLED)
			mirror_settle(view->mirror);
	}
	assert_int_equal(reader_left(&in), 0);
	writer_clear(&view->out);
}

static void feed(struct view *view, size_t most)
{
	view->scene->now.monotonic_us += SECOND;
	view->scene->now.wall_us += SECOND;
	while (news_due_us(view->news, view->scene->now) <= view->scene->now.monotonic_us) {
		news_tell(view->news, &view->out, most, view->scene->now);
		if (view->out.length > view->longest)
			view->longest = view->out.length;
		hear(view);
	}
}

static const struct mirror_check *check_named(const struct view *view, const char *name)
{
	for (size_t i = 0; i < view->mirror->check_count; i++)
		if (!strcmp(view->mirror->checks[i].fed.name, name))
			return &view->mirror->checks[i];
	fail_msg("there is no check %s", name);
	return NULL;
}

static void a_target_is_as_in_the_configuration(void **state)
{
	static const char labels[] = "site\0hamburg\0team\0voice";
	struct view *view = *state;
	const struct mirror_target *target;

	scene_plan(view->scene, SCENE_RULE(443, ""),
		   "  - { name: a, address: 10.0.0.1, profiles: p, vantage: dmz,\n"
		   "      labels: { site: hamburg, team: voice } }\n", "");
	feed(view, SIZE_MAX);
	assert_int_equal(view->mirror->target_count, 1);
	target = &view->mirror->targets[0];
	assert_int_equal(target->fed.number, scene_target(view->scene, "a").number);
	assert_int_equal(target->fed.check, scene_target(view->scene, "a").check);
	assert_string_equal(target->fed.name, "a");
	assert_string_equal(target->fed.address, "10.0.0.1");
	assert_string_equal(target->fed.profiles, "p");
	assert_int_equal(target->fed.vantage, VANTAGE_DMZ);
	assert_int_equal(target->fed.labels_length, sizeof labels);
	assert_memory_equal(target->fed.labels, labels, sizeof labels);
	assert_false(target->fed.down);
}

static void a_check_is_as_it_was_judged(void **state)
{
	struct view *view = *state;
	const struct mirror_check *check;
	int64_t looked_us;

	scene_port(view->scene, "10.0.0.1", 443, "closed");
	scene_port(view->scene, "10.0.0.1", 80, "closed");
	scene_plan(view->scene,
		   SCENE_RULE(443, "") RULE("p80", "observe: port, subject: tcp/80, "
					    "expect: { port.state: { is: closed } }")
		   SCENE_SHARE(445), A, "");
	scene_run(view->scene, 20 * MINUTE);
	looked_us = patrol_results(view->scene->patrol)->observations[0]->started_wall_us;
	feed(view, SIZE_MAX);
	check = check_named(view, "port/tcp-443/p443");
	assert_int_equal(check->fed.number,
			 scene_look(view->scene, "a", check->fed.name).number);
	assert_int_equal(check->fed.verdict, VERDICT_CRITICAL);
	assert_string_equal(check->fed.subject, "tcp/443");
	assert_string_equal(check->fed.expected, "open");
	assert_string_equal(check->fed.observed, "closed");
	assert_string_equal(check->fed.reason, "violated");
	assert_int_equal(check->fed.port, 443);
	assert_int_equal(check->fed.ip, 4);
	assert_int_equal(check->fed.expected_port, 1);
	assert_int_equal(check->fed.told, VERDICT_CRITICAL);
	assert_int_equal(check->fed.raised, 1);
	assert_true(check->fed.since_wall_us > 0 && check->fed.since_wall_us < looked_us);
	assert_true(check->fed.judged_wall_us == looked_us);
	assert_false(check->fed.held);
	assert_string_equal(check->rule->name, "p.p443");
	assert_int_equal(check->rule->family, FEED_FAMILY_PORT);
	assert_true(check->sight->observation->started_wall_us == looked_us);
	assert_int_equal(check_named(view, "port/tcp-80/p80")->fed.expected_port, 2);
	check = check_named(view, "smb/tcp-445/s445");
	assert_int_equal(check->fed.verdict, VERDICT_OK);
	assert_int_equal(check->fed.expected_port, 0);
	assert_int_equal(check->rule->family, FEED_FAMILY_SMB);
	assert_int_equal(view->mirror->event_count, 1);
	assert_int_equal(view->mirror->events[0].event.kind, EVENT_RAISED);
	assert_string_equal(view->mirror->events[0].event.target_name, "a");
}

static void an_exception_says_whose_it_is_and_until_when(void **state)
{
	struct view *view = *state;
	const struct mirror_check *check;

	scene_port(view->scene, "10.0.0.1", 443, "closed");
	scene_plan(view->scene, SCENE_RULE(443, "") SCENE_RULE(80, ""), A,
		   "exceptions:\n  - { target: a, check: '*/p443', reason: 'the fair', "
		   "owner: jd, until: 2040-01-01 }\n");
	scene_run(view->scene, MINUTE);
	feed(view, SIZE_MAX);
	check = check_named(view, "port/tcp-443/p443");
	assert_int_equal(check->fed.verdict, VERDICT_EXCEPTED);
	assert_string_equal(check->fed.exception_reason, "the fair");
	assert_string_equal(check->fed.exception_owner, "jd");
	assert_true(check->fed.exception_until_us > view->scene->now.wall_us);
	check = check_named(view, "port/tcp-80/p80");
	assert_string_equal(check->fed.exception_reason, "");
	assert_int_equal(check->fed.exception_until_us, 0);
}

static void what_was_not_looked_at_yet_has_no_sight(void **state)
{
	struct view *view = *state;
	const struct mirror_check *check;

	scene_plan(view->scene, SCENE_RULE(443, ""), A, "");
	feed(view, SIZE_MAX);
	check = check_named(view, "port/tcp-443/p443");
	assert_null(check->sight);
	assert_int_equal(check->fed.verdict, VERDICT_UNKNOWN);
	assert_int_equal(check->fed.judged_wall_us, 0);
	assert_int_equal(check->fed.port, 443);
	assert_int_equal(view->mirror->targets[0].score, -1);
}

static void the_agent_says_how_it_is(void **state)
{
	struct view *view = *state;
	const struct feed_agent *agent = &view->mirror->agent;

	scene_plan(view->scene, SCENE_RULE(443, "") SCENE_RULE(80, ""), A, "");
	scene_run(view->scene, MINUTE);
	feed(view, SIZE_MAX);
	assert_string_not_equal(agent->version, "");
	assert_int_equal(agent->started_wall_us, 17);
	assert_int_equal(agent->loaded_wall_us, 18);
	assert_true(agent->config_valid && agent->store_writable && agent->uplink_up);
	assert_int_equal(agent->observations, 2);
	assert_int_equal(agent->last_event, 0);
	/* By itself, too. */
	view->house.reload_failed = true;
	feed(view, SIZE_MAX);
	assert_false(agent->config_valid);
}

static void a_storm_says_how_much_it_has_hidden(void **state)
{
	struct event event = { .kind = EVENT_AGENT, .title = PATROL_STORM_BEGINS,
			       .observed = "more than 3 events within 60 s" };
	struct feed_event fed = feeding_event(&event);

	(void)state;
	assert_true(fed.storm);
	assert_int_equal(fed.count, 0);
	event.title = PATROL_STORM_ENDS;
	event.observed = "20000 events were recorded and not told";
	fed = feeding_event(&event);
	assert_true(fed.storm);
	assert_int_equal(fed.count, 20000);
	event.kind = EVENT_RAISED;
	assert_false(feeding_event(&event).storm);
}

/* The mirror against patrol and results, whatever happened. */
static void expect_same(const struct view *view)
{
	const struct results *results = patrol_results(view->scene->patrol);
	const struct plan *plan = results->plan;

	assert_int_equal(view->mirror->check_count, plan->check_count);
	for (size_t i = 0; i < plan->check_count; i++) {
		struct patrol_check state = patrol_check(view->scene->patrol, i);
		struct patrol_target target =
			patrol_target(view->scene->patrol, plan->checks[i].target);
		size_t at = mirror_find_check(view->mirror, target.number, state.number);
		const struct mirror_check *check = &view->mirror->checks[at];

		assert_int_equal(check->fed.number, state.number);
		assert_int_equal(check->fed.verdict, results->judgements[i].verdict);
		assert_string_equal(check->fed.observed, results->judgements[i].observed);
		assert_int_equal(check->fed.told, state.alarm->told);
		assert_int_equal(check->fed.held, state.alarm->held);
		assert_int_equal(check->fed.raised, state.raised);
		assert_true(check->fed.since_wall_us == state.since_wall_us);
		assert_int_equal(check->target->fed.down, target.down);
		assert_int_equal(check->target->fed.told, target.alarm->told);
		assert_int_equal(check->target->fed.raised, target.raised);
		if (results->observations[plan->checks[i].observation])
			assert_true(check->sight->observation->started_wall_us ==
				    results->observations[plan->checks[i].observation]
					    ->started_wall_us);
	}
}

static void a_mirror_follows_all_that_happens(void **state)
{
	static const char *const states[] = { "open", "closed", "filtered" };
	static const char *const hosts[] = { "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.9" };
	struct view *view = *state;
	size_t downs = 0, alarms = 0, ups = 0;
	unsigned seed = 5;

	scene_plan(view->scene, SCENE_RULE(443, "") SCENE_RULE(80, "") SCENE_SHARE(445),
		   A B C GUARD, "");
	for (int i = 0; i < 1500; i++) {
		seed = seed * 1664525 + 1013904223;
		/* Port 1 is nobody's; 0 is the whole host. */
		scene_port(view->scene, hosts[seed >> 9 & 3],
			   (const unsigned[]){ 443, 80, 445, 0 }[seed >> 12 & 3],
			   states[(seed >> 16) % 3]);
		scene_run(view->scene, (int64_t)(seed >> 8) % (3 * MINUTE));
		feed(view, i % 2 ? 300 : SIZE_MAX);
		expect_same(view);
		downs += view->mirror->targets[0].fed.down;
		ups += !view->mirror->agent.uplink_up;
		alarms += view->mirror->by_severity[SEVERITY_MAJOR] > 0;
		if (i % 300 == 299) {
			scene_plan(view->scene, SCENE_RULE(443, "") SCENE_SHARE(445),
				   i % 600 == 299 ? B C GUARD : A B C, "");
			news_note_plan(view->news);
		}
	}
	assert_true(downs > 10 && ups > 10 && alarms > 10);
}

static void a_piece_is_as_long_as_asked_for(void **state)
{
	struct view *view = *state;
	struct text targets = { 0 };

	for (size_t i = 1; i <= 200; i++)
		text_add_format(&targets, "  - { name: t%zu, address: 10.1.0.%zu, profiles: p }\n",
				i, i);
	scene_plan(view->scene, SCENE_RULE(443, "") SCENE_RULE(80, ""), text_string(&targets),
		   "");
	text_free(&targets);
	scene_run(view->scene, 10 * MINUTE);
	feed(view, 4096);
	assert_int_equal(view->mirror->check_count, 400);
	assert_true(view->longest > 4000 && view->longest < 4096 + 1024);
	expect_same(view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		VIEW_TEST(a_target_is_as_in_the_configuration),
		VIEW_TEST(a_check_is_as_it_was_judged),
		VIEW_TEST(an_exception_says_whose_it_is_and_until_when),
		VIEW_TEST(what_was_not_looked_at_yet_has_no_sight),
		VIEW_TEST(the_agent_says_how_it_is),
		cmocka_unit_test(a_storm_says_how_much_it_has_hidden),
		VIEW_TEST(a_mirror_follows_all_that_happens),
		VIEW_TEST(a_piece_is_as_long_as_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
