/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fetch_tls.h"

#include <openssl/ssl.h>

#include "ground/clock.h"

enum { CHAIN_MOST = 64 << 10, ELEMENTS_MOST = 10, STAPLE_MOST = 16 << 10, LENGTH_BYTES = 3 };

void fetch_tls_init(struct fetch_tls *tls)
{
	*tls = (struct fetch_tls){ .finished_us = 0 };
	writer_grow_up_to(&tls->chain, CHAIN_MOST);
	writer_grow_up_to(&tls->staple, STAPLE_MOST);
}

void fetch_tls_free(struct fetch_tls *tls)
{
	writer_free(&tls->chain);
	writer_free(&tls->staple);
}

static bool put_certificate(struct fetch_tls *tls, const X509 *certificate)
{
	unsigned char *der = NULL;
	int length = i2d_X509(certificate, &der);
	bool fits = length > 0 &&
		    tls->chain.length + LENGTH_BYTES + (size_t)length <= CHAIN_MOST;

	if (fits) {
		writer_put_u24be(&tls->chain, (uint32_t)length);
		writer_put(&tls->chain, der, (size_t)length);
	}
	OPENSSL_free(der);
	return fits;
}

/* Instead of verifying: others do that, and only for a chain they have not seen yet. */
static int take_chain(X509_STORE_CTX *store, void *arg)
{
	STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(store);
	const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct fetch_tls *tls = arg;

	tls->version = SSL_get_version(ssl);
	writer_clear(&tls->chain);
	tls->cut = sk_X509_num(sent) > ELEMENTS_MOST;
	for (int i = 0; i < sk_X509_num(sent) && i < ELEMENTS_MOST; i++) {
		if (!put_certificate(tls, sk_X509_value(sent, i))) {
			tls->cut = true;
			break;
		}
	}
	return 1;
}

static int take_staple(SSL *ssl, void *arg)
{
	const unsigned char *response;
	long length = SSL_get_tlsext_status_ocsp_resp(ssl, &response);
	struct fetch_tls *tls = arg;

	writer_clear(&tls->staple);
	if (length > 0 && length <= STAPLE_MOST)
		writer_put(&tls->staple, response, (size_t)length);
	return 1;
}

static void note_progress(const SSL *ssl, int where, int value)
{
	enum { FATAL = 2 };
	struct fetch_tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	if (where & SSL_CB_ALERT && value >> 8 == FATAL)
		tls->alerted = true;
	if (where & SSL_CB_HANDSHAKE_DONE && !tls->finished_us) {
		tls->version = SSL_get_version(ssl);
		tls->finished_us = clock_monotonic_us();
	}
}

/* A record begins with its type and the major version, which has always been 3. */
static bool begins_record(const uint8_t *bytes)
{
	enum { CHANGE_CIPHER_SPEC = 20, APPLICATION_DATA = 23, MAJOR_VERSION = 3 };

	return bytes[0] >= CHANGE_CIPHER_SPEC && bytes[0] <= APPLICATION_DATA &&
	       bytes[1] == MAJOR_VERSION;
}

/* TLS 1.3 says inside what a record is (RFC 8446 section 5.2), older ones in front. */
static bool is_data(const SSL *ssl, int content, const uint8_t *bytes)
{
	return bytes[0] == SSL3_RT_APPLICATION_DATA &&
	       (content == SSL3_RT_INNER_CONTENT_TYPE ||
		(content == SSL3_RT_HEADER && SSL_version(ssl) < TLS1_3_VERSION));
}

static void look_at_message(int written, int version, int content, const void *bytes,
			    size_t length, SSL *ssl, void *arg)
{
	struct fetch_tls *tls = arg;

	(void)version;
	if (written || !length)
		return;
	if (content == SSL3_RT_HEADER && length == SSL3_RT_HEADER_LENGTH && !tls->version &&
	    !begins_record(bytes))
		tls->alien = true;
	if (is_data(ssl, content, bytes))
		tls->heard = true;
}

void fetch_tls_prepare(struct fetch_tls *tls, void *context)
{
	SSL_CTX_set_security_level(context, 0);
	SSL_CTX_set_min_proto_version(context, 0);
	SSL_CTX_clear_options(context, SSL_OP_NO_SSLv3);
	SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_TICKET |
					     SSL_OP_IGNORE_UNEXPECTED_EOF);
	/* Without a certificate there is nothing to see. */
	SSL_CTX_set_cipher_list(context, "ALL:!aNULL");
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_cert_verify_callback(context, take_chain, tls);
	SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
	SSL_CTX_set_tlsext_status_cb(context, take_staple);
	SSL_CTX_set_tlsext_status_arg(context, tls);
	SSL_CTX_set_msg_callback(context, look_at_message);
	SSL_CTX_set_msg_callback_arg(context, tls);
	/* Others end in a FIN, too; and what a closed socket answers would look like a reset. */
	SSL_CTX_set_quiet_shutdown(context, 1);
	SSL_CTX_set_app_data(context, tls);
	SSL_CTX_set_info_callback(context, note_progress);
}
