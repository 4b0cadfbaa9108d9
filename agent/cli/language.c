/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/language.h"

#include <string.h>

static const char *const headings[HEADING_COUNT][2] = {
#define HEADING_ROW(constant, english, german) [HEADING_##constant] = { english, german },
	HEADINGS(HEADING_ROW)
#undef HEADING_ROW
};

bool language_is_german(const char *word)
{
	return word && !strcmp(word, "de");
}

const char *language_heading(bool german, enum heading heading)
{
	return headings[heading][german];
}

const char *language_title(bool german, const char *title, const char *title_de)
{
	return german && title_de ? title_de : title;
}

void language_add_named(bool german, const struct named *list, size_t count, const char *name,
			struct text *out)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].name, name) != 0)
			continue;
		text_add_format(out, "%s (%s)",
				language_title(german, list[i].title, list[i].title_de), name);
		return;
	}
	text_add(out, name);
}
