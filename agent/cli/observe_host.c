/* SPDX-License-Identifier: Apache-2.0
 *
 * The listening sockets of this machine, a line each.
 */
#include "agent/cli/observe_text.h"

#include <string.h>

enum { INDENT = 4, GAP = 2, PROCESS_LEAST = 16 };

/* Of a line: each as wide as its widest, and the last as the screen allows. */
enum column {
	COLUMN_PROTOCOL,
	COLUMN_ADDRESS,
	COLUMN_EXPOSURE,
	COLUMN_USER,
	COLUMN_PROCESS,
	COLUMNS
};

static const struct fact *cell_of(const struct facts *record, const char *name)
{
	for (size_t i = 0; i < facts_count(record); i++)
		if (!strcmp(facts_at(record, i)->about->name, name))
			return facts_at(record, i);
	return NULL;
}

static void add_cell(const struct facts *record, const char *name, struct text *out)
{
	const struct fact *cell = cell_of(record, name);

	if (cell)
		fact_describe(cell, out);
}

/* 10.0.0.5:443, [::1]:443, *:443 */
static void add_address(const struct facts *record, struct text *out)
{
	const struct fact *address = cell_of(record, "address");
	bool six = address && strchr(address->text, ':');

	if (six)
		text_add_char(out, '[');
	add_cell(record, "address", out);
	text_add(out, six ? "]:" : ":");
	add_cell(record, "port", out);
}

/* sshd (812), nginx (901 and 4 more), or nothing. */
static void add_process(const struct facts *record, struct text *out)
{
	const struct fact *processes = cell_of(record, "processes");

	if (!cell_of(record, "pid"))
		return;
	add_cell(record, "process", out);
	text_add(out, " (");
	add_cell(record, "pid", out);
	if (processes && processes->integer > 1)
		text_add_format(out, " and %lld more", (long long)processes->integer - 1);
	text_add_char(out, ')');
}

static void add_column(const struct facts *record, enum column column, struct text *out)
{
	switch (column) {
	case COLUMN_PROTOCOL:
		add_cell(record, "protocol", out);
		break;
	case COLUMN_ADDRESS:
		add_address(record, out);
		break;
	case COLUMN_EXPOSURE:
		add_cell(record, "exposure", out);
		break;
	case COLUMN_USER:
		add_cell(record, "user", out);
		break;
	default:
		add_process(record, out);
		break;
	}
}

static void measure(const struct fact *sockets, unsigned widest[static COLUMNS])
{
	struct text cell = { 0 };

	for (size_t i = 0; i < sockets->count; i++) {
		for (enum column column = 0; column < COLUMN_PROCESS; column++) {
			text_clear(&cell);
			add_column(sockets->records[i], column, &cell);
			if (screen_columns(text_string(&cell)) > widest[column])
				widest[column] = screen_columns(text_string(&cell));
		}
	}
	text_free(&cell);
}

/* The columns that a screen has room for beside each other, the last of them filling it; a
 * narrow one gets user and process in a line of their own. */
static size_t fit(const struct page *page, unsigned widest[static COLUMNS])
{
	unsigned used = INDENT, room = page->screen->width;

	for (enum column column = 0; column < COLUMN_PROCESS; column++)
		used += widest[column] + GAP;
	if (used + PROCESS_LEAST <= room) {
		widest[COLUMN_PROCESS] = room - used;
		return COLUMNS;
	}
	used = INDENT + widest[COLUMN_PROTOCOL] + GAP + widest[COLUMN_EXPOSURE] + GAP;
	if (used + widest[COLUMN_ADDRESS] > room)
		widest[COLUMN_ADDRESS] = used < room ? room - used : 1;
	used = INDENT + widest[COLUMN_PROTOCOL] + GAP + widest[COLUMN_USER] + GAP;
	widest[COLUMN_PROCESS] = used + 1 < room ? room - used : 1;
	return COLUMN_USER;
}

static void add_socket(const struct page *page, const struct facts *record,
		       const unsigned widest[static COLUMNS], size_t together)
{
	struct text raw = { 0 }, safe[COLUMNS] = { { 0 } };
	struct cell cells[COLUMNS], below[] = { { "", widest[0], STYLE_PLAIN }, { 0 }, { 0 } };

	for (enum column column = 0; column < COLUMNS; column++) {
		text_clear(&raw);
		add_column(record, column, &raw);
		screen_add_safe(&safe[column], text_string(&raw));
		cells[column] = (struct cell){ text_string(&safe[column]), widest[column],
					       STYLE_PLAIN };
	}
	screen_add_row(page->screen, page->out, INDENT, cells, together);
	if (together < COLUMNS) {
		memcpy(below + 1, cells + together, 2 * sizeof *cells);
		screen_add_row(page->screen, page->out, INDENT, below, 3);
	}
	text_free(&raw);
	for (enum column column = 0; column < COLUMNS; column++)
		text_free(&safe[column]);
}

static void add_sockets(struct page *page)
{
	const struct fact *sockets = page_fact(page, "host.sockets");
	unsigned widest[COLUMNS] = { 0 };
	size_t together;

	page_add(page, false, "%zu", sockets->count);
	measure(sockets, widest);
	together = fit(page, widest);
	for (size_t i = 0; i < sockets->count; i++)
		add_socket(page, sockets->records[i], widest, together);
}

static void add_ports(struct page *page, const char *name)
{
	struct text ports = { 0 };

	fact_describe(page_fact(page, name), &ports);
	page_add(page, false, "%s", ports.length ? text_string(&ports) : "nobody");
	text_free(&ports);
}

/* Each of them has a line below. */
static void add_listening(struct page *page)
{
	if (!page_fact(page, "host.sockets"))
		add_ports(page, "host.listening");
}

static void add_exposed(struct page *page)
{
	add_ports(page, "host.exposed");
}

const struct row *observe_host_rows(void)
{
	static const struct row rows[] = {
		{ "Exposure", { "host.exposure" }, NULL },
		{ "Listening", { "host.listening" }, add_listening },
		{ "Exposed", { "host.exposed" }, add_exposed },
		{ "Sockets", { "host.sockets" }, add_sockets },
		{ .label = NULL }
	};

	return rows;
}
