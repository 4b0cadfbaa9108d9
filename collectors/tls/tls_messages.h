/* SPDX-License-Identifier: Apache-2.0
 *
 * The messages of a server's flight, each whole and without its head: bytes to values. All
 * are false for what contradicts itself, and have said nothing then. For tls_flight.c.
 */
#ifndef COLLECTORS_TLS_MESSAGES_H
#define COLLECTORS_TLS_MESSAGES_H

#include "collectors/tls/tls_hello.h"
#include "collectors/tls/tls_suites.h"

/* RFC 8446 4, 5246 7.4, 6066, 4680 */
enum tls_message {
	TLS_MESSAGE_HELLO_REQUEST = 0,
	TLS_MESSAGE_SERVER_HELLO = 2,
	TLS_MESSAGE_ENCRYPTED_EXTENSIONS = 8,
	TLS_MESSAGE_CERTIFICATE = 11,
	TLS_MESSAGE_KEY_EXCHANGE = 12,
	TLS_MESSAGE_CERTIFICATE_REQUEST = 13,
	TLS_MESSAGE_HELLO_DONE = 14,
	TLS_MESSAGE_CERTIFICATE_VERIFY = 15,
	TLS_MESSAGE_FINISHED = 20,
	TLS_MESSAGE_CERTIFICATE_STATUS = 22,
	TLS_MESSAGE_SUPPLEMENTAL_DATA = 23
};

enum { TLS_ALPN_ROOM = 32 };

struct tls_server_hello {
	bool retry;			/* a HelloRetryRequest */
	uint16_t version, suite, group;
	uint8_t compression;
	bool secure_renegotiation, staple_follows;
	char alpn[TLS_ALPN_ROOM];
	struct tls_key_share share;
	struct reader cookie;		/* lies in the message */
};

bool tls_read_server_hello(struct reader body, struct tls_server_hello *hello);
bool tls_read_encrypted_extensions(struct reader body, char alpn[static TLS_ALPN_ROOM]);
/* Of the suite; NULL when it is none we know. */
bool tls_read_key_exchange(struct reader body, const struct tls_suite *suite, uint16_t *group,
			   uint16_t *dh_bits);
/* What RFC 6066 8 calls CertificateStatus; an empty response when there is none. */
bool tls_read_status(struct reader body, struct reader *response);
/* The extensions of an element of a 1.3 chain: the same, if it is among them. */
bool tls_read_element_extensions(struct reader list, struct reader *response);

#endif
