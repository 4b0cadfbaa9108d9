/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ground/clock.h"
#include "tests/unit/sink_events.h"
#include "tests/unit/sink_scene.h"

enum { HOSTILE_EVENTS = 2000 };		/* of seven strings each */

/* A program of these lines; $it is a path of the scene. */
static struct voice opened(struct sink_scene *scene, const char *lines, uint32_t timeout_ms)
{
	char path[96];
	const char *words[] = { path, "first", "two words" };
	const struct sink_setting setting = { .name = "page", .kind = SINK_COMMAND,
					      .command = words, .command_count = 3,
					      .timeout_ms = timeout_ms };
	FILE *script;

	snprintf(path, sizeof path, "%s/program", scene->folder);
	unlink(path);	/* another may be running it */
	script = fopen(path, "we");
	fprintf(script, "#!/bin/sh\nit=%s\n%s\n", scene->path, lines);
	fclose(script);
	chmod(path, 0700);
	return sink_command(scene->loop, &setting);
}

/* What it has left at `it`. */
static struct text left(const struct sink_scene *scene)
{
	struct text text = { 0 };
	FILE *file = fopen(scene->path, "re");
	char bytes[4096];
	size_t length;

	while (file && (length = fread(bytes, 1, sizeof bytes, file)))
		text_add_bytes(&text, bytes, length);
	if (file)
		fclose(file);
	return text;
}

static void expect_left(const struct sink_scene *scene, const char *expected)
{
	struct text text = left(scene);

	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

static void expect_log(struct sink_scene *scene, const char *expected)
{
	if (!strstr(text_string(&scene->log), expected))
		print_error("not in the log: %s\n%s", expected, text_string(&scene->log));
	assert_non_null(strstr(text_string(&scene->log), expected));
}

static bool has_left_something(const struct sink_scene *scene)
{
	struct stat status;

	return !stat(scene->path, &status) && status.st_size;
}

/* The number that the program has left is that of a process no more. */
static bool is_gone(const struct sink_scene *scene)
{
	struct text text = left(scene);
	pid_t pid = (pid_t)strtol(text_string(&text), NULL, 10);

	text_free(&text);
	assert_true(pid > 1);
	return kill(pid, 0) < 0 && errno == ESRCH;
}

static bool has_no_child(const struct sink_scene *scene)
{
	siginfo_t info;

	(void)scene;
	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD;
}

static char *json_of(const struct event *event)
{
	struct text out = { 0 };
	struct json json;

	json_begin(&json, &out, false);
	event_to_json(event, &json, NULL);
	text_add_char(&out, '\n');
	return text_take(&out);
}

static void a_program_gets_the_event_as_one_line_of_json(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene, "cat > $it; printf '%s|' \"$@\" >> $it", 10000);
	struct event event = sink_event();
	char *json = json_of(&event);
	struct text expected = { 0 };

	assert_true(sink_told(scene, &voice, &event));
	text_add_format(&expected, "%sfirst|two words|", json);
	expect_left(scene, text_string(&expected));
	assert_ptr_equal(strchr(json, '\n'), json + strlen(json) - 1);
	text_free(&expected);
	free(json);
	voice.close(voice.arg);
}

static void its_environment_is_small_and_says_what_a_script_decides_by(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene, "env -u PWD -u _ -u SHLVL -u OLDPWD "
					   "| LC_ALL=C sort > $it", 10000);
	struct event event = sink_event();
	struct text expected = { 0 };

	event.target_name = "pbx\n\x1b[31m";
	setenv("UCPOSTURE_SECRET", "hidden", 1);
	setenv("LANG", "C.UTF-8", 1);
	assert_true(sink_told(scene, &voice, &event));
	text_add_format(&expected,
			"LANG=C.UTF-8\nPATH=%s\nUCPOSTURE_CHECK=tls/tcp-443/versions\n"
			"UCPOSTURE_EVENT=17\nUCPOSTURE_KIND=changed\nUCPOSTURE_SEVERITY=critical\n"
			"UCPOSTURE_TARGET=pbx\\x0A\\x1B[31m\n", getenv("PATH"));
	expect_left(scene, text_string(&expected));
	text_free(&expected);
	voice.close(voice.arg);
}

/* "3" is that of ls itself; the C library keeps two signals above 31 for itself. */
static void it_has_none_of_our_descriptors_signals_and_not_our_group(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene,
		"set -- $(ls /proc/self/fd); echo $* > $it\n"
		"read pid name state parent group rest < /proc/$$/stat\n"
		"[ $pid = $group ] && echo alone >> $it\n"
		"while read name mask; do case $name in\n"
		"SigBlk:|SigIgn:) echo $name $((0x$mask & 0x7fffffff)) >> $it;; esac\n"
		"done < /proc/$$/status", 10000);
	struct event event = sink_event();
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	sigset_t some, old;
	int open = dup(STDERR_FILENO);	/* without O_CLOEXEC */

	sigemptyset(&some);
	sigaddset(&some, SIGUSR1);
	sigaction(SIGPIPE, &ignore, &before);
	sigprocmask(SIG_BLOCK, &some, &old);
	assert_true(sink_told(scene, &voice, &event));
	sigprocmask(SIG_SETMASK, &old, NULL);
	sigaction(SIGPIPE, &before, NULL);
	close(open);
	expect_left(scene, "0 1 2 3\nalone\nSigBlk: 0\nSigIgn: 0\n");
	voice.close(voice.arg);
}

static void what_fails_has_taken_nothing_and_is_logged_without_control_bytes(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene, "printf 'no\\033[31m\\nmail \\377' >&2; echo; exit 3",
				    10000);
	struct event event = sink_event();

	assert_false(sink_told(scene, &voice, &event));
	expect_log(scene, "sinks: page: event 17 was not taken by ");
	expect_log(scene, "/program: it ended with 3, and said: no\\x1B[31m mail \\xFF\n");
	voice.close(voice.arg);
	text_clear(&scene->log);
	voice = opened(scene, "kill -USR1 $$", 10000);
	assert_false(sink_told(scene, &voice, &event));
	expect_log(scene, "/program: it was ended by signal 10\n");
	voice.close(voice.arg);
}

static void a_program_that_is_not_there_has_taken_nothing(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene, "", 10000);
	struct event event = sink_event();
	char path[96];

	snprintf(path, sizeof path, "%s/program", scene->folder);
	unlink(path);
	for (int i = 0; i < 3; i++)
		assert_false(sink_told(scene, &voice, &event));
	expect_log(scene, "/program cannot be run: No such file or directory\n");
	voice.close(voice.arg);
}

static void who_takes_too_long_is_ended_with_all_it_has_started(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene, "sleep 1000 & echo $! > $it; wait", 300);
	struct event event = sink_event();
	int64_t begun_us = clock_monotonic_us();

	assert_false(sink_told(scene, &voice, &event));
	assert_true(clock_monotonic_us() - begun_us >= 300 * CLOCK_MILLISECOND);
	expect_log(scene, "its time was over\n");
	sink_wait(scene, is_gone);
	voice.close(voice.arg);
}

static void who_does_not_hear_sigterm_is_killed(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene, "trap '' TERM; echo $$ > $it; while :; do sleep 1; done",
				    300);
	struct event event = sink_event();
	int64_t begun_us = clock_monotonic_us();

	assert_false(sink_told(scene, &voice, &event));
	assert_in_range(clock_monotonic_us() - begun_us, 2 * CLOCK_SECOND, 8 * CLOCK_SECOND);
	assert_true(is_gone(scene));
	expect_log(scene, "its time was over\n");
	voice.close(voice.arg);
}

static void who_does_not_read_a_megabyte_hurts_nobody(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene, "exit 0", 10000);
	struct event event = sink_event();
	struct text observed = { 0 };

	for (int i = 0; i < 100000; i++)
		text_add(&observed, "0123456789");
	event.observed = text_string(&observed);
	assert_true(sink_told(scene, &voice, &event));
	text_free(&observed);
	voice.close(voice.arg);
}

static void who_writes_much_is_heard_and_who_writes_without_end_is_ended(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene, "head -c 500000 /dev/zero", 10000);
	struct event event = sink_event();

	assert_true(sink_told(scene, &voice, &event));
	voice.close(voice.arg);
	voice = opened(scene, "trap '' PIPE; while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy "
			      "|| sleep 1; done", 10000);
	assert_false(sink_told(scene, &voice, &event));
	expect_log(scene, "it wrote without end, and said: yyyy");
	assert_true(scene->log.length < 3000);
	voice.close(voice.arg);
}

static void what_it_leaves_behind_keeps_nobody_waiting(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene, "sleep 100 & echo $! > $it", 60000);
	struct event event = sink_event();
	struct text text;

	assert_true(sink_told(scene, &voice, &event));
	text = left(scene);
	assert_false(is_gone(scene));
	kill((pid_t)strtol(text_string(&text), NULL, 10), SIGKILL);
	text_free(&text);
	voice.close(voice.arg);
}

static void closing_ends_what_runs_and_calls_nobody(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene, "trap 'echo $$ > $it; exit 0' TERM; echo ready > $it; "
					   "while :; do sleep 0.01; done", 60000);
	struct event event = sink_event();

	voice.tell(voice.arg, &event, sink_answered, scene);
	sink_wait(scene, has_left_something);
	expect_left(scene, "ready\n");
	voice.close(voice.arg);
	sink_wait(scene, has_no_child);
	assert_true(is_gone(scene));
	assert_int_equal(scene->answers, 0);
}

static void when_the_loop_ends_nobody_is_left(void **state)
{
	struct sink_scene *scene = *state;
	struct voice polite = opened(scene, "trap 'echo $$ > $it; exit' TERM; echo ready > $it; "
					    "while :; do sleep 0.01; done", 60000), deaf;
	struct event event = sink_event();

	polite.tell(polite.arg, &event, sink_answered, scene);
	sink_wait(scene, has_left_something);
	deaf = opened(scene, "trap '' TERM; while :; do sleep 1; done", 60000);
	deaf.tell(deaf.arg, &event, sink_answered, scene);
	polite.close(polite.arg);
	deaf.close(deaf.arg);
	loop_free(scene->loop);
	scene->loop = NULL;
	assert_true(has_no_child(scene));
	assert_true(is_gone(scene));
	assert_int_equal(scene->answers, 0);
}

static void children_of_others_stay_theirs(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene, "exit 0", 10000);
	struct event event = sink_event();
	pid_t child = fork();
	int status;

	if (!child)
		_exit(7);
	for (int i = 0; i < 5; i++)
		assert_true(sink_told(scene, &voice, &event));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 7);
	voice.close(voice.arg);
}

/* As it is after `nohup`, or under some supervisors. */
static void how_it_ended_is_known_even_where_sigchld_was_ignored(void **state)
{
	struct sink_scene *scene = *state;
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct event event = sink_event();
	struct voice voice;

	sigaction(SIGCHLD, &ignore, NULL);
	voice = opened(scene, "exit 0", 10000);
	assert_true(sink_told(scene, &voice, &event));
	voice.close(voice.arg);
	voice = opened(scene, "exit 9", 10000);
	assert_false(sink_told(scene, &voice, &event));
	expect_log(scene, "it ended with 9\n");
	voice.close(voice.arg);
}

static unsigned open_descriptors(void)
{
	DIR *open = opendir("/proc/self/fd");
	unsigned count = 0;

	while (readdir(open))
		count++;
	closedir(open);
	return count;
}

static void a_hundred_programs_leave_no_descriptor_and_no_child(void **state)
{
	struct sink_scene *scene = *state;
	struct voice voice = opened(scene, "exit $((UCPOSTURE_EVENT % 2))", 10000);
	struct event event = sink_event();
	unsigned before;

	assert_false(sink_told(scene, &voice, &event));
	before = open_descriptors();
	for (event.number = 0; event.number < 100; event.number++)
		assert_int_equal(sink_told(scene, &voice, &event), event.number % 2 == 0);
	assert_int_equal(open_descriptors(), before);
	assert_true(has_no_child(scene));
	voice.close(voice.arg);
}

/* Behind a string or a word; NULL when it is neither. */
static const char *skip_value(const char *at)
{
	if (*at != '"')
		return at + strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789");
	for (at++; *at != '"'; at++) {
		if ((unsigned char)*at < ' ')
			return NULL;
		if (*at != '\\')
			continue;
		at++;
		if (*at == 'u' && strspn(at + 1, "0123456789abcdef") >= 4)
			at += 4;
		else if (*at != '"' && *at != '\\')
			return NULL;
	}
	return at + 1;
}

/* {"name":value,…} of one level; what is behind it. */
static const char *skip_object(const char *at)
{
	assert_int_equal(*at, '{');
	do {
		at = skip_value(at + 1);
		assert_non_null(at);
		assert_int_equal(*at, ':');
		at = skip_value(at + 1);
		assert_non_null(at);
	} while (*at == ',');
	assert_int_equal(*at, '}');
	return at + 1;
}

static void no_hostile_string_makes_it_anything_but_a_line_of_json(void **state)
{
	struct sink_scene *scene = *state;
	const char *words[] = { "/usr/bin/tee", "-a", scene->path };
	const struct sink_setting setting = { .name = "tee", .command = words,
					      .command_count = 3, .timeout_ms = 60000 };
	struct voice voice = sink_command(scene->loop, &setting);
	struct text text;
	const char *at;

	for (unsigned i = 0; i < HOSTILE_EVENTS; i++) {
		const struct event event = hostile_event(i);

		assert_true(sink_told(scene, &voice, &event));
	}
	text = left(scene);
	assert_true(is_harmless(text.bytes, text.length, "\n"));
	at = text.bytes;
	for (unsigned i = 0; i < HOSTILE_EVENTS; i++) {
		at = skip_object(at);
		assert_int_equal(*at++, '\n');
	}
	assert_ptr_equal(at, text.bytes + text.length);
	text_free(&text);
	voice.close(voice.arg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SINK_TEST(a_program_gets_the_event_as_one_line_of_json),
		SINK_TEST(its_environment_is_small_and_says_what_a_script_decides_by),
		SINK_TEST(it_has_none_of_our_descriptors_signals_and_not_our_group),
		SINK_TEST(what_fails_has_taken_nothing_and_is_logged_without_control_bytes),
		SINK_TEST(a_program_that_is_not_there_has_taken_nothing),
		SINK_TEST(who_takes_too_long_is_ended_with_all_it_has_started),
		SINK_TEST(who_does_not_hear_sigterm_is_killed),
		SINK_TEST(who_does_not_read_a_megabyte_hurts_nobody),
		SINK_TEST(who_writes_much_is_heard_and_who_writes_without_end_is_ended),
		SINK_TEST(what_it_leaves_behind_keeps_nobody_waiting),
		SINK_TEST(closing_ends_what_runs_and_calls_nobody),
		SINK_TEST(when_the_loop_ends_nobody_is_left),
		SINK_TEST(children_of_others_stay_theirs),
		SINK_TEST(how_it_ended_is_known_even_where_sigchld_was_ignored),
		SINK_TEST(a_hundred_programs_leave_no_descriptor_and_no_child),
		SINK_TEST(no_hostile_string_makes_it_anything_but_a_line_of_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
