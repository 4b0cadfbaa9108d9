/* SPDX-License-Identifier: Apache-2.0
 *
 * An inventory that somebody wrote or sent, and the plan made of it.
 */
#include "agent/plan/inventory.h"
#include "tests/fuzz/papers_for_fuzz.h"

static const char yaml[] =
	"targets: [ { name: a, address: 10.0.0.1, profiles: p } ]\n"
	"inventory: [ { http: 'http://x', defaults: { profiles: p, labels: { site: x }, peers: "
	"{ smtp: y }, overrides: { web: { off: true } } } } ]\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems = { 0 };
	struct profiles *profiles = profiles_new();
	struct config *config = config_read_bytes("c", yaml, strlen(yaml), &problems);

	inventory_add_bytes(config, config->inventory, "i", (const char *)data, size, &problems);
	read_known_profiles(profiles, &problems);
	profiles_settle(profiles, &problems);
	plan_free(plan_make(config, profiles, &problems));
	check_problems(&problems);
	profiles_free(profiles);
	config_free(config);
	return 0;
}
