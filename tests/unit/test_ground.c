/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/json.h"
#include "ground/log.h"
#include "ground/memory.h"
#include "ground/words.h"

static void an_arena_keeps_small_and_large_things(void **state)
{
	struct arena *arena = arena_new();
	char *first = arena_copy(arena, "first");
	char *large = arena_take(arena, 100000);
	char *second = arena_copy_span(arena, "second thing", 6);

	(void)state;
	for (int i = 0; i < 10000; i++) {
		char *zero = arena_take(arena, 24);

		assert_int_equal(zero[23], 0);
		memset(zero, 1, 24);
	}
	assert_string_equal(first, "first");
	assert_string_equal(second, "second");
	assert_int_equal(large[99999], 0);
	arena_free(arena);
}

static void a_text_stops_at_its_limit(void **state)
{
	struct text text = { .limit = 10 };

	(void)state;
	text_add(&text, "12345");
	text_add(&text, "678901");
	assert_true(text.cut);
	assert_string_equal(text_string(&text), "12345");
	text_clear(&text);
	text_add_unsigned(&text, 1234567890);
	assert_string_equal(text_string(&text), "1234567890");
	text_free(&text);
	assert_string_equal(text_string(&text), "");
}

static void foreign_bytes_cannot_disturb_a_terminal(void **state)
{
	struct text text = { 0 };
	const char evil[] = "a\x1b[31m\xff\xc3\xa4\xe2\x80\xae\xc2\x85\n";

	(void)state;
	text_add_foreign(&text, evil, sizeof evil - 1, 100);
	assert_string_equal(text_string(&text), "a\\x1B[31m\\xFFä\\xE2\\x80\\xAE\\xC2\\x85\\x0A");
	text_clear(&text);
	text_add_foreign(&text, "abcdef", 6, 3);
	assert_string_equal(text_string(&text), "abc…");
	text_free(&text);
}

static void utf8_that_is_overlong_or_a_surrogate_is_refused(void **state)
{
	static const char *const bad[] = { "\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
					   "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xc3" };
	size_t width;
	uint32_t code;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(utf8_character(bad[i], strlen(bad[i]), &width, &code));
	assert_true(utf8_character("\xf0\x9f\x98\x80", 4, &width, &code));
	assert_int_equal(width, 4);
	assert_int_equal(code, 0x1f600);
}

static void json_is_escaped_and_punctuated(void **state)
{
	struct text out = { 0 };
	struct json json;

	(void)state;
	json_begin(&json, &out, false);
	json_open_object(&json, NULL);
	json_string(&json, "a\"b", "line\nquote\"back\\ \xff \x01");
	json_string(&json, "none", NULL);
	json_open_array(&json, "list");
	json_integer(&json, NULL, -5);
	json_real(&json, NULL, 0.5, 3);
	json_real(&json, NULL, NAN, 3);
	json_boolean(&json, NULL, true);
	json_open_object(&json, NULL);
	json_close_object(&json);
	json_close_array(&json);
	json_close_object(&json);
	assert_string_equal(text_string(&out),
			    "{\"a\\\"b\":\"line\\u000aquote\\\"back\\\\ \xef\xbf\xbd \\u0001\","
			    "\"none\":null,\"list\":[-5,0.500,null,true,{}]}");
	text_free(&out);
}

static void dates_end_with_their_day(void **state)
{
	char stamp[CLOCK_STAMP_ROOM];
	int64_t us;

	(void)state;
	assert_true(clock_parse("2027-06-30", &us));
	clock_format(us, stamp);
	assert_string_equal(stamp, "2027-06-30T23:59:59Z");
	assert_true(clock_parse("2026-11-21T08:15:30Z", &us));
	clock_format(us, stamp);
	assert_string_equal(stamp, "2026-11-21T08:15:30Z");
	assert_false(clock_parse("2027-02-31", &us));
	assert_false(clock_parse("2027-13-01", &us));
	assert_false(clock_parse("2027-01-01x", &us));
	assert_false(clock_parse("soon", &us));
	clock_format(INT64_MAX, stamp);
	assert_string_equal(stamp, "out of range");
}

static void durations_need_a_unit(void **state)
{
	int64_t us;

	(void)state;
	assert_true(clock_parse_duration("5m", &us) && us == 300 * CLOCK_SECOND);
	assert_true(clock_parse_duration("1500ms", &us) && us == 1500 * CLOCK_MILLISECOND);
	assert_true(clock_parse_duration("30d", &us) && us == 30 * 86400 * CLOCK_SECOND);
	assert_false(clock_parse_duration("5", &us));
	assert_false(clock_parse_duration("-5m", &us));
	assert_false(clock_parse_duration("5min", &us));
	assert_false(clock_parse_duration("99999999999d", &us));
	assert_false(clock_parse_duration("999999999w", &us));
	assert_false(clock_parse_duration("", &us));
}

static void the_nearest_word_is_found_and_a_far_one_is_not(void **state)
{
	static const char *const words[] = { "interval", "address", "profiles", "features", NULL };

	(void)state;
	assert_string_equal(words_nearest("intervall", words), "interval");
	assert_string_equal(words_nearest("adress", words), "address");
	assert_string_equal(words_nearest("Profile", words), "profiles");
	assert_string_equal(words_nearest("faetures", words), "features");
	assert_null(words_nearest("xyzzy", words));
	assert_null(words_nearest("", words));
	assert_int_equal(words_find("features", words), 3);
	assert_int_equal(words_find("feature", words), -1);
}

static void a_star_matches_slashes_too(void **state)
{
	(void)state;
	assert_true(words_match("tls/tcp-5061/*", "tls/tcp-5061/versions/ipv6"));
	assert_true(words_match("*", ""));
	assert_true(words_match("*versions*", "tls/tcp-5061/versions/ipv6"));
	assert_true(words_match("tls/tcp-50?1/*", "tls/tcp-5061/x"));
	assert_false(words_match("tls/*", "smb/tcp-445"));
	assert_false(words_match("", "x"));
	assert_false(words_match("a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void the_case_of_letters_may_be_of_no_interest(void **state)
{
	(void)state;
	assert_true(words_match_any_case("*openJDK*", "OpenJDK 1.8.0_232"));
	assert_true(words_match_any_case("emet ?.*", "EMET 5.52"));
	assert_false(words_match_any_case("emet", "EMET 5.52"));
	assert_false(words_match("emet*", "EMET 5.52"));
}

static void versions_compare_by_their_numbers(void **state)
{
	(void)state;
	assert_true(words_compare_versions("1.8.0_232", "1.8.0_300") < 0);
	assert_true(words_compare_versions("1.10", "1.9") > 0);
	assert_true(words_compare_versions("12.5", "12.5.1") < 0);
	assert_true(words_compare_versions("TLS1.2", "TLS1.2") == 0);
	assert_true(words_compare_versions("007", "7") == 0);
}

static void remember_line(void *arg, enum log_level level, const char *topic, const char *line)
{
	struct text *text = arg;

	text_add_format(text, "%d %s %s;", (int)level, topic, line);
}

static void a_log_line_carries_no_control_characters(void **state)
{
	struct text seen = { 0 };

	(void)state;
	log_redirect(remember_line, &seen);
	log_configure(LOG_LEVEL_WARN, false);
	log_info("plan", "not shown");
	log_warn("plan", "banner %s", "x\r\n\x1b[2J");
	log_redirect(NULL, NULL);
	log_configure(LOG_LEVEL_INFO, false);
	assert_string_equal(text_string(&seen), "2 plan banner x\\x0D\\x0A\\x1B[2J;");
	text_free(&seen);
}

/* What is written on standard error. */
static void hear_log(char *heard, size_t room)
{
	int ends[2], kept = dup(STDERR_FILENO);
	ssize_t got;

	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	log_warn("plan", "a \"word\"");
	dup2(kept, STDERR_FILENO);
	got = read(ends[0], heard, room - 1);
	heard[got > 0 ? got : 0] = '\0';
	close(kept);
	close(ends[0]);
	close(ends[1]);
}

static void a_journal_hears_priorities_and_has_a_time_of_its_own(void **state)
{
	char heard[256];

	(void)state;
	hear_log(heard, sizeof heard);
	assert_memory_equal(heard, "ts=20", 5);
	log_for_journal(true);
	hear_log(heard, sizeof heard);
	assert_string_equal(heard, "<4>level=warn topic=plan msg=\"a \\\"word\\\"\"\n");
	log_configure(LOG_LEVEL_INFO, true);
	hear_log(heard, sizeof heard);
	assert_memory_equal(heard, "<4>{\"ts\":\"20", 12);
	log_configure(LOG_LEVEL_INFO, false);
	log_for_journal(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_arena_keeps_small_and_large_things),
		cmocka_unit_test(a_text_stops_at_its_limit),
		cmocka_unit_test(foreign_bytes_cannot_disturb_a_terminal),
		cmocka_unit_test(utf8_that_is_overlong_or_a_surrogate_is_refused),
		cmocka_unit_test(json_is_escaped_and_punctuated),
		cmocka_unit_test(dates_end_with_their_day),
		cmocka_unit_test(durations_need_a_unit),
		cmocka_unit_test(the_nearest_word_is_found_and_a_far_one_is_not),
		cmocka_unit_test(a_star_matches_slashes_too),
		cmocka_unit_test(the_case_of_letters_may_be_of_no_interest),
		cmocka_unit_test(versions_compare_by_their_numbers),
		cmocka_unit_test(a_log_line_carries_no_control_characters),
		cmocka_unit_test(a_journal_hears_priorities_and_has_a_time_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
