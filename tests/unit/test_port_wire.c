/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/port_wire.h"

/* All fixtures answer this question. */
#define TOKEN UINT64_C(0x1122334455667788)

struct fixture {
	const char *name;
	enum port_protocol protocol;
	size_t length;
	const char *bytes;
};

#define FIXTURE(name, protocol, literal) { name, protocol, sizeof literal - 1, literal }

/* Id 0x55667788 is 0x55667788 & 0x3fffffff | 0x40000000 = 0x55667788 again. */
static const struct fixture fixtures[] = {
	FIXTURE("SIP 200", PORT_SIP,
		"SIP/2.0 200 OK\r\n"
		"Via: SIP/2.0/UDP 10.0.0.9:5555;rport=5555;branch=z9hG4bK1122334455667788\r\n"
		"Call-ID: 1122334455667788@10.0.0.9:5555\r\nCSeq: 1 OPTIONS\r\n"
		"Allow: INVITE, ACK, CANCEL, OPTIONS, BYE\r\nContent-Length: 0\r\n\r\n"),
	FIXTURE("SIP 404 with a compact header and bare line ends", PORT_SIP,
		"SIP/2.0 404 Not Here\ni : 1122334455667788@10.0.0.9:5555 \nl: 0\n\n"),
	FIXTURE("NTP, synchronised", PORT_NTP,
		"\x24\x02\x06\xe8\x00\x00\x01\x00\x00\x00\x02\x00\x0a\x00\x00\x01"
		"\xe9\x00\x00\x00\x00\x00\x00\x00\x11\x22\x33\x44\x55\x66\x77\x88"
		"\xe9\x00\x00\x01\x00\x00\x00\x00\xe9\x00\x00\x01\x00\x00\x00\x01"),
	FIXTURE("NTP, stratum 0", PORT_NTP,
		"\xe4\x00\x06\xe8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
		"\x00\x00\x00\x00\x00\x00\x00\x00\x11\x22\x33\x44\x55\x66\x77\x88"
		"\xe9\x00\x00\x01\x00\x00\x00\x00\xe9\x00\x00\x01\x00\x00\x00\x01"),
	FIXTURE("DNS, refused", PORT_DNS,
		"\x77\x88\x80\x05\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01"),
	FIXTURE("DNS, refused without the question", PORT_DNS,
		"\x77\x88\x80\x05\x00\x00\x00\x00\x00\x00\x00\x00"),
	FIXTURE("TFTP error", PORT_TFTP, "\x00\x05\x00\x01" "File not found\x00"),
	FIXTURE("TFTP first block", PORT_TFTP, "\x00\x03\x00\x01" "contents"),
	FIXTURE("TFTP options", PORT_TFTP, "\x00\x06" "blksize\x00" "1024\x00"),
	FIXTURE("SNMP 2c response", PORT_SNMP,
		"\x30\x2e\x02\x01\x01\x04\x06public\xa2\x21\x02\x04\x55\x66\x77\x88\x02\x01\x00"
		"\x02\x01\x00\x30\x13\x30\x11\x06\x08\x2b\x06\x01\x02\x01\x01\x01\x00"
		"\x04\x05Linux"),
	FIXTURE("SNMP 3 report", PORT_SNMP,
		"\x30\x6c\x02\x01\x03\x30\x11\x02\x04\x55\x66\x77\x88\x02\x03\x00\xff\xe3"
		"\x04\x01\x00\x02\x01\x03\x04\x21\x30\x1f\x04\x11\x80\x00\x1f\x88\x80\x11\x22"
		"\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\x02\x01\x01\x02\x01\x07\x04\x00\x04"
		"\x00\x04\x00\x30\x31\x04\x11\x80\x00\x1f\x88\x80\x11\x22\x33\x44\x55\x66\x77"
		"\x88\x99\xaa\xbb\xcc\x04\x00\xa8\x1a\x02\x04\x55\x66\x77\x88\x02\x01\x00\x02"
		"\x01\x00\x30\x0c\x30\x0a\x06\x05\x2b\x06\x01\x06\x03\x41\x01\x01"),
};

enum { FIXTURES = sizeof fixtures / sizeof *fixtures };

static struct port_question question_of(enum port_protocol protocol)
{
	struct port_question question = { .protocol = protocol, .token = TOKEN };

	assert_true(address_parse("10.0.0.9", &question.from));
	assert_true(address_parse("10.0.0.5", &question.to));
	question.from.port = 5555;
	question.to.port = 5060;
	return question;
}

/* Copied to a block of its very size, so that a sanitizer sees a step beyond its end. */
static enum port_protocol recognise(const struct port_question *question, const char *bytes,
				    size_t length)
{
	char *copy = malloc(length ? length : 1);
	enum port_protocol answer;
	struct reader in;

	memcpy(copy, bytes, length);
	reader_init(&in, copy, length);
	answer = port_wire_recognise(&in, question);
	assert_true(in.at <= length);
	free(copy);
	return answer;
}

static void each_protocol_is_recognised(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIXTURES; i++) {
		struct port_question question = question_of(fixtures[i].protocol);

		if (recognise(&question, fixtures[i].bytes, fixtures[i].length) !=
		    fixtures[i].protocol)
			fail_msg("not recognised: %s", fixtures[i].name);
	}
}

/* What may be left out at the end without harm: the contents of a file, and what follows
 * the fields that tell a reply is one. */
static bool may_be_shorter(const struct fixture *fixture, size_t length)
{
	switch (fixture->protocol) {
	case PORT_TFTP:
		return fixture->bytes[1] == 3 ? length >= 4
					      : length && !fixture->bytes[length - 1];
	default:
		return false;
	}
}

static void a_reply_cut_short_is_not_recognised(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIXTURES; i++) {
		struct port_question question = question_of(fixtures[i].protocol);

		for (size_t length = 0; length < fixtures[i].length; length++)
			if (recognise(&question, fixtures[i].bytes, length) !=
				    PORT_UNRECOGNISED &&
			    !may_be_shorter(&fixtures[i], length))
				fail_msg("%s, cut at %zu, is taken for whole",
					 fixtures[i].name, length);
	}
}

static void a_reply_changed_anywhere_is_never_taken_for_another_protocol(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIXTURES; i++) {
		struct port_question question = question_of(fixtures[i].protocol);
		char *bytes = malloc(fixtures[i].length);

		memcpy(bytes, fixtures[i].bytes, fixtures[i].length);
		for (size_t at = 0; at < fixtures[i].length; at++) {
			for (int change = 1; change < 256; change++) {
				enum port_protocol answer;

				bytes[at] = (char)(fixtures[i].bytes[at] ^ change);
				answer = recognise(&question, bytes, fixtures[i].length);
				assert_true(answer == PORT_UNRECOGNISED ||
					    answer == fixtures[i].protocol);
			}
			bytes[at] = fixtures[i].bytes[at];
		}
		free(bytes);
	}
}

static void somebody_elses_reply_is_not_recognised(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIXTURES; i++) {
		struct port_question question = question_of(fixtures[i].protocol);

		/* A TFTP reply repeats nothing of the request. */
		if (fixtures[i].protocol == PORT_TFTP)
			continue;
		question.token ^= UINT64_C(0x0101010101010101);
		assert_int_equal(recognise(&question, fixtures[i].bytes, fixtures[i].length),
				 PORT_UNRECOGNISED);
	}
}

static void a_reply_to_another_protocol_is_not_recognised(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIXTURES; i++) {
		for (enum port_protocol p = PORT_UNRECOGNISED; p < PORT_PROTOCOLS; p++) {
			struct port_question question = question_of(p);

			if (p != fixtures[i].protocol)
				assert_int_equal(recognise(&question, fixtures[i].bytes,
							   fixtures[i].length),
						 PORT_UNRECOGNISED);
		}
	}
}

static size_t ask(enum port_protocol protocol, unsigned attempt,
		  char bytes[static PORT_QUESTION_ROOM])
{
	struct port_question question = question_of(protocol);
	struct writer out;

	writer_init(&out, bytes, PORT_QUESTION_ROOM);
	port_wire_ask(&out, &question, attempt);
	assert_true(writer_ok(&out));
	return out.length;
}

static void questions_are_what_the_protocols_want(void **state)
{
	char bytes[PORT_QUESTION_ROOM];
	size_t length;

	(void)state;
	assert_int_equal(ask(PORT_UNRECOGNISED, 0, bytes), 0);
	length = ask(PORT_NTP, 0, bytes);
	assert_int_equal(length, 48);
	assert_int_equal(bytes[0], 0x23);
	assert_memory_equal(bytes + 40, "\x11\x22\x33\x44\x55\x66\x77\x88", 8);
	length = ask(PORT_DNS, 0, bytes);
	assert_int_equal(length, 17);
	assert_memory_equal(bytes, "\x77\x88\0\0\0\1\0\0\0\0\0\0\0\0\2\0\1", 17);
	length = ask(PORT_TFTP, 0, bytes);
	assert_memory_equal(bytes, "\0\1ucposture-1122334455667788\0octet", length);
	length = ask(PORT_SIP, 0, bytes);
	assert_memory_equal(bytes, "OPTIONS sip:10.0.0.5:5060 SIP/2.0\r\n", 35);
	assert_memory_equal(bytes + length - 4, "\r\n\r\n", 4);
}

static void an_snmp_question_says_its_own_length(void **state)
{
	char bytes[PORT_QUESTION_ROOM];

	(void)state;
	for (unsigned attempt = 0; attempt < 3; attempt++) {
		size_t length = ask(PORT_SNMP, attempt, bytes);

		assert_int_equal(bytes[0], 0x30);
		assert_int_equal(bytes[1], length - 2);
		assert_int_equal(bytes[4], attempt == 1 ? 1 : 3);
	}
}

static void a_zone_is_not_told_to_the_peer(void **state)
{
	struct port_question question = question_of(PORT_SIP);
	char bytes[PORT_QUESTION_ROOM + 1] = { 0 };
	struct writer out;

	(void)state;
	assert_true(address_parse("fe80::1%7", &question.to));
	writer_init(&out, bytes, PORT_QUESTION_ROOM);
	port_wire_ask(&out, &question, 0);
	assert_null(strchr(bytes, '%'));
	assert_non_null(strstr(bytes, "sip:[fe80::1]:"));
}

static void a_transfer_that_began_is_ended(void **state)
{
	struct port_question question = question_of(PORT_TFTP);
	char bytes[64];
	struct writer out;
	struct reader in;

	(void)state;
	writer_init(&out, bytes, sizeof bytes);
	reader_init(&in, "\0\3\0\1abc", 7);
	assert_true(port_wire_farewell(&in, &question, &out));
	assert_memory_equal(bytes, "\0\5\0\0", 4);
	assert_int_equal(bytes[out.length - 1], 0);
	reader_init(&in, "\0\5\0\1no\0", 7);
	assert_false(port_wire_farewell(&in, &question, &out));
	reader_init(&in, "\0", 1);
	assert_false(port_wire_farewell(&in, &question, &out));
	question = question_of(PORT_DNS);
	reader_init(&in, "\0\3\0\1abc", 7);
	assert_false(port_wire_farewell(&in, &question, &out));
}

static void ports_are_asked_in_their_usual_protocol(void **state)
{
	(void)state;
	assert_int_equal(port_wire_usual(53), PORT_DNS);
	assert_int_equal(port_wire_usual(69), PORT_TFTP);
	assert_int_equal(port_wire_usual(123), PORT_NTP);
	assert_int_equal(port_wire_usual(161), PORT_SNMP);
	assert_int_equal(port_wire_usual(5060), PORT_SIP);
	assert_int_equal(port_wire_usual(5062), PORT_SIP);
	assert_int_equal(port_wire_usual(5100), PORT_SIP);
	assert_int_equal(port_wire_usual(5061), PORT_UNRECOGNISED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_protocol_is_recognised),
		cmocka_unit_test(a_reply_cut_short_is_not_recognised),
		cmocka_unit_test(a_reply_changed_anywhere_is_never_taken_for_another_protocol),
		cmocka_unit_test(somebody_elses_reply_is_not_recognised),
		cmocka_unit_test(a_reply_to_another_protocol_is_not_recognised),
		cmocka_unit_test(questions_are_what_the_protocols_want),
		cmocka_unit_test(an_snmp_question_says_its_own_length),
		cmocka_unit_test(a_zone_is_not_told_to_the_peer),
		cmocka_unit_test(a_transfer_that_began_is_ended),
		cmocka_unit_test(ports_are_asked_in_their_usual_protocol),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
