/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenSSL's own server, which answers out of memory: bytes in, bytes out.
 */
#ifndef TESTS_UNIT_TLS_SERVER_H
#define TESTS_UNIT_TLS_SERVER_H

#include "tests/unit/unit.h"

#include <openssl/ssl.h>

struct tls_server {
	SSL_CTX *context;
	SSL *ssl;
	BIO *heard, *says;		/* the SSL's */
	uint8_t *certificate;		/* DER */
	int certificate_length;
};

/* With one suite of TLS 1.3 and some groups, in OpenSSL's words; NULL: the usual ones. */
void tls_server_begin(struct tls_server *server, const char *suite, const char *groups);
void tls_server_end(struct tls_server *server);
/* What it says to these bytes; 0 when nothing. */
size_t tls_server_answer(struct tls_server *server, const void *bytes, size_t length,
			 uint8_t *answer, size_t room);

#endif
