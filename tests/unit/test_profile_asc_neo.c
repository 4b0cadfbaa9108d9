/* SPDX-License-Identifier: Apache-2.0
 *
 * ASC neo: what its rules say beyond that there is one for each line of the document.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "ground/clock.h"
#include "tests/unit/document_asc_neo.h"
#include "tests/unit/document_asc_neo_needs.h"
#include "tests/unit/profile_scene.h"

enum { ROW_COUNT = 75, STARS = 44 };

static struct setting *recorder;

static const struct profile *profile(void)
{
	return profiles_named(recorder->profiles, "asc-neo");
}

static int set_up(void **state)
{
	(void)state;
	recorder = setting_new("asc-neo");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	setting_free(recorder);
	return 0;
}

static bool is_listed(const char *word, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(word, names[i]))
			return true;
	return false;
}

/* All words, and no others. */
static bool are_the_words(const char *words, const char *const *names, size_t count)
{
	char *copy = strdup(words ? words : ""), *rest = copy, *word;
	bool all = true;
	size_t seen = 0;

	while ((word = strsep(&rest, " ")))
		if (*word) {
			seen++;
			all = all && is_listed(word, names, count);
		}
	free(copy);
	return all && seen == count;
}

static bool is_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : !a && !b;
}

static bool is_among(const char *subject, const struct subject *subjects, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(subjects[i].text, subject))
			return true;
	return false;
}

static const struct rule *rule_for(const struct need *need, const char *subject, bool out)
{
	const char *features = out ? need->peer_features : need->features;

	for (size_t i = 0; i < profile()->rule_count; i++) {
		const struct rule *rule = &profile()->rules[i];

		if (refers_to_row(rule->reference, "Table 2", need->row) &&
		    is_among(subject, rule->subjects, rule->subject_count) &&
		    is_text(rule->peer, out ? need->peer : NULL) &&
		    are_the_words(features, rule->features, rule->feature_count))
			return rule;
	}
	fail_msg("row %u: no rule about %s %s for '%s'", need->row, subject,
		 out ? "out" : "in", features ? features : "");
	return NULL;
}

static void advice_has(const struct need *need, const char *advice, const char *words)
{
	if (!advice || !strstr(advice, words))
		fail_msg("row %u: '%s' does not say: %s", need->row, advice ? advice : "",
			 words);
}

static void look_at_inbound(const struct need *need, const char *subject)
{
	const struct rule *rule = rule_for(need, subject, false);

	assert_int_equal(rule->otherwise_count > 0, need->features != NULL);
	if (!need->features)
		return;
	advice_has(need, rule->remedy, need->star ? "installer opens it" : "by hand");
	advice_has(need, rule->otherwise_remedy, "lose it in the Windows firewall");
	advice_has(need, rule->otherwise_remedy,
		   need->star ? "where the installer has opened it" : "allowed it by hand");
	for (size_t i = 0; i < rule->feature_count; i++)
		advice_has(need, rule->otherwise_remedy, rule->features[i]);
}

static void look_at_outbound(const struct need *need, const char *subject)
{
	const struct rule *rule = rule_for(need, subject, true);

	assert_int_equal(rule->otherwise_count, 0);
	advice_has(need, rule->remedy,
		   need->star ? "the installer has opened it" : "by hand");
}

static void look_at_unseen(const struct need *need, const char *subject, bool out)
{
	for (size_t i = 0; i < profile()->not_observable_count; i++) {
		const struct not_observable *item = &profile()->not_observable[i];

		if (refers_to_row(item->reference, "Table 2", need->row) &&
		    (out ? is_among(subject, item->outbound, item->outbound_count)
			 : is_among(subject, item->inbound, item->inbound_count)) &&
		    is_text(item->peer, out ? need->peer : NULL) &&
		    are_the_words(out ? need->peer_features : need->features, item->features,
				  item->feature_count))
			return;
	}
	fail_msg("row %u: no word about %s", need->row, subject);
}

static void look_at_row(const struct row *row, const struct need *need)
{
	char *subjects = strdup(row->subjects), *rest = subjects, *subject;

	while ((subject = strsep(&rest, " ")))
		for (unsigned direction = IN; direction <= OUT; direction++) {
			bool out = direction == OUT;

			if (!(row->directions & direction))
				continue;
			else if (row->unseen & direction)
				look_at_unseen(need, subject, out);
			else if (out)
				look_at_outbound(need, subject);
			else
				look_at_inbound(need, subject);
		}
	free(subjects);
}

static void every_row_is_for_its_feature_and_says_who_opens_it(void **state)
{
	size_t count = asc_neo_tables[0].count;

	(void)state;
	/* The last one has no number to be looked at. */
	assert_int_equal(communication_matrix[count - 1].number, ROW_COUNT);
	for (size_t i = 0; i < count - 1; i++)
		look_at_row(&communication_matrix[i],
			    &communication_needs[communication_matrix[i].number - 1]);
}

static void of_75_rows_44_have_the_star(void **state)
{
	size_t stars = 0;

	(void)state;
	assert_int_equal(sizeof communication_needs / sizeof *communication_needs, ROW_COUNT);
	for (unsigned i = 0; i < ROW_COUNT; i++) {
		assert_int_equal(communication_needs[i].row, i + 1);
		stars += communication_needs[i].star;
	}
	assert_int_equal(stars, STARS);
}

static void the_port_that_the_administrator_chooses_is_there(void **state)
{
	const struct need *need = &communication_needs[ROW_COUNT - 1];

	(void)state;
	for (size_t i = 0; i < profile()->not_observable_count; i++) {
		const struct not_observable *item = &profile()->not_observable[i];

		if (!refers_to_row(item->reference, "Table 2", need->row))
			continue;
		assert_true(are_the_words(need->features, item->features, item->feature_count));
		assert_non_null(strstr(item->sentence, "Cisco Jabber"));
		assert_int_equal(item->inbound_count, 0);
		advice_has(need, item->by_hand, "by hand");
		return;
	}
	fail_msg("nothing about Cisco Jabber");
}

static bool speaks_of_web_tls(const struct rule *rule)
{
	return (!strcmp(rule->collector->name, "tls") ||
		!strcmp(rule->collector->name, "certificate")) &&
	       is_among("tcp/443", rule->subjects, rule->subject_count);
}

static void what_is_found_of_tls_is_provisional_while_the_certificate_is_asc_s(void **state)
{
	size_t provisional = 0;

	(void)state;
	for (size_t i = 0; i < profile()->rule_count; i++) {
		const struct rule *rule = &profile()->rules[i];
		bool expected = speaks_of_web_tls(rule) && strcmp(rule->id, "certificate-own");

		if (!is_text(rule->provisional_while, expected ? "certificate-own" : NULL))
			fail_msg("%s", rule->id);
		provisional += expected;
	}
	assert_int_equal(provisional, 8);
}

/* What becomes of a rule that sees this. */
static enum verdict judge_facts(const struct rule *rule, bool feature_off, struct facts *facts)
{
	const struct check check = {
		.name = rule->id,
		.rule = rule,
		.expect = feature_off ? rule->otherwise : rule->expect,
		.expect_count = (uint16_t)(feature_off ? rule->otherwise_count
						       : rule->expect_count),
		.severity = (uint8_t)rule->severity,
		.unused_feature = feature_off,
	};
	const struct observation observation = { .facts = facts };
	const struct circumstances circumstances = { .wall_us = 0 };
	struct judgement judgement;
	enum verdict verdict;

	judge(&check, &observation, &circumstances, &judgement);
	verdict = judgement.verdict;
	judgement_clear(&judgement);
	return verdict;
}

static enum verdict judge_text(const struct rule *rule, const char *fact, const char *text)
{
	struct facts *facts = facts_new();
	enum verdict verdict;

	facts_set_text(facts, fact_named(fact), text);
	verdict = judge_facts(rule, false, facts);
	facts_free(facts);
	return verdict;
}

static void an_encrypted_twin_that_is_offered_is_to_be_used(void **state)
{
	static const struct {
		const char *rule, *feature, *peer, *subject;
	} twins[] = {
		{ "ldap-change-over", "ldap-unencrypted", "ldap", "tcp/636" },
		{ "jtapi-change-over", "recording-cisco-ucm", "cucm", "tcp/2749" },
		{ "avaya-change-over", "recording-avaya", "avaya-aes", "tcp/4722" },
		{ "pbx-sip-change-over", "recording-sip", "pbx", "tcp/5061" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
		const struct rule *rule = rule_of(recorder, twins[i].rule);

		assert_string_equal(rule->features[0], twins[i].feature);
		assert_int_equal(rule->feature_count, 1);
		assert_string_equal(rule->peer, twins[i].peer);
		assert_string_equal(rule->subjects[0].text, twins[i].subject);
		assert_int_equal(judge_text(rule, "port.state", "open"), VERDICT_WARNING);
		assert_int_equal(judge_text(rule, "port.state", "closed"), VERDICT_OK);
		assert_int_equal(judge_text(rule, "port.state", "filtered"), VERDICT_OK);
		assert_non_null(strstr(rule->remedy, twins[i].feature));
	}
}

static enum verdict judge_software(const char *id, bool feature_off, const char *name)
{
	static const char other[] = "Microsoft Visual C++ 2015-2019 Redistributable (x64)";
	const char *const names[] = { other, name };
	struct facts *facts = facts_new();
	enum verdict verdict;

	facts_set_texts(facts, fact_named("snmp.software"), names, name ? 2 : 1);
	verdict = judge_facts(rule_of(recorder, id), feature_off, facts);
	facts_free(facts);
	return verdict;
}

static void the_versions_of_the_document_are_good_as_windows_spells_them(void **state)
{
	static const struct {
		const char *rule, *name;
	} good[] = {
		{ "software-java", "OpenJDK 1.8.0_232" },
		{ "software-java", "AdoptOpenJDK JDK with Hotspot 8.0.232.09 (x64)" },
		{ "software-java", "Eclipse Temurin JDK with Hotspot 8u345-b01 (x64)" },
		{ "software-java", "OpenJDK 1.8.0_242-1-redhat (x64)" },
		{ "software-java-base", "OpenJDK 1.8.0_232" },
		{ "software-java-base", "AdoptOpenJDK JDK with Hotspot 8.0.232.09 (x64)" },
		{ "software-java-base", "Eclipse Temurin JDK with Hotspot 8u345-b01 (x64)" },
		{ "software-java-base", "OpenJDK 8 Update 242" },
		{ "software-glassfish", "GlassFish Server Open Source Edition 5.0" },
		{ "software-glassfish", "Glassfish 5" },
		{ "software-liquibase", "Liquibase 3.1.1" },
		{ "software-osccsdk", "OSCCSDK V8R2_GP05" },
		{ "software-osccsdk", "Unify OSCC SDK V8 R2 GP5" },
		{ "software-pgadmin", "pgAdmin 4 version 3.4" },
		{ "software-postgres-jdbc", "pgJDBC 42.2.5" },
		{ "software-postgres-jdbc", "PostgreSQL JDBC Driver 42.2.5" },
		{ "software-postgresql", "PostgreSQL 12" },
		{ "software-postgresql", "PostgreSQL 12 " },
		{ "software-postgresql", "PostgreSQL 12 (x64)" },
		{ "software-postgresql", "PostgreSQL 12.5-1-x64" },
		{ "software-postgresql", "PostgreSQL ODBC Driver 13" },
		{ "software-tsapi", "TSAPI Client 6.4.7" },
		{ "software-tsapi", "Alcatel TSAPIClient 6.4.7" },
		{ "software-winpcap", "WinPcap 4.1.3" },
		{ "software-emet", "Telemetry Agent 1.0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (judge_software(good[i].rule, false, good[i].name) != VERDICT_OK)
			fail_msg("%s: %s", good[i].rule, good[i].name);
}

static void other_versions_are_found(void **state)
{
	static const struct {
		const char *rule, *name;
		enum verdict verdict;
	} found[] = {
		{ "software-java", "OpenJDK 1.8.0_222", VERDICT_CRITICAL },
		{ "software-java", "AdoptOpenJDK JDK with Hotspot 8.0.222.10 (x64)",
		  VERDICT_CRITICAL },
		{ "software-java", "OpenJDK 1.7.0_261", VERDICT_CRITICAL },
		{ "software-java-base", "AdoptOpenJDK JDK with Hotspot 11.0.8.10 (x64)",
		  VERDICT_CRITICAL },
		{ "software-java-base", "OpenJDK 11.8.0", VERDICT_CRITICAL },
		{ "software-java-base", "OpenJDK 18.0.1", VERDICT_CRITICAL },
		{ "software-glassfish", "GlassFish 4.1.2", VERDICT_WARNING },
		{ "software-glassfish", "GlassFish 5.0.1", VERDICT_WARNING },
		{ "software-liquibase", "Liquibase 3.10.0", VERDICT_WARNING },
		{ "software-osccsdk", "OSCCSDK V8R2_GP04", VERDICT_WARNING },
		{ "software-osccsdk", "OSCCSDK V9R2_GP05", VERDICT_WARNING },
		{ "software-pgadmin", "pgAdmin 4 version 4.30", VERDICT_WARNING },
		{ "software-postgres-jdbc", "pgJDBC 42.2.18", VERDICT_WARNING },
		{ "software-postgresql", "PostgreSQL 12.8", VERDICT_WARNING },
		{ "software-postgresql", "PostgreSQL 12.50", VERDICT_WARNING },
		{ "software-postgresql", "PostgreSQL 13", VERDICT_WARNING },
		{ "software-postgresql", "PostgreSQL 9.6", VERDICT_WARNING },
		{ "software-tsapi", "TSAPI Client 8.1", VERDICT_WARNING },
		{ "software-winpcap", "WinPcap 4.1.2", VERDICT_WARNING },
		{ "software-winpcap", NULL, VERDICT_WARNING },
		{ "software-emet", "EMET 5.52", VERDICT_CRITICAL },
		/* Neo's own copies are on no list. */
		{ "software-java", NULL, VERDICT_NOT_APPLICABLE },
		{ "software-java-base", NULL, VERDICT_NOT_APPLICABLE },
		{ "software-glassfish", NULL, VERDICT_NOT_APPLICABLE },
		{ "software-liquibase", NULL, VERDICT_NOT_APPLICABLE },
		{ "software-osccsdk", NULL, VERDICT_NOT_APPLICABLE },
		{ "software-pgadmin", NULL, VERDICT_NOT_APPLICABLE },
		{ "software-postgres-jdbc", NULL, VERDICT_NOT_APPLICABLE },
		{ "software-postgresql", NULL, VERDICT_NOT_APPLICABLE },
		{ "software-tsapi", NULL, VERDICT_NOT_APPLICABLE },
		{ "software-emet", NULL, VERDICT_OK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof found / sizeof *found; i++)
		if (judge_software(found[i].rule, false, found[i].name) != found[i].verdict)
			fail_msg("%s: %s", found[i].rule, found[i].name);
}

static void without_passive_recording_there_is_no_winpcap(void **state)
{
	const struct rule *rule = rule_of(recorder, "software-winpcap");

	(void)state;
	assert_string_equal(rule->features[0], "passive-recording");
	assert_int_equal(judge_software(rule->id, true, "WinPcap 4.1.3"), VERDICT_WARNING);
	assert_int_equal(judge_software(rule->id, true, NULL), VERDICT_OK);
	assert_non_null(strstr(rule->otherwise_remedy, "Uninstall"));
}

static void three_windows_servers_are_supported(void **state)
{
	static const struct {
		const char *system;
		enum verdict verdict;
	} systems[] = {
		{ "Intel64 Family 6 Model 85 Stepping 7 AT/AT COMPATIBLE - Software: Windows "
		  "Version 6.3 (Build 9600 Multiprocessor Free)", VERDICT_OK },
		{ "AMD64 Family 23 Model 49 Stepping 0 AT/AT COMPATIBLE - Software: Windows "
		  "Version 6.3 (Build 14393 Multiprocessor Free)", VERDICT_OK },
		{ "Intel64 Family 6 Model 85 Stepping 7 AT/AT COMPATIBLE - Software: Windows "
		  "Version 6.3 (Build 17763 Multiprocessor Free)", VERDICT_OK },
		{ "Intel64 Family 6 Model 85 Stepping 7 AT/AT COMPATIBLE - Software: Windows "
		  "Version 6.3 (Build 20348 Multiprocessor Free)", VERDICT_WARNING },
		{ "Intel64 Family 6 Model 85 Stepping 7 AT/AT COMPATIBLE - Software: Windows "
		  "Version 6.1 (Build 7601 Multiprocessor Free)", VERDICT_WARNING },
		{ "x86 Family 6 Model 85 Stepping 7 AT/AT COMPATIBLE - Software: Windows "
		  "Version 6.3 (Build 9600 Multiprocessor Free)", VERDICT_WARNING },
		{ "Linux recorder 5.10.0-8-amd64", VERDICT_WARNING },
	};
	const struct rule *rule = rule_of(recorder, "operating-system");
	char description[256];

	(void)state;
	for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
		snprintf(description, sizeof description, "Hardware: %s", systems[i].system);
		assert_int_equal(judge_text(rule, "snmp.sysdescr", description),
				 systems[i].verdict);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_for_its_feature_and_says_who_opens_it),
		cmocka_unit_test(of_75_rows_44_have_the_star),
		cmocka_unit_test(the_port_that_the_administrator_chooses_is_there),
		cmocka_unit_test(
			what_is_found_of_tls_is_provisional_while_the_certificate_is_asc_s),
		cmocka_unit_test(an_encrypted_twin_that_is_offered_is_to_be_used),
		cmocka_unit_test(the_versions_of_the_document_are_good_as_windows_spells_them),
		cmocka_unit_test(other_versions_are_found),
		cmocka_unit_test(without_passive_recording_there_is_no_winpcap),
		cmocka_unit_test(three_windows_servers_are_supported),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
