/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/load.h"

#include <stdlib.h>

#include "ground/memory.h"

struct profiles *load_profiles(const char *folder, struct problems *problems)
{
	struct profiles *profiles = profiles_new();
	const char *ours = getenv("UCPOSTURE_PROFILE_DIR");

	profiles_read_folder(profiles, ours && *ours ? ours : PROFILE_DIR, problems);
	if (folder)
		profiles_read_folder(profiles, folder, problems);
	profiles_settle(profiles, problems);
	profiles_find_unused(profiles, problems);
	return profiles;
}

/* Also of a file with faults: names that nobody knows are found in the same go. */
struct loaded *load_all(const struct load_order *order, struct problems *problems)
{
	struct loaded *loaded = memory_new(1, sizeof *loaded);
	struct config *config = config_read(order->config_file, problems);

	inventory_add(config, order->fetched, problems);
	config_know_own_addresses(config);
	loaded->config = config;
	loaded->profiles = load_profiles(
		order->profile_dir ? order->profile_dir : config->profile_dir, problems);
	loaded->plan = plan_make(config, loaded->profiles, problems);
	if (!problems->errors)
		return loaded;
	loaded_free(loaded);
	return NULL;
}

void loaded_free(struct loaded *loaded)
{
	if (!loaded)
		return;
	plan_free(loaded->plan);
	profiles_free(loaded->profiles);
	config_free(loaded->config);
	free(loaded);
}
