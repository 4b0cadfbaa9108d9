/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <string.h>

#include "agent/daemon/question.h"

static struct arena *arena;
static struct question question;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void is_read(const char *line)
{
	struct text why = { 0 };

	if (!question_read(&question, arena, line, strlen(line), &why))
		fail_msg("%s: %s", line, text_string(&why));
	text_free(&why);
}

static void is_refused(const char *line, size_t length, const char *because)
{
	struct text why = { 0 };

	assert_false(question_read(&question, arena, line, length, &why));
	assert_string_equal(text_string(&why), because);
	text_free(&why);
}

static void words_are_separated_by_tabs(void **state)
{
	(void)state;
	is_read("targets\tpbx *\tb");
	assert_int_equal(question.kind, QUESTION_TARGETS);
	assert_int_equal(question.word_count, 2);
	assert_string_equal(question.words[0], "pbx *");
	assert_string_equal(question.words[1], "b");
	is_read("status");
	assert_int_equal(question.kind, QUESTION_STATUS);
	assert_int_equal(question.word_count, 0);
}

static void events_are_asked_for_with_settings(void **state)
{
	(void)state;
	is_read("events\tafter=7\tsince=2026-11-21T08:00:00Z\tcount=3\ttarget=p*\tcheck=tls/*"
		"\tfollow");
	assert_int_equal(question.after, 7);
	assert_int_equal(question.since_us / 1000000, 1795248000);
	assert_int_equal(question.count, 3);
	assert_string_equal(question.target, "p*");
	assert_string_equal(question.check, "tls/*");
	assert_true(question.follow);
	is_read("alarms\tall");
	assert_true(question.all);
	assert_false(question.follow);
}

static void what_has_no_meaning_is_refused(void **state)
{
	static const struct {
		const char *line, *because;
	} wrong[] = {
		{ "", "there is no question ''" },
		{ "stat", "there is no question 'stat'" },
		{ "status\tnow", "too many words behind 'status'" },
		{ "target", "too few words behind 'target'" },
		{ "target\ta\tb", "too many words behind 'target'" },
		{ "targets\t\tb", "'' has no meaning behind 'targets'" },
		{ "alarms\tfollow", "'follow' has no meaning behind 'alarms'" },
		{ "alarms\ttarget=", "'target=' has no meaning behind 'alarms'" },
		{ "events\tall", "'all' has no meaning behind 'events'" },
		{ "events\tafter=", "'after=' has no meaning behind 'events'" },
		{ "events\tafter=-1", "'after=-1' has no meaning behind 'events'" },
		{ "events\tafter=9223372036854775808",
		  "'after=9223372036854775808' has no meaning behind 'events'" },
		{ "events\tcount=0", "'count=0' has no meaning behind 'events'" },
		{ "events\tcount=100001", "'count=100001' has no meaning behind 'events'" },
		{ "events\tsince=yesterday", "'since=yesterday' has no meaning behind 'events'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		is_refused(wrong[i].line, strlen(wrong[i].line), wrong[i].because);
	is_read("events\tafter=9223372036854775807\tcount=100000");
}

static void what_is_no_text_is_refused(void **state)
{
	static char long_line[QUESTION_BYTES_MOST + 2];
	static const char *const because = "the question is too long, or no text";

	(void)state;
	is_refused("status\0", 7, because);
	is_refused("target\t\x1b[31m", 11, because);
	is_refused("target\t\xff", 8, because);
	is_refused("target\t\xe2\x80\xae" "a", 11, because);
	memset(long_line, 'a', sizeof long_line - 1);
	is_refused(long_line, QUESTION_BYTES_MOST + 1, because);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(words_are_separated_by_tabs),
		TEST(events_are_asked_for_with_settings),
		TEST(what_has_no_meaning_is_refused),
		TEST(what_is_no_text_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
