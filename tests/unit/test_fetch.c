/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/fetch_scene.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLENTY (5 * CLOCK_SECOND)

static const char page[] = "HTTP/1.1 200 OK\r\nServer: nginx\r\nX-A: 1\r\nContent-Length: 5\r\n"
			   "\r\nhello";

static void play_page(int fd)
{
	answer(fd, page, sizeof page - 1);
}

static void play_request(int fd)
{
	char request[1024] = "", reply[2048];
	size_t length = 0;

	while (!strstr(request, "\r\n\r\n")) {
		ssize_t n = read(fd, request + length, sizeof request - 1 - length);

		if (n <= 0)
			_exit(1);
		length += (size_t)n;
	}
	snprintf(reply, sizeof reply, "HTTP/1.0 404 Not Found\r\n\r\n%s", request);
	tell(fd, reply);
}

static void play_nothing(int fd)
{
	char byte;

	while (read(fd, &byte, 1) > 0)
		;
}

static void play_goodbye(int fd)
{
	await(fd, "\r\n\r\n");
}

static void play_reset(int fd)
{
	struct linger now = { 1, 0 };

	await(fd, "\r\n\r\n");
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void play_drip(int fd)
{
	while (send(fd, "H", 1, MSG_NOSIGNAL) > 0)
		usleep(20000);
}

static void fetches(const char *url, void (*play)(int fd), enum stage stage,
		    enum reason reason)
{
	struct fetch_scene *scene = fetch_scene_with(url, play);

	fetch_scene_run(scene, PLENTY);
	fetch_scene_ended(scene, stage, reason);
	fetch_scene_free(scene);
}

static void a_page_is_told_with_its_head_and_body(void **state)
{
	struct fetch_scene *scene = fetch_scene_with("http://pbx.example/", play_page);

	(void)state;
	fetch_scene_run(scene, PLENTY);
	fetch_scene_ended(scene, STAGE_NONE, REASON_NONE);
	assert_int_equal(scene->end.status, 200);
	assert_string_equal(scene->version, "1.1");
	assert_int_equal(scene->end.header_count, 3);
	assert_string_equal(fetch_scene_header(scene, "server"), "nginx");
	assert_string_equal(scene->body, "hello");
	assert_true(scene->end.connect_us >= 0 && scene->end.reply_us >= scene->end.connect_us);
	assert_int_equal(scene->end.tls_us, -1);
	assert_int_equal(scene->end.address.port, scene->route.peer.port);
	fetch_scene_free(scene);
}

static void the_request_is_what_was_asked_for(void **state)
{
	struct fetch_scene *scene =
		fetch_scene_with("http://pbx.example/a/../b?c=%20", play_request);
	char expected[256];

	(void)state;
	fetch_scene_run(scene, PLENTY);
	snprintf(expected, sizeof expected,
		 "GET /a/../b?c=%%20 HTTP/1.1\r\nHost: pbx.example:%u\r\n"
		 "User-Agent: ucposture/test\r\nAccept: */*\r\n\r\n", scene->route.peer.port);
	assert_string_equal(scene->body, expected);
	assert_int_equal(scene->end.status, 404);
	assert_string_equal(scene->version, "1.0");
	fetch_scene_free(scene);
}

static void without_a_name_the_address_is_asked_for(void **state)
{
	struct fetch_scene *scene = fetch_scene_with("http://pbx.example/", play_request);

	(void)state;
	scene->route.name = NULL;
	fetch_scene_run(scene, PLENTY);
	assert_non_null(strstr(scene->body, "\r\nHost: 127.0.0.1:"));
	scene->route.name = "2001:db8::5";
	fetch_scene_run(scene, PLENTY);
	assert_non_null(strstr(scene->body, "\r\nHost: [2001:db8::5]:"));
	fetch_scene_free(scene);
}

/* Which finds the host by itself: its address need not be known. */
static void a_proxy_is_asked_for_the_whole_url(void **state)
{
	struct fetch_scene *scene = fetch_scene_with("http://pbx.example/a?b", play_request);
	static const char line[] = "GET http://pbx.example:8080/a?b HTTP/1.1\r\n";

	(void)state;
	scene->route.proxy.address = scene->route.peer;
	scene->route.proxy.authorization = "Basic dTpw";
	scene->route.peer = (struct address){ .port = 8080 };
	fetch_scene_run(scene, PLENTY);
	fetch_scene_ended(scene, STAGE_NONE, REASON_NONE);
	assert_int_equal(scene->end.status, 404);
	assert_memory_equal(scene->body, line, sizeof line - 1);
	assert_non_null(strstr(scene->body, "\r\nProxy-Authorization: Basic dTpw\r\n"));
	fetch_scene_free(scene);
}

static void a_body_nobody_wants_is_not_waited_for(void **state)
{
	struct fetch_scene *scene = fetch_scene_with("http://pbx.example/", play_page);

	(void)state;
	scene->plan.most_body_bytes = 0;
	fetch_scene_run(scene, PLENTY);
	fetch_scene_ended(scene, STAGE_NONE, REASON_NONE);
	assert_int_equal(scene->end.status, 200);
	assert_string_equal(scene->body, "");
	fetch_scene_free(scene);
}

static void a_name_that_is_none_is_not_asked_for(void **state)
{
	static const char *const names[] = { "a b", "a/b", "a@b", "a?b", "a#b", "", "a\r\nb", "[" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct fetch_scene *scene = fetch_scene_with("http://pbx.example/", play_page);

		scene->route.name = names[i];
		fetch_scene_run(scene, PLENTY);
		fetch_scene_ended(scene, STAGE_REQUEST, REASON_UNSUPPORTED);
		fetch_scene_free(scene);
	}
}

static void nobody_there_is_refused(void **state)
{
	struct fetch_scene *scene = fetch_scene_with("http://pbx.example/", play_page);
	int fd = bind_loopback(SOCK_STREAM, &scene->route.peer);

	(void)state;
	fetch_scene_run(scene, PLENTY);
	close(fd);
	fetch_scene_ended(scene, STAGE_CONNECT, REASON_REFUSED);
	assert_int_equal(scene->end.address.family, 0);
	fetch_scene_free(scene);
}

static void a_source_that_is_not_ours_is_said(void **state)
{
	struct fetch_scene *scene = fetch_scene_with("http://pbx.example/", play_page);

	(void)state;
	assert_true(address_parse("192.0.2.1", &scene->route.source));
	fetch_scene_run(scene, PLENTY);
	fetch_scene_ended(scene, STAGE_CONNECT, REASON_SOURCE_UNAVAILABLE);
	fetch_scene_free(scene);
}

static void ends_in_time(const char *url, void (*play)(int fd), enum stage stage)
{
	struct fetch_scene *scene = fetch_scene_with(url, play);
	int64_t began_us = clock_monotonic_us();

	fetch_scene_run(scene, 150 * CLOCK_MILLISECOND);
	assert_in_range(clock_monotonic_us() - began_us, 150000, 1150000);
	fetch_scene_ended(scene, stage, REASON_TIMED_OUT);
	fetch_scene_free(scene);
}

static void silence_ends_at_the_deadline(void **state)
{
	(void)state;
	ends_in_time("http://pbx.example/", play_nothing, STAGE_REPLY);
	ends_in_time("https://pbx.example/", play_nothing, STAGE_HANDSHAKE);
}

static void an_early_close_a_reset_and_silence_are_told_apart(void **state)
{
	(void)state;
	fetches("http://pbx.example/", play_goodbye, STAGE_REPLY, REASON_CLOSED_EARLY);
	fetches("http://pbx.example/", play_reset, STAGE_REPLY, REASON_RESET);
	fetches("http://pbx.example/", play_drip, STAGE_REPLY, REASON_NOT_THIS_PROTOCOL);
}

static const char *cut_reply;
static size_t cut_length;

static void play_cut(int fd)
{
	answer(fd, cut_reply, cut_length);
}

static struct fetch_scene *scene_saying(const char *url, const char *reply, size_t length)
{
	cut_reply = reply;
	cut_length = length;
	return fetch_scene_with(url, play_cut);
}

static void a_head_cut_at_any_byte_is_malformed(void **state)
{
	static const char head[] = "HTTP/1.1 100 Continue\r\n\r\n"
				   "HTTP/1.1 301 Moved\r\nA: b\r\n c\r\n\r\n";

	(void)state;
	for (size_t length = 0; length < sizeof head; length++) {
		struct fetch_scene *scene = scene_saying("http://pbx.example/", head, length);

		fetch_scene_run(scene, PLENTY);
		if (length == sizeof head - 1)
			fetch_scene_ended(scene, STAGE_NONE, REASON_NONE);
		else if (length)
			fetch_scene_ended(scene, STAGE_REPLY, REASON_MALFORMED);
		else
			fetch_scene_ended(scene, STAGE_REPLY, REASON_CLOSED_EARLY);
		fetch_scene_free(scene);
	}
}

static void replies(const char *reply, size_t length, enum stage stage, enum reason reason)
{
	struct fetch_scene *scene = scene_saying("http://pbx.example/", reply, length);

	fetch_scene_run(scene, PLENTY);
	fetch_scene_ended(scene, stage, reason);
	fetch_scene_free(scene);
}

#define REPLIES(string, reason) replies(string, sizeof(string) - 1, STAGE_REPLY, reason)

static void what_is_no_http_is_told_from_what_is_bad_http(void **state)
{
	(void)state;
	REPLIES("SSH-2.0-OpenSSH_9.2\r\n", REASON_NOT_THIS_PROTOCOL);
	REPLIES("220 pbx ESMTP\r\n", REASON_NOT_THIS_PROTOCOL);
	REPLIES("\x15\x03\x01\x00\x02\x02\x46", REASON_NOT_THIS_PROTOCOL);
	REPLIES("<html>as in HTTP 0.9</html>\r\n", REASON_NOT_THIS_PROTOCOL);
	REPLIES("HTTP/1.1 abc\r\n\r\n", REASON_MALFORMED);
	REPLIES("HTTP/1.1 099 x\r\n\r\n", REASON_MALFORMED);
	REPLIES("HTTP/1.1 200 OK\r\nNo colon\r\n\r\n", REASON_MALFORMED);
	REPLIES("HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", REASON_MALFORMED);
	REPLIES("HTTP/1.1 200 OK\r\nA: b\rX: c\r\n\r\n", REASON_MALFORMED);
	REPLIES("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", REASON_MALFORMED);
	REPLIES("HTTP/1.1 200 OK\r\nTransfer-Encoding: zstd\r\n\r\n", REASON_MALFORMED);
}

static const char *endless_begin, *endless_part;

/* Until nobody listens any more. */
static void play_endless(int fd)
{
	static char parts[16384];
	size_t part = strlen(endless_part), length = 0;

	for (; length + part <= sizeof parts; length += part)
		memcpy(parts + length, endless_part, part);
	answer(fd, endless_begin, strlen(endless_begin));
	while (send(fd, parts, length, MSG_NOSIGNAL) > 0)
		;
}

static struct fetch_scene *endless_scene(const char *begin, const char *part)
{
	endless_begin = begin;
	endless_part = part;
	return fetch_scene_with("http://pbx.example/", play_endless);
}

static void a_head_without_end_is_too_much(void **state)
{
	static const char *const parts[][2] = {
		{ "HTTP/1.1 200 OK\r\n", "A: b\r\n" },
		{ "HTTP/1.1 200 OK\r\nA: b\r\n", " more\r\n" },
		{ "HTTP/1.1 200 OK\r\nA: ", "bbbbbbbb" },
		{ "", "HTTP/1.1 100 Continue\r\n\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct fetch_scene *scene = endless_scene(parts[i][0], parts[i][1]);

		fetch_scene_run(scene, PLENTY);
		fetch_scene_ended(scene, STAGE_REPLY, REASON_TOO_MUCH);
		fetch_scene_free(scene);
	}
}

static void of_a_body_without_end_the_beginning_is_kept(void **state)
{
	static const char *const begins[] = {
		"HTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
		struct fetch_scene *scene = endless_scene(begins[i], "y");

		fetch_scene_run(scene, PLENTY);
		fetch_scene_ended(scene, STAGE_NONE, REASON_NONE);
		assert_int_equal(strspn(scene->body, "y"), FETCHED_BODY_MOST);
		fetch_scene_free(scene);
	}
}

/* The head is what was asked for. */
static void a_body_that_breaks_off_is_no_failure(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
		"HTTP/1.1 200 OK\r\n\r\nhello",
	};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		struct fetch_scene *scene =
			scene_saying("http://pbx.example/", answers[i], strlen(answers[i]));

		fetch_scene_run(scene, PLENTY);
		fetch_scene_ended(scene, STAGE_NONE, REASON_NONE);
		assert_string_equal(scene->body, "hello");
		fetch_scene_free(scene);
	}
}

static void play_dripping_body(int fd)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n";

	answer(fd, head, sizeof head - 1);
	while (send(fd, "x", 1, MSG_NOSIGNAL) > 0)
		usleep(10000);
}

static void a_dripping_body_is_left_at_the_deadline(void **state)
{
	struct fetch_scene *scene = fetch_scene_with("http://pbx.example/", play_dripping_body);

	(void)state;
	fetch_scene_run(scene, 150 * CLOCK_MILLISECOND);
	fetch_scene_ended(scene, STAGE_NONE, REASON_NONE);
	assert_int_equal(scene->end.status, 200);
	assert_true(*scene->body == 'x');
	fetch_scene_free(scene);
}

static void a_server_may_be_asked_again_and_again(void **state)
{
	struct fetch_scene *scene = fetch_scene_with("http://pbx.example/", play_page);
	int first = -1;

	(void)state;
	for (int i = 0; i < 100; i++) {
		int fd;

		fetch_scene_run(scene, PLENTY);
		fetch_scene_ended(scene, STAGE_NONE, REASON_NONE);
		/* The same number each time: none was left open. */
		fd = dup(0);
		close(fd);
		if (first < 0)
			first = fd;
		assert_int_equal(fd, first);
	}
	fetch_scene_free(scene);
}

static unsigned threads_of_ours(void)
{
	DIR *tasks = opendir("/proc/self/task");
	unsigned count = 0;

	assert_non_null(tasks);
	for (const struct dirent *entry; (entry = readdir(tasks));)
		count += entry->d_name[0] != '.';
	closedir(tasks);
	return count;
}

static void no_name_is_looked_up_and_no_thread_started(void **state)
{
	struct fetch_scene *scene = fetch_scene_with("http://pbx.example/", play_page);

	(void)state;
	for (int i = 0; i < 20; i++) {
		char name[64];

		/* As a resolver would ask for it, in vain. */
		snprintf(name, sizeof name, "host-%d.invalid", i);
		scene->route.name = name;
		fetch_scene_run(scene, PLENTY);
		fetch_scene_ended(scene, STAGE_NONE, REASON_NONE);
		assert_int_equal(threads_of_ours(), 1);
	}
	fetch_scene_free(scene);
}

static void a_cancelled_fetch_says_nothing(void **state)
{
	struct fetch_scene *scene = fetch_scene_with("http://pbx.example/", play_nothing);
	struct fetch *fetch;

	(void)state;
	scene->plan.deadline_us = clock_monotonic_us() + PLENTY;
	fetch = fetch_start(scene->fetcher, &scene->plan, fetch_scene_done, scene);
	fetch_cancel(fetch);
	fetch = fetch_start(scene->fetcher, &scene->plan, fetch_scene_done, scene);
	for (int i = 0; i < 5; i++)
		loop_turn(scene->loop, CLOCK_MILLISECOND);
	fetch_cancel(fetch);
	for (int i = 0; i < 5; i++)
		loop_turn(scene->loop, CLOCK_MILLISECOND);
	assert_int_equal(scene->done, 0);
	fetch_scene_free(scene);
}

static int prepare(void **state)
{
	(void)state;
	fetch_prepare();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_told_with_its_head_and_body),
		cmocka_unit_test(the_request_is_what_was_asked_for),
		cmocka_unit_test(without_a_name_the_address_is_asked_for),
		cmocka_unit_test(a_proxy_is_asked_for_the_whole_url),
		cmocka_unit_test(a_body_nobody_wants_is_not_waited_for),
		cmocka_unit_test(a_name_that_is_none_is_not_asked_for),
		cmocka_unit_test(nobody_there_is_refused),
		cmocka_unit_test(a_source_that_is_not_ours_is_said),
		cmocka_unit_test(silence_ends_at_the_deadline),
		cmocka_unit_test(an_early_close_a_reset_and_silence_are_told_apart),
		cmocka_unit_test(a_head_cut_at_any_byte_is_malformed),
		cmocka_unit_test(what_is_no_http_is_told_from_what_is_bad_http),
		cmocka_unit_test(a_head_without_end_is_too_much),
		cmocka_unit_test(of_a_body_without_end_the_beginning_is_kept),
		cmocka_unit_test(a_body_that_breaks_off_is_no_failure),
		cmocka_unit_test(a_dripping_body_is_left_at_the_deadline),
		cmocka_unit_test(a_server_may_be_asked_again_and_again),
		cmocka_unit_test(no_name_is_looked_up_and_no_thread_started),
		cmocka_unit_test(a_cancelled_fetch_says_nothing),
	};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
