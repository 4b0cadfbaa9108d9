/* SPDX-License-Identifier: Apache-2.0
 *
 * What columns*.c share: columns_agent.c has the agent and its sums, columns_engine.c what the
 * engine keeps of targets, checks and events, columns_seen.c what collectors saw. Nobody else
 * includes this.
 */
#ifndef AGENT_SNMP_COLUMNS_PARTS_H
#define AGENT_SNMP_COLUMNS_PARTS_H

#include "agent/snmp/columns.h"

/* Of a list X(constant, arc, name, syntax, most): an enumerator, and a column. */
#define COLUMN_CONSTANT(constant, number, word, kind, octets) constant = number,
#define COLUMN_ROW(constant, number, word, kind, octets)                                      \
	{ .arc = number, .name = word, .syntax = SYNTAX_##kind, .most = octets },
#define COLUMNS(list) .columns = list, .column_count = sizeof list / sizeof *list

/* The MIB counts from 1 where we count from 0. */
static inline bool set_word(struct value *value, unsigned word)
{
	return value_set_integer(value, (int64_t)word + 1);
}

/* ItuPerceivedSeverity. */
enum { PERCEIVED_CLEARED = 1, PERCEIVED_CRITICAL = 3 };

static inline bool set_severity(struct value *value, bool raised, uint8_t severity)
{
	return value_set_integer(value, raised ? PERCEIVED_CRITICAL + severity
					       : PERCEIVED_CLEARED);
}

/* Whole days from one time to another, as they pass: negative when it was before. */
static inline int64_t days_between(int64_t from_us, int64_t to_us)
{
	const int64_t day_us = INT64_C(86400) * 1000000;
	int64_t days = (to_us - from_us) / day_us;

	return days - ((to_us - from_us) % day_us < 0);
}

/* What was seen; NULL: it was not. */
const struct fact *shown_fact(const struct shown_facts *facts, const struct mirror_check *check,
			      enum shown shown);
/* The one number that its observation is about, and its unit (enum unit). */
enum unit { UNIT_NONE = 1, UNIT_SECONDS, UNIT_MILLISECONDS, UNIT_DAYS, UNIT_BITS, UNIT_COUNT,
	    UNIT_BOOLEAN };
enum unit shown_measure(const struct row *row, int64_t *number);

extern const struct table agent_table, summary_table, class_table, score_table, severity_table;
extern const struct table target_table, check_table, event_table, notify_table, exception_table;
extern const struct table certificate_table, port_table, tls_table, smb_table, reach_table;

#endif
