/* SPDX-License-Identifier: Apache-2.0
 *
 * What was read of a certificate, as facts. Used by trust.c.
 */
#ifndef COLLECTORS_CERTIFICATE_TELL_H
#define COLLECTORS_CERTIFICATE_TELL_H

#include "collectors/certificate_read.h"

struct facts;

/* The server's own. */
void certificate_tell(const struct certificate *certificate, int64_t wall_us,
		      struct facts *facts);
/* A record of cert.chain. */
void certificate_tell_element(const struct certificate *certificate, struct facts *facts);

#endif
