/* SPDX-License-Identifier: Apache-2.0
 *
 * The travels of struct snmp_access. It holds secrets: they go to the prober with the request
 * and are never told.
 */
#ifndef COLLECTORS_SNMP_ACCESS_H
#define COLLECTORS_SNMP_ACCESS_H

#include "net/bytes.h"
#include "net/snmp.h"

struct arena;

/* NULL travels as "nobody has given us any". */
void snmp_access_encode(const struct snmp_access *access, struct writer *out);
/* *access is the arena's, or NULL; false when damaged. */
bool snmp_access_decode(struct reader *in, struct arena *arena,
			const struct snmp_access **access);
/* Whether both let us in the same way; either may be NULL. */
bool snmp_access_same(const struct snmp_access *a, const struct snmp_access *b);

#endif
