/* SPDX-License-Identifier: Apache-2.0
 *
 * What is answered to each question.
 */
#include "tests/unit/control_scene.h"

static void errs(const char *question, const char *error)
{
	assert_string_equal(answer_text(ask(question), "error"), error);
}

static void status_counts_what_there_is(void **state)
{
	const struct value *answer;

	(void)state;
	open_house(3, 4);
	made_house_see(made, 0, "x", VERDICT_CRITICAL);
	made_house_see(made, 1, "x", VERDICT_OK);
	made_house_raise(&made->alarms[0], VERDICT_CRITICAL, SEVERITY_MAJOR);
	made_house_raise(&made->presences[2], VERDICT_CRITICAL, SEVERITY_CRITICAL);
	made_house_raise(&made->own[SELF_STORE], VERDICT_WARNING, SEVERITY_MINOR);
	made->alarms[3].held = true;
	made->down[2] = true;
	answer = ask("status");
	assert_int_equal(answer_number(answer, "schema"), 1);
	assert_int_equal(answer_number(answer, "pid"), getpid());
	assert_in_range((int)answer_number(answer, "uptime_seconds"), 90, 95);
	assert_int_equal(answer_number(answer, "targets"), 3);
	assert_int_equal(answer_number(answer, "targets_down"), 1);
	assert_int_equal(answer_number(answer, "checks"), 12);
	assert_true(answer_number(answer, "score") == 0.5);
	assert_int_equal(answer_number(answer_member(answer, "counts"), "unknown"), 10);
	const struct value *alarms = answer_member(answer, "alarms");
	assert_int_equal(answer_number(alarms, "critical"), 2);
	assert_int_equal(answer_number(alarms, "warning"), 1);
	assert_int_equal(answer_number(alarms, "held"), 1);
	assert_int_equal(answer_number(answer_member(alarms, "by_severity"), "major"), 1);
	assert_int_equal(answer_number(answer_list(answer, "sinks"), "untold"), 4);
	assert_int_equal(answer_number(answer_member(answer, "probers"), "restarts"), 1);
	assert_false(answer_truth(answer_member(answer, "configuration"), "reload_failed"));
}

static void targets_are_found_by_patterns(void **state)
{
	const struct value *answer;

	(void)state;
	open_house(12, 2);
	answer = ask("targets\tt1*\tt3\tnone*");
	const struct value *at = answer_list(answer, "targets");
	assert_string_equal(answer_text(at, "name"), "t1");
	assert_string_equal(answer_text(at->next, "name"), "t3");
	assert_string_equal(answer_text(at->next->next, "name"), "t10");
	assert_string_equal(answer_text(at->next->next->next, "name"), "t11");
	assert_null(at->next->next->next->next);
	assert_string_equal(answer_list(answer, "unmatched")->text, "none*");
	assert_int_equal(answer_member(ask("targets"), "targets")->count, 12);
}

static void a_target_is_told_with_its_checks(void **state)
{
	const struct value *target, *check;

	(void)state;
	open_house(2, 3);
	made_house_see(made, 4, "seen", VERDICT_WARNING);
	made_house_raise(&made->alarms[4], VERDICT_WARNING, SEVERITY_MINOR);
	made->raised[4] = 77;
	target = answer_member(ask("target\tt1"), "target");
	assert_string_equal(answer_text(target, "name"), "t1");
	assert_int_equal(answer_number(target, "alarms"), 1);
	assert_int_equal(answer_member(target, "checks")->count, 3);
	check = answer_list(target, "checks")->next;
	assert_string_equal(answer_text(check, "name"), "made/tcp-1/a4");
	assert_string_equal(answer_text(check, "rule"), "made.rule");
	assert_string_equal(answer_text(check, "verdict"), "warning");
	assert_string_equal(answer_text(check, "observed"), "seen");
	assert_true(answer_time(check, "looked") > 0);
	assert_true(answer_time(check, "next") > 0);
	assert_int_equal(answer_number(answer_member(check, "alarm"), "event"), 77);
	errs("target\tt2x", "the agent watches no target 't2x' (did you mean 't0'?)");
	errs("target\tsomebody",
	     "the agent watches no target 'somebody'; 'ucposture targets' lists them");
}

static void alarms_that_wait_are_told_when_asked_for(void **state)
{
	const struct value *alarm;

	(void)state;
	open_house(2, 3);
	made_house_see(made, 1, "x", VERDICT_CRITICAL);
	made_house_see(made, 5, "x", VERDICT_CRITICAL);
	made_house_raise(&made->alarms[5], VERDICT_CRITICAL, SEVERITY_MAJOR);
	made_house_raise(&made->own[SELF_STORE], VERDICT_CRITICAL, SEVERITY_MAJOR);
	alarm = answer_list(ask("alarms"), "alarms");
	assert_string_equal(answer_text(alarm, "target"), SELF_TARGET);
	assert_string_equal(answer_text(alarm->next, "check"), "made/tcp-1/a5");
	assert_null(alarm->next->next);
	/* Unknown ones are not fine either: nothing was seen of four. */
	assert_int_equal(answer_member(ask("alarms\tall"), "alarms")->count, 7);
	alarm = answer_list(ask("alarms\tall\ttarget=t0\tcheck=*a1"), "alarms");
	assert_string_equal(answer_text(alarm, "check"), "made/tcp-1/a1");
	assert_string_equal(answer_text(answer_member(alarm, "alarm"), "verdict"), "ok");
}

static void events_come_oldest_first(void **state)
{
	const struct value *at;

	(void)state;
	open_house(2, 2);
	for (size_t i = 0; i < 2000; i++)
		made_house_event(made, i % 4, i % 2 ? EVENT_CLEARED : EVENT_RAISED);
	at = answer_list(ask("events\tcount=3"), "events");
	assert_int_equal(answer_number(at, "number"), 1998);
	assert_int_equal(answer_number(at->next->next, "number"), 2000);
	assert_null(at->next->next->next);
	assert_int_equal(answer_member(ask("events"), "events")->count, 20);
	assert_int_equal(answer_member(ask("events\tafter=900"), "events")->count, 1100);
	at = answer_list(ask("events\tafter=1990\ttarget=t1"), "events");
	assert_int_equal(answer_number(at, "number"), 1991);
	assert_string_equal(answer_text(at, "target"), "t1");
	assert_int_equal(answer_number(at->next->next, "number"), 1995);
	at = answer_list(ask("events\tcheck=*a3\tcount=2"), "events");
	assert_int_equal(answer_number(at->next, "number"), 2000);
	assert_null(answer_list(ask("events\tsince=2100-01-01T00:00:00Z"), "events"));
}

static void who_follows_hears_each_event_once(void **state)
{
	struct text bytes = { 0 };
	int fd;

	(void)state;
	open_house(1, 1);
	made_house_event(made, 0, EVENT_RAISED);
	fd = connected();
	say(fd, "events\tfollow\n");
	turn(5);
	assert_true(hear(fd, &bytes));
	assert_non_null(strstr(text_string(&bytes), "{\"number\":1,"));
	text_clear(&bytes);
	for (unsigned i = 0; i < 100; i++)
		made_house_event(made, 0, EVENT_CHANGED);
	control_tell(control);
	turn(20);
	assert_true(hear(fd, &bytes));
	const char *at = text_string(&bytes);
	for (unsigned number = 2; number <= 101; number++) {
		const struct value *event = answer_read(arena, at, strcspn(at, "\n"));

		assert_int_equal(answer_number(event, "number"), number);
		at += strcspn(at, "\n") + 1;
	}
	assert_string_equal(at, "");
	/* And the connection of one who went is not kept. */
	close(fd);
	turn(3);
	for (unsigned i = 0; i < 70; i++)
		assert_string_equal(answer_text(ask("status"), "error"), "");
	text_free(&bytes);
}

static void a_reload_says_what_is_wrong(void **state)
{
	const struct value *answer;

	(void)state;
	open_house(1, 1);
	assert_true(answer_truth(ask("reload"), "reloaded"));
	made->reload_says = "a.yaml:1:2: error\nand more\n";
	answer = ask("reload");
	assert_false(answer_truth(answer, "reloaded"));
	assert_string_equal(answer_list(answer, "problems")->text, "a.yaml:1:2: error");
	assert_string_equal(answer_list(answer, "problems")->next->text, "and more");
	assert_int_equal(made->reloads, 2);
}

static void what_was_recorded_is_compared_with(void **state)
{
	const struct value *answer, *at;

	(void)state;
	open_house(2, 3);
	errs("diff\tt0", "'t0' has no baseline; 'ucposture baseline' records one");
	answer = ask("baseline\tt0");
	assert_int_equal(answer_number(answer, "observations"), 0);
	assert_int_equal(answer_number(answer, "not_looked_at"), 3);
	errs("diff\tt0", "'t0' has no baseline; 'ucposture baseline' records one");
	made_house_see(made, 0, "before", VERDICT_OK);
	made_house_see(made, 1, "same", VERDICT_OK);
	answer = ask("baseline\tt0");
	assert_int_equal(answer_number(answer, "observations"), 2);
	assert_int_equal(answer_number(answer, "facts"), 6);
	assert_string_equal(answer_list(answer, "said")->text, "t0: accepted");
	assert_int_equal(made->nudges, 1);
	made_house_see(made, 1, "same", VERDICT_OK);
	answer = ask("diff\tt0");
	assert_false(answer_truth(answer, "differs"));
	assert_null(answer_list(answer, "differences"));
	made_house_see(made, 0, "after", VERDICT_OK);
	made_house_fail(made, 1, REASON_REFUSED);
	made_house_see(made, 2, "new", VERDICT_OK);
	answer = ask("diff\tt0");
	assert_true(answer_truth(answer, "differs"));
	at = answer_list(answer, "differences");
	assert_string_equal(answer_text(at, "kind"), "changed");
	assert_string_equal(answer_text(at, "observation"), "made tcp/1 h0");
	assert_string_equal(answer_text(at, "fact"), "made.word");
	assert_string_equal(answer_text(at, "then"), "before");
	assert_string_equal(answer_text(at, "now"), "after");
	assert_string_equal(answer_text(at->next, "kind"), "not_seen_now");
	assert_string_equal(answer_text(at->next, "now"), "refused");
	assert_string_equal(answer_text(at->next->next, "kind"), "not_looked_at_then");
	assert_null(at->next->next->next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(status_counts_what_there_is),
		TEST(targets_are_found_by_patterns),
		TEST(a_target_is_told_with_its_checks),
		TEST(alarms_that_wait_are_told_when_asked_for),
		TEST(events_come_oldest_first),
		TEST(who_follows_hears_each_event_once),
		TEST(a_reload_says_what_is_wrong),
		TEST(what_was_recorded_is_compared_with),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
