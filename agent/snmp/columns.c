/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/snmp/columns.h"

#include <string.h>

#include "agent/snmp/columns_parts.h"
#include "collectors/collector.h"

const struct table *columns_table(size_t which)
{
	static const struct table *const tables[] = {
		[TABLE_AGENT] = &agent_table,
		[TABLE_SUMMARY] = &summary_table,
		[TABLE_CLASSES] = &class_table,
		[TABLE_SCORE] = &score_table,
		[TABLE_SEVERITIES] = &severity_table,
		[TABLE_TARGETS] = &target_table,
		[TABLE_CHECKS] = &check_table,
		[TABLE_CERTIFICATES] = &certificate_table,
		[TABLE_EVENTS] = &event_table,
		[TABLE_NOTIFY] = &notify_table,
		[TABLE_PORTS] = &port_table,
		[TABLE_TLS] = &tls_table,
		[TABLE_SMB] = &smb_table,
		[TABLE_REACH] = &reach_table,
		[TABLE_EXCEPTIONS] = &exception_table
	};

	return tables[which];
}

const char *syntax_word(enum syntax syntax)
{
	static const char *const words[] = {
#define SYNTAX_WORD(constant, word, type) word,
		SYNTAXES(SYNTAX_WORD)
#undef SYNTAX_WORD
	};

	return words[syntax];
}

enum value_type syntax_type(enum syntax syntax)
{
	static const enum value_type types[] = {
#define SYNTAX_TYPE(constant, word, type) VALUE_##type,
		SYNTAXES(SYNTAX_TYPE)
#undef SYNTAX_TYPE
	};

	return types[syntax];
}

void columns_look_up(struct shown_facts *facts)
{
	static const char *const names[] = {
#define SHOWN_NAME(constant, name) name,
		SHOWN_FACTS(SHOWN_NAME)
#undef SHOWN_NAME
	};

	for (size_t i = 0; i < SHOWN_COUNT; i++)
		facts->about[i] = fact_named(names[i]);
}

const struct fact *shown_fact(const struct shown_facts *facts, const struct mirror_check *check,
			      enum shown shown)
{
	return check->sight ? facts_get(check->sight->observation->facts, facts->about[shown])
			    : NULL;
}

bool column_take(const struct table *table, const struct column *column, const struct row *row,
		 struct value *value)
{
	value->type = syntax_type(column->syntax);
	value->length = sizeof value->natural;
	if (!table->take(row, column->arc, value))
		return false;
	if (column->most)
		value_cut(value, column->most);
	return true;
}
