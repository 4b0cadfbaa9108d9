/* SPDX-License-Identifier: Apache-2.0
 *
 * Who answers at a TCP port: the whole collector against servers that play a part.
 */
#include "tests/unit/part_scene.h"

#include <string.h>

#include "collectors/collector.h"
#include "ground/clock.h"

static uint64_t bit_of(const char *fact)
{
	return UINT64_C(1) << collector_fact_row(collector_named("port"), fact_named(fact));
}

static void look(struct part_scene *scene, const struct part *part, uint64_t wanted)
{
	part_begin(scene, part);
	part_look(scene, (struct request){ .collector = collector_named("port"),
					   .wanted = wanted,
					   .timeout_ms = 5000 });
	part_assert_outcome(scene, STAGE_NONE, REASON_NONE);
	part_assert_fact(scene, "port.state", "open");
	part_assert_fact(scene, "port.cause", "established");
	assert_int_equal(scene->calls, 1);
}

static void assert_answers(const struct part *part, const char *reply, const char *banner)
{
	struct part_scene scene;

	look(&scene, part, 0);
	part_assert_fact(&scene, "port.reply", reply);
	part_assert_fact(&scene, "port.banner", banner);
	assert_true(scene.left || part->then == PART_CLOSE || part->then == PART_RESET);
	assert_false(scene.reset);
	part_end(&scene);
}

static void who_speaks_first_is_recognised_and_quoted(void **state)
{
	static const struct {
		const char *says, *reply, *banner;
	} rows[] = {
		{ "220 pbx.example ESMTP\r\n", "smtp", "220 pbx.example ESMTP" },
		{ "220-FTP of a\r\n220 b\r\n", "ftp", "220-FTP of a" },
		{ "* OK IMAP4rev1\n", "imap", "* OK IMAP4rev1" },
		{ "+OK\r\n", "pop3", "+OK" },
		{ "SSH-2.0-dropbear\r\n", "ssh", "SSH-2.0-dropbear" },
		{ "\xff\xfd\x18\xff\xfd\x20", "telnet", "\\xFF\\xFD\\x18\\xFF\\xFD " },
		{ "\r\n\r\nWelcome to \033[31mthe PBX\r\n", "unrecognised", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct part part = { .says = rows[i].says };

		assert_answers(&part, rows[i].reply, rows[i].banner);
	}
}

static void nobody_is_asked_when_only_the_state_is_wanted(void **state)
{
	const struct part part = { .says = "220 pbx ESMTP\r\n", .waits = true, .port = 8080 };
	struct part_scene scene;

	(void)state;
	look(&scene, &part, bit_of("port.state") | bit_of("port.rtt_seconds"));
	part_assert_fact(&scene, "port.reply", NULL);
	part_assert_fact(&scene, "port.banner", NULL);
	assert_int_equal(scene.heard_length, 0);
	assert_in_range(scene.seen->elapsed_us, 0, 300 * CLOCK_MILLISECOND);
	part_end(&scene);
}

static void either_fact_is_enough_to_ask(void **state)
{
	static const char *const names[] = { "port.reply", "port.banner" };
	const struct part part = { .says = "+OK\r\n" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct part_scene scene;

		look(&scene, &part, bit_of(names[i]));
		part_assert_fact(&scene, names[i], i ? "+OK" : "pop3");
		part_end(&scene);
	}
}

static void who_waits_is_greeted_in_the_protocol_of_the_port(void **state)
{
	static const struct {
		uint16_t port;
		const char *greeting, *says;
		size_t length;
		const char *reply;
	} rows[] = {
		{ 5222, "<?xml", "<?xml version='1.0'?><stream:stream id='1'>", 0, "xmpp" },
		{ 5269, "<?xml", "<?xml version='1.0'?><stream:error>", 0, "xmpp" },
		{ 5060, "OPTIONS sip:", "SIP/2.0 404 Not Here\r\n\r\n", 0, "sip" },
		{ 8080, "HEAD / HTTP/1.1\r\n", "HTTP/1.1 302 Found\r\n\r\n", 0, "http" },
		{ 5432, "", "N", 1, "postgres" },
		{ 3389, "\x03", "\x03\0\0\x0b\x06\xd0\0\0\0\0\0", 11, "rdp" },
		{ 1433, "\x12\x01", "\x04\x01\0\x2b\0\0\x01\0\0\0\x1a\0\x06\x01", 14, "mssql" },
		{ 8443, "\x16\x03\x01", "\x15\x03\x03\0\x02\x02\x28", 7, "tls" },
		{ 8443, "\x16\x03\x01", "HTTP/1.1 400 Bad Request\r\n\r\n", 0, "http" },
		{ 8080, "HEAD", "welcome", 0, "unrecognised" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct part part = { .says = rows[i].says, .length = rows[i].length,
					   .waits = true, .port = rows[i].port };
		struct part_scene scene;

		look(&scene, &part, 0);
		part_assert_fact(&scene, "port.reply", rows[i].reply);
		part_assert_fact(&scene, "port.banner", NULL);
		assert_memory_equal(scene.heard, rows[i].greeting, strlen(rows[i].greeting));
		assert_false(scene.reset);
		part_end(&scene);
	}
}

static void who_speaks_is_never_greeted(void **state)
{
	const struct part part = { .says = "hello\r\n", .port = 8080 };
	struct part_scene scene;

	(void)state;
	look(&scene, &part, 0);
	part_assert_fact(&scene, "port.reply", "unrecognised");
	part_assert_fact(&scene, "port.banner", "hello");
	assert_int_equal(scene.heard_length, 0);
	part_end(&scene);
}

static void there_are_no_shots_in_the_dark(void **state)
{
	const struct part part = { .then = PART_HOLD };
	struct part_scene scene;

	(void)state;
	look(&scene, &part, 0);
	part_assert_fact(&scene, "port.reply", NULL);
	part_assert_fact(&scene, "port.banner", NULL);
	assert_int_equal(scene.heard_length, 0);
	assert_in_range(scene.seen->elapsed_us, 900 * CLOCK_MILLISECOND, 2 * CLOCK_SECOND);
	part_end(&scene);
}

static void a_greeted_server_may_stay_silent_or_go(void **state)
{
	static const enum part_then ways[] = { PART_HOLD, PART_CLOSE, PART_RESET };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct part part = { .waits = true, .then = ways[i], .port = 8080 };
		struct part_scene scene;

		look(&scene, &part, 0);
		part_assert_fact(&scene, "port.reply", NULL);
		assert_memory_equal(scene.heard, "HEAD ", 5);
		part_end(&scene);
	}
}

static void who_goes_at_once_leaves_an_open_port_behind(void **state)
{
	static const enum part_then ways[] = { PART_CLOSE, PART_RESET };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct part silent = { .then = ways[i] };
		const struct part brief = { .says = "421 SMTP busy", .then = PART_CLOSE };

		assert_answers(&silent, NULL, NULL);
		assert_answers(&brief, "smtp", "421 SMTP busy");
	}
}

static void words_that_drip_are_heard_and_endless_ones_end(void **state)
{
	char line[3000];
	const struct part drips = { .says = "220 pbx.example ESMTP Postfix\r\n",
				    .then = PART_DRIP };
	const struct part endless = { .says = line, .then = PART_REPEAT };
	struct part_scene scene;

	(void)state;
	assert_answers(&drips, "smtp", "220 pbx.example ESMTP Postfix");
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	look(&scene, &endless, 0);
	part_assert_fact(&scene, "port.reply", "unrecognised");
	assert_in_range(strlen(part_fact(&scene, "port.banner")->text), 200, 300);
	assert_in_range(scene.seen->elapsed_us, 0, 3 * CLOCK_SECOND);
	part_end(&scene);
}

static void the_deadline_ends_it_with_what_is_known(void **state)
{
	const struct part part = { .then = PART_HOLD };
	struct part_scene scene;

	(void)state;
	part_begin(&scene, &part);
	part_look(&scene, (struct request){ .collector = collector_named("port"),
					    .timeout_ms = 200 });
	part_assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	part_assert_fact(&scene, "port.state", "open");
	part_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_speaks_first_is_recognised_and_quoted),
		cmocka_unit_test(nobody_is_asked_when_only_the_state_is_wanted),
		cmocka_unit_test(either_fact_is_enough_to_ask),
		cmocka_unit_test(who_waits_is_greeted_in_the_protocol_of_the_port),
		cmocka_unit_test(who_speaks_is_never_greeted),
		cmocka_unit_test(there_are_no_shots_in_the_dark),
		cmocka_unit_test(a_greeted_server_may_stay_silent_or_go),
		cmocka_unit_test(who_goes_at_once_leaves_an_open_port_behind),
		cmocka_unit_test(words_that_drip_are_heard_and_endless_ones_end),
		cmocka_unit_test(the_deadline_ends_it_with_what_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
