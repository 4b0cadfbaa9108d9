/* SPDX-License-Identifier: Apache-2.0
 *
 * What a server says to a ClientHello: an alert, a HelloRetryRequest, or its flight. Pure
 * but for its own memory, which has a bound whatever the peer sends: records are taken as
 * they come, messages put together, certificates kept one by one.
 */
#ifndef COLLECTORS_TLS_FLIGHT_H
#define COLLECTORS_TLS_FLIGHT_H

#include "collectors/tls/tls_hello.h"
#include "net/dialogue.h"

struct tls_secrets;

/* How far to listen. */
enum tls_until {
	TLS_UNTIL_HELLO,
	TLS_UNTIL_GROUP,		/* below 1.3: ServerKeyExchange, where there is one */
	TLS_UNTIL_CERTIFICATE,		/* with the staple behind it */
	TLS_UNTIL_DONE			/* all there is before our own answer */
};

enum tls_said {
	TLS_SAID_NOTHING,
	TLS_SAID_ALERT,			/* before or instead of a hello */
	TLS_SAID_RETRY,			/* HelloRetryRequest */
	TLS_SAID_HELLO,
	TLS_SAID_PLAIN_TEXT		/* no TLS at all: see `words`; of other strangers nothing */
};

/* RFC 8446 6.2, and older ones. */
enum {
	TLS_ALERT_WARNING = 1,
	TLS_ALERT_HANDSHAKE_FAILURE = 40,
	TLS_ALERT_ILLEGAL_PARAMETER = 47,
	TLS_ALERT_DECODE_ERROR = 50,
	TLS_ALERT_PROTOCOL_VERSION = 70,
	TLS_ALERT_INSUFFICIENT_SECURITY = 71,
	TLS_ALERT_INTERNAL_ERROR = 80,
	TLS_ALERT_INAPPROPRIATE_FALLBACK = 86,
	TLS_ALERT_MISSING_EXTENSION = 109,
	TLS_ALERT_UNRECOGNIZED_NAME = 112,
	TLS_ALERT_CERTIFICATE_REQUIRED = 116,
	TLS_ALERT_NO_APPLICATION_PROTOCOL = 120
};

enum {
	TLS_CHAIN_ELEMENTS_MOST = 32,
	TLS_CHAIN_BYTES_MOST = 128 << 10,
	TLS_WORDS_MOST = 128
};

struct tls_flight {
	/* set by whoever listens */
	enum tls_until until;
	struct tls_secrets *secrets;	/* 1.3: to read on; NULL: a 1.3 hello is the end */

	enum tls_said said;
	bool alerted;			/* fatally; also behind a hello */
	uint8_t alert;
	uint16_t version, suite;	/* of the hello or retry */
	uint16_t group;			/* chosen, or asked for by a retry; 0: not said */
	uint16_t dh_bits;		/* below 1.3: of the prime of a DHE suite; 0: none */
	uint8_t compression;
	bool secure_renegotiation;
	bool certificate_requested;
	bool complete;			/* listened as far as `until` says */
	char alpn[32];			/* chosen, "" for none */
	struct tls_key_share share;	/* the server's; without bytes when it is too long */
	struct writer cookie;		/* of a retry */
	struct writer chain;		/* u24 length and DER of each element, the leaf first */
	size_t chain_elements;		/* kept in `chain` */
	bool chain_cut;			/* the peer sent more than is kept */
	struct writer staple;		/* the OCSP response, or empty */
	char words[TLS_WORDS_MOST];	/* how plain text began; raw, ended by NUL */

	size_t heard_bytes;		/* taken from the reader */

	/* its own: the record and the message that are being heard, and what is awaited */
	struct writer message, record;
	size_t record_left, message_left, chain_left, awaited;
	uint8_t record_type, message_type, part, rank, alert_level;
	bool alert_begun, staple_follows, encrypted, key_exchanged;
};

void tls_flight_init(struct tls_flight *flight, enum tls_until until,
		     struct tls_secrets *secrets);
void tls_flight_free(struct tls_flight *flight);
/* For a step's read. TURN_GO_ON: what was taken is done with, the same step goes on.
 * TURN_CONCLUDED: heard as far as `until` says, or there is no more: after a retry, a fatal
 * alert, a chain that was cut, or a 1.3 hello whose secrets cannot be had; see `complete`.
 * After a retry it hears what is said to a second hello. */
enum turn tls_flight_hear(struct tls_flight *flight, struct reader *in);

#endif
