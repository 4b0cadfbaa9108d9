/* SPDX-License-Identifier: Apache-2.0
 *
 * The outline of a certificate (RFC 5280 4.1): where its parts lie, nothing decoded. Pure.
 * For what must be quick or exact to the byte; the rest is OpenSSL's.
 */
#ifndef COLLECTORS_CERTIFICATE_WIRE_H
#define COLLECTORS_CERTIFICATE_WIRE_H

#include "net/bytes.h"

struct certificate_outline {
	struct reader issuer;	/* each with its tag and length */
	struct reader subject;
	struct reader key;	/* subjectPublicKeyInfo */
};

/* False when it is no certificate, or when anything follows it. */
bool certificate_outline_of(struct reader der, struct certificate_outline *outline);
/* Devices write Latin letters where UTF-8 belongs, and OpenSSL then refuses the whole
 * certificate. Such strings of the names are marked as what they are; false when there are
 * none. The signature is broken then: good for reading only. */
bool certificate_mend_names(uint8_t *der, size_t length);

#endif
