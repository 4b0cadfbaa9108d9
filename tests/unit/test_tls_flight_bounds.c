/* SPDX-License-Identifier: Apache-2.0
 *
 * Flights of 1.3, which OpenSSL says; and those that are too long, or in too many pieces.
 */
#include <time.h>

#include "collectors/tls/tls_secrets.h"
#include "tests/unit/flight_scene.h"
#include "tests/unit/openssl_server.h"

enum { REPLY_ROOM = 65536, RSA_SUITE = 0x002f };

static const uint16_t suites_1_3[] = { 0x1301 };
static const uint16_t suites_1_2[] = { 0xc02f, 0x009e };
static const uint16_t groups[] = { 29, 23 };
static const char *const protocols[] = { "h2", NULL };

struct scene {
	struct tls_keys *keys;
	SSL_CTX *context;
	struct writer said;
	struct tls_flight flight;
	struct tls_secrets *secrets;
	struct hello hello;
	uint8_t reply[REPLY_ROOM];
	size_t length;
};

static int choose_protocol(SSL *server, const unsigned char **out, unsigned char *length,
			   const unsigned char *in, unsigned in_length, void *arg)
{
	(void)server;
	(void)arg;
	return SSL_select_next_proto((unsigned char **)out, length,
				     (const unsigned char *)"\2h2", 3, in, in_length) ==
			       OPENSSL_NPN_NEGOTIATED
		       ? SSL_TLSEXT_ERR_OK
		       : SSL_TLSEXT_ERR_NOACK;
}

static int staple(SSL *server, void *arg)
{
	(void)arg;
	SSL_set_tlsext_status_ocsp_resp(server, OPENSSL_memdup("response", 8), 8);
	return SSL_TLSEXT_ERR_OK;
}

static int set_up(void **state)
{
	struct scene *scene = test_calloc(1, sizeof *scene);

	scene->keys = tls_keys_new();
	scene->context = server_new();
	SSL_CTX_set_alpn_select_cb(scene->context, choose_protocol, NULL);
	SSL_CTX_set_tlsext_status_cb(scene->context, staple);
	SSL_CTX_set_verify(scene->context, SSL_VERIFY_PEER, NULL);
	writer_grow_up_to(&scene->said, 1 << 25);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	tls_flight_free(&scene->flight);
	tls_secrets_free(scene->secrets);
	tls_keys_free(scene->keys);
	SSL_CTX_free(scene->context);
	writer_free(&scene->said);
	test_free(scene);
	return 0;
}

static struct tls_offer offer_of(uint16_t version)
{
	bool is_1_3 = version == TLS_VERSION_1_3;
	struct tls_offer offer = { .version = version, .groups = groups, .group_count = 2,
				   .suites = is_1_3 ? suites_1_3 : suites_1_2,
				   .suite_count = is_1_3 ? 1 : 2, .staple = true,
				   .alpn = protocols };

	return offer;
}

/* What OpenSSL answers to the offer. */
static void ask(struct scene *scene, const struct tls_offer *offer)
{
	SSL *server = server_open(scene->context);

	say(&scene->hello, offer);
	scene->length = server_hear(server, &scene->hello, offer->version, scene->reply,
				    sizeof scene->reply);
	SSL_free(server);
}

/* With a share for `group`; 0: none. */
static void ask_1_3(struct scene *scene, uint16_t group)
{
	struct tls_offer offer = offer_of(TLS_VERSION_1_3);
	struct tls_key_share share = { .group = 0 };

	if (group)
		assert_true(tls_keys_share(scene->keys, group, &share));
	offer.share = &share;
	ask(scene, &offer);
}

static enum turn hear_with_secrets(struct scene *scene, enum tls_until until, size_t length,
				   size_t portion)
{
	tls_flight_free(&scene->flight);
	tls_secrets_free(scene->secrets);
	scene->secrets = tls_secrets_new(scene->keys);
	tls_secrets_add_message(scene->secrets, scene->hello.bytes, scene->hello.length);
	tls_flight_init(&scene->flight, until, scene->secrets);
	return hear(&scene->flight, scene->reply, length, portion);
}

static enum turn hear_blindly(struct scene *scene, enum tls_until until)
{
	tls_flight_free(&scene->flight);
	tls_flight_init(&scene->flight, until, NULL);
	return hear(&scene->flight, scene->reply, scene->length, SIZE_MAX);
}

static void an_encrypted_flight_is_read_as_far_as_wanted(void **state)
{
	struct scene *scene = *state;
	struct tls_flight *flight = &scene->flight;

	ask_1_3(scene, 29);
	for (enum tls_until until = TLS_UNTIL_HELLO; until <= TLS_UNTIL_DONE; until++) {
		bool read_on = until >= TLS_UNTIL_CERTIFICATE;

		for (size_t portion = 1; portion < 8192; portion = portion * 3 + 1) {
			assert_int_equal(hear_with_secrets(scene, until, scene->length, portion),
					 TURN_CONCLUDED);
			assert_true(flight->complete);
			assert_int_equal(flight->said, TLS_SAID_HELLO);
			assert_int_equal(flight->version, TLS_VERSION_1_3);
			assert_int_equal(flight->suite, 0x1301);
			assert_int_equal(flight->group, 29);
			assert_int_equal(flight->share.length, 32);
			assert_int_equal(flight->chain_elements, read_on);
			assert_int_equal(flight->certificate_requested, read_on);
			assert_string_equal(flight->alpn, read_on ? "h2" : "");
			assert_int_equal(flight->staple.length, read_on ? 8 : 0);
		}
	}
	assert_memory_equal(flight->staple.bytes, "response", 8);
}

static void without_secrets_a_hello_of_1_3_is_all(void **state)
{
	struct scene *scene = *state;

	ask_1_3(scene, 29);
	for (enum tls_until until = TLS_UNTIL_HELLO; until <= TLS_UNTIL_DONE; until++) {
		assert_int_equal(hear_blindly(scene, until), TURN_CONCLUDED);
		assert_true(scene->flight.complete);
		assert_int_equal(scene->flight.group, 29);
		assert_int_equal(scene->flight.chain_elements, 0);
	}
}

static void an_encrypted_flight_cut_anywhere_is_not_complete(void **state)
{
	struct scene *scene = *state;

	ask_1_3(scene, 29);
	for (size_t length = 0; length < scene->length; length++) {
		enum turn turn = hear_with_secrets(scene, TLS_UNTIL_DONE, length, SIZE_MAX);

		assert_true(turn == TURN_NEED_MORE || turn == TURN_GO_ON);
		assert_false(scene->flight.complete);
	}
}

/* Which minor version the head of a record says is nobody's concern. */
static bool is_minor_version(const struct scene *scene, size_t place)
{
	for (size_t at = 0; at <= place;) {
		if (at + 2 == place)
			return true;
		at += 5 + number(scene->reply + at + 3, 2);
	}
	return false;
}

static void a_changed_byte_of_an_encrypted_flight_is_noticed(void **state)
{
	struct scene *scene = *state;

	ask_1_3(scene, 29);
	for (size_t at = 0; at < scene->length; at++) {
		scene->reply[at] ^= 0x20;
		hear_with_secrets(scene, TLS_UNTIL_DONE, scene->length, SIZE_MAX);
		scene->reply[at] ^= 0x20;
		assert_int_equal(scene->flight.complete, is_minor_version(scene, at));
	}
}

static void a_retry_names_a_group_and_is_followed(void **state)
{
	struct tls_offer offer = offer_of(TLS_VERSION_1_3);
	struct tls_key_share share;
	struct scene *scene = *state;
	struct tls_flight *flight = &scene->flight;
	SSL *server = server_open(scene->context);

	say(&scene->hello, &offer);
	scene->length = server_hear(server, &scene->hello, offer.version, scene->reply,
				    sizeof scene->reply);
	assert_int_equal(hear_blindly(scene, TLS_UNTIL_DONE), TURN_CONCLUDED);
	assert_int_equal(flight->said, TLS_SAID_RETRY);
	assert_true(flight->complete);
	assert_int_equal(flight->group, 29);
	assert_int_equal(flight->suite, 0x1301);

	assert_int_equal(hear_with_secrets(scene, TLS_UNTIL_DONE, scene->length, SIZE_MAX),
			 TURN_CONCLUDED);
	assert_int_equal(flight->said, TLS_SAID_RETRY);
	assert_false(flight->complete);
	assert_true(tls_keys_share(scene->keys, 29, &share));
	offer.share = &share;
	say(&scene->hello, &offer);
	tls_secrets_add_message(scene->secrets, scene->hello.bytes, scene->hello.length);
	scene->length = server_hear(server, &scene->hello, offer.version, scene->reply,
				    sizeof scene->reply);
	assert_int_equal(hear(flight, scene->reply, scene->length, SIZE_MAX), TURN_CONCLUDED);
	assert_int_equal(flight->said, TLS_SAID_HELLO);
	assert_int_equal(flight->chain_elements, 1);
	assert_true(flight->complete);
	SSL_free(server);
}

static void put_retry(struct writer *out, uint16_t suite, const char *extensions, size_t length)
{
	static const char random[] = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8"
				     "\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8"
				     "\x33\x9c";
	struct writer messages;

	writer_grow_up_to(&messages, 65536);
	put_server_hello(&messages, 0x0303, suite, extensions, length);
	memcpy(messages.bytes + 6, random, TLS_RANDOM_BYTES);
	put_in_records(out, &messages, 16384);
	writer_free(&messages);
}

static void a_retry_has_a_cookie_or_a_group_and_comes_once(void **state)
{
	static const char version[] = "\0\x2b\0\2\3\4",
			  cookie[] = "\0\x2b\0\2\3\4\0\x2c\0\5\0\3abc",
			  group[] = "\0\x2b\0\2\3\4\0\x33\0\2\0\x17", old[] = "\0\x33\0\2\0\x17";
	struct scene *scene = *state;
	struct writer *said = &scene->said;

	writer_clear(said);
	put_retry(said, 0x1301, version, 6);
	assert_int_equal(hear_whole(&scene->flight, TLS_UNTIL_DONE, said), TURN_MALFORMED);
	writer_clear(said);
	put_retry(said, 0x1301, old, 6);
	assert_int_equal(hear_whole(&scene->flight, TLS_UNTIL_DONE, said), TURN_MALFORMED);
	writer_clear(said);
	put_retry(said, RSA_SUITE, group, 12);
	assert_int_equal(hear_whole(&scene->flight, TLS_UNTIL_DONE, said), TURN_MALFORMED);
	assert_int_equal(scene->flight.said, TLS_SAID_NOTHING);
	writer_clear(said);
	put_retry(said, 0x1301, cookie, 15);
	assert_int_equal(hear_whole(&scene->flight, TLS_UNTIL_DONE, said), TURN_CONCLUDED);
	assert_int_equal(scene->flight.cookie.length, 3);
	assert_memory_equal(scene->flight.cookie.bytes, "abc", 3);
	assert_int_equal(hear(&scene->flight, said->bytes, said->length, 9), TURN_MALFORMED);
	tls_flight_free(&scene->flight);
	put_record(said, RECORD_ALERT, "\2\x28", 2);
	tls_flight_init(&scene->flight, TLS_UNTIL_DONE, NULL);
	hear(&scene->flight, said->bytes, said->length - 7, SIZE_MAX);
	assert_int_equal(hear(&scene->flight, said->bytes + said->length - 7, 7, 1),
			 TURN_CONCLUDED);
	assert_int_equal(scene->flight.said, TLS_SAID_RETRY);
	assert_true(scene->flight.alerted);
}

/* A flight of that chain in records of that size; heard until the certificate, in portions. */
static enum turn hear_chain(struct scene *scene, size_t elements, size_t size, size_t most)
{
	struct writer messages;

	tls_flight_free(&scene->flight);
	writer_clear(&scene->said);
	writer_grow_up_to(&messages, 1 << 25);
	put_server_hello(&messages, 0x0303, RSA_SUITE, NULL, 0);
	put_chain(&messages, elements, size);
	put_in_records(&scene->said, &messages, most);
	writer_free(&messages);
	tls_flight_init(&scene->flight, TLS_UNTIL_CERTIFICATE, NULL);
	return hear(&scene->flight, scene->said.bytes, scene->said.length, 16389);
}

static void a_chain_of_too_many_elements_is_cut(void **state)
{
	struct scene *scene = *state;
	struct tls_flight *flight = &scene->flight;

	assert_int_equal(hear_chain(scene, TLS_CHAIN_ELEMENTS_MOST, 900, 16384), TURN_CONCLUDED);
	assert_int_equal(flight->chain_elements, TLS_CHAIN_ELEMENTS_MOST);
	assert_false(flight->chain_cut);
	assert_int_equal(hear_chain(scene, 100, 900, 16384), TURN_CONCLUDED);
	assert_int_equal(flight->chain_elements, TLS_CHAIN_ELEMENTS_MOST);
	assert_true(flight->chain_cut);
	assert_true(flight->complete);
	assert_true(flight->heard_bytes < 48 << 10);
}

static void a_chain_of_too_many_bytes_is_cut(void **state)
{
	struct scene *scene = *state;
	struct tls_flight *flight = &scene->flight;

	assert_int_equal(hear_chain(scene, 15, 1 << 20, 16384), TURN_CONCLUDED);
	assert_int_equal(flight->chain_elements, 0);
	assert_true(flight->chain_cut);
	assert_true(flight->heard_bytes < 32 << 10);
	assert_int_equal(hear_chain(scene, 9, 16 << 10, 16384), TURN_CONCLUDED);
	assert_int_equal(flight->chain_elements, 7);
	assert_true(flight->chain_cut);
	assert_true(flight->chain.length <= TLS_CHAIN_BYTES_MOST);
	assert_int_equal(hear_chain(scene, 1, TLS_CHAIN_BYTES_MOST - 3, 16384), TURN_CONCLUDED);
	assert_int_equal(flight->chain_elements, 1);
	assert_false(flight->chain_cut);
}

static void lengths_of_a_chain_that_contradict_each_other_are_malformed(void **state)
{
	static const struct {
		const char *body;
		size_t length;
	} bodies[] = {
		{ "\0\0\0", 3 }, { "\0\0\1\0", 4 }, { "\0\0\3\0\0\0", 6 },
		{ "\0\0\4\0\0\2x", 7 }, { "\0\0\5\0\0\1xy", 8 },
		{ "\0\0\4\0\0\1xy", 8 }, { "", 0 }
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct writer messages;

		writer_clear(&scene->said);
		writer_grow_up_to(&messages, 4096);
		put_server_hello(&messages, 0x0303, RSA_SUITE, NULL, 0);
		put_message(&messages, TLS_MESSAGE_CERTIFICATE, bodies[i].body,
			    bodies[i].length);
		put_message(&messages, TLS_MESSAGE_HELLO_DONE, "", 0);
		put_in_records(&scene->said, &messages, 16384);
		writer_free(&messages);
		assert_int_equal(hear_whole(&scene->flight, TLS_UNTIL_DONE, &scene->said),
				 TURN_MALFORMED);
	}
}

static void a_message_nobody_could_mean_is_not_waited_for(void **state)
{
	struct scene *scene = *state;
	struct tls_flight *flight = &scene->flight;

	tls_flight_free(flight);
	tls_flight_init(flight, TLS_UNTIL_DONE, NULL);
	assert_int_equal(hear(flight, "\x16\3\3\0\4\2\xff\xff\xff", 9, SIZE_MAX), TURN_MALFORMED);
}

static double seconds_for(struct scene *scene, size_t size)
{
	clock_t begin = clock();

	assert_int_equal(hear_chain(scene, 1, size, 1), TURN_CONCLUDED);
	return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

/* Records of one byte cost six bytes each, and no more than that. */
static void the_work_grows_with_the_bytes_and_no_faster(void **state)
{
	struct scene *scene = *state;
	double small = seconds_for(scene, 1 << 12) + seconds_for(scene, 1 << 12);
	double large = seconds_for(scene, 1 << 16);

	assert_int_equal(scene->flight.chain_elements, 1);
	assert_true(large < 0.02 + small * 64);
}

static void an_older_flight_of_openssl_is_heard_in_any_portions(void **state)
{
	struct tls_offer offer = offer_of(TLS_VERSION_1_2);
	struct scene *scene = *state;
	struct tls_flight *flight = &scene->flight;

	ask(scene, &offer);
	for (size_t portion = 1; portion < 8192; portion = portion * 2 + 1) {
		tls_flight_free(flight);
		tls_flight_init(flight, TLS_UNTIL_DONE, NULL);
		assert_int_equal(hear(flight, scene->reply, scene->length, portion),
				 TURN_CONCLUDED);
		assert_true(flight->complete);
		assert_int_equal(flight->suite, 0xc02f);
		assert_int_equal(flight->group, 29);
		assert_true(flight->certificate_requested);
		assert_true(flight->secure_renegotiation);
		assert_string_equal(flight->alpn, "h2");
		assert_memory_equal(flight->staple.bytes, "response", 8);
		assert_int_equal(flight->heard_bytes, scene->length);
	}
	offer.suites++;
	offer.suite_count--;
	ask(scene, &offer);
	assert_int_equal(hear_blindly(scene, TLS_UNTIL_GROUP), TURN_CONCLUDED);
	assert_int_equal(flight->dh_bits, 2048);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_encrypted_flight_is_read_as_far_as_wanted),
		cmocka_unit_test(without_secrets_a_hello_of_1_3_is_all),
		cmocka_unit_test(an_encrypted_flight_cut_anywhere_is_not_complete),
		cmocka_unit_test(a_changed_byte_of_an_encrypted_flight_is_noticed),
		cmocka_unit_test(a_retry_names_a_group_and_is_followed),
		cmocka_unit_test(a_retry_has_a_cookie_or_a_group_and_comes_once),
		cmocka_unit_test(a_chain_of_too_many_elements_is_cut),
		cmocka_unit_test(a_chain_of_too_many_bytes_is_cut),
		cmocka_unit_test(lengths_of_a_chain_that_contradict_each_other_are_malformed),
		cmocka_unit_test(a_message_nobody_could_mean_is_not_waited_for),
		cmocka_unit_test(the_work_grows_with_the_bytes_and_no_faster),
		cmocka_unit_test(an_older_flight_of_openssl_is_heard_in_any_portions),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
