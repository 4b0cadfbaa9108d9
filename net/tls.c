/* SPDX-License-Identifier: Apache-2.0 */
#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "ground/memory.h"
#include "net/address.h"

enum {
	CHUNK_BYTES = 4096,
	SHOWN_MOST = 10,
	LENGTH_BYTES = 3,
	HELD_MOST = 1 << 20	/* callers feed what one recv() gave them */
};

struct tls {
	SSL *ssl;
	BIO *incoming, *outgoing; /* the SSL's */
	struct writer held; /* a record that has not come whole */
	uint8_t first[2]; /* that came over the wire */
	size_t fed;
	int alert;
};

/* OpenSSL's callback has room for the SSL only. */
static void note_alert(const SSL *ssl, int where, int value)
{
	enum { FATAL = 2 };
	struct tls *tls = SSL_get_app_data(ssl);

	if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && value >> 8 == FATAL)
		tls->alert = value & 0xff;
}

/* Nothing is verified here, so nobody need look at the clock and at time zones' files. */
static int accept_whoever(X509_STORE_CTX *store, void *arg)
{
	(void)store;
	(void)arg;
	return 1;
}

static void *context_make(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	if (!context)
		abort();
	SSL_CTX_set_security_level(context, 0);
	SSL_CTX_set_min_proto_version(context, 0);
	SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_TICKET |
					     SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_cipher_list(context, "ALL:COMPLEMENTOFALL");
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_cert_verify_callback(context, accept_whoever, NULL);
	SSL_CTX_set_info_callback(context, note_alert);
	SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
	return context;
}

static void context_end(void *context)
{
	SSL_CTX_free(context);
}

struct tls *tls_new(struct loop *loop, const char *name)
{
	struct tls *tls = memory_new(1, sizeof *tls);
	struct address literal;

	tls->ssl = SSL_new(loop_shared(loop, context_make, context_end));
	tls->incoming = BIO_new(BIO_s_mem());
	tls->outgoing = BIO_new(BIO_s_mem());
	if (!tls->ssl || !tls->incoming || !tls->outgoing)
		abort();
	BIO_set_mem_eof_return(tls->incoming, -1);
	SSL_set_bio(tls->ssl, tls->incoming, tls->outgoing);
	writer_grow_up_to(&tls->held, HELD_MOST);
	tls->alert = -1;
	SSL_set_app_data(tls->ssl, tls);
	/* RFC 6066 section 3: addresses are not names. */
	if (name && !address_parse(name, &literal))
		SSL_set_tlsext_host_name(tls->ssl, name);
	SSL_set_connect_state(tls->ssl);
	return tls;
}

void tls_free(struct tls *tls)
{
	if (!tls)
		return;
	SSL_free(tls->ssl);
	writer_free(&tls->held);
	free(tls);
}

/* A record begins with its type and the major version, which has always been 3. */
static bool tls_is_spoken(const struct tls *tls)
{
	enum { CHANGE_CIPHER_SPEC = 20, APPLICATION_DATA = 23 };

	return (tls->fed < 1 ||
		(tls->first[0] >= CHANGE_CIPHER_SPEC && tls->first[0] <= APPLICATION_DATA)) &&
	       (tls->fed < 2 || tls->first[1] == 3);
}

static enum tls_result tls_result_of(struct tls *tls, int returned)
{
	switch (SSL_get_error(tls->ssl, returned)) {
	case SSL_ERROR_NONE:
		return TLS_DONE;
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANTS_BYTES;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_CLOSED;
	default:
		return tls_is_spoken(tls) ? TLS_BROKEN : TLS_NOT_SPOKEN;
	}
}

int tls_alert(const struct tls *tls)
{
	return tls->alert;
}

static bool put_certificate(const X509 *certificate, struct writer *out)
{
	unsigned char *der = NULL;
	int length = i2d_X509(certificate, &der);
	bool fits = length > 0 &&
		    (size_t)length + LENGTH_BYTES <= out->limit - out->length;

	if (fits) {
		writer_put_u24be(out, (uint32_t)length);
		writer_put(out, der, (size_t)length);
	}
	OPENSSL_free(der);
	return fits;
}

bool tls_shown(const struct tls *tls, struct writer *out)
{
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(tls->ssl);
	int count = sk_X509_num(chain);

	for (int i = 0; i < count && i < SHOWN_MOST; i++)
		if (!put_certificate(sk_X509_value(chain, i), out))
			return false;
	return count <= SHOWN_MOST;
}

void tls_stapled(const struct tls *tls, struct writer *out)
{
	const unsigned char *response;
	long length = SSL_get_tlsext_status_ocsp_resp(tls->ssl, &response);

	if (length > 0 && (size_t)length <= out->limit - out->length)
		writer_put(out, response, (size_t)length);
}

const char *tls_version(const struct tls *tls)
{
	return SSL_get_version(tls->ssl);
}

/* How many of the bytes held are whole records; all of them when they cannot be any, so that
 * OpenSSL says so. */
static size_t whole_records(const struct tls *tls)
{
	const uint8_t *bytes = tls->held.bytes;
	size_t whole = 0, left;

	if (!tls_is_spoken(tls))
		return tls->held.length;
	for (left = tls->held.length; left >= SSL3_RT_HEADER_LENGTH;
	     left = tls->held.length - whole) {
		size_t length = (size_t)(bytes[whole + 3] << 8 | bytes[whole + 4]);

		if (length > SSL3_RT_MAX_ENCRYPTED_LENGTH)
			return tls->held.length;
		if (left - SSL3_RT_HEADER_LENGTH < length)
			break;
		whole += SSL3_RT_HEADER_LENGTH + length;
	}
	return whole;
}

/* OpenSSL is given whole records: of one that is cut it would keep 16 KiB, which is what those
 * cost who say a byte now and then. */
void tls_feed(struct tls *tls, const void *bytes, size_t length)
{
	const uint8_t *byte = bytes;
	size_t whole, written;

	for (size_t i = 0; i < length && tls->fed < sizeof tls->first; i++)
		tls->first[tls->fed++] = byte[i];
	writer_put(&tls->held, bytes, length);
	whole = whole_records(tls);
	if (whole && !BIO_write_ex(tls->incoming, tls->held.bytes, whole, &written))
		abort();
	writer_drop_front(&tls->held, whole);
}

enum tls_result tls_handshake(struct tls *tls)
{
	ERR_clear_error();
	return tls_result_of(tls, SSL_do_handshake(tls->ssl));
}

enum tls_result tls_read(struct tls *tls, struct writer *in)
{
	uint8_t chunk[CHUNK_BYTES];
	size_t length;
	int returned;

	ERR_clear_error();
	returned = SSL_read_ex(tls->ssl, chunk, sizeof chunk, &length);
	if (returned)
		writer_put(in, chunk, length);
	return tls_result_of(tls, returned);
}

enum tls_result tls_write(struct tls *tls, const void *bytes, size_t length)
{
	size_t written;

	if (!length)
		return TLS_DONE;
	ERR_clear_error();
	return tls_result_of(tls, SSL_write_ex(tls->ssl, bytes, length, &written));
}

void tls_drain(struct tls *tls, struct writer *out)
{
	uint8_t chunk[CHUNK_BYTES];
	size_t length;

	while (BIO_read_ex(tls->outgoing, chunk, sizeof chunk, &length))
		writer_put(out, chunk, length);
}
