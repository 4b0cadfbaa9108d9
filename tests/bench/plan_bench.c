/* SPDX-License-Identifier: Apache-2.0
 *
 * What it costs to read a configuration of many targets and to plan it. Prints words and
 * numbers for plan_bench.sh.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/plan/plan.h"
#include "ground/clock.h"
#include "ground/text.h"
#include "tests/unit/invented_collectors.h"

enum { RULES = 24 };

static void write_profile(struct text *out)
{
	text_add(out, "profile: bench\ntitle: t\nrules:\n");
	for (unsigned i = 0; i < RULES; i++)
		text_add_format(out,
				"- { id: rule-%u, observe: port, subject: tcp/%u, because: b,\n"
				"    expect: { port.state: { is: open } } }\n",
				i, 8000 + i / 2);
	text_add(out, "- { id: sweep, observe: port, subject: tcp/1-65535, because: b,\n"
		      "    expect: { port.open: { only: allowed-ports } } }\n");
}

static void write_config(struct text *out, unsigned targets)
{
	text_add(out, "targets:\n");
	for (unsigned i = 0; i < targets; i++)
		text_add_format(
			out, "- { name: pbx-%u, address: 10.%u.%u.%u, profiles: [ bench ] }\n",
			i, i >> 16, i >> 8 & 255, i & 255);
	text_add(out, "exceptions:\n");
	for (unsigned i = 0; i < 100; i++)
		text_add_format(out,
				"- { target: pbx-%u, check: '*/rule-1', reason: r, owner: o,"
				" until: 2099-12-31 }\n",
				i % targets);
}

static void fail(const struct problems *problems)
{
	struct text out = { 0 };

	problem_describe(&problems->items[0], &out);
	fprintf(stderr, "%s\n", text_string(&out));
	exit(1);
}

static void measure(unsigned targets)
{
	struct problems problems = { 0 };
	struct profiles *profiles = profiles_new();
	struct text profile = { 0 }, yaml = { 0 };
	struct config *config;
	struct plan *plan;
	int64_t begun, read, planned;
	size_t before, after;

	write_profile(&profile);
	write_config(&yaml, targets);
	profiles_read_bytes(profiles, "bench.yaml", profile.bytes, profile.length, &problems);
	profiles_settle(profiles, &problems);
	begun = clock_monotonic_us();
	config = config_read_bytes("bench", yaml.bytes, yaml.length, &problems);
	read = clock_monotonic_us();
	before = mallinfo2().uordblks + mallinfo2().hblkhd;
	plan = plan_make(config, profiles, &problems);
	planned = clock_monotonic_us();
	after = mallinfo2().uordblks + mallinfo2().hblkhd;
	if (problems.count)
		fail(&problems);
	printf("%u %zu %zu %.1f %.1f %.1f\n", targets, plan->check_count,
	       plan->observation_count, (double)(read - begun) / 1000,
	       (double)(planned - read) / 1000,
	       (double)(after - before) / (double)plan->check_count);
	plan_free(plan);
	config_free(config);
	profiles_free(profiles);
	text_free(&profile);
	text_free(&yaml);
}

/* plan_bench TARGETS…: for each a line of targets, checks, observations, ms to read, ms to
 * plan, bytes a check. */
int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		measure((unsigned)strtoul(argv[i], NULL, 10));
	return 0;
}
