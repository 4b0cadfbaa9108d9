/* SPDX-License-Identifier: Apache-2.0
 *
 * From when until when, and how often.
 */
#include "tests/unit/unit.h"

#include "ground/clock.h"
#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

static const struct config *read_config(struct papers *papers, const char *yaml)
{
	papers->config = config_read_bytes("c", yaml, strlen(yaml), &papers->problems);
	return papers->config;
}

static void an_exception_begins_with_its_day_or_at_a_stamp(void **state)
{
	const struct config *config = read_config(
		*state,
		"exceptions:\n"
		"  - { target: a, check: b, reason: r, owner: o, until: 2099-06-30 }\n"
		"  - { target: a, check: b, reason: r, owner: o, from: 2099-06-30,"
		" until: 2099-06-30 }\n"
		"  - { target: a, check: b, reason: r, owner: o, from: 2099-06-30T08:00:00Z,"
		" until: 2099-06-30T09:00:00Z }\n");
	int64_t begin, eight;

	assert_good(*state);
	assert_true(clock_parse("2099-06-30T00:00:00Z", &begin));
	assert_true(clock_parse("2099-06-30T08:00:00Z", &eight));
	assert_int_equal(config->exceptions[0].from_us, 0);
	assert_int_equal(config->exceptions[1].from_us, begin);
	assert_int_equal(config->exceptions[2].from_us, eight);
}

static void an_exception_cannot_end_before_it_begins(void **state)
{
	read_config(*state, "exceptions:\n"
			    "  - { target: a, check: b, reason: r, owner: o, from: 2099-07-01,"
			    " until: 2099-06-30 }\n"
			    "  - { target: a, check: b, reason: r, owner: o, from: soon,"
			    " until: 2099-06-30 }\n");
	assert_problems(*state,
			"c:2:55: error: this exception would end before it begins: 'from' comes"
			" before 'until'\n"
			"c:3:55: error: 'from' must be a date such as 2027-06-30, not 'soon'\n");
}

static void an_exception_that_has_ended_is_a_warning(void **state)
{
	read_config(*state,
		    "exceptions:\n"
		    "  - { target: a, check: b, reason: r, owner: o, until: 2020-02-29 }\n");
	assert_problems(*state,
			"c:2:56: warning: this exception ended on 2020-02-29: remove it, or "
			"give it a later date\n");
}

static void what_is_looked_at_very_often_is_a_warning(void **state)
{
	const struct config *config = read_config(
		*state, "targets: [ { name: a, address: x, profiles: p, interval: 200ms } ]\n");

	assert_int_equal(config->targets[0].interval_ms, 200);
	assert_problems(*state, "c:1:58: warning: every 200ms is very often for a system in use:"
				" 10s is the least that makes sense there\n");
}

static void one_look_is_taken_as_often_as_one_of_its_checks_says(void **state)
{
	const struct plan *plan = plan_one(
		*state, "",
		WEB RULE("slow", "observe: port, subject: tcp/443, interval: 1h, " OPEN)
			RULE("day", "observe: port, subject: tcp/1, interval: 1d, " OPEN)
				RULE("own", "observe: port, subject: tcp/2, interval: 1d, " OPEN)
					RULE("fast", "observe: port, subject: tcp/443, "
						     "interval: 1m, " OPEN),
		"address: 10.0.0.1, interval: 10m, overrides: { own: { interval: 30s } }");

	assert_good(*state);
	assert_int_equal(plan->observation_count, 3);
	assert_int_equal(plan->observations[0].interval_ms, 60 * 1000);
	assert_int_equal(plan->observations[1].interval_ms, 24 * 3600 * 1000);
	assert_int_equal(plan->observations[2].interval_ms, 30 * 1000);
}

static void what_is_elsewhere_is_asked_as_often_as_one_target_says(void **state)
{
	struct papers *papers = *state;
	const struct plan *plan;

	read_profile(papers, "p.yaml",
		     HEAD("p") "rules:\n" RULE("push", "observe: http, subject: 'http://10.0.0.9', "
						      "expect: { http.status: { is: 200 } }"));
	plan = make_plan(papers, "targets:\n"
				 "  - { name: a, address: 10.0.0.1, profiles: p, interval: 1h }\n"
				 "  - { name: b, address: 10.0.0.2, profiles: p, interval: 9m }\n"
				 "  - { name: c, address: 10.0.0.3, profiles: p, interval: 2h }\n");
	assert_good(papers);
	assert_int_equal(plan->observation_count, 1);
	assert_int_equal(plan->observations[0].interval_ms, 9 * 60 * 1000);
}

static void an_exception_covers_nothing_before_it_begins(void **state)
{
	struct papers *papers = *state;
	const struct plan *plan;
	int64_t early, begin;

	read_profile(papers, "p.yaml", HEAD("p") "rules:\n" WEB);
	plan = make_plan(papers, "targets: [ { name: a, address: 10.0.0.1, profiles: p } ]\n"
				 "exceptions:\n"
				 "  - { target: a, check: '*', reason: soon, owner: o,\n"
				 "      from: 2098-01-01, until: 2099-01-01 }\n"
				 "  - { target: a, check: '*', reason: now, owner: o,\n"
				 "      until: 2098-01-01 }\n");
	assert_good(papers);
	assert_true(clock_parse("2097-12-31T23:59:59Z", &early));
	assert_true(clock_parse("2098-01-01T00:00:00Z", &begin));
	assert_string_equal(plan_exception(plan, &plan->checks[0], early)->reason, "now");
	assert_string_equal(plan_exception(plan, &plan->checks[0], begin)->reason, "soon");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(an_exception_begins_with_its_day_or_at_a_stamp),
		PAPERS_TEST(an_exception_cannot_end_before_it_begins),
		PAPERS_TEST(an_exception_that_has_ended_is_a_warning),
		PAPERS_TEST(what_is_looked_at_very_often_is_a_warning),
		PAPERS_TEST(one_look_is_taken_as_often_as_one_of_its_checks_says),
		PAPERS_TEST(what_is_elsewhere_is_asked_as_often_as_one_target_says),
		PAPERS_TEST(an_exception_covers_nothing_before_it_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
