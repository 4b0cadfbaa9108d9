/* SPDX-License-Identifier: Apache-2.0
 *
 * A configuration that somebody wrote, and the plan made of it.
 */
#include "tests/fuzz/papers_for_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems = { 0 };
	struct profiles *profiles = profiles_new();
	struct config *config = config_read_bytes("c", (const char *)data, size, &problems);
	struct plan *plan;

	read_known_profiles(profiles, &problems);
	profiles_settle(profiles, &problems);
	plan = plan_make(config, profiles, &problems);
	for (size_t i = 0; i < plan->check_count; i++)
		plan_exception(plan, &plan->checks[i], 0);
	plan_free(plan);
	check_problems(&problems);
	profiles_free(profiles);
	config_free(config);
	return 0;
}
