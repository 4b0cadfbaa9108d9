/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/flight_scene.h"

enum { RSA_SUITE = 0x002f, GCM_SUITE = 0xc02f, SUITE_OF_1_3 = 0x1301, BODY_ROOM = 8192 };

/* Of a hello without a session; at the length of the session, and behind it. */
enum { AT_SESSION = 2 + TLS_RANDOM_BYTES, AT_COMPRESSION = AT_SESSION + 3 };

struct body {
	uint8_t bytes[BODY_ROOM];
	size_t length;
};

/* Extensions as they are; none at all when there are none. */
static struct body body_of(uint16_t version, uint16_t suite, const void *extensions, size_t length)
{
	struct body body;
	struct writer out;

	writer_init(&out, body.bytes, sizeof body.bytes);
	put_server_hello(&out, version, suite, length ? extensions : NULL, length);
	assert_true(writer_ok(&out));
	body.length = out.length - 4;
	memmove(body.bytes, body.bytes + 4, body.length);
	return body;
}

static bool read_body(const struct body *body, struct tls_server_hello *hello)
{
	uint8_t *copy = malloc(body->length + 1);
	struct reader in;

	memcpy(copy + 1, body->bytes, body->length);
	reader_init(&in, copy + 1, body->length);
	bool sound = tls_read_server_hello(in, hello);
	free(copy);
	return sound;
}

static bool is_sound(uint16_t version, uint16_t suite, const void *extensions, size_t length)
{
	struct body body = body_of(version, suite, extensions, length);
	struct tls_server_hello hello;

	return read_body(&body, &hello);
}

#define VERSION_1_3 "\0\x2b\0\2\3\4"
#define SHARE "\0\x33\0\x8\0\x1d\0\4abcd"
#define is_sound_with(version, suite, extensions)                                             \
	is_sound(version, suite, extensions, sizeof extensions - 1)

static void a_suite_belongs_to_its_version(void **state)
{
	(void)state;
	assert_true(is_sound(0x0300, RSA_SUITE, NULL, 0));
	assert_true(is_sound(0x0303, RSA_SUITE, NULL, 0));
	assert_true(is_sound(0x0303, GCM_SUITE, NULL, 0));
	assert_false(is_sound(0x0302, GCM_SUITE, NULL, 0));
	assert_false(is_sound(0x0303, SUITE_OF_1_3, NULL, 0));
	assert_true(is_sound_with(0x0303, SUITE_OF_1_3, VERSION_1_3 SHARE));
	assert_false(is_sound_with(0x0303, GCM_SUITE, VERSION_1_3 SHARE));
	/* What nobody knows may belong anywhere. */
	assert_true(is_sound(0x0301, 0xfafa, NULL, 0));
	assert_true(is_sound_with(0x0303, 0xfafa, VERSION_1_3 SHARE));
}

static void versions_that_are_none_are_malformed(void **state)
{
	(void)state;
	assert_false(is_sound(0x0002, RSA_SUITE, NULL, 0));
	assert_false(is_sound(0x0200, RSA_SUITE, NULL, 0));
	assert_false(is_sound(0x0304, RSA_SUITE, NULL, 0));
	assert_false(is_sound(0x0304, SUITE_OF_1_3, NULL, 0));
	assert_false(is_sound_with(0x0304, SUITE_OF_1_3, VERSION_1_3 SHARE));
	assert_false(is_sound_with(0x0302, SUITE_OF_1_3, VERSION_1_3 SHARE));
	/* The extension only ever says 1.3. */
	assert_false(is_sound_with(0x0303, RSA_SUITE, "\0\x2b\0\2\3\3"));
	assert_false(is_sound_with(0x0303, RSA_SUITE, "\0\x2b\0\3\3\4\0"));
}

static void a_hello_of_1_3_has_a_share_and_says_nothing_else(void **state)
{
	struct body compressed = body_of(0x0303, SUITE_OF_1_3, VERSION_1_3 SHARE, 18);
	struct tls_server_hello hello;

	(void)state;
	assert_true(read_body(&compressed, &hello));
	assert_int_equal(hello.version, TLS_VERSION_1_3);
	assert_int_equal(hello.group, 29);
	assert_int_equal(hello.share.group, 29);
	assert_int_equal(hello.share.length, 4);
	assert_memory_equal(hello.share.bytes, "abcd", 4);
	compressed.bytes[AT_COMPRESSION] = 1;
	assert_false(read_body(&compressed, &hello));
	assert_false(is_sound_with(0x0303, SUITE_OF_1_3, VERSION_1_3));
	assert_false(is_sound_with(0x0303, SUITE_OF_1_3, VERSION_1_3 "\0\x33\0\4\0\x1d\0\0"));
	assert_false(is_sound_with(0x0303, SUITE_OF_1_3, VERSION_1_3 "\0\x33\0\5\0\0\0\1x"));
	assert_false(is_sound_with(0x0303, SUITE_OF_1_3, VERSION_1_3 "\0\x33\0\2\0\x1d"));
	assert_false(is_sound_with(0x0303, SUITE_OF_1_3, VERSION_1_3 SHARE "\xff\1\0\1\0"));
	assert_false(is_sound_with(0x0303, SUITE_OF_1_3, VERSION_1_3 SHARE "\0\5\0\0"));
	assert_false(is_sound_with(0x0303, SUITE_OF_1_3,
				   VERSION_1_3 SHARE "\0\x10\0\5\0\3\2h2"));
}

/* As of a group that is a key of post-quantum kind. */
static void of_a_share_too_long_the_group_is_known(void **state)
{
	uint8_t extensions[2000] = VERSION_1_3 "\0\x33\4\x64\x11\xec\4\x60";
	struct body body = body_of(0x0303, SUITE_OF_1_3, extensions, 6 + 8 + 1120);
	struct tls_server_hello hello;

	(void)state;
	assert_true(read_body(&body, &hello));
	assert_int_equal(hello.group, 4588);
	assert_int_equal(hello.share.length, 0);
}

static void below_1_3_a_share_means_nothing(void **state)
{
	struct body body = body_of(0x0303, RSA_SUITE, SHARE, 12);
	struct tls_server_hello hello;

	(void)state;
	assert_true(read_body(&body, &hello));
	assert_int_equal(hello.group, 0);
	assert_int_equal(hello.share.length, 0);
}

static void extensions_say_what_they_may(void **state)
{
	(void)state;
	assert_true(is_sound_with(0x0303, RSA_SUITE, "\xff\1\0\1\0"));
	assert_false(is_sound_with(0x0303, RSA_SUITE, "\xff\1\0\0"));
	assert_false(is_sound_with(0x0303, RSA_SUITE, "\xff\1\0\1\1"));
	assert_false(is_sound_with(0x0303, RSA_SUITE, "\xff\1\0\2\1x"));
	assert_true(is_sound_with(0x0303, RSA_SUITE, "\0\5\0\0"));
	assert_false(is_sound_with(0x0303, RSA_SUITE, "\0\5\0\1\0"));
	assert_true(is_sound_with(0x0303, RSA_SUITE, "\0\x17\0\0\0\x0f\0\1\1\xab\xcd\0\0"));
	/* Twice, or cut short. */
	assert_false(is_sound_with(0x0303, RSA_SUITE, "\0\x17\0\0\0\x17\0\0"));
	assert_false(is_sound_with(0x0303, RSA_SUITE, "\0\x17\0\1"));
	assert_false(is_sound_with(0x0303, RSA_SUITE, "\0\x17\0"));
}

static void a_protocol_is_one_word(void **state)
{
	static const char too_long[] =
		"\0\x10\0\x23\0\x21\x20" "12345678901234567890123456789012";
	struct body body = body_of(0x0303, RSA_SUITE, "\0\x10\0\5\0\3\2h2", 9);
	struct tls_server_hello hello;

	(void)state;
	assert_true(read_body(&body, &hello));
	assert_string_equal(hello.alpn, "h2");
	assert_false(is_sound_with(0x0303, RSA_SUITE, "\0\x10\0\2\0\0"));
	assert_false(is_sound_with(0x0303, RSA_SUITE, "\0\x10\0\3\0\1\0"));
	assert_false(is_sound_with(0x0303, RSA_SUITE, "\0\x10\0\6\0\4\1a\1b"));
	assert_false(is_sound_with(0x0303, RSA_SUITE, "\0\x10\0\5\0\3\2h\0"));
	assert_false(is_sound_with(0x0303, RSA_SUITE, "\0\x10\0\5\0\3\2h\n"));
	assert_false(is_sound(0x0303, RSA_SUITE, too_long, sizeof too_long - 1));
}

static void a_hello_ends_where_it_says(void **state)
{
	struct body body = body_of(0x0303, RSA_SUITE, "\0\x17\0\0", 4);
	struct tls_server_hello hello;

	(void)state;
	for (size_t whole = body.length; body.length > 0;) {
		body.length--;
		bool without_extensions = body.length == AT_COMPRESSION + 1;

		assert_true(body.length < whole);
		assert_int_equal(read_body(&body, &hello), without_extensions);
	}
	body = body_of(0x0303, RSA_SUITE, "\0\x17\0\0", 4);
	body.bytes[body.length++] = 0;
	assert_false(read_body(&body, &hello));
}

static void a_session_is_of_32_bytes_at_most(void **state)
{
	struct body body = body_of(0x0303, RSA_SUITE, NULL, 0);
	struct tls_server_hello hello;

	(void)state;
	for (size_t length = 0; length <= 40; length++) {
		struct body longer = body;

		longer.bytes[AT_SESSION] = (uint8_t)length;
		memset(longer.bytes + AT_SESSION + 1, 0xaa, length);
		memcpy(longer.bytes + AT_SESSION + 1 + length, body.bytes + AT_SESSION + 1, 3);
		longer.length += length;
		assert_int_equal(read_body(&longer, &hello), length <= 32);
		if (length <= 32)
			assert_int_equal(hello.suite, RSA_SUITE);
	}
}

static bool read_prime(const char *bytes, size_t length, uint16_t *bits)
{
	const struct tls_suite *suite = tls_suite_of(0x009e);
	struct reader in;
	uint16_t group;

	reader_init(&in, bytes, length);
	return tls_read_key_exchange(in, suite, &group, bits) && group == 0;
}

static void a_prime_is_as_long_as_its_highest_bit(void **state)
{
	static char huge[2 + 8192 + 6] = "\x20\0";
	uint16_t bits;

	(void)state;
	assert_true(read_prime("\0\1\1\0\1\2\0\1\3", 9, &bits));
	assert_int_equal(bits, 1);
	assert_true(read_prime("\0\2\x80\0\0\1\2\0\1\3", 10, &bits));
	assert_int_equal(bits, 16);
	assert_true(read_prime("\0\3\0\1\0\0\1\2\0\1\3", 11, &bits));
	assert_int_equal(bits, 9);
	assert_false(read_prime("\0\1\0\0\1\2\0\1\3", 9, &bits));
	assert_false(read_prime("\0\0\0\1\2\0\1\3", 8, &bits));
	assert_false(read_prime("\0\1\1\0\0\0\1\3", 8, &bits));
	assert_false(read_prime("\0\1\1\0\1\2\0\0", 8, &bits));
	assert_false(read_prime("\0\1\1\0\1\2\0\2\3", 9, &bits));
	memset(huge + 2, 0xff, 8192);
	memcpy(huge + 2 + 8192, "\0\1\2\0\1\3", 6);
	assert_false(read_prime(huge, sizeof huge, &bits));
	huge[2] = 0x7f;
	assert_true(read_prime(huge, sizeof huge, &bits));
	assert_int_equal(bits, UINT16_MAX);
}

static void a_status_is_one_response_of_ocsp(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		bool sound;
		size_t response;
	} cases[] = {
		{ "\1\0\0\2ok", 6, true, 2 }, { "\1\0\0\0", 4, true, 0 },
		{ "\2\0\0\2ok", 6, false, 0 }, { "\1\0\0\2okay", 8, false, 0 },
		{ "\1\0\0\3ok", 6, false, 0 }, { "", 0, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct reader in, response;

		reader_init(&in, cases[i].bytes, cases[i].length);
		assert_int_equal(tls_read_status(in, &response), cases[i].sound);
		if (cases[i].sound)
			assert_int_equal(reader_left(&response), cases[i].response);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_suite_belongs_to_its_version),
		cmocka_unit_test(versions_that_are_none_are_malformed),
		cmocka_unit_test(a_hello_of_1_3_has_a_share_and_says_nothing_else),
		cmocka_unit_test(of_a_share_too_long_the_group_is_known),
		cmocka_unit_test(below_1_3_a_share_means_nothing),
		cmocka_unit_test(extensions_say_what_they_may),
		cmocka_unit_test(a_protocol_is_one_word),
		cmocka_unit_test(a_hello_ends_where_it_says),
		cmocka_unit_test(a_session_is_of_32_bytes_at_most),
		cmocka_unit_test(a_prime_is_as_long_as_its_highest_bit),
		cmocka_unit_test(a_status_is_one_response_of_ocsp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
