/* SPDX-License-Identifier: Apache-2.0
 *
 * The key schedule against the traces of RFC 8448, and against OpenSSL's own server in
 * memory for every suite and group.
 */
#include <stdlib.h>
#include <string.h>

#include "collectors/tls/tls_secrets.h"
#include "ground/memory.h"
#include "tests/unit/tls_server.h"
#include "tests/wire/tls/rfc8448.h"

enum { ROOM = 4096, HEAD = 5, SUITE = 0x1301 };

static size_t unhex(const char *hex, uint8_t *bytes)
{
	size_t length = strlen(hex) / 2;

	assert_in_range(length, 1, ROOM);
	for (size_t i = 0; i < length; i++) {
		const char digits[] = { hex[2 * i], hex[2 * i + 1], 0 };

		bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return length;
}

/* As far as the keys of the server. */
static struct tls_secrets *secrets_of(struct tls_keys *keys, const struct rfc8448_trace *trace)
{
	struct tls_secrets *secrets = tls_secrets_new(keys);
	uint8_t bytes[ROOM];
	size_t length;

	for (size_t i = 0; i < RFC8448_HELLOS_MOST && trace->hellos[i]; i++) {
		bool is_retry = i == 1 && trace->hellos[2];

		length = unhex(trace->hellos[i], bytes);
		if (is_retry)
			assert_true(tls_secrets_restart(secrets, SUITE));
		tls_secrets_add_message(secrets, bytes + HEAD, length - HEAD);
	}
	length = unhex(trace->agreed, bytes);
	assert_true(tls_secrets_derive_from(secrets, SUITE, bytes, length));
	return secrets;
}

static void the_traces_of_the_standard_are_read(void **state)
{
	struct tls_keys *keys = tls_keys_new();

	(void)state;
	for (size_t i = 0; i < sizeof rfc8448_traces / sizeof *rfc8448_traces; i++) {
		const struct rfc8448_trace *trace = &rfc8448_traces[i];
		struct tls_secrets *secrets = secrets_of(keys, trace);
		uint8_t sealed[ROOM], plain[ROOM], type = 0;
		size_t length = unhex(trace->sealed, sealed), plain_length = 0;

		assert_true(tls_secrets_open(secrets, sealed + HEAD, length - HEAD,
					     &plain_length, &type));
		assert_int_equal(type, 22);
		assert_int_equal(plain_length, unhex(trace->plain, plain));
		assert_memory_equal(sealed + HEAD, plain, plain_length);
		tls_secrets_free(secrets);
	}
	tls_keys_free(keys);
}

static void a_record_changed_at_any_byte_is_refused(void **state)
{
	struct tls_keys *keys = tls_keys_new();
	const struct rfc8448_trace *trace = &rfc8448_traces[0];
	uint8_t sealed[ROOM], type;
	size_t length = unhex(trace->sealed, sealed) - HEAD, plain_length;

	(void)state;
	for (size_t i = 0; i < length; i++) {
		struct tls_secrets *secrets = secrets_of(keys, trace);
		uint8_t changed[ROOM];

		memcpy(changed, sealed + HEAD, length);
		changed[i] ^= 0x40;
		assert_false(tls_secrets_open(secrets, changed, length, &plain_length, &type));
		tls_secrets_free(secrets);
	}
	tls_keys_free(keys);
}

static void a_record_cut_at_any_byte_is_refused(void **state)
{
	struct tls_keys *keys = tls_keys_new();
	const struct rfc8448_trace *trace = &rfc8448_traces[0];
	uint8_t sealed[ROOM], type;
	size_t length = unhex(trace->sealed, sealed) - HEAD, plain_length;

	(void)state;
	for (size_t cut = 0; cut < length; cut++) {
		struct tls_secrets *secrets = secrets_of(keys, trace);
		uint8_t *part = memory_new(cut + 1, 1);

		memcpy(part, sealed + HEAD, cut);
		assert_false(tls_secrets_open(secrets, part, cut, &plain_length, &type));
		free(part);
		tls_secrets_free(secrets);
	}
	tls_keys_free(keys);
}

static void a_record_is_opened_once_and_in_its_turn(void **state)
{
	struct tls_keys *keys = tls_keys_new();
	struct tls_secrets *secrets = secrets_of(keys, &rfc8448_traces[0]);
	uint8_t sealed[ROOM], again[ROOM], type;
	size_t length = unhex(rfc8448_traces[0].sealed, sealed) - HEAD, plain_length;

	(void)state;
	memcpy(again, sealed, sizeof again);
	assert_true(tls_secrets_open(secrets, sealed + HEAD, length, &plain_length, &type));
	assert_false(tls_secrets_open(secrets, again + HEAD, length, &plain_length, &type));
	tls_secrets_free(secrets);
	tls_keys_free(keys);
}

static void nothing_is_opened_before_keys_are_derived(void **state)
{
	struct tls_keys *keys = tls_keys_new();
	struct tls_secrets *secrets = secrets_of(keys, &rfc8448_traces[0]);
	uint8_t sealed[ROOM], type;
	size_t length = unhex(rfc8448_traces[0].sealed, sealed) - HEAD, plain_length;

	(void)state;
	/* What is freed is used again, but not its keys. */
	tls_secrets_free(secrets);
	secrets = tls_secrets_new(keys);
	assert_false(tls_secrets_open(secrets, sealed + HEAD, length, &plain_length, &type));
	tls_secrets_free(secrets);
	tls_keys_free(keys);
}

static void suites_of_another_version_have_no_keys(void **state)
{
	static const uint16_t values[] = { 0, 0x002f, 0x1300, 0x1306, 0xc02f, 0xcca8 };
	struct tls_keys *keys = tls_keys_new();
	struct tls_secrets *secrets = tls_secrets_new(keys);
	struct tls_key_share share;

	(void)state;
	assert_true(tls_keys_share(keys, 29, &share));
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		assert_false(tls_secrets_restart(secrets, values[i]));
		assert_false(tls_secrets_derive(secrets, values[i], &share));
	}
	tls_secrets_free(secrets);
	tls_keys_free(keys);
}

static void more_messages_than_anybody_says_have_no_keys(void **state)
{
	static const uint8_t message[4096];
	struct tls_keys *keys = tls_keys_new();
	struct tls_secrets *secrets = tls_secrets_new(keys);
	struct tls_key_share share;

	(void)state;
	assert_true(tls_keys_share(keys, 29, &share));
	for (int i = 0; i < 17; i++)
		tls_secrets_add_message(secrets, message, sizeof message);
	assert_false(tls_secrets_restart(secrets, SUITE));
	assert_false(tls_secrets_derive(secrets, SUITE, &share));
	tls_secrets_free(secrets);
	secrets = tls_secrets_new(keys);
	assert_true(tls_secrets_derive(secrets, SUITE, &share));
	tls_secrets_free(secrets);
	tls_keys_free(keys);
}

static void a_share_is_the_same_for_every_connection(void **state)
{
	struct tls_keys *keys = tls_keys_new();
	size_t count;
	const uint16_t *groups = tls_keys_groups(&count);

	(void)state;
	assert_int_equal(count, 10);
	for (size_t i = 0; i < count; i++) {
		struct tls_key_share first = { 0 }, second = { 0 };

		assert_true(tls_keys_share(keys, groups[i], &first));
		assert_true(tls_keys_share(keys, groups[i], &second));
		assert_int_equal(first.group, groups[i]);
		assert_memory_equal(&first, &second, sizeof first);
	}
	tls_keys_free(keys);
}

static void there_is_no_share_for_other_groups(void **state)
{
	static const uint16_t groups[] = { 0, 22, 26, 28, 31, 255, 261, 0x11ec, 0xffff };
	struct tls_keys *keys = tls_keys_new();
	struct tls_secrets *secrets = tls_secrets_new(keys);

	(void)state;
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		struct tls_key_share share = { .group = groups[i], .length = 32 };

		assert_false(tls_secrets_derive(secrets, SUITE, &share));
		assert_false(tls_keys_share(keys, groups[i], &share));
	}
	tls_secrets_free(secrets);
	tls_keys_free(keys);
}

/* RFC 7748 section 6.1: what comes of these points is zero whatever our key is. */
static void points_of_low_order_are_refused(void **state)
{
	static const char *const points[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	};
	struct tls_keys *keys = tls_keys_new();
	struct tls_secrets *secrets = tls_secrets_new(keys);
	struct tls_key_share share = { .group = 30, .length = 56 };

	(void)state;
	assert_false(tls_secrets_derive(secrets, SUITE, &share));
	share.group = 29;
	share.length = 32;
	for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
		uint8_t point[ROOM];

		assert_int_equal(unhex(points[i], point), 32);
		memcpy(share.bytes, point, 32);
		assert_false(tls_secrets_derive(secrets, SUITE, &share));
	}
	/* The keys are none the worse for it. */
	assert_true(tls_keys_share(keys, 29, &share));
	assert_true(tls_secrets_derive(secrets, SUITE, &share));
	tls_secrets_free(secrets);
	tls_keys_free(keys);
}

static void a_point_beside_its_curve_is_refused(void **state)
{
	static const uint16_t curves[] = { 23, 24, 25 };
	struct tls_keys *keys = tls_keys_new();
	struct tls_secrets *secrets = tls_secrets_new(keys);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct tls_key_share share, changed;

		assert_true(tls_keys_share(keys, curves[i], &share));
		assert_true(tls_secrets_derive(secrets, SUITE, &share));
		changed = share;
		changed.bytes[changed.length - 1] ^= 1;
		assert_false(tls_secrets_derive(secrets, SUITE, &changed));
		changed = share;
		changed.bytes[0] = 5;
		assert_false(tls_secrets_derive(secrets, SUITE, &changed));
		/* the hybrid form, which TLS 1.3 does not know */
		changed.bytes[0] = 6 | (share.bytes[share.length - 1] & 1);
		assert_false(tls_secrets_derive(secrets, SUITE, &changed));
		changed = share;
		memset(changed.bytes, 0, sizeof changed.bytes);
		assert_false(tls_secrets_derive(secrets, SUITE, &changed));
		changed = share;
		changed.length--;
		assert_false(tls_secrets_derive(secrets, SUITE, &changed));
		/* the point compressed, which TLS 1.3 does not know */
		changed = share;
		changed.bytes[0] = 2 | (share.bytes[share.length - 1] & 1);
		changed.length = (uint16_t)(1 + share.length / 2);
		assert_false(tls_secrets_derive(secrets, SUITE, &changed));
		assert_true(tls_secrets_derive(secrets, SUITE, &share));
	}
	tls_secrets_free(secrets);
	tls_keys_free(keys);
}

static size_t hear(struct tls_server *server, const struct writer *hello, uint8_t *answer)
{
	uint8_t room[ROOM];
	struct writer records;
	size_t length;

	writer_init(&records, room, sizeof room);
	tls_put_records(&records, TLS_VERSION_1_2, hello->bytes, hello->length);
	assert_true(writer_ok(&records));
	length = tls_server_answer(server, records.bytes, records.length, answer, ROOM);
	assert_in_range(length, HEAD, ROOM);
	return length;
}

/* The share or the wish in a ServerHello's key_share; there is nothing to tell else. */
static void read_share(struct reader message, struct tls_key_share *share)
{
	*share = (struct tls_key_share){ .group = 0 };
	reader_skip(&message, 4 + 2 + TLS_RANDOM_BYTES);
	reader_skip(&message, reader_take_u8(&message));
	reader_skip(&message, 2 + 1 + 2);
	while (reader_left(&message) && reader_ok(&message)) {
		uint16_t kind = reader_take_u16be(&message);
		struct reader extension = reader_part(&message, reader_take_u16be(&message));

		if (kind != 51)
			continue;
		share->group = reader_take_u16be(&extension);
		if (!reader_left(&extension))
			continue;
		share->length = reader_take_u16be(&extension);
		assert_in_range(share->length, 1, TLS_SHARE_MOST);
		memcpy(share->bytes, reader_take(&extension, share->length), share->length);
	}
	assert_true(reader_ok(&message));
	assert_int_not_equal(share->group, 0);
}

static void put_hello(struct writer *hello, uint16_t suite, const struct tls_key_share *share)
{
	size_t count;
	const struct tls_offer offer = {
		.version = TLS_VERSION_1_3,
		.suites = &suite,
		.suite_count = 1,
		.groups = tls_keys_groups(&count),
		.group_count = count,
		.share = share
	};

	writer_clear(hello);
	tls_put_hello(hello, &offer);
	assert_true(writer_ok(hello));
}

/* True when all that the server sent encrypted could be read, and its certificate is in it. */
static bool read_sealed(struct tls_secrets *secrets, struct reader *in,
			const struct tls_server *server)
{
	uint8_t flight[ROOM];
	struct writer plain;

	writer_init(&plain, flight, sizeof flight);
	while (reader_left(in)) {
		uint8_t kind = reader_take_u8(in), type, room[ROOM];
		size_t length, plain_length;

		reader_skip(in, 2);
		length = reader_take_u16be(in);
		assert_in_range(length, 1, ROOM);
		memcpy(room, reader_take(in, length), length);
		if (kind != 23)
			continue;
		if (!tls_secrets_open(secrets, room, length, &plain_length, &type))
			return false;
		assert_int_equal(type, 22);
		writer_put(&plain, room, plain_length);
	}
	assert_true(writer_ok(&plain));
	return flight[0] == 8 && memmem(flight, plain.length, server->certificate,
					(size_t)server->certificate_length);
}

/* One connection as tls_talk.c makes it: a share, a retry where one is wanted, the flight. */
static bool flight_is_read(struct tls_keys *keys, uint16_t suite, uint16_t offered,
			   struct tls_server *server)
{
	struct tls_secrets *secrets = tls_secrets_new(keys);
	struct tls_key_share share, servers;
	uint8_t room[ROOM], answer[ROOM];
	struct writer hello;
	struct reader in, message;
	bool read;

	writer_init(&hello, room, sizeof room);
	assert_true(tls_keys_share(keys, offered, &share));
	for (int round = 0; round < 2; round++) {
		put_hello(&hello, suite, &share);
		tls_secrets_add_message(secrets, hello.bytes, hello.length);
		reader_init(&in, answer, hear(server, &hello, answer));
		assert_int_equal(reader_take_u8(&in), 22);
		reader_skip(&in, 2);
		message = reader_part(&in, reader_take_u16be(&in));
		read_share(message, &servers);
		if (!servers.length)
			assert_true(tls_secrets_restart(secrets, suite));
		tls_secrets_add_message(secrets, message.bytes, message.length);
		if (servers.length)
			break;
		assert_true(tls_keys_share(keys, servers.group, &share));
	}
	assert_true(tls_secrets_derive(secrets, suite, &servers));
	read = read_sealed(secrets, &in, server);
	tls_secrets_free(secrets);
	return read;
}

static const struct {
	const char *name;
	uint16_t value;
} suites[] = {
	{ "TLS_AES_128_GCM_SHA256", 0x1301 },
	{ "TLS_AES_256_GCM_SHA384", 0x1302 },
	{ "TLS_CHACHA20_POLY1305_SHA256", 0x1303 },
	{ "TLS_AES_128_CCM_SHA256", 0x1304 },
	{ "TLS_AES_128_CCM_8_SHA256", 0x1305 },
};

static const struct {
	const char *name;
	uint16_t value;
} agreements[] = {
	{ "P-256", 23 }, { "P-384", 24 }, { "P-521", 25 }, { "X25519", 29 }, { "X448", 30 },
	{ "ffdhe2048", 256 }, { "ffdhe3072", 257 }, { "ffdhe4096", 258 }, { "ffdhe6144", 259 },
	{ "ffdhe8192", 260 },
};

static void every_suite_and_group_of_openssl_is_read(void **state)
{
	struct tls_keys *keys = tls_keys_new();

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		for (size_t j = 0; j < sizeof agreements / sizeof *agreements; j++) {
			struct tls_server server;

			tls_server_begin(&server, suites[i].name, agreements[j].name);
			assert_true(flight_is_read(keys, suites[i].value, agreements[j].value,
						   &server));
			tls_server_end(&server);
		}
	}
	tls_keys_free(keys);
}

static void a_retry_for_any_group_is_followed(void **state)
{
	struct tls_keys *keys = tls_keys_new();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		for (size_t j = 0; j < sizeof agreements / sizeof *agreements; j++) {
			struct tls_server server;

			tls_server_begin(&server, suites[i].name, agreements[j].name);
			assert_true(flight_is_read(keys, suites[i].value, j ? 23 : 29, &server));
			tls_server_end(&server);
		}
	}
	tls_keys_free(keys);
}

static void one_set_of_keys_serves_many_connections_at_a_time(void **state)
{
	enum { CONNECTIONS = 20 };
	struct tls_keys *keys = tls_keys_new();
	struct tls_secrets *secrets[CONNECTIONS];
	const struct rfc8448_trace *trace = &rfc8448_traces[0];

	(void)state;
	for (size_t i = 0; i < CONNECTIONS; i++)
		secrets[i] = secrets_of(keys, trace);
	for (size_t i = 0; i < CONNECTIONS; i++) {
		uint8_t sealed[ROOM], type;
		size_t length = unhex(trace->sealed, sealed) - HEAD, plain_length;

		assert_true(tls_secrets_open(secrets[i], sealed + HEAD, length, &plain_length,
					     &type));
		tls_secrets_free(secrets[i]);
	}
	tls_keys_free(keys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_traces_of_the_standard_are_read),
		cmocka_unit_test(a_record_changed_at_any_byte_is_refused),
		cmocka_unit_test(a_record_cut_at_any_byte_is_refused),
		cmocka_unit_test(a_record_is_opened_once_and_in_its_turn),
		cmocka_unit_test(nothing_is_opened_before_keys_are_derived),
		cmocka_unit_test(suites_of_another_version_have_no_keys),
		cmocka_unit_test(more_messages_than_anybody_says_have_no_keys),
		cmocka_unit_test(a_share_is_the_same_for_every_connection),
		cmocka_unit_test(there_is_no_share_for_other_groups),
		cmocka_unit_test(points_of_low_order_are_refused),
		cmocka_unit_test(a_point_beside_its_curve_is_refused),
		cmocka_unit_test(every_suite_and_group_of_openssl_is_read),
		cmocka_unit_test(a_retry_for_any_group_is_followed),
		cmocka_unit_test(one_set_of_keys_serves_many_connections_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
