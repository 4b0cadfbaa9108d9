/* SPDX-License-Identifier: Apache-2.0
 *
 * Flights of real servers, recorded by tests/wire/tls/record.sh.
 */
#include <stdio.h>

#include "tests/unit/flight_scene.h"

enum { SAMPLE_ROOM = 8192, SUITE_AT = 5 + 4 + 2 + TLS_RANDOM_BYTES };

static const struct recorded {
	const char *name;
	enum tls_said said;
	uint16_t version, suite, group, dh_bits;
	size_t elements;
	bool requested, staple;
	const char *alpn;
	uint8_t alert;
} recorded[] = {
	{ "openssl_1_0_rsa", TLS_SAID_HELLO, 0x0301, 0x002f, 0, 0, 2, false, true, "http/1.1", 0 },
	{ "openssl_1_1_ecdhe", TLS_SAID_HELLO, 0x0302, 0xc014, 29, 0, 2, false, true, "http/1.1",
	  0 },
	{ "openssl_1_2_dhe", TLS_SAID_HELLO, 0x0303, 0x009e, 0, 2048, 2, false, true, "http/1.1",
	  0 },
	{ "openssl_1_2_ecdhe", TLS_SAID_HELLO, 0x0303, 0xc030, 29, 0, 2, false, true, "http/1.1",
	  0 },
	{ "openssl_1_2_anonymous_dh", TLS_SAID_HELLO, 0x0303, 0x00a6, 0, 1024, 0, false, false,
	  "http/1.1", 0 },
	{ "openssl_1_2_anonymous_ecdh", TLS_SAID_HELLO, 0x0303, 0xc018, 29, 0, 0, false, false,
	  "http/1.1", 0 },
	{ "openssl_1_2_client_certificate", TLS_SAID_HELLO, 0x0303, 0xc02b, 29, 0, 2, true, false,
	  "", 0 },
	{ "openssl_1_2_psk", TLS_SAID_HELLO, 0x0303, 0x00a8, 0, 0, 0, false, false, "", 0 },
	{ "openssl_1_2_ecdhe_psk", TLS_SAID_HELLO, 0x0303, 0xc035, 29, 0, 0, false, false, "", 0 },
	{ "openssl_1_3", TLS_SAID_HELLO, 0x0304, 0x1302, 29, 0, 0, false, false, "", 0 },
	{ "openssl_1_3_retry", TLS_SAID_RETRY, 0x0304, 0x1301, 29, 0, 0, false, false, "", 0 },
	{ "openssl_1_3_retry_p384", TLS_SAID_RETRY, 0x0304, 0x1301, 24, 0, 0, false, false, "",
	  0 },
	{ "openssl_refuses_suites", TLS_SAID_ALERT, 0, 0, 0, 0, 0, false, false, "",
	  TLS_ALERT_HANDSHAKE_FAILURE },
	{ "openssl_refuses_1_0", TLS_SAID_ALERT, 0, 0, 0, 0, 0, false, false, "",
	  TLS_ALERT_PROTOCOL_VERSION },
	{ "openssl_refuses_1_3", TLS_SAID_ALERT, 0, 0, 0, 0, 0, false, false, "",
	  TLS_ALERT_PROTOCOL_VERSION },
	{ "gnutls_1_0_3des", TLS_SAID_HELLO, 0x0301, 0x000a, 0, 0, 1, true, true, "h2", 0 },
	{ "gnutls_1_1_rc4", TLS_SAID_HELLO, 0x0302, 0x0005, 0, 0, 1, true, true, "h2", 0 },
	{ "gnutls_1_2_ffdhe", TLS_SAID_HELLO, 0x0303, 0x009f, 0, 2048, 1, true, true, "h2", 0 },
	{ "gnutls_1_2_ecdhe", TLS_SAID_HELLO, 0x0303, 0xcca8, 29, 0, 1, true, true, "h2", 0 },
	{ "gnutls_1_2_anonymous_ecdh", TLS_SAID_HELLO, 0x0303, 0xc018, 29, 0, 0, false, false,
	  "h2", 0 },
	{ "gnutls_1_2_client_certificate", TLS_SAID_HELLO, 0x0303, 0xc02f, 29, 0, 1, true, false,
	  "", 0 },
	{ "gnutls_1_3", TLS_SAID_HELLO, 0x0304, 0x1303, 29, 0, 0, false, false, "", 0 },
	{ "gnutls_1_3_retry", TLS_SAID_RETRY, 0x0304, 0x1303, 29, 0, 0, false, false, "", 0 },
	{ "gnutls_refuses", TLS_SAID_ALERT, 0, 0, 0, 0, 0, false, false, "",
	  TLS_ALERT_HANDSHAKE_FAILURE },
	{ "nss_sslv3", TLS_SAID_HELLO, 0x0300, 0x002f, 0, 0, 1, false, false, "", 0 },
	{ "nss_1_0", TLS_SAID_HELLO, 0x0301, 0xc013, 29, 0, 1, false, false, "", 0 },
	{ "nss_1_2_dhe", TLS_SAID_HELLO, 0x0303, 0x009e, 0, 2048, 1, false, false, "", 0 },
	{ "nss_1_3", TLS_SAID_HELLO, 0x0304, 0x1301, 29, 0, 0, false, false, "", 0 },
	{ "nss_1_3_retry", TLS_SAID_RETRY, 0x0304, 0x1301, 29, 0, 0, false, false, "", 0 },
	{ "nss_refuses", TLS_SAID_ALERT, 0, 0, 0, 0, 0, false, false, "",
	  TLS_ALERT_HANDSHAKE_FAILURE },
};

enum { RECORDED = sizeof recorded / sizeof *recorded };

struct sample {
	uint8_t bytes[SAMPLE_ROOM];
	size_t length;
};

static void sample_load(struct sample *sample, const char *name)
{
	const char *root = getenv("top_srcdir");
	char path[4096];

	snprintf(path, sizeof path, "%s/tests/fuzz/corpus/tls_flight/%s", root ? root : ".", name);
	FILE *file = fopen(path, "rb");
	if (!file)
		fail_msg("cannot read %s", path);
	assert_int_equal(fgetc(file), TLS_UNTIL_DONE);
	sample->length = fread(sample->bytes, 1, sizeof sample->bytes, file);
	fclose(file);
}

static enum turn hear_sample(struct tls_flight *flight, const struct sample *sample,
			     enum tls_until until, size_t portion)
{
	tls_flight_free(flight);
	tls_flight_init(flight, until, NULL);
	return hear(flight, sample->bytes, sample->length, portion);
}

/* As far as what was asked for goes. */
static void assert_recorded(const struct tls_flight *flight, const struct recorded *expected,
			    enum tls_until until)
{
	bool group = until == TLS_UNTIL_GROUP || until == TLS_UNTIL_DONE;
	/* It comes before the group, where there is one. */
	bool certificate = until >= TLS_UNTIL_CERTIFICATE ||
			   (group && (expected->group || expected->dh_bits));

	assert_int_equal(flight->said, expected->said);
	assert_int_equal(flight->version, expected->version);
	assert_int_equal(flight->suite, expected->suite);
	assert_int_equal(flight->alerted, expected->said == TLS_SAID_ALERT);
	assert_int_equal(flight->alert, expected->alert);
	assert_int_equal(flight->complete, expected->said != TLS_SAID_ALERT);
	assert_string_equal(flight->alpn, expected->alpn);
	if (group || expected->version == TLS_VERSION_1_3)
		assert_int_equal(flight->group, expected->group);
	assert_int_equal(flight->dh_bits, group ? expected->dh_bits : 0);
	assert_int_equal(flight->chain_elements, certificate ? expected->elements : 0);
	assert_int_equal(flight->staple.length > 0, certificate && expected->staple);
	assert_int_equal(flight->certificate_requested,
			 until == TLS_UNTIL_DONE && expected->requested);
}

static void what_a_real_server_said_is_heard(void **state)
{
	struct tls_flight flight = { .until = TLS_UNTIL_HELLO };
	struct sample sample;

	(void)state;
	for (size_t i = 0; i < RECORDED; i++) {
		sample_load(&sample, recorded[i].name);
		for (enum tls_until until = TLS_UNTIL_HELLO; until <= TLS_UNTIL_DONE; until++) {
			for (size_t portion = 1; portion < SAMPLE_ROOM; portion *= 11) {
				assert_int_equal(hear_sample(&flight, &sample, until, portion),
						 TURN_CONCLUDED);
				assert_recorded(&flight, &recorded[i], until);
			}
		}
	}
	tls_flight_free(&flight);
}

static void every_server_here_can_renegotiate_securely(void **state)
{
	struct tls_flight flight = { .until = TLS_UNTIL_HELLO };
	struct sample sample;

	(void)state;
	for (size_t i = 0; i < RECORDED; i++) {
		bool older = recorded[i].version && recorded[i].version < TLS_VERSION_1_3;

		sample_load(&sample, recorded[i].name);
		hear_sample(&flight, &sample, TLS_UNTIL_HELLO, SIZE_MAX);
		assert_int_equal(flight.secure_renegotiation, older);
	}
	tls_flight_free(&flight);
}

static void the_chain_is_kept_as_it_was_sent(void **state)
{
	struct tls_flight flight = { .until = TLS_UNTIL_HELLO };
	struct sample sample;

	(void)state;
	for (size_t i = 0; i < RECORDED; i++) {
		struct reader chain;
		size_t elements = 0;

		sample_load(&sample, recorded[i].name);
		hear_sample(&flight, &sample, TLS_UNTIL_DONE, SIZE_MAX);
		reader_init(&chain, flight.chain.bytes, flight.chain.length);
		for (; reader_left(&chain); elements++) {
			struct reader element = reader_part(&chain, reader_take_u24be(&chain));

			/* A sequence as long as the element. */
			assert_int_equal(reader_take_u16be(&element), 0x3082);
			size_t length = reader_take_u16be(&element);
			assert_int_equal(length, reader_left(&element));
		}
		assert_true(reader_ok(&chain));
		assert_int_equal(elements, recorded[i].elements);
	}
	tls_flight_free(&flight);
}

/* The least that completes what was asked for. */
static size_t bytes_needed(struct tls_flight *flight, const struct sample *sample,
			   enum tls_until until)
{
	hear_sample(flight, sample, until, 1);
	return flight->heard_bytes;
}

static void a_flight_cut_anywhere_is_not_complete(void **state)
{
	struct tls_flight flight = { .until = TLS_UNTIL_HELLO };
	struct sample sample;

	(void)state;
	for (size_t i = 0; i < RECORDED; i++) {
		for (enum tls_until until = TLS_UNTIL_HELLO; until <= TLS_UNTIL_DONE; until++) {
			sample_load(&sample, recorded[i].name);
			sample.length = bytes_needed(&flight, &sample, until);
			while (sample.length-- > 0) {
				enum turn turn = hear_sample(&flight, &sample, until, SIZE_MAX);

				assert_true(turn == TURN_NEED_MORE || turn == TURN_GO_ON);
				assert_false(flight.complete);
				assert_false(flight.alerted);
			}
		}
	}
	tls_flight_free(&flight);
}

static uint16_t suite_in(const struct sample *sample)
{
	size_t at = SUITE_AT + 1u + sample->bytes[SUITE_AT];

	return (uint16_t)(sample->bytes[at] << 8 | sample->bytes[at + 1]);
}

/* Whatever is changed: of what is said of a hello nothing is invented. */
static void a_changed_byte_never_makes_another_suite_or_version(void **state)
{
	static const uint8_t changes[] = { 1, 2, 4, 0x80, 0xff };
	struct tls_flight flight = { .until = TLS_UNTIL_HELLO };
	struct sample sample;

	(void)state;
	for (size_t i = 0; i < RECORDED; i++) {
		sample_load(&sample, recorded[i].name);
		for (size_t at = 0; at < sample.length; at++) {
			for (size_t change = 0; change < sizeof changes; change++) {
				sample.bytes[at] ^= changes[change];
				hear_sample(&flight, &sample, TLS_UNTIL_DONE, SIZE_MAX);
				if (flight.said == TLS_SAID_HELLO ||
				    flight.said == TLS_SAID_RETRY)
					assert_int_equal(flight.suite, suite_in(&sample));
				else
					assert_int_equal(flight.suite, 0);
				assert_true(!flight.complete || flight.said != TLS_SAID_ALERT);
				assert_true(flight.chain_elements <= TLS_CHAIN_ELEMENTS_MOST);
				sample.bytes[at] ^= changes[change];
			}
		}
	}
	tls_flight_free(&flight);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_real_server_said_is_heard),
		cmocka_unit_test(every_server_here_can_renegotiate_securely),
		cmocka_unit_test(the_chain_is_kept_as_it_was_sent),
		cmocka_unit_test(a_flight_cut_anywhere_is_not_complete),
		cmocka_unit_test(a_changed_byte_never_makes_another_suite_or_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
