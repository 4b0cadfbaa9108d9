/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/snmp_access.h"

#include <string.h>

#include "collectors/string_wire.h"
#include "ground/memory.h"

enum { STRINGS = 7 };

/* In the order in which they travel. */
static void list_strings(struct snmp_access *access, const char **strings[static STRINGS])
{
	strings[0] = &access->community;
	strings[1] = &access->user;
	strings[2] = &access->auth;
	strings[3] = &access->auth_password;
	strings[4] = &access->privacy;
	strings[5] = &access->privacy_password;
	strings[6] = &access->context;
}

void snmp_access_encode(const struct snmp_access *access, struct writer *out)
{
	struct snmp_access copy = { 0 };
	const char **strings[STRINGS];

	writer_put_u8(out, access ? access->version : 0);
	if (!access)
		return;
	copy = *access;
	list_strings(&copy, strings);
	for (int i = 0; i < STRINGS; i++)
		string_put(out, *strings[i]);
}

bool snmp_access_decode(struct reader *in, struct arena *arena,
			const struct snmp_access **access)
{
	struct snmp_access *taken;
	const char **strings[STRINGS];
	uint8_t version = reader_take_u8(in);

	*access = NULL;
	if (!reader_ok(in) || version > 3)
		return false;
	if (!version)
		return true;
	taken = arena_take(arena, sizeof *taken);
	taken->version = version;
	list_strings(taken, strings);
	for (int i = 0; i < STRINGS; i++) {
		*strings[i] = string_take_copy(in, arena);
		if (!*strings[i])
			return false;
		if (!**strings[i])
			*strings[i] = NULL;
	}
	*access = taken;
	return true;
}

bool snmp_access_same(const struct snmp_access *a, const struct snmp_access *b)
{
	struct snmp_access of_a, of_b;
	const char **in_a[STRINGS], **in_b[STRINGS];

	if (!a || !b || a->version != b->version)
		return a == b;
	of_a = *a;
	of_b = *b;
	list_strings(&of_a, in_a);
	list_strings(&of_b, in_b);
	for (int i = 0; i < STRINGS; i++) {
		const char *left = *in_a[i], *right = *in_b[i];

		if (left != right && (!left || !right || strcmp(left, right) != 0))
			return false;
	}
	return true;
}
