/* SPDX-License-Identifier: Apache-2.0
 *
 * What text is written on: how wide it is and whether it can show colours. Everything
 * for people is laid out in columns with these few functions.
 */
#ifndef AGENT_CLI_SCREEN_H
#define AGENT_CLI_SCREEN_H

#include "ground/text.h"

enum colour_choice { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_FAINT, STYLE_RED, STYLE_YELLOW, STYLE_GREEN,
	     STYLE_MAGENTA, STYLE_CYAN };

/* Columns of the key in a pair, with the gap behind it. */
enum { SCREEN_KEY = 11 };

struct screen {
	unsigned width;		/* columns */
	bool colour;
	bool utf8;		/* can it show a dash or a dot in the middle? */
};

struct cell {
	const char *text;	/* safe: see screen_add_safe */
	unsigned width;		/* columns it may fill */
	enum style style;
};

/* Looks at the descriptor, COLUMNS, NO_COLOR, TERM and the locale. */
void screen_of(int fd, enum colour_choice choice, struct screen *screen);
bool screen_is_terminal(int fd);

/* Columns a text takes. */
unsigned screen_columns(const char *string);
/* Takes the next line of at most `width` columns from *rest: its length in bytes. */
size_t screen_take_line(const char **rest, unsigned width);

/* Breaks at spaces; the first line begins where `out` stands, at column `indent`. Lines
 * of the string stay apart. Ends the last line. */
void screen_add_wrapped(const struct screen *screen, struct text *out, const char *string,
			unsigned indent);
void screen_add_styled(const struct screen *screen, struct text *out, enum style style,
		       const char *string);
/* One row of a table: the cells beside each other, each as high as it needs. */
void screen_add_row(const struct screen *screen, struct text *out, unsigned indent,
		    const struct cell *cells, size_t count);
/* "Fix        what to do", with the text hanging; nothing when there is no text. */
void screen_add_pair(const struct screen *screen, struct text *out, unsigned indent,
		     const char *key, const char *string);
/* One line: white space becomes one space, and what a terminal would obey is escaped. */
void screen_add_safe(struct text *out, const char *string);
/* 65 us, 1.2 ms, 3.4 s */
void screen_add_duration(struct text *out, int64_t us);
/* 2026-11-21 08:15:30, as the clock on the wall here shows it. */
void screen_add_time(struct text *out, int64_t wall_us);
/* 42 s, 5 min, 3 h, 12 days: how long something has been so. */
void screen_add_age(struct text *out, int64_t us);
/* " · ", or " - " where only ASCII can be shown. */
const char *screen_dot(const struct screen *screen);

#endif
