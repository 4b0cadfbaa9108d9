/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "agent/cli/cli.h"
#include "agent/cli/language.h"
#include "agent/cli/profile_text.h"
#include "agent/cli/setup.h"

struct profiles_settings {
	const char *profile_dir, *language, *colour;
	unsigned verbose;
};

#define AT(member) offsetof(struct profiles_settings, member)

static const struct option list_options[] = {
	SETUP_PROFILE_DIR(AT(profile_dir)),
	SETUP_LANGUAGE(AT(language)),
	SETUP_COLOUR(AT(colour)),
	{ 0 }
};

static const struct option show_options[] = {
	SETUP_PROFILE_DIR(AT(profile_dir)),
	SETUP_LANGUAGE(AT(language)),
	SETUP_COLOUR(AT(colour)),
	{ "verbose", 'v', true, NULL, NULL, COMPLETE_NOTHING,
	  "Each rule in full: what it looks at and expects, why, and how to put it right.",
	  option_set_count, AT(verbose), NULL },
	{ 0 }
};

/* Columns of the list; the document has one where there is room for it. */
struct table {
	unsigned name, title, document;
};

static struct table measure(const struct profiles *profiles, const struct document *document)
{
	enum { NUMBERS = 15, DOCUMENT_LEAST = 24, TITLE_MOST = 40 };
	struct table table = { .name = 4, .title = 5 };

	for (size_t i = 0; i < profiles_count(profiles); i++) {
		const struct profile *profile = profiles_at(profiles, i);
		unsigned name = screen_columns(profile->name);
		unsigned title = screen_columns(
			language_title(document->german, profile->title, profile->title_de));

		table.name = name > table.name ? name : table.name;
		table.title = title > table.title ? title : table.title;
	}
	unsigned room = document->screen.width - table.name - NUMBERS - 2;
	if (table.title > TITLE_MOST)
		table.title = TITLE_MOST;
	if (room >= table.title + 2 + DOCUMENT_LEAST)
		table.document = room - table.title - 2;
	else
		table.title = room;
	return table;
}

static void add_line(const struct document *document, const struct table *table,
		     enum style style, const char *const words[5])
{
	const struct cell cells[] = {
		{ words[0], table->name, style == STYLE_FAINT ? style : STYLE_BOLD },
		{ words[1], 5, style }, { words[2], 6, style }, { words[3], table->title, style },
		{ words[4], table->document, style }
	};

	screen_add_row(&document->screen, document->out, 0, cells, table->document ? 5 : 4);
}

/* Of the user's own: where it is, and what it takes the place of. */
static void add_origin(const struct document *document, const struct table *table,
		       const struct profile *profile)
{
	struct text origin = { 0 };

	text_add(&origin, "from ");
	screen_add_safe(&origin, profile->place.file);
	if (profile->replaces) {
		text_add(&origin, ", instead of ");
		screen_add_safe(&origin, profile->replaces);
	}
	text_add_format(document->out, "%*s", (int)table->name + 2, "");
	screen_add_wrapped(&document->screen, document->out, text_string(&origin),
			   table->name + 2);
	text_free(&origin);
}

static bool is_in(const struct profile *profile, const char *folder)
{
	size_t length = folder ? strlen(folder) : 0;

	return folder && !strncmp(profile->place.file, folder, length) &&
	       profile->place.file[length] == '/';
}

static void add_table(const struct profiles *profiles, const char *own_folder,
		      struct document *document)
{
	const struct table table = measure(profiles, document);
	const char *const heads[] = { "NAME", "RULES", "UNSEEN", "TITLE", "DOCUMENT" };

	add_line(document, &table, STYLE_FAINT, heads);
	for (size_t i = 0; i < profiles_count(profiles); i++) {
		const struct profile *profile = profiles_at(profiles, i);
		struct text rules = { 0 }, unseen = { 0 }, title = { 0 }, source = { 0 };

		text_add_format(&rules, "%5zu", profile->rule_count);
		text_add_format(&unseen, "%6zu", profile->not_observable_count);
		screen_add_safe(&title, language_title(document->german, profile->title,
						       profile->title_de));
		if (profile->document)
			screen_add_safe(&source, profile->document);
		const char *const words[] = { profile->name, text_string(&rules),
					      text_string(&unseen), text_string(&title),
					      text_string(&source) };
		add_line(document, &table, STYLE_PLAIN, words);
		if (is_in(profile, own_folder))
			add_origin(document, &table, profile);
		text_free(&rules);
		text_free(&unseen);
		text_free(&title);
		text_free(&source);
	}
}

static int show(const struct invocation *invocation, bool list)
{
	const struct profiles_settings *settings = invocation->settings;
	struct problems problems = { 0 };
	struct text out = { 0 };
	struct document document = {
		.german = language_is_german(settings->language),
		.in_full = settings->verbose, .out = &out };
	const char *folder = setup_profile_folder(settings->profile_dir, invocation->arena);
	struct profiles *profiles = load_profiles(folder, &problems);
	bool good = setup_is_sound(&problems);

	screen_of(STDOUT_FILENO, setup_colour(settings->colour), &document.screen);
	if (list) {
		add_table(profiles, folder, &document);
	} else {
		document.profile = setup_profile_operand(invocation, profiles);
		if (document.profile)
			profile_text_add(&document);
		good = good && document.profile;
	}
	good = cli_print(&out) && good;
	profiles_free(profiles);
	problems_free(&problems);
	text_free(&out);
	return good ? EXIT_OK : EXIT_UNKNOWN;
}

static int run_list(const struct invocation *invocation)
{
	return show(invocation, true);
}

static int run_show(const struct invocation *invocation)
{
	return show(invocation, false);
}

const struct command *profiles_list_command(void)
{
	static const struct command command = {
		.name = "profiles list",
		.usage = "[OPTION...]",
		.summary = "List the products we know the guides of.",
		.about = "Lists the profiles with the number of their rules, and of the demands"
			 " that nobody can see from the network. The same as 'ucposture profiles'.",
		.options = list_options,
		.settings_size = sizeof(struct profiles_settings),
		.run = run_list
	};

	return &command;
}

const struct command *profiles_show_command(void)
{
	static const struct command command = {
		.name = "profiles show",
		.usage = "[OPTION...] NAME",
		.summary = "Read a profile: its rules, and the sentence behind each.",
		.about = "Shows a profile as a document, chapter by chapter: the ports with their"
			 " direction and who comes there, encryption, certificates, hosts"
			 " elsewhere; each rule with its place in the vendor's guide; and what has"
			 " to be looked at by hand.",
		.options = show_options,
		.settings_size = sizeof(struct profiles_settings),
		.most_operands = 1,
		.operands = COMPLETE_PROFILE,
		.run = run_show
	};

	return &command;
}
