/* SPDX-License-Identifier: Apache-2.0
 *
 * The certificates of the demonstration, made anew at each start: of an authority of its own,
 * whose key is never written down, or of nobody but themselves.
 */
#ifndef CONTRIB_DEMO_AUTHORITY_H
#define CONTRIB_DEMO_AUTHORITY_H

#include <openssl/x509.h>
#include <stdbool.h>

struct authority;

struct authority *authority_new(void);
void authority_free(struct authority *authority);
/* Its own certificate, as PEM. */
bool authority_write(const struct authority *authority, const char *path);
/* A certificate for these names, NULL or ended by NULL, and the address; issuer NULL:
 * self-signed. The caller owns it. */
X509 *certificate_new(const struct authority *issuer, EVP_PKEY *key, const char *address,
		      const char *const *names);
EVP_PKEY *certificate_key_new(void);

#endif
