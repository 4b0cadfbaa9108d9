/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/clock.h"
#include "ground/words.h"

/* The walk over the words of one command line. */
struct walk {
	const char *const *words;
	size_t count, at;
	struct invocation *invocation;
	void *settings;
	struct text *why;
};

const struct option *options_of_all(void)
{
	static const struct option options[] = {
		{ .name = "help", .letter = 'h', .help = "Say how the command is used." },
		{ .name = "version", .letter = 'V', .help = "Say which version this is." },
		{ 0 }
	};

	return options;
}

const struct option *option_named(const struct option *options, const char *name,
				  size_t length)
{
	for (; options->name; options++)
		if (strlen(options->name) == length && !memcmp(options->name, name, length))
			return options;
	return NULL;
}

static const struct option *option_lettered(const struct option *options, char letter)
{
	for (; options->name; options++)
		if (options->letter == letter)
			return options;
	return NULL;
}

/* The option a long word means; *value is what stands behind its =, or NULL. */
static const struct option *find(const struct command *command, const char *word,
				 const char **value)
{
	size_t length = strcspn(word + 2, "=");
	const struct option *found = option_named(command->options, word + 2, length);

	*value = word[2 + length] ? word + 3 + length : NULL;
	return found ? found : option_named(options_of_all(), word + 2, length);
}

static void explain_unknown(struct walk *walk, const char *word)
{
	const char *names[80];
	size_t count = 0;
	const struct option *option;

	for (option = walk->invocation->command->options; option->name && count < 76; option++)
		names[count++] = option->name;
	for (option = options_of_all(); option->name; option++)
		names[count++] = option->name;
	names[count] = NULL;

	char *name = memory_copy_span(word, strcspn(word, "="));
	const char *nearest = words_nearest(name + strspn(name, "-"), names);
	text_add(walk->why, "unknown option '");
	text_add_foreign(walk->why, name, strlen(name), 80);
	text_add_char(walk->why, '\'');
	if (nearest)
		text_add_format(walk->why, " (did you mean '--%s'?)", nearest);
	free(name);
}

/* The words an option can have, as "human, json or csv". */
static void add_alternatives(struct text *out, const char *const *words)
{
	for (size_t i = 0; words[i]; i++) {
		if (i)
			text_add(out, words[i + 1] ? ", " : " or ");
		text_add(out, words[i]);
	}
}

static bool is_allowed_word(const struct setting *setting)
{
	if (!setting->option->words)
		return true;
	const char *const *words = setting->option->words();
	if (words_find(setting->value, words) >= 0)
		return true;
	text_add(setting->why, "it is ");
	add_alternatives(setting->why, words);
	return false;
}

static bool set(struct walk *walk, const struct option *option, const char *value)
{
	const struct invocation *invocation = walk->invocation;
	struct text why = { 0 };
	struct setting setting = { option, value, (char *)walk->settings + option->offset,
				  invocation->arena, &why };
	bool good = (!value || is_allowed_word(&setting)) && option->set(&setting);

	if (!good) {
		text_add_format(walk->why, "--%s: '", option->name);
		text_add_foreign(walk->why, value, strlen(value), 80);
		text_add_format(walk->why, "': %s", text_string(&why));
	}
	text_free(&why);
	return good;
}

static bool take_option(struct walk *walk, const struct option *option, const char *value)
{
	struct invocation *invocation = walk->invocation;
	uint64_t bit = UINT64_C(1) << (option - invocation->command->options);

	if (!option->argument && value) {
		text_add_format(walk->why, "--%s takes no value", option->name);
		return false;
	}
	if (option->argument && !value) {
		if (walk->at == walk->count) {
			text_add_format(walk->why, "--%s needs a value: --%s=%s", option->name,
					option->name, option->argument);
			return false;
		}
		value = walk->words[walk->at++];
	}
	if (!option->repeatable && invocation->seen & bit) {
		text_add_format(walk->why, "--%s is given twice", option->name);
		return false;
	}
	invocation->seen |= bit;
	return set(walk, option, value);
}

static bool take_operand(struct walk *walk, const char *word)
{
	struct invocation *invocation = walk->invocation;

	if (invocation->count == invocation->command->most_operands) {
		text_add(walk->why, "too many words: '");
		text_add_foreign(walk->why, word, strlen(word), 80);
		text_add(walk->why, "' is not expected");
		return false;
	}
	invocation->operands[invocation->count++] = word;
	return true;
}

static enum parsed take_found(struct walk *walk, const struct option *option,
			      const char *value, const char *word)
{
	if (!option) {
		explain_unknown(walk, word);
		return PARSED_WRONG;
	}
	if (!option->set)
		return option->letter == 'h' ? PARSED_HELP : PARSED_VERSION;
	return take_option(walk, option, value) ? PARSED : PARSED_WRONG;
}

/* -vv: each letter an option of its own. */
static enum parsed take_letters(struct walk *walk, const char *word)
{
	enum parsed parsed = PARSED;

	for (const char *letter = word + 1; *letter && parsed == PARSED; letter++) {
		const struct option *option =
			option_lettered(walk->invocation->command->options, *letter);

		if (!option)
			option = option_lettered(options_of_all(), *letter);
		parsed = take_found(walk, option, NULL, word);
	}
	return parsed;
}

static enum parsed take_word(struct walk *walk, bool *only_operands)
{
	const char *word = walk->words[walk->at++], *value;

	if (*only_operands || word[0] != '-' || !word[1])
		return take_operand(walk, word) ? PARSED : PARSED_WRONG;
	if (word[1] != '-')
		return take_letters(walk, word);
	if (!word[2]) {
		*only_operands = true;
		return PARSED;
	}
	const struct option *option = find(walk->invocation->command, word, &value);
	return take_found(walk, option, value, word);
}

enum parsed options_parse(const struct command *command, const char *const *words,
			  size_t count, struct invocation *invocation, struct text *why)
{
	struct arena *arena = invocation->arena;
	struct walk walk = { .words = words, .count = count, .invocation = invocation,
			    .settings = arena_take(arena, command->settings_size + 1),
			    .why = why };
	bool only_operands = false;
	enum parsed parsed = PARSED;

	memset(walk.settings, 0, command->settings_size + 1);
	*invocation = (struct invocation){
		.command = command, .settings = walk.settings, .arena = arena,
		.operands = arena_take(arena, (count + 1) * sizeof(char *)) };
	while (parsed == PARSED && walk.at < count)
		parsed = take_word(&walk, &only_operands);
	return parsed;
}

bool invocation_has(const struct invocation *invocation, const char *name)
{
	const struct option *options = invocation->command->options;
	const struct option *option = option_named(options, name, strlen(name));

	return option && invocation->seen >> (option - options) & 1;
}

/* "  -v, --verbose=WORD" */
static void add_left_side(struct text *out, const struct option *option)
{
	if (option->letter)
		text_add_format(out, "  -%c, --%s", option->letter, option->name);
	else
		text_add_format(out, "      --%s", option->name);
	if (option->argument)
		text_add_format(out, "=%s%s", option->argument, option->repeatable ? "..." : "");
}

static void add_help(struct text *out, const struct option *option)
{
	text_add(out, option->help);
	/* An argument such as 4|6 says it already. */
	if (!option->words || strchr(option->argument, '|'))
		return;
	text_add(out, " One of ");
	add_alternatives(out, option->words());
	text_add_char(out, '.');
}

static void add_rows(const struct option *options, const struct screen *screen,
		     struct text *out)
{
	enum { LEFT = 32 };
	struct text help = { 0 };

	for (; options->name; options++) {
		if (options->heading)
			text_add_format(out, "\n%s:\n", options->heading);
		size_t start = out->length;
		add_left_side(out, options);
		if (out->length - start > LEFT - 2) {
			text_add_char(out, '\n');
			start = out->length;
		}
		while (out->length - start < LEFT)
			text_add_char(out, ' ');
		text_clear(&help);
		add_help(&help, options);
		screen_add_wrapped(screen, out, text_string(&help), LEFT);
	}
	text_free(&help);
}

void options_help(const struct command *command, const struct screen *screen,
		  struct text *out)
{
	const char *usage = command->usage, *lead = "Usage:";

	while (*usage) {
		size_t length = strcspn(usage, "\n");

		text_add_format(out, "%s ucposture %s ", lead, command->name);
		text_add_bytes(out, usage, length);
		text_add_char(out, '\n');
		usage += length + (usage[length] == '\n');
		lead = "      ";
	}
	text_add_char(out, '\n');
	screen_add_wrapped(screen, out, command->about, 0);
	if (!command->options->heading)
		text_add(out, "\nOptions:\n");
	add_rows(command->options, screen, out);
	add_rows(options_of_all(), screen, out);
	if (command->more_help)
		command->more_help(screen, out);
}

void strings_add(struct strings *strings, struct arena *arena, const char *string,
		 size_t length)
{
	/* Doubled at each power of two: an arena cannot resize. */
	if (!(strings->count & (strings->count - 1))) {
		size_t room = strings->count ? 2 * strings->count : 1;
		const char **items = arena_take(arena, room * sizeof *items);

		if (strings->count)
			memcpy(items, strings->items, strings->count * sizeof *items);
		strings->items = items;
	}
	strings->items[strings->count++] = arena_copy_span(arena, string, length);
}

bool option_set_switch(const struct setting *setting)
{
	*(bool *)setting->place = true;
	return true;
}

bool option_set_count(const struct setting *setting)
{
	++*(unsigned *)setting->place;
	return true;
}

bool option_set_text(const struct setting *setting)
{
	if (!*setting->value) {
		text_add_format(setting->why, "it is empty; give %s", setting->option->argument);
		return false;
	}
	*(const char **)setting->place = setting->value;
	return true;
}

static bool read_number(const char *string, uint32_t *number)
{
	uint64_t value = 0;

	if (!*string || strlen(string) > 9)
		return false;
	for (; *string; string++) {
		if (*string < '0' || *string > '9')
			return false;
		value = value * 10 + (uint64_t)(*string - '0');
	}
	*number = (uint32_t)value;
	return true;
}

bool option_set_number(const struct setting *setting)
{
	if (read_number(setting->value, setting->place))
		return true;
	text_add(setting->why, "give a whole number from 0 to 999999999");
	return false;
}

bool option_set_time(const struct setting *setting)
{
	uint32_t seconds;
	int64_t us = 0;

	if (read_number(setting->value, &seconds))
		us = seconds * CLOCK_SECOND;
	else if (!clock_parse_duration(setting->value, &us))
		us = 0;
	if (us < CLOCK_MILLISECOND || us > 3600 * CLOCK_SECOND) {
		text_add(setting->why, "give seconds, or a time such as 500ms, 10s or 2m;"
				       " at most an hour");
		return false;
	}
	*(uint32_t *)setting->place = (uint32_t)(us / CLOCK_MILLISECOND);
	return true;
}

bool option_set_list(const struct setting *setting)
{
	const char *item = setting->value;

	for (;;) {
		size_t length = strcspn(item, ",");

		if (!length) {
			text_add(setting->why, "a name is missing");
			return false;
		}
		strings_add(setting->place, setting->arena, item, length);
		if (!item[length])
			return true;
		item += length + 1;
	}
}

bool option_set_family(const struct setting *setting)
{
	*(uint8_t *)setting->place = (uint8_t)(*setting->value - '0');
	return true;
}
