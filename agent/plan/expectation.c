/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/expectation.h"

#include <string.h>

#include "agent/plan/contradiction.h"
#include "agent/plan/operand.h"
#include "collectors/collector.h"
#include "ground/memory.h"
#include "ground/words.h"

enum {
	BOOLEANS = 1u << FACT_BOOLEAN,
	INTEGERS = 1u << FACT_INTEGER,
	REALS = 1u << FACT_REAL,
	TIMES = 1u << FACT_TIME,
	SINGLE_TEXTS = 1u << FACT_TEXT,
	TEXT_LISTS = 1u << FACT_TEXTS,
	NUMBER_LISTS = 1u << FACT_NUMBERS,
	TEXTS = SINGLE_TEXTS | TEXT_LISTS,
	LISTS = TEXT_LISTS | NUMBER_LISTS,
	COMPARABLE = INTEGERS | REALS | TIMES | TEXTS | NUMBER_LISTS,
	COUNTABLE = BOOLEANS | INTEGERS | TEXTS | NUMBER_LISTS,
	EVERYTHING = COUNTABLE | REALS | TIMES | 1u << FACT_RECORDS
};

/* The types of facts that can be asked so, and what stands behind the operator. */
static const struct {
	unsigned types;
	bool (*read)(struct reading *reading, const struct node *node,
		     struct expectation *expectation);
} operators[] = {
	[OPERATOR_IS] = { COUNTABLE, operand_read_one },
	[OPERATOR_IS_NOT] = { COUNTABLE, operand_read_one },
	[OPERATOR_ONE_OF] = { INTEGERS | SINGLE_TEXTS, operand_read_several },
	[OPERATOR_NONE_OF] = { INTEGERS | TEXTS | LISTS, operand_read_several },
	[OPERATOR_ONLY] = { LISTS, operand_read_several },
	[OPERATOR_ALL_OF] = { LISTS, operand_read_several },
	[OPERATOR_WITHIN] = { TEXTS, operand_read_networks },
	[OPERATOR_MATCHES] = { TEXTS, NULL },
	[OPERATOR_AT_LEAST] = { COMPARABLE, operand_read_one },
	[OPERATOR_AT_MOST] = { COMPARABLE, operand_read_one },
	[OPERATOR_PRESENT] = { EVERYTHING, operand_read_true },
	[OPERATOR_ABSENT] = { EVERYTHING, operand_read_true },
	[OPERATOR_REMAINING] = { TIMES, operand_read_remaining },
	[OPERATOR_UNCHANGED] = { COUNTABLE, operand_read_true },
};

static const char *const type_words[] = {
	[FACT_BOOLEAN] = "true or false",
	[FACT_INTEGER] = "a number",
	[FACT_REAL] = "a number",
	[FACT_TIME] = "a time",
	[FACT_TEXT] = "one text",
	[FACT_TEXTS] = "a list of texts",
	[FACT_NUMBERS] = "a list of numbers",
	[FACT_RECORDS] = "a list of records",
};

static const char *const words[] = {
#define OPERATOR_WORD(constant, word) word,
	OPERATORS(OPERATOR_WORD)
#undef OPERATOR_WORD
		NULL
};

const char *operator_word(enum operator operator)
{
	return words[operator];
}

bool expectation_fits(enum operator operator, enum fact_type type)
{
	return operators[operator].types & 1u << type;
}

static bool refuse_operator(struct reading *reading, const struct node *node,
			    const struct fact_descriptor *fact)
{
	struct text fitting = { 0 };

	for (int i = 0; i < OPERATOR_COUNT; i++)
		if (expectation_fits((enum operator)i, fact->type))
			text_add_item(&fitting, ", ", words[i]);
	form_error(reading, node->key_place,
		   "'%s' cannot be asked of %s, which is %s: use one of %s", node->key,
		   fact->name, type_words[fact->type], text_string(&fitting));
	text_free(&fitting);
	return false;
}

/* `is` and `is_not` of a list look at all of it. */
static bool takes_several(const struct expectation *expectation)
{
	enum fact_type type = expectation->fact->type;

	return expectation->operator== OPERATOR_IS &&(LISTS & 1u << type);
}

static const char *instead_of_list(enum operator operator)
{
	return operator== OPERATOR_IS     ? "one_of" :
	       operator== OPERATOR_IS_NOT ? "none_of"
					  : NULL;
}

static bool read_operands(struct reading *reading, const struct node *node,
			  struct expectations *list, struct expectation *expectation)
{
	const char *instead = instead_of_list(expectation->operator);

	if (expectation->operator== OPERATOR_MATCHES)
		return operand_read_pattern(reading, node, expectation, list->patterns);
	if (takes_several(expectation))
		return operand_read_several(reading, node, expectation);
	if (node->kind == NODE_LIST && instead) {
		form_error(reading, node->place, "'%s' takes one value: for several use '%s'",
			   node->key, instead);
		return false;
	}
	return operators[expectation->operator].read(reading, node, expectation);
}

bool expectation_fits_entries(enum operator operator)
{
	switch (operator) {
	case OPERATOR_PRESENT:
	case OPERATOR_ABSENT:
	case OPERATOR_AT_LEAST:
	case OPERATOR_AT_MOST:
	case OPERATOR_MATCHES:
		return true;
	default:
		return false;
	}
}

static bool read_operator(struct reading *reading, const struct node *node,
			  const struct fact_descriptor *fact, const char *entry,
			  struct expectations *list)
{
	struct expectation expectation = { .fact = fact, .entry = entry };
	int operator= words_find(node->key, words);

	if (operator<0) {
		problems_add_unknown(reading->problems, node->key_place, "operator", node->key,
				     words);
		return false;
	}
	expectation.operator=(enum operator) operator;
	if (!expectation_fits(expectation.operator, fact->type))
		return refuse_operator(reading, node, fact);
	if (entry && !expectation_fits_entries(expectation.operator)) {
		form_error(reading, node->key_place,
			   "'%s' cannot be asked of an 'entry': use one of present, absent, "
			   "at_least, at_most, matches",
			   node->key);
		return false;
	}
	if (!read_operands(reading, node, list, &expectation))
		return false;
	list->items[list->count++] = expectation;
	return true;
}

static const struct fact_descriptor *
find_fact(struct reading *reading, const struct node *node, const struct collector *collector)
{
	const struct fact_descriptor *fact = fact_named(node->key);

	if (!fact) {
		problems_add_unknown(reading->problems, node->key_place, "fact", node->key,
				     fact_names());
	} else if (collector && collector_fact_row(collector, fact) < 0) {
		form_error(
			reading, node->key_place,
			"%s is not among the facts of '%s': such a rule would never be judged",
			fact->name, collector->name);
		fact = NULL;
	}
	return fact;
}

static bool entry_is_good(struct reading *reading, const struct node *entry,
			  const struct fact_descriptor *fact)
{
	if (fact->type != FACT_TEXTS) {
		form_error(reading, entry->key_place,
			   "'entry' is for lists of texts, and %s is %s", fact->name,
			   type_words[fact->type]);
		return false;
	}
	return (entry->kind == NODE_TEXT && *entry->text) ||
	       form_refuse(reading, "entry", entry, "a pattern such as '*OpenJDK*'");
}

/* A rule that is never met would be a finding for ever, and nobody could put it right. */
static void refuse_contradiction(struct reading *reading, const struct node *node,
				 const struct expectation *expect, size_t count)
{
	struct text operators_met = { 0 };

	if (!expectations_contradict(expect, count))
		return;
	for (size_t i = 0; i < count; i++)
		text_add_item(&operators_met, " and ", words[expect[i].operator]);
	form_error(reading, node->key_place,
		   "nothing can meet what is expected of %s: no value is all of %s", node->key,
		   text_string(&operators_met));
	text_free(&operators_met);
}

/* What is said of one fact: operators, and of which entries of a list they speak. */
static void read_fact(struct reading *reading, const struct node *node,
		      const struct fact_descriptor *fact, struct expectations *list)
{
	const struct node *entry = node_member(node, "entry");
	size_t before = list->count;

	if (entry && !entry_is_good(reading, entry, fact))
		return;
	if (entry && node->count == 1)
		form_error(reading, node->place,
			   "'entry' needs an operator beside it such as { present: true }");
	for (const struct node *n = node->first; n; n = n->next)
		if (n != entry)
			read_operator(reading, n, fact, entry ? entry->text : NULL, list);
	refuse_contradiction(reading, node, list->items + before, list->count - before);
}

/* Room for every operator of every fact. */
static size_t count_operators(const struct node *node)
{
	size_t count = 0;

	for (const struct node *fact = node->first; fact; fact = fact->next)
		count += fact->kind == NODE_MAP ? fact->count : 0;
	return count;
}

bool expectations_read(struct reading *reading, const struct node *node,
		       struct expectations *list)
{
	if (node->kind != NODE_MAP)
		return form_refuse(reading, node->key ? node->key : "expect", node,
				   "facts and operators such as { port.state: { is: open } }");
	list->items = arena_take(reading->arena, count_operators(node) * sizeof *list->items);
	list->count = 0;
	for (const struct node *n = node->first; n; n = n->next) {
		const struct fact_descriptor *fact = find_fact(reading, n, list->collector);

		if (n->kind != NODE_MAP || !n->count)
			form_refuse(reading, n->key, n, "an operator such as { is: open }");
		else if (fact)
			read_fact(reading, n, fact, list);
	}
	if (!node->count)
		form_error(reading, node->place, "nothing is expected here: name a fact");
	return list->count > 0;
}
