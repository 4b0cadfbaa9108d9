/* SPDX-License-Identifier: Apache-2.0
 *
 * Our half of each key exchange: a private key a group, got when first needed and kept
 * until the process ends. Belongs to struct tls_keys; used by tls_secrets.c only.
 */
#ifndef COLLECTORS_TLS_AGREEMENT_H
#define COLLECTORS_TLS_AGREEMENT_H

#include "collectors/tls/tls_hello.h"

enum { TLS_AGREED_MOST = TLS_SHARE_MOST };

struct tls_agreement;

struct tls_agreement *tls_agreement_new(void);
void tls_agreement_free(struct tls_agreement *agreement);
/* The cheapest first. */
const uint16_t *tls_agreement_groups(size_t *count);
bool tls_agreement_share(struct tls_agreement *agreement, uint16_t group,
			 struct tls_key_share *share);
/* What follows from the peer's share and ours. False for a group of which we have no key,
 * for a point that is none, and for one of low order (RFC 7748 section 6). */
bool tls_agreement_reach(struct tls_agreement *agreement, const struct tls_key_share *theirs,
			 uint8_t agreed[TLS_AGREED_MOST], size_t *length);

#endif
