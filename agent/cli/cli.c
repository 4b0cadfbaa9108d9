/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/cli/output.h"
#include "config.h"
#include "ground/log.h"
#include "ground/words.h"

static const struct command *(*const commands[])(void) = {
	check_command,
	agent_command,
	observe_command,
	explain_command,
	status_command,
	targets_command,
	alarms_command,
	events_command,
	baseline_command,
	diff_command,
	reload_command,
	profiles_list_command,
	profiles_show_command,
	profiles_firewall_command,
	profiles_schema_command,
	config_check_command
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

const struct command *command_at(size_t index)
{
	return index < COMMANDS ? commands[index]() : NULL;
}

/* Whether the first words are this command's name. */
static bool is_named(const struct command *command, const char *const *words, size_t count)
{
	const char *name = command->name;

	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(words[i]);

		if (strncmp(name, words[i], length))
			return false;
		if (!name[length])
			return i + 1 == count;
		if (name[length] != ' ')
			return false;
		name += length + 1;
	}
	return false;
}

static bool is_group(const struct command *command, const char *word)
{
	size_t length = strlen(word);

	return !strncmp(command->name, word, length) && command->name[length] == ' ';
}

const struct command *command_find(const char *const *words, size_t count, size_t *used)
{
	for (*used = count < 2 ? count : 2; *used; --*used)
		for (size_t i = 0; i < COMMANDS; i++)
			if (is_named(commands[i](), words, *used))
				return commands[i]();
	if (!count || (count > 1 && words[1][0] != '-'))
		return NULL;
	*used = 1;
	for (size_t i = 0; i < COMMANDS; i++)
		if (is_group(commands[i](), words[0]))
			return commands[i]();
	return NULL;
}

static void add_overview(const struct screen *screen, struct text *out)
{
	enum { LEFT = 20 };

	text_add(out, "Usage: ucposture COMMAND [OPTION...] [WORD...]\n\n");
	screen_add_wrapped(screen, out,
			   "Looks at telephone systems and what belongs to them over the"
			   " network, as a client would, and says where they differ from"
			   " their vendors' security guides. It never logs in and never"
			   " changes anything.", 0);
	text_add(out, "\nCommands:\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		text_add_format(out, "  %-*s", LEFT - 2, commands[i]()->name);
		screen_add_wrapped(screen, out, commands[i]()->summary, LEFT);
	}
	text_add(out, "\nTry first:\n"
		      "  ucposture profiles\n"
		      "  ucposture check --profile=starface pbx.example\n"
		      "  ucposture observe smb nas.example\n\n"
		      "'ucposture COMMAND --help' says more; the manual is ucposture(1).\n");
}

static void add_version(struct text *out)
{
	text_add(out, "ucposture " PACKAGE_VERSION "\n");
}

bool cli_print(const struct text *text)
{
	return output_write(STDOUT_FILENO, "standard output", text);
}

int cli_fail(const struct command *command, const char *format, ...)
{
	struct text line = { 0 };
	va_list list;

	text_add(&line, "ucposture");
	if (command)
		text_add_format(&line, " %s", command->name);
	text_add(&line, ": ");
	va_start(list, format);
	text_add_format_list(&line, format, list);
	va_end(list);
	fprintf(stderr, "%s\n", text_string(&line));
	text_free(&line);
	return EXIT_UNKNOWN;
}

static int fail_unknown_command(const char *const *words, size_t count)
{
	const char *names[2 * COMMANDS + 1];
	struct text typed = { 0 }, safe = { 0 };
	size_t used = count > 1 && words[1][0] != '-' ? 2 : 1;
	const char *nearest;

	for (size_t i = 0; i < COMMANDS; i++)
		names[i] = commands[i]()->name;
	names[COMMANDS] = NULL;
	for (size_t i = 0; i < used; i++)
		text_add_item(&typed, " ", words[i]);
	nearest = words_nearest(text_string(&typed), names);
	if (!nearest || used == 1)
		nearest = words_nearest(words[0], names);
	/* Of a group only the part that was wrong is worth showing. */
	for (size_t i = 0; !nearest && i < COMMANDS; i++)
		if (is_group(commands[i](), words[0]))
			nearest = names[i];
	if (!nearest || !strchr(nearest, ' '))
		typed.length = strlen(words[0]);
	text_add_foreign(&safe, text_string(&typed), typed.length, 80);
	if (nearest)
		cli_fail(NULL, "unknown command '%s' (did you mean '%s'?)", text_string(&safe),
			 nearest);
	else
		cli_fail(NULL, "unknown command '%s'; 'ucposture --help' lists them",
			 text_string(&safe));
	text_free(&typed);
	text_free(&safe);
	return EXIT_UNKNOWN;
}

static int print_and_free(struct text *out)
{
	bool good = cli_print(out);

	text_free(out);
	return good ? EXIT_OK : EXIT_UNKNOWN;
}

static int run_command(const struct command *command, const char *const *words, size_t count)
{
	struct invocation invocation = { .arena = arena_new() };
	struct text text = { 0 };
	struct screen screen;
	int code;

	switch (options_parse(command, words, count, &invocation, &text)) {
	case PARSED:
		code = command->run(&invocation);
		break;
	case PARSED_HELP:
		screen_of(STDOUT_FILENO, COLOUR_AUTO, &screen);
		options_help(command, &screen, &text);
		code = print_and_free(&text);
		break;
	case PARSED_VERSION:
		add_version(&text);
		code = print_and_free(&text);
		break;
	default:
		code = cli_fail(command, "%s\nTry 'ucposture %s --help'.", text_string(&text),
				command->name);
	}
	text_free(&text);
	arena_free(invocation.arena);
	return code;
}

int cli_main(int argc, char **argv)
{
	const char *const *words = (const char *const *)argv + (argc > 0);
	size_t count = argc > 0 ? (size_t)argc - 1 : 0, used;
	struct text text = { 0 };
	struct screen screen;

	log_configure(LOG_LEVEL_WARN, false);
	if (!count) {
		screen_of(STDERR_FILENO, COLOUR_AUTO, &screen);
		add_overview(&screen, &text);
		output_write(STDERR_FILENO, "standard error", &text);
		text_free(&text);
		return EXIT_UNKNOWN;
	}
	if (!strcmp(words[0], "--help") || !strcmp(words[0], "-h")) {
		screen_of(STDOUT_FILENO, COLOUR_AUTO, &screen);
		add_overview(&screen, &text);
		return print_and_free(&text);
	}
	if (!strcmp(words[0], "--version") || !strcmp(words[0], "-V")) {
		add_version(&text);
		return print_and_free(&text);
	}
	if (!strcmp(words[0], "--complete"))
		return complete_words(words + 1, count - 1);

	const struct command *command = command_find(words, count, &used);
	if (!command)
		return fail_unknown_command(words, count);
	return run_command(command, words + used, count - used);
}
