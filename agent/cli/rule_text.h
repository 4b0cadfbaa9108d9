/* SPDX-License-Identifier: Apache-2.0
 *
 * A rule in words: what it looks at, what it expects, why, and how to put it right.
 */
#ifndef AGENT_CLI_RULE_TEXT_H
#define AGENT_CLI_RULE_TEXT_H

#include "agent/cli/screen.h"
#include "agent/plan/profile.h"

/* The pairs that follow a heading. */
void rule_add(const struct screen *screen, struct text *out, unsigned indent,
	      const struct rule *rule);

#endif
