/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/operand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/words.h"

enum { SHA256_DIGITS = 64 };

static bool parse_boolean(const char *text, struct operand *operand)
{
	operand->truth = !strcmp(text, "true");
	return operand->truth || !strcmp(text, "false");
}

/* Takes digits, with a minus sign when there may be one; *text moves behind them. */
static bool take_integer(const char **text, int64_t *number)
{
	const char *digits = *text + (**text == '-');
	size_t count = strspn(digits, "0123456789");

	if (count < 1 || count > 18)
		return false;
	*number = strtoll(*text, NULL, 10);
	*text = digits + count;
	return true;
}

/* 5060 or 5060-5062. */
static bool parse_integer(const char *text, struct operand *operand)
{
	if (!take_integer(&text, &operand->integer))
		return false;
	operand->last = operand->integer;
	if (*text == '-') {
		text++;
		if (!take_integer(&text, &operand->last) || operand->last < operand->integer)
			return false;
	}
	return !*text;
}

static bool parse_real(const char *text, struct operand *operand)
{
	char *end;

	if (!*text || strspn(text, "0123456789+-.eE") != strlen(text))
		return false;
	operand->real = strtod(text, &end);
	return !*end && isfinite(operand->real);
}

static bool parse_time(const char *text, struct operand *operand)
{
	bool parsed = clock_parse(text, &operand->integer);

	operand->last = operand->integer;
	return parsed;
}

static bool parse_text(const char *text, struct operand *operand)
{
	(void)operand;
	return *text;
}

static const struct {
	const char *wanted;
	bool (*parse)(const char *text, struct operand *operand);
} types[] = {
	[FACT_BOOLEAN] = { "true or false", parse_boolean },
	[FACT_INTEGER] = { "a whole number, or a range such as 1-9", parse_integer },
	[FACT_REAL] = { "a number such as 0.25", parse_real },
	[FACT_TIME] = { "a date such as 2027-06-30", parse_time },
	[FACT_TEXT] = { "a text", parse_text },
	[FACT_TEXTS] = { "a text", parse_text },
	[FACT_NUMBERS] = { "a whole number, or a range such as 5060-5062", parse_integer },
};

static bool compares(enum operator operator)
{
	return operator== OPERATOR_AT_LEAST || operator== OPERATOR_AT_MOST;
}

/* A value that the fact can never have would never be met, and nobody would notice. */
static bool word_is_possible(struct reading *reading, const struct node *node,
			     const struct expectation *expectation)
{
	const struct fact_descriptor *fact = expectation->fact;

	if (!fact->words || words_find(node->text, fact->words) >= 0)
		return true;
	problems_add_unknown(reading->problems, node->place, fact->name, node->text,
			     fact->words);
	return false;
}

bool operand_is_hex(const struct fact_descriptor *fact)
{
	return fact->unit && !strcmp(fact->unit, "hex");
}

bool operand_is_sha256(const struct fact_descriptor *fact)
{
	const size_t end = strlen("sha256");
	size_t length = strlen(fact->name);

	return length >= end && !strcmp(fact->name + length - end, "sha256");
}

/* AA:BB:CC, AA BB CC and aabbcc are one fingerprint: each tool prints it in a way of its own.
 * NULL when it is none. Room is left for a digit before it. */
static char *plain_hex(struct reading *reading, const char *text)
{
	char *plain = arena_take(reading->arena, strlen(text) + 2);
	size_t length = 0;

	*plain++ = '0';
	for (; *text; text++) {
		if (strchr(": ", *text))
			continue;
		if (!strchr("0123456789abcdefABCDEF", *text))
			return NULL;
		plain[length++] = *text >= 'A' && *text <= 'F' ? (char)(*text + 'a' - 'A')
							       : *text;
	}
	plain[length] = '\0';
	return length ? plain : NULL;
}

/* In whole bytes; some tools show a zero byte before a number that begins with a high bit. */
static const char *whole_bytes(const char *hex)
{
	if (strlen(hex) % 2)
		hex--;
	while (hex[0] == '0' && hex[1] == '0' && hex[2])
		hex += 2;
	return hex;
}

static bool take_hex(struct reading *reading, const struct node *node,
		     const struct expectation *expectation, struct operand *operand)
{
	bool sha256 = operand_is_sha256(expectation->fact);
	const char *plain = plain_hex(reading, node->text);

	if (!plain || (sha256 && strlen(plain) != SHA256_DIGITS))
		return form_refuse(reading, operator_word(expectation->operator), node,
				   sha256 ? "a SHA-256 fingerprint: 64 hexadecimal digits, with "
					    "or without colons"
					  : "hexadecimal digits, with or without colons");
	operand->text = sha256 ? plain : whole_bytes(plain);
	return true;
}

/* open < closed would compare their letters. */
static bool operand_can_be_compared(struct reading *reading, const struct node *node,
				    const struct expectation *expectation)
{
	const char *name = operator_word(expectation->operator);
	const struct operand *operand = expectation->operands;

	if (operand_is_hex(expectation->fact)) {
		form_error(reading, node->key_place, "'%s' cannot be asked of %s: one is not "
						     "more than another",
			   name, expectation->fact->name);
		return false;
	}
	switch (expectation->fact->type) {
	case FACT_TEXT:
	case FACT_TEXTS:
		if (strpbrk(node->text, "0123456789"))
			return true;
		return form_refuse(reading, name, node, "a version such as 1.8.0");
	case FACT_INTEGER:
	case FACT_NUMBERS:
		if (operand->integer == operand->last)
			return true;
		return form_refuse(reading, name, node, "one number");
	default:
		return true;
	}
}

static bool parse_operand(struct reading *reading, const struct node *node,
			  struct expectation *expectation, struct operand *operand)
{
	enum fact_type type = expectation->fact->type;

	*operand = (struct operand){ .text = node->text };
	if (node->kind != NODE_TEXT || !types[type].parse(node->text, operand))
		return form_refuse(reading, operator_word(expectation->operator), node,
				   types[type].wanted);
	if (operand_is_hex(expectation->fact))
		return take_hex(reading, node, expectation, operand);
	return word_is_possible(reading, node, expectation);
}

bool operand_read_one(struct reading *reading, const struct node *node,
		      struct expectation *expectation)
{
	expectation->operands = arena_take(reading->arena, sizeof *expectation->operands);
	expectation->count = 1;
	return parse_operand(reading, node, expectation, expectation->operands) &&
	       (!compares(expectation->operator) ||
		operand_can_be_compared(reading, node, expectation));
}

/* The word stands for the ports of the target's other checks: only a list of ports has them. */
static bool take_allowed_ports(struct reading *reading, const struct node *node,
			       struct expectation *expectation)
{
	if (node->kind != NODE_TEXT || strcmp(node->text, "allowed-ports"))
		return false;
	if (!strcmp(expectation->fact->name, "port.open") &&
	    expectation->operator== OPERATOR_ONLY)
		expectation->allowed_ports = true;
	else
		form_error(
			reading, node->place,
			"allowed-ports can only stand in port.open: { only: allowed-ports }");
	return true;
}

static const struct node *first_of(const struct node *node)
{
	return node->kind == NODE_LIST ? node->first : node;
}

static void
make_room(struct reading *reading, const struct node *node, struct expectation *expectation)
{
	size_t room = node->kind == NODE_LIST ? node->count : 1;

	expectation->operands =
		arena_take(reading->arena, room * sizeof *expectation->operands);
	expectation->count = 0;
}

bool operand_read_several(struct reading *reading, const struct node *node,
			  struct expectation *expectation)
{
	bool good = true;

	make_room(reading, node, expectation);
	for (const struct node *n = first_of(node); n; n = n == node ? NULL : n->next) {
		if (take_allowed_ports(reading, n, expectation))
			continue;
		if (parse_operand(reading, n, expectation,
				  &expectation->operands[expectation->count]))
			expectation->count++;
		else
			good = false;
	}
	if (!first_of(node) && expectation->operator!= OPERATOR_ONLY &&
	    expectation->operator!= OPERATOR_IS)
		return form_refuse(reading, operator_word(expectation->operator), node,
				   "a list with at least one element");
	return good;
}

bool operand_read_networks(struct reading *reading, const struct node *node,
			   struct expectation *expectation)
{
	bool good = true;

	make_room(reading, node, expectation);
	for (const struct node *n = first_of(node); n; n = n == node ? NULL : n->next) {
		struct operand *operand = &expectation->operands[expectation->count];

		*operand = (struct operand){ .text = n->text };
		if (n->kind == NODE_TEXT &&
		    address_parse_network(n->text, &operand->network, &operand->bits))
			expectation->count++;
		else
			good = form_refuse(reading, "within", n,
					   "a network such as 10.0.0.0/8 or 2001:db8::/32");
	}
	if (!first_of(node))
		return form_refuse(reading, "within", node,
				   "a list with at least one element");
	return good;
}

/* 30d, or 25% of the lifetime. */
static bool
parse_threshold(struct reading *reading, const struct node *node, struct remaining *threshold)
{
	char *end = NULL;
	double share = node->kind == NODE_TEXT && node->text[0] >= '0' && node->text[0] <= '9'
			       ? strtod(node->text, &end)
			       : 0;

	if (end && !strcmp(end, "%") && share > 0 && share <= 100 &&
	    !strpbrk(node->text, "xX")) {
		threshold->share = share / 100;
		return true;
	}
	if (node->kind == NODE_TEXT && clock_parse_duration(node->text, &threshold->us) &&
	    threshold->us)
		return true;
	return form_refuse(reading, node->key ? node->key : "remaining", node,
			   "a time such as 30d, a share such as 25%, or a list of both");
}

static bool read_threshold(struct reading *reading, const struct field *field,
			   const struct node *node, void *base)
{
	struct remaining *threshold = (struct remaining *)((char *)base + field->at);
	bool good = true;

	if (!first_of(node))
		return form_refuse(reading, field->name, node,
				   "a list with at least one element");
	for (const struct node *n = first_of(node); n; n = n == node ? NULL : n->next)
		good = parse_threshold(reading, n, threshold) && good;
	return good;
}

#define DAY (24 * 3600 * CLOCK_SECOND)

/* Thirty days are enough to order a certificate by hand. Those that live shorter than sixty
 * are renewed by a machine, at a third of their life as a rule: what is late for them is
 * measured in shares. */
static bool take_default(const struct node *node, struct expectation *expectation)
{
	if (node->kind != NODE_TEXT || strcmp(node->text, "default") != 0)
		return false;
	expectation->warning = (struct remaining){ 30 * DAY, 0.25, 60 * DAY };
	expectation->critical = (struct remaining){ 7 * DAY, 0.10, 60 * DAY };
	return true;
}

/* In time as in shares: where both are given, the one says nothing of the other. */
static bool warns_too_late(const struct expectation *expectation)
{
	const struct remaining *warning = &expectation->warning;
	const struct remaining *critical = &expectation->critical;

	return (warning->us && warning->us <= critical->us) ||
	       (warning->share > 0 && warning->share <= critical->share);
}

bool operand_read_remaining(struct reading *reading, const struct node *node,
			    struct expectation *expectation)
{
	static const struct field fields[] = {
		{ "warning", FIELD_OWN, AT(struct expectation, warning),
		  .read = read_threshold },
		{ "critical", FIELD_OWN, AT(struct expectation, critical),
		  .read = read_threshold },
		{ .name = NULL },
	};
	static const struct form form = { "remaining", fields, .size = sizeof *expectation };
	size_t before = reading->problems->errors;

	if (take_default(node, expectation))
		return true;
	if (node->kind != NODE_MAP)
		return form_refuse(reading, "remaining", node,
				   "default, or thresholds such as { warning: 30d, critical: 7d }");
	if (!form_read(reading, &form, node, expectation))
		return false;
	if (!node_member(node, "warning") && !node_member(node, "critical"))
		form_error(reading, node->place,
			   "remaining needs 'warning', 'critical' or both");
	else if (warns_too_late(expectation))
		form_error(reading, node_member(node, "warning")->place,
			   "'warning' must leave more time than 'critical': it would never be "
			   "told");
	return reading->problems->errors == before;
}

bool operand_read_true(struct reading *reading, const struct node *node,
		       struct expectation *expectation)
{
	if (node->kind == NODE_TEXT && !strcmp(node->text, "true"))
		return true;
	if (expectation->operator== OPERATOR_UNCHANGED)
		return form_refuse(reading, "unchanged", node, "true");
	form_error(reading, node->place,
		   "behind '%s' stands true; to ask for the opposite use '%s'",
		   operator_word(expectation->operator),
		   operator_word(expectation->operator== OPERATOR_PRESENT ? OPERATOR_ABSENT
									  : OPERATOR_PRESENT));
	return false;
}
