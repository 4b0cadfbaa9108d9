/* SPDX-License-Identifier: Apache-2.0
 *
 * From facts to verdicts.
 */
#include "tests/unit/unit.h"

#include "tests/unit/scene.h"

static void what_was_expected_and_seen_is_ok(void **state)
{
	struct scene *scene = *state;

	against_text(expect(scene, STATE, OPERATOR_IS), "open");
	see_state(scene, "open");
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene, "open", "open");
	assert_null(scene->judgement.detail);
}

static void the_severity_decides_between_warning_and_critical(void **state)
{
	static const enum verdict verdicts[] = {
		[SEVERITY_CRITICAL] = VERDICT_CRITICAL,
		[SEVERITY_MAJOR] = VERDICT_CRITICAL,
		[SEVERITY_MINOR] = VERDICT_WARNING,
		[SEVERITY_WARNING] = VERDICT_WARNING,
	};
	struct scene *scene = *state;

	against_text(expect(scene, STATE, OPERATOR_IS_NOT), "open");
	see_state(scene, "open");
	for (unsigned severity = 0; severity < SEVERITY_COUNT; severity++) {
		scene->check.severity = (uint8_t)severity;
		becomes(scene, verdicts[severity], "violated");
	}
	reads(scene, "not open", "open");
}

static void every_operator_without_its_fact_is_unknown(void **state)
{
	struct scene *scene = *state;
	struct expectation *expectation = expect(scene, ENDS, OPERATOR_IS);

	for (unsigned operator = 0; operator < OPERATOR_COUNT; operator++) {
		expectation->operator = operator;
		if (operator == OPERATOR_PRESENT) {
			becomes(scene, VERDICT_CRITICAL, "violated");
			reads(scene, "cert.not_after: present", "cert.not_after: absent");
		} else if (operator == OPERATOR_ABSENT) {
			becomes(scene, VERDICT_OK, "satisfied");
			reads(scene, "cert.not_after: absent", "cert.not_after: absent");
		} else if (operator == OPERATOR_WITHIN || operator == OPERATOR_MATCHES ||
			   operator == OPERATOR_UNCHANGED) {
			becomes(scene, VERDICT_UNKNOWN, "internal");
		} else {
			becomes(scene, VERDICT_UNKNOWN, "not_seen");
			assert_string_equal(scene->judgement.observed, "not seen");
		}
	}
}

static void after_a_failure_absence_proves_nothing(void **state)
{
	struct scene *scene = *state;
	struct expectation *expectation = expect(scene, BITS, OPERATOR_ABSENT);

	fails(scene, STAGE_HANDSHAKE, REASON_TLS_FAILED);
	becomes(scene, VERDICT_UNKNOWN, "tls_failed");
	expectation->operator = OPERATOR_PRESENT;
	becomes(scene, VERDICT_UNKNOWN, "tls_failed");
	reads(scene, "cert.key_bits: present", "no answer (tls_failed at handshake)");
}

static void a_failure_is_unknown_with_stage_and_reason(void **state)
{
	struct scene *scene = *state;

	against_text(expect(scene, STATE, OPERATOR_IS), "open");
	fails(scene, STAGE_CONNECT, REASON_TIMED_OUT);
	becomes(scene, VERDICT_UNKNOWN, "timed_out");
	reads(scene, "open", "no answer (timed_out at connect)");
	assert_string_equal(scene->judgement.detail, "stage connect");
	scene->observation.outcome.step = "negotiate";
	scene->observation.detail = (char *)"4 of 64 bytes";
	becomes(scene, VERDICT_UNKNOWN, "timed_out");
	assert_string_equal(scene->judgement.detail, "at negotiate: 4 of 64 bytes");
}

static void a_violation_seen_before_the_failure_is_a_violation(void **state)
{
	struct scene *scene = *state;

	against_text(expect(scene, VERSIONS, OPERATOR_NONE_OF), "TLS1.0");
	expect(scene, ENDS, OPERATOR_REMAINING)->warning.us = 30 * DAY;
	facts_set_time(scene->observation.facts, &abouts[ENDS], NOW - 3 * DAY);
	fails(scene, STAGE_HANDSHAKE, REASON_RESET);
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "tls.versions: no TLS1.0; cert.not_after: ≥ 30 days left",
	      "cert.not_after: ended 3 days ago (2024-10-01T00:00:00Z)");
	assert_string_equal(scene->judgement.detail, "stage handshake");
}

static void what_held_before_the_failure_does_not_make_it_ok(void **state)
{
	struct scene *scene = *state;

	against_text(expect(scene, STATE, OPERATOR_IS), "open");
	against_number(expect(scene, BITS, OPERATOR_AT_LEAST), "2048", 2048, 2048);
	see_state(scene, "open");
	fails(scene, STAGE_REPLY, REASON_MALFORMED);
	becomes(scene, VERDICT_UNKNOWN, "malformed");
	reads(scene, "port.state: open; cert.key_bits: at least 2048",
	      "port.state: open; no answer (malformed at reply)");
}

static void all_that_is_asked_for_may_be_seen_before_a_failure(void **state)
{
	struct scene *scene = *state;

	against_text(expect(scene, STATE, OPERATOR_IS), "open");
	see_state(scene, "open");
	fails(scene, STAGE_REPLY, REASON_MALFORMED);
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene, "open", "open");
	assert_string_equal(scene->judgement.detail, "stage reply");
}

static void a_sweep_broken_off_proves_no_absence(void **state)
{
	static const int64_t open[] = { 80, 8009 };
	struct scene *scene = *state;
	struct facts *facts = scene->observation.facts;

	against_number(expect(scene, PORTS, OPERATOR_ONLY), "80", 80, 80);
	fails(scene, STAGE_CONNECT, REASON_TIMED_OUT);
	facts_set_numbers(facts, &abouts[PORTS], open, 1);
	becomes(scene, VERDICT_UNKNOWN, "timed_out");
	reads(scene, "only 80", "80; no answer (timed_out at connect)");
	facts_set_numbers(facts, &abouts[PORTS], open, 2);
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "only 80", "8009 (of 2)");
}

static const char *reason_for(enum verdict verdict)
{
	return verdict == VERDICT_OK ? "satisfied" :
	       verdict == VERDICT_UNKNOWN ? "timed_out" : "violated";
}

/* What each operator may conclude from a part of a list: the verdict for two elements of
 * which the first is asked for, for the first alone, and for none yet. */
static void a_part_of_a_list_decides_only_what_more_of_it_cannot_change(void **state)
{
	static const struct {
		enum operator operator;
		enum verdict both, first, none;
	} cases[] = {
		{ OPERATOR_IS, VERDICT_CRITICAL, VERDICT_UNKNOWN, VERDICT_UNKNOWN },
		{ OPERATOR_IS_NOT, VERDICT_CRITICAL, VERDICT_CRITICAL, VERDICT_UNKNOWN },
		{ OPERATOR_ONE_OF, VERDICT_CRITICAL, VERDICT_UNKNOWN, VERDICT_UNKNOWN },
		{ OPERATOR_NONE_OF, VERDICT_CRITICAL, VERDICT_CRITICAL, VERDICT_UNKNOWN },
		{ OPERATOR_ONLY, VERDICT_CRITICAL, VERDICT_UNKNOWN, VERDICT_UNKNOWN },
		{ OPERATOR_ALL_OF, VERDICT_OK, VERDICT_OK, VERDICT_UNKNOWN },
		{ OPERATOR_AT_LEAST, VERDICT_UNKNOWN, VERDICT_UNKNOWN, VERDICT_UNKNOWN },
		{ OPERATOR_AT_MOST, VERDICT_CRITICAL, VERDICT_UNKNOWN, VERDICT_UNKNOWN },
		{ OPERATOR_PRESENT, VERDICT_OK, VERDICT_OK, VERDICT_UNKNOWN },
		{ OPERATOR_ABSENT, VERDICT_CRITICAL, VERDICT_CRITICAL, VERDICT_UNKNOWN },
	};
	static const int64_t numbers[] = { 80, 443 };
	struct scene *scene = *state;
	struct expectation *expectation = expect(scene, PORTS, OPERATOR_IS);

	against_number(expectation, "80", 80, 80);
	fails(scene, STAGE_CONNECT, REASON_TIMED_OUT);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct facts *facts = scene->observation.facts;

		expectation->operator = cases[i].operator;
		facts_set_numbers(facts, expectation->fact, numbers, 2);
		becomes(scene, cases[i].both, reason_for(cases[i].both));
		facts_set_numbers(facts, expectation->fact, numbers, 1);
		becomes(scene, cases[i].first, reason_for(cases[i].first));
		facts_set_numbers(facts, expectation->fact, numbers, 0);
		becomes(scene, cases[i].none, reason_for(cases[i].none));
	}
}

static void a_name_without_this_family_is_not_applicable(void **state)
{
	struct scene *scene = *state;

	against_text(expect(scene, STATE, OPERATOR_IS), "open");
	fails(scene, STAGE_RESOLVE, REASON_NO_ADDRESS);
	becomes(scene, VERDICT_NOT_APPLICABLE, "no_address");
	reads(scene, "open", "the name has no address of this family");
	fails(scene, STAGE_RESOLVE, REASON_NAME_NOT_FOUND);
	becomes(scene, VERDICT_UNKNOWN, "name_not_found");
	fails(scene, STAGE_RESOLVE, REASON_NO_ADDRESS_AT_ALL);
	becomes(scene, VERDICT_UNKNOWN, "no_address_at_all");
}

static void a_refused_connection_means_what_the_rule_says(void **state)
{
	struct scene *scene = *state;

	against_text(expect(scene, STATE, OPERATOR_IS), "open");
	fails(scene, STAGE_CONNECT, REASON_REFUSED);
	becomes(scene, VERDICT_UNKNOWN, "refused");
	scene->rule.when_closed = CLOSED_NOT_APPLICABLE;
	becomes(scene, VERDICT_NOT_APPLICABLE, "closed");
	facts_set_boolean(scene->observation.facts, &abouts[SMB1], false);
	becomes(scene, VERDICT_UNKNOWN, "refused");
	fails(scene, STAGE_PROXY, REASON_REFUSED);
	becomes(scene, VERDICT_UNKNOWN, "refused");
	fails(scene, STAGE_CONNECT, REASON_TIMED_OUT);
	becomes(scene, VERDICT_UNKNOWN, "timed_out");
	fails(scene, STAGE_NONE, REASON_NONE);
	becomes(scene, VERDICT_UNKNOWN, "not_seen");
}

static void nobody_there_is_fine_where_the_rule_says_so(void **state)
{
	static const enum reason silences[] = { REASON_REFUSED, REASON_TIMED_OUT,
						REASON_UNREACHABLE, REASON_PROHIBITED,
						REASON_RESET };
	struct scene *scene = *state;

	against_text(expect(scene, STATE, OPERATOR_IS), "open");
	scene->rule.when_closed = CLOSED_OK;
	for (size_t i = 0; i < sizeof silences / sizeof *silences; i++) {
		fails(scene, STAGE_CONNECT, silences[i]);
		becomes(scene, VERDICT_OK, "closed");
	}
	reads(scene, "open, or closed", "closed (reset at connect)");
	/* Our own machine's fault says nothing about the other. */
	fails(scene, STAGE_CONNECT, REASON_NO_ROUTE);
	becomes(scene, VERDICT_UNKNOWN, "no_route");
	fails(scene, STAGE_CONNECT, REASON_CANCELLED);
	becomes(scene, VERDICT_UNKNOWN, "cancelled");
	fails(scene, STAGE_REPLY, REASON_TIMED_OUT);
	becomes(scene, VERDICT_UNKNOWN, "timed_out");
	reads(scene, "open, or closed", "no answer (timed_out at reply)");
	see_state(scene, "closed");
	fails(scene, STAGE_CONNECT, REASON_REFUSED);
	becomes(scene, VERDICT_CRITICAL, "violated");
}

static void nobody_there_is_fine_only_while_the_feature_is_off(void **state)
{
	struct scene *scene = *state;

	against_text(expect(scene, STATE, OPERATOR_IS), "open");
	scene->rule.when_closed = CLOSED_OK;
	scene->rule.otherwise_count = 1;
	fails(scene, STAGE_CONNECT, REASON_REFUSED);
	becomes(scene, VERDICT_UNKNOWN, "refused");
	reads(scene, "open", "no answer (refused at connect)");
	scene->check.unused_feature = true;
	becomes(scene, VERDICT_OK, "closed");
	reads(scene, "open, or closed", "closed (refused at connect)");
}

static void what_a_subject_has_not_means_what_the_rule_says(void **state)
{
	struct scene *scene = *state;

	against_text(expect(scene, SMB1, OPERATOR_IS), "false");
	becomes(scene, VERDICT_UNKNOWN, "not_seen");
	scene->rule.not_applicable_when_absent = true;
	becomes(scene, VERDICT_NOT_APPLICABLE, "not_seen");
	/* After a failure nobody knows whether it has. */
	fails(scene, STAGE_HANDSHAKE, REASON_RESET);
	becomes(scene, VERDICT_UNKNOWN, "reset");
	facts_set_boolean(scene->observation.facts, &abouts[SMB1], true);
	becomes(scene, VERDICT_CRITICAL, "violated");
}

static void a_port_of_an_unused_feature_is_said_to_be_one(void **state)
{
	struct scene *scene = *state;

	scene->check.unused_feature = true;
	against_text(expect(scene, STATE, OPERATOR_IS_NOT), "open");
	see_state(scene, "open");
	becomes(scene, VERDICT_CRITICAL, "violated");
	assert_string_equal(scene->judgement.detail, "its feature is not switched on");
}

static void an_exception_covers_a_finding_until_its_end(void **state)
{
	struct scene *scene = *state;

	against_text(expect(scene, STATE, OPERATOR_IS), "closed");
	see_state(scene, "open");
	scene->exception = (struct exception){ .reason = "door phone", .owner = "noc",
					       .from_us = NOW, .until_us = NOW };
	becomes(scene, VERDICT_EXCEPTED, "violated");
	assert_string_equal(scene->judgement.detail,
			    "accepted: door phone (noc, until 2024-10-04)");
	scene->check.severity = SEVERITY_MINOR;
	scene->exception.owner = NULL;
	fails(scene, STAGE_REPLY, REASON_RESET);
	becomes(scene, VERDICT_EXCEPTED, "violated");
	assert_string_equal(scene->judgement.detail,
			    "stage reply; accepted: door phone (until 2024-10-04)");
	scene->exception.until_us = NOW - 1;
	becomes(scene, VERDICT_WARNING, "violated");
}

static void an_exception_never_hides_what_is_ok_or_unknown(void **state)
{
	struct scene *scene = *state;

	scene->exception = (struct exception){ .reason = "r", .until_us = NOW + DAY };
	against_text(expect(scene, STATE, OPERATOR_IS), "open");
	becomes(scene, VERDICT_UNKNOWN, "not_seen");
	see_state(scene, "open");
	becomes(scene, VERDICT_OK, "satisfied");
	judgement_clear(&scene->judgement);
	see_state(scene, "closed");
	scene->circumstances.exception = NULL;
	judge(&scene->check, &scene->observation, &scene->circumstances, &scene->judgement);
	assert_int_equal(scene->judgement.verdict, VERDICT_CRITICAL);
}

static void an_inapplicable_check_says_why(void **state)
{
	static const char *const words[] = {
		[FEATURE_OFF] = "feature_off",
		[SCENARIO_OFF] = "scenario_off",
		[PEER_NOT_GIVEN] = "peer_not_given",
		[OTHER_VANTAGE] = "other_vantage",
		[OTHER_SOURCE] = "other_source",
		[NO_PROXY] = "no_proxy",
		[NO_NAME] = "no_name",
		[NO_ACCESS] = "no_access",
		[SWITCHED_OFF] = "switched_off",
	};
	struct scene *scene = *state;

	against_text(expect(scene, STATE, OPERATOR_IS), "open");
	scene->rule.expect = scene->expect;
	scene->rule.expect_count = 1;
	scene->check.expect = NULL;
	scene->check.expect_count = 0;
	for (uint8_t why = FEATURE_OFF; why <= SWITCHED_OFF; why++) {
		scene->check.inapplicable = why;
		judgement_clear(&scene->judgement);
		judge(&scene->check, NULL, &scene->circumstances, &scene->judgement);
		assert_int_equal(scene->judgement.verdict, VERDICT_NOT_APPLICABLE);
		assert_string_equal(scene->judgement.reason, words[why]);
		reads(scene, "open", "not looked at");
	}
}

static void what_nobody_looked_at_is_unknown(void **state)
{
	struct scene *scene = *state;

	against_text(expect(scene, STATE, OPERATOR_IS), "open");
	judge(&scene->check, NULL, &scene->circumstances, &scene->judgement);
	assert_int_equal(scene->judgement.verdict, VERDICT_UNKNOWN);
	assert_string_equal(scene->judgement.reason, "not_seen");
	judgement_clear(&scene->judgement);
	scene->check.expect_count = 0;
	becomes(scene, VERDICT_UNKNOWN, "internal");
	reads(scene, "", "");
}

static void time_left_has_thresholds_of_its_own(void **state)
{
	struct scene *scene = *state;
	struct expectation *expectation = expect(scene, ENDS, OPERATOR_REMAINING);
	struct facts *facts = scene->observation.facts;

	scene->check.severity = SEVERITY_MINOR;
	expectation->warning.us = 30 * DAY;
	expectation->critical.us = 36 * 60 * 60 * CLOCK_SECOND;
	facts_set_time(facts, &abouts[ENDS], NOW + 90 * DAY);
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene, "≥ 30 days left", "90 days left (2025-01-02T00:00:00Z)");
	facts_set_time(facts, &abouts[ENDS], NOW + DAY * 3 / 2);
	becomes(scene, VERDICT_WARNING, "violated");
	reads(scene, "≥ 30 days left", "36 hours left (2024-10-05T12:00:00Z)");
	facts_set_time(facts, &abouts[ENDS], NOW + 90 * 60 * CLOCK_SECOND);
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "≥ 30 days left", "90 min left (2024-10-04T01:30:00Z)");
	expectation->critical.us = 0;
	facts_set_time(facts, &abouts[ENDS], NOW - DAY);
	becomes(scene, VERDICT_WARNING, "violated");
	scene->check.severity = SEVERITY_MAJOR;
	becomes(scene, VERDICT_CRITICAL, "violated");
	expectation->critical.us = 36 * 60 * 60 * CLOCK_SECOND;
	expectation->warning.us = 0;
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "≥ 36 hours left", "ended 24 hours ago (2024-10-03T00:00:00Z)");
}

static void a_share_of_a_life_needs_its_begin(void **state)
{
	struct scene *scene = *state;
	struct expectation *expectation = expect(scene, ENDS, OPERATOR_REMAINING);
	struct facts *facts = scene->observation.facts;

	expectation->warning.share = 0.25;
	facts_set_time(facts, &abouts[ENDS], NOW + 10 * DAY);
	see_state(scene, "open");
	becomes(scene, VERDICT_UNKNOWN, "not_seen");
	facts_set_time(facts, &abouts[BEGINS], NOW - 80 * DAY);
	becomes(scene, VERDICT_WARNING, "violated");
	facts_set_time(facts, &abouts[BEGINS], NOW - 20 * DAY);
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene, "≥ 25 % of its life left", "10 days left (2024-10-14T00:00:00Z)");
	expectation->warning.us = 30 * DAY;
	becomes(scene, VERDICT_OK, "satisfied");
	assert_string_equal(scene->judgement.expected, "≥ 30 days or 25 % of its life left");
	expectation->warning.share_below_us = 60 * DAY;
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene, "≥ 30 days left, or 25 % of a life below 60 days",
	      "10 days left (2024-10-14T00:00:00Z)");
	expectation->warning = (struct remaining){ .share = 0.25 };
	expectation->fact = &abouts[OTHER_END];
	facts_set_time(facts, &abouts[OTHER_END], NOW + 10 * DAY);
	becomes(scene, VERDICT_UNKNOWN, "not_seen");
}

static void the_worst_of_several_expectations_counts(void **state)
{
	struct scene *scene = *state;

	against_number(expect(scene, BITS, OPERATOR_AT_LEAST), "2048", 2048, 2048);
	against_number(expect(scene, BITS, OPERATOR_AT_MOST), "8192", 8192, 8192);
	facts_set_integer(scene->observation.facts, &abouts[BITS], 4096);
	becomes(scene, VERDICT_OK, "satisfied");
	reads(scene, "at least 2048; at most 8192", "4096");
	facts_set_integer(scene->observation.facts, &abouts[BITS], 1024);
	becomes(scene, VERDICT_CRITICAL, "violated");
	reads(scene, "at least 2048; at most 8192", "1024");
}

static void an_operator_that_does_not_fit_never_makes_ok(void **state)
{
	struct scene *scene = *state;

	expect(scene, SMB1, OPERATOR_AT_LEAST);
	against_text(expect(scene, STATE, OPERATOR_IS), "open");
	see_state(scene, "open");
	facts_set_boolean(scene->observation.facts, &abouts[SMB1], true);
	becomes(scene, VERDICT_UNKNOWN, "internal");
	see_state(scene, "closed");
	becomes(scene, VERDICT_CRITICAL, "violated");
}

static void verdicts_are_ordered_for_summaries(void **state)
{
	static const enum verdict order[] = { VERDICT_CRITICAL, VERDICT_WARNING,
					      VERDICT_UNKNOWN, VERDICT_OK,
					      VERDICT_NOT_APPLICABLE };

	(void)state;
	for (size_t i = 0; i < 5; i++)
		for (size_t j = i; j < 5; j++) {
			assert_int_equal(verdict_worse(order[i], order[j]), order[i]);
			assert_int_equal(verdict_worse(order[j], order[i]), order[i]);
		}
	assert_string_equal(verdict_word(VERDICT_NOT_APPLICABLE), "not_applicable");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(what_was_expected_and_seen_is_ok),
		SCENE(the_severity_decides_between_warning_and_critical),
		SCENE(every_operator_without_its_fact_is_unknown),
		SCENE(after_a_failure_absence_proves_nothing),
		SCENE(a_failure_is_unknown_with_stage_and_reason),
		SCENE(a_violation_seen_before_the_failure_is_a_violation),
		SCENE(what_held_before_the_failure_does_not_make_it_ok),
		SCENE(all_that_is_asked_for_may_be_seen_before_a_failure),
		SCENE(a_sweep_broken_off_proves_no_absence),
		SCENE(a_part_of_a_list_decides_only_what_more_of_it_cannot_change),
		SCENE(a_name_without_this_family_is_not_applicable),
		SCENE(a_refused_connection_means_what_the_rule_says),
		SCENE(nobody_there_is_fine_where_the_rule_says_so),
		SCENE(nobody_there_is_fine_only_while_the_feature_is_off),
		SCENE(what_a_subject_has_not_means_what_the_rule_says),
		SCENE(a_port_of_an_unused_feature_is_said_to_be_one),
		SCENE(an_exception_covers_a_finding_until_its_end),
		SCENE(an_exception_never_hides_what_is_ok_or_unknown),
		SCENE(an_inapplicable_check_says_why),
		SCENE(what_nobody_looked_at_is_unknown),
		SCENE(time_left_has_thresholds_of_its_own),
		SCENE(a_share_of_a_life_needs_its_begin),
		SCENE(the_worst_of_several_expectations_counts),
		SCENE(an_operator_that_does_not_fit_never_makes_ok),
		cmocka_unit_test(verdicts_are_ordered_for_summaries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
