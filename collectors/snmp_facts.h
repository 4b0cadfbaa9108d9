/* SPDX-License-Identifier: Apache-2.0
 *
 * The facts of the collector snmp.
 */
#ifndef COLLECTORS_SNMP_FACTS_H
#define COLLECTORS_SNMP_FACTS_H

#include "collectors/facts.h"

enum snmp_fact {
	SNMP_FACT_DEFAULT_COMMUNITY,
	SNMP_FACT_VERSIONS,
	SNMP_FACT_SYSDESCR,
	SNMP_FACT_SYSNAME,
	SNMP_FACT_SYSOBJECTID,
	SNMP_FACT_UPTIME,
	SNMP_FACT_ENGINE_ID,
	SNMP_FACT_ENGINE_BOOTS,
	SNMP_FACT_ACCESS,
	SNMP_FACT_SOFTWARE,
	SNMP_FACT_SOFTWARE_COUNT
};

/* What came of the configured access. X(constant, word) */
#define SNMP_ACCESSES(X)                                                              \
	X(GRANTED, "granted")                                                         \
	X(DENIED, "denied")                                                           \
	X(WRONG_CREDENTIALS, "wrong_credentials")                                     \
	X(UNKNOWN_USER, "unknown_user")                                               \
	X(WRONG_LEVEL, "wrong_level")                                                 \
	X(REFUSED, "refused")                                                         \
	X(NO_ANSWER, "no_answer")

enum snmp_access_state {
#define SNMP_ACCESS_CONSTANT(constant, word) SNMP_ACCESS_##constant,
	SNMP_ACCESSES(SNMP_ACCESS_CONSTANT)
#undef SNMP_ACCESS_CONSTANT
};

/* For the collector's row; all others ask the function. */
extern const struct fact_descriptor snmp_fact_table[];

const struct fact_descriptor *snmp_fact(enum snmp_fact fact);
const char *snmp_access_word(enum snmp_access_state state);
/* "v2c" for 2. */
const char *snmp_version_word(uint8_t version);

#endif
