/* SPDX-License-Identifier: Apache-2.0
 *
 * The keys of a TLS 1.3 handshake, as far as reading the server's encrypted flight needs
 * them (RFC 8446 chapter 7): nothing is verified, nothing is ever sent under them.
 *
 * A private key is made once for each group and used for every connection of the process:
 * what we read is no secret, and making keys is most of the work.
 */
#ifndef COLLECTORS_TLS_SECRETS_H
#define COLLECTORS_TLS_SECRETS_H

#include "collectors/tls_hello.h"

struct tls_secrets;	/* of one connection */

/* Our share for the group; false when we cannot have one: then offer another. */
bool tls_secrets_share(uint16_t group, struct tls_key_share *share);
/* Groups for which we can, the cheapest first. */
const uint16_t *tls_secrets_groups(size_t *count);

struct tls_secrets *tls_secrets_new(void);
void tls_secrets_free(struct tls_secrets *secrets);
/* Every handshake message up to the ServerHello, as it went over the wire and in its order,
 * with its four bytes of head. */
void tls_secrets_add_message(struct tls_secrets *secrets, const void *message, size_t length);
/* A HelloRetryRequest for that suite: what was said before becomes its hash. To be called
 * before the HelloRetryRequest itself is added. */
bool tls_secrets_restart(struct tls_secrets *secrets, uint16_t suite);
/* After the ServerHello was added. False for suites and shares we cannot use. */
bool tls_secrets_derive(struct tls_secrets *secrets, uint16_t suite,
			const struct tls_key_share *servers);
/* Decrypts the fragment of an application_data record in place: its plain length without
 * padding, and the type of the content. False when it is not authentic. */
bool tls_secrets_open(struct tls_secrets *secrets, uint8_t *fragment, size_t length,
		      size_t *plain_length, uint8_t *type);

#endif
