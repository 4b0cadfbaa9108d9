/* SPDX-License-Identifier: Apache-2.0
 *
 * How an inventory is asked for, what is kept of it, and who looks once.
 */
#include "tests/unit/gathering_answers.h"

/* --- the way --------------------------------------------------------------- */

static void both_families_are_tried_and_the_one_that_works_first(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, A, NULL);
	assert_int_equal(last_request()->family, 6);
	answer(failure(STAGE_RESOLVE, REASON_NO_ADDRESS));
	assert_int_equal(last_request()->family, 4);
	come(&scene, "[1]", NULL);
	assert_failed(&scene, NULL);
	ask_again(&scene, 0);
	assert_int_equal(last_request()->family, 4);
	answer(failure(STAGE_CONNECT, REASON_REFUSED));
	assert_int_equal(last_request()->family, 6);
	answer(failure(STAGE_RESOLVE, REASON_NO_ADDRESS));
	assert_failed(&scene, A ": the connection was refused");
	end(&scene);
}

static void a_proxy_finds_the_host_and_an_address_has_one_family(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, A, "http://192.0.2.1/x");
	assert_int_equal(last_request()->family, 4);
	scene.sources[0].proxy = "http://proxy:3128";
	scene.config.source.six = "2001:db8::1";
	gathering_set(scene.gathering, &scene.config);
	assert_int_equal(the_crew.asked[2].request->family, 0);
	assert_string_equal(the_crew.asked[2].request->source, "2001:db8::1");
	assert_string_equal(the_crew.asked[2].request->proxy, "http://proxy:3128");
	end(&scene);
}

static void what_is_said_to_whom_comes_from_the_source(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, A, NULL);
	assert_null(last_request()->terms->authorization);
	scene.sources[0].authorization = "Token canary";
	scene.sources[0].authorities = "PEM";
	gathering_set(scene.gathering, &scene.config);
	assert_int_equal(the_crew.count, 2);
	assert_string_equal(last_request()->terms->authorization, "Token canary");
	assert_string_equal(last_request()->authorities, "PEM");
	/* Who was asked on other terms is not listened to any more. */
	answer(document("old", NULL));
	settle(&scene);
	assert_there(&scene, A, NULL);
	answer(failure(STAGE_CONNECT, REASON_REFUSED));
	answer(failure(STAGE_CONNECT, REASON_REFUSED));
	assert_null(strstr(scene.failed, "canary"));
	gathering_set(scene.gathering, &scene.config);
	assert_int_equal(the_crew.count, 3);
	end(&scene);
}

static void another_crew_is_asked_what_the_one_before_was(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, A, B);
	come(&scene, "[1]", NULL);
	scene.config.name_servers = "192.0.2.53";
	gathering_set(scene.gathering, &scene.config);
	assert_string_equal(hired.name_servers, "192.0.2.53");
	/* B was under way. */
	assert_int_equal(the_crew.count, 1);
	assert_string_equal(last_request()->subject.text, B);
	come(&scene, "[2]", NULL);
	assert_there(&scene, A, "[1]");
	assert_there(&scene, B, "[2]");
	end(&scene);
}

/* --- copies ---------------------------------------------------------------- */

static void a_restart_knows_what_came_before(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, A, NULL);
	come(&scene, "[1]\n", "\"v1\"");
	gathering_free(scene.gathering);
	start(&scene);
	assert_there(&scene, A, "[1]\n");
	assert_string_equal(last_request()->terms->etag, "\"v1\"");
	answer(observed(304));
	settle(&scene);
	assert_int_equal(scene.changes, 1);
	end(&scene);
}

static void only_what_is_in_force_is_copied(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, A, NULL);
	scene.hates = "bad";
	come(&scene, "[1]", NULL);
	ask_again(&scene, 0);
	come(&scene, "bad", NULL);
	gathering_free(scene.gathering);
	start(&scene);
	assert_there(&scene, A, "[1]");
	end(&scene);
}

static void the_copy_of_a_source_that_is_gone_goes_too(void **state)
{
	struct text body = { 0 }, etag = { 0 };
	struct scene scene;

	(void)state;
	begin(&scene, A, B);
	come(&scene, "[1]", NULL);
	come(&scene, "[2]", NULL);
	assert_true(copies_read(scene.folder, B, &body, &etag));
	scene.config.inventory_count = 1;
	gathering_set(scene.gathering, &scene.config);
	assert_false(copies_read(scene.folder, B, &body, &etag));
	assert_true(copies_read(scene.folder, A, &body, &etag));
	text_free(&body);
	text_free(&etag);
	end(&scene);
}

static void a_copy_is_for_us_alone_and_for_its_url(void **state)
{
	static const char copy[] = "ucposture inventory 1\nu\n\"e\"\n[1]\n[2]";
	struct text body = { 0 }, etag = { 0 };
	char path[NAME_ROOM_HERE + 40];
	struct scene scene;
	struct stat about;

	(void)state;
	begin(&scene, A, NULL);
	come(&scene, "[1]", NULL);
	snprintf(path, sizeof path, "%s/inventory/%016llx", scene.folder,
		 (unsigned long long)seen_hash(SEEN_HASH_BEGIN, A));
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 07777, 0600);
	assert_true(copy_take(copy, sizeof copy - 1, "u", &body, &etag));
	assert_string_equal(text_string(&body), "[1]\n[2]");
	assert_string_equal(text_string(&etag), "\"e\"");
	assert_false(copy_take(copy, sizeof copy - 1, "v", &body, &etag));
	assert_false(copy_take(copy, sizeof copy, "u", &body, &etag));
	for (size_t length = 0; length < sizeof copy - sizeof "[1]\n[2]"; length++)
		assert_false(copy_take(copy, length, "u", &body, &etag));
	text_free(&body);
	text_free(&etag);
	end(&scene);
}

static void without_a_folder_nothing_is_kept_and_all_works(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, A, NULL);
	gathering_free(scene.gathering);
	rmdir(scene.folder);
	start(&scene);
	log_configure(LOG_LEVEL_ERROR, false);
	come(&scene, "[1]", NULL);
	assert_there(&scene, A, "[1]");
	mkdir(scene.folder, 0700);
	end(&scene);
}

/* --- looking once ---------------------------------------------------------- */

static void answer_both(void *arg)
{
	(void)arg;
	answer(document("[new]", NULL));
	answer(failure(STAGE_CONNECT, REASON_REFUSED));
}

static void who_looks_once_waits_and_falls_back_on_the_copy(void **state)
{
	struct text said = { 0 }, body = { 0 }, etag = { 0 };
	struct problems problems = { 0 };
	struct timer timer = { 0 };
	struct scene scene;

	(void)state;
	begin(&scene, A, "http://127.0.0.1/x");
	come(&scene, "[1]", NULL);
	come(&scene, "[2]", NULL);
	gathering_free(scene.gathering);
	scene.gathering = gathering_new(scene.loop, scene.folder, NULL);
	gathering_set(scene.gathering, &scene.config);
	timer_start(&timer, scene.loop, 0, answer_both, NULL);
	gathering_wait(scene.gathering, &scene.config, &problems);
	assert_int_equal(problems.errors, 0);
	assert_int_equal(problems.count, 1);
	problem_describe(&problems.items[0], &said);
	assert_non_null(strstr(text_string(&said), "http://127.0.0.1/x: the connection was refused;"
						   " what the agent keeps of it is used"));
	assert_there(&scene, A, "[new]");
	assert_there(&scene, "http://127.0.0.1/x", "[2]");
	/* What the agent keeps is the agent's. */
	assert_true(copies_read(scene.folder, A, &body, &etag));
	assert_string_equal(text_string(&body), "[1]");
	text_free(&said);
	text_free(&body);
	text_free(&etag);
	problems_free(&problems);
	end(&scene);
}

static void who_looks_once_without_a_copy_does_not_know_the_targets(void **state)
{
	struct problems problems = { 0 };
	struct scene scene;

	(void)state;
	begin(&scene, "http://127.0.0.1/x", NULL);
	gathering_free(scene.gathering);
	scene.gathering = gathering_new(scene.loop, scene.folder, NULL);
	gathering_set(scene.gathering, &scene.config);
	answer(failure(STAGE_CONNECT, REASON_REFUSED));
	gathering_wait(scene.gathering, &scene.config, &problems);
	assert_int_equal(problems.errors, 1);
	problems_free(&problems);
	end(&scene);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_families_are_tried_and_the_one_that_works_first),
		cmocka_unit_test(a_proxy_finds_the_host_and_an_address_has_one_family),
		cmocka_unit_test(what_is_said_to_whom_comes_from_the_source),
		cmocka_unit_test(another_crew_is_asked_what_the_one_before_was),
		cmocka_unit_test(a_restart_knows_what_came_before),
		cmocka_unit_test(only_what_is_in_force_is_copied),
		cmocka_unit_test(the_copy_of_a_source_that_is_gone_goes_too),
		cmocka_unit_test(a_copy_is_for_us_alone_and_for_its_url),
		cmocka_unit_test(without_a_folder_nothing_is_kept_and_all_works),
		cmocka_unit_test(who_looks_once_waits_and_falls_back_on_the_copy),
		cmocka_unit_test(who_looks_once_without_a_copy_does_not_know_the_targets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
