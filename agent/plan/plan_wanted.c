/* SPDX-License-Identifier: Apache-2.0
 *
 * Which facts have to be seen for a rule: those that it names, and those of metrics, whose
 * series must not come and go with the rules. And what else follows from them.
 */
#include <string.h>

#include "agent/plan/planning.h"

enum { BITS = 64 };

/* "not_after" of "cert.not_after". */
static const char *leaf_of(const struct fact_descriptor *fact)
{
	const char *dot = strrchr(fact->name, '.');

	return dot ? dot + 1 : fact->name;
}

static bool same_stem(const struct fact_descriptor *a, const struct fact_descriptor *b)
{
	size_t length = (size_t)(leaf_of(a) - a->name);

	return length == (size_t)(leaf_of(b) - b->name) && !memcmp(a->name, b->name, length);
}

/* A metric has a series for each record that tells it, too. */
static bool tells_metric(const struct fact_descriptor *list, const struct fact_descriptor *fact)
{
	if (list->type != FACT_RECORDS || !fact->metric || !same_stem(list, fact))
		return false;
	for (const struct fact_descriptor *column = list->columns; column->name; column++)
		if (!strcmp(column->name, leaf_of(fact)))
			return true;
	return false;
}

/* How much of a life remains may depend on when it began. */
static bool tells_begin(const struct fact_descriptor *fact,
			const struct expectation *expectation)
{
	return expectation->operator== OPERATOR_REMAINING &&
	       !strcmp(leaf_of(fact), "not_before") && same_stem(fact, expectation->fact);
}

static bool is_named(const struct fact_descriptor *fact, const struct expectation *expect,
		     size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (expect[i].fact == fact || tells_begin(fact, &expect[i]))
			return true;
	return false;
}

static bool is_for_metrics(const struct collector *collector,
			   const struct fact_descriptor *fact)
{
	const struct fact_descriptor *other;

	if (fact->metric)
		return true;
	for (size_t row = 0; (other = collector_fact_at(collector, row)); row++)
		if (tells_metric(fact, other))
			return true;
	return false;
}

/* As in a request. */
static uint64_t wanted_facts(const struct rule *rule)
{
	const struct fact_descriptor *fact;
	uint64_t wanted = 0;

	for (size_t row = 0; (fact = collector_fact_at(rule->collector, row)); row++) {
		if (!is_named(fact, rule->expect, rule->expect_count) &&
		    !is_named(fact, rule->otherwise, rule->otherwise_count) &&
		    !is_for_metrics(rule->collector, fact))
			continue;
		/* What has no bit is seen when all is. */
		if (row >= BITS)
			return 0;
		wanted |= UINT64_C(1) << row;
	}
	return wanted;
}

static bool needs_access(const struct expectation *expect, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (expect[i].fact->needs_access)
			return true;
	return false;
}

struct common planning_common(const struct rule *rule)
{
	return (struct common){
		.wanted = wanted_facts(rule),
		.tells_certificate = collector_tells(rule->collector, "cert."),
		.tells_snmp = collector_tells(rule->collector, "snmp."),
		.needs_access = needs_access(rule->expect, rule->expect_count),
		.otherwise_needs_access = needs_access(rule->otherwise, rule->otherwise_count),
	};
}
