/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/profile_rows.h"

#include <stdlib.h>
#include <string.h>

#include "agent/plan/demand.h"
#include "ground/memory.h"

enum {
	INDENT = 2,
	WHERE_MOST = 22,	/* columns of ports and paths; what needs more gets a line */
	WHAT_LEAST = 25,
	WHAT_EASY = 50		/* before that is cut, peers go beside the names of rules */
};

/* How wide the columns of a chapter's tables are; 0: the chapter does not have that one. */
struct layout {
	unsigned where, way, state, otherwise, who, what;
	bool stacked;		/* there is no room for columns: what stands under where */
};

static const char *word(const struct document *document, enum heading heading)
{
	return language_heading(document->german, heading);
}

void profile_add_heading(const struct document *document, const char *heading)
{
	text_add_char(document->out, '\n');
	screen_add_styled(&document->screen, document->out, STYLE_BOLD, heading);
	text_add_char(document->out, '\n');
}

/* --- groups: rules that hold under the same conditions -------------------------------- */

static bool same_names(const char *const *a, size_t a_count, const char *const *b,
		       size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return true;
}

/* Rules that hold from inside are told apart no further: that is the usual place. */
static unsigned elsewhere(const struct rule *rule)
{
	return rule->vantages & VANTAGE_INTERNAL ? 0 : rule->vantages;
}

static bool same_group(const struct rule *a, const struct rule *b)
{
	return same_names(a->features, a->feature_count, b->features, b->feature_count) &&
	       same_names(a->scenarios, a->scenario_count, b->scenarios, b->scenario_count) &&
	       elsewhere(a) == elsewhere(b);
}

/* First what always holds, then features, then scenarios and other vantages. */
static unsigned rank_of_group(const struct rule *rule)
{
	return (rule->scenario_count || elsewhere(rule) ? 2u : 0) + (rule->feature_count ? 1 : 0);
}

/* "Feature: "; and " or " between one and the next. */
static void add_label(const struct document *document, struct text *line,
		      enum heading heading, bool first)
{
	if (first)
		text_add_format(line, "%s%s: ", line->length ? "; " : "",
				word(document, heading));
	else
		text_add_format(line, " %s ", word(document, HEADING_OR));
}

/* One with its title; several would fill the screen, and the end of the document has them. */
static void add_names(const struct document *document, struct text *line,
		      enum heading heading, const struct named *list, size_t list_count,
		      const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		add_label(document, line, heading, !i);
		language_add_named(document->german, list, count > 1 ? 0 : list_count, names[i],
				   line);
	}
}

static void add_group_heading(const struct document *document, const struct rule *rule)
{
	const struct profile *profile = document->profile;
	struct text line = { 0 }, safe = { 0 };
	struct cell cell;
	bool first = true;

	add_names(document, &line, HEADING_FEATURE, profile->features, profile->feature_count,
		  rule->features, rule->feature_count);
	add_names(document, &line, HEADING_SCENARIO, profile->scenarios,
		  profile->scenario_count, rule->scenarios, rule->scenario_count);
	for (unsigned bit = VANTAGE_INTERNAL; bit <= VANTAGE_HOST; bit <<= 1) {
		if (!(elsewhere(rule) & bit))
			continue;
		add_label(document, &line, HEADING_VANTAGE, first);
		text_add(&line, vantage_word(bit));
		first = false;
	}
	screen_add_safe(&safe, line.length ? text_string(&line) : word(document, HEADING_ALWAYS));
	cell = (struct cell){ text_string(&safe), document->screen.width - INDENT, STYLE_CYAN };
	text_add_char(document->out, '\n');
	screen_add_row(&document->screen, document->out, INDENT, &cell, 1);
	text_free(&line);
	text_free(&safe);
}

/* --- rows ----------------------------------------------------------------------------- */

static const char *state_of(const struct document *document, const struct expectation *expect,
			    size_t count)
{
	enum demand demand = count ? demand_of_port(expect, count) : DEMAND_NOTHING;

	if (demand == DEMAND_NOTHING)
		return "";
	return word(document, demand == DEMAND_OPEN ? HEADING_OPEN : HEADING_CLOSED);
}

static bool goes_out(const struct rule *rule)
{
	return rule->peer || rule->subjects[0].kind == SUBJECT_URL;
}

static void add_who(const struct document *document, const struct rule *rule, struct text *out)
{
	if (rule->not_from)
		text_add_format(out, "%s ", word(document, HEADING_ALL_BUT));
	if (rule->peer || rule->only_from || rule->not_from)
		text_add(out, rule->peer	? rule->peer
			      : rule->only_from ? rule->only_from
						: rule->not_from);
}

/* The title; and on a line of its own, the rule's name and the place in the document. */
static void add_what(const struct document *document, const struct rule *rule,
		     const char *who, struct text *out)
{
	screen_add_safe(out, language_title(document->german, rule->title, rule->title_de));
	text_add_format(out, "\n%s", rule->id);
	if (strcmp(rule->profile, document->profile->name) != 0)
		text_add_format(out, " (%s %s)", word(document, HEADING_FROM), rule->profile);
	if (*who) {
		text_add(out, screen_dot(&document->screen));
		if (!rule->not_from)
			text_add_format(out, "%s ", word(document, goes_out(rule)
								? HEADING_TO_PEER
								: HEADING_FROM_PEER));
		text_add(out, who);
	}
	if (rule->reference) {
		text_add(out, screen_dot(&document->screen));
		screen_add_safe(out, rule->reference);
	}
}

static void add_row(const struct document *document, const struct layout *layout,
		    const char *const words[6])
{
	const unsigned widths[] = { layout->where, layout->way, layout->state,
				    layout->otherwise, layout->who, layout->what };
	struct cell cells[6];
	size_t count = 0;

	for (size_t i = 0; i < 6; i++)
		if (widths[i])
			cells[count++] = (struct cell){ words[i], widths[i], STYLE_PLAIN };
	screen_add_row(&document->screen, document->out, INDENT, cells, count);
}

/* The same, one under the other. */
static void add_stack(const struct document *document, const char *const words[6])
{
	const struct screen *screen = &document->screen;
	struct text line = { 0 };
	struct cell cell;

	for (size_t i = 0; i < 5; i++)
		if (*words[i])
			text_add_item(&line, " ", words[i]);
	cell = (struct cell){ text_string(&line), screen->width - INDENT, STYLE_PLAIN };
	screen_add_row(screen, document->out, INDENT, &cell, 1);
	cell = (struct cell){ words[5], screen->width - 2 * INDENT, STYLE_PLAIN };
	screen_add_row(screen, document->out, 2 * INDENT, &cell, 1);
	text_free(&line);
}

static void add_brief(const struct document *document, const struct layout *layout,
		      const struct rule *rule)
{
	struct text where = { 0 }, who = { 0 }, what = { 0 };
	bool about_ports = !strcmp(rule->collector->name, "port");

	rule_add_subjects(&where, rule);
	add_who(document, rule, &who);
	add_what(document, rule, layout->who ? "" : text_string(&who), &what);
	const char *const words[] = {
		text_string(&where),
		about_ports ? word(document, goes_out(rule) ? HEADING_OUT : HEADING_IN) : "",
		about_ports ? state_of(document, rule->expect, rule->expect_count) : "",
		about_ports ? state_of(document, rule->otherwise, rule->otherwise_count) : "",
		layout->who ? text_string(&who) : "",
		text_string(&what)
	};
	if (layout->stacked)
		add_stack(document, words);
	else
		add_row(document, layout, words);
	text_free(&where);
	text_free(&who);
	text_free(&what);
}

static void add_full(const struct document *document, const struct rule *rule)
{
	struct text line = { 0 };

	text_add_char(document->out, '\n');
	text_add_format(&line, "  %s", rule->id);
	screen_add_styled(&document->screen, document->out, STYLE_BOLD, text_string(&line));
	if (strcmp(rule->profile, document->profile->name) != 0)
		text_add_format(document->out, " (%s %s)", word(document, HEADING_FROM),
				rule->profile);
	text_clear(&line);
	screen_add_safe(&line, language_title(document->german, rule->title, rule->title_de));
	text_add(document->out, "\n    ");
	screen_add_wrapped(&document->screen, document->out, text_string(&line), 4);
	rule_add(document, 4, rule);
	text_free(&line);
}

/* --- the layout of a chapter ---------------------------------------------------------- */

/* comma: one stands behind it. */
static unsigned widen(unsigned width, const char *string, bool comma)
{
	unsigned columns = screen_columns(string) + comma;

	return columns > width ? columns : width;
}

static void measure(const struct document *document, const struct rule *rule,
		    struct layout *layout)
{
	struct text who = { 0 };

	for (size_t i = 0; i < rule->subject_count; i++)
		layout->where = widen(layout->where, rule->subjects[i].text,
				      rule->subject_count > 1);
	add_who(document, rule, &who);
	layout->who = widen(layout->who, text_string(&who), false);
	if (!strcmp(rule->collector->name, "port")) {
		layout->way = 3;
		layout->state = 6;
		if (rule->otherwise_count)
			layout->otherwise = 6;
	}
	text_free(&who);
}

/* What the columns take that stand before the text, with the gaps between them. */
static unsigned taken(const struct layout *layout)
{
	const unsigned widths[] = { layout->where, layout->way, layout->state,
				    layout->otherwise, layout->who };
	unsigned sum = INDENT;

	for (size_t i = 0; i < 5; i++)
		sum += widths[i] ? widths[i] + 2 : 0;
	return sum;
}

static struct layout lay_out(const struct document *document, const struct chapter *chapter)
{
	struct layout layout = { 0 };
	unsigned width = document->screen.width;

	for (size_t i = 0; i < chapter->count; i++)
		measure(document, chapter->rules[i], &layout);
	if (taken(&layout) + WHAT_EASY > width)
		layout.who = 0;
	layout.stacked = layout.where > WHERE_MOST || taken(&layout) + WHAT_LEAST > width;
	if (!layout.stacked)
		layout.what = width - taken(&layout);
	return layout;
}

static void add_column_heads(const struct document *document, const struct layout *layout)
{
	const char *const words[] = { word(document, HEADING_PORT), word(document, HEADING_WAY),
				      word(document, HEADING_STATE),
				      word(document, HEADING_WHEN_OFF),
				      word(document, HEADING_WHO), word(document, HEADING_WHAT) };

	text_add_char(document->out, '\n');
	add_row(document, layout, words);
}

static void add_group(const struct document *document, const struct chapter *chapter,
		      const struct layout *layout, size_t first, bool *told)
{
	add_group_heading(document, chapter->rules[first]);
	for (size_t i = first; i < chapter->count; i++) {
		const struct rule *rule = chapter->rules[i];

		if (told[i] || !same_group(chapter->rules[first], rule))
			continue;
		told[i] = true;
		if (document->in_full)
			add_full(document, rule);
		else
			add_brief(document, layout, rule);
	}
}

void profile_add_chapter(const struct document *document, const struct chapter *chapter)
{
	const struct layout layout = lay_out(document, chapter);
	bool *told = memory_new(chapter->count + 1, sizeof *told);

	if (chapter->count)
		profile_add_heading(document, word(document, chapter->heading));
	if (layout.state && !layout.stacked && !document->in_full)
		add_column_heads(document, &layout);
	for (unsigned rank = 0; rank <= 3; rank++)
		for (size_t i = 0; i < chapter->count; i++)
			if (!told[i] && rank_of_group(chapter->rules[i]) == rank)
				add_group(document, chapter, &layout, i, told);
	free(told);
}
