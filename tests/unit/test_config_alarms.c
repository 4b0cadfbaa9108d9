/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "ground/clock.h"
#include "tests/unit/papers.h"

#define HOUR (3600 * CLOCK_SECOND)
#define DAY (24 * HOUR)

static const struct alarm_settings *read_alarms(struct papers *papers, const char *keys)
{
	struct text yaml = { 0 };

	text_add_format(&yaml, "alarms:\n%s", keys);
	config_free(papers->config);
	papers->config = config_read_bytes("c", text_string(&yaml), yaml.length,
					   &papers->problems);
	text_free(&yaml);
	return &papers->config->alarms;
}

static void everything_is_read(void **state)
{
	const struct alarm_settings *alarms = read_alarms(
		*state, "  raise_after: 3\n"
			"  clear_after: 4\n"
			"  recheck: 10s\n"
			"  remind: 12h\n"
			"  rate: 5/h\n"
			"  storm: 50/5m\n"
			"  flapping: { changes: 4, within: 2h, calm: 1h }\n"
			"  keep: 30d\n"
			"  keep_events: 5000\n"
			"  outbox: 6000\n");

	assert_good(*state);
	assert_int_equal(alarms->raise_after, 3);
	assert_int_equal(alarms->clear_after, 4);
	assert_int_equal(alarms->recheck_us, 10 * CLOCK_SECOND);
	assert_int_equal(alarms->remind_us, 12 * HOUR);
	assert_int_equal(alarms->rate.count, 5);
	assert_int_equal(alarms->rate.within_us, HOUR);
	assert_int_equal(alarms->storm.count, 50);
	assert_int_equal(alarms->storm.within_us, 300 * CLOCK_SECOND);
	assert_int_equal(alarms->flapping.count, 4);
	assert_int_equal(alarms->flapping.within_us, 2 * HOUR);
	assert_int_equal(alarms->calm_us, HOUR);
	assert_int_equal(alarms->keep_us, 30 * DAY);
	assert_int_equal(alarms->keep_events, 5000);
	assert_int_equal(alarms->outbox, 6000);
	assert_int_equal(alarms->sink_count, 0);
}

static void what_is_not_said_is_as_usual(void **state)
{
	const struct alarm_settings *alarms =
		read_alarms(*state, "  flapping: { within: 2h }\n");

	assert_good(*state);
	assert_int_equal(alarms->raise_after, 2);
	assert_int_equal(alarms->clear_after, 2);
	assert_int_equal(alarms->recheck_us, 30 * CLOCK_SECOND);
	assert_int_equal(alarms->remind_us, DAY);
	assert_int_equal(alarms->rate.count, 10);
	assert_int_equal(alarms->rate.within_us, CLOCK_SECOND);
	assert_int_equal(alarms->storm.count, 100);
	assert_int_equal(alarms->flapping.count, 6);
	assert_int_equal(alarms->flapping.within_us, 2 * HOUR);
	assert_int_equal(alarms->calm_us, HOUR / 2);
	assert_int_equal(alarms->keep_us, 90 * DAY);
	assert_int_equal(alarms->keep_events, 100000);
	assert_int_equal(alarms->outbox, 100000);
}

static void what_is_switched_off_is_off(void **state)
{
	const struct alarm_settings *alarms = read_alarms(
		*state, "  remind: never\n  rate: off\n  storm: off\n  flapping: off\n");

	assert_good(*state);
	assert_int_equal(alarms->remind_us, 0);
	assert_int_equal(alarms->rate.count, 0);
	assert_int_equal(alarms->storm.count, 0);
	assert_int_equal(alarms->flapping.count, 0);
	assert_int_equal(read_alarms(*state, "  remind: 0s\n")->remind_us, 0);
	assert_good(*state);
}

static void sinks_are_words_or_maps(void **state)
{
	const struct alarm_settings *alarms = read_alarms(
		*state, "  tell:\n"
			"    - journal\n"
			"    - { to: syslog, socket: /run/log, name: far }\n"
			"    - { to: command, run: /usr/local/bin/page }\n"
			"    - to: command\n"
			"      run: [ /usr/local/bin/page, --urgent, \"two words\" ]\n"
			"      timeout: 5s\n"
			"      name: urgent\n");

	assert_good(*state);
	assert_int_equal(alarms->sink_count, 4);
	assert_int_equal(alarms->sinks[0].kind, SINK_JOURNAL);
	assert_string_equal(alarms->sinks[0].name, "journal");
	assert_null(alarms->sinks[0].socket);
	assert_int_equal(alarms->sinks[1].kind, SINK_SYSLOG);
	assert_string_equal(alarms->sinks[1].name, "far");
	assert_string_equal(alarms->sinks[1].socket, "/run/log");
	assert_int_equal(alarms->sinks[2].kind, SINK_COMMAND);
	assert_string_equal(alarms->sinks[2].name, "page");
	assert_int_equal(alarms->sinks[2].command_count, 1);
	assert_int_equal(alarms->sinks[2].timeout_ms, 30000);
	assert_string_equal(alarms->sinks[3].name, "urgent");
	assert_int_equal(alarms->sinks[3].command_count, 3);
	assert_string_equal(alarms->sinks[3].command[2], "two words");
	assert_int_equal(alarms->sinks[3].timeout_ms, 5000);
	assert_int_equal(alarms->sinks[3].place.line, 6);
}

static void one_sink_needs_no_list(void **state)
{
	const struct alarm_settings *alarms = read_alarms(*state, "  tell: syslog\n");

	assert_good(*state);
	assert_int_equal(alarms->sink_count, 1);
	assert_string_equal(alarms->sinks[0].name, "syslog");
}

static void numbers_and_times_out_of_bounds_are_refused(void **state)
{
	read_alarms(*state, "  raise_after: 0\n"
			    "  clear_after: 101\n"
			    "  recheck: 2d\n"
			    "  remind: 10ms\n"
			    "  rate: 10\n"
			    "  storm: 0/s\n"
			    "  flapping: { changes: 9, calms: 1h }\n"
			    "  keep: forever\n"
			    "  keep_event: 5\n"
			    "  outbox: []\n");
	assert_problems(
		*state,
		"c:2:16: error: 'raise_after' must be a number from 1 to 100, not '0'\n"
		"c:3:16: error: 'clear_after' must be a number from 1 to 100, not '101'\n"
		"c:4:12: error: 'recheck' must be a duration from 100ms to 1d, not '2d'\n"
		"c:5:11: error: 'remind' must be a duration from 1s to 365d, not '10ms'\n"
		"c:6:9: error: 'rate' must be 'off', or so many within a time of up to 1d, as in"
		" 10/s, 100/m or 20/5m, not '10'\n"
		"c:7:10: error: 'storm' must be 'off', or so many within a time of up to 1d, as in"
		" 10/s, 100/m or 20/5m, not '0/s'\n"
		"c:8:24: error: 'changes' must be a number from 1 to 8, not '9'\n"
		"c:8:27: error: unknown key 'calms' (did you mean 'calm'?)\n"
		"c:9:9: error: 'keep' must be a duration such as 30s, 5m, 24h or 30d, not"
		" 'forever'\n"
		"c:10:3: error: unknown key 'keep_event' (did you mean 'keep_events'?)\n"
		"c:11:11: error: 'outbox' must be a number from 1 to 10000000, not an empty"
		" list\n");
}

static void what_is_no_rate_is_refused(void **state)
{
	static const char *const bad[] = { "/s",    "10/",     "10/0s", "10 / s", "10/2d",
					   "-1/s",  "1.5/s",   "10/x",  "10/ss",  "10000001/s",
					   "10/1s1", "10//s", "10/5",  "1/s/m",
					   "10/99999999999999s" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct papers *papers = *state;
		struct text keys = { 0 };

		text_add_format(&keys, "  rate: '%s'\n", bad[i]);
		problems_free(&papers->problems);
		papers->problems = (struct problems){ 0 };
		read_alarms(papers, text_string(&keys));
		text_free(&keys);
		assert_problem(papers, "c:2:9: error: 'rate' must be 'off'");
	}
}

static void sinks_that_cannot_be_are_refused(void **state)
{
	read_alarms(*state, "  tell:\n"
			    "    - jurnal\n"
			    "    - command\n"
			    "    - { to: command, run: page }\n"
			    "    - { to: command, run: [ page, --x ], socket: /dev/log }\n"
			    "    - { to: command, run: [] }\n"
			    "    - { to: command, run: /opt/Page.sh }\n"
			    "    - { to: journal, run: /bin/true, timeout: 5s }\n"
			    "    - { to: syslog, socket: dev/log }\n"
			    "    - { name: x }\n"
			    "    - [ journal ]\n"
			    "    - { to: command, run: /opt/, name: y }\n");
	assert_problems(
		*state,
		"c:3:7: error: unknown sink 'jurnal' (did you mean 'journal'?)\n"
		"c:4:7: error: a command needs 'run', as in run: [ /usr/local/bin/page, --urgent"
		" ]\n"
		"c:5:27: error: 'run' cannot be 'page': a program is given by its path from the"
		" root, such as /usr/local/bin/page, and its words as further elements of a list\n"
		"c:6:29: error: 'run' cannot be 'page': a program is given by its path from the"
		" root, such as /usr/local/bin/page, and its words as further elements of a list\n"
		"c:6:42: error: 'socket' does nothing for a command: remove it\n"
		"c:7:27: error: 'run' needs at least one element\n"
		"c:8:7: error: no sink can be called 'Page.sh': give it a name, as in name:"
		" page\n"
		"c:9:22: error: 'run' does nothing for journal: remove it\n"
		"c:9:38: error: 'timeout' does nothing for journal: remove it\n"
		"c:10:29: error: 'socket' cannot be 'dev/log': a path from the root such as"
		" /var/lib/ucposture is needed\n"
		"c:11:7: error: a sink needs 'to'\n"
		"c:12:7: error: 'tell' must be a list of words and maps, such as [ journal, { to:"
		" command, run: /usr/local/bin/page } ], not a list\n"
		"c:13:27: error: 'run' cannot be '/opt/': a program is given by its path from the"
		" root, such as /usr/local/bin/page, and its words as further elements of a"
		" list\n");
}

static void two_sinks_of_one_name_are_refused(void **state)
{
	read_alarms(*state, "  tell:\n"
			    "    - journal\n"
			    "    - { to: command, run: /bin/page }\n"
			    "    - journal\n"
			    "    - { to: command, run: /sbin/page }\n"
			    "    - { to: syslog, name: journal-2 }\n");
	assert_problems(
		*state,
		"c:5:7: error: two sinks are called 'journal': give one of them a name, as in"
		" { to: journal, name: … }\n"
		"c:6:7: error: two sinks are called 'page': give one of them a name, as in"
		" { to: command, name: … }\n");
}

static void a_socket_that_no_address_can_hold_is_refused(void **state)
{
	struct text keys = { 0 };

	text_add(&keys, "  tell: [ { to: syslog, socket: /");
	for (int i = 0; i < 107; i++)
		text_add_char(&keys, 'x');
	text_add(&keys, " } ]\n");
	read_alarms(*state, text_string(&keys));
	text_free(&keys);
	assert_problem(*state, "the path of a socket has at most 107 characters");
}

static void there_are_few_sinks(void **state)
{
	struct text keys = { 0 };

	text_add(&keys, "  tell: [ journal");
	for (int i = 0; i < SINKS_MOST; i++)
		text_add(&keys, ", journal");
	text_add(&keys, " ]\n");
	read_alarms(*state, text_string(&keys));
	text_free(&keys);
	assert_problems(*state, "c:2:9: error: 'tell' has more than 32 elements\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(everything_is_read),
		PAPERS_TEST(what_is_not_said_is_as_usual),
		PAPERS_TEST(what_is_switched_off_is_off),
		PAPERS_TEST(sinks_are_words_or_maps),
		PAPERS_TEST(one_sink_needs_no_list),
		PAPERS_TEST(numbers_and_times_out_of_bounds_are_refused),
		PAPERS_TEST(what_is_no_rate_is_refused),
		PAPERS_TEST(sinks_that_cannot_be_are_refused),
		PAPERS_TEST(two_sinks_of_one_name_are_refused),
		PAPERS_TEST(a_socket_that_no_address_can_hold_is_refused),
		PAPERS_TEST(there_are_few_sinks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
