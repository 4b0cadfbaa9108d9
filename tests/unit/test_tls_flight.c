/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/flight_scene.h"

enum {
	ECDHE_SUITE = 0xc02f,
	DHE_SUITE = 0x009e,
	RSA_SUITE = 0x002f,
	ANONYMOUS_SUITE = 0xc018,
	UNKNOWN_SUITE = 0x0a0a
};

/* Named curve, x25519, a point; and p, g, Ys. */
static const char ecdhe[] = "\3\0\x1d\4abcd-and-a-signature";
static const char dhe[] = "\0\3\0\x1f\xff\0\1\2\0\1\5-and-a-signature";

/* Two writers: messages, and the same in records. */
struct scene {
	struct writer messages, said;
	struct tls_flight flight;
};

static int set_up(void **state)
{
	struct scene *scene = test_calloc(1, sizeof *scene);

	writer_grow_up_to(&scene->messages, 1 << 25);
	writer_grow_up_to(&scene->said, 1 << 25);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	tls_flight_free(&scene->flight);
	writer_free(&scene->messages);
	writer_free(&scene->said);
	test_free(scene);
	return 0;
}

/* All that was put into `messages` in one record, and heard. */
static enum turn say(struct scene *scene, enum tls_until until)
{
	writer_clear(&scene->said);
	put_in_records(&scene->said, &scene->messages, 16384);
	return hear_whole(&scene->flight, until, &scene->said);
}

static enum turn say_bytes(struct scene *scene, const void *bytes, size_t length)
{
	tls_flight_free(&scene->flight);
	tls_flight_init(&scene->flight, TLS_UNTIL_DONE, NULL);
	return hear(&scene->flight, bytes, length, SIZE_MAX);
}

#define say_string(scene, string) say_bytes(scene, string, sizeof string - 1)

static void put_flight(struct scene *scene, uint16_t suite, const char *key_exchange,
		       size_t length)
{
	writer_clear(&scene->messages);
	put_server_hello(&scene->messages, 0x0303, suite, "\xff\1\0\1\0", 5);
	put_chain(&scene->messages, 2, 100);
	if (length)
		put_message(&scene->messages, TLS_MESSAGE_KEY_EXCHANGE, key_exchange, length);
	put_message(&scene->messages, TLS_MESSAGE_CERTIFICATE_REQUEST, "\1\1\0\0", 4);
	put_message(&scene->messages, TLS_MESSAGE_HELLO_DONE, "", 0);
}

static void a_flight_is_heard_as_far_as_wanted(void **state)
{
	struct scene *scene = *state;
	struct tls_flight *flight = &scene->flight;

	put_flight(scene, ECDHE_SUITE, ecdhe, sizeof ecdhe - 1);
	for (enum tls_until until = TLS_UNTIL_HELLO; until <= TLS_UNTIL_DONE; until++) {
		assert_int_equal(say(scene, until), TURN_CONCLUDED);
		assert_true(flight->complete);
		assert_int_equal(flight->said, TLS_SAID_HELLO);
		assert_int_equal(flight->version, TLS_VERSION_1_2);
		assert_int_equal(flight->suite, ECDHE_SUITE);
		assert_true(flight->secure_renegotiation);
		assert_int_equal(flight->chain_elements,
				 until == TLS_UNTIL_HELLO ? 0 : 2);
		assert_int_equal(flight->group,
				 until == TLS_UNTIL_GROUP || until == TLS_UNTIL_DONE ? 29 : 0);
		assert_int_equal(flight->certificate_requested, until == TLS_UNTIL_DONE);
	}
	assert_int_equal(flight->chain.length, 2 * 103);
	assert_memory_equal(flight->chain.bytes, "\0\0\x64\0\0", 5);
	assert_memory_equal(flight->chain.bytes + 103, "\0\0\x64\1\1", 5);
}

static void the_prime_of_a_dhe_suite_is_measured(void **state)
{
	struct scene *scene = *state;

	put_flight(scene, DHE_SUITE, dhe, sizeof dhe - 1);
	assert_int_equal(say(scene, TLS_UNTIL_GROUP), TURN_CONCLUDED);
	assert_true(scene->flight.complete);
	assert_int_equal(scene->flight.group, 0);
	assert_int_equal(scene->flight.dh_bits, 13);
}

static void without_a_group_nothing_is_waited_for(void **state)
{
	struct scene *scene = *state;

	put_server_hello(&scene->messages, 0x0301, RSA_SUITE, NULL, 0);
	assert_int_equal(say(scene, TLS_UNTIL_GROUP), TURN_CONCLUDED);
	assert_int_equal(scene->flight.version, TLS_VERSION_1_0);
	assert_false(scene->flight.secure_renegotiation);
	assert_int_equal(say(scene, TLS_UNTIL_CERTIFICATE), TURN_GO_ON);
	assert_false(scene->flight.complete);
}

static void an_anonymous_server_has_no_certificate_but_a_group(void **state)
{
	struct scene *scene = *state;

	put_server_hello(&scene->messages, 0x0301, ANONYMOUS_SUITE, NULL, 0);
	put_message(&scene->messages, TLS_MESSAGE_KEY_EXCHANGE, ecdhe, sizeof ecdhe - 1);
	put_message(&scene->messages, TLS_MESSAGE_HELLO_DONE, "", 0);
	for (enum tls_until until = TLS_UNTIL_HELLO; until <= TLS_UNTIL_DONE; until++) {
		assert_int_equal(say(scene, until), TURN_CONCLUDED);
		assert_true(scene->flight.complete);
		assert_int_equal(scene->flight.chain_elements, 0);
	}
	assert_int_equal(scene->flight.group, 29);
}

static void a_suite_nobody_knows_is_heard_to_its_end(void **state)
{
	struct scene *scene = *state;

	put_flight(scene, UNKNOWN_SUITE, "whatever", 8);
	for (enum tls_until until = TLS_UNTIL_HELLO; until <= TLS_UNTIL_DONE; until++) {
		assert_int_equal(say(scene, until), TURN_CONCLUDED);
		assert_true(scene->flight.complete);
		assert_int_equal(scene->flight.suite, UNKNOWN_SUITE);
		assert_int_equal(scene->flight.group, 0);
	}
	put_flight(scene, UNKNOWN_SUITE, NULL, 0);
	assert_int_equal(say(scene, TLS_UNTIL_GROUP), TURN_CONCLUDED);
	assert_true(scene->flight.complete);
}

static void curves_can_be_named_or_described(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		enum turn turn;
		uint16_t group;
	} cases[] = {
		{ "\3\0\x17\1x", 5, TURN_CONCLUDED, 23 },
		{ "\1whatever", 9, TURN_CONCLUDED, TLS_GROUP_EXPLICIT_PRIME },
		{ "\2whatever", 9, TURN_CONCLUDED, TLS_GROUP_EXPLICIT_CHAR2 },
		{ "\4whatever", 9, TURN_MALFORMED, 0 },
		{ "\3\0\x17\0", 4, TURN_MALFORMED, 0 },	/* no point */
		{ "\3\0\0\1x", 5, TURN_MALFORMED, 0 },	/* no group */
		{ "\3\0\x17\2x", 5, TURN_MALFORMED, 0 },	/* cut short */
		{ "\3", 1, TURN_MALFORMED, 0 },
		{ "", 0, TURN_MALFORMED, 0 },
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		writer_clear(&scene->messages);
		put_server_hello(&scene->messages, 0x0303, ANONYMOUS_SUITE, NULL, 0);
		put_message(&scene->messages, TLS_MESSAGE_KEY_EXCHANGE, cases[i].bytes,
			    cases[i].length);
		assert_int_equal(say(scene, TLS_UNTIL_GROUP), cases[i].turn);
		assert_int_equal(scene->flight.group, cases[i].group);
		assert_int_equal(scene->flight.said, TLS_SAID_HELLO);
	}
}

/* Of suites with a pre-shared key a hint comes first. */
static void a_hint_goes_before_the_group(void **state)
{
	static const char hinted[] = "\0\4hint\3\0\x1e\1x";
	struct scene *scene = *state;

	put_server_hello(&scene->messages, 0x0303, 0xc035, NULL, 0);
	put_message(&scene->messages, TLS_MESSAGE_KEY_EXCHANGE, hinted, sizeof hinted - 1);
	assert_int_equal(say(scene, TLS_UNTIL_GROUP), TURN_CONCLUDED);
	assert_int_equal(scene->flight.group, 30);
	/* Without (EC)DHE the hint is all there is. */
	writer_clear(&scene->messages);
	put_server_hello(&scene->messages, 0x0303, 0x008c, NULL, 0);
	put_message(&scene->messages, TLS_MESSAGE_KEY_EXCHANGE, "\0\4hint", 6);
	put_message(&scene->messages, TLS_MESSAGE_HELLO_DONE, "", 0);
	assert_int_equal(say(scene, TLS_UNTIL_DONE), TURN_CONCLUDED);
	assert_int_equal(scene->flight.group, 0);
}

static void a_staple_comes_behind_the_certificate(void **state)
{
	static const char status[] = "\1\0\0\4ocsp", other[] = "\2\0\0\4ocsp";
	struct scene *scene = *state;
	struct tls_flight *flight = &scene->flight;

	put_server_hello(&scene->messages, 0x0303, RSA_SUITE, "\0\5\0\0", 4);
	put_chain(&scene->messages, 1, 50);
	assert_int_equal(say(scene, TLS_UNTIL_CERTIFICATE), TURN_GO_ON);
	assert_int_equal(flight->chain_elements, 1);
	size_t without = scene->messages.length;
	put_message(&scene->messages, TLS_MESSAGE_CERTIFICATE_STATUS, status, 8);
	assert_int_equal(say(scene, TLS_UNTIL_CERTIFICATE), TURN_CONCLUDED);
	assert_int_equal(flight->staple.length, 4);
	assert_memory_equal(flight->staple.bytes, "ocsp", 4);
	scene->messages.length = without;
	put_message(&scene->messages, TLS_MESSAGE_CERTIFICATE_STATUS, other, 8);
	assert_int_equal(say(scene, TLS_UNTIL_CERTIFICATE), TURN_MALFORMED);
	assert_int_equal(flight->chain_elements, 1);
	/* It was promised, and does not come. */
	scene->messages.length = without;
	put_message(&scene->messages, TLS_MESSAGE_HELLO_DONE, "", 0);
	assert_int_equal(say(scene, TLS_UNTIL_CERTIFICATE), TURN_CONCLUDED);
	assert_int_equal(flight->staple.length, 0);
	assert_true(flight->complete);
}

static void what_the_suite_promises_must_come(void **state)
{
	struct scene *scene = *state;

	put_flight(scene, ECDHE_SUITE, NULL, 0);
	assert_int_equal(say(scene, TLS_UNTIL_DONE), TURN_MALFORMED);
	assert_int_equal(say(scene, TLS_UNTIL_GROUP), TURN_MALFORMED);
	assert_int_equal(say(scene, TLS_UNTIL_CERTIFICATE), TURN_CONCLUDED);
	writer_clear(&scene->messages);
	put_server_hello(&scene->messages, 0x0303, RSA_SUITE, NULL, 0);
	put_message(&scene->messages, TLS_MESSAGE_HELLO_DONE, "", 0);
	assert_int_equal(say(scene, TLS_UNTIL_CERTIFICATE), TURN_MALFORMED);
	assert_false(scene->flight.complete);
}

static void messages_keep_their_order(void **state)
{
	static const uint8_t wrong[][3] = {
		{ TLS_MESSAGE_SERVER_HELLO, TLS_MESSAGE_SERVER_HELLO },
		{ TLS_MESSAGE_CERTIFICATE },
		{ TLS_MESSAGE_HELLO_DONE },
		{ TLS_MESSAGE_SERVER_HELLO, TLS_MESSAGE_KEY_EXCHANGE, TLS_MESSAGE_CERTIFICATE },
		{ TLS_MESSAGE_SERVER_HELLO, TLS_MESSAGE_ENCRYPTED_EXTENSIONS },
		{ TLS_MESSAGE_SERVER_HELLO, TLS_MESSAGE_FINISHED },
		{ TLS_MESSAGE_SERVER_HELLO, 1 },
		{ TLS_MESSAGE_SERVER_HELLO, 200 },
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		writer_clear(&scene->messages);
		for (size_t at = 0; at < 3 && wrong[i][at]; at++) {
			if (wrong[i][at] == TLS_MESSAGE_SERVER_HELLO)
				put_server_hello(&scene->messages, 0x0303, DHE_SUITE, NULL, 0);
			else if (wrong[i][at] == TLS_MESSAGE_KEY_EXCHANGE)
				put_message(&scene->messages, wrong[i][at], dhe,
					    sizeof dhe - 1);
			else
				put_message(&scene->messages, wrong[i][at], "", 0);
		}
		assert_int_equal(say(scene, TLS_UNTIL_DONE), TURN_MALFORMED);
		assert_false(scene->flight.complete);
	}
}

static void a_wish_to_begin_anew_is_ignored(void **state)
{
	struct scene *scene = *state;

	put_message(&scene->messages, TLS_MESSAGE_HELLO_REQUEST, "", 0);
	put_server_hello(&scene->messages, 0x0303, RSA_SUITE, NULL, 0);
	assert_int_equal(say(scene, TLS_UNTIL_HELLO), TURN_CONCLUDED);
	assert_int_equal(scene->flight.suite, RSA_SUITE);
}

static void an_alert_instead_of_a_hello_is_said_as_such(void **state)
{
	struct scene *scene = *state;
	struct tls_flight *flight = &scene->flight;

	assert_int_equal(say_string(scene, "\x15\3\1\0\2\2\x28"), TURN_CONCLUDED);
	assert_int_equal(flight->said, TLS_SAID_ALERT);
	assert_true(flight->alerted);
	assert_int_equal(flight->alert, TLS_ALERT_HANDSHAKE_FAILURE);
	assert_false(flight->complete);
	assert_int_equal(say_string(scene, "\x15\3\0\0\2\2\x46"), TURN_CONCLUDED);
	assert_int_equal(flight->alert, TLS_ALERT_PROTOCOL_VERSION);
	/* Some only warn of it; and who closes politely says no, too. */
	assert_int_equal(say_string(scene, "\x15\3\1\0\2\1\x28"), TURN_CONCLUDED);
	assert_true(flight->alerted);
	assert_int_equal(say_string(scene, "\x15\3\1\0\2\1\0"), TURN_CONCLUDED);
	assert_int_equal(flight->said, TLS_SAID_ALERT);
	assert_int_equal(flight->alert, 0);
}

static void a_warning_is_passed_over(void **state)
{
	struct scene *scene = *state;
	struct writer *said = &scene->said;

	put_server_hello(&scene->messages, 0x0303, RSA_SUITE, NULL, 0);
	put_record(said, RECORD_ALERT, "\1\x70", 2);
	put_in_records(said, &scene->messages, 16384);
	assert_int_equal(hear_whole(&scene->flight, TLS_UNTIL_HELLO, said), TURN_CONCLUDED);
	assert_int_equal(scene->flight.said, TLS_SAID_HELLO);
	assert_false(scene->flight.alerted);
	assert_int_equal(say_string(scene, "\x15\3\1\0\2\1\x70"), TURN_GO_ON);
	assert_int_equal(scene->flight.said, TLS_SAID_NOTHING);
}

static void an_alert_behind_a_hello_leaves_the_hello(void **state)
{
	struct scene *scene = *state;
	struct writer *said = &scene->said;

	put_server_hello(&scene->messages, 0x0303, ECDHE_SUITE, NULL, 0);
	put_chain(&scene->messages, 1, 40);
	put_in_records(said, &scene->messages, 16384);
	put_record(said, RECORD_ALERT, "\2\x50", 2);
	assert_int_equal(hear_whole(&scene->flight, TLS_UNTIL_DONE, said), TURN_CONCLUDED);
	assert_int_equal(scene->flight.said, TLS_SAID_HELLO);
	assert_true(scene->flight.alerted);
	assert_int_equal(scene->flight.alert, TLS_ALERT_INTERNAL_ERROR);
	assert_int_equal(scene->flight.chain_elements, 1);
	assert_false(scene->flight.complete);
}

static void an_alert_in_two_records_is_one(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(say_string(scene, "\x15\3\1\0\1\2\x15\3\1\0\1\x28"), TURN_CONCLUDED);
	assert_int_equal(scene->flight.alert, 40);
	assert_int_equal(say_string(scene, "\x15\3\1\0\2\7\x28"), TURN_MALFORMED);
	assert_int_equal(scene->flight.said, TLS_SAID_NOTHING);
}

static void text_is_kept_as_it_began(void **state)
{
	static const char *const greetings[] = {
		"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n", "220 mx ESMTP\r\n",
		"SSH-2.0-OpenSSH_9.2p1\r\n", "<?xml version='1.0'?><stream:stream", "-\r\n",
		"* OK ready\r\n"
	};
	struct scene *scene = *state;
	char longest[500];

	for (size_t i = 0; i < sizeof greetings / sizeof *greetings; i++) {
		assert_int_equal(say_bytes(scene, greetings[i], strlen(greetings[i])),
				 TURN_NOT_THIS_PROTOCOL);
		assert_int_equal(scene->flight.said, TLS_SAID_PLAIN_TEXT);
		assert_string_equal(scene->flight.words, greetings[i]);
	}
	memset(longest, 'x', sizeof longest);
	assert_int_equal(say_bytes(scene, longest, sizeof longest), TURN_NOT_THIS_PROTOCOL);
	assert_int_equal(strlen(scene->flight.words), TLS_WORDS_MOST - 1);
	assert_int_equal(say_string(scene, "22"), TURN_NEED_MORE);
	assert_string_equal(scene->flight.words, "22");
}

static void other_strangers_have_no_words(void **state)
{
	struct scene *scene = *state;

	/* SSLv2: an error, a hello; LDAP, PostgreSQL, RDP, MySQL; and nonsense. */
	assert_int_equal(say_string(scene, "\x80\3\0\0\1"), TURN_NOT_THIS_PROTOCOL);
	assert_int_equal(say_string(scene, "\x84\x1b\4\0\1\0\2"), TURN_NOT_THIS_PROTOCOL);
	assert_int_equal(say_string(scene, "0\x0c\2\1\0\x78"), TURN_NOT_THIS_PROTOCOL);
	assert_int_equal(say_string(scene, "E\0\0\0\x8b"), TURN_NOT_THIS_PROTOCOL);
	assert_int_equal(say_string(scene, "\3\0\0\x0b\6\xd0"), TURN_NOT_THIS_PROTOCOL);
	assert_int_equal(say_string(scene, "\x5b\0\0\0\n5.5"), TURN_NOT_THIS_PROTOCOL);
	assert_int_equal(say_string(scene, "\x16\2\0\0\1x"), TURN_NOT_THIS_PROTOCOL);
	assert_int_equal(scene->flight.said, TLS_SAID_NOTHING);
	assert_string_equal(scene->flight.words, "");
}

static void records_that_cannot_be_are_malformed(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(say_string(scene, "\x16\3\3\0\0"), TURN_MALFORMED);
	assert_int_equal(say_string(scene, "\x16\3\3\x40\1"), TURN_MALFORMED);
	assert_int_equal(say_string(scene, "\x14\3\3\0\1\1"), TURN_MALFORMED);
	assert_int_equal(say_string(scene, "\x17\3\3\0\1x"), TURN_MALFORMED);
	assert_int_equal(say_string(scene, "\x15\3\3\0\2\1\x70HTTP/"), TURN_MALFORMED);
	assert_int_equal(scene->flight.said, TLS_SAID_NOTHING);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_flight_is_heard_as_far_as_wanted),
		TEST(the_prime_of_a_dhe_suite_is_measured),
		TEST(without_a_group_nothing_is_waited_for),
		TEST(an_anonymous_server_has_no_certificate_but_a_group),
		TEST(a_suite_nobody_knows_is_heard_to_its_end),
		TEST(curves_can_be_named_or_described),
		TEST(a_hint_goes_before_the_group),
		TEST(a_staple_comes_behind_the_certificate),
		TEST(what_the_suite_promises_must_come),
		TEST(messages_keep_their_order),
		TEST(a_wish_to_begin_anew_is_ignored),
		TEST(an_alert_instead_of_a_hello_is_said_as_such),
		TEST(a_warning_is_passed_over),
		TEST(an_alert_behind_a_hello_leaves_the_hello),
		TEST(an_alert_in_two_records_is_one),
		TEST(text_is_kept_as_it_began),
		TEST(other_strangers_have_no_words),
		TEST(records_that_cannot_be_are_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
