/* SPDX-License-Identifier: Apache-2.0
 *
 * Authorities out of a PEM file. A system brings about 140 of which a network uses a few:
 * only their names are read at first, and a certificate when somebody asks for its name.
 * Made and freed by trust.c; what is found belongs to the store.
 */
#ifndef COLLECTORS_CERTIFICATE_STORE_H
#define COLLECTORS_CERTIFICATE_STORE_H

#include "collectors/certificate/certificate_read.h"

struct certificate_store;

/* What is no certificate is passed over. */
struct certificate_store *certificate_store_new(const struct certificate_reading *reading,
						const char *pem, size_t length);
/* The same from a file, which is closed then: behind the fence only reading is allowed. */
struct certificate_store *certificate_store_read(const struct certificate_reading *reading,
						 int descriptor);
/* Opens the system's own wherever this distribution keeps it, or SSL_CERT_FILE; -1: none. */
int certificate_store_open_system(void);
void certificate_store_free(struct certificate_store *store);
/* The next with that name behind *place, which begins with 0; NULL: no more. */
const struct certificate *certificate_store_find(struct certificate_store *store,
						 const X509_NAME *name, size_t *place);

#endif
