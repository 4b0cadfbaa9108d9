/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <string.h>

#include "agent/engine/baseline.h"
#include "tests/unit/made_house.h"

static struct made_house *made;

static int set_up(void **state)
{
	(void)state;
	made = made_house_new(2, 3);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	made_house_free(made);
	return 0;
}

static void formats_as(const char *expected)
{
	struct baseline *baseline = baseline_of(&made->results, 0);
	struct text out = { 0 };

	baseline_format(baseline, &out);
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
	baseline_free(baseline);
}

static void what_passes_is_left_out_and_lists_are_sorted(void **state)
{
	(void)state;
	made_house_see(made, 0, "a\tb", VERDICT_OK);
	made_house_fail(made, 2, REASON_TIMED_OUT);
	made_house_see(made, 3, "of another target", VERDICT_OK);
	formats_as("ucposture baseline 1\n"
		   "made tcp/1 h0\tobserved\n"
		   "\tmade.headers\tDate\\nServer\n"
		   "\tmade.list\ta\\nb\n"
		   "\tmade.word\ta\\tb\n"
		   "made tcp/1 h2\ttimed_out\n"
		   "end 2\n");
}

static void observations_that_look_alike_are_told_apart(void **state)
{
	(void)state;
	made->plan.observations[1].request.host = made->plan.observations[0].request.host;
	made_house_fail(made, 0, REASON_REFUSED);
	made_house_fail(made, 1, REASON_TIMED_OUT);
	formats_as("ucposture baseline 1\n"
		   "made tcp/1 h0\trefused\n"
		   "made tcp/1 h0 (2)\ttimed_out\n"
		   "end 2\n");
}

static void no_password_of_a_proxy_is_written_down(void **state)
{
	(void)state;
	made->plan.observations[0].request.proxy = "http://somebody:secret@proxy:3128";
	made_house_fail(made, 0, REASON_REFUSED);
	formats_as("ucposture baseline 1\nmade tcp/1 h0 via-proxy\trefused\nend 1\n");
}

static void note(void *arg, const struct difference *difference)
{
	text_add_format(arg, "%s %s %s %s>%s\n", baseline_kind_word(difference->kind),
			difference->look, difference->fact ? difference->fact : "",
			difference->then ? difference->then : "",
			difference->now ? difference->now : "");
}

static void what_was_written_is_read_as_the_same(void **state)
{
	struct baseline *now, *then;
	struct text out = { 0 }, differences = { 0 };

	(void)state;
	made_house_see(made, 0, "x\\y\nz\r", VERDICT_OK);
	made_house_fail(made, 1, REASON_REFUSED);
	now = baseline_of(&made->results, 0);
	baseline_format(now, &out);
	then = baseline_parse(text_string(&out), out.length);
	assert_non_null(then);
	baseline_compare(then, now, note, &differences);
	assert_string_equal(text_string(&differences), "");
	/* And none of it when it was cut short. */
	for (size_t length = 0; length < out.length; length++)
		assert_null(baseline_parse(text_string(&out), length));
	text_add_char(&out, '\n');
	assert_null(baseline_parse(text_string(&out), out.length));
	baseline_free(then);
	baseline_free(now);
	text_free(&out);
	text_free(&differences);
}

static struct baseline *read(const char *document)
{
	struct baseline *baseline = baseline_parse(document, strlen(document));

	assert_non_null(baseline);
	return baseline;
}

static void differences_are_told_by_kind(void **state)
{
	struct baseline *then = read("ucposture baseline 1\n"
				     "a\tobserved\n\tone\t1\n\tthree\t3\n\ttwo\t2\n"
				     "b\tobserved\n\tone\t1\n"
				     "c\trefused\n"
				     "d\tobserved\n"
				     "end 4\n");
	struct baseline *now = read("ucposture baseline 1\n"
				    "a\tobserved\n\tfour\t4\n\tone\t1\n\ttwo\t0\n"
				    "b\ttimed_out\n"
				    "c\tobserved\n\tone\t1\n"
				    "e\tobserved\n"
				    "end 4\n");
	struct text out = { 0 };

	(void)state;
	baseline_compare(then, now, note, &out);
	assert_string_equal(text_string(&out), "appeared a four >4\n"
					       "went a three 3>\n"
					       "changed a two 2>0\n"
					       "not_seen_now b  observed>timed_out\n"
					       "not_seen_then c  refused>observed\n"
					       "not_looked_at_now d  observed>\n"
					       "not_looked_at_then e  >observed\n");
	text_free(&out);
	baseline_free(then);
	baseline_free(now);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_passes_is_left_out_and_lists_are_sorted),
		TEST(observations_that_look_alike_are_told_apart),
		TEST(no_password_of_a_proxy_is_written_down),
		TEST(what_was_written_is_read_as_the_same),
		TEST(differences_are_told_by_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
