/* SPDX-License-Identifier: Apache-2.0
 *
 * Results made by hand for the tests of reports: targets, rules, checks and judgements
 * without plan, probers or judge.
 */
#ifndef TESTS_UNIT_MADE_H
#define TESTS_UNIT_MADE_H

#include <stdlib.h>
#include <string.h>

#include "agent/cli/report.h"
#include "ground/memory.h"

enum { MADE_TARGETS = 4, MADE_CHECKS = 600 };

static const struct collector made_collector = { .name = "port" };

struct made_results {
	struct report report;
	struct results results;
	struct plan plan;
	struct config config;
	struct profiles *profiles;
	struct target targets[MADE_TARGETS];
	struct label labels[MADE_TARGETS];
	struct rule rules[MADE_CHECKS];
	struct check checks[MADE_CHECKS];
	struct judgement judgements[MADE_CHECKS];
	struct text out;
};

static inline struct made_results *made_new(void)
{
	struct made_results *made = memory_new(1, sizeof *made);

	made->profiles = profiles_new();
	made->config = (struct config){ .targets = made->targets };
	made->plan = (struct plan){ .config = &made->config, .profiles = made->profiles,
				     .checks = made->checks };
	made->results = (struct results){ .plan = &made->plan, .judgements = made->judgements,
					   .started_wall_us = INT64_C(1700000000000000),
					   .finished_wall_us = INT64_C(1700000001250000) };
	made->report = (struct report){ .results = &made->results, .plan = &made->plan,
					 .agent = "ucposture 0.1.0",
					 .screen = { .width = 80 } };
	return made;
}

static inline void made_free(struct made_results *made)
{
	for (size_t i = 0; i < made->plan.check_count; i++)
		judgement_clear(&made->judgements[i]);
	profiles_free(made->profiles);
	text_free(&made->out);
	free(made);
}

static inline struct target *made_target(struct made_results *made, const char *name)
{
	struct target *target = &made->targets[made->config.target_count++];

	*target = (struct target){ .name = name, .address = name, .vantage = VANTAGE_INTERNAL };
	return target;
}

/* Of the target that was added last. */
static inline struct check *made_check(struct made_results *made, const char *name,
					enum verdict verdict)
{
	size_t at = made->plan.check_count++;
	struct rule *rule = &made->rules[at];

	*rule = (struct rule){ .id = "web-https", .profile = "starface",
			       .title = "The web interface answers over HTTPS",
			       .because = "people log in there", .remedy = "Switch it on",
			       .reference = "Port table, row 443",
			       .collector = &made_collector, .severity = SEVERITY_MAJOR };
	made->checks[at] = (struct check){
		.name = name, .rule = rule, .subject = "tcp/443",
		.target = (uint32_t)made->config.target_count - 1,
		.observation = NO_OBSERVATION, .provisional_while = NO_CHECK,
		.family = 4, .severity = SEVERITY_MAJOR };
	made->judgements[at] = (struct judgement){ .verdict = verdict, .reason = "violated",
						    .expected = memory_copy("open"),
						    .observed = memory_copy("closed") };
	return &made->checks[at];
}

static inline const char *made_write(struct made_results *made, const char *format)
{
	text_clear(&made->out);
	report_format_named(format)->write(&made->report, &made->out);
	return text_string(&made->out);
}

#endif
