/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenSSL as a server in memory, at the level where it accepts whatever it knows.
 */
#ifndef TESTS_UNIT_OPENSSL_SERVER_H
#define TESTS_UNIT_OPENSSL_SERVER_H

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "tests/unit/said_hello.h"

static inline SSL_CTX *server_new(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_RSA_gen(2048);
	X509 *certificate = X509_new();

	SSL_CTX_set_security_level(context, 0);
	SSL_CTX_set_dh_auto(context, 1);
	SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
	assert_int_equal(SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0"), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_set_pubkey(certificate, key);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	assert_int_equal(SSL_CTX_use_certificate(context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(context, key), 1);
	EVP_PKEY_free(key);
	X509_free(certificate);
	return context;
}

/* A connection that waits for a hello. */
static inline SSL *server_open(SSL_CTX *context)
{
	SSL *server = SSL_new(context);

	SSL_set_bio(server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	return server;
}

/* Says that hello, as an offer of that version goes out, and takes the answer. */
static inline size_t server_hear(SSL *server, const struct hello *hello, uint16_t version,
				 uint8_t *reply, int room)
{
	static uint8_t records[HELLO_ROOM];
	struct writer out;

	writer_init(&out, records, sizeof records);
	tls_put_records(&out, tls_record_version(version), hello->bytes, hello->length);
	assert_int_equal(BIO_write(SSL_get_rbio(server), records, (int)out.length), out.length);
	assert_int_not_equal(SSL_accept(server), 1);
	int length = BIO_read(SSL_get_wbio(server), reply, room);
	assert_true(length > 0);
	return (size_t)length;
}

#endif
