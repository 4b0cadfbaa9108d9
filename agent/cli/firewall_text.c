/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/firewall.h"

#include <string.h>

bool firewall_is_at_edge(const struct firewall *firewall)
{
	return firewall->profile->hosted || firewall->choice->vantage != VANTAGE_INTERNAL;
}

enum heading firewall_place(const struct firewall *firewall)
{
	if (firewall->profile->hosted)
		return HEADING_AT_SITE;
	return firewall_is_at_edge(firewall) ? HEADING_AT_EDGE : HEADING_AT_SYSTEM;
}

static const char *word(const struct firewall *firewall, enum heading heading)
{
	return language_heading(firewall->german, heading);
}

void firewall_add_reasons(const struct firewall *firewall, const struct opening *opening,
			  const char *between, struct text *out)
{
	for (size_t i = 0; i < opening->reason_count; i++) {
		const struct demander *reason = &opening->reasons[i];
		const char *reference = reason->rule ? reason->rule->reference
						     : reason->item->reference;

		if (i)
			text_add(out, between);
		if (reason->rule)
			screen_add_safe(out, language_title(firewall->german, reason->rule->title,
							    reason->rule->title_de));
		else
			screen_add_safe(out, reason->item->sentence);
		text_add(out, " (");
		screen_add_safe(out, reference	       ? reference
				     : reason->rule ? reason->rule->profile
						    : firewall->profile->name);
		text_add_char(out, ')');
	}
}

void firewall_add_ports(const struct opening *opening, struct text *out)
{
	for (size_t i = 0; i < opening->port_count; i++) {
		text_add_format(out, "%s%u", i ? ", " : "", opening->ports[i].first);
		if (opening->ports[i].last > opening->ports[i].first)
			text_add_format(out, "-%u", opening->ports[i].last);
	}
}

void firewall_add_ends(const struct firewall *firewall, const struct opening *opening,
		       struct text *out)
{
	const char *peer = NULL;

	if (opening->service)
		text_add(out, firewall->profile->name);
	else if (!opening->end_count)
		text_add(out, word(firewall, HEADING_ANYBODY));
	if (opening->all_but)
		text_add_format(out, "%s ", word(firewall, HEADING_ALL_BUT));
	for (size_t i = 0; i < opening->end_count; i++) {
		const struct far_end *end = &opening->ends[i];

		text_add(out, i ? ", " : "");
		if (end->peer && (!peer || strcmp(peer, end->peer) != 0))
			text_add_format(out, "%s%s", end->peer, end->host ? " " : "");
		text_add(out, end->host ? end->host : "");
		peer = end->peer;
	}
}

static void add_chosen(const struct firewall *firewall, const struct named *named, size_t count,
		       const char *const *chosen, size_t chosen_count, bool on,
		       struct text *out)
{
	for (size_t i = 0; i < count; i++) {
		bool is_on = false;

		for (size_t at = 0; at < chosen_count; at++)
			is_on = is_on || !strcmp(chosen[at], named[i].name);
		if (is_on != on)
			continue;
		text_add_item(out, ", ", "");
		language_add_named(firewall->german, named, on ? count : 0, named[i].name, out);
	}
}

void firewall_add_choice(const struct firewall *firewall, bool on, struct text *out)
{
	const struct profile *profile = firewall->profile;
	const struct target *choice = firewall->choice;

	add_chosen(firewall, profile->features, profile->feature_count, choice->features,
		   choice->feature_count, on, out);
	add_chosen(firewall, profile->scenarios, profile->scenario_count, choice->scenarios,
		   choice->scenario_count, on, out);
}

/* --- the table ------------------------------------------------------------------------ */

enum { WAY = 3, PROTOCOL = 5, PORTS_MOST = 13, WHY_LEAST = 24 };

struct widths {
	unsigned ports, ends, why;	/* why: 0 where there is no room for columns */
};

static unsigned widest_word(const char *list, unsigned width)
{
	while (*list) {
		size_t length = strcspn(list, " ");

		width = length > width ? (unsigned)length : width;
		list += length + (list[length] == ' ');
	}
	return width;
}

static void measure(const struct firewall *firewall, const struct opening *openings,
		    size_t count, struct widths *widths)
{
	for (size_t i = 0; i < count; i++) {
		struct text ports = { 0 }, ends = { 0 };

		firewall_add_ports(&openings[i], &ports);
		firewall_add_ends(firewall, &openings[i], &ends);
		widths->ports = widest_word(text_string(&ports), widths->ports);
		widths->ends = widest_word(text_string(&ends), widths->ends);
		text_free(&ports);
		text_free(&ends);
	}
}

static struct widths lay_out(const struct firewall *firewall)
{
	const struct openings *openings = firewall->openings;
	struct widths widths = { .ports = 5, .ends = 9 };
	unsigned used;

	measure(firewall, openings->open, openings->open_count, &widths);
	measure(firewall, openings->closed, openings->closed_count, &widths);
	if (widths.ports < PORTS_MOST)
		widths.ports = PORTS_MOST;
	used = WAY + 2 + PROTOCOL + 2 + widths.ports + 2 + widths.ends + 2;
	if (used + WHY_LEAST <= firewall->screen.width)
		widths.why = firewall->screen.width - used;
	return widths;
}

static void add_row(const struct firewall *firewall, const struct widths *widths,
		    enum style style, const char *const words[5], struct text *out)
{
	const struct cell cells[] = { { words[0], WAY, style },
				      { words[1], PROTOCOL, style },
				      { words[2], widths->ports, style },
				      { words[3], widths->ends, style },
				      { words[4], widths->why, style } };

	screen_add_row(&firewall->screen, out, 0, cells, 5);
}

/* The same, one under the other. */
static void add_stack(const struct firewall *firewall, const char *const words[5],
		      struct text *out)
{
	struct text line = { 0 };

	text_add_format(&line, "%s %s %s: %s", words[0], words[1], words[2], words[3]);
	screen_add_wrapped(&firewall->screen, out, text_string(&line), 0);
	text_add(out, "  ");
	screen_add_wrapped(&firewall->screen, out, words[4], 2);
	text_free(&line);
}

static void add_openings(const struct firewall *firewall, enum heading heading,
			 const struct opening *openings, size_t count, struct text *out)
{
	const struct widths widths = lay_out(firewall);
	const char *const heads[] = { word(firewall, HEADING_WAY), "PROTO",
				      word(firewall, HEADING_PORTS_COLUMN),
				      word(firewall, HEADING_FROM_OR_TO),
				      word(firewall, HEADING_WHAT) };

	if (!count)
		return;
	text_add_char(out, '\n');
	screen_add_styled(&firewall->screen, out, STYLE_BOLD, word(firewall, heading));
	text_add(out, "\n\n");
	if (widths.why)
		add_row(firewall, &widths, STYLE_FAINT, heads, out);
	for (size_t i = 0; i < count; i++) {
		const struct opening *opening = &openings[i];
		struct text ports = { 0 }, ends = { 0 }, why = { 0 };

		firewall_add_ports(opening, &ports);
		firewall_add_ends(firewall, opening, &ends);
		firewall_add_reasons(firewall, opening, "\n", &why);
		const char *const words[] = {
			word(firewall, opening->out ? HEADING_OUT : HEADING_IN),
			opening->udp ? "udp" : "tcp", text_string(&ports), text_string(&ends),
			text_string(&why) };
		if (widths.why)
			add_row(firewall, &widths, STYLE_PLAIN, words, out);
		else
			add_stack(firewall, words, out);
		text_free(&ports);
		text_free(&ends);
		text_free(&why);
	}
}

static void add_pair(const struct firewall *firewall, enum heading heading, struct text *value,
		     struct text *out)
{
	screen_add_pair(&firewall->screen, out, 0, word(firewall, heading), text_string(value));
	text_free(value);
}

void firewall_add_text(const struct firewall *firewall, struct text *out)
{
	const struct profile *profile = firewall->profile;
	const struct openings *openings = firewall->openings;
	struct text head = { 0 }, place = { 0 }, on = { 0 }, off = { 0 }, source = { 0 };

	screen_add_safe(&head, language_title(firewall->german, profile->title,
					      profile->title_de));
	text_add_format(&head, " (%s)", profile->name);
	screen_add_styled(&firewall->screen, out, STYLE_BOLD, text_string(&head));
	text_add_char(out, '\n');
	text_free(&head);
	if (profile->document)
		text_add(&source, profile->document);
	add_pair(firewall, HEADING_SOURCE, &source, out);
	text_add(&place, word(firewall, firewall_place(firewall)));
	add_pair(firewall, HEADING_PLACE, &place, out);
	firewall_add_choice(firewall, true, &on);
	add_pair(firewall, HEADING_ON, &on, out);
	firewall_add_choice(firewall, false, &off);
	add_pair(firewall, HEADING_OFF, &off, out);
	add_openings(firewall, HEADING_LET_THROUGH, openings->open, openings->open_count, out);
	add_openings(firewall, HEADING_KEEP_CLOSED, openings->closed, openings->closed_count,
		     out);
}
