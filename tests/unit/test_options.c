/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cli/cli.h"
#include "collectors/collector.h"
#include "tests/unit/unit.h"

struct made_settings {
	bool flag;
	const char *file;
	uint32_t number, time_ms;
	unsigned verbose;
	struct strings names;
	uint8_t family;
};

static const char *const *families(void)
{
	static const char *const words[] = { "4", "6", NULL };

	return words;
}

#define AT(member) offsetof(struct made_settings, member)

static const struct option options[] = {
	{ "flag", 'f', false, NULL, NULL, 0, "A switch.", option_set_switch, AT(flag), NULL },
	{ "config.file", 0, false, "FILE", NULL, 0, "A.", option_set_text, AT(file), NULL },
	{ "number", 0, false, "N", NULL, 0, "A number.", option_set_number, AT(number), NULL },
	{ "timeout", 0, false, "TIME", NULL, 0, "A time.", option_set_time, AT(time_ms), NULL },
	{ "verbose", 'v', true, NULL, NULL, 0, "More.", option_set_count, AT(verbose), NULL },
	{ "name", 0, true, "NAME", NULL, 0, "Names.", option_set_list, AT(names), NULL },
	{ "family", 0, false, "4|6", families, 0, "Family.", option_set_family, AT(family), NULL },
	{ 0 }
};

static const struct command made = { .name = "made", .usage = "[OPTION...]", .about = "About.",
				     .options = options, .most_operands = 2,
				     .settings_size = sizeof(struct made_settings) };

struct reading {
	struct invocation invocation;
	struct text why;
};

static int set_up(void **state)
{
	struct reading *reading = test_calloc(1, sizeof *reading);

	reading->invocation.arena = arena_new();
	*state = reading;
	return 0;
}

static int tear_down(void **state)
{
	struct reading *reading = *state;

	arena_free(reading->invocation.arena);
	text_free(&reading->why);
	test_free(reading);
	return 0;
}

static enum parsed parse(struct reading *reading, const char *const *words)
{
	size_t count = 0;

	while (words[count])
		count++;
	text_clear(&reading->why);
	return options_parse(&made, words, count, &reading->invocation, &reading->why);
}

static const struct made_settings *parse_well(struct reading *reading,
					      const char *const *words)
{
	if (parse(reading, words) != PARSED)
		fail_msg("%s", text_string(&reading->why));
	return reading->invocation.settings;
}

static void is_refused(struct reading *reading, const char *word, const char *why)
{
	const char *words[] = { word, NULL };

	assert_int_equal(parse(reading, words), PARSED_WRONG);
	assert_string_equal(text_string(&reading->why), why);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void a_value_stands_behind_an_equals_sign_or_a_space(void **state)
{
	assert_string_equal(parse_well(*state, WORDS("--config.file=a=b"))->file, "a=b");
	assert_string_equal(parse_well(*state, WORDS("--config.file", "-x"))->file, "-x");
}

static void operands_may_stand_anywhere(void **state)
{
	struct reading *reading = *state;

	assert_true(parse_well(reading, WORDS("one", "--flag", "two"))->flag);
	assert_int_equal(reading->invocation.count, 2);
	assert_string_equal(reading->invocation.operands[0], "one");
	assert_string_equal(reading->invocation.operands[1], "two");
	assert_int_equal(parse(reading, WORDS("1", "2", "3")), PARSED_WRONG);
}

static void after_two_dashes_all_is_operands(void **state)
{
	struct reading *reading = *state;

	assert_false(parse_well(reading, WORDS("--", "--flag"))->flag);
	assert_string_equal(reading->invocation.operands[0], "--flag");
	assert_false(parse_well(reading, WORDS("-"))->flag);
	assert_string_equal(reading->invocation.operands[0], "-");
}

static void letters_mean_their_option(void **state)
{
	const struct made_settings *settings = parse_well(*state, WORDS("-fv", "-v"));

	assert_true(settings->flag);
	assert_int_equal(settings->verbose, 2);
	assert_int_equal(parse_well(*state, WORDS("-vvv"))->verbose, 3);
	assert_int_equal(parse(*state, WORDS("-vh")), PARSED_HELP);
}

static void lists_are_split_at_commas_and_grow(void **state)
{
	const struct strings *names =
		&parse_well(*state, WORDS("--name=a,b", "--name", "c", "--name=d,e"))->names;

	assert_int_equal(names->count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(names->items[i][0], "abcde"[i]);
}

static void times_are_seconds_unless_said_otherwise(void **state)
{
	assert_int_equal(parse_well(*state, WORDS("--timeout=5"))->time_ms, 5000);
	assert_int_equal(parse_well(*state, WORDS("--timeout=1500ms"))->time_ms, 1500);
	assert_int_equal(parse_well(*state, WORDS("--timeout=2m"))->time_ms, 120000);
	assert_int_equal(parse(*state, WORDS("--timeout=0")), PARSED_WRONG);
	assert_int_equal(parse(*state, WORDS("--timeout=2h")), PARSED_WRONG);
	assert_int_equal(parse(*state, WORDS("--timeout=-1")), PARSED_WRONG);
}

static void numbers_are_digits(void **state)
{
	assert_int_equal(parse_well(*state, WORDS("--number=0"))->number, 0);
	assert_int_equal(parse_well(*state, WORDS("--number=999999999"))->number, 999999999);
	assert_int_equal(parse(*state, WORDS("--number=")), PARSED_WRONG);
	assert_int_equal(parse(*state, WORDS("--number=1e3")), PARSED_WRONG);
	assert_int_equal(parse(*state, WORDS("--number=10000000000")), PARSED_WRONG);
}

static void what_was_given_is_known(void **state)
{
	struct reading *reading = *state;

	parse_well(reading, WORDS("--number=0"));
	assert_true(invocation_has(&reading->invocation, "number"));
	assert_false(invocation_has(&reading->invocation, "flag"));
	assert_false(invocation_has(&reading->invocation, "no-such"));
}

static void mistakes_are_named_with_the_nearest_right_word(void **state)
{
	is_refused(*state, "--cofnig.file=x",
		   "unknown option '--cofnig.file' (did you mean '--config.file'?)");
	is_refused(*state, "--flga", "unknown option '--flga' (did you mean '--flag'?)");
	is_refused(*state, "--hepl", "unknown option '--hepl' (did you mean '--help'?)");
	is_refused(*state, "--zzzzzzzzz", "unknown option '--zzzzzzzzz'");
	is_refused(*state, "-z\x1b", "unknown option '-z\\x1B'");
	is_refused(*state, "-fx", "unknown option '-fx'");
	is_refused(*state, "--flag=yes", "--flag takes no value");
	is_refused(*state, "--number", "--number needs a value: --number=N");
	is_refused(*state, "--family=5", "--family: '5': it is 4 or 6");
	is_refused(*state, "--name=a,,b", "--name: 'a,,b': a name is missing");
	is_refused(*state, "--config.file=", "--config.file: '': it is empty; give FILE");
}

static void an_option_given_twice_is_a_mistake(void **state)
{
	struct reading *reading = *state;

	assert_int_equal(parse(reading, WORDS("--number=1", "--number=2")), PARSED_WRONG);
	assert_string_equal(text_string(&reading->why), "--number is given twice");
}

static void help_and_version_are_known_to_every_command(void **state)
{
	assert_int_equal(parse(*state, WORDS("--help")), PARSED_HELP);
	assert_int_equal(parse(*state, WORDS("-h", "--nonsense")), PARSED_HELP);
	assert_int_equal(parse(*state, WORDS("--version")), PARSED_VERSION);
	assert_int_equal(parse(*state, WORDS("-V")), PARSED_VERSION);
}

static bool help_has(const struct command *command, const char *option)
{
	static const struct screen screen = { .width = 80 };
	struct text out = { 0 }, name = { 0 };
	bool has;

	text_add_format(&name, "--%s", option);
	options_help(command, &screen, &out);
	has = strstr(text_string(&out), text_string(&name));
	text_free(&out);
	text_free(&name);
	return has;
}

static void every_option_is_in_the_help_of_its_command(void **state)
{
	const struct command *command;

	(void)state;
	for (size_t i = 0; (command = command_at(i)); i++)
		for (const struct option *option = command->options; option->name; option++)
			if (!help_has(command, option->name))
				fail_msg("%s lacks --%s", command->name, option->name);
}

static char *read_manual(void)
{
	const char *top = getenv("top_srcdir");
	struct text path = { 0 }, page = { 0 };
	char buffer[4096];
	size_t got;

	text_add_format(&path, "%s/man/ucposture.1", top ? top : ".");
	FILE *file = fopen(text_string(&path), "r");
	assert_non_null(file);
	while ((got = fread(buffer, 1, sizeof buffer, file)))
		text_add_bytes(&page, buffer, got);
	fclose(file);
	text_free(&path);
	return text_take(&page);
}

/* The part of the manual about one command, from its heading to the next. */
static char *section_of(const char *page, const char *command)
{
	struct text heading = { 0 };
	const char *start, *end;

	text_add_format(&heading, "\n.Ss ucposture %s\n", command);
	start = strstr(page, text_string(&heading));
	text_free(&heading);
	if (!start)
		fail_msg("the manual has no section 'ucposture %s'", command);
	end = ++start;
	do {
		end += strcspn(end, "\n") + 1;
	} while (strncmp(end, ".Ss", 3) != 0 && strncmp(end, ".Sh", 3) != 0);
	return memory_copy_span(start, (size_t)(end - start));
}

static bool section_has(const char *section, const struct option *option)
{
	struct text item = { 0 };
	bool has;

	if (option->letter)
		text_add_format(&item, ".It Fl %c , Fl -%s", option->letter, option->name);
	else
		text_add_format(&item, ".It Fl -%s", option->name);
	if (option->argument)
		text_add(&item, " Ns = Ns Ar ");
	text_add(&item, option->argument ? option->argument : "\n");
	has = strstr(section, text_string(&item));
	text_free(&item);
	return has;
}

static void every_option_is_in_the_manual(void **state)
{
	char *page = read_manual();
	const struct command *command;

	(void)state;
	for (size_t i = 0; (command = command_at(i)); i++) {
		char *section = section_of(page, command->name);

		for (const struct option *option = command->options; option->name; option++)
			if (!section_has(section, option))
				fail_msg("the manual of %s lacks --%s", command->name,
					 option->name);
		free(section);
	}
	free(page);
}

static void every_option_of_the_manual_exists(void **state)
{
	char *page = read_manual();
	const struct command *command;

	(void)state;
	for (size_t i = 0; (command = command_at(i)); i++) {
		char *section = section_of(page, command->name);

		for (const char *at = section; (at = strstr(at, "Fl -")); at++) {
			size_t length = strcspn(at + 4, " \n");

			if (!option_named(command->options, at + 4, length) &&
			    !option_named(options_of_all(), at + 4, length))
				fail_msg("the manual of %s invents --%.*s", command->name,
					 (int)length, at + 4);
		}
		free(section);
	}
	free(page);
}

static void every_fact_is_in_the_manual(void **state)
{
	char *page = read_manual();
	const char *const *names = fact_names();

	(void)state;
	for (size_t i = 0; names[i]; i++) {
		struct text item = { 0 };

		text_add_format(&item, ".It Cm %s\n", names[i]);
		if (!strstr(page, text_string(&item)))
			fail_msg("the manual lacks the fact %s", names[i]);
		text_free(&item);
	}
	free(page);
}

static void commands_are_found_by_their_words(void **state)
{
	size_t used = 9;

	(void)state;
	assert_string_equal(command_find(WORDS("check", "x"), 2, &used)->name, "check");
	assert_int_equal(used, 1);
	assert_string_equal(command_find(WORDS("profiles", "show", "x"), 3, &used)->name,
			    "profiles show");
	assert_int_equal(used, 2);
	assert_string_equal(command_find(WORDS("profiles"), 1, &used)->name, "profiles list");
	assert_int_equal(used, 1);
	assert_string_equal(command_find(WORDS("profiles", "--lang=de"), 2, &used)->name,
			    "profiles list");
	assert_null(command_find(WORDS("profiles", "shwo"), 2, &used));
	assert_null(command_find(WORDS("chek"), 1, &used));
	assert_null(command_find(WORDS(""), 1, &used));
	assert_null(command_find(WORDS("che"), 1, &used));
	assert_null(command_find(WORDS("profile"), 1, &used));
}

#define READING(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING(a_value_stands_behind_an_equals_sign_or_a_space),
		READING(operands_may_stand_anywhere),
		READING(after_two_dashes_all_is_operands),
		READING(letters_mean_their_option),
		READING(lists_are_split_at_commas_and_grow),
		READING(times_are_seconds_unless_said_otherwise),
		READING(numbers_are_digits),
		READING(what_was_given_is_known),
		READING(mistakes_are_named_with_the_nearest_right_word),
		READING(an_option_given_twice_is_a_mistake),
		READING(help_and_version_are_known_to_every_command),
		cmocka_unit_test(every_option_is_in_the_help_of_its_command),
		cmocka_unit_test(every_option_is_in_the_manual),
		cmocka_unit_test(every_option_of_the_manual_exists),
		cmocka_unit_test(every_fact_is_in_the_manual),
		cmocka_unit_test(commands_are_found_by_their_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
