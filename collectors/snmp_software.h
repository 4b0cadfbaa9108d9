/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of installed software, as they come in and as they are told: made safe and sorted,
 * so that an agent that lists them in another order tomorrow has not changed.
 */
#ifndef COLLECTORS_SNMP_SOFTWARE_H
#define COLLECTORS_SNMP_SOFTWARE_H

#include "collectors/facts.h"

struct snmp_software {
	char **names;
	size_t count, room;
};

void snmp_software_add(struct snmp_software *software, const uint8_t *bytes, size_t length);
/* To be called once all of them are there, or no more will come. */
void snmp_software_tell(struct snmp_software *software, struct facts *facts,
			const struct fact_descriptor *about);
void snmp_software_free(struct snmp_software *software);

#endif
