/* SPDX-License-Identifier: Apache-2.0
 *
 * The keys of a TLS 1.3 handshake, as far as reading the server's encrypted flight needs
 * them (RFC 8446 chapter 7): nothing is verified, nothing is ever sent under them.
 *
 * The private keys are the same for every connection of the process, and no secret: what we
 * read is none either, and keys are most of the work (docs/decisions/0006).
 */
#ifndef COLLECTORS_TLS_SECRETS_H
#define COLLECTORS_TLS_SECRETS_H

#include "collectors/tls/tls_hello.h"

struct tls_keys;	/* of a process; the runner's, see run_tls_keys() */
struct tls_secrets;	/* of one connection */

/* Fetches all algorithms: to be called before the fence is closed. */
struct tls_keys *tls_keys_new(void);
/* After the last tls_secrets_free(). */
void tls_keys_free(struct tls_keys *keys);
/* Our share for the group; false when we cannot have one: then offer another. */
bool tls_keys_share(struct tls_keys *keys, uint16_t group, struct tls_key_share *share);
/* Groups for which we can, the cheapest first. */
const uint16_t *tls_keys_groups(size_t *count);

struct tls_secrets *tls_secrets_new(struct tls_keys *keys);
void tls_secrets_free(struct tls_secrets *secrets);
/* Every handshake message up to the ServerHello, as it went over the wire and in its order,
 * with its four bytes of head: ours by the talk, the server's by the flight. */
void tls_secrets_add_message(struct tls_secrets *secrets, const void *message, size_t length);
/* A HelloRetryRequest for that suite: what was said before becomes its hash. The flight calls
 * it before it adds the HelloRetryRequest itself. */
bool tls_secrets_restart(struct tls_secrets *secrets, uint16_t suite);
/* After the ServerHello was added. False for suites and shares we cannot use. */
bool tls_secrets_derive(struct tls_secrets *secrets, uint16_t suite,
			const struct tls_key_share *servers);
/* The same when what both have agreed on is known already. */
bool tls_secrets_derive_from(struct tls_secrets *secrets, uint16_t suite, const void *agreed,
			     size_t length);
/* Decrypts the fragment of an application_data record in place: its plain length without
 * padding, and the type of the content. False when it is not authentic. */
bool tls_secrets_open(struct tls_secrets *secrets, uint8_t *fragment, size_t length,
		      size_t *plain_length, uint8_t *type);

#endif
