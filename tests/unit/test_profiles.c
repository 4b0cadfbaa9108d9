/* SPDX-License-Identifier: Apache-2.0
 *
 * The profiles we ship say something about every line of the vendors' tables: a rule about
 * that port in that direction, or the reason why nobody can see it. The tables below are
 * written from the documents, not from the profiles.
 */
#include "tests/unit/unit.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/plan/profile.h"

enum { IN = 1, OUT = 2 };

struct row {
	unsigned number;
	const char *subjects;
	unsigned directions;
	unsigned unseen;	/* directions that cannot be seen from the network */
};

struct table {
	const char *profile, *place;	/* "Table 2": references are "Table 2, row 7" */
	const struct row *rows;
	size_t count;
	const char *scenario;	/* that its inbound rows belong to, or NULL */
	const char *collector;	/* that can see what it says */
};

static const struct row communication_matrix[] = {
	{ 1, "tcp/21", IN, 0 },
	{ 2, "tcp/25", OUT, 0 },
	{ 3, "udp/69", OUT, 0 },
	{ 4, "tcp/80", IN, 0 },
	{ 5, "udp/123", OUT, 0 },
	{ 6, "tcp/135", IN | OUT, 0 },
	{ 7, "udp/137", OUT, OUT },
	{ 8, "udp/138", OUT, OUT },
	{ 9, "tcp/139", OUT, 0 },
	{ 10, "udp/161", IN, 0 },
	{ 11, "udp/162", OUT, OUT },
	{ 12, "tcp/389", OUT, 0 },
	{ 13, "tcp/443", IN, 0 },
	{ 14, "tcp/443", OUT, 0 },
	{ 15, "tcp/443", IN | OUT, 0 },
	{ 16, "tcp/445", OUT, 0 },
	{ 17, "udp/445", OUT, OUT },
	{ 18, "tcp/636", OUT, 0 },
	{ 19, "tcp/1040", OUT, 0 },
	{ 20, "tcp/1433", IN, 0 },
	{ 21, "tcp/2030", IN, 0 },
	{ 22, "tcp/2222", OUT, 0 },
	{ 23, "tcp/2555", OUT, 0 },
	{ 24, "tcp/2601", OUT, 0 },
	{ 25, "tcp/2748", OUT, 0 },
	{ 26, "tcp/2749", OUT, 0 },
	{ 27, "tcp/3218", OUT, 0 },
	{ 27, "udp/3218", OUT, OUT },
	{ 28, "tcp/3389", IN, 0 },
	{ 29, "tcp/3595", OUT, 0 },
	{ 30, "tcp/3804", OUT, 0 },
	{ 31, "tcp/4000", IN, 0 },
	{ 32, "tcp/4001", IN, 0 },
	{ 33, "tcp/4002", IN, 0 },
	{ 34, "tcp/4003", IN, 0 },
	{ 35, "tcp/4040", IN, 0 },
	{ 36, "tcp/4321", IN, 0 },
	{ 37, "tcp/4323", IN, 0 },
	{ 38, "tcp/4400", IN, 0 },
	{ 39, "tcp/4421", IN | OUT, 0 },
	{ 40, "tcp/4498", IN, 0 },
	{ 41, "tcp/4499", IN, 0 },
	{ 42, "tcp/4711", IN, 0 },
	{ 43, "tcp/4721", OUT, 0 },
	{ 44, "tcp/4722", OUT, 0 },
	{ 45, "tcp/5060 udp/5060", IN | OUT, 0 },
	{ 46, "tcp/5061", IN | OUT, 0 },
	{ 47, "tcp/5062", OUT, 0 },
	{ 48, "udp/5062", IN | OUT, OUT },
	{ 49, "tcp/5180", IN | OUT, 0 },
	{ 50, "tcp/5432", IN, 0 },
	{ 51, "udp/5432", IN | OUT, OUT },
	{ 52, "tcp/5443", IN | OUT, 0 },
	{ 53, "tcp/5444", IN | OUT, 0 },
	{ 54, "tcp/5555", IN, 0 },
	{ 55, "tcp/5701-5705", IN, 0 },
	{ 56, "tcp/6000-6015", OUT, 0 },
	{ 57, "tcp/6810", OUT, 0 },
	{ 58, "tcp/7300", OUT, 0 },
	{ 59, "tcp/8080", IN, 0 },
	{ 60, "tcp/8085", OUT, 0 },
	{ 61, "tcp/8161", IN, 0 },
	{ 62, "tcp/8181", OUT, 0 },
	{ 63, "tcp/8882", OUT, 0 },
	{ 64, "tcp/9000", IN, 0 },
	{ 65, "tcp/9010", IN, 0 },
	{ 66, "tcp/9011", IN, 0 },
	{ 67, "tcp/9050", IN, 0 },
	{ 68, "tcp/16900 udp/16900", IN, 0 },
	{ 69, "tcp/20000", IN, 0 },
	{ 70, "udp/20000-23999", IN, IN },
	{ 71, "udp/24000-24099", IN, IN },
	{ 72, "udp/47000-47199", IN, IN },
	{ 73, "tcp/50505", IN, 0 },
	{ 74, "tcp/61616", IN, 0 },
	{ 75, "tcp", IN, IN },	/* the administrator's choice */
};

static const struct row starface_ports[] = {
	{ 1, "tcp/53 udp/53", OUT, 0 },
	{ 2, "tcp/80", IN, 0 },
	{ 3, "tcp/80", IN, 0 },
	{ 4, "udp/123", OUT, 0 },
	{ 5, "tcp/443", IN, 0 },
	{ 6, "tcp/443", IN, 0 },
	{ 7, "udp/1902", OUT, OUT },
	{ 8, "tcp/3090 udp/3090", IN, 0 },
	{ 9, "udp/5060", IN, 0 },
	{ 10, "tcp/5060", IN, 0 },
	{ 11, "tcp/5061", IN, 0 },
	{ 12, "tcp/5222", IN, 0 },
	{ 13, "udp/10000-20000", IN, IN },
	{ 14, "udp/1025-65535", OUT, OUT },
	{ 15, "tcp/50080", IN, 0 },
	{ 16, "tcp/50081", IN, 0 },
};

static const struct row starface_tls[] = {
	{ 1, "tcp/443", IN, 0 },
	{ 2, "tcp/5061", IN, 0 },
	{ 3, "tcp/5223", IN, 0 },
};

static const struct row trunk_inbound[] = {
	{ 1, "udp/5060", IN, 0 },
	{ 2, "tcp/5061", IN, 0 },
	{ 3, "udp/10000-20000", IN, IN },
};

static const struct row trunk_outbound[] = {
	{ 1, "udp/5060", OUT, 0 },
	{ 2, "tcp/5061", OUT, 0 },
	{ 3, "udp/1025-65535", OUT, OUT },
};

static const struct row clients_inbound[] = {
	{ 1, "tcp/443", IN, 0 },
	{ 2, "udp/5060", IN, 0 },
	{ 3, "tcp/5061", IN, 0 },
	{ 4, "tcp/5222", IN, 0 },
	{ 5, "tcp/50080", IN, 0 },
	{ 6, "tcp/50081", IN, 0 },
	{ 7, "udp/10000-20000", IN, IN },
};

static const struct row clients_outbound[] = {
	{ 1, "udp/5060", OUT, 0 },
	{ 2, "tcp/5061", OUT, 0 },
	{ 3, "tcp/5222", OUT, OUT },
	{ 4, "tcp/50080", OUT, OUT },
	{ 5, "tcp/50081", OUT, OUT },
	{ 6, "udp/1025-65535", OUT, OUT },
};

static const struct row web_outbound[] = {
	{ 1, "tcp/443", OUT, OUT },
	{ 2, "udp/5060", OUT, 0 },
	{ 3, "tcp/5061", OUT, 0 },
	{ 4, "tcp/5222", OUT, OUT },
	{ 5, "tcp/50080", OUT, OUT },
	{ 6, "tcp/50081", OUT, OUT },
	{ 7, "udp/1025-65535", OUT, OUT },
};

#define ROWS(rows) rows, sizeof rows / sizeof *rows

static const struct table tables[] = {
	{ "asc-neo", "Table 2", ROWS(communication_matrix), NULL, "port" },
	{ "starface", "Port table", ROWS(starface_ports), NULL, "port" },
	{ "starface", "TLS list", ROWS(starface_tls), NULL, "tls" },
	{ "starface", "Example 1, inbound", ROWS(trunk_inbound), "sip-trunk", "port" },
	{ "starface", "Example 1, outbound", ROWS(trunk_outbound), NULL, "port" },
	{ "starface", "Example 2, inbound", ROWS(clients_inbound), "remote-clients", "port" },
	{ "starface", "Example 2, outbound", ROWS(clients_outbound), NULL, "port" },
	{ "starface", "Example 3, inbound", ROWS(clients_inbound), "remote-clients-web", "port" },
	{ "starface", "Example 3, outbound", ROWS(web_outbound), NULL, "port" },
};

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

/* "Table 2, row 7" is not in "Table 2, row 70". */
static bool refers(const char *reference, const char *place, unsigned number)
{
	char wanted[64];

	snprintf(wanted, sizeof wanted, "%s, row %u", place, number);
	for (const char *at = reference; at && (at = strstr(at, wanted)); at++)
		if (!isdigit((unsigned char)at[strlen(wanted)]))
			return true;
	return false;
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

static bool has_rule(const struct table *table, const struct row *row, const char *subject,
		     unsigned direction)
{
	const struct profile *profile = profile_of(table->profile);

	for (size_t i = 0; i < profile->rule_count; i++) {
		const struct rule *rule = &profile->rules[i];

		if (!strcmp(rule->collector->name, table->collector) &&
		    refers(rule->reference, table->place, row->number) &&
		    rule_looks_at(rule, subject) && !rule->peer == (direction == IN) &&
		    (direction == OUT || rule_stands_right(rule, table->scenario)))
			return true;
	}
	return false;
}

static bool has_reason(const struct table *table, const struct row *row)
{
	const struct profile *profile = profile_of(table->profile);

	for (size_t i = 0; i < profile->not_observable_count; i++)
		if (refers(profile->not_observable[i].reference, table->place, row->number))
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

static void every_row_of_every_table_is_judged_or_explained(void **state)
{
	(void)state;
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
		for (size_t i = 0; i < tables[t].count; i++)
			check_row(&tables[t], &tables[t].rows[i]);
}

static void the_communication_matrix_has_75_rows(void **state)
{
	unsigned last = 0;

	(void)state;
	for (size_t i = 0; i < tables[0].count; i++) {
		unsigned number = communication_matrix[i].number;

		assert_true(number == last || number == last + 1);
		last = number;
	}
	assert_int_equal(last, 75);
	assert_int_equal(sizeof starface_ports / sizeof *starface_ports, 16);
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

static void no_rule_refers_to_a_row_about_something_else(void **state)
{
	(void)state;
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
		const struct profile *profile = profile_of(tables[t].profile);

		for (size_t i = 0; i < profile->rule_count; i++)
			for (unsigned number = 1; number < 100; number++)
				if (refers(profile->rules[i].reference, tables[t].place, number) &&
				    !reference_fits(&tables[t], number, &profile->rules[i]))
					fail_msg("%s: %s, row %u", profile->rules[i].id,
						 tables[t].place, number);
	}
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
			    (!rule->reference && strcmp(rule->profile, "uc-baseline")))
				fail_msg("%s.%s", rule->profile, rule->id);
		}
		for (size_t i = 0; i < profile->not_observable_count; i++)
			assert_non_null(profile->not_observable[i].by_hand);
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

		if (rule->peer || !rule->feature_count)
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
		{ "starface", "web-http", "443" },
		{ "starface", "sip-tcp", "5061" },
		{ "starface", "autoprovisioning", "50081" },
		{ "starface", "forwarded-autoprovisioning", "50081" },
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
	assert_int_equal(smb1->when_closed, CLOSED_NOT_APPLICABLE);
	assert_false(smb1->expect[0].operands[0].truth);
	assert_true(sweep->expect[0].allowed_ports);
	assert_string_equal(sweep->scenarios[0], "sweep");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_every_table_is_judged_or_explained),
		cmocka_unit_test(the_communication_matrix_has_75_rows),
		cmocka_unit_test(no_rule_refers_to_a_row_about_something_else),
		cmocka_unit_test(every_rule_says_why_how_and_where),
		cmocka_unit_test(an_unused_port_of_the_recorder_must_not_be_open),
		cmocka_unit_test(a_clear_text_port_names_its_encrypted_twin),
		cmocka_unit_test(databases_must_not_answer_outside),
		cmocka_unit_test(signing_smb1_and_the_sweep_are_there),
	};

	return cmocka_run_group_tests(tests, read_shipped, free_shipped);
}
