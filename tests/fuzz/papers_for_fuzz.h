/* SPDX-License-Identifier: Apache-2.0
 *
 * What the fuzz targets of plan have in common: profiles to extend and to plan with, and
 * what must hold of every problem.
 */
#ifndef TESTS_FUZZ_PAPERS_FOR_FUZZ_H
#define TESTS_FUZZ_PAPERS_FOR_FUZZ_H

#include <stdlib.h>
#include <string.h>

#include "agent/plan/plan.h"
#include "tests/unit/invented_collectors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void read_known_profile(struct profiles *profiles, const char *file,
				      const char *yaml, struct problems *problems)
{
	profiles_read_bytes(profiles, file, yaml, strlen(yaml), problems);
}

static inline void read_known_profiles(struct profiles *profiles, struct problems *problems)
{
	read_known_profile(profiles, "base.yaml",
			   "profile: base\ntitle: t\nrules:\n"
			   "- { id: web, observe: port, subject: tcp/443, because: b,\n"
			   "    expect: { port.state: { is: open } } }\n",
			   problems);
	read_known_profile(
		profiles, "p.yaml",
		"profile: p\ntitle: t\nextends: base\n"
		"features: { mobile: m }\nscenarios: { sweep: s }\npeers: { smtp: r }\n"
		"rules:\n"
		"- { id: relay, observe: port, subject: tcp/25, peer: smtp, because: b,\n"
		"    feature: mobile, expect: { port.state: { is: open } } }\n"
		"- { id: sweep, observe: port, subject: tcp/1-65535, because: b,\n"
		"    scenario: sweep, expect: { port.open: { only: allowed-ports } } }\n",
		problems);
	read_known_profile(profiles, "q.yaml", "profile: q\ntitle: t\nextends: base\n",
			   problems);
}

/* Whoever is told of a fault must find it. */
static inline void check_problems(struct problems *problems)
{
	problems_sort(problems);
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->items[i];

		if (!problem->place.file || !problem->place.line || !problem->place.column ||
		    !*problem->message)
			abort();
	}
	problems_free(problems);
}

#endif
