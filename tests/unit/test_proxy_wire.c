/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/proxy_wire.h"

static const char connected[] = "HTTP/1.1 200 Connection established\r\n"
				"Proxy-Agent: tinyproxy/1.11.1\r\n\r\n";

/* The reason, or -1 while more is wanted; *taken: how many bytes were the proxy's. */
static int reading(const char *bytes, size_t length, size_t *taken)
{
	enum reason reason;
	struct reader in;
	unsigned status;

	reader_init(&in, bytes, length);
	if (!proxy_wire_read(&in, &reason, &status))
		return -1;
	*taken = in.at;
	return (int)reason;
}

static int reading_all(const char *string)
{
	size_t taken;

	return reading(string, strlen(string), &taken);
}

static void asks(const struct route *route, const char *expected)
{
	struct writer out;
	char room[512];

	writer_init(&out, room, sizeof room);
	assert_true(proxy_wire_ask(&out, route));
	assert_int_equal(out.length, strlen(expected));
	assert_memory_equal(room, expected, out.length);
}

static void the_request_names_the_peer_twice(void **state)
{
	struct route route = { .name = "pbx.example" };

	(void)state;
	assert_true(address_parse("10.0.0.5", &route.peer));
	route.peer.port = 443;
	asks(&route, "CONNECT pbx.example:443 HTTP/1.1\r\nHost: pbx.example:443\r\n\r\n");
	route.name = NULL;
	route.proxy.authorization = "Basic dTpw";
	asks(&route, "CONNECT 10.0.0.5:443 HTTP/1.1\r\nHost: 10.0.0.5:443\r\n"
		     "Proxy-Authorization: Basic dTpw\r\n\r\n");
}

static void an_ipv6_address_stands_in_brackets(void **state)
{
	struct route route = { 0 };

	(void)state;
	assert_true(address_parse("2001:db8::1", &route.peer));
	route.peer.port = 25;
	asks(&route, "CONNECT [2001:db8::1]:25 HTTP/1.1\r\nHost: [2001:db8::1]:25\r\n\r\n");
	route.name = "2001:db8::2";
	asks(&route, "CONNECT [2001:db8::2]:25 HTTP/1.1\r\nHost: [2001:db8::2]:25\r\n\r\n");
}

static void a_name_cannot_smuggle_lines(void **state)
{
	static const char *const names[] = { "a\r\nX: y", "a b", "a\tb", "a\x7f" };
	struct writer out;
	char room[512];

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct route route = { .name = names[i] };

		writer_init(&out, room, sizeof room);
		assert_false(proxy_wire_ask(&out, &route));
	}
}

static void every_2xx_connects_and_leaves_the_peers_bytes(void **state)
{
	static const char *const replies[] = {
		"HTTP/1.1 200 Connection established\r\n\r\n",
		"HTTP/1.0 200\r\n\r\n",
		"HTTP/1.1 204 \nContent-Length: 1000\n\n",
		"HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
	};
	char bytes[256];
	size_t taken;

	(void)state;
	for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
		size_t length = strlen(replies[i]);

		memcpy(bytes, replies[i], length);
		memcpy(bytes + length, "220 hello\r\n\r\n", 13);
		assert_int_equal(reading(bytes, length + 13, &taken), REASON_NONE);
		assert_int_equal(taken, length);
	}
}

static void refusals_have_their_reason(void **state)
{
	(void)state;
	assert_int_equal(reading_all("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
			 REASON_PROXY_AUTHENTICATION);
	assert_int_equal(reading_all("HTTP/1.0 401 Unauthorized\r\n\r\n"),
			 REASON_PROXY_AUTHENTICATION);
	assert_int_equal(reading_all("HTTP/1.1 403 Filtered\r\nA: b\r\n\r\n<html>"),
			 REASON_PROXY_REFUSED);
	assert_int_equal(reading_all("HTTP/1.1 500 Unable to connect\r\n\r\n"),
			 REASON_PROXY_REFUSED);
	assert_int_equal(reading_all("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"),
			 REASON_PROXY_REFUSED);
}

static void what_is_no_http_is_told_at_once(void **state)
{
	(void)state;
	assert_int_equal(reading_all("S"), REASON_NOT_THIS_PROTOCOL);
	assert_int_equal(reading_all("SSH-2.0-OpenSSH_9.2p1\r\n"), REASON_NOT_THIS_PROTOCOL);
	assert_int_equal(reading_all("HTTP/2"), REASON_NOT_THIS_PROTOCOL);
	assert_int_equal(reading_all("HTTP/1"), -1);
	assert_int_equal(reading_all(""), -1);
}

static void damaged_replies_are_malformed(void **state)
{
	static const char *const replies[] = {
		"HTTP/1.1 20 OK\r\n",
		"HTTP/1.1 2000 OK\r\n",
		"HTTP/1.1  200 OK\r\n",
		"HTTP/1.1 900 Hm\r\n",
		"HTTP/1.1 000 Hm\r\n",
		"HTTP/1.x 200 OK\r\n",
		"HTTP/1.1 200\tOK\r\n",
		"HTTP/1.\r\n",
		"HTTP/1.1 200OK\r\n",
		"HTTP/1.1 200 OK\r\nno field\r\n",
		"HTTP/1.1 200 OK\r\n: empty\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
		assert_int_equal(reading_all(replies[i]), REASON_MALFORMED);
}

static void a_reply_cut_short_wants_more(void **state)
{
	size_t taken;

	(void)state;
	for (size_t length = 0; length < sizeof connected - 1; length++) {
		/* On the heap, so that a byte too many is noticed. */
		char *copy = malloc(length ? length : 1);

		memcpy(copy, connected, length);
		assert_int_equal(reading(copy, length, &taken), -1);
		free(copy);
	}
}

static void a_reply_changed_at_a_byte_is_never_taken_beyond_its_end(void **state)
{
	char bytes[sizeof connected];
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < sizeof connected - 1; i++) {
		for (int value = 0; value < 256; value++) {
			memcpy(bytes, connected, sizeof bytes);
			bytes[i] = (char)value;
			if (reading(bytes, sizeof connected - 1, &taken) == REASON_NONE)
				assert_in_range(taken, 20, sizeof connected - 1);
		}
	}
}

static void a_head_that_never_ends_is_too_much(void **state)
{
	char *bytes = malloc(PROXY_REPLY_MOST + 1);
	size_t at = (size_t)snprintf(bytes, PROXY_REPLY_MOST, "HTTP/1.1 200 OK\r\n"), taken;

	(void)state;
	while (at + 5 < PROXY_REPLY_MOST) {
		memcpy(bytes + at, "a: b\n", 5);
		at += 5;
	}
	assert_int_equal(reading(bytes, at, &taken), -1);
	memset(bytes + at, 'x', PROXY_REPLY_MOST + 1 - at);
	assert_int_equal(reading(bytes, PROXY_REPLY_MOST - 1, &taken), -1);
	assert_int_equal(reading(bytes, PROXY_REPLY_MOST, &taken), REASON_TOO_MUCH);
	assert_int_equal(reading(bytes, PROXY_REPLY_MOST + 1, &taken), REASON_TOO_MUCH);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_request_names_the_peer_twice),
		cmocka_unit_test(an_ipv6_address_stands_in_brackets),
		cmocka_unit_test(a_name_cannot_smuggle_lines),
		cmocka_unit_test(every_2xx_connects_and_leaves_the_peers_bytes),
		cmocka_unit_test(refusals_have_their_reason),
		cmocka_unit_test(what_is_no_http_is_told_at_once),
		cmocka_unit_test(damaged_replies_are_malformed),
		cmocka_unit_test(a_reply_cut_short_wants_more),
		cmocka_unit_test(a_reply_changed_at_a_byte_is_never_taken_beyond_its_end),
		cmocka_unit_test(a_head_that_never_ends_is_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
