/* SPDX-License-Identifier: Apache-2.0
 *
 * How often something is looked at: the same bounds wherever it is said, for the agent, a
 * target, an override or a rule.
 */
#ifndef AGENT_PLAN_INTERVAL_H
#define AGENT_PLAN_INTERVAL_H

#include "agent/plan/form.h"

/* For FIELD_OWN: a uint32_t, in milliseconds. What is very short is a warning. */
bool interval_read_field(struct reading *reading, const struct field *field,
			 const struct node *node, void *base);

#endif
