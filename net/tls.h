/* SPDX-License-Identifier: Apache-2.0
 *
 * A TLS client for talking through, not for judging by: nothing is verified, old versions
 * and weak suites are welcome, so that old servers can be asked their questions. Bytes go
 * in and out through memory, so that who owns the socket also owns every limit.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "net/bytes.h"
#include "net/loop.h"

enum tls_result {
	TLS_DONE,
	TLS_WANTS_BYTES, /* of the peer's */
	TLS_CLOSED, /* the peer said goodbye */
	TLS_NOT_SPOKEN, /* what came has never been TLS */
	TLS_BROKEN
};

struct tls;

/* name: for SNI; none is sent for NULL or an address. What all clients of a loop have in
 * common is made once. */
struct tls *tls_new(struct loop *loop, const char *name);
void tls_free(struct tls *tls);
/* What has come over the wire. */
void tls_feed(struct tls *tls, const void *bytes, size_t length);
enum tls_result tls_handshake(struct tls *tls);
/* Appends what can be decrypted to `in`; DONE when there may be more. */
enum tls_result tls_read(struct tls *tls, struct writer *in);
enum tls_result tls_write(struct tls *tls, const void *bytes, size_t length);
/* The fatal alert with which the peer broke it off, RFC 8446 6.2; -1: it said none. */
int tls_alert(const struct tls *tls);
/* Appends the certificates that the peer has shown: u24 length and DER of each, at most ten.
 * False: it has shown more than that, or than there is room for. */
bool tls_shown(const struct tls *tls, struct writer *out);
/* Appends the OCSP response that it has stapled to them, if any. */
void tls_stapled(const struct tls *tls, struct writer *out);
/* "TLSv1.3". */
const char *tls_version(const struct tls *tls);
/* Moves what must go over the wire to `out`. */
void tls_drain(struct tls *tls, struct writer *out);

#endif
