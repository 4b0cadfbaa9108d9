/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "tests/unit/hostile.h"

static int set_up(void **state)
{
	*state = hostile_round();
	return 0;
}

static int tear_down(void **state)
{
	hostile_free(*state);
	return 0;
}

static void there_are_more_than_a_hundred(void **state)
{
	(void)state;
	assert_in_range(HOSTILE_WORDS, 100, 1000);
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		count++;
	}
	return count;
}

/* Well-formed UTF-8 without anything a terminal would obey. */
static void is_clean(const char *format, const char *text)
{
	while (*text) {
		size_t width;
		uint32_t code;

		if (!utf8_character(text, strnlen(text, 4), &width, &code))
			fail_msg("%s writes the byte %02x", format, (unsigned char)*text);
		if ((code < 0x20 && code != '\n' && code != '\r') || code == 0x7f ||
		    (code >= 0x80 && code < 0xa0) || (code >= 0x202a && code <= 0x202e))
			fail_msg("%s writes U+%04X", format, code);
		text += width;
	}
}

static void no_format_lets_control_characters_through(void **state)
{
	const char *const *names = report_format_names();
	struct made_results *made = *state;

	made->report.verbose = 3;
	for (size_t i = 0; names[i]; i++)
		is_clean(names[i], made_write(made, names[i]));
}

static void every_format_keeps_its_lines(void **state)
{
	struct made_results *made = *state;
	size_t checks = made->plan.check_count;

	assert_int_equal(count_of(made_write(made, "csv"), "\n"), checks + 1);
	assert_int_equal(count_of(text_string(&made->out), "\r\n"), checks + 1);
	assert_int_equal(count_of(made_write(made, "checkmk"), "\n"), checks + 2);
	assert_int_equal(count_of(made_write(made, "nagios"), "\n"), 1);
	assert_int_equal(count_of(text_string(&made->out), "|"), 1);
	assert_int_equal(count_of(made_write(made, "junit"), "<testcase "), checks);
	assert_int_equal(count_of(text_string(&made->out), "</testsuite>"), 2);
	assert_int_equal(count_of(made_write(made, "json"), "\"verdict\": "), checks);
	assert_int_equal(count_of(made_write(made, "prometheus"),
				  "\nucposture_check_status{"), checks * VERDICT_COUNT);
}

static void no_cell_begins_a_formula(void **state)
{
	const char *csv = made_write(*state, "csv");

	for (const char *at = csv; *at; at++) {
		bool begins = at == csv || at[-1] == ',' || at[-1] == '\n' ||
			      (at[-1] == '"' && at > csv + 1 && at[-2] == ',');

		if (begins && strchr("=@+", *at) && at[-1] != ',')
			fail_msg("a cell begins with %.20s", at);
	}
}

static void people_never_read_past_their_screen(void **state)
{
	struct made_results *made = *state;
	const char *line;

	made->report.verbose = 1;
	for (line = made_write(made, "human"); *line;) {
		size_t length = strcspn(line, "\n");
		char *copy = memory_copy_span(line, length);

		/* The head of a target is one line, whatever its name. */
		if (!strstr(copy, "seen from vantage"))
			assert_in_range(screen_columns(copy), 0, 80);
		free(copy);
		line += length + 1;
	}
}

#define HOSTILE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_are_more_than_a_hundred),
		HOSTILE(no_format_lets_control_characters_through),
		HOSTILE(every_format_keeps_its_lines),
		HOSTILE(no_cell_begins_a_formula),
		HOSTILE(people_never_read_past_their_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
