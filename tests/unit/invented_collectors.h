/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes the place of collectors.c in the tests of plan: one invented collector for each
 * kind of subject and each type of fact, whatever the real ones have by now. Include it
 * in the one file of a test.
 */
#ifndef TESTS_UNIT_INVENTED_COLLECTORS_H
#define TESTS_UNIT_INVENTED_COLLECTORS_H

#include <string.h>

#include "collectors/collector.h"
#include "collectors/port.h"

static const char *const state_words[] = { "open", "closed", "filtered", "unreachable",
					    "open_or_filtered", NULL };
static const char *const signing_words[] = { "disabled", "enabled", "required", NULL };
static const char *const dialect_words[] = { "2.0.2", "2.1", "3.0", "3.0.2", "3.1.1", NULL };
static const char *const version_words[] = { "SSLv3",  "TLS1.0", "TLS1.1",
					     "TLS1.2", "TLS1.3", NULL };

static const struct fact_descriptor port_facts[] = {
	{ .name = "port.state", .type = FACT_TEXT, .words = state_words },
	{ .name = "port.rtt_seconds", .type = FACT_REAL },
	{ .name = "port.open", .type = FACT_NUMBERS },
	{ .name = "port.banner", .type = FACT_TEXT, .told_of = FACT_OF_ONE_PORT },
	{ .name = "port.closed_count", .type = FACT_INTEGER, .told_of = FACT_OF_RANGE },
	{ .name = NULL },
};

static const struct fact_descriptor smb_facts[] = {
	{ .name = "smb.signing", .type = FACT_TEXT, .words = signing_words },
	{ .name = "smb.dialects", .type = FACT_TEXTS, .words = dialect_words },
	{ .name = "smb.smb1", .type = FACT_BOOLEAN },
	{ .name = NULL },
};

static const struct fact_descriptor chain_columns[] = {
	{ .name = "subject", .type = FACT_TEXT },
	{ .name = "not_after", .type = FACT_TIME },
	{ .name = NULL },
};

static const struct fact_descriptor tls_facts[] = {
	{ .name = "tls.versions", .type = FACT_TEXTS, .words = version_words,
	  .metric = "tls_version_accepted", .help = "h" },
	{ .name = "tls.weak_ciphers", .type = FACT_TEXTS, .metric = "tls_weak_ciphers",
	  .help = "h" },
	{ .name = "tls.ciphers", .type = FACT_TEXTS },
	{ .name = "cert.not_after", .type = FACT_TIME,
	  .metric = "certificate_not_after_timestamp_seconds", .help = "h" },
	{ .name = "cert.trusted", .type = FACT_BOOLEAN, .metric = "certificate_trusted",
	  .help = "h" },
	{ .name = "cert.chain", .type = FACT_RECORDS, .columns = chain_columns },
	{ .name = "cert.key_bits", .type = FACT_INTEGER },
	{ .name = "cert.sha256", .type = FACT_TEXT, .unit = "hex" },
	{ .name = "cert.serial", .type = FACT_TEXT, .unit = "hex" },
	{ .name = "cert.not_before", .type = FACT_TIME },
	{ .name = NULL },
};

static const struct fact_descriptor http_facts[] = {
	{ .name = "http.server", .type = FACT_TEXT },
	{ .name = "http.status", .type = FACT_INTEGER },
	{ .name = NULL },
};

static const struct fact_descriptor dns_facts[] = {
	{ .name = "dns.a", .type = FACT_TEXTS },
	{ .name = NULL },
};

static const struct fact_descriptor reach_facts[] = {
	{ .name = "reach.ok", .type = FACT_BOOLEAN, .metric = "reach_success", .help = "h" },
	{ .name = NULL },
};

static const struct fact_descriptor host_facts[] = {
	{ .name = "host.open", .type = FACT_NUMBERS },
	{ .name = NULL },
};

static const struct fact_descriptor snmp_facts[] = {
	{ .name = "snmp.sysdescr", .type = FACT_TEXT },
	{ .name = "snmp.software", .type = FACT_TEXTS, .needs_access = true },
	{ .name = NULL },
};

static const struct collector invented[] = {
	{ .name = "port", .answers = "", .kinds = SUBJECT_TCP | SUBJECT_UDP, .subject = "tcp/443",
	  .facts = port_facts, .looks_itself = true, .needs_ms = port_needs_ms },
	{ .name = "smb", .answers = "", .kinds = SUBJECT_TCP, .subject = "tcp/445",
	  .facts = smb_facts },
	{ .name = "tls", .answers = "", .kinds = SUBJECT_TCP, .subject = "tcp/443",
	  .facts = tls_facts },
	{ .name = "http", .answers = "", .kinds = SUBJECT_URL | SUBJECT_PATH, .subject = "/",
	  .facts = http_facts },
	{ .name = "dns", .answers = "", .kinds = SUBJECT_NAME | SUBJECT_OWN_NAME,
	  .subject = "pbx.example", .facts = dns_facts, .familyless = true },
	{ .name = "reach", .answers = "", .kinds = SUBJECT_URL, .subject = "https://x.example/",
	  .facts = reach_facts, .also = tls_facts },
	{ .name = "host", .answers = "", .kinds = SUBJECT_TCP, .subject = "tcp/1-65535",
	  .facts = host_facts, .looks_inside = true },
	{ .name = "snmp", .answers = "", .kinds = SUBJECT_UDP, .subject = "udp/161",
	  .facts = snmp_facts },
};

enum { INVENTED = sizeof invented / sizeof *invented };

const struct collector *collector_at(size_t index)
{
	return index < INVENTED ? &invented[index] : NULL;
}

size_t collector_index(const struct collector *collector)
{
	return (size_t)(collector - invented);
}

const struct collector *collector_named(const char *name)
{
	for (size_t i = 0; i < INVENTED; i++)
		if (!strcmp(invented[i].name, name))
			return &invented[i];
	return NULL;
}

const char *const *collector_names(void)
{
	static const char *names[INVENTED + 1];

	for (size_t i = 0; i < INVENTED; i++)
		names[i] = invented[i].name;
	return names;
}

const struct fact_descriptor *fact_named(const char *name)
{
	for (size_t i = 0; i < INVENTED; i++)
		for (const struct fact_descriptor *f = invented[i].facts; f->name; f++)
			if (!strcmp(f->name, name))
				return f;
	return NULL;
}

const char *const *fact_names(void)
{
	static const char *names[64];
	size_t count = 0;

	for (size_t i = 0; i < INVENTED; i++)
		for (const struct fact_descriptor *f = invented[i].facts; f->name; f++)
			names[count++] = f->name;
	return names;
}

/* The message encoding is of no interest here. */
bool fact_place(const struct fact_descriptor *about, uint8_t *collector, uint8_t *row)
{
	(void)about;
	(void)collector;
	(void)row;
	return false;
}

const struct fact_descriptor *fact_at(uint8_t collector, uint8_t row)
{
	(void)collector;
	(void)row;
	return NULL;
}

#endif
