/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a certificate is for a name, as clients of today see it (RFC 6125, RFC 9525): by
 * subjectAltName only, and "*" stands for exactly one whole label. Used by trust.c.
 */
#ifndef COLLECTORS_CERTIFICATE_NAME_H
#define COLLECTORS_CERTIFICATE_NAME_H

#include "collectors/certificate/certificate_read.h"

/* `name` is a host name or a numeric address. */
bool certificate_is_for(const struct certificate *certificate, const char *name);

#endif
