/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes of an inventory, what is told of it, and what stays when it is of no use.
 */
#include "tests/unit/gathering_answers.h"

/* --- documents ------------------------------------------------------------- */

static void what_comes_is_offered_and_is_there(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, A, NULL);
	assert_int_equal(the_crew.count, 1);
	assert_there(&scene, A, NULL);
	come(&scene, "[1]", NULL);
	assert_int_equal(scene.changes, 1);
	assert_there(&scene, A, "[1]");
	assert_failed(&scene, NULL);
	assert_int_equal(scene.reports, 1);
	end(&scene);
}

static void what_has_not_changed_costs_no_reload(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, A, NULL);
	come(&scene, "[1]", "\"v1\"");
	ask_again(&scene, 0);
	assert_string_equal(last_request()->terms->etag, "\"v1\"");
	answer(observed(304));
	settle(&scene);
	ask_again(&scene, 0);
	come(&scene, "[1]", "\"v2\"");
	ask_again(&scene, 0);
	assert_string_equal(last_request()->terms->etag, "\"v2\"");
	come(&scene, "[2]", NULL);
	assert_int_equal(scene.changes, 2);
	assert_there(&scene, A, "[2]");
	end(&scene);
}

static void a_document_of_no_use_replaces_none(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, A, NULL);
	scene.hates = "bad";
	come(&scene, "[1]", "\"v1\"");
	ask_again(&scene, 0);
	come(&scene, "bad", "\"v2\"");
	assert_int_equal(scene.changes, 2);
	assert_there(&scene, A, "[1]");
	assert_failed(&scene, A ":1:1: bad");
	/* The same again is not worth another reload, and what is there is still v1. */
	ask_again(&scene, 0);
	assert_string_equal(last_request()->terms->etag, "\"v1\"");
	come(&scene, "bad", "\"v2\"");
	assert_int_equal(scene.changes, 2);
	assert_failed(&scene, A ":1:1: bad");
	/* With another configuration it may be of use. */
	gathering_set(scene.gathering, &scene.config);
	scene.hates = NULL;
	ask_again(&scene, 0);
	come(&scene, "bad", "\"v2\"");
	assert_there(&scene, A, "bad");
	assert_failed(&scene, NULL);
	end(&scene);
}

static void documents_that_come_together_are_one_reload(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, A, B);
	answer(document("[1]", NULL));
	come(&scene, "[2]", NULL);
	assert_int_equal(scene.changes, 1);
	assert_there(&scene, A, "[1]");
	assert_there(&scene, B, "[2]");
	end(&scene);
}

static void a_bad_document_does_not_keep_a_good_one_away(void **state)
{
	for (int bad_first = 0; bad_first < 2; bad_first++) {
		const char *bad = bad_first ? A : B, *good = bad_first ? B : A;
		struct scene scene;

		(void)state;
		begin(&scene, A, B);
		scene.hates = "bad";
		answer(document(bad_first ? "bad" : "[1]", NULL));
		come(&scene, bad_first ? "[1]" : "bad", NULL);
		assert_there(&scene, good, "[1]");
		assert_there(&scene, bad, NULL);
		assert_non_null(scene.failed);
		assert_int_equal(strncmp(scene.failed, bad, strlen(bad)), 0);
		end(&scene);
	}
}

/* --- failures -------------------------------------------------------------- */

static void a_failure_is_told_once_and_so_is_its_end(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, "http://127.0.0.1/x", NULL);
	come(&scene, "[1]", NULL);
	for (int i = 0; i < 3; i++) {
		ask_again(&scene, 0);
		answer(failure(STAGE_CONNECT, REASON_REFUSED));
	}
	assert_int_equal(scene.reports, 2);
	assert_failed(&scene, "http://127.0.0.1/x: the connection was refused");
	assert_there(&scene, "http://127.0.0.1/x", "[1]");
	ask_again(&scene, 0);
	come(&scene, "[1]", NULL);
	assert_int_equal(scene.reports, 3);
	assert_failed(&scene, NULL);
	assert_int_equal(scene.changes, 1);
	end(&scene);
}

static void the_first_failure_is_told_with_how_many_more(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, "http://127.0.0.1/x", "http://[::1]/x");
	answer(failure(STAGE_CONNECT, REASON_REFUSED));
	answer(failure(STAGE_CONNECT, REASON_TIMED_OUT));
	assert_failed(&scene, "http://127.0.0.1/x: the connection was refused (and 1 more)");
	ask_again(&scene, 0);
	come(&scene, "[]", NULL);
	assert_failed(&scene, "http://[::1]/x: nobody answered in time");
	end(&scene);
}

static void after_a_failure_it_is_asked_sooner_and_then_less_often(void **state)
{
	struct source source = { .refresh_us = FAR_US };

	(void)state;
	assert_true(pause_after(&source) == FAR_US);
	source.failures = 1;
	assert_true(pause_after(&source) == 5 * CLOCK_SECOND);
	source.failures = 3;
	assert_true(pause_after(&source) == 20 * CLOCK_SECOND);
	source.failures = UINT32_MAX;
	assert_true(pause_after(&source) == FAR_US);
	source.refresh_us = CLOCK_SECOND;
	source.failures = 1;
	assert_true(pause_after(&source) == CLOCK_SECOND);
}

static void each_answer_that_is_none_says_why(void **state)
{
	static const struct {
		int64_t status;
		enum reason reason;
		const char *type, *location, *why;
	} cases[] = {
		{ 404, REASON_NONE, NULL, NULL, "the server answers with status 404" },
		{ 403, REASON_NONE, NULL, NULL,
		  "the server answers with status 403: see authorization_file" },
		{ 304, REASON_NONE, NULL, NULL, "the server answers with status 304" },
		{ 302, REASON_NONE, NULL, "https://b/",
		  "the server answers with status 302 and sends us to https://b/, where we do"
		  " not follow: name the place itself" },
		{ 200, REASON_NONE, "text/html; charset=utf-8", NULL,
		  "the server answers with a web page, which is no inventory" },
		{ 200, REASON_TOO_MUCH, NULL, NULL, "the document is larger than 3 MB" },
		{ 200, REASON_MALFORMED, NULL, NULL, "what came is not a whole document" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct observation *observation = observed(cases[i].status);
		struct text expected = { 0 };
		struct scene scene;

		observation->outcome.reason = cases[i].reason;
		if (cases[i].reason != REASON_NONE)
			observation->outcome.stage = STAGE_REPLY;
		else if (cases[i].status == 200)
			facts_set_text(observation->facts, document_fact(DOCUMENT_BODY), "[]");
		if (cases[i].type)
			facts_set_text(observation->facts, document_fact(DOCUMENT_TYPE),
				       cases[i].type);
		if (cases[i].location)
			facts_set_text(observation->facts, document_fact(DOCUMENT_LOCATION),
				       cases[i].location);
		begin(&scene, "http://127.0.0.1/x", NULL);
		answer(observation);
		settle(&scene);
		text_add_format(&expected, "http://127.0.0.1/x: %s", cases[i].why);
		assert_failed(&scene, text_string(&expected));
		assert_int_equal(scene.changes, 0);
		text_free(&expected);
		end(&scene);
	}
}

/* --- which sources there are ----------------------------------------------- */

static void a_source_that_goes_takes_its_document_along(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, A, B);
	answer(document("[1]", NULL));
	come(&scene, "[2]", NULL);
	ask_again(&scene, 1);
	scene.config.inventory_count = 1;
	gathering_set(scene.gathering, &scene.config);
	assert_there(&scene, A, "[1]");
	assert_there(&scene, B, NULL);
	/* The answer for it comes all the same. */
	come(&scene, "[3]", NULL);
	assert_int_equal(scene.changes, 1);
	end(&scene);
}

static void a_reload_from_inside_may_set_the_sources(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, A, B);
	scene.sets_again = true;
	answer(document("[1]", NULL));
	answer(document("[2]", NULL));
	scene.config.inventory_count = 1;
	settle(&scene);
	assert_there(&scene, A, "[1]");
	assert_there(&scene, B, NULL);
	assert_int_equal(scene.changes, 1);
	end(&scene);
}

static void files_that_change_are_offered_once(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, A, B);
	come(&scene, "[1]", NULL);
	come(&scene, "[1]", NULL);
	scene.config.inventory_count = 3;
	gathering_set(scene.gathering, &scene.config);
	scene.changes = 0;
	look(scene.gathering->files);
	assert_int_equal(scene.changes, 0);
	scene.files = 2;
	scene.hates = "1";
	look(scene.gathering->files);
	look(scene.gathering->files);
	assert_int_equal(scene.changes, 1);
	assert_failed(&scene, A ":1:1: bad");
	scene.files = 3;
	scene.hates = NULL;
	look(scene.gathering->files);
	assert_failed(&scene, NULL);
	/* What changed while a reload read it is found afterwards. */
	scene.files = 4;
	gathering_set(scene.gathering, &scene.config);
	look(scene.gathering->files);
	assert_int_equal(scene.changes, 3);
	end(&scene);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_is_offered_and_is_there),
		cmocka_unit_test(what_has_not_changed_costs_no_reload),
		cmocka_unit_test(a_document_of_no_use_replaces_none),
		cmocka_unit_test(documents_that_come_together_are_one_reload),
		cmocka_unit_test(a_bad_document_does_not_keep_a_good_one_away),
		cmocka_unit_test(a_failure_is_told_once_and_so_is_its_end),
		cmocka_unit_test(the_first_failure_is_told_with_how_many_more),
		cmocka_unit_test(after_a_failure_it_is_asked_sooner_and_then_less_often),
		cmocka_unit_test(each_answer_that_is_none_says_why),
		cmocka_unit_test(a_source_that_goes_takes_its_document_along),
		cmocka_unit_test(a_reload_from_inside_may_set_the_sources),
		cmocka_unit_test(files_that_change_are_offered_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
