/* SPDX-License-Identifier: Apache-2.0
 *
 * With what an administrator lets us read a system over SNMP. Secrets: they travel to the
 * prober with the request and are never told.
 */
#ifndef COLLECTORS_SNMP_ACCESS_H
#define COLLECTORS_SNMP_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "net/bytes.h"

struct arena;

struct snmp_access {
	uint8_t version;		/* 1, 2 (c) or 3 */
	const char *community;		/* of 1 and 2 */
	const char *user;		/* of 3, and all below; each NULL when not given */
	const char *auth;		/* "MD5", "SHA", "SHA-224" … "SHA-512" */
	const char *auth_password;
	const char *privacy;		/* "DES", "AES", "AES-192", "AES-256" */
	const char *privacy_password;
	const char *context;
};

/* NULL travels as "nobody has given us any". */
void snmp_access_encode(const struct snmp_access *access, struct writer *out);
/* *access is the arena's, or NULL; false when damaged. */
bool snmp_access_decode(struct reader *in, struct arena *arena,
			const struct snmp_access **access);
/* Whether both let us in the same way; either may be NULL. */
bool snmp_access_same(const struct snmp_access *a, const struct snmp_access *b);

#endif
