/* SPDX-License-Identifier: Apache-2.0
 *
 * What a certificate says in words: a part of certificate_read.c. All of it is a
 * stranger's: it is escaped, and cut where it is too long.
 */
#ifndef COLLECTORS_CERTIFICATE_TEXT_H
#define COLLECTORS_CERTIFICATE_TEXT_H

#include "collectors/certificate_read.h"

/* hex has room for two digits a byte and NUL. */
void certificate_text_hex(const uint8_t *bytes, size_t count, char *hex);
/* Subject, issuer, serial, signature, names, wildcard, usages. */
void certificate_read_texts(struct certificate *certificate);

#endif
