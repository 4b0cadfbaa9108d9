/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "agent/daemon/sink_text.h"
#include "ground/clock.h"
#include "tests/unit/sink_events.h"
#include "tests/unit/sink_scene.h"

enum { HOSTILE_EVENTS = 15000 };	/* of seven strings each */

static struct voice opened(const struct sink_scene *scene)
{
	const struct sink_setting setting = { .name = "log", .kind = SINK_SYSLOG,
					      .socket = scene->path };

	return sink_open(scene->loop, &setting);
}

static size_t receive(int fd, char line[static 2048])
{
	ssize_t length = recv(fd, line, 2047, 0);

	assert_true(length > 0);
	line[length] = '\0';
	return (size_t)length;
}

static void expect_sentence(const struct event *event, int64_t wall_us, const char *expected)
{
	struct text out = { 0 };

	sink_add_sentence(&out, event, wall_us);
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
}

static void each_kind_is_a_sentence_for_people(void **state)
{
	struct event event = sink_event();

	(void)state;
	expect_sentence(&event, SINK_EVENT_AT,
			"pbx-hamburg tls/tcp-443/versions: critical: observed TLS1.0 TLS1.2, "
			"expected no TLS1.0 (event 17)");
	event.flaps = true;
	expect_sentence(&event, SINK_EVENT_AT + 61 * CLOCK_SECOND,
			"pbx-hamburg tls/tcp-443/versions: critical, flapping: observed TLS1.0 "
			"TLS1.2, expected no TLS1.0 (event 17 of 2026-09-21T14:13:20Z)");
	event.flaps = false;
	event.kind = EVENT_REMINDED;
	event.to = VERDICT_UNKNOWN;
	event.observed = "";
	event.reason = "timed_out";
	expect_sentence(&event, SINK_EVENT_AT,
			"pbx-hamburg tls/tcp-443/versions: still unknown: timed_out, expected "
			"no TLS1.0 (event 17)");
	event.reason = "";
	expect_sentence(&event, SINK_EVENT_AT,
			"pbx-hamburg tls/tcp-443/versions: still unknown: expected no TLS1.0 "
			"(event 17)");
	event.kind = EVENT_CLEARED;
	event.observed = "TLS1.2";
	expect_sentence(&event, SINK_EVENT_AT,
			"pbx-hamburg tls/tcp-443/versions: cleared: observed TLS1.2 (event 17)");
	event.cause = ALARM_BY_EXCEPTION;
	event.observed = NULL;
	expect_sentence(&event, SINK_EVENT_AT,
			"pbx-hamburg tls/tcp-443/versions: cleared, accepted by an exception "
			"(event 17)");
	event = (struct event){ .number = 3, .kind = EVENT_TARGET_DOWN, .target_name = "pbx",
				.observed = "no answer\n from\tit", .at_us = SINK_EVENT_AT };
	expect_sentence(&event, SINK_EVENT_AT, "pbx: down: observed no answer from it (event 3)");
	event.kind = EVENT_TARGET_UP;
	event.observed = "";
	expect_sentence(&event, SINK_EVENT_AT, "pbx: up again (event 3)");
	event = (struct event){ .number = 4, .kind = EVENT_AGENT, .target_name = "ucposture",
				.title = "A storm", .observed = "300 events",
				.at_us = SINK_EVENT_AT };
	expect_sentence(&event, SINK_EVENT_AT, "ucposture: A storm: 300 events (event 4)");
}

static void how_urgent_it_is_goes_by_verdict_and_severity(void **state)
{
	static const struct {
		enum event_kind kind;
		enum verdict to;
		enum severity severity;
		int priority;
	} rows[] = {
		{ EVENT_RAISED, VERDICT_CRITICAL, SEVERITY_CRITICAL, LOG_CRIT },
		{ EVENT_RAISED, VERDICT_CRITICAL, SEVERITY_MAJOR, LOG_ERR },
		{ EVENT_REMINDED, VERDICT_CRITICAL, SEVERITY_MINOR, LOG_WARNING },
		{ EVENT_CHANGED, VERDICT_WARNING, SEVERITY_CRITICAL, LOG_WARNING },
		{ EVENT_RAISED, VERDICT_UNKNOWN, SEVERITY_CRITICAL, LOG_WARNING },
		{ EVENT_CLEARED, VERDICT_OK, SEVERITY_CRITICAL, LOG_NOTICE },
		{ EVENT_TARGET_DOWN, VERDICT_OK, SEVERITY_CRITICAL, LOG_CRIT },
		{ EVENT_TARGET_UP, VERDICT_OK, SEVERITY_CRITICAL, LOG_NOTICE },
		{ EVENT_AGENT, VERDICT_OK, SEVERITY_MAJOR, LOG_ERR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct event event = { .kind = (uint8_t)rows[i].kind,
					     .to = (uint8_t)rows[i].to,
					     .severity = (uint8_t)rows[i].severity };

		assert_int_equal(sink_priority(&event), rows[i].priority);
	}
}

static void a_line_is_what_syslog_of_libc_would_have_sent(void **state)
{
	struct sink_scene *scene = *state;
	int fd = listen_here(scene, SOCK_DGRAM);
	struct voice voice = opened(scene);
	struct event event = sink_event();
	char line[2048], expected[2048], stamp[32];
	time_t seconds;
	struct tm there;

	assert_string_equal(voice.name, "log");
	event.at_us = clock_wall_us();
	seconds = (time_t)(event.at_us / CLOCK_SECOND);
	strftime(stamp, sizeof stamp, "%h %e %T", localtime_r(&seconds, &there));
	assert_true(sink_told(scene, &voice, &event));
	receive(fd, line);
	snprintf(expected, sizeof expected,
		 "<26>%s ucposture[%d]: pbx-hamburg tls/tcp-443/versions: critical: observed "
		 "TLS1.0 TLS1.2, expected no TLS1.0 (event 17)", stamp, (int)getpid());
	assert_string_equal(line, expected);
	voice.close(voice.arg);
	close(fd);
}

static void who_is_away_is_told_when_it_is_back(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene);
	struct event event = sink_event();
	char line[2048];
	int fd;

	assert_false(sink_told(scene, &voice, &event));
	assert_false(sink_told(scene, &voice, &event));
	assert_non_null(strstr(text_string(&scene->log), "it takes nothing: No such file"));
	fd = listen_here(scene, SOCK_DGRAM);
	assert_true(sink_told(scene, &voice, &event));
	receive(fd, line);
	close(fd);
	/* Another sits at the same place: the first try of the old connection is not all. */
	fd = listen_here(scene, SOCK_DGRAM);
	assert_true(sink_told(scene, &voice, &event));
	receive(fd, line);
	close(fd);
	assert_false(sink_told(scene, &voice, &event));
	assert_non_null(strstr(text_string(&scene->log), "it takes nothing: Connection refused"));
	voice.close(voice.arg);
}

static void who_does_not_read_is_told_later_in_order(void **state)
{
	struct sink_scene *scene = *state;
	int fd = listen_here(scene, SOCK_DGRAM);
	struct voice voice = opened(scene);
	struct event event = sink_event();
	char line[2048], expected[32];
	uint64_t taken = 0;

	for (event.number = 1; sink_told(scene, &voice, &event); event.number++)
		taken = event.number;
	assert_in_range(taken, 1, 100000);
	for (uint64_t i = 1; i <= taken; i++) {
		receive(fd, line);
		snprintf(expected, sizeof expected, "(event %u of", (unsigned)i);
		assert_non_null(strstr(line, expected));
	}
	assert_true(sink_told(scene, &voice, &event));
	receive(fd, line);
	assert_true(recv(fd, line, sizeof line, 0) < 0);
	voice.close(voice.arg);
	close(fd);
}

static void a_stream_gets_the_same_each_ended_by_a_nul(void **state)
{
	struct sink_scene *scene = *state;
	int fd = listen_here(scene, SOCK_STREAM), there;
	struct voice voice = opened(scene);
	struct event event = sink_event();
	char bytes[2048];
	size_t length;

	assert_true(sink_told(scene, &voice, &event));
	assert_true(sink_told(scene, &voice, &event));
	there = accept(fd, NULL, NULL);
	length = receive(there, bytes);
	assert_int_equal(length, 2 * (strlen(bytes) + 1));
	assert_memory_equal(bytes, bytes + length / 2, length / 2);
	close(there);
	/* It has gone, and comes back: nothing is asked of us but another connection. */
	assert_true(sink_told(scene, &voice, &event));
	there = accept(fd, NULL, NULL);
	receive(there, bytes);
	close(there);
	close(fd);
	assert_false(sink_told(scene, &voice, &event));
	voice.close(voice.arg);
}

/* <PRI>Mmm dd hh:mm:ss ucposture[PID]: TEXT */
static void expect_line(const char *line, size_t length)
{
	int priority, day, hour, minute, second, pid, end = 0;
	char month[4];

	assert_true(length <= 1024);
	assert_int_equal(sscanf(line, "<%d>%3s %d %d:%d:%d ucposture[%d]: %n", &priority, month,
				&day, &hour, &minute, &second, &pid, &end), 7);
	assert_true(end > 0);
	assert_in_range(priority, LOG_DAEMON | LOG_CRIT, LOG_DAEMON | LOG_NOTICE);
	assert_int_equal(pid, getpid());
	assert_true(length - (size_t)end <= SINK_SENTENCE_MOST);
	assert_true(is_harmless(line, length, ""));
	assert_int_equal(line[length - 1], ')');
}

static void no_hostile_string_gets_a_control_byte_or_a_second_line_into_the_log(void **state)
{
	struct sink_scene *scene = *state;
	int fd = listen_here(scene, SOCK_DGRAM);
	struct voice voice = opened(scene);
	size_t longest = 0;
	char line[2048];

	for (unsigned i = 0; i < HOSTILE_EVENTS; i++) {
		const struct event event = hostile_event(i);
		size_t length;

		assert_true(sink_told(scene, &voice, &event));
		length = receive(fd, line);
		expect_line(line, length);
		longest = length > longest ? length : longest;
	}
	assert_in_range(longest, 700, 1024);
	assert_string_equal(text_string(&scene->log), "");
	voice.close(voice.arg);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_a_sentence_for_people),
		cmocka_unit_test(how_urgent_it_is_goes_by_verdict_and_severity),
		SINK_TEST(a_line_is_what_syslog_of_libc_would_have_sent),
		SINK_TEST(who_is_away_is_told_when_it_is_back),
		SINK_TEST(who_does_not_read_is_told_later_in_order),
		SINK_TEST(a_stream_gets_the_same_each_ended_by_a_nul),
		SINK_TEST(no_hostile_string_gets_a_control_byte_or_a_second_line_into_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
