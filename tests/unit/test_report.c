/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "agent/cli/cli.h"
#include "agent/cli/report_labels.h"
#include "tests/unit/report_scene.h"

static struct judgement *last(struct made_results *made)
{
	return &made->judgements[made->plan.check_count - 1];
}

/* The exit code of a round with these verdicts, ended by VERDICT_COUNT. */
static int code_of(const enum verdict *verdicts)
{
	struct made_results *made = made_new();

	made_target(made, "pbx");
	for (; *verdicts != VERDICT_COUNT; verdicts++)
		made_check(made, "x", *verdicts);
	int code = report_exit_code(&made->report);
	made_free(made);
	return code;
}

#define CODE(...) code_of((const enum verdict[]){ __VA_ARGS__, VERDICT_COUNT })

static void the_exit_code_is_that_of_the_worst_verdict(void **state)
{
	(void)state;
	assert_int_equal(CODE(VERDICT_OK), 0);
	assert_int_equal(CODE(VERDICT_OK, VERDICT_NOT_APPLICABLE, VERDICT_EXCEPTED), 0);
	assert_int_equal(CODE(VERDICT_EXCEPTED), 0);
	assert_int_equal(CODE(VERDICT_OK, VERDICT_WARNING), 1);
	assert_int_equal(CODE(VERDICT_WARNING, VERDICT_CRITICAL, VERDICT_UNKNOWN), 2);
	assert_int_equal(CODE(VERDICT_UNKNOWN, VERDICT_WARNING), 1);
	assert_int_equal(CODE(VERDICT_UNKNOWN, VERDICT_OK), 3);
}

static void what_was_never_judged_is_not_ok(void **state)
{
	(void)state;
	assert_int_equal(CODE(VERDICT_COUNT), 3);
	assert_int_equal(CODE(VERDICT_NOT_APPLICABLE), 3);
}

static void an_interrupted_round_is_never_anything_but_unknown(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx");
	made_check(made, "x", VERDICT_CRITICAL);
	made->report.interrupted = true;
	assert_int_equal(report_exit_code(&made->report), 3);
}

static void checks_are_ordered_by_verdict_then_severity_then_plan(void **state)
{
	struct made_results *made = *state;
	struct report_target target = { 0 };

	made_target(made, "pbx");
	made_check(made, "ok", VERDICT_OK);
	made_check(made, "unknown", VERDICT_UNKNOWN);
	made_check(made, "minor", VERDICT_WARNING)->severity = SEVERITY_MINOR;
	made_check(made, "first", VERDICT_CRITICAL);
	made_check(made, "second", VERDICT_CRITICAL);
	made_check(made, "worst", VERDICT_CRITICAL)->severity = SEVERITY_CRITICAL;
	assert_true(report_next_target(&made->report, &target));
	size_t *order = report_order(&made->report, &target);
	static const size_t expected[] = { 5, 3, 4, 2, 1, 0 };
	assert_memory_equal(order, expected, sizeof expected);
	free(order);
	assert_false(report_next_target(&made->report, &target));
}

static void a_target_without_checks_is_still_told(void **state)
{
	struct made_results *made = *state;
	struct report_target target = { 0 };

	made_target(made, "empty");
	made_target(made, "full");
	made_check(made, "x", VERDICT_OK);
	assert_true(report_next_target(&made->report, &target));
	assert_int_equal(target.count, 0);
	assert_true(report_next_target(&made->report, &target));
	assert_int_equal(target.count, 1);
	assert_string_equal(target.about->name, "full");
}

static void every_format_is_found_by_its_name(void **state)
{
	const char *const *names = report_format_names();
	size_t count = 0;

	(void)state;
	for (; names[count]; count++)
		assert_string_equal(report_format_named(names[count])->name, names[count]);
	assert_int_equal(count, 7);
	assert_null(report_format_named("xml"));
}

static void json_has_the_members_of_the_design_in_their_order(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx");
	made_check(made, "port/tcp-443/web-https", VERDICT_CRITICAL);
	assert_string_equal(
		made_write(made, "json"),
		"{\n"
		"  \"schema\": 1,\n"
		"  \"agent\": \"ucposture 0.1.0\",\n"
		"  \"started\": \"2023-11-14T22:13:20Z\",\n"
		"  \"finished\": \"2023-11-14T22:13:21Z\",\n"
		"  \"targets\": [\n"
		"    {\n"
		"      \"name\": \"pbx\",\n"
		"      \"address\": \"pbx\",\n"
		"      \"vantage\": \"internal\",\n"
		"      \"profiles\": [],\n      \"features\": [],\n"
		"      \"scenarios\": [],\n      \"peers\": [],\n"
		"      \"score\": 0.0000,\n"
		"      \"counts\": {\n"
		"        \"ok\": 0,\n"
		"        \"warning\": 0,\n"
		"        \"critical\": 1,\n"
		"        \"unknown\": 0,\n"
		"        \"not_applicable\": 0,\n"
		"        \"excepted\": 0\n"
		"      },\n"
		"      \"checks\": [\n"
		"        {\n"
		"          \"name\": \"port/tcp-443/web-https\",\n"
		"          \"rule\": \"starface.web-https\",\n"
		"          \"collector\": \"port\",\n"
		"          \"subject\": \"tcp/443\",\n"
		"          \"family\": 4,\n"
		"          \"verdict\": \"critical\",\n"
		"          \"severity\": \"major\",\n"
		"          \"expected\": \"open\",\n"
		"          \"observed\": \"closed\",\n"
		"          \"reason\": \"violated\",\n"
		"          \"since\": null,\n"
		"          \"title\": \"The web interface answers over HTTPS\",\n"
		"          \"remedy\": \"Switch it on\",\n"
		"          \"reference\": \"Port table, row 443\"\n"
		"        }\n"
		"      ]\n"
		"    }\n"
		"  ]\n"
		"}\n");
}

static void a_score_of_nothing_is_null(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx");
	made_check(made, "x", VERDICT_UNKNOWN)->family = 0;
	has(made_write(made, "json"), "\"score\": null");
	has(text_string(&made->out), "\"family\": null");
}

static void titles_are_german_where_the_profile_has_them(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx");
	made_check(made, "x", VERDICT_CRITICAL);
	made_check(made, "y", VERDICT_CRITICAL);
	made->rules[0].title_de = "Die Oberfl\xc3\xa4" "che";
	made->report.german = true;
	has(made_write(made, "json"), "\"title\": \"Die Oberfl\xc3\xa4" "che\"");
	has(text_string(&made->out), "\"title\": \"The web interface");
	made->report.german = false;
	lacks(made_write(made, "json"), "Die Ober");
}

static void nagios_says_it_in_one_line(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx");
	made_check(made, "a", VERDICT_OK);
	made_check(made, "b", VERDICT_CRITICAL);
	assert_string_equal(made_write(made, "nagios"),
			    "UCPOSTURE CRITICAL - pbx: 1 critical, 1 ok | score=50.0%;;;0;100"
			    " critical=1;;;0 warning=0;;;0 unknown=0;;;0 excepted=0;;;0 ok=1;;;0"
			    " not_applicable=0;;;0 time=1.250s;;;0\n");
}

static void nagios_says_more_when_asked(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx|1");
	made_check(made, "a", VERDICT_OK);
	made_check(made, "b", VERDICT_CRITICAL);
	made_check(made, "c", VERDICT_UNKNOWN);
	made->report.verbose = 1;
	has(made_write(made, "nagios"), "\npbx/1 b, pbx/1 c\n");
	made->report.verbose = 2;
	has(made_write(made, "nagios"), "\nCRITICAL pbx/1 b: expected open, observed closed\n"
					  "UNKNOWN pbx/1 c:");
	lacks(text_string(&made->out), "\nOK ");
	made->report.verbose = 3;
	has(made_write(made, "nagios"), "\nOK pbx/1 a:");
}

static void nagios_gives_each_of_several_targets_a_score(void **state)
{
	struct made_results *made = *state;

	made_target(made, "it's");
	made_check(made, "a", VERDICT_OK);
	made_target(made, "b");
	made_check(made, "a", VERDICT_UNKNOWN);
	has(made_write(made, "nagios"), "UCPOSTURE UNKNOWN - 2 targets: 1 unknown, 1 ok |");
	has(text_string(&made->out), " 'it''s score'=100.0%;;;0;100 'b score'=U\n");
}

static void csv_cells_are_quoted_and_never_formulas(void **state)
{
	struct made_results *made = *state;

	made_target(made, "a,b");
	made_check(made, "x", VERDICT_OK);
	free(last(made)->observed);
	last(made)->observed = memory_copy(" =1+\"1\"\n");
	made->rules[0].remedy = NULL;
	has(made_write(made, "csv"),
	    "\r\n\"a,b\",\"a,b\",internal,x,starface.web-https,port,tcp/443,4,ok,major,open,"
	    "\"'=1+\"\"1\"\"\",violated,The web interface answers over HTTPS,,"
	    "\"Port table, row 443\"\r\n");
}

static void csv_has_a_header_even_without_checks(void **state)
{
	const char *csv = made_write(*state, "csv");

	assert_memory_equal(csv, "target,address,vantage,check,", 29);
	assert_string_equal(strchr(csv, '\r'), "\r\n");
}

static void junit_tells_failures_errors_and_skipped_apart(void **state)
{
	struct made_results *made = *state;

	made_target(made, "p<x");
	made_check(made, "a", VERDICT_OK);
	made_check(made, "b", VERDICT_CRITICAL);
	made_check(made, "c", VERDICT_UNKNOWN);
	made_check(made, "d", VERDICT_EXCEPTED);
	made_check(made, "e", VERDICT_NOT_APPLICABLE);
	has(made_write(made, "junit"), "<testsuite name=\"p&lt;x\" hostname=\"p&lt;x\" tests=\"5\""
					 " failures=\"1\" errors=\"1\" skipped=\"2\""
					 " timestamp=\"2023-11-14T22:13:20\" time=\"1.250\">");
	has(text_string(&made->out), "<failure message=\"expected open, observed closed\""
				      " type=\"critical\">");
	has(text_string(&made->out), "<error message=\"expected open, observed closed\""
				      " type=\"unknown\">");
	has(text_string(&made->out), "<skipped message=\"expected open, observed closed\">");
	has(text_string(&made->out), "name=\"a: The web interface answers over HTTPS\""
				      " time=\"0.000\"/>");
}

static void checkmk_has_a_line_for_the_target_and_for_each_check(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx'1");
	made_check(made, "smb/tcp-445/signing", VERDICT_WARNING);
	made_check(made, "b", VERDICT_NOT_APPLICABLE);
	free(last(made)->observed);
	last(made)->observed = memory_copy("DOMAIN\\name");
	assert_string_equal(made_write(made, "checkmk"),
			    "1 \"UC posture pbx_1\" score=0.0000;;;0;1|critical=0;;;0|"
			    "warning=1;;;0|unknown=0;;;0|excepted=0;;;0|ok=0;;;0|"
			    "not_applicable=1;;;0 1 warning, 1 not applicable\n"
			    "1 \"UC posture pbx_1 smb/tcp-445/signing\" - warning, expected open,"
			    " observed closed\n"
			    "0 \"UC posture pbx_1 b\" - not applicable, expected open, observed"
			    " DOMAIN/name\n");
}

static void prometheus_has_one_series_for_each_verdict(void **state)
{
	struct made_results *made = *state;
	struct target *target = made_target(made, "pbx");

	made->labels[0] = (struct label){ "target", "a\"b\\c\nd" };
	target->labels = made->labels;
	target->label_count = 1;
	made_check(made, "x", VERDICT_UNKNOWN);
	const char *out = made_write(made, "prometheus");
	has(out, "# HELP ucposture_check_status ");
	has(out, "\n# TYPE ucposture_check_status gauge\n");
	has(out, "\nucposture_check_status{target=\"pbx\",check=\"x\",subject=\"tcp/443\","
		 "family=\"4\",exported_target=\"a\\\"b\\\\c\\\\x0Ad\","
		 "ucposture_check_status=\"unknown\"} 1\n");
	has(out, "ucposture_check_status=\"ok\"} 0\n");
	has(out, "\nucposture_target_score_ratio{target=\"pbx\","
		 "exported_target=\"a\\\"b\\\\c\\\\x0Ad\"} NaN\n");
	has(out, "\nucposture_build_info{version=\"");
}

static void labels_that_become_one_are_given_once(void **state)
{
	struct made_results *made = *state;
	struct target *target = made_target(made, "pbx");

	made->labels[0] = (struct label){ "a-b", "1" };
	made->labels[1] = (struct label){ "a.b", "2" };
	target->labels = made->labels;
	target->label_count = 2;
	has(made_write(made, "prometheus"),
	    "\nucposture_target_score_ratio{target=\"pbx\",a_b=\"1\"} NaN\n");
}

/* The label of a list's words comes from the fact's name: tls.versions gives version. */
static void a_label_of_a_fact_is_never_the_users(void **state)
{
	const struct collector *collector;
	size_t found = 0;

	(void)state;
	for (size_t i = 0; (collector = collector_at(i)); i++) {
		for (const struct fact_descriptor *f = collector->facts; f->name; f++) {
			char name[64] = "exported_";
			struct label label = { name + 9, "x" };
			const struct target target = { .labels = &label, .label_count = 1 };
			struct text labels = { 0 };

			if (f->type != FACT_TEXTS || !f->metric || !f->words)
				continue;
			snprintf(name + 9, sizeof name - 9, "%s", strchr(f->name, '.') + 1);
			name[strlen(name) - 1] = '\0';
			labels_add_own(&labels, &target);
			assert_int_equal(strncmp(text_string(&labels), name, strlen(name)), 0);
			text_free(&labels);
			found++;
		}
	}
	assert_true(found > 0);
}

static void people_read_findings_first_and_the_rest_in_sums(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx");
	made_check(made, "port/tcp-443/web-https", VERDICT_CRITICAL);
	made_check(made, "quiet", VERDICT_OK);
	made_check(made, "absent", VERDICT_NOT_APPLICABLE);
	last(made)->reason = "feature_off";
	assert_string_equal(
		made_write(made, "human"),
		"pbx, seen from vantage internal\n"
		"\n"
		"VERDICT   CHECK                   EXPECTED  OBSERVED\n"
		"CRITICAL  port/tcp-443/web-https  open      closed\n"
		"          What       The web interface answers over HTTPS\n"
		"          Fix        Switch it on\n"
		"          Source     Port table, row 443\n"
		"\n"
		"Left out   1 not applicable: 1 feature off; --verbose lists them\n"
		"Score      50 % - 1 critical - 1 ok - 1 not applicable\n"
		"\n"
		"0 observations for 3 checks in 1.2 s\n");
}

static void people_who_ask_read_everything(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx");
	made_check(made, "quiet", VERDICT_OK);
	made_check(made, "absent", VERDICT_NOT_APPLICABLE);
	made->report.verbose = 1;
	has(made_write(made, "human"), "\nok        quiet ");
	has(text_string(&made->out), "\nn/a       absent ");
}

static void one_cause_is_told_once(void **state)
{
	struct made_results *made = *state;
	const char *out;

	made_target(made, "pbx");
	for (size_t i = 0; i < 5; i++) {
		made_check(made, "x", VERDICT_UNKNOWN);
		last(made)->reason = "name_not_found";
	}
	made_check(made, "other", VERDICT_UNKNOWN);
	last(made)->reason = "timed_out";
	out = made_write(made, "human");
	has(out, "\nUNKNOWN   5 checks ");
	has(out, "Reason     the name does not exist\n");
	has(out, "\nUNKNOWN   other ");
	lacks(out, "\nUNKNOWN   x ");
	made->report.verbose = 1;
	has(made_write(made, "human"), "\nUNKNOWN   x ");
}

static void no_line_for_people_is_wider_than_the_screen(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx");
	made_check(made, "port/tcp-443/a-name-that-is-much-longer-than-names-usually-are",
		    VERDICT_CRITICAL);
	free(last(made)->expected);
	last(made)->expected = memory_copy("one of TLS1.2, TLS1.3 and nothing else at all");
	free(last(made)->observed);
	last(made)->observed = memory_copy("SSLv3 TLS1.0 TLS1.1 TLS1.2 TLS1.3, which is more");
	for (unsigned width = 60; width < 150; width += 7) {
		made->report.screen.width = width;
		const char *line = made_write(made, "human");
		while (*line) {
			size_t length = strcspn(line, "\n");

			assert_in_range(length, 0, width);
			line += length + 1;
		}
	}
}

static void colours_never_carry_a_meaning_alone(void **state)
{
	struct made_results *made = *state;

	made_target(made, "pbx");
	made_check(made, "x", VERDICT_CRITICAL);
	made->report.screen.colour = true;
	has(made_write(made, "human"), "\x1b[1;31mCRITICAL\x1b[0m");
}

#define MADE(test) cmocka_unit_test_setup_teardown(test, made_set_up, made_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_exit_code_is_that_of_the_worst_verdict),
		cmocka_unit_test(what_was_never_judged_is_not_ok),
		MADE(an_interrupted_round_is_never_anything_but_unknown),
		MADE(checks_are_ordered_by_verdict_then_severity_then_plan),
		MADE(a_target_without_checks_is_still_told),
		MADE(every_format_is_found_by_its_name),
		MADE(json_has_the_members_of_the_design_in_their_order),
		MADE(a_score_of_nothing_is_null),
		MADE(titles_are_german_where_the_profile_has_them),
		MADE(nagios_says_it_in_one_line),
		MADE(nagios_says_more_when_asked),
		MADE(nagios_gives_each_of_several_targets_a_score),
		MADE(csv_cells_are_quoted_and_never_formulas),
		MADE(csv_has_a_header_even_without_checks),
		MADE(junit_tells_failures_errors_and_skipped_apart),
		MADE(checkmk_has_a_line_for_the_target_and_for_each_check),
		MADE(prometheus_has_one_series_for_each_verdict),
		cmocka_unit_test(a_label_of_a_fact_is_never_the_users),
		MADE(labels_that_become_one_are_given_once),
		MADE(people_read_findings_first_and_the_rest_in_sums),
		MADE(people_who_ask_read_everything),
		MADE(one_cause_is_told_once),
		MADE(no_line_for_people_is_wider_than_the_screen),
		MADE(colours_never_carry_a_meaning_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
