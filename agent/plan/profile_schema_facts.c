/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts and operators of the schema: which facts a collector has, what can be asked of each,
 * and what stands behind it.
 */
#include <string.h>

#include "agent/plan/operand.h"
#include "agent/plan/profile_help.h"
#include "agent/plan/profile_schema.h"
#include "collectors/collector.h"

#define NUMBER "-?[0-9]{1,18}"
#define DURATION "[0-9]{1,9}(ms|s|m|h|d|w)"

/* One question: an operator and the fact it is asked of. */
struct question {
	enum operator operator;
	const struct fact_descriptor *fact;
};

/* What is asked of most facts depends on their type alone. */
static const struct {
	const char *name;
	struct fact_descriptor like;
} kinds[] = {
	{ "asked_of_truth", { .name = "", .type = FACT_BOOLEAN } },
	{ "asked_of_a_number", { .name = "", .type = FACT_INTEGER } },
	{ "asked_of_a_number_with_decimals", { .name = "", .type = FACT_REAL } },
	{ "asked_of_a_time", { .name = "", .type = FACT_TIME } },
	{ "asked_of_a_text", { .name = "", .type = FACT_TEXT } },
	{ "asked_of_a_list_of_texts", { .name = "", .type = FACT_TEXTS } },
	{ "asked_of_a_list_of_numbers", { .name = "", .type = FACT_NUMBERS } },
	{ "asked_of_records", { .name = "", .type = FACT_RECORDS } },
	{ "asked_of_hexadecimal_digits", { .name = "", .type = FACT_TEXT, .unit = "hex" } },
	{ "asked_of_a_fingerprint", { .name = "sha256", .type = FACT_TEXT, .unit = "hex" } },
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static bool has_ports(const struct fact_descriptor *fact)
{
	return !strcmp(fact->name, "port.open");
}

static bool is_like(const struct fact_descriptor *fact, const struct fact_descriptor *like)
{
	return fact->type == like->type &&
	       operand_is_hex(fact) == operand_is_hex(like) &&
	       operand_is_sha256(fact) == operand_is_sha256(like);
}

static bool stands_alone(const struct fact_descriptor *fact)
{
	return fact->words || has_ports(fact);
}

/* Of $defs. */
static void add_name_of_questions(struct text *out, const struct fact_descriptor *fact)
{
	size_t kind = 0;

	if (stands_alone(fact)) {
		text_add_format(out, "asked_of_%s", fact->name);
		return;
	}
	while (kind < KINDS && !is_like(fact, &kinds[kind].like))
		kind++;
	text_add(out, kinds[kind].name);
}

static void add_reference(struct json *json, const char *what, const char *name)
{
	struct text reference = { 0 };

	text_add_format(&reference, "#/$defs/%s%s", what, name);
	json_string(json, "$ref", text_string(&reference));
	text_free(&reference);
}

static void add_words_of(struct json *json, const struct fact_descriptor *fact)
{
	struct text name = { 0 };

	text_add_format(&name, "value_of_%s", fact->name);
	json_open_object(json, text_string(&name));
	schema_add_words(json, fact->words);
	json_close_object(json);
	text_free(&name);
}

static void add_scalar(struct json *json, const char *pattern)
{
	static const char *const types[] = { "string", "number", NULL };

	schema_add_types(json, types);
	json_string(json, "pattern", pattern);
}

static bool compares(enum operator operator)
{
	return operator== OPERATOR_AT_LEAST || operator== OPERATOR_AT_MOST;
}

static void add_text_value(struct json *json, const struct question *question)
{
	static const char *const types[] = { "string", "number", "boolean", NULL };

	if (question->fact->words) {
		add_reference(json, "value_of_", question->fact->name);
	} else if (operand_is_sha256(question->fact)) {
		add_scalar(json, "^[ :]*([0-9A-Fa-f][ :]*){64}$");
	} else if (operand_is_hex(question->fact)) {
		add_scalar(json, "^[0-9A-Fa-f: ]+$");
	} else if (compares(question->operator)) {
		add_scalar(json, "[0-9]");
	} else {
		schema_add_types(json, types);
		json_integer(json, "minLength", 1);
	}
}

static void add_true_or(struct json *json, bool other)
{
	json_open_array(json, "enum");
	json_boolean(json, NULL, true);
	json_string(json, NULL, "true");
	if (other) {
		json_boolean(json, NULL, false);
		json_string(json, NULL, "false");
	}
	json_close_array(json);
}

static void add_value(struct json *json, const void *about)
{
	const struct question *question = about;

	switch (question->fact->type) {
	case FACT_BOOLEAN:
		add_true_or(json, true);
		break;
	case FACT_INTEGER:
	case FACT_NUMBERS:
		add_scalar(json, compares(question->operator) ? "^" NUMBER "$"
							      : "^" NUMBER "(-" NUMBER ")?$");
		break;
	case FACT_REAL:
		add_scalar(json, "^[-+.0-9eE]+$");
		break;
	case FACT_TIME:
		json_string(json, "type", "string");
		json_string(json, "pattern", "^[0-9]+-[0-9]+-[0-9]+");
		break;
	default:
		add_text_value(json, question);
	}
}

static void add_value_or_allowed_ports(struct json *json, const void *about)
{
	json_open_array(json, "anyOf");
	json_open_object(json, NULL);
	json_string(json, "const", "allowed-ports");
	json_close_object(json);
	json_open_object(json, NULL);
	add_value(json, about);
	json_close_object(json);
	json_close_array(json);
}

static void add_values(struct json *json, const struct question *question)
{
	bool ports = has_ports(question->fact) && question->operator== OPERATOR_ONLY;
	bool may_be_empty =
		question->operator== OPERATOR_ONLY || question->operator== OPERATOR_IS;

	schema_add_list(json, &(struct schema_list){
				      .add_one = ports ? add_value_or_allowed_ports : add_value,
				      .about = question,
				      .least = may_be_empty ? 0 : 1 });
}

static void add_network(struct json *json, const void *about)
{
	(void)about;
	json_string(json, "type", "string");
	json_string(json, "pattern", "^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$");
}

static void add_threshold(struct json *json, const void *about)
{
	(void)about;
	json_string(json, "type", "string");
	json_string(json, "pattern", "^(" DURATION "|[0-9][0-9.eE+-]*%)$");
}

static void add_thresholds(struct json *json)
{
	static const char *const names[] = { "warning", "critical" };

	json_string(json, "type", "object");
	json_boolean(json, "additionalProperties", false);
	json_integer(json, "minProperties", 1);
	json_open_object(json, "properties");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		json_open_object(json, names[i]);
		schema_add_list(json, &(struct schema_list){ .add_one = add_threshold,
							     .least = 1,
							     .optional = true });
		json_close_object(json);
	}
	json_close_object(json);
}

static void add_remaining(struct json *json)
{
	json_open_array(json, "anyOf");
	json_open_object(json, NULL);
	json_string(json, "const", "default");
	json_close_object(json);
	json_open_object(json, NULL);
	add_thresholds(json);
	json_close_object(json);
	json_close_array(json);
}

static void add_expression(struct json *json)
{
	static const char *const types[] = { "string", "number", "boolean", NULL };

	schema_add_types(json, types);
	json_integer(json, "minLength", 1);
	json_integer(json, "maxLength", 256);
}

static bool is_list(const struct fact_descriptor *fact)
{
	return fact->type == FACT_TEXTS || fact->type == FACT_NUMBERS;
}

static void add_answer(struct json *json, const struct question *question)
{
	switch (question->operator) {
	case OPERATOR_IS:
		if (is_list(question->fact))
			add_values(json, question);
		else
			add_value(json, question);
		break;
	case OPERATOR_ONE_OF:
	case OPERATOR_NONE_OF:
	case OPERATOR_ONLY:
	case OPERATOR_ALL_OF:
		add_values(json, question);
		break;
	case OPERATOR_WITHIN:
		schema_add_list(json, &(struct schema_list){ .add_one = add_network,
							     .least = 1 });
		break;
	case OPERATOR_MATCHES:
		add_expression(json);
		break;
	case OPERATOR_REMAINING:
		add_remaining(json);
		break;
	case OPERATOR_PRESENT:
	case OPERATOR_ABSENT:
	case OPERATOR_UNCHANGED:
		add_true_or(json, false);
		break;
	default:
		add_value(json, question);
	}
}

/* Beside `entry` stands an operator, and one that entries can be asked. */
static void add_need_of_operator(struct json *json)
{
	json_open_object(json, "if");
	json_open_array(json, "required");
	json_string(json, NULL, "entry");
	json_close_array(json);
	json_close_object(json);
	json_open_object(json, "then");
	json_integer(json, "minProperties", 2);
	json_open_object(json, "propertyNames");
	json_open_array(json, "enum");
	json_string(json, NULL, "entry");
	for (int i = 0; i < OPERATOR_COUNT; i++)
		if (expectation_fits_entries((enum operator) i))
			json_string(json, NULL, operator_word((enum operator) i));
	json_close_array(json);
	json_close_object(json);
	json_close_object(json);
}

/* All that can be asked of a fact. */
static void add_questions(struct json *json, const struct fact_descriptor *fact)
{
	static const char *const types[] = { "string", "number", "boolean", NULL };
	struct text name = { 0 };

	add_name_of_questions(&name, fact);
	json_open_object(json, text_string(&name));
	json_string(json, "type", "object");
	json_boolean(json, "additionalProperties", false);
	json_integer(json, "minProperties", 1);
	json_open_object(json, "properties");
	for (int i = 0; i < OPERATOR_COUNT; i++) {
		struct question question = { (enum operator) i, fact };

		if (!expectation_fits(question.operator, fact->type))
			continue;
		if (operand_is_hex(fact) && compares(question.operator))
			continue;
		json_open_object(json, operator_word(question.operator));
		json_string(json, "description",
			    profile_help("an operator", operator_word(question.operator)));
		add_answer(json, &question);
		json_close_object(json);
	}
	if (fact->type == FACT_TEXTS) {
		json_open_object(json, "entry");
		json_string(json, "description", profile_help("an operator", "entry"));
		schema_add_types(json, types);
		json_integer(json, "minLength", 1);
		json_close_object(json);
	}
	json_close_object(json);
	if (fact->type == FACT_TEXTS)
		add_need_of_operator(json);
	json_close_object(json);
	text_free(&name);
}

static void add_fact(struct json *json, const struct fact_descriptor *fact)
{
	struct text questions = { 0 };

	add_name_of_questions(&questions, fact);
	json_open_object(json, fact->name);
	json_string(json, "description", fact->help);
	add_reference(json, "", text_string(&questions));
	json_close_object(json);
	text_free(&questions);
}

static void add_facts_of(struct json *json, const struct collector *collector)
{
	const struct fact_descriptor *fact;
	struct text name = { 0 };

	text_add_format(&name, "facts_of_%s", collector->name);
	json_open_object(json, text_string(&name));
	json_boolean(json, "additionalProperties", false);
	json_open_object(json, "properties");
	for (size_t row = 0; (fact = collector_fact_at(collector, row)); row++)
		add_fact(json, fact);
	json_close_object(json);
	json_close_object(json);
	text_free(&name);
}

/* Of the collector's own facts: what it tells as well is another's. */
static void add_questions_of(struct json *json, const struct collector *collector)
{
	for (const struct fact_descriptor *fact = collector->facts; fact->name; fact++) {
		if (fact->words)
			add_words_of(json, fact);
		if (stands_alone(fact))
			add_questions(json, fact);
	}
}

void schema_add_facts(struct json *json)
{
	const struct collector *collector;

	for (size_t i = 0; (collector = collector_at(i)); i++)
		add_facts_of(json, collector);
	for (size_t i = 0; (collector = collector_at(i)); i++)
		add_questions_of(json, collector);
	for (size_t i = 0; i < KINDS; i++)
		add_questions(json, &kinds[i].like);
}
