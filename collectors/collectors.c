/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of collectors. A new one is a row here; behind the NULL, at which all stop who list
 * them, if it is the engine's own.
 */
#include <string.h>

#include "collectors/certificate.h"
#include "collectors/collector.h"
#include "collectors/dns.h"
#include "collectors/document.h"
#include "collectors/host.h"
#include "collectors/http.h"
#include "collectors/port.h"
#include "collectors/reach.h"
#include "collectors/sip.h"
#include "collectors/smb.h"
#include "collectors/snmp.h"
#include "collectors/ssh.h"
#include "collectors/tls.h"

static const struct collector *const collectors[] = {
	&port_collector,
	&smb_collector,
	&tls_collector,
	&certificate_collector,
	&ssh_collector,
	&dns_collector,
	&host_collector,
	&reach_collector,
	&sip_collector,
	&http_collector,
	&snmp_collector,
	NULL,
	&document_collector
};

enum { COLLECTORS_MOST = sizeof collectors / sizeof *collectors, FACTS_MOST = 256 };

const struct collector *collector_at(size_t index)
{
	return index < COLLECTORS_MOST ? collectors[index] : NULL;
}

size_t collector_index(const struct collector *collector)
{
	size_t index = 0;

	while (index < COLLECTORS_MOST && collectors[index] != collector)
		index++;
	return index;
}

const struct collector *collector_named(const char *name)
{
	for (size_t i = 0; collectors[i]; i++)
		if (!strcmp(collectors[i]->name, name))
			return collectors[i];
	return NULL;
}

const struct fact_descriptor *fact_at(uint8_t collector, uint8_t row)
{
	const struct collector *owner = collector_at(collector);

	for (uint8_t i = 0; owner && owner->facts[i].name; i++)
		if (i == row)
			return &owner->facts[i];
	return NULL;
}

bool fact_place(const struct fact_descriptor *about, uint8_t *collector, uint8_t *row)
{
	for (size_t i = 0; i < COLLECTORS_MOST; i++) {
		const struct fact_descriptor *facts = collectors[i] ? collectors[i]->facts : NULL;

		for (uint8_t at = 0; facts && facts[at].name; at++) {
			if (&facts[at] == about) {
				*collector = (uint8_t)i;
				*row = at;
				return true;
			}
		}
	}
	return false;
}

const struct fact_descriptor *fact_named(const char *name)
{
	for (size_t i = 0; collectors[i]; i++)
		for (const struct fact_descriptor *f = collectors[i]->facts; f->name; f++)
			if (!strcmp(f->name, name))
				return f;
	return NULL;
}

const char *const *collector_names(void)
{
	static const char *names[COLLECTORS_MOST];

	for (size_t i = 0; collectors[i]; i++)
		names[i] = collectors[i]->name;
	return names;
}

const char *const *fact_names(void)
{
	static const char *names[FACTS_MOST + 1];
	size_t count = 0;

	for (size_t i = 0; collectors[i]; i++)
		for (const struct fact_descriptor *f = collectors[i]->facts; f->name; f++)
			if (count < FACTS_MOST)
				names[count++] = f->name;
	names[count] = NULL;
	return names;
}
