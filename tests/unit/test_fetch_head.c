/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "net/fetch_head.h"

enum { MOST = 1024 };

static const char usual[] = "HTTP/1.1 200 OK\r\nServer: nginx\r\nX-Long: a\r\n  b\r\n\tc\r\n"
			    "Empty:\r\nServer : second\r\n\r\n";

/* Line by line, as libcurl passes them on; what has no end is not passed on at all. */
static void feed(struct fetch_head *head, const char *bytes, size_t length)
{
	const char *end;

	fetch_head_init(head, MOST);
	while ((end = memchr(bytes, '\n', length))) {
		size_t line = (size_t)(end - bytes) + 1;

		if (!fetch_head_take(head, bytes, line))
			return;
		bytes += line;
		length -= line;
	}
}

static void is_refused(const char *bytes, size_t length, enum reason reason)
{
	struct fetch_head head;

	feed(&head, bytes, length);
	assert_string_equal(reason_word(head.reason), reason_word(reason));
	assert_false(head.complete);
	fetch_head_free(&head);
}

#define REFUSED(string, reason) is_refused(string, sizeof(string) - 1, reason)

static void a_head_is_read_with_its_continued_lines(void **state)
{
	static const char *const expected[][2] = {
		{ "server", "nginx" }, { "x-long", "a b c" }, { "empty", "" },
		{ "server", "second" }
	};
	struct fetch_header headers[FETCH_HEADERS_MOST];
	struct fetch_head head;

	(void)state;
	feed(&head, usual, sizeof usual - 1);
	assert_true(head.complete);
	assert_int_equal(head.status, 200);
	assert_string_equal(head.version, "1.1");
	assert_int_equal(fetch_head_list(&head, headers), 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(headers[i].name, expected[i][0]);
		assert_string_equal(headers[i].value, expected[i][1]);
	}
	fetch_head_free(&head);
}

static void status_lines_are_read_as_servers_write_them(void **state)
{
	static const struct {
		const char *line;
		unsigned status;
		const char *version;
	} lines[] = {
		{ "HTTP/1.1 200 OK\r\n", 200, "1.1" }, { "HTTP/1.0 404\n", 404, "1.0" },
		{ "HTTP/1.1 301 \r\n", 301, "1.1" }, { "HTTP/2 200\r\n", 200, "2" },
		{ "HTTP/1.1 999 Denied\r\n", 999, "1.1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct fetch_head head;

		feed(&head, lines[i].line, strlen(lines[i].line));
		assert_int_equal(head.status, lines[i].status);
		assert_string_equal(head.version, lines[i].version);
		assert_int_equal(head.reason, REASON_NONE);
		fetch_head_free(&head);
	}
}

static void what_is_no_status_line_is_refused(void **state)
{
	(void)state;
	REFUSED("SSH-2.0-x\r\n", REASON_NOT_THIS_PROTOCOL);
	REFUSED("\r\n", REASON_NOT_THIS_PROTOCOL);
	REFUSED("http/1.1 200 OK\r\n", REASON_NOT_THIS_PROTOCOL);
	REFUSED("HTTP/\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1.1\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1. 200 OK\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1.1 20\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1.1 2000 OK\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1.1 099 OK\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1.1 abc\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1.1\t200 OK\r\n", REASON_MALFORMED);
}

static void what_is_no_field_is_refused(void **state)
{
	(void)state;
	REFUSED("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1.1 200 OK\r\n: nameless\r\n\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1.1 200 OK\r\n continued nothing\r\n\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1.1 200 OK\r\nA: b\rc: d\r\n\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1.1 200 OK\r\nA\x01: b\r\n\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1.1 200 OK\r\nA B: c\r\n\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1.1 200 OK\r\nTransfer-Encoding: zstd\r\n\r\n", REASON_MALFORMED);
	REFUSED("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
		REASON_MALFORMED);
}

static void an_interim_reply_is_dropped_with_its_headers(void **state)
{
	static const char bytes[] = "HTTP/1.1 100 Continue\r\nA: b\r\n\r\n"
				    "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 X\r\n\r\n";
	struct fetch_head head;

	(void)state;
	feed(&head, bytes, sizeof bytes - 1);
	assert_true(head.complete);
	assert_int_equal(head.status, 204);
	assert_int_equal(head.count, 0);
	fetch_head_free(&head);
}

static void nobody_has_asked_to_switch_protocols(void **state)
{
	static const char bytes[] = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
	struct fetch_head head;

	(void)state;
	feed(&head, bytes, sizeof bytes - 1);
	assert_true(head.complete);
	assert_int_equal(head.status, 101);
	fetch_head_free(&head);
}

static void heads_without_end_are_too_much(void **state)
{
	static const char *const lines[] = { "HTTP/1.1 100 Continue\r\n\r\n",
					     "HTTP/1.1 200 OK\r\nA: b\r\n",
					     "HTTP/1.1 200 OK\r\nA: b\r\n more\r\n",
					     "HTTP/1.1 200 OK\r\nA:\n" };

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		const char *begin = lines[i], *rest = i ? strchr(begin, '\n') + 1 : begin;
		size_t had = 0;
		struct fetch_head head;

		fetch_head_init(&head, MOST);
		for (const char *line = begin; head.reason == REASON_NONE;
		     line = *line ? line : rest) {
			size_t length = strcspn(line, "\n") + 1;

			assert_true(had <= MOST);
			if (fetch_head_take(&head, line, length))
				had += length;
			line += length;
		}
		assert_int_equal(head.reason, REASON_TOO_MUCH);
		assert_true(head.bytes.room <= 2 * MOST);
		fetch_head_free(&head);
	}
}

static void more_headers_than_there_is_room_for_are_too_much(void **state)
{
	struct fetch_head head;
	size_t count = 0;

	(void)state;
	fetch_head_init(&head, 64 * MOST);
	assert_true(fetch_head_take(&head, "HTTP/1.1 200 OK\n", 16));
	while (fetch_head_take(&head, "a:\n", 3))
		count++;
	assert_int_equal(count, FETCH_HEADERS_MOST);
	assert_int_equal(head.reason, REASON_TOO_MUCH);
	fetch_head_free(&head);
}

static void a_head_cut_at_any_byte_is_not_complete(void **state)
{
	(void)state;
	for (size_t length = 0; length < sizeof usual - 1; length++)
		is_refused(usual, length, REASON_NONE);
}

static void a_head_changed_at_any_byte_harms_nobody(void **state)
{
	struct fetch_header headers[FETCH_HEADERS_MOST];
	char bytes[sizeof usual];

	(void)state;
	for (size_t at = 0; at < sizeof usual - 1; at++) {
		for (int value = 0; value < 256; value++) {
			struct fetch_head head;

			memcpy(bytes, usual, sizeof usual);
			bytes[at] = (char)value;
			feed(&head, bytes, sizeof usual - 1);
			assert_true(!head.complete || head.reason == REASON_NONE);
			for (size_t i = fetch_head_list(&head, headers); i; i--)
				assert_null(strpbrk(headers[i - 1].value, "\r\n"));
			fetch_head_free(&head);
		}
	}
}

static void a_proxy_is_told_apart_from_the_origin(void **state)
{
	static const struct {
		unsigned status;
		struct fetch_header headers[2];
		enum reason reason;
	} answers[] = {
		{ 407, { { "server", "x" } }, REASON_PROXY_AUTHENTICATION },
		{ 503, { { "x-squid-error", "ERR_DNS_FAIL 0" } }, REASON_PROXY_REFUSED },
		{ 502, { { "proxy-status", "p; error=dns_error" } }, REASON_PROXY_REFUSED },
		{ 502, { { "proxy-status", "p; received-status=502" } }, REASON_NONE },
		{ 500, { { "server", "tinyproxy/1.11.1" } }, REASON_PROXY_REFUSED },
		{ 401, { { "server", "tinyproxy/1.11.1" } }, REASON_PROXY_AUTHENTICATION },
		{ 401, { { "server", "tinyproxy/1.11.1" }, { "via", "1.1 x" } }, REASON_NONE },
		{ 502, { { "server", "nginx" } }, REASON_NONE },
		{ 200, { { "x-squid-error", "x" } }, REASON_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		assert_string_equal(
			reason_word(fetch_head_proxy_reason(
				answers[i].status, answers[i].headers,
				answers[i].headers[1].name ? 2 : 1)),
			reason_word(answers[i].reason));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_is_read_with_its_continued_lines),
		cmocka_unit_test(status_lines_are_read_as_servers_write_them),
		cmocka_unit_test(what_is_no_status_line_is_refused),
		cmocka_unit_test(what_is_no_field_is_refused),
		cmocka_unit_test(an_interim_reply_is_dropped_with_its_headers),
		cmocka_unit_test(nobody_has_asked_to_switch_protocols),
		cmocka_unit_test(heads_without_end_are_too_much),
		cmocka_unit_test(more_headers_than_there_is_room_for_are_too_much),
		cmocka_unit_test(a_head_cut_at_any_byte_is_not_complete),
		cmocka_unit_test(a_head_changed_at_any_byte_harms_nobody),
		cmocka_unit_test(a_proxy_is_told_apart_from_the_origin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
