/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads what stands behind an operator, in the type of the fact it is compared with. Only
 * expectation.c calls it; profile_schema_facts.c says the same to editors.
 */
#ifndef AGENT_PLAN_OPERAND_H
#define AGENT_PLAN_OPERAND_H

#include "agent/plan/expectation.h"
#include "agent/plan/form.h"

bool operand_is_hex(const struct fact_descriptor *fact);
bool operand_is_sha256(const struct fact_descriptor *fact);
/* All false when a problem was found. The expectation's fact and operator are set. */
bool operand_read_one(struct reading *reading, const struct node *node,
		      struct expectation *expectation);
bool operand_read_several(struct reading *reading, const struct node *node,
			  struct expectation *expectation);
bool operand_read_networks(struct reading *reading, const struct node *node,
			   struct expectation *expectation);
bool operand_read_remaining(struct reading *reading, const struct node *node,
			    struct expectation *expectation);
/* Of `present`, `absent` and `unchanged`: true, and nothing else. */
bool operand_read_true(struct reading *reading, const struct node *node,
		       struct expectation *expectation);
bool operand_read_pattern(struct reading *reading, const struct node *node,
			  struct expectation *expectation, struct patterns *patterns);

#endif
