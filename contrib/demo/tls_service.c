/* SPDX-License-Identifier: Apache-2.0 */
#include "contrib/demo/tls_service.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "contrib/demo/authority.h"
#include "ground/memory.h"

struct tls_service {
	SSL_CTX *context;
};

struct tls_talk {
	SSL *ssl;
	BIO *in, *out;		/* the connection's */
};

static bool speak_like(SSL_CTX *context, const struct tls_manner *manner)
{
	/* Level 0, or neither TLS 1.0 nor a suite without a certificate would be taken. */
	SSL_CTX_set_security_level(context, 0);
	SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET);
	return SSL_CTX_set_dh_auto(context, 1) == 1 &&
	       SSL_CTX_set_min_proto_version(context, manner->least) == 1 &&
	       SSL_CTX_set_max_proto_version(context, manner->most) == 1 &&
	       SSL_CTX_set_cipher_list(context, manner->suites) == 1;
}

struct tls_service *tls_service_new(const struct authority *authority,
				    const struct tls_manner *manner, const char *address,
				    const char *const *names)
{
	struct tls_service *service = memory_new(1, sizeof *service);
	EVP_PKEY *key = certificate_key_new();
	X509 *certificate = certificate_new(manner->self_signed ? NULL : authority, key,
					    address, names);
	bool works;

	service->context = SSL_CTX_new(TLS_server_method());
	works = service->context && speak_like(service->context, manner) &&
		SSL_CTX_use_certificate(service->context, certificate) == 1 &&
		SSL_CTX_use_PrivateKey(service->context, key) == 1;
	X509_free(certificate);
	EVP_PKEY_free(key);
	if (works)
		return service;
	tls_service_free(service);
	return NULL;
}

void tls_service_free(struct tls_service *service)
{
	if (service)
		SSL_CTX_free(service->context);
	free(service);
}

struct tls_talk *tls_talk_new(struct tls_service *service)
{
	struct tls_talk *talk = memory_new(1, sizeof *talk);

	talk->ssl = SSL_new(service->context);
	talk->in = BIO_new(BIO_s_mem());
	talk->out = BIO_new(BIO_s_mem());
	if (!talk->ssl || !talk->in || !talk->out)
		abort();
	SSL_set_bio(talk->ssl, talk->in, talk->out);
	SSL_set_accept_state(talk->ssl);
	return talk;
}

void tls_talk_free(struct tls_talk *talk)
{
	if (talk)
		SSL_free(talk->ssl);
	free(talk);
}

bool tls_talk_hear(struct tls_talk *talk, const void *bytes, size_t length,
		   struct writer *said)
{
	uint8_t room[1024];
	int got;

	ERR_clear_error();
	BIO_write(talk->in, bytes, (int)length);
	/* Reading shakes hands first. */
	while ((got = SSL_read(talk->ssl, room, sizeof room)) > 0)
		writer_put(said, room, (size_t)got);
	return SSL_get_error(talk->ssl, got) == SSL_ERROR_WANT_READ;
}

void tls_talk_say(struct tls_talk *talk, const void *bytes, size_t length)
{
	SSL_write(talk->ssl, bytes, (int)length);
}

void tls_talk_part(struct tls_talk *talk)
{
	SSL_shutdown(talk->ssl);
}

void tls_talk_drain(struct tls_talk *talk, struct writer *out)
{
	uint8_t room[1024];
	int got;

	while ((got = BIO_read(talk->out, room, sizeof room)) > 0)
		writer_put(out, room, (size_t)got);
}
