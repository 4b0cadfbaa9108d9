/* SPDX-License-Identifier: Apache-2.0
 *
 * Configuration and profiles of a test, and what is wrong with them.
 */
#ifndef TESTS_UNIT_PAPERS_H
#define TESTS_UNIT_PAPERS_H

#include <stdlib.h>
#include <string.h>

#include "agent/plan/plan.h"
#include "ground/memory.h"
#include "ground/text.h"

struct papers {
	struct problems problems;
	struct profiles *profiles;
	struct config *config;
	struct plan *plan;
	struct own_addresses own;	/* of the machine the plan is made on */
};

static inline int set_up(void **state)
{
	struct papers *papers = memory_new(1, sizeof *papers);

	papers->profiles = profiles_new();
	*state = papers;
	return 0;
}

static inline int tear_down(void **state)
{
	struct papers *papers = *state;

	plan_free(papers->plan);
	problems_free(&papers->problems);
	config_free(papers->config);
	profiles_free(papers->profiles);
	free(papers);
	return 0;
}

#define PAPERS_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* All problems, sorted, a line each. */
static inline void describe_problems(struct papers *papers, struct text *out)
{
	problems_sort(&papers->problems);
	for (size_t i = 0; i < papers->problems.count; i++) {
		problem_describe(&papers->problems.items[i], out);
		text_add_char(out, '\n');
	}
}

static inline void assert_problems(struct papers *papers, const char *expected)
{
	struct text out = { 0 };

	describe_problems(papers, &out);
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
}

/* Somewhere among them. */
static inline void assert_problem(struct papers *papers, const char *expected)
{
	struct text out = { 0 };

	describe_problems(papers, &out);
	if (!strstr(text_string(&out), expected))
		fail_msg("%s\nis not among:\n%s", expected, text_string(&out));
	text_free(&out);
}

static inline void assert_no_problem(struct papers *papers, const char *part)
{
	struct text out = { 0 };

	describe_problems(papers, &out);
	if (strstr(text_string(&out), part))
		fail_msg("%s\nis among:\n%s", part, text_string(&out));
	text_free(&out);
}

static inline void assert_good(struct papers *papers)
{
	assert_problems(papers, "");
}

static inline void read_profile(struct papers *papers, const char *file, const char *yaml)
{
	profiles_read_bytes(papers->profiles, file, yaml, strlen(yaml), &papers->problems);
}

#define HEAD(name) "profile: " name "\ntitle: t\n"
/* A rule of one line, its own keys first. */
#define RULE(id, keys) "  - { id: " id ", because: b, " keys " }\n"
#define OPEN "expect: { port.state: { is: open } }"
#define WEB RULE("port-web", "observe: port, subject: tcp/443, " OPEN)
#define FEATURES "features: { mobile: Mobile, video: Video }\n"
#define PEERS "peers: { smtp: Mail relay }\n"
#define RELAY RULE("relay", "observe: port, subject: tcp/25, peer: smtp, " OPEN)

static inline const struct plan *make_plan(struct papers *papers, const char *config)
{
	struct text yaml = { 0 };

	text_add(&yaml, config);
	papers->config = config_read_bytes("c", yaml.bytes, yaml.length, &papers->problems);
	text_free(&yaml);
	papers->config->own = papers->own;
	profiles_settle(papers->profiles, &papers->problems);
	papers->plan = plan_make(papers->config, papers->profiles, &papers->problems);
	return papers->plan;
}

/* One profile "p" with these rules, one target "t" with these keys. */
static inline const struct plan *
plan_one(struct papers *papers, const char *before_rules, const char *rules, const char *keys)
{
	struct text profile = { 0 }, config = { 0 };

	text_add_format(&profile, HEAD("p") "%srules:\n%s", before_rules, rules);
	text_add_format(&config, "targets:\n  - { name: t, profiles: p, %s }\n", keys);
	read_profile(papers, "p.yaml", text_string(&profile));
	make_plan(papers, text_string(&config));
	text_free(&profile);
	text_free(&config);
	return papers->plan;
}

static inline void assert_names(const struct plan *plan, const char *expected)
{
	struct text names = { 0 };

	for (size_t i = 0; i < plan->check_count; i++)
		text_add_item(&names, " ", plan->checks[i].name);
	assert_string_equal(text_string(&names), expected);
	text_free(&names);
}

static inline const struct request *request_of(const struct plan *plan, size_t check)
{
	assert_true(plan->checks[check].observation < plan->observation_count);
	return &plan->observations[plan->checks[check].observation].request;
}

#endif
