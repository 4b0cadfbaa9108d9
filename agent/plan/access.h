/* SPDX-License-Identifier: Apache-2.0
 *
 * snmp_access: with what we may read a system over SNMP, as the configuration or a file of its
 * own says it. No message repeats what stands behind a key of it: it could be a password.
 */
#ifndef AGENT_PLAN_ACCESS_H
#define AGENT_PLAN_ACCESS_H

#include <stdbool.h>

struct arena;
struct field;
struct node;
struct problems;
struct reading;
struct snmp_access;

/* A field of FIELD_OWN: const struct snmp_access *. */
bool access_read_field(struct reading *reading, const struct field *field,
		       const struct node *node, void *base);
/* A file with the same keys and nothing else; NULL: see problems. */
const struct snmp_access *access_read(const char *file, struct arena *arena,
				      struct problems *problems);

#endif
