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
};

static inline int set_up(void **state)
{
	struct papers *papers = memory_new(1, sizeof *papers);

	papers->profiles = profiles_new();
	*state = papers;
	return 0;
}

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

static inline void assert_good(struct papers *papers)
{
	assert_problems(papers, "");
}

static inline void read_profile(struct papers *papers, const char *file, const char *yaml)
{
	profiles_read_bytes(papers->profiles, file, yaml, strlen(yaml), &papers->problems);
}

#endif
