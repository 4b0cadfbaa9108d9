/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "tests/unit/openssl_server.h"

static const uint16_t suites[] = { 0xc02f, 0xc013, 0x009e, 0x002f };
static const uint16_t suites_1_3[] = { 0x1301, 0x1302 };
static const uint16_t groups[] = { 29, 23, 24 };
static const char *const protocols[] = { "h2", "http/1.1", NULL };

static struct tls_offer offer_of(uint16_t version)
{
	struct tls_offer offer = { .version = version, .suites = suites, .groups = groups };

	offer.suite_count = sizeof suites / sizeof *suites;
	offer.group_count = sizeof groups / sizeof *groups;
	if (version == TLS_VERSION_1_3) {
		offer.suites = suites_1_3;
		offer.suite_count = sizeof suites_1_3 / sizeof *suites_1_3;
	}
	for (size_t i = 0; i < TLS_RANDOM_BYTES; i++) {
		offer.random[i] = (uint8_t)i;
		offer.session[i] = (uint8_t)(0x80 + i);
	}
	return offer;
}

static bool offers_suite(const struct hello *hello, unsigned suite)
{
	for (size_t i = 0; i < hello->suite_count; i++)
		if (number(hello->suites + 2 * i, 2) == suite)
			return true;
	return false;
}

static void a_hello_of_sslv3_has_no_extensions(void **state)
{
	static const char golden[] =
		"\1\0\0\x31\3\0\0\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf"
		"\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"
		"\0\0\xa\xc0\x2f\xc0\x13\0\x9e\0\x2f\0\xff\1\0";
	struct tls_offer offer = offer_of(TLS_VERSION_SSL3);
	struct hello hello;

	(void)state;
	offer.name = "pbx.example";
	say(&hello, &offer);
	assert_int_equal(hello.length, sizeof golden - 1);
	assert_memory_equal(hello.bytes, golden, sizeof golden - 1);
	assert_false(hello.has_extensions);
	assert_int_equal(hello.session_length, 0);
}

static void a_bare_hello_signals_renegotiation_by_a_suite(void **state)
{
	struct tls_offer offer = offer_of(TLS_VERSION_1_0);
	struct hello hello;

	(void)state;
	offer.bare = true;
	say(&hello, &offer);
	assert_false(hello.has_extensions);
	assert_true(offers_suite(&hello, 0x00ff));
	offer.bare = false;
	say(&hello, &offer);
	assert_false(offers_suite(&hello, 0x00ff));
	assert_extension_is(&hello, 0xff01, "\0");
}

static void a_hello_below_1_3_names_its_version_and_what_it_can(void **state)
{
	struct tls_offer offer = offer_of(TLS_VERSION_1_2);
	struct hello hello;

	(void)state;
	offer.name = "pbx.example.";
	offer.alpn = protocols;
	offer.staple = true;
	say(&hello, &offer);
	assert_int_equal(hello.version, 0x0303);
	assert_memory_equal(hello.random, offer.random, TLS_RANDOM_BYTES);
	assert_int_equal(hello.session_length, 0);
	assert_int_equal(hello.suite_count, 4);
	assert_memory_equal(hello.suites, "\xc0\x2f\xc0\x13\0\x9e\0\x2f", 8);
	assert_int_equal(hello.compression_count, 1);
	assert_int_equal(hello.compressions[0], 0);
	assert_extension_is(&hello, 0, "\0\xe\0\0\xbpbx.example");
	assert_extension_is(&hello, 5, "\1\0\0\0\0");
	assert_extension_is(&hello, 10, "\0\6\0\x1d\0\x17\0\x18");
	assert_extension_is(&hello, 11, "\1\0");
	assert_extension_is(&hello, 16, "\0\xc\2h2\x8http/1.1");
	assert_extension_is(&hello, 23, "");
	assert_true(has(&hello, 13));
	assert_false(has(&hello, 35));		/* tickets */
	assert_false(has(&hello, 43));
	assert_false(has(&hello, 51));
}

static void signature_algorithms_are_of_1_2_and_later(void **state)
{
	struct tls_offer offer = offer_of(TLS_VERSION_1_1);
	struct hello hello;

	(void)state;
	say(&hello, &offer);
	assert_int_equal(hello.version, 0x0302);
	assert_false(has(&hello, 13));
	offer.version = TLS_VERSION_1_2;
	say(&hello, &offer);
	for (size_t i = 0; i < hello.extension_count; i++) {
		if (hello.extensions[i].type != 13)
			continue;
		const uint8_t *list = hello.extensions[i].bytes;
		size_t length = number(list, 2);

		assert_int_equal(length, hello.extensions[i].length - 2);
		/* RSA with SHA-256 and with MD5, the first and the last resort. */
		assert_non_null(memmem(list + 2, length, "\4\1", 2));
		assert_memory_equal(list + length, "\1\1", 2);
	}
}

static void a_hello_of_1_3_offers_1_3_alone(void **state)
{
	struct tls_offer offer = offer_of(TLS_VERSION_1_3);
	struct hello hello;

	(void)state;
	offer.bare = offer.compression = true;
	say(&hello, &offer);
	assert_int_equal(hello.version, 0x0303);
	assert_int_equal(hello.session_length, TLS_RANDOM_BYTES);
	assert_memory_equal(hello.session, offer.session, TLS_RANDOM_BYTES);
	assert_int_equal(hello.compression_count, 1);
	assert_int_equal(hello.suite_count, 2);
	assert_extension_is(&hello, 43, "\2\3\4");
	assert_extension_is(&hello, 45, "\1\1");
	assert_extension_is(&hello, 51, "\0\0");
	assert_true(has(&hello, 10));
	assert_true(has(&hello, 13));
	assert_false(has(&hello, 0));
	assert_false(has(&hello, 11));
	assert_false(has(&hello, 23));
	assert_false(has(&hello, 44));
	assert_false(has(&hello, 0xff01));
}

static void a_share_and_a_cookie_are_sent_as_they_are(void **state)
{
	struct tls_offer offer = offer_of(TLS_VERSION_1_3);
	struct tls_key_share share = { .group = 29, .length = 4, .bytes = "ours" };
	struct hello hello;

	(void)state;
	offer.share = &share;
	offer.cookie = (const uint8_t *)"biscuit";
	offer.cookie_length = 7;
	say(&hello, &offer);
	assert_extension_is(&hello, 51, "\0\x8\0\x1d\0\4ours");
	assert_extension_is(&hello, 44, "\0\7biscuit");
}

static void an_address_is_no_server_name(void **state)
{
	static const char *const none[] = { NULL, "", ".", "192.0.2.1", "2001:db8::1", "::1" };
	struct tls_offer offer = offer_of(TLS_VERSION_1_2);
	char longest[300];
	struct hello hello;

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		offer.name = none[i];
		say(&hello, &offer);
		assert_false(has(&hello, 0));
	}
	memset(longest, 'a', sizeof longest);
	longest[254] = 0;
	offer.name = longest;
	say(&hello, &offer);
	assert_false(has(&hello, 0));
	longest[253] = 0;
	say(&hello, &offer);
	assert_true(has(&hello, 0));
}

static void what_is_not_asked_for_is_left_out(void **state)
{
	static const char *const nothing[] = { NULL };
	struct tls_offer offer = offer_of(TLS_VERSION_1_2);
	struct hello hello;

	(void)state;
	offer.group_count = 0;
	offer.alpn = nothing;
	say(&hello, &offer);
	assert_false(has(&hello, 5));
	assert_false(has(&hello, 10));
	assert_false(has(&hello, 11));
	assert_false(has(&hello, 16));
}

static void compression_and_fallback_are_offered_on_demand(void **state)
{
	struct tls_offer offer = offer_of(TLS_VERSION_1_1);
	struct hello hello;

	(void)state;
	offer.compression = offer.fallback = true;
	say(&hello, &offer);
	assert_int_equal(hello.compression_count, 2);
	assert_memory_equal(hello.compressions, "\1\0", 2);
	assert_true(offers_suite(&hello, 0x5600));
}

/* Some servers hang on some lengths, and on an empty extension at the end. */
static void no_hello_has_a_length_or_an_end_that_servers_stumble_over(void **state)
{
	static const uint16_t versions[] = { TLS_VERSION_1_0, TLS_VERSION_1_1, TLS_VERSION_1_2,
					     TLS_VERSION_1_3 };
	uint16_t many[400];
	struct hello hello;

	(void)state;
	for (size_t i = 0; i < 400; i++)
		many[i] = (uint16_t)(0x1300 + i);
	for (size_t round = 0; round < 4 * 400; round++) {
		struct tls_offer offer = offer_of(versions[round % 4]);
		char name[] = "pbx.example";

		name[round % 2 ? 11 : 10] = 0;
		offer.name = name;
		offer.suites = many;
		offer.suite_count = round / 4 + 1;
		if (offer.suite_count % 3 == 0)
			offer.group_count = 0;
		say(&hello, &offer);
		assert_false(hello.length >= 256 && hello.length < 512);
		if (hello.length > 512) {
			assert_int_not_equal(hello.length % 256, 10);
			assert_int_not_equal(hello.length % 256, 14);
			assert_int_not_equal(hello.length % 256, 18);
		}
		assert_true(hello.extensions[hello.extension_count - 1].length > 0);
	}
}

static void a_buffer_too_small_fails_and_nothing_worse(void **state)
{
	struct tls_offer offer = offer_of(TLS_VERSION_1_3);
	uint8_t room[600];
	struct writer out;
	struct hello hello;

	(void)state;
	offer.name = "pbx.example";
	say(&hello, &offer);
	for (size_t size = 0; size < hello.length; size++) {
		uint8_t *exact = malloc(size + 1);

		writer_init(&out, exact + 1, size);
		tls_put_hello(&out, &offer);
		assert_false(writer_ok(&out));
		free(exact);
	}
	writer_init(&out, room, hello.length);
	tls_put_hello(&out, &offer);
	assert_true(writer_ok(&out));
}

static void a_long_message_goes_in_several_records(void **state)
{
	static uint8_t message[40000], bytes[40100];
	struct writer out;

	(void)state;
	for (size_t i = 0; i < sizeof message; i++)
		message[i] = (uint8_t)(i * 7);
	writer_init(&out, bytes, sizeof bytes);
	tls_put_records(&out, TLS_VERSION_1_0, message, sizeof message);
	assert_int_equal(out.length, sizeof message + 3 * 5);
	assert_memory_equal(bytes, "\x16\3\1\x40\0", 5);
	assert_memory_equal(bytes + 5, message, 16384);
	assert_memory_equal(bytes + 16389, "\x16\3\1\x40\0", 5);
	assert_memory_equal(bytes + 2 * 16389, "\x16\3\1\x1c\x40", 5);
	assert_memory_equal(bytes + 2 * 16389 + 5, message + 32768, 7232);
}

static void the_first_record_says_1_0_but_for_sslv3(void **state)
{
	(void)state;
	assert_int_equal(tls_record_version(TLS_VERSION_SSL3), 0x0300);
	assert_int_equal(tls_record_version(TLS_VERSION_1_0), 0x0301);
	assert_int_equal(tls_record_version(TLS_VERSION_1_2), 0x0301);
	assert_int_equal(tls_record_version(TLS_VERSION_1_3), 0x0301);
}

static void every_group_that_can_be_offered_has_a_name_of_its_own(void **state)
{
	size_t count;
	const uint16_t *all = tls_groups(&count);

	(void)state;
	assert_int_equal(count, 55);
	assert_string_equal(tls_group_name(all[0]), "x25519");
	for (size_t i = 0; i < count; i++) {
		assert_non_null(tls_group_name(all[i]));
		for (size_t j = 0; j < i; j++) {
			assert_int_not_equal(all[i], all[j]);
			assert_string_not_equal(tls_group_name(all[i]), tls_group_name(all[j]));
		}
	}
	assert_string_equal(tls_group_name(23), "secp256r1");
	assert_string_equal(tls_group_name(4588), "X25519MLKEM768");
	assert_string_equal(tls_group_name(0x0104), "ffdhe8192");
	assert_null(tls_group_name(0));
	assert_null(tls_group_name(0x0a0a));
}

static void versions_have_words(void **state)
{
	(void)state;
	assert_string_equal(tls_version_word(TLS_VERSION_SSL3), "SSLv3");
	assert_string_equal(tls_version_word(TLS_VERSION_1_3), "TLS1.3");
	assert_null(tls_version_word(0x0305));
	assert_null(tls_version_word(0x0002));
}

static void ask_openssl(SSL_CTX *context, const struct tls_offer *offer, uint8_t *reply, int room)
{
	SSL *server = server_open(context);
	struct hello hello;

	say(&hello, offer);
	server_hear(server, &hello, offer->version, reply, room);
	SSL_free(server);
}

static void openssl_answers_with_the_version_asked_for(void **state)
{
	static const uint16_t versions[] = { TLS_VERSION_1_0, TLS_VERSION_1_1, TLS_VERSION_1_2 };
	SSL_CTX *context = server_new();
	uint8_t reply[16384];

	(void)state;
	for (size_t i = 0; i < 3 * 4; i++) {
		struct tls_offer offer = offer_of(versions[i % 3]);

		offer.bare = i / 3 == 1;
		offer.name = i / 3 == 2 ? "pbx.example" : NULL;
		offer.staple = offer.compression = i / 3 == 3;
		ask_openssl(context, &offer, reply, sizeof reply);
		assert_int_equal(reply[0], 22);
		assert_int_equal(reply[5], 2);
		assert_int_equal(number(reply + 9, 2), versions[i % 3]);
	}
	SSL_CTX_free(context);
}

static void openssl_answers_1_3_with_a_retry_or_a_hello(void **state)
{
	struct tls_offer offer = offer_of(TLS_VERSION_1_3);
	struct tls_key_share share = { .group = 29, .length = 32, .bytes = { 9 } };
	SSL_CTX *context = server_new();
	uint8_t reply[16384];

	(void)state;
	for (int i = 0; i < 2; i++) {
		ask_openssl(context, &offer, reply, sizeof reply);
		assert_int_equal(reply[0], 22);
		assert_int_equal(reply[5], 2);
		assert_non_null(memmem(reply, number(reply + 3, 2), "\0\x2b\0\2\3\4", 6));
		/* The random of a HelloRetryRequest, RFC 8446 4.1.3. */
		assert_int_equal(memcmp(reply + 11, "\xcf\x21\xad\x74", 4) == 0, i == 0);
		offer.share = &share;
	}
	SSL_CTX_free(context);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hello_of_sslv3_has_no_extensions),
		cmocka_unit_test(a_bare_hello_signals_renegotiation_by_a_suite),
		cmocka_unit_test(a_hello_below_1_3_names_its_version_and_what_it_can),
		cmocka_unit_test(signature_algorithms_are_of_1_2_and_later),
		cmocka_unit_test(a_hello_of_1_3_offers_1_3_alone),
		cmocka_unit_test(a_share_and_a_cookie_are_sent_as_they_are),
		cmocka_unit_test(an_address_is_no_server_name),
		cmocka_unit_test(what_is_not_asked_for_is_left_out),
		cmocka_unit_test(compression_and_fallback_are_offered_on_demand),
		cmocka_unit_test(no_hello_has_a_length_or_an_end_that_servers_stumble_over),
		cmocka_unit_test(a_buffer_too_small_fails_and_nothing_worse),
		cmocka_unit_test(a_long_message_goes_in_several_records),
		cmocka_unit_test(the_first_record_says_1_0_but_for_sslv3),
		cmocka_unit_test(every_group_that_can_be_offered_has_a_name_of_its_own),
		cmocka_unit_test(versions_have_words),
		cmocka_unit_test(openssl_answers_with_the_version_asked_for),
		cmocka_unit_test(openssl_answers_1_3_with_a_retry_or_a_hello),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
