/* SPDX-License-Identifier: Apache-2.0
 *
 * The profiles we ship say something about every line of the vendors' tables: a rule about
 * that port in that direction, or the reason why nobody can see it.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/plan/profile.h"
#include "tests/unit/documents.h"

static struct profiles *shipped;

static int read_shipped(void **state)
{
	const char *folder = getenv("UCPOSTURE_PROFILE_DIR");
	struct problems problems = { 0 };

	(void)state;
	shipped = profiles_new();
	profiles_read_folder(shipped, folder ? folder : "profiles", &problems);
	profiles_settle(shipped, &problems);
	for (size_t i = 0; i < problems.count; i++)
		print_error("%s:%u:%u: %s\n", problems.items[i].place.file,
			    problems.items[i].place.line, problems.items[i].place.column,
			    problems.items[i].message);
	assert_int_equal(problems.count, 0);
	problems_free(&problems);
	return 0;
}

static int free_shipped(void **state)
{
	(void)state;
	profiles_free(shipped);
	return 0;
}

static const struct profile *profile_of(const char *name)
{
	const struct profile *profile = profiles_named(shipped, name);

	assert_non_null(profile);
	return profile;
}

static bool rule_looks_at(const struct rule *rule, const char *subject)
{
	for (size_t i = 0; i < rule->subject_count; i++)
		if (!strcmp(rule->subjects[i].text, subject))
			return true;
	return false;
}

static bool rule_has_scenario(const struct rule *rule, const char *scenario)
{
	for (size_t i = 0; i < rule->scenario_count; i++)
		if (!strcmp(rule->scenarios[i], scenario))
			return true;
	return false;
}

/* A port of the target is seen from inside, or in its scenario from outside. */
static bool rule_stands_right(const struct rule *rule, const char *scenario)
{
	if (!scenario)
		return rule->vantages & VANTAGE_INTERNAL && !rule->scenario_count;
	return rule->vantages & VANTAGE_EXTERNAL && rule_has_scenario(rule, scenario);
}

/* To a peer, or to the host of a URL. */
static bool goes_out(const struct rule *rule)
{
	return rule->peer || rule->subjects[0].kind == SUBJECT_URL;
}

/* Whether "tcp/8080 udp/8080" has the word "tcp/80": it has not. */
static bool lists(const char *subjects, const char *subject)
{
	size_t length = strlen(subject);

	for (const char *at = subjects; (at = strstr(at, subject)); at++)
		if (!at[length] || at[length] == ' ')
			return true;
	return false;
}

static bool has_rule(const struct table *table, const struct row *row, const char *subject,
		     unsigned direction)
{
	const struct profile *profile = profile_of(table->profile);

	for (size_t i = 0; i < profile->rule_count; i++) {
		const struct rule *rule = &profile->rules[i];

		if (lists(table->collector, rule->collector->name) &&
		    refers_to_row(rule->reference, table->place, row->number) &&
		    rule_looks_at(rule, subject) && goes_out(rule) == (direction == OUT) &&
		    (direction == OUT || rule_stands_right(rule, table->scenario)))
			return true;
	}
	return false;
}

static bool has_reason(const struct table *table, const struct row *row)
{
	const struct profile *profile = profile_of(table->profile);

	for (size_t i = 0; i < profile->not_observable_count; i++)
		if (refers_to_row(profile->not_observable[i].reference, table->place, row->number))
			return true;
	return false;
}

static void check_row(const struct table *table, const struct row *row)
{
	char *subjects = strdup(row->subjects), *rest = subjects, *subject;

	while ((subject = strsep(&rest, " ")))
		for (unsigned direction = IN; direction <= OUT; direction++) {
			bool covered = row->unseen & direction
				? has_reason(table, row)
				: has_rule(table, row, subject, direction);

			if (row->directions & direction && !covered)
				fail_msg("%s: %s, row %u: nothing about %s %s", table->profile,
					 table->place, row->number, subject,
					 direction == IN ? "in" : "out");
		}
	free(subjects);
}

static void check_table(const struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		check_row(table, &table->rows[i]);
}

static void every_row_of_every_table_is_judged_or_explained(void **state)
{
	(void)state;
	for (size_t d = 0; d < DOCUMENTS; d++)
		for (size_t t = 0; t < documents[d].table_count; t++)
			check_table(&documents[d].tables[t]);
}

/* "Section 5" is not in "Section 5.1", nor "point 1" in "point 10". */
static bool names_place(const char *reference, const char *place)
{
	for (const char *at = reference; at && (at = strstr(at, place)); at++)
		if (!at[strlen(place)] || strchr(";,", at[strlen(place)]))
			return true;
	return false;
}

static bool is_spoken_of(const struct profile *profile, const char *place)
{
	for (size_t i = 0; i < profile->rule_count; i++)
		if (names_place(profile->rules[i].reference, place))
			return true;
	for (size_t i = 0; i < profile->not_observable_count; i++)
		if (names_place(profile->not_observable[i].reference, place))
			return true;
	return false;
}

static void every_sentence_that_demands_something_is_judged_or_explained(void **state)
{
	(void)state;
	for (size_t d = 0; d < DOCUMENTS; d++)
		for (size_t i = 0; i < documents[d].place_count; i++)
			if (!is_spoken_of(profile_of(documents[d].profile),
					  documents[d].places[i]))
				fail_msg("%s: nothing about %s", documents[d].profile,
					 documents[d].places[i]);
}

static void the_communication_matrix_has_75_rows(void **state)
{
	unsigned last = 0;

	(void)state;
	for (size_t i = 0; i < asc_neo_tables[0].count; i++) {
		unsigned number = communication_matrix[i].number;

		assert_true(number == last || number == last + 1);
		last = number;
	}
	assert_int_equal(last, 75);
	assert_int_equal(sizeof starface_ports / sizeof *starface_ports, 16);
}

/* The row of the table that has this number and one of the rule's subjects. */
static bool reference_fits(const struct table *table, unsigned number, const struct rule *rule)
{
	for (size_t i = 0; i < table->count; i++)
		for (size_t s = 0; s < rule->subject_count; s++)
			if (table->rows[i].number == number &&
			    lists(table->rows[i].subjects, rule->subjects[s].text))
				return true;
	return false;
}

/* What different collectors see of one table are several here, of the same place. */
static bool fits_one_of(const struct document *document, const char *place, unsigned number,
			const struct rule *rule)
{
	for (size_t t = 0; t < document->table_count; t++)
		if (!strcmp(document->tables[t].place, place) &&
		    reference_fits(&document->tables[t], number, rule))
			return true;
	return false;
}

static void check_references(const struct document *document, const struct table *table)
{
	const struct profile *profile = profile_of(table->profile);

	for (size_t i = 0; i < profile->rule_count; i++)
		for (unsigned number = 1; number < 100; number++)
			if (refers_to_row(profile->rules[i].reference, table->place, number) &&
			    !fits_one_of(document, table->place, number,
					 &profile->rules[i]))
				fail_msg("%s: %s, row %u", profile->rules[i].id, table->place,
					 number);
}

static void no_rule_refers_to_a_row_about_something_else(void **state)
{
	(void)state;
	for (size_t d = 0; d < DOCUMENTS; d++)
		for (size_t t = 0; t < documents[d].table_count; t++)
			check_references(&documents[d], &documents[d].tables[t]);
}

/* What no vendor's document is behind. */
static bool is_ours(const char *profile)
{
	return !strcmp(profile, "uc-baseline") || !strcmp(profile, "reachable");
}

static void every_rule_says_why_how_and_where(void **state)
{
	(void)state;
	for (size_t p = 0; p < profiles_count(shipped); p++) {
		const struct profile *profile = profiles_at(shipped, p);

		for (size_t i = 0; i < profile->rule_count; i++) {
			const struct rule *rule = &profile->rules[i];

			if (!rule->because || !rule->remedy || !rule->title_de ||
			    !strcmp(rule->title, rule->id) ||
			    (!rule->reference && !is_ours(rule->profile)))
				fail_msg("%s.%s", rule->profile, rule->id);
		}
		for (size_t i = 0; i < profile->not_observable_count; i++)
			assert_non_null(profile->not_observable[i].by_hand);
	}
}

static void are_in_german(const struct profile *profile, const struct named *items,
			  size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!items[i].title_de)
			fail_msg("%s: %s", profile->name, items[i].name);
}

static void features_scenarios_and_peers_have_german_titles(void **state)
{
	(void)state;
	for (size_t p = 0; p < profiles_count(shipped); p++) {
		const struct profile *profile = profiles_at(shipped, p);

		are_in_german(profile, profile->features, profile->feature_count);
		are_in_german(profile, profile->scenarios, profile->scenario_count);
		are_in_german(profile, profile->peers, profile->peer_count);
	}
}

/* A port that only an optional part needs is a finding while that part is off. */
static void an_unused_port_of_the_recorder_must_not_be_open(void **state)
{
	const struct profile *profile = profile_of("asc-neo");
	size_t with_feature = 0;

	(void)state;
	for (size_t i = 0; i < profile->rule_count; i++) {
		const struct rule *rule = &profile->rules[i];

		if (rule->peer || !rule->feature_count || strcmp(rule->collector->name, "port"))
			continue;
		with_feature++;
		assert_true(rule->otherwise_count > 0);
		assert_non_null(strstr(rule->remedy, "firewall"));
	}
	assert_true(with_feature > 30);
}

static const struct rule *rule_named(const char *profile_name, const char *id)
{
	const struct profile *profile = profile_of(profile_name);

	for (size_t i = 0; i < profile->rule_count; i++)
		if (!strcmp(profile->rules[i].id, id))
			return &profile->rules[i];
	fail_msg("no rule %s.%s", profile_name, id);
	return NULL;
}

static void a_clear_text_port_names_its_encrypted_twin(void **state)
{
	static const struct {
		const char *profile, *rule, *twin;
	} twins[] = {
		{ "asc-neo", "phoneapp-http", "443" },
		{ "asc-neo", "ldap", "636" },
		{ "asc-neo", "jtapi", "2749" },
		{ "asc-neo", "avaya-aes", "4722" },
		{ "asc-neo", "sip-tcp", "5061" },
		{ "aspenuc", "sip-tcp", "5061" },
		{ "aspenuc", "sip-udp", "5061" },
		{ "datatal-flexi", "http-redirect", "443" },
		{ "datatal-flexi", "external-site-redirect", "4443" },
		{ "starface", "web-http", "443" },
		{ "starface", "sip-tcp", "5061" },
		{ "starface", "autoprovisioning", "50081" },
		{ "starface", "forwarded-autoprovisioning", "50081" },
		{ "xphone-connect", "sip-closed", "5061" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
		assert_non_null(strstr(rule_named(twins[i].profile, twins[i].rule)->because,
				       twins[i].twin));
}

static void databases_must_not_answer_outside(void **state)
{
	static const char *const names[] = { "uc-baseline", "asc-neo", "starface" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct rule *rule = rule_named(names[i], "outside-databases");

		assert_int_equal(rule->vantages, VANTAGE_EXTERNAL);
		assert_int_equal(rule->severity, SEVERITY_CRITICAL);
		assert_true(rule_looks_at(rule, "tcp/1433"));
		assert_true(rule_looks_at(rule, "tcp/5432"));
		assert_int_equal(rule->expect[0].operator, OPERATOR_IS_NOT);
		assert_string_equal(rule->expect[0].operands[0].text, "open");
	}
}

static void signing_smb1_and_the_sweep_are_there(void **state)
{
	const struct rule *signing = rule_named("asc-neo", "smb-signing");
	const struct rule *smb1 = rule_named("asc-neo", "smb-smb1");
	const struct rule *sweep = rule_named("starface", "sweep");

	(void)state;
	assert_int_equal(signing->when_closed, CLOSED_NOT_APPLICABLE);
	assert_string_equal(signing->expect[0].operands[0].text, "required");
	assert_non_null(strstr(signing->because, "PCI DSS"));
	assert_non_null(strstr(signing->because, "10 to 15 per cent"));
	assert_int_equal(smb1->when_closed, CLOSED_OK);
	assert_false(smb1->expect[0].operands[0].truth);
	assert_true(sweep->expect[0].allowed_ports);
	assert_string_equal(sweep->scenarios[0], "sweep");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_every_table_is_judged_or_explained),
		cmocka_unit_test(every_sentence_that_demands_something_is_judged_or_explained),
		cmocka_unit_test(the_communication_matrix_has_75_rows),
		cmocka_unit_test(no_rule_refers_to_a_row_about_something_else),
		cmocka_unit_test(every_rule_says_why_how_and_where),
		cmocka_unit_test(features_scenarios_and_peers_have_german_titles),
		cmocka_unit_test(an_unused_port_of_the_recorder_must_not_be_open),
		cmocka_unit_test(a_clear_text_port_names_its_encrypted_twin),
		cmocka_unit_test(databases_must_not_answer_outside),
		cmocka_unit_test(signing_smb1_and_the_sweep_are_there),
	};

	return cmocka_run_group_tests(tests, read_shipped, free_shipped);
}
