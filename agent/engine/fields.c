/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/fields.h"

#include <string.h>

/* What would end a field or a line, and the letters it is written with. */
static const char marks[] = "\\\t\n\r", letters[] = "\\tnr";

void fields_add(struct text *out, const char *field, char end)
{
	for (; *field; field++) {
		const char *mark = strchr(marks, *field);

		if (mark)
			text_add_char(out, '\\');
		text_add_char(out, mark ? letters[mark - marks] : *field);
	}
	text_add_char(out, end);
}

const char *fields_take(struct reader *line, struct arena *arena, char end)
{
	char *field = arena_take(arena, reader_left(line) + 1);
	size_t length = 0;

	while (reader_left(line)) {
		char c = (char)reader_take_u8(line);

		if (c == end)
			break;
		if (c == '\\') {
			const char *letter = strchr(letters, reader_take_u8(line));

			if (!reader_ok(line) || !letter || !*letter)
				return NULL;
			c = marks[letter - letters];
		} else if (strchr(marks, c)) {
			return NULL;
		}
		field[length++] = c;
	}
	field[length] = '\0';
	return field;
}
