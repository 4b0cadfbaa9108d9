/* SPDX-License-Identifier: Apache-2.0
 *
 * Where SIP over TLS was asked for and nobody answers in TLS: whether SIP is spoken there in
 * plain text. Used by tls_talk.c, with a talk that begins with a struct starttls.
 */
#ifndef COLLECTORS_TLS_PLAIN_H
#define COLLECTORS_TLS_PLAIN_H

#include "net/dialogue.h"

/* One step; `said` is the first line of the answer. */
const struct step *tls_plain_sip(void);

#endif
