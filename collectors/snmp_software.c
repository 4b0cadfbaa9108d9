/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/snmp_software.h"

#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"
#include "ground/text.h"

enum { NAME_MOST = 256 };

/* Windows pads its names with zeroes. */
static size_t length_without_padding(const uint8_t *bytes, size_t length)
{
	while (length && (bytes[length - 1] == '\0' || bytes[length - 1] == ' '))
		length--;
	return length;
}

void snmp_software_add(struct snmp_software *software, const uint8_t *bytes, size_t length)
{
	struct text name = { 0 };

	text_add_foreign(&name, (const char *)bytes, length_without_padding(bytes, length),
			 NAME_MOST);
	software->names = memory_room_for(software->names, software->count, &software->room,
					  sizeof *software->names);
	software->names[software->count++] = text_take(&name);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void snmp_software_tell(struct snmp_software *software, struct facts *facts,
			const struct fact_descriptor *about)
{
	if (software->count)
		qsort(software->names, software->count, sizeof *software->names, compare_names);
	facts_set_texts(facts, about, (const char *const *)software->names, software->count);
}

void snmp_software_free(struct snmp_software *software)
{
	for (size_t i = 0; i < software->count; i++)
		free(software->names[i]);
	free(software->names);
	*software = (struct snmp_software){ 0 };
}
