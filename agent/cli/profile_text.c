/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/profile_text.h"

#include <stdlib.h>
#include <string.h>

#include "agent/cli/profile_rows.h"
#include "ground/memory.h"

static const char *word(const struct document *document, enum heading heading)
{
	return language_heading(document->german, heading);
}

/* In which chapter the rules of a collector stand: the last for all that are not named. */
static const struct {
	const char *collector;
	enum heading heading;
} chapters[] = {
	{ "port", HEADING_PORTS },
	{ "tls", HEADING_TLS },
	{ "certificate", HEADING_CERTIFICATES },
	{ "smb", HEADING_SMB },
	{ "http", HEADING_WEB },
	{ "sip", HEADING_SIP },
	{ "reach", HEADING_HOSTS },
	{ "dns", HEADING_HOSTS },
	{ NULL, HEADING_SOFTWARE },
};

enum { CHAPTERS = sizeof chapters / sizeof chapters[0] };

static enum heading chapter_of(const struct rule *rule)
{
	size_t at = 0;

	while (chapters[at].collector && strcmp(chapters[at].collector, rule->collector->name) != 0)
		at++;
	return chapters[at].heading;
}

/* The profile's own rules come before those it inherits. */
static void collect(const struct document *document, bool own, struct chapter *chapter)
{
	const struct profile *profile = document->profile;

	for (size_t i = 0; i < profile->rule_count; i++) {
		const struct rule *rule = &profile->rules[i];

		if (!strcmp(rule->profile, profile->name) == own &&
		    chapter_of(rule) == chapter->heading)
			chapter->rules[chapter->count++] = rule;
	}
}

static void add_chapters(const struct document *document)
{
	const struct rule **rules =
		memory_new(document->profile->rule_count + 1, sizeof *rules);

	for (size_t at = 0; at < CHAPTERS; at++) {
		struct chapter chapter = { .heading = chapters[at].heading, .rules = rules };

		if (at && chapters[at - 1].heading == chapter.heading)
			continue;
		collect(document, true, &chapter);
		collect(document, false, &chapter);
		profile_add_chapter(document, &chapter);
	}
	free(rules);
}

static void add_ports(const struct document *document, const char *key,
		      const struct subject *subjects, size_t count)
{
	struct text line = { 0 };

	for (size_t i = 0; i < count; i++)
		text_add_item(&line, ", ", subjects[i].text);
	screen_add_pair(&document->screen, document->out, 4, key, text_string(&line));
	text_free(&line);
}

static void add_not_observable(const struct document *document)
{
	const struct profile *profile = document->profile;

	if (profile->not_observable_count)
		profile_add_heading(document, word(document, HEADING_UNSEEN));
	for (size_t i = 0; i < profile->not_observable_count; i++) {
		const struct not_observable *item = &profile->not_observable[i];
		struct text sentence = { 0 };

		screen_add_safe(&sentence, item->sentence);
		text_add(document->out, "\n  ");
		screen_add_wrapped(&document->screen, document->out, text_string(&sentence), 2);
		screen_add_pair(&document->screen, document->out, 4, "Unseen", item->reason);
		screen_add_pair(&document->screen, document->out, 4, "By hand", item->by_hand);
		add_ports(document, "Inbound", item->inbound, item->inbound_count);
		add_ports(document, "Outbound", item->outbound, item->outbound_count);
		screen_add_pair(&document->screen, document->out, 4, "Source", item->reference);
		text_free(&sentence);
	}
}

static void add_named(const struct document *document, enum heading heading,
		      const struct named *named, size_t count)
{
	unsigned widest = 9, most = document->screen.width / 2 - 4;

	for (size_t i = 0; i < count; i++)
		if (screen_columns(named[i].name) > widest)
			widest = screen_columns(named[i].name);
	widest = widest > most ? most : widest;
	if (count)
		profile_add_heading(document, word(document, heading));
	for (size_t i = 0; i < count; i++) {
		struct text title = { 0 };

		screen_add_safe(&title, language_title(document->german, named[i].title,
						       named[i].title_de));
		struct cell cells[] = {
			{ named[i].name, widest, STYLE_PLAIN },
			{ text_string(&title), document->screen.width - widest - 4, STYLE_PLAIN }
		};

		screen_add_row(&document->screen, document->out, 2, cells, 2);
		text_free(&title);
	}
}

static void add_counts(const struct document *document)
{
	const struct profile *profile = document->profile;
	struct text line = { 0 };
	size_t inherited = 0;

	for (size_t i = 0; i < profile->rule_count; i++)
		inherited += strcmp(profile->rules[i].profile, profile->name) != 0;
	text_add_format(&line, "%zu", profile->rule_count);
	if (inherited)
		text_add_format(&line, ", %s %zu", word(document, HEADING_OF_WHICH_FROM),
				inherited);
	screen_add_pair(&document->screen, document->out, 0, word(document, HEADING_RULES),
			text_string(&line));
	text_clear(&line);
	text_add_format(&line, "%s %zu", word(document, HEADING_UNSEEN_MEANS),
			profile->not_observable_count);
	screen_add_pair(&document->screen, document->out, 0,
			word(document, HEADING_UNSEEN_COUNT), text_string(&line));
	text_free(&line);
}

static void add_head(const struct document *document)
{
	const struct profile *profile = document->profile;
	const char *parts[] = { profile->vendor, profile->document, profile->version };
	struct text head = { 0 }, line = { 0 };

	text_add_format(&head, "%s (%s)",
			language_title(document->german, profile->title, profile->title_de),
			profile->name);
	screen_add_safe(&line, text_string(&head));
	screen_add_styled(&document->screen, document->out, STYLE_BOLD, text_string(&line));
	text_add_char(document->out, '\n');
	text_clear(&line);
	for (size_t i = 0; i < 3; i++)
		if (parts[i])
			text_add_item(&line, ", ", parts[i]);
	screen_add_pair(&document->screen, document->out, 0, word(document, HEADING_SOURCE),
			text_string(&line));
	screen_add_pair(&document->screen, document->out, 0, word(document, HEADING_EXTENDS),
			profile->extends);
	add_counts(document);
	text_free(&head);
	text_free(&line);
}

void profile_text_add(const struct document *document)
{
	const struct profile *profile = document->profile;

	add_head(document);
	add_chapters(document);
	add_not_observable(document);
	add_named(document, HEADING_FEATURES, profile->features, profile->feature_count);
	add_named(document, HEADING_SCENARIOS, profile->scenarios, profile->scenario_count);
	add_named(document, HEADING_PEERS, profile->peers, profile->peer_count);
}
