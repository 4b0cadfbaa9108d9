/* SPDX-License-Identifier: Apache-2.0 */
#include "net/snmp.h"

#include <stdio.h>
#include <string.h>

bool snmp_name_parse(const char *string, struct snmp_name *name)
{
	name->count = 0;
	for (;; string++) {
		uint64_t id = 0;
		size_t digits = strspn(string, "0123456789");

		if (!digits || digits > 10 || name->count == SNMP_NAME_MOST)
			return false;
		for (; digits; digits--, string++)
			id = id * 10 + (uint64_t)(*string - '0');
		if (id > UINT32_MAX)
			return false;
		name->ids[name->count++] = (uint32_t)id;
		if (*string != '.')
			return !*string;
	}
}

void snmp_name_format(const struct snmp_name *name, char room[static SNMP_NAME_ROOM])
{
	size_t length = 0;

	*room = '\0';
	for (size_t i = 0; i < name->count; i++)
		length += (size_t)snprintf(room + length, SNMP_NAME_ROOM - length, "%s%u",
					   i ? "." : "", name->ids[i]);
}

int snmp_name_compare(const struct snmp_name *a, const struct snmp_name *b)
{
	size_t shared = a->count < b->count ? a->count : b->count;

	for (size_t i = 0; i < shared; i++)
		if (a->ids[i] != b->ids[i])
			return a->ids[i] < b->ids[i] ? -1 : 1;
	return a->count == b->count ? 0 : a->count < b->count ? -1 : 1;
}

bool snmp_name_is_below(const struct snmp_name *name, const struct snmp_name *root)
{
	return name->count > root->count &&
	       !memcmp(name->ids, root->ids, root->count * sizeof *root->ids);
}

void snmp_engine_format(const struct snmp_engine *engine, char room[static SNMP_ENGINE_ROOM])
{
	*room = '\0';
	for (size_t i = 0; i < engine->length; i++)
		snprintf(room + 2 * i, SNMP_ENGINE_ROOM - 2 * i, "%02x", engine->id[i]);
}
