/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything that a plan is made from, read and checked together: the configuration, the
 * profiles, the inventory.
 */
#ifndef AGENT_PLAN_LOAD_H
#define AGENT_PLAN_LOAD_H

#include "agent/plan/inventory.h"
#include "agent/plan/plan.h"

/* The installed profiles, or those of $UCPOSTURE_PROFILE_DIR, and then the user's folder
 * (NULL: none). The caller frees. */
struct profiles *load_profiles(const char *folder, struct problems *problems);

struct load_order {
	const char *config_file;
	const char *profile_dir;	/* in place of the configuration's; NULL */
	const struct inventory_fetched *fetched;	/* what was fetched so far, or NULL */
};

struct loaded {
	struct config *config;
	struct profiles *profiles;
	struct plan *plan;
};

/* NULL when something is wrong, which is among the problems then. */
struct loaded *load_all(const struct load_order *order, struct problems *problems);
void loaded_free(struct loaded *loaded);

#endif
