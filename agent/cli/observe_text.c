/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/observe_text.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/collector.h"

enum {
	INDENT = 2,
	GAP = 2,			/* of screen_add_row() */
	LABEL_WIDTH = 13,
	MARK_WIDTH = 1,
	VALUE_AT = INDENT + LABEL_WIDTH + GAP + MARK_WIDTH + GAP,
	BELOW_AT = INDENT + MARK_WIDTH + GAP,
	DEEPER = 3,
	NAME_WIDTH = 22,		/* of a fact in the plain list */
	EXPLAINED_AT = 6,
	NOTE_LEAST = 12,
	WIDTH_LEAST = 10
};

static const char mark_of_weak[] = "!";

static unsigned room_behind(const struct screen *screen, unsigned column)
{
	return screen->width > column + WIDTH_LEAST ? screen->width - column : WIDTH_LEAST;
}

const struct fact *page_fact(const struct page *page, const char *name)
{
	const struct facts *facts = page->seen->facts;

	for (size_t i = 0; i < facts_count(facts); i++)
		if (!strcmp(facts_at(facts, i)->about->name, name))
			return facts_at(facts, i);
	return NULL;
}

const char *page_text(const struct page *page, const char *name)
{
	const struct fact *fact = page_fact(page, name);

	return fact ? fact->text : "";
}

bool page_truth(const struct page *page, const char *name)
{
	const struct fact *fact = page_fact(page, name);

	return fact && fact->truth;
}

static enum style style_of(bool weak)
{
	return weak ? STYLE_RED : STYLE_PLAIN;
}

void page_add(struct page *page, bool weak, const char *format, ...)
{
	struct text line = { 0 }, safe = { 0 };
	va_list list;

	va_start(list, format);
	text_add_format_list(&line, format, list);
	va_end(list);
	screen_add_safe(&safe, text_string(&line));

	const struct cell cells[] = {
		{ page->label, LABEL_WIDTH, STYLE_BOLD },
		{ weak ? mark_of_weak : "", MARK_WIDTH, STYLE_RED },
		{ text_string(&safe), room_behind(page->screen, VALUE_AT), style_of(weak) }
	};
	screen_add_row(page->screen, page->out, INDENT, cells, 3);
	page->label = "";
	text_free(&line);
	text_free(&safe);
}

void page_add_below(struct page *page, bool weak, unsigned depth, const char *string)
{
	unsigned column = BELOW_AT + depth * DEEPER;
	struct text safe = { 0 };

	screen_add_safe(&safe, string);
	const struct cell cells[] = {
		{ weak ? mark_of_weak : "", MARK_WIDTH + depth * DEEPER, STYLE_RED },
		{ text_string(&safe), room_behind(page->screen, column), style_of(weak) }
	};
	screen_add_row(page->screen, page->out, INDENT, cells, 2);
	text_free(&safe);
}

void page_add_with_note(struct page *page, bool weak, const char *string, unsigned width,
			const char *note)
{
	unsigned note_at = BELOW_AT + width + GAP;
	struct text safe = { 0 };

	if (note_at + NOTE_LEAST > page->screen->width) {
		page_add_below(page, weak, 0, string);
		page_add_below(page, false, 1, note);
		return;
	}
	screen_add_safe(&safe, string);
	const struct cell cells[] = {
		{ weak ? mark_of_weak : "", MARK_WIDTH, STYLE_RED },
		{ text_string(&safe), width, style_of(weak) },
		{ note, page->screen->width - note_at, STYLE_PLAIN }
	};
	screen_add_row(page->screen, page->out, INDENT, cells, 3);
	text_free(&safe);
}

static void explain(const struct page *page, const struct fact *fact)
{
	struct text words = { 0 };

	text_add_format(&words, "%s: %s", fact->about->name, fact->about->help);
	const struct cell cell = { text_string(&words),
				   room_behind(page->screen, EXPLAINED_AT), STYLE_FAINT };
	screen_add_row(page->screen, page->out, EXPLAINED_AT, &cell, 1);
	text_free(&words);
}

static bool row_is_seen(const struct page *page, const struct row *row)
{
	for (size_t i = 0; i < ROW_FACTS && row->facts[i]; i++)
		if (page_fact(page, row->facts[i]))
			return true;
	return false;
}

static void add_row(struct page *page, const struct row *row, bool verbose)
{
	page->label = row->label;
	if (row->add) {
		row->add(page);
	} else {
		struct text value = { 0 };

		fact_describe(page_fact(page, row->facts[0]), &value);
		page_add(page, false, "%s", value.length ? text_string(&value) : "none");
		text_free(&value);
	}
	for (size_t i = 0; verbose && i < ROW_FACTS && row->facts[i]; i++)
		if (page_fact(page, row->facts[i]))
			explain(page, page_fact(page, row->facts[i]));
}

static const struct row *table_at(size_t index)
{
	const struct row *const tables[] = { observe_reach_rows(), observe_tls_rows(),
					     observe_http_rows(), observe_certificate_rows(),
					     observe_host_rows(), observe_snmp_rows() };

	return index < sizeof tables / sizeof *tables ? tables[index] : NULL;
}

static bool has_row(const char *name)
{
	const struct row *row;

	for (size_t table = 0; (row = table_at(table)); table++)
		for (; row->label; row++)
			for (size_t i = 0; i < ROW_FACTS && row->facts[i]; i++)
				if (!strcmp(row->facts[i], name))
					return true;
	return false;
}

static void add_value(const struct fact *fact, struct text *out)
{
	const char *unit = fact->about->unit;

	if (fact->about->type == FACT_REAL && unit && !strcmp(unit, "seconds")) {
		screen_add_duration(out, (int64_t)(fact->real * 1e6 + 0.5));
		return;
	}
	fact_describe(fact, out);
	if (!out->length)
		text_add(out, "none");
	else if (unit && strcmp(unit, "hex") != 0)
		text_add_format(out, " %s", unit);
}

static void add_plain(const struct screen *screen, const struct fact *fact, bool verbose,
		      struct text *out)
{
	struct text value = { 0 }, safe = { 0 };

	add_value(fact, &value);
	screen_add_safe(&safe, text_string(&value));
	struct cell cells[] = {
		{ fact->about->name, NAME_WIDTH, STYLE_PLAIN },
		{ text_string(&safe), room_behind(screen, INDENT + NAME_WIDTH + GAP), STYLE_BOLD }
	};
	screen_add_row(screen, out, INDENT, cells, 2);
	if (verbose) {
		cells[0].text = "";
		cells[1] = (struct cell){ fact->about->help, cells[1].width, STYLE_FAINT };
		screen_add_row(screen, out, INDENT, cells, 2);
	}
	text_free(&value);
	text_free(&safe);
}

static void add_outcome(const struct screen *screen, const struct observation *seen,
			struct text *out)
{
	const struct outcome *outcome = &seen->outcome;
	struct text line = { 0 };

	if (outcome->reason == REASON_NONE) {
		text_add(out, "observed in ");
		screen_add_duration(out, seen->elapsed_us);
		text_add_char(out, '\n');
	} else {
		text_add_format(&line, "failed at %s", stage_word(outcome->stage));
		if (outcome->step)
			text_add_format(&line, " (%s)", outcome->step);
		screen_add_styled(screen, out, STYLE_RED, text_string(&line));
		text_add_format(out, ": %s\n", reason_sentence(outcome->reason));
	}
	text_free(&line);
	if (seen->detail) {
		text_add(out, "  ");
		screen_add_safe(out, seen->detail);
		text_add_char(out, '\n');
	}
}

static void add_head(const struct page *page)
{
	const struct request *request = page->request;
	const struct address *address = &page->seen->address;
	char numbers[ADDRESS_ROOM];
	struct text head = { 0 };

	text_add_format(&head, "%s ", request->collector->name);
	screen_add_safe(&head, request->subject.text);
	if (*request->host)
		text_add_format(&head, " on %s", request->host);
	screen_add_styled(page->screen, page->out, STYLE_BOLD, text_string(&head));
	if (request->family)
		text_add_format(page->out, ", IPv%d", request->family);
	if (address->family) {
		address_format(address, numbers);
		text_add_format(page->out, " %s", numbers);
	}
	text_add(page->out, ": ");
	text_free(&head);
}

void observe_add_text(const struct screen *screen, const struct request *request,
		      const struct observation *seen, bool verbose, struct text *out)
{
	struct page page = { .screen = screen, .request = request, .seen = seen, .out = out };
	const struct row *row;

	add_head(&page);
	add_outcome(screen, seen, out);
	for (size_t table = 0; (row = table_at(table)); table++)
		for (; row->label; row++)
			if (row_is_seen(&page, row))
				add_row(&page, row, verbose);
	for (size_t i = 0; i < facts_count(seen->facts); i++)
		if (!has_row(facts_at(seen->facts, i)->about->name))
			add_plain(screen, facts_at(seen->facts, i), verbose, out);
}
