/* SPDX-License-Identifier: Apache-2.0
 *
 * net/tls.h against OpenSSL's server, in memory.
 */
#include "net/tls.h"
#include "tests/unit/openssl_server.h"
#include "tests/unit/unit.h"

static SSL_CTX *context;

struct pair {
	struct loop *loop;
	struct tls *client;
	SSL *server;
	struct writer out, in;
	enum tls_result result;
};

static void pair_begin(struct pair *pair)
{
	*pair = (struct pair){ .loop = loop_new(), .server = SSL_new(context) };
	pair->client = tls_new(pair->loop, "pbx.example");
	SSL_set_bio(pair->server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_accept_state(pair->server);
	writer_grow_up_to(&pair->out, 1 << 16);
	writer_grow_up_to(&pair->in, 1 << 16);
}

static void pair_end(struct pair *pair)
{
	writer_free(&pair->out);
	writer_free(&pair->in);
	tls_free(pair->client);
	SSL_free(pair->server);
	loop_free(pair->loop);
}

static void client_to_server(struct pair *pair)
{
	tls_drain(pair->client, &pair->out);
	if (pair->out.length)
		BIO_write(SSL_get_rbio(pair->server), pair->out.bytes, (int)pair->out.length);
	writer_clear(&pair->out);
}

/* So many bytes at a time, and after each the client goes on. */
static void server_to_client(struct pair *pair, int at_a_time,
			     enum tls_result (*go_on)(struct pair *pair))
{
	uint8_t chunk[64];
	int length;

	while ((length = BIO_read(SSL_get_wbio(pair->server), chunk, at_a_time)) > 0) {
		tls_feed(pair->client, chunk, (size_t)length);
		pair->result = go_on(pair);
	}
}

static enum tls_result shake_hands(struct pair *pair)
{
	return tls_handshake(pair->client);
}

static enum tls_result read_on(struct pair *pair)
{
	enum tls_result result;

	do
		result = tls_read(pair->client, &pair->in);
	while (result == TLS_DONE);
	return result;
}

static void connect_pair(struct pair *pair, int at_a_time)
{
	pair->result = tls_handshake(pair->client);
	for (int round = 0; round < 6 && pair->result == TLS_WANTS_BYTES; round++) {
		client_to_server(pair);
		SSL_do_handshake(pair->server);
		server_to_client(pair, at_a_time, shake_hands);
	}
	assert_int_equal(pair->result, TLS_DONE);
	client_to_server(pair);
	SSL_do_handshake(pair->server);
	assert_true(SSL_is_init_finished(pair->server));
}

static void records_may_be_cut_anywhere(void **state)
{
	static const int pieces[] = { 1, 2, 3, 5, 7, 13, 64 };
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	static const char words[] = "two records, one behind the other";

	(void)state;
	for (size_t i = 0; i < 2 * sizeof pieces / sizeof *pieces; i++) {
		struct pair pair;

		SSL_CTX_set_max_proto_version(context, versions[i % 2]);
		pair_begin(&pair);
		connect_pair(&pair, pieces[i / 2]);
		SSL_write(pair.server, words, 11);
		SSL_write(pair.server, words + 11, sizeof words - 11);
		server_to_client(&pair, pieces[i / 2], read_on);
		assert_int_equal(pair.result, TLS_WANTS_BYTES);
		assert_string_equal((const char *)pair.in.bytes, words);
		pair_end(&pair);
	}
}

static void what_the_server_shows_is_kept(void **state)
{
	struct writer shown, too_small;
	struct pair pair;

	(void)state;
	pair_begin(&pair);
	connect_pair(&pair, 64);
	writer_grow_up_to(&shown, 1 << 16);
	writer_grow_up_to(&too_small, 100);
	assert_true(tls_shown(pair.client, &shown));
	assert_true(shown.length > 200);
	assert_false(tls_shown(pair.client, &too_small));
	assert_int_equal(too_small.length, 0);
	tls_stapled(pair.client, &too_small);
	assert_int_equal(too_small.length, 0);
	assert_string_equal(tls_version(pair.client), "TLSv1.3");
	writer_free(&shown);
	writer_free(&too_small);
	pair_end(&pair);
}

static void what_is_no_tls_is_said_to_be_none(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		enum tls_result result;
	} rows[] = {
		{ "SSH-2.0-OpenSSH_9.2\r\n", 21, TLS_NOT_SPOKEN },
		{ "HTTP/1.1 400 Bad\r\n", 18, TLS_NOT_SPOKEN },
		{ "\x16", 1, TLS_WANTS_BYTES },
		{ "\x16\x03\x03\x40", 4, TLS_WANTS_BYTES },
		{ "\x16\x03\x03\xff\xff", 5, TLS_BROKEN },
		{ "\x15\x03\x03\x00\x02\x02\x28", 7, TLS_BROKEN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pair pair;

		pair_begin(&pair);
		assert_int_equal(tls_handshake(pair.client), TLS_WANTS_BYTES);
		tls_feed(pair.client, rows[i].bytes, rows[i].length);
		assert_int_equal(tls_handshake(pair.client), rows[i].result);
		pair_end(&pair);
	}
}

static int set_up(void **state)
{
	(void)state;
	context = server_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	SSL_CTX_free(context);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_may_be_cut_anywhere),
		cmocka_unit_test(what_the_server_shows_is_kept),
		cmocka_unit_test(what_is_no_tls_is_said_to_be_none),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
