/* SPDX-License-Identifier: Apache-2.0
 *
 * A group of targets in a list as Prometheus' file_sd and http_sd have it: addresses, and labels
 * for all of them, of which those named __ucposture_… say what we need to know. For inventory.c.
 */
#ifndef AGENT_PLAN_INVENTORY_GROUP_H
#define AGENT_PLAN_INVENTORY_GROUP_H

#include "agent/plan/config.h"
#include "agent/plan/form.h"

/* The owner of the reading is the source of the inventory. */
void inventory_add_group(struct reading *reading, struct config *config,
			 const struct node *group);

#endif
