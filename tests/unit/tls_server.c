/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/tls_server.h"

#include <openssl/x509.h>

static X509 *made_certificate(EVP_PKEY *key)
{
	X509 *certificate = X509_new();

	assert_non_null(certificate);
	X509_set_version(certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_set_pubkey(certificate, key);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	return certificate;
}

void tls_server_begin(struct tls_server *server, const char *suite, const char *groups)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = made_certificate(key);

	*server = (struct tls_server){ .context = SSL_CTX_new(TLS_server_method()) };
	server->certificate_length = i2d_X509(certificate, &server->certificate);
	assert_true(server->certificate_length > 0);
	SSL_CTX_set_security_level(server->context, 0);
	assert_int_equal(SSL_CTX_use_certificate(server->context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(server->context, key), 1);
	assert_true(!suite || SSL_CTX_set_ciphersuites(server->context, suite));
	assert_true(!groups || SSL_CTX_set1_groups_list(server->context, groups));
	X509_free(certificate);
	EVP_PKEY_free(key);
	server->ssl = SSL_new(server->context);
	server->heard = BIO_new(BIO_s_mem());
	server->says = BIO_new(BIO_s_mem());
	assert_true(server->ssl && server->heard && server->says);
	SSL_set_bio(server->ssl, server->heard, server->says);
	SSL_set_accept_state(server->ssl);
}

void tls_server_end(struct tls_server *server)
{
	SSL_free(server->ssl);
	SSL_CTX_free(server->context);
	OPENSSL_free(server->certificate);
}

size_t tls_server_answer(struct tls_server *server, const void *bytes, size_t length,
			 uint8_t *answer, size_t room)
{
	int said;

	assert_int_equal(BIO_write(server->heard, bytes, (int)length), (int)length);
	SSL_do_handshake(server->ssl);
	said = BIO_read(server->says, answer, (int)room);
	return said > 0 ? (size_t)said : 0;
}
