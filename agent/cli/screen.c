/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/screen.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/memory.h"

enum { WIDTH_USUAL = 80, WIDTH_LEAST = 40, WIDTH_MOST = 200 };

static const char *const style_codes[] = {
	[STYLE_PLAIN] = "", [STYLE_BOLD] = "1", [STYLE_FAINT] = "2", [STYLE_RED] = "1;31",
	[STYLE_YELLOW] = "33", [STYLE_GREEN] = "32", [STYLE_MAGENTA] = "35",
	[STYLE_CYAN] = "36"
};

static unsigned find_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	long width = columns ? strtol(columns, NULL, 10) : 0;

	if (width <= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width <= 0)
		width = WIDTH_USUAL;
	if (width > WIDTH_MOST)
		width = WIDTH_MOST;
	return width < WIDTH_LEAST ? WIDTH_LEAST : (unsigned)width;
}

static bool locale_is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < 3; i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
	}
	return false;
}

bool screen_is_terminal(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && strcmp(term, "dumb");
}

void screen_of(int fd, enum colour_choice choice, struct screen *screen)
{
	const char *no_colour = getenv("NO_COLOR");

	screen->width = find_width(fd);
	screen->utf8 = locale_is_utf8();
	screen->colour = choice == COLOUR_ALWAYS ||
			 (choice == COLOUR_AUTO && !(no_colour && *no_colour) &&
			  screen_is_terminal(fd));
}

/* Marks that join the character before them, and East Asian ones of double width. */
static unsigned character_columns(uint32_t code)
{
	static const struct { uint32_t first, last; unsigned columns; } special[] = {
		{ 0x0300, 0x036f, 0 }, { 0x1100, 0x115f, 2 }, { 0x200b, 0x200f, 0 },
		{ 0x2e80, 0xa4cf, 2 }, { 0xac00, 0xd7a3, 2 }, { 0xf900, 0xfaff, 2 },
		{ 0xfe00, 0xfe0f, 0 }, { 0xfe30, 0xfe6f, 2 }, { 0xff00, 0xff60, 2 },
		{ 0xffe0, 0xffe6, 2 }, { 0x1f300, 0x1faff, 2 }, { 0x20000, 0x3fffd, 2 }
	};

	for (size_t i = 0; code >= 0x0300 && i < sizeof special / sizeof *special; i++)
		if (code >= special[i].first && code <= special[i].last)
			return special[i].columns;
	return 1;
}

/* Bytes and columns of the character at the start of a string that is not empty. */
static size_t take_character(const char *string, unsigned *columns)
{
	size_t width;
	uint32_t code;

	*columns = 1;
	if (!utf8_character(string, strnlen(string, 4), &width, &code))
		return 1;
	*columns = character_columns(code);
	return width;
}

unsigned screen_columns(const char *string)
{
	unsigned all = 0, columns;

	while (*string) {
		string += take_character(string, &columns);
		all += columns;
	}
	return all;
}

size_t screen_take_line(const char **rest, unsigned width)
{
	const char *start = *rest, *at = start, *space = NULL;
	unsigned used = 0, columns;

	while (*at && *at != '\n') {
		size_t bytes = take_character(at, &columns);

		if (*at == ' ')
			space = at;
		if (used + columns > width && at > start)
			break;
		used += columns;
		at += bytes;
	}
	/* A word that is longer than the line is cut where the line ends. */
	const char *end = *at && *at != '\n' && space && space > start ? space : at;
	*rest = end + strspn(end, " ");
	if (**rest == '\n')
		++*rest;
	while (end > start && end[-1] == ' ')
		end--;
	return (size_t)(end - start);
}

static void add_spaces(struct text *out, unsigned count)
{
	while (count--)
		text_add_char(out, ' ');
}

void screen_add_wrapped(const struct screen *screen, struct text *out, const char *string,
			unsigned indent)
{
	unsigned width = screen->width > indent + 20 ? screen->width - indent : 20;

	do {
		const char *line = string;
		size_t length = screen_take_line(&string, width);

		text_add_bytes(out, line, length);
		text_add_char(out, '\n');
		if (*string && *string != '\n')
			add_spaces(out, indent);
	} while (*string);
}

static void add_styled_bytes(const struct screen *screen, struct text *out,
			     enum style style, const char *bytes, size_t length)
{
	bool styled = screen->colour && style != STYLE_PLAIN && length;

	if (styled)
		text_add_format(out, "\x1b[%sm", style_codes[style]);
	text_add_bytes(out, bytes, length);
	if (styled)
		text_add(out, "\x1b[0m");
}

void screen_add_styled(const struct screen *screen, struct text *out, enum style style,
		       const char *string)
{
	add_styled_bytes(screen, out, style, string, strlen(string));
}

void screen_add_row(const struct screen *screen, struct text *out, unsigned indent,
		    const struct cell *cells, size_t count)
{
	enum { MOST_CELLS = 8 };
	const char *rest[MOST_CELLS];
	bool more = true;

	if (count > MOST_CELLS)
		count = MOST_CELLS;
	for (size_t i = 0; i < count; i++)
		rest[i] = cells[i].text;
	while (more) {
		/* Gaps are written only before something, so that no line ends in spaces. */
		unsigned owed = indent;

		more = false;
		for (size_t i = 0; i < count; i++) {
			const char *line = rest[i];
			size_t length = screen_take_line(&rest[i], cells[i].width);
			char *copy = memory_copy_span(line, length);
			unsigned columns = screen_columns(copy);

			if (length) {
				add_spaces(out, owed);
				owed = 0;
			}
			add_styled_bytes(screen, out, cells[i].style, line, length);
			owed += cells[i].width > columns ? cells[i].width - columns + 2 : 2;
			more = more || *rest[i];
			free(copy);
		}
		text_add_char(out, '\n');
	}
}

void screen_add_pair(const struct screen *screen, struct text *out, unsigned indent,
		     const char *key, const char *string)
{
	struct text safe = { 0 };

	if (string)
		screen_add_safe(&safe, string);
	if (safe.length) {
		struct cell cells[] = {
			{ key, SCREEN_KEY - 2, STYLE_FAINT },
			{ text_string(&safe), screen->width - indent - SCREEN_KEY, STYLE_PLAIN }
		};

		screen_add_row(screen, out, indent, cells, 2);
	}
	text_free(&safe);
}

void screen_add_safe(struct text *out, const char *string)
{
	bool begun = false;

	for (;;) {
		string += strspn(string, " \t\r\n");
		size_t length = strcspn(string, " \t\r\n");

		if (!length)
			return;
		if (begun)
			text_add_char(out, ' ');
		text_add_foreign(out, string, length, length);
		string += length;
		begun = true;
	}
}

const char *screen_dot(const struct screen *screen)
{
	return screen->utf8 ? " \u00b7 " : " - ";
}

void screen_add_duration(struct text *out, int64_t us)
{
	if (us < 1000)
		text_add_format(out, "%d us", (int)us);
	else if (us < 1000000)
		text_add_format(out, "%.1f ms", (double)us / 1e3);
	else
		text_add_format(out, "%.1f s", (double)us / 1e6);
}

void screen_add_time(struct text *out, int64_t wall_us)
{
	time_t seconds = (time_t)(wall_us / CLOCK_SECOND);
	char stamp[CLOCK_STAMP_ROOM];
	struct tm day;

	if (localtime_r(&seconds, &day) && strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &day))
		text_add(out, stamp);
	else
		text_add(out, "out of range");
}

void screen_add_age(struct text *out, int64_t us)
{
	static const struct {
		int64_t seconds;
		const char *unit;
	} units[] = { { 2 * 86400, "days" }, { 2 * 3600, "h" }, { 2 * 60, "min" }, { 0, "s" } };
	int64_t seconds = us > 0 ? us / CLOCK_SECOND : 0;
	size_t at = 0;

	while (seconds < units[at].seconds)
		at++;
	text_add_format(out, "%" PRId64 " %s",
			units[at].seconds ? seconds / (units[at].seconds / 2) : seconds,
			units[at].unit);
}
