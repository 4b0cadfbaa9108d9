/* SPDX-License-Identifier: Apache-2.0
 *
 * The facts of the collector tls; certificate sets a few of them too.
 */
#ifndef COLLECTORS_TLS_FACTS_H
#define COLLECTORS_TLS_FACTS_H

#include "collectors/facts.h"

enum tls_fact {
	TLS_FACT_VERSIONS,
	TLS_FACT_CIPHERS,
	TLS_FACT_WEAK_CIPHERS,
	TLS_FACT_WEAKNESSES,
	TLS_FACT_PREFERENCE,
	TLS_FACT_ANONYMOUS,
	TLS_FACT_GROUPS,
	TLS_FACT_ALPN,
	TLS_FACT_CLIENT_CERTIFICATE,
	TLS_FACT_COMPRESSION,
	TLS_FACT_SECURE_RENEGOTIATION,
	TLS_FACT_FALLBACK_SCSV,
	TLS_FACT_STARTTLS,
	TLS_FACT_PLAIN_TEXT,
	TLS_FACT_COUNT
};

/* For the collector's row; all others ask the functions. */
extern const struct fact_descriptor tls_fact_table[];

/* The table, ended by a row without a name. */
const struct fact_descriptor *tls_fact(enum tls_fact fact);

#endif
