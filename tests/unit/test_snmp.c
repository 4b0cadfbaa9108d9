/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole collector against an agent that does as it is told.
 */
#include "tests/unit/snmp_scene.h"

#include <malloc.h>
#include <string.h>

#include "collectors/collector.h"
#include "ground/clock.h"
#include "ground/text.h"
#include "net/snmp.h"

enum { TIMEOUT_MS = 300 };

static const struct snmp_access ours = { .version = 2, .community = "canary-7c1e" };
static const struct snmp_access ours_of_1 = { .version = 1, .community = "canary-7c1e" };

static void look(struct snmp_scene *scene, const struct habits *habits,
		 const struct snmp_access *access)
{
	struct request request;

	snmp_scene_begin(scene, habits);
	request = snmp_scene_request(scene, TIMEOUT_MS);
	request.snmp = access;
	snmp_scene_look(scene, &request);
}

static void public_is_answered(void **state)
{
	const struct habits habits = { .versions = ALL };
	struct snmp_scene scene;

	(void)state;
	look(&scene, &habits, NULL);
	snmp_scene_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	snmp_scene_assert(&scene, "snmp.default_community", "true");
	snmp_scene_assert(&scene, "snmp.versions", "v1 v2c v3");
	snmp_scene_assert(&scene, "snmp.sysdescr", "PBX\\x1B 4");
	snmp_scene_assert(&scene, "snmp.sysobjectid", "1.3.6.1.4.1.311");
	snmp_scene_assert(&scene, "snmp.sysname", "pbx-hamburg");
	snmp_scene_assert(&scene, "snmp.uptime", "123");
	snmp_scene_assert(&scene, "snmp.engine_id", "80001f8801020304");
	snmp_scene_assert(&scene, "snmp.engine_boots", "7");
	snmp_scene_assert(&scene, "snmp.access", NULL);
	snmp_scene_assert(&scene, "snmp.software", NULL);
	assert_int_equal(scene.asked, 3);
	snmp_scene_end(&scene);
}

static void each_version_is_seen_by_itself(void **state)
{
	static const struct {
		unsigned versions;
		const char *said, *is_public;
	} cases[] = {
		{ ONE, "v1", "true" }, { TWO, "v2c", "true" }, { THREE, "v3", "false" }
	};
	struct snmp_scene scene;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct habits habits = { .versions = cases[i].versions };

		look(&scene, &habits, NULL);
		snmp_scene_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		snmp_scene_assert(&scene, "snmp.versions", cases[i].said);
		snmp_scene_assert(&scene, "snmp.default_community", cases[i].is_public);
		snmp_scene_end(&scene);
	}
}

static void silence_says_nothing_of_public(void **state)
{
	const struct habits habits = { .community = "secret", .versions = ONE | TWO };
	struct snmp_scene scene;

	(void)state;
	look(&scene, &habits, NULL);
	snmp_scene_assert_outcome(&scene, STAGE_REPLY, REASON_TIMED_OUT);
	assert_int_equal(facts_count(scene.seen->facts), 0);
	assert_int_equal(scene.asked, 6);
	snmp_scene_end(&scene);
}

/* In whatever order they are asked. */
static void who_was_not_asked_in_time_was_not_silent(void **state)
{
	const struct habits habits = { .versions = THREE };
	struct snmp_scene scene;

	(void)state;
	for (uint32_t allowed = 1; allowed <= 2; allowed++) {
		struct request request;

		snmp_scene_begin(&scene, &habits);
		request = snmp_scene_request(&scene, TIMEOUT_MS);
		request.packets_per_second = allowed;
		snmp_scene_look(&scene, &request);
		snmp_scene_assert_outcome(&scene, STAGE_CONNECT, REASON_CANCELLED);
		snmp_scene_assert(&scene, "snmp.default_community", NULL);
		assert_int_equal(scene.asked, allowed);
		snmp_scene_end(&scene);
	}
}

static void access_that_was_not_tried_in_time_was_not_refused(void **state)
{
	const struct habits habits = { .community = ours.community, .versions = TWO };
	struct snmp_scene scene;

	(void)state;
	for (uint32_t allowed = 1; allowed <= 3; allowed++) {
		struct request request;
		const struct fact *versions;

		snmp_scene_begin(&scene, &habits);
		request = snmp_scene_request(&scene, TIMEOUT_MS);
		request.snmp = &ours;
		request.packets_per_second = allowed;
		snmp_scene_look(&scene, &request);
		snmp_scene_assert_outcome(&scene, STAGE_CONNECT, REASON_CANCELLED);
		versions = facts_get(scene.seen->facts, fact_named("snmp.versions"));
		snmp_scene_assert(&scene, "snmp.access", versions ? "granted" : NULL);
		snmp_scene_end(&scene);
	}
}

static void nobody_listens(void **state)
{
	const struct habits habits = { .versions = ALL };
	struct snmp_scene scene;
	struct request request;

	(void)state;
	snmp_scene_begin(&scene, &habits);
	request = snmp_scene_request(&scene, TIMEOUT_MS);
	request.subject.first = request.subject.last = 1;
	snmp_scene_look(&scene, &request);
	/* At `connect` and without a fact: what `when_closed` of a rule looks for. */
	snmp_scene_assert_outcome(&scene, STAGE_CONNECT, REASON_REFUSED);
	assert_int_equal(facts_count(scene.seen->facts), 0);
	snmp_scene_end(&scene);
}

static void our_access_proves_that_public_is_not_let_in(void **state)
{
	const struct habits habits = { .community = ours.community, .versions = ONE | TWO,
				       .rows = 3 };
	struct snmp_scene scene;

	(void)state;
	look(&scene, &habits, &ours);
	snmp_scene_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	snmp_scene_assert(&scene, "snmp.access", "granted");
	snmp_scene_assert(&scene, "snmp.default_community", "false");
	snmp_scene_assert(&scene, "snmp.versions", "v1 v2c");
	snmp_scene_assert(&scene, "snmp.sysname", "pbx-hamburg");
	snmp_scene_end(&scene);
}

static void a_wrong_community_is_met_with_silence(void **state)
{
	const struct habits habits = { .versions = THREE };
	struct snmp_scene scene;

	(void)state;
	look(&scene, &habits, &ours);
	snmp_scene_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	snmp_scene_assert(&scene, "snmp.access", "no_answer");
	snmp_scene_assert(&scene, "snmp.software", NULL);
	snmp_scene_end(&scene);
}

static void who_may_not_read_is_denied(void **state)
{
	const struct habits habits = { .versions = TWO, .denies = true,
				       .community = ours.community };
	struct snmp_scene scene;

	(void)state;
	look(&scene, &habits, &ours);
	snmp_scene_assert(&scene, "snmp.access", "denied");
	snmp_scene_assert(&scene, "snmp.software", NULL);
	snmp_scene_end(&scene);
}

static void a_lost_datagram_is_sent_again(void **state)
{
	const struct habits habits = { .versions = ALL, .deaf_to = 1 };
	struct snmp_scene scene;

	(void)state;
	look(&scene, &habits, NULL);
	snmp_scene_assert(&scene, "snmp.versions", "v1 v2c v3");
	assert_int_equal(scene.asked, 6);
	snmp_scene_end(&scene);
}

static void software_is_told_in_order(void **state)
{
	static const struct snmp_access *const accesses[] = { &ours, &ours_of_1 };
	const struct habits habits = { .versions = ONE | TWO, .community = ours.community,
				       .rows = 47 };
	struct snmp_scene scene;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct fact *software;

		look(&scene, &habits, accesses[i]);
		snmp_scene_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		snmp_scene_assert(&scene, "snmp.software_count", "47");
		software = facts_get(scene.seen->facts, fact_named("snmp.software"));
		assert_int_equal(software->count, 47);
		assert_string_equal(software->texts[0], "Program 89953");
		assert_string_equal(software->texts[46], "Program 89999");
		snmp_scene_end(&scene);
	}
}

static void no_software_at_all_is_no_list(void **state)
{
	const struct habits habits = { .versions = TWO, .community = ours.community };
	struct snmp_scene scene;

	(void)state;
	look(&scene, &habits, &ours);
	snmp_scene_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	snmp_scene_assert(&scene, "snmp.access", "granted");
	snmp_scene_assert(&scene, "snmp.software", NULL);
	snmp_scene_assert(&scene, "snmp.software_count", NULL);
	snmp_scene_end(&scene);
}

static void half_a_list_is_a_failure(void **state)
{
	static const struct {
		enum habit habit;
		enum reason reason;
		bool some;
	} cases[] = {
		{ ENDLESS, REASON_TOO_MUCH, true },
		{ STUCK, REASON_MALFORMED, true },
		{ BACKWARDS, REASON_MALFORMED, true },
		{ EMPTY_ANSWERS, REASON_MALFORMED, false },
	};
	struct snmp_scene scene;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct habits habits = { .habit = cases[i].habit, .versions = TWO,
					       .community = ours.community, .rows = 5000 };

		look(&scene, &habits, &ours);
		snmp_scene_assert_outcome(&scene, STAGE_REPLY, cases[i].reason);
		snmp_scene_assert(&scene, "snmp.software_count", NULL);
		assert_int_equal(!!facts_get(scene.seen->facts, fact_named("snmp.software")),
				 cases[i].some);
		snmp_scene_assert(&scene, "snmp.access", "granted");
		snmp_scene_end(&scene);
	}
}

static void more_than_was_asked_is_taken(void **state)
{
	const struct habits habits = { .habit = GENEROUS, .versions = TWO, .rows = 100,
				       .community = ours.community };
	struct snmp_scene scene;

	(void)state;
	look(&scene, &habits, &ours);
	snmp_scene_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	snmp_scene_assert(&scene, "snmp.software_count", "100");
	snmp_scene_end(&scene);
}

static void less_is_asked_of_who_finds_it_too_big(void **state)
{
	const struct habits habits = { .habit = TOO_BIG, .versions = TWO, .rows = 33, .fits = 3,
				       .community = ours.community };
	struct snmp_scene scene;

	(void)state;
	look(&scene, &habits, &ours);
	snmp_scene_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	snmp_scene_assert(&scene, "snmp.software_count", "33");
	snmp_scene_end(&scene);
}

static void only_what_is_wanted_is_asked(void **state)
{
	const struct habits habits = { .versions = ALL, .community = ours.community, .rows = 3 };
	const struct collector *collector = collector_named("snmp");
	struct snmp_scene scene;
	struct request request;

	(void)state;
	snmp_scene_begin(&scene, &habits);
	request = snmp_scene_request(&scene, TIMEOUT_MS);
	request.snmp = &ours;
	request.wanted = UINT64_C(1)
			 << collector_fact_row(collector, fact_named("snmp.software"));
	snmp_scene_look(&scene, &request);
	snmp_scene_assert(&scene, "snmp.software_count", "3");
	/* The system group, and the list. */
	assert_int_equal(scene.asked, 2);

	request.wanted = UINT64_C(1)
			 << collector_fact_row(collector, fact_named("snmp.access"));
	snmp_scene_look(&scene, &request);
	snmp_scene_assert(&scene, "snmp.access", "granted");
	snmp_scene_assert(&scene, "snmp.software", NULL);
	assert_int_equal(scene.asked, 3);
	snmp_scene_end(&scene);
}

static void answers_of_others_are_none(void **state)
{
	static const struct {
		enum habit habit;
		enum reason reason;
	} cases[] = {
		{ OTHER_REQUEST, REASON_MALFORMED },
		{ OTHER_PORT, REASON_TIMED_OUT },
		{ FLOODS, REASON_MALFORMED },
	};
	struct snmp_scene scene;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct habits habits = { .habit = cases[i].habit, .versions = ALL };

		look(&scene, &habits, NULL);
		snmp_scene_assert_outcome(&scene, STAGE_REPLY, cases[i].reason);
		assert_int_equal(facts_count(scene.seen->facts), 0);
		snmp_scene_end(&scene);
	}
}

/* So many at once fit into the buffer of a socket; a message is shorter than that. */
enum { AT_ONCE = 48, LONGEST = 180 };

/* Each of many answers is damaged in another place; all those who ask come to an end. */
static void look_at_damaged(enum habit habit, uint8_t change, unsigned versions)
{
	const struct habits habits = { .habit = habit, .versions = versions, .change = change,
				       .rows = 2 };
	const struct snmp_access access = { .version = 2, .community = "public" };
	struct observation *seen[AT_ONCE] = { NULL };
	struct snmp_scene scene;
	struct request request;

	snmp_scene_begin(&scene, &habits);
	request = snmp_scene_request(&scene, TIMEOUT_MS);
	request.snmp = &access;
	while (scene.damaged < LONGEST) {
		for (size_t i = 0; i < AT_ONCE; i++)
			snmp_scene_start(&scene, &request, &seen[i]);
		while (runner_busy(scene.runner))
			loop_turn(scene.loop, CLOCK_SECOND);
		for (size_t i = 0; habit == CUT && i < AT_ONCE; i++)
			assert_int_equal(facts_count(seen[i]->facts), 0);
	}
	for (size_t i = 0; i < AT_ONCE; i++)
		observation_free(seen[i]);
	snmp_scene_end(&scene);
}

static void an_answer_cut_short_is_none(void **state)
{
	(void)state;
	look_at_damaged(CUT, 0, ONE);
	look_at_damaged(CUT, 0, TWO);
	look_at_damaged(CUT, 0, THREE);
}

static void a_changed_answer_ends_too(void **state)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff };

	(void)state;
	for (size_t i = 0; i < sizeof changes; i++) {
		look_at_damaged(CHANGED, changes[i], TWO);
		look_at_damaged(CHANGED, changes[i], THREE);
	}
}

static void secrets_are_never_told(void **state)
{
	static const enum habit each[] = { HONEST, ENDLESS, STUCK, OTHER_PORT, FLOODS };
	struct snmp_scene scene;

	(void)state;
	for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
		const struct habits habits = { .habit = each[i], .versions = ALL, .rows = 3,
					       .community = ours.community };
		struct request request;
		struct text said = { 0 };
		struct json json;

		look(&scene, &habits, &ours);
		request = snmp_scene_request(&scene, TIMEOUT_MS);
		request.snmp = &ours;
		json_begin(&json, &said, true);
		observation_to_json(scene.seen, &request, &json, NULL);
		assert_null(strstr(text_string(&said), ours.community));
		text_free(&said);
		snmp_scene_end(&scene);
	}
}

enum { SILENT = 200, BAR = 48 << 10 };

/* Two hundred wait for somebody who never answers, and one does not have to wait. */
static void the_silent_delay_nobody(void **state)
{
	const struct habits honest = { .versions = ALL }, silent = { 0 };
	struct snmp_scene scene, nobody;
	struct observation *seen[SILENT] = { NULL };
	struct request request;
	size_t before, used;

	(void)state;
	snmp_scene_begin(&scene, &honest);
	snmp_scene_begin(&nobody, &silent);
	request = snmp_scene_request(&nobody, 5000);
	request.snmp = &ours;
	before = mallinfo2().uordblks;
	for (size_t i = 0; i < SILENT; i++)
		snmp_scene_start(&scene, &request, &seen[i]);
	for (int i = 0; i < 20; i++)
		loop_turn(scene.loop, 0);
	used = (mallinfo2().uordblks - before) / SILENT;
	/* A sanitizer's allocator does not tell. */
	if (used)
		assert_in_range(used, 1, BAR);
	print_message("%zu bytes a live asking\n", used);
	request = snmp_scene_request(&scene, TIMEOUT_MS);
	snmp_scene_look(&scene, &request);
	snmp_scene_assert(&scene, "snmp.versions", "v1 v2c v3");
	assert_in_range(scene.seen->elapsed_us, 0, 200 * CLOCK_MILLISECOND);
	assert_int_equal(runner_busy(scene.runner), SILENT);
	snmp_scene_end(&scene);
	snmp_scene_end(&nobody);
	for (size_t i = 0; i < SILENT; i++)
		observation_free(seen[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_is_answered),
		cmocka_unit_test(each_version_is_seen_by_itself),
		cmocka_unit_test(silence_says_nothing_of_public),
		cmocka_unit_test(who_was_not_asked_in_time_was_not_silent),
		cmocka_unit_test(access_that_was_not_tried_in_time_was_not_refused),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(our_access_proves_that_public_is_not_let_in),
		cmocka_unit_test(a_wrong_community_is_met_with_silence),
		cmocka_unit_test(who_may_not_read_is_denied),
		cmocka_unit_test(a_lost_datagram_is_sent_again),
		cmocka_unit_test(software_is_told_in_order),
		cmocka_unit_test(no_software_at_all_is_no_list),
		cmocka_unit_test(half_a_list_is_a_failure),
		cmocka_unit_test(more_than_was_asked_is_taken),
		cmocka_unit_test(less_is_asked_of_who_finds_it_too_big),
		cmocka_unit_test(only_what_is_wanted_is_asked),
		cmocka_unit_test(answers_of_others_are_none),
		cmocka_unit_test(an_answer_cut_short_is_none),
		cmocka_unit_test(a_changed_answer_ends_too),
		cmocka_unit_test(secrets_are_never_told),
		cmocka_unit_test(the_silent_delay_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
