/* SPDX-License-Identifier: Apache-2.0
 *
 * The facts of the collector certificate; reach sets them too.
 */
#ifndef COLLECTORS_CERTIFICATE_FACTS_H
#define COLLECTORS_CERTIFICATE_FACTS_H

#include "collectors/facts.h"

struct certificate;

enum certificate_fact {
	CERT_SUBJECT,
	CERT_ISSUER,
	CERT_NAMES,		/* subjectAltName: names and addresses */
	CERT_SERIAL,		/* lower case hex */
	CERT_NOT_BEFORE,
	CERT_NOT_AFTER,
	CERT_NOT_YET_VALID,
	CERT_EXPIRED,
	CERT_SELF_SIGNED,
	CERT_TRUSTED,
	CERT_TRUST_ERROR,
	CERT_NAME_MATCH,
	CERT_WILDCARD,
	CERT_KEY,		/* RSA, RSA-PSS, EC, DSA, Ed25519, Ed448, other */
	CERT_KEY_BITS,
	CERT_CURVE,
	CERT_SIGNATURE,		/* as OpenSSL calls it: sha256WithRSAEncryption */
	CERT_USAGES,		/* extended key usage: serverAuth, …, or an OID */
	CERT_SHA256,
	CERT_SPKI_SHA256,
	CERT_CHAIN,		/* records of the columns below */
	CERT_CHAIN_COMPLETE,
	CERT_OCSP_STAPLE,	/* none, good, revoked, unknown, expired, invalid */
	CERT_FACT_COUNT
};

/* The columns of cert.chain. */
enum certificate_column {
	CHAIN_SUBJECT,
	CHAIN_ISSUER,
	CHAIN_SERIAL,
	CHAIN_NOT_BEFORE,
	CHAIN_NOT_AFTER,
	CHAIN_KEY,
	CHAIN_KEY_BITS,
	CHAIN_SIGNATURE,
	CHAIN_SELF_SIGNED,
	CHAIN_AUTHORITY,
	CHAIN_SHA256,
	CHAIN_SPKI_SHA256,
	CHAIN_COLUMN_COUNT
};

/* For the collector's row; all others ask the functions. */
extern const struct fact_descriptor certificate_fact_table[];

const struct fact_descriptor *certificate_fact(enum certificate_fact fact);
const struct fact_descriptor *certificate_column(enum certificate_column column);

/* What was read of the server's own certificate, and of an element of cert.chain. */
void certificate_tell(const struct certificate *certificate, int64_t wall_us,
		      struct facts *facts);
void certificate_tell_element(const struct certificate *certificate, struct facts *record);

#endif
