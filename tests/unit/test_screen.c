/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "agent/cli/screen.h"
#include "tests/unit/unit.h"

static const struct screen narrow = { .width = 40 };

static void a_line_breaks_at_a_space(void **state)
{
	const char *rest = "one two three";

	(void)state;
	assert_int_equal(screen_take_line(&rest, 8), 7);
	assert_string_equal(rest, "three");
	assert_int_equal(screen_take_line(&rest, 8), 5);
	assert_string_equal(rest, "");
}

static void a_line_that_fits_exactly_is_whole(void **state)
{
	const char *rest = "one two";

	(void)state;
	assert_int_equal(screen_take_line(&rest, 7), 7);
	assert_string_equal(rest, "");
	rest = "one two three";
	assert_int_equal(screen_take_line(&rest, 7), 7);
	assert_string_equal(rest, "three");
}

static void a_long_word_is_cut(void **state)
{
	const char *rest = "abcdefghij";

	(void)state;
	assert_int_equal(screen_take_line(&rest, 4), 4);
	assert_string_equal(rest, "efghij");
}

static void a_line_always_advances(void **state)
{
	const char *rest = "\xe4\xbd\xa0\xe5\xa5\xbd";

	(void)state;
	assert_int_equal(screen_take_line(&rest, 1), 3);
	assert_int_equal(screen_take_line(&rest, 0), 3);
	assert_string_equal(rest, "");
}

static void columns_are_not_bytes(void **state)
{
	(void)state;
	assert_int_equal(screen_columns("Gr\xc3\xbc\xc3\x9f" "e"), 5);
	assert_int_equal(screen_columns("\xe4\xbd\xa0\xe5\xa5\xbd"), 4);
	assert_int_equal(screen_columns("e\xcc\x81"), 1);
	assert_int_equal(screen_columns(""), 0);
}

static void wrapped_text_hangs(void **state)
{
	struct text out = { 0 };

	(void)state;
	text_add(&out, "    ");
	screen_add_wrapped(&narrow, &out, "a sentence that is longer than the screen is wide", 4);
	assert_string_equal(text_string(&out), "    a sentence that is longer than the\n"
					       "    screen is wide\n");
	text_free(&out);
}

static void cells_stand_beside_each_other(void **state)
{
	static const struct cell cells[] = {
		{ "one two", 5, STYLE_PLAIN }, { "x", 3, STYLE_PLAIN },
		{ "three four five", 10, STYLE_PLAIN }
	};
	struct text out = { 0 };

	(void)state;
	screen_add_row(&narrow, &out, 1, cells, 3);
	assert_string_equal(text_string(&out), " one    x    three four\n"
					       " two         five\n");
	text_free(&out);
}

static void no_line_ends_in_spaces(void **state)
{
	static const struct cell cells[] = {
		{ "one two three", 5, STYLE_PLAIN }, { "", 3, STYLE_PLAIN }
	};
	struct text out = { 0 };

	(void)state;
	screen_add_row(&narrow, &out, 0, cells, 2);
	assert_null(strstr(text_string(&out), " \n"));
	text_free(&out);
}

static void safe_text_is_one_line_without_orders(void **state)
{
	struct text out = { 0 };

	(void)state;
	screen_add_safe(&out, " a\n\tb \x1b[31m\r\n ");
	assert_string_equal(text_string(&out), "a b \\x1B[31m");
	text_free(&out);
}

static void colours_are_only_written_when_wanted(void **state)
{
	const struct screen coloured = { .width = 40, .colour = true };
	struct text out = { 0 };

	(void)state;
	screen_add_styled(&narrow, &out, STYLE_RED, "x");
	assert_string_equal(text_string(&out), "x");
	screen_add_styled(&coloured, &out, STYLE_RED, "y");
	assert_string_equal(text_string(&out), "x\x1b[1;31my\x1b[0m");
	text_free(&out);
}

static void no_color_wins_over_a_terminal_but_not_over_always(void **state)
{
	struct screen screen;

	(void)state;
	setenv("NO_COLOR", "1", 1);
	screen_of(-1, COLOUR_AUTO, &screen);
	assert_false(screen.colour);
	screen_of(-1, COLOUR_ALWAYS, &screen);
	assert_true(screen.colour);
	screen_of(-1, COLOUR_NEVER, &screen);
	assert_false(screen.colour);
	unsetenv("NO_COLOR");
}

static void the_width_stays_within_reason(void **state)
{
	struct screen screen;

	(void)state;
	setenv("COLUMNS", "3", 1);
	screen_of(-1, COLOUR_AUTO, &screen);
	assert_int_equal(screen.width, 40);
	setenv("COLUMNS", "100000", 1);
	screen_of(-1, COLOUR_AUTO, &screen);
	assert_int_equal(screen.width, 200);
	unsetenv("COLUMNS");
	screen_of(-1, COLOUR_AUTO, &screen);
	assert_int_equal(screen.width, 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_breaks_at_a_space),
		cmocka_unit_test(a_line_that_fits_exactly_is_whole),
		cmocka_unit_test(a_long_word_is_cut),
		cmocka_unit_test(a_line_always_advances),
		cmocka_unit_test(columns_are_not_bytes),
		cmocka_unit_test(wrapped_text_hangs),
		cmocka_unit_test(cells_stand_beside_each_other),
		cmocka_unit_test(no_line_ends_in_spaces),
		cmocka_unit_test(safe_text_is_one_line_without_orders),
		cmocka_unit_test(colours_are_only_written_when_wanted),
		cmocka_unit_test(no_color_wins_over_a_terminal_but_not_over_always),
		cmocka_unit_test(the_width_stays_within_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
