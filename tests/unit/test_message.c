/* SPDX-License-Identifier: Apache-2.0
 *
 * Each message there and back, cut at every byte, and with every byte changed.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "agent/ipc/frame.h"
#include "agent/ipc/messages.h"
#include "collectors/snmp_access.h"
#include "collectors/string_wire.h"
#include "ground/memory.h"
#include "tests/unit/fake_collectors.h"

static struct request long_request(void)
{
	static const struct snmp_access access = {
		.version = 3, .user = "reader", .auth = "SHA-256", .auth_password = "secret"
	};
	struct request request = fake_request("later", 443, "tcp/443");

	request.host = "pbx.example";
	request.family = 6;
	request.name = "sip.pbx.example";
	request.verify_name = "pbx.example";
	request.starttls = "xmpp";
	request.source = "2001:db8::1";
	request.proxy = "http://user:secret@proxy.example:3128";
	request.timeout_ms = 1234567;
	request.packets_per_second = 500;
	request.wanted = UINT64_C(0x8000000000000005);
	request.by_address = true;
	request.snmp = &access;
	return request;
}

/* One of everything that a record can hold, and one that holds nothing. */
static void add_records(struct facts *facts)
{
	static const char *const texts[] = { "serverAuth", "" };
	static const int64_t numbers[] = { 1 };
	struct facts *record = facts_add_record(facts, fake_fact(FAKE_RECORDS));

	facts_add_record(facts, fake_fact(FAKE_RECORDS));
	facts_set_boolean(record, fake_column(FAKE_TRUTH), false);
	facts_set_integer(record, fake_column(FAKE_PID), 2048);
	facts_set_time(record, fake_column(FAKE_TIME), -1);
	facts_set_text(record, fake_column(FAKE_TEXT), "CN=pbx");
	facts_set_texts(record, fake_column(FAKE_TEXTS), texts, 2);
	facts_set_numbers(record, fake_column(FAKE_NUMBERS), numbers, 1);
}

static struct observation *long_observation(void)
{
	static const char *const texts[] = { "TLS1.2", "TLS1.3", "" };
	static const int64_t numbers[] = { 22, 443, -5060 };
	struct observation *observation = observation_new();

	address_parse("2001:db8::5", &observation->address);
	observation->address.port = 443;
	observation->started_wall_us = 1763712000000000;
	observation->elapsed_us = 41234;
	observation->outcome.stage = STAGE_HANDSHAKE;
	observation->outcome.reason = REASON_CLOSED_EARLY;
	observation->outcome.step = "negotiate";
	observation->detail = memory_copy("alert 40");
	facts_set_integer(observation->facts, fake_fact(FAKE_PID), -7);
	facts_set_boolean(observation->facts, fake_fact(FAKE_TRUTH), true);
	facts_set_real(observation->facts, fake_fact(FAKE_REAL), 0.0414);
	facts_set_time(observation->facts, fake_fact(FAKE_TIME), 1763712000000000);
	facts_set_text(observation->facts, fake_fact(FAKE_TEXT), "STARFACE");
	facts_set_texts(observation->facts, fake_fact(FAKE_TEXTS), texts, 3);
	facts_set_numbers(observation->facts, fake_fact(FAKE_NUMBERS), numbers, 3);
	add_records(observation->facts);
	return observation;
}

static void put_one(struct writer *out, enum message_kind kind)
{
	static const struct prober_settings settings = { "10.0.0.1,[::1]:5353", "ucposture",
							 PROBER_INSIDE, NULL };
	static const struct fence_report report = { 1, 2, 7, 65534 };
	const struct request request = long_request();
	struct observation *observation = long_observation();

	writer_grow_up_to(out, 1 << 20);
	switch (kind) {
	case MESSAGE_SETTINGS:
		message_put_settings(out, &settings);
		break;
	case MESSAGE_OBSERVE:
		message_put_observe(out, 77, 3, &request);
		break;
	case MESSAGE_READY:
		message_put_ready(out, MESSAGE_READY, &report);
		break;
	case MESSAGE_AUTHORITIES:
		message_put_authorities(out, 3, "-----BEGIN CERTIFICATE-----");
		break;
	case MESSAGE_OBSERVED:
		message_put_observed(out, 77, observation);
		break;
	default:
		message_put_log(out, 2, "resolve", "no name server answers");
		break;
	}
	observation_free(observation);
}

/* Whether the first message in the bytes is whole and makes sense. */
static bool takes(const uint8_t *bytes, size_t length)
{
	struct prober_settings settings;
	struct fence_report report;
	struct request request;
	struct observation *observation;
	struct reader in, body;
	struct arena *arena;
	uint8_t kind;
	char topic[32], line[1024];
	const char *pem;
	size_t pem_length;
	uint32_t ticket, authorities;
	uint8_t level;
	bool good;

	reader_init(&in, bytes, length);
	if (frame_next(&in, &kind, &body) != 1)
		return false;
	switch (kind) {
	case MESSAGE_SETTINGS:
		return message_take_settings(&body, &settings);
	case MESSAGE_OBSERVE:
		arena = arena_new();
		good = message_take_observe(&body, &ticket, &authorities, arena, &request);
		arena_free(arena);
		return good;
	case MESSAGE_READY:
		return message_take_ready(&body, &report);
	case MESSAGE_AUTHORITIES:
		return message_take_authorities(&body, &authorities, &pem, &pem_length);
	case MESSAGE_OBSERVED:
		observation = message_take_observed(&body, &ticket);
		observation_free(observation);
		return observation;
	default:
		return message_take_log(&body, &level, topic, line);
	}
}

static void start_body(struct writer *out, enum message_kind wanted, struct reader *body)
{
	uint8_t kind;
	struct reader in;

	put_one(out, wanted);
	assert_true(writer_ok(out));
	reader_init(&in, out->bytes, out->length);
	assert_int_equal(frame_next(&in, &kind, body), 1);
	assert_int_equal(kind, wanted);
	assert_int_equal(reader_left(&in), 0);
}

static void settings_come_back(void **state)
{
	struct prober_settings settings;
	struct writer out;
	struct reader body;

	(void)state;
	start_body(&out, MESSAGE_SETTINGS, &body);
	assert_true(message_take_settings(&body, &settings));
	assert_string_equal(settings.name_servers, "10.0.0.1,[::1]:5353");
	assert_string_equal(settings.user, "ucposture");
	assert_int_equal(settings.kind, PROBER_INSIDE);
	assert_null(settings.program);
	writer_free(&out);
}

static void a_request_comes_back(void **state)
{
	struct request want = long_request(), have;
	struct arena *arena = arena_new();
	struct writer out;
	struct reader body;
	uint32_t ticket, authorities;

	(void)state;
	start_body(&out, MESSAGE_OBSERVE, &body);
	assert_true(message_take_observe(&body, &ticket, &authorities, arena, &have));
	writer_free(&out);
	assert_int_equal(ticket, 77);
	assert_int_equal(authorities, 3);
	assert_ptr_equal(have.collector, want.collector);
	assert_int_equal(have.subject.kind, SUBJECT_TCP);
	assert_int_equal(have.subject.first, 443);
	assert_string_equal(have.subject.text, "tcp/443");
	assert_string_equal(have.host, want.host);
	assert_int_equal(have.family, 6);
	assert_string_equal(have.name, want.name);
	assert_string_equal(have.verify_name, want.verify_name);
	assert_null(have.authorities);
	assert_string_equal(have.starttls, want.starttls);
	assert_string_equal(have.source, want.source);
	assert_string_equal(have.proxy, want.proxy);
	assert_int_equal(have.timeout_ms, want.timeout_ms);
	assert_int_equal(have.packets_per_second, want.packets_per_second);
	assert_true(have.wanted == want.wanted);
	assert_true(have.by_address);
	assert_true(snmp_access_same(have.snmp, want.snmp));
	arena_free(arena);
}

static void what_a_request_does_not_say_stays_unsaid(void **state)
{
	struct request want = fake_request("echo", 0, "https://pbx.example/a"), have;
	struct arena *arena = arena_new();
	struct writer out;
	struct reader in;

	(void)state;
	want.host = "";
	writer_grow_up_to(&out, 1000);
	request_encode(&want, &out);
	reader_init(&in, out.bytes, out.length);
	assert_true(request_decode(&in, arena, &have));
	writer_free(&out);
	assert_int_equal(have.subject.kind, SUBJECT_URL);
	assert_string_equal(have.host, "");
	assert_null(have.name);
	assert_null(have.verify_name);
	assert_null(have.starttls);
	assert_null(have.proxy);
	assert_null(have.snmp);
	arena_free(arena);
}

/* A bundle of all the world's authorities is a quarter of that. */
static void authorities_may_be_long_but_not_endless(void **state)
{
	char *pem = memory_new(STRING_LONG_MOST + 1, 1);
	uint8_t kind;
	struct reader in, body;
	struct writer out;
	const char *taken;
	size_t length;
	uint32_t number;

	(void)state;
	memset(pem, 'A', STRING_LONG_MOST);
	writer_grow_up_to(&out, FRAME_MOST);
	message_put_authorities(&out, 9, pem);
	reader_init(&in, out.bytes, out.length);
	assert_int_equal(frame_next(&in, &kind, &body), 1);
	assert_true(message_take_authorities(&body, &number, &taken, &length));
	assert_int_equal(number, 9);
	assert_int_equal(length, STRING_LONG_MOST);
	assert_memory_equal(taken, pem, length);
	writer_clear(&out);
	writer_put_u32le(&out, 9);
	writer_put_u32le(&out, STRING_LONG_MOST + 1);
	writer_put(&out, pem, STRING_LONG_MOST);
	writer_put_u8(&out, 'A');
	reader_init(&in, out.bytes, out.length);
	assert_false(message_take_authorities(&in, &number, &taken, &length));
	writer_free(&out);
	free(pem);
}

static void a_subject_its_collector_does_not_take_is_refused(void **state)
{
	struct request want = fake_request("later", 0, "https://pbx.example/a"), have;
	struct arena *arena = arena_new();
	struct writer out;
	struct reader in;

	(void)state;
	writer_grow_up_to(&out, 1000);
	request_encode(&want, &out);
	reader_init(&in, out.bytes, out.length);
	assert_false(request_decode(&in, arena, &have));
	writer_free(&out);
	arena_free(arena);
}

static void an_observation_comes_back(void **state)
{
	struct observation *want = long_observation(), *have;
	struct text before = { 0 }, after = { 0 };
	struct request request = long_request();
	struct writer out;
	struct reader body;
	struct json json;
	uint32_t ticket;

	(void)state;
	start_body(&out, MESSAGE_OBSERVED, &body);
	have = message_take_observed(&body, &ticket);
	writer_free(&out);
	assert_non_null(have);
	assert_int_equal(ticket, 77);
	assert_int_equal(have->address.port, 443);
	json_begin(&json, &before, false);
	observation_to_json(want, &request, &json, NULL);
	json_begin(&json, &after, false);
	observation_to_json(have, &request, &json, NULL);
	assert_string_equal(text_string(&before), text_string(&after));
	assert_non_null(strstr(text_string(&after), "\"reason\":\"closed_early\""));
	assert_non_null(strstr(text_string(&after), "\"address\":\"2001:db8::5\""));
	assert_non_null(strstr(text_string(&after), "\"step\":\"negotiate\""));
	text_free(&before);
	text_free(&after);
	observation_free(want);
	observation_free(have);
}

static void words_of_a_prober_are_escaped_again(void **state)
{
	struct observation *observation = observation_new(), *have;
	struct writer out;
	struct reader in;

	(void)state;
	observation->detail = memory_copy("\x1b[2J");
	writer_grow_up_to(&out, 1000);
	observation_encode(observation, &out);
	observation_free(observation);
	reader_init(&in, out.bytes, out.length);
	have = observation_decode(&in);
	writer_free(&out);
	assert_non_null(have);
	assert_null(strchr(have->detail, '\x1b'));
	observation_free(have);
}

static void an_observation_too_large_for_a_frame_loses_its_facts(void **state)
{
	enum { NUMBERS = 600000 };
	struct observation *observation = observation_new(), *have;
	int64_t *numbers = memory_new(NUMBERS, sizeof *numbers);
	uint8_t kind;
	struct reader in, body;
	struct writer out;
	uint32_t ticket;

	(void)state;
	facts_set_numbers(observation->facts, fake_fact(FAKE_NUMBERS), numbers, NUMBERS);
	free(numbers);
	writer_grow_up_to(&out, 8 * FRAME_MOST);
	message_put_observed(&out, 5, observation);
	observation_free(observation);
	assert_true(writer_ok(&out));
	reader_init(&in, out.bytes, out.length);
	assert_int_equal(frame_next(&in, &kind, &body), 1);
	have = message_take_observed(&body, &ticket);
	writer_free(&out);
	assert_non_null(have);
	assert_int_equal(have->outcome.reason, REASON_TOO_MUCH);
	assert_int_equal(facts_count(have->facts), 0);
	observation_free(have);
}

static void a_report_comes_back(void **state)
{
	struct fence_report report;
	struct writer out;
	struct reader body;

	(void)state;
	start_body(&out, MESSAGE_READY, &body);
	assert_true(message_take_ready(&body, &report));
	writer_free(&out);
	assert_int_equal(report.no_new_privileges, 1);
	assert_int_equal(report.seccomp, 2);
	assert_int_equal(report.landlock, 7);
	assert_int_equal(report.user, 65534);
}

static void a_line_comes_back(void **state)
{
	char topic[32], line[1024];
	struct writer out;
	struct reader body;
	uint8_t level;

	(void)state;
	start_body(&out, MESSAGE_LOG, &body);
	assert_true(message_take_log(&body, &level, topic, line));
	writer_free(&out);
	assert_int_equal(level, 2);
	assert_string_equal(topic, "resolve");
	assert_string_equal(line, "no name server answers");
}

static void a_message_cut_anywhere_is_waited_for(void **state)
{
	(void)state;
	for (int kind = 1; kind < MESSAGE_KINDS; kind++) {
		struct writer out;

		put_one(&out, (enum message_kind)kind);
		assert_true(takes(out.bytes, out.length));
		for (size_t length = 0; length < out.length; length++) {
			uint8_t *copy = memory_new(length, 1);
			uint8_t found;
			struct reader in, body;

			memcpy(copy, out.bytes, length);
			reader_init(&in, copy, length);
			assert_int_equal(frame_next(&in, &found, &body), 0);
			assert_int_equal(in.at, 0);
			assert_true(reader_ok(&in));
			free(copy);
		}
		writer_free(&out);
	}
}

/* The frame says it is complete, but its body is not. */
static void a_body_cut_anywhere_is_refused(void **state)
{
	(void)state;
	for (int kind = 1; kind < MESSAGE_KINDS; kind++) {
		struct writer out;

		put_one(&out, (enum message_kind)kind);
		for (size_t length = FRAME_HEAD; length < out.length; length++) {
			uint8_t *copy = memory_new(length, 1);
			struct writer head;

			memcpy(copy, out.bytes, length);
			writer_init(&head, copy, length);
			writer_put_u32le(&head, (uint32_t)length - 4);
			assert_false(takes(copy, length));
			free(copy);
		}
		writer_free(&out);
	}
}

static void a_byte_changed_anywhere_does_no_harm(void **state)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff, 0x20 };
	size_t refused = 0;

	(void)state;
	for (int kind = 1; kind < MESSAGE_KINDS; kind++) {
		struct writer out;

		put_one(&out, (enum message_kind)kind);
		for (size_t i = 0; i < out.length * 4; i++) {
			uint8_t *copy = memory_new(out.length, 1);

			memcpy(copy, out.bytes, out.length);
			copy[i / 4] ^= changes[i % 4];
			refused += !takes(copy, out.length);
			free(copy);
		}
		writer_free(&out);
	}
	assert_true(refused > 100);
}

static void a_frame_of_nonsense_ends_the_stream(void **state)
{
	/* Too long, empty, of no kind. */
	static const uint8_t frames[3][FRAME_HEAD] = { { 1, 0, 0x40, 0, 1 }, { [4] = 1 }, { 1 } };
	struct reader in, body;
	uint8_t kind;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		reader_init(&in, frames[i], FRAME_HEAD);
		assert_int_equal(frame_next(&in, &kind, &body), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_come_back),
		cmocka_unit_test(a_request_comes_back),
		cmocka_unit_test(what_a_request_does_not_say_stays_unsaid),
		cmocka_unit_test(authorities_may_be_long_but_not_endless),
		cmocka_unit_test(a_subject_its_collector_does_not_take_is_refused),
		cmocka_unit_test(an_observation_comes_back),
		cmocka_unit_test(words_of_a_prober_are_escaped_again),
		cmocka_unit_test(an_observation_too_large_for_a_frame_loses_its_facts),
		cmocka_unit_test(a_report_comes_back),
		cmocka_unit_test(a_line_comes_back),
		cmocka_unit_test(a_message_cut_anywhere_is_waited_for),
		cmocka_unit_test(a_body_cut_anywhere_is_refused),
		cmocka_unit_test(a_byte_changed_anywhere_does_no_harm),
		cmocka_unit_test(a_frame_of_nonsense_ends_the_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
