/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of config.c, which each read one key of the configuration (FIELD_OWN, into a struct
 * config unless it says else), and what an inventory needs of them.
 */
#ifndef AGENT_PLAN_CONFIG_PARTS_H
#define AGENT_PLAN_CONFIG_PARTS_H

#include "agent/plan/config.h"
#include "agent/plan/form.h"

/* config_target.c. The vantage of a target or of the agent: wherever `at` says. */
bool config_read_vantage(struct reading *reading, const struct field *field,
			 const struct node *node, void *base);
bool config_read_targets(struct reading *reading, const struct field *field,
			 const struct node *node, void *base);
/* What the agent says for all targets. */
void config_give_usual(const struct config *config, struct target *target);
/* Of an inventory: keys of targets without name and address. */
bool config_read_defaults(struct reading *reading, const struct node *node,
			  struct target *defaults);
/* A target of an inventory. The owner of the reading is its source. */
bool config_read_listed(struct reading *reading, const struct node *node,
			struct target *target);
/* What all targets of a group have, on top of the defaults of the source, which owns the
 * reading. */
bool config_read_group(struct reading *reading, const struct node *node,
		       struct target *usual);

/* config_alarms.c */
bool config_read_alarms(struct reading *reading, const struct field *field,
			const struct node *node, void *base);
void config_give_usual_alarms(struct alarm_settings *alarms);
/* Warns of programs that are not there. */
void config_look_for_programs(const struct config *config, struct problems *problems);

/* config_inventory.c */
bool config_read_inventory(struct reading *reading, const struct field *field,
			   const struct node *node, void *base);
/* What is in their files of authorization: lines that servers want to hear. */
void config_read_authorizations(struct config *config, struct problems *problems);

/* config.c: those from `first` on must have names that no other has. */
void config_refuse_same_targets(const struct config *config, size_t first,
				struct problems *problems);
/* A relative path belongs to the folder of the file in which it stands. */
const char *config_path(struct arena *arena, const char *file, const char *path);

#endif
