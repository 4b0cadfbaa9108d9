/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/snmp_facts.h"

static const char *const version_words[] = { "v1", "v2c", "v3", NULL };

static const char *const access_words[] = {
#define ACCESS_WORD(constant, word) word,
	SNMP_ACCESSES(ACCESS_WORD)
#undef ACCESS_WORD
		NULL
};

const struct fact_descriptor snmp_fact_table[] = {
	[SNMP_FACT_DEFAULT_COMMUNITY] = {
		.name = "snmp.default_community", .type = FACT_BOOLEAN,
		.metric = "snmp_default_community",
		.help = "Whether the community 'public' is answered, over v1 or v2c. It is only "
			"said not to be when the agent answers otherwise: over v3, or with the "
			"configured access."
	},
	[SNMP_FACT_VERSIONS] = {
		.name = "snmp.versions", .type = FACT_TEXTS, .words = version_words,
		.help = "The versions that answer: v1 and v2c with 'public' or with the "
			"configured community, v3 by saying which engine it is."
	},
	[SNMP_FACT_SYSDESCR] = {
		.name = "snmp.sysdescr", .type = FACT_TEXT,
		.help = "How the system describes itself (sysDescr)."
	},
	[SNMP_FACT_SYSNAME] = {
		.name = "snmp.sysname", .type = FACT_TEXT,
		.help = "The name its administrator gave it (sysName)."
	},
	[SNMP_FACT_SYSOBJECTID] = {
		.name = "snmp.sysobjectid", .type = FACT_TEXT,
		.help = "Which product it is, in the words of its maker (sysObjectID)."
	},
	[SNMP_FACT_UPTIME] = {
		.name = "snmp.uptime", .type = FACT_INTEGER, .unit = "seconds",
		.lasting = FACT_FLEETS,
		.help = "Since when the agent runs (sysUpTime); it begins anew after 497 days."
	},
	[SNMP_FACT_ENGINE_ID] = {
		.name = "snmp.engine_id", .type = FACT_TEXT,
		.help = "The identity of the engine of v3, in hexadecimal. Two systems with the "
			"same one are copies of each other."
	},
	[SNMP_FACT_ENGINE_BOOTS] = {
		.name = "snmp.engine_boots", .type = FACT_INTEGER,
		.lasting = FACT_FLEETS,
		.help = "How often that engine has been started."
	},
	[SNMP_FACT_ACCESS] = {
		.name = "snmp.access", .type = FACT_TEXT, .words = access_words,
		.needs_access = true,
		.help = "What came of the configured access (snmp_access); absent when there is "
			"none."
	},
	[SNMP_FACT_SOFTWARE] = {
		.name = "snmp.software", .type = FACT_TEXTS,
		.needs_access = true,
		.help = "The installed software, sorted (hrSWInstalledName of "
			"HOST-RESOURCES-MIB). Needs the configured access."
	},
	[SNMP_FACT_SOFTWARE_COUNT] = {
		.name = "snmp.software_count", .type = FACT_INTEGER,
		.needs_access = true,
		.help = "How much software is installed, when all of it was listed."
	},
	{ .name = NULL }
};

const struct fact_descriptor *snmp_fact(enum snmp_fact fact)
{
	return &snmp_fact_table[fact];
}

const char *snmp_access_word(enum snmp_access_state state)
{
	return access_words[state];
}

const char *snmp_version_word(uint8_t version)
{
	return version_words[version - 1];
}
