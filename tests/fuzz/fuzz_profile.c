/* SPDX-License-Identifier: Apache-2.0
 *
 * A profile that somebody wrote, among others, and a plan made of it.
 */
#include "tests/fuzz/papers_for_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *config = config_default();
	struct profiles *profiles = profiles_new();
	struct problems problems = { 0 };
	const char *names[] = { NULL, "p" };
	struct target *target = config_add_target(config, "pbx", "pbx.example");

	read_known_profiles(profiles, &problems);
	profiles_read_bytes(profiles, "fuzz", (const char *)data, size, &problems);
	profiles_settle(profiles, &problems);
	target->place = (struct place){ "c", 1, 1 };
	target->profiles = names;
	target->profile_count = 2;
	for (size_t i = 0; i < profiles_count(profiles); i++) {
		names[0] = profiles_at(profiles, i)->name;
		plan_free(plan_make(config, profiles, &problems));
	}
	check_problems(&problems);
	profiles_free(profiles);
	config_free(config);
	return 0;
}
