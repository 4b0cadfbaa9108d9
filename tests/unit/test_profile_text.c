/* SPDX-License-Identifier: Apache-2.0
 *
 * What people read of the profiles we ship: nothing that a profile says is left out.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "agent/cli/profile_text.h"
#include "agent/plan/demand.h"

static struct profiles *shipped;

static int read_shipped(void **state)
{
	const char *folder = getenv("UCPOSTURE_PROFILE_DIR");
	struct problems problems = { 0 };

	(void)state;
	shipped = profiles_new();
	profiles_read_folder(shipped, folder ? folder : "profiles", &problems);
	profiles_settle(shipped, &problems);
	assert_int_equal(problems.errors, 0);
	problems_free(&problems);
	return 0;
}

static int free_shipped(void **state)
{
	(void)state;
	profiles_free(shipped);
	return 0;
}

/* Without white space: where lines are broken does not matter. */
static void add_flat(struct text *out, const char *string)
{
	for (; *string; string++)
		if (*string != ' ' && *string != '\n')
			text_add_char(out, *string);
}

static void show(const struct profile *profile, unsigned width, bool in_full, bool german,
		 struct text *flat)
{
	struct text out = { 0 };
	const struct document document = { .profile = profile,
					   .screen = { .width = width, .utf8 = true },
					   .in_full = in_full,
					   .german = german,
					   .out = &out };

	profile_text_add(&document);
	add_flat(flat, text_string(&out));
	text_free(&out);
}

static void has(const struct profile *profile, const struct text *flat, const char *string)
{
	struct text wanted = { 0 };

	if (!string)
		return;
	add_flat(&wanted, string);
	if (!strstr(text_string(flat), text_string(&wanted)))
		fail_msg("%s does not say: %s", profile->name, string);
	text_free(&wanted);
}

/* Wide, and the text of a rule alone on its lines: nothing else comes between its words. */
static void every_rule_and_every_unseen_sentence_is_shown_in_full(void **state)
{
	(void)state;
	for (size_t i = 0; i < profiles_count(shipped); i++) {
		const struct profile *profile = profiles_at(shipped, i);
		struct text flat = { 0 };

		show(profile, 100, true, false, &flat);
		for (size_t at = 0; at < profile->rule_count; at++) {
			const struct rule *rule = &profile->rules[at];

			has(profile, &flat, rule->id);
			has(profile, &flat, rule->title);
			has(profile, &flat, rule->because);
			has(profile, &flat, rule->remedy);
			has(profile, &flat, rule->otherwise_remedy);
			has(profile, &flat, rule->reference);
		}
		for (size_t at = 0; at < profile->not_observable_count; at++) {
			const struct not_observable *item = &profile->not_observable[at];

			has(profile, &flat, item->sentence);
			has(profile, &flat, item->reason);
			has(profile, &flat, item->by_hand);
			has(profile, &flat, item->reference);
		}
		text_free(&flat);
	}
}

/* Titles of several lines beside several subjects would be read across. */
enum { TOO_NARROW_FOR_COLUMNS = 31 };

static void the_short_document_has_every_rule_in_both_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < profiles_count(shipped); i++) {
		const struct profile *profile = profiles_at(shipped, i);

		for (unsigned german = 0; german <= 1; german++) {
			struct text flat = { 0 };

			show(profile, TOO_NARROW_FOR_COLUMNS, false, german, &flat);
			for (size_t at = 0; at < profile->rule_count; at++) {
				const struct rule *rule = &profile->rules[at];

				has(profile, &flat, german && rule->title_de ? rule->title_de
									     : rule->title);
				has(profile, &flat, rule->reference);
			}
			text_free(&flat);
		}
	}
}

static size_t occurrences(const char *text, const char *word)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
		count++;
	return count;
}

static void no_rule_is_shown_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < profiles_count(shipped); i++) {
		const struct profile *profile = profiles_at(shipped, i);
		struct text out = { 0 };
		const struct document document = {
			.profile = profile, .screen.width = 100, .in_full = true, .out = &out };

		profile_text_add(&document);
		assert_int_equal(occurrences(text_string(&out), "\n    Looks at   "),
				 profile->rule_count);
		text_free(&out);
	}
}

/* --- both languages ------------------------------------------------------------------- */

static void has_both(const struct profile *profile, const char *name, const char *title,
		     const char *title_de)
{
	if (!title || !*title || !strcmp(title, name))
		fail_msg("%s: %s has no title", profile->name, name);
	if (!title_de || !*title_de)
		fail_msg("%s: %s has no German title", profile->name, name);
}

static void all_have_both(const struct profile *profile, const struct named *named,
			  size_t count)
{
	for (size_t i = 0; i < count; i++)
		has_both(profile, named[i].name, named[i].title, named[i].title_de);
}

static void every_title_is_there_in_both_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < profiles_count(shipped); i++) {
		const struct profile *profile = profiles_at(shipped, i);

		has_both(profile, profile->name, profile->title, profile->title_de);
		all_have_both(profile, profile->features, profile->feature_count);
		all_have_both(profile, profile->scenarios, profile->scenario_count);
		all_have_both(profile, profile->peers, profile->peer_count);
		for (size_t at = 0; at < profile->rule_count; at++)
			has_both(profile, profile->rules[at].id, profile->rules[at].title,
				 profile->rules[at].title_de);
	}
}

/* --- what a rule about a port means --------------------------------------------------- */

static struct expectation expecting(const char *fact, enum operator operator,
				    struct operand *operands, size_t count)
{
	return (struct expectation){ .fact = fact_named(fact), .operator = operator,
				     .operands = operands, .count = count };
}

static enum demand demand(const char *fact, enum operator operator, const char *first,
			  const char *second)
{
	struct operand operands[] = { { .text = first }, { .text = second } };
	struct expectation expect =
		expecting(fact, operator, operands, second ? 2 : 1);

	return demand_of_port(&expect, 1);
}

static void a_port_that_may_not_be_closed_shall_be_open(void **state)
{
	(void)state;
	assert_int_equal(demand("port.state", OPERATOR_IS, "open", NULL), DEMAND_OPEN);
	assert_int_equal(demand("port.state", OPERATOR_ONE_OF, "open", "open_or_filtered"),
			 DEMAND_OPEN);
	assert_int_equal(demand("port.state", OPERATOR_IS, "open_or_filtered", NULL),
			 DEMAND_OPEN);
	assert_int_equal(demand("port.reply", OPERATOR_IS, "smtp", NULL), DEMAND_OPEN);
	assert_int_equal(demand("port.open", OPERATOR_PRESENT, "true", NULL), DEMAND_OPEN);
}

static void a_port_that_may_not_be_open_must_be_closed(void **state)
{
	(void)state;
	assert_int_equal(demand("port.state", OPERATOR_IS_NOT, "open", NULL), DEMAND_CLOSED);
	assert_int_equal(demand("port.state", OPERATOR_NONE_OF, "open", "open_or_filtered"),
			 DEMAND_CLOSED);
	assert_int_equal(demand("port.state", OPERATOR_ONE_OF, "closed", "filtered"),
			 DEMAND_CLOSED);
	assert_int_equal(demand("port.state", OPERATOR_IS, "filtered", NULL), DEMAND_CLOSED);
	assert_int_equal(demand("port.open", OPERATOR_ABSENT, "true", NULL), DEMAND_CLOSED);
}

static void a_port_that_may_be_either_is_nobodys_business(void **state)
{
	(void)state;
	assert_int_equal(demand("port.state", OPERATOR_ONE_OF, "open", "closed"),
			 DEMAND_NOTHING);
	assert_int_equal(demand("port.state", OPERATOR_IS_NOT, "unreachable", NULL),
			 DEMAND_NOTHING);
	assert_int_equal(demand("port.reply", OPERATOR_IS_NOT, "telnet", NULL),
			 DEMAND_NOTHING);
	assert_int_equal(demand("port.open", OPERATOR_ONLY, "22", NULL), DEMAND_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_and_every_unseen_sentence_is_shown_in_full),
		cmocka_unit_test(the_short_document_has_every_rule_in_both_languages),
		cmocka_unit_test(no_rule_is_shown_twice),
		cmocka_unit_test(every_title_is_there_in_both_languages),
		cmocka_unit_test(a_port_that_may_not_be_closed_shall_be_open),
		cmocka_unit_test(a_port_that_may_not_be_open_must_be_closed),
		cmocka_unit_test(a_port_that_may_be_either_is_nobodys_business),
	};

	return cmocka_run_group_tests(tests, read_shipped, free_shipped);
}
