/* SPDX-License-Identifier: Apache-2.0
 *
 * A rule in words: what it looks at, what it expects, why, and how to put it right.
 */
#ifndef AGENT_CLI_RULE_TEXT_H
#define AGENT_CLI_RULE_TEXT_H

#include "agent/cli/screen.h"
#include "agent/plan/profile.h"

/* A profile, or something of it, on its way to the screen. */
struct document {
	const struct profile *profile;	/* that has the features, scenarios and peers */
	struct screen screen;
	bool german;			/* titles, where the profile has them, and headings */
	bool in_full;			/* each rule with all it says */
	struct text *out;
};

/* The subjects, with a comma between them. */
void rule_add_subjects(struct text *out, const struct rule *rule);
/* The pairs that follow a heading. */
void rule_add(const struct document *document, unsigned indent, const struct rule *rule);

#endif
