/* SPDX-License-Identifier: Apache-2.0
 *
 * Expressions behind `matches`. What would take a matcher without bound is refused: the
 * texts they look at come from strangers.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/plan/operand.h"
#include "ground/memory.h"

enum { PATTERN_MOST = 256, COPIES_MOST = 1000 };

/* a{100}{100} makes the compiler write ten thousand copies of a. */
static bool repeats_too_much(const char *pattern)
{
	unsigned long copies = 1;

	for (const char *c = pattern; *c; c++) {
		unsigned long low, high;
		char *end;

		if (*c == '\\' && c[1]) {
			c++;
			continue;
		}
		if (*c != '{')
			continue;
		low = strtoul(c + 1, &end, 10);
		high = *end == ',' ? strtoul(end + 1, NULL, 10) : low;
		high = high > low ? high : low;
		if (high > COPIES_MOST)
			return true;
		copies *= high ? high : 1;
		if (copies > COPIES_MOST)
			return true;
	}
	return false;
}

/* \1 asks for what matched before: the time that takes has no bound. */
static bool refers_back(const char *pattern)
{
	for (const char *c = strchr(pattern, '\\'); c && c[1]; c = strchr(c + 2, '\\'))
		if (c[1] >= '1' && c[1] <= '9')
			return true;
	return false;
}

static const char *complain_pattern(const char *pattern)
{
	if (!*pattern || strlen(pattern) > PATTERN_MOST)
		return "an expression has 1 to 256 bytes";
	if (repeats_too_much(pattern))
		return "it repeats more than 1000 times";
	if (refers_back(pattern))
		return "back references are not understood";
	return NULL;
}

bool operand_read_pattern(struct reading *reading, const struct node *node,
			  struct expectation *expectation, struct patterns *patterns)
{
	char why[128];
	const char *complaint;
	regex_t *pattern;
	int failed;

	if (node->kind != NODE_TEXT)
		return form_refuse(reading, "matches", node,
				   "a POSIX extended regular expression");
	complaint = complain_pattern(node->text);
	pattern = arena_take(reading->arena, sizeof *pattern);
	failed = complaint ? 0 : regcomp(pattern, node->text, REG_EXTENDED | REG_NOSUB);
	if (failed) {
		regerror(failed, pattern, why, sizeof why);
		complaint = why;
	}
	if (complaint) {
		form_error(reading, node->place, "'%.80s' is no regular expression: %s",
			   node->text, complaint);
		return false;
	}
	patterns->items = memory_room_for(patterns->items, patterns->count, &patterns->room,
					  sizeof *patterns->items);
	patterns->items[patterns->count++] = pattern;
	expectation->pattern = pattern;
	expectation->operands = arena_take(reading->arena, sizeof *expectation->operands);
	*expectation->operands = (struct operand){ .text = node->text };
	expectation->count = 1;
	return true;
}

void patterns_free(struct patterns *patterns)
{
	for (size_t i = 0; i < patterns->count; i++)
		regfree(patterns->items[i]);
	free(patterns->items);
	*patterns = (struct patterns){ 0 };
}
