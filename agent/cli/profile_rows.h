/* SPDX-License-Identifier: Apache-2.0
 *
 * A chapter of a profile's document: the rules about one kind of thing, in groups by when
 * they hold, as a table where it fits the screen. Only profile_text.c calls it.
 */
#ifndef AGENT_CLI_PROFILE_ROWS_H
#define AGENT_CLI_PROFILE_ROWS_H

#include "agent/cli/language.h"
#include "agent/cli/rule_text.h"

/* rules: those of the chapter, in the order of the profile. */
struct chapter {
	enum heading heading;
	const struct rule **rules;
	size_t count;
};

void profile_add_heading(const struct document *document, const char *heading);
/* Nothing when it has no rules. */
void profile_add_chapter(const struct document *document, const struct chapter *chapter);

#endif
