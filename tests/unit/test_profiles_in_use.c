/* SPDX-License-Identifier: Apache-2.0
 *
 * The profiles we ship, planned for a target and judged: what somebody sees who uses them.
 */
#include "tests/unit/unit.h"

#include <string.h>

#include "collectors/tls/tls_suites.h"
#include "tests/unit/profile_scene.h"

static const char *const shipped[] = { "asc-neo",  "aspenuc",     "datatal-flexi", "reachable",
				       "starface", "uc-baseline", "xphone-connect" };

enum { SHIPPED = sizeof shipped / sizeof *shipped };

static void expect_names_to_differ(const struct plan *plan)
{
	for (size_t i = 0; i < plan->check_count; i++)
		for (size_t j = i + 1; j < plan->check_count; j++)
			assert_string_not_equal(plan->checks[i].name, plan->checks[j].name);
}

static void everything_can_be_switched_on_at_once(void **state)
{
	static const enum vantage vantages[] = { VANTAGE_INTERNAL, VANTAGE_EXTERNAL };

	(void)state;
	for (size_t i = 0; i < SHIPPED * 2; i++) {
		struct setting *setting = setting_new(shipped[i / 2]);

		setting->target->vantage = vantages[i % 2];
		setting->target->server_name = "pbx.example";
		switch_everything_on(setting);
		setting_plan(setting);
		expect_names_to_differ(setting->plan);
		for (size_t c = 0; c < setting->plan->check_count; c++) {
			const struct check *check = &setting->plan->checks[c];

			assert_true(check->inapplicable == APPLICABLE ||
				    check->inapplicable == OTHER_VANTAGE ||
				    (check->inapplicable == OTHER_SOURCE &&
				     check->rule->only_from));
		}
		setting_free(setting);
	}
}

static void a_well_kept_recorder_has_no_findings(void **state)
{
	static const struct system recorder = { .open = " tcp/443 ", .signing = "required" };
	static const struct system without_smb = { .open = " tcp/443 " };

	(void)state;
	expect_findings("asc-neo", VANTAGE_INTERNAL, NULL, &recorder, "");
	expect_findings("asc-neo", VANTAGE_INTERNAL, "sweep", &without_smb, "");
}

static void a_neglected_recorder_is_told_what_is_wrong(void **state)
{
	static const struct system recorder = { .open = " tcp/21 tcp/80 tcp/1433 ",
						.signing = "enabled", .smb1 = true };

	(void)state;
	expect_findings("asc-neo", VANTAGE_INTERNAL, NULL, &recorder,
			"smb/tcp-445/smb1 port/tcp-443/web-https smb/tcp-445/signing "
			"port/tcp-21/v10-import port/tcp-80/phoneapp-http port/tcp-1433/mssql");
	expect_findings("asc-neo", VANTAGE_EXTERNAL, NULL, &recorder,
			"smb/tcp-445/smb1 port/tcp-1433/outside-databases "
			"port/tcp-21/outside-file-transfer smb/tcp-445/signing");
}

static bool is_suite(const char *name)
{
	for (size_t i = 0; i < tls_suite_count(); i++)
		if (!strcmp(tls_suite_at(i)->name, name))
			return true;
	return false;
}

/* The document has twenty lines, some of them twice or three times. */
static void the_recorder_may_offer_the_fourteen_suites_of_its_document(void **state)
{
	struct setting *setting = setting_new("asc-neo");
	const struct expectation *expect = rule_of(setting, "tls-suites")->expect;
	bool anonymous = false;

	(void)state;
	assert_int_equal(expect->operator, OPERATOR_ONLY);
	assert_int_equal(expect->count, 14);
	for (size_t i = 0; i < expect->count; i++) {
		if (!is_suite(expect->operands[i].text))
			fail_msg("%s is no suite", expect->operands[i].text);
		anonymous |= !strcmp(expect->operands[i].text,
				     "TLS_ECDH_anon_WITH_AES_128_CBC_SHA");
	}
	/* One of them is a finding all the same. */
	assert_true(anonymous);
	expect = rule_of(setting, "tls-weak-suites")->expect;
	assert_string_equal(expect->operands[1].text, "anonymous");
	setting_free(setting);
}

static void encryption_is_asked_for_as_the_documents_do(void **state)
{
	struct setting *setting = setting_new("starface");
	const struct rule *versions = rule_of(setting, "tls-versions");
	const struct rule *remaining = rule_of(setting, "certificate-remaining");

	(void)state;
	assert_string_equal(versions->profile, "starface");
	assert_int_equal(versions->expect->count, 2);
	assert_string_equal(versions->expect->operands[1].text, "TLS1.0");
	assert_string_equal(remaining->profile, "uc-baseline");
	assert_true(remaining->expect[1].warning.share_below_us > 0);
	setting_free(setting);
	setting = setting_new("asc-neo");
	versions = rule_of(setting, "tls-versions");
	assert_int_equal(versions->expect->operator, OPERATOR_IS);
	assert_string_equal(versions->expect->operands[0].text, "TLS1.2");
	assert_non_null(strstr(rule_of(setting, "certificate-own")->because,
			       "security scans"));
	setting_free(setting);
}

static void a_recorder_as_delivered_is_told_about_its_encryption(void **state)
{
	static const struct system recorder = { .open = " tcp/443 ", .as_delivered = true };

	(void)state;
	expect_findings("asc-neo", VANTAGE_INTERNAL, NULL, &recorder,
			"certificate/tcp-443/trusted certificate/tcp-443/name "
			"certificate/tcp-443/remaining tls/tcp-443/versions "
			"tls/tcp-443/weak-suites tls/tcp-443/compression "
			"http/root/hsts http/root/powered-by http/root/cookies "
			"certificate/tcp-443/own");
	expect_findings("asc-neo", VANTAGE_EXTERNAL, NULL, &recorder,
			"http/admin/outside-admin");
}

static void a_pbx_speaks_tls_as_its_document_says(void **state)
{
	static const struct system pbx = { .open = " udp/5060 tcp/443 tcp/5061 tcp/5223 " };
	static const struct system old = { .open = " udp/5060 tcp/443 tcp/5061 tcp/5223 ",
					   .as_delivered = true };

	(void)state;
	expect_findings("starface", VANTAGE_INTERNAL, NULL, &pbx, "");
	expect_findings("starface", VANTAGE_INTERNAL, NULL, &old,
			"certificate/tcp-443/trusted certificate/tcp-443/name "
			"certificate/tcp-443/remaining tls/tcp-443/versions "
			"tls/tcp-5061/versions tls/tcp-5223/versions tls/tcp-443/weak-suites "
			"tls/tcp-443/suites tls/tcp-443/compression "
			"http/root/hsts http/root/powered-by http/root/cookies");
	expect_findings("starface", VANTAGE_EXTERNAL, "remote-clients", &old,
			"http/admin/outside-admin tls/tcp-443/forwarded-tls-versions "
			"tls/tcp-5061/forwarded-tls-versions "
			"port/tcp-5061/forwarded-sip-tls port/tcp-5222/forwarded-xmpp "
			"port/tcp-5223/not-forwarded-clients");
}

static void a_pbx_offers_what_its_scenario_forwards_and_no_more(void **state)
{
	static const struct system trunk = { .open = " udp/5060 " };
	static const struct system clients = { .open = " udp/5060 tcp/443 tcp/5222 " };

	(void)state;
	expect_findings("starface", VANTAGE_EXTERNAL, "sip-trunk", &trunk, "");
	expect_findings("starface", VANTAGE_EXTERNAL, "remote-clients", &clients, "");
	expect_findings("starface", VANTAGE_EXTERNAL, "sip-trunk", &clients,
			"port/tcp-443/not-forwarded-trunk port/tcp-5222/not-forwarded-trunk");
	expect_findings("starface", VANTAGE_EXTERNAL, "remote-clients-web", &trunk,
			"port/tcp-443/forwarded-https port/tcp-5222/forwarded-xmpp");
}

#define FLEXI_PORTS " udp/5060 tcp/5060 tcp/443 "

static void a_well_kept_flexi_has_no_findings(void **state)
{
	static const struct system inside = { .open = FLEXI_PORTS };
	static const struct system apps = {
		.features = "mobile-app operator-outside exchange external-site admin-local",
		.open = FLEXI_PORTS "tcp/80 tcp/4443 tcp/9692 tcp/13404 tcp/13317 ",
		.hidden = " /admin /flexistat /tid ",
	};
	static const struct system proxy = {
		.features = "mobile-app operator-outside",
		.open = " tcp/443 tcp/9692 tcp/13404 ",
		.hidden = " /admin /flexistat /tid /presentity /tidweb ",
	};
	static const struct system nothing = { .open = " " };

	(void)state;
	expect_findings("datatal-flexi", VANTAGE_INTERNAL, NULL, &inside, "");
	expect_findings("datatal-flexi", VANTAGE_INTERNAL, "sweep", &apps, "");
	expect_findings("datatal-flexi", VANTAGE_DMZ, NULL, &apps, "");
	expect_findings("datatal-flexi", VANTAGE_HOST, NULL, &inside, "");
	expect_findings("datatal-flexi", VANTAGE_EXTERNAL, NULL, &proxy, "");
	expect_findings("datatal-flexi", VANTAGE_EXTERNAL, NULL, &nothing, "");
}

static void a_neglected_flexi_is_told_what_is_wrong(void **state)
{
	static const struct system flexi = {
		.open = FLEXI_PORTS "tcp/80 tcp/1337 tcp/1339 tcp/4443 tcp/8080 tcp/9692 "
				    "tcp/13317 ",
		.as_delivered = true,
		.cut_off = true,
	};

	(void)state;
	expect_findings("datatal-flexi", VANTAGE_INTERNAL, NULL, &flexi,
			"certificate/tcp-443/trusted certificate/tcp-443/name "
			"certificate/tcp-443/remaining tls/tcp-443/versions "
			"tls/tcp-443/weak-suites tls/tcp-443/suites "
			"tls/tcp-443/compression http/http-80/redirect http/root/hsts "
			"http/root/powered-by http/root/cookies http/root/bound-to-name "
			"http/http-80/bound-to-name http/admin/php-version "
			"http/mobile/php-version http/tid/php-version "
			"http/tidweb/php-version port/tcp-9692/telephony-manager "
			"port/tcp-4443/external-site "
			"http/http-8080/external-site-redirect "
			"http/https-4443-admin/external-site-no-others "
			"http/https-4443-flexistat/external-site-no-others "
			"http/https-4443-tid/external-site-no-others "
			"http/http-8080-admin/external-site-no-others-plain "
			"http/http-8080-flexistat/external-site-no-others-plain "
			"http/http-8080-tid/external-site-no-others-plain "
			"port/tcp-1337/ctstack-closed port/tcp-1339/ctstack-closed "
			"port/tcp-13317/exchange-connector "
			"reach/https-services.datatal.se/license-server "
			"dns/services.datatal.se/vendor-addresses");
	expect_findings("datatal-flexi", VANTAGE_HOST, NULL, &flexi,
			"host/tcp-1337/ctstack-loopback host/tcp-1339/ctstack-loopback "
			"reach/https-services.datatal.se/license-server "
			"dns/services.datatal.se/vendor-addresses");
	expect_findings("datatal-flexi", VANTAGE_EXTERNAL, NULL, &flexi,
			"http/http-80/redirect http/admin/outside-admin "
			"http/root/bound-to-name http/http-80/bound-to-name "
			"http/admin/php-version http/mobile/php-version "
			"http/tid/php-version http/tidweb/php-version "
			"port/tcp-443/outside-web port/tcp-9692/outside-telephony-manager "
			"http/mobile/outside-mobile http/presentity/outside-presentity "
			"http/api/outside-api http/tidweb/outside-tidweb "
			"http/http-80-admin/outside-admin-plain "
			"http/flexistat/outside-inner-applications "
			"http/tid/outside-inner-applications "
			"port/tcp-5060/outside-interfaces "
			"port/udp-5060/outside-interfaces "
			"port/tcp-13317/outside-interfaces "
			"http/https-4443-admin/external-site-no-others "
			"http/https-4443-flexistat/external-site-no-others "
			"http/https-4443-tid/external-site-no-others "
			"http/http-8080-admin/external-site-no-others-plain "
			"http/http-8080-flexistat/external-site-no-others-plain "
			"http/http-8080-tid/external-site-no-others-plain "
			"port/tcp-8080/outside-external-site "
			"port/tcp-4443/outside-external-site port/tcp-1337/ctstack-closed "
			"port/tcp-1339/ctstack-closed");
}

static void what_a_proxy_shows_of_a_flexi_is_what_users_outside_need(void **state)
{
	static const struct system flexi = {
		.features = "tid-booking",
		.open = " tcp/443 tcp/9692 tcp/13404 ",
		.hidden = " /admin /tidweb ",
	};

	(void)state;
	expect_findings("datatal-flexi", VANTAGE_EXTERNAL, NULL, &flexi,
			"port/tcp-9692/outside-telephony-manager "
			"port/tcp-13404/outside-active-state http/mobile/outside-mobile "
			"http/presentity/outside-presentity http/api/outside-api "
			"http/flexistat/outside-inner-applications "
			"http/tid/outside-inner-applications");
}

static void an_answer_of_any_kind_is_enough_for_a_guard(void **state)
{
	static const struct {
		const char *seen;
		enum verdict verdict;
	} cases[] = {
		{ "open", VERDICT_OK },
		{ "closed", VERDICT_OK },
		{ "filtered", VERDICT_CRITICAL },
		{ "unreachable", VERDICT_CRITICAL },
	};
	static const struct circumstances usual = { .wall_us = 0 };
	struct setting *setting = setting_new("reachable");

	(void)state;
	setting_plan(setting);
	assert_int_equal(setting->plan->check_count, 1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct observation observation = { .facts = facts_new() };
		struct judgement judgement;

		facts_set_text(observation.facts, fact_named("port.state"), cases[i].seen);
		judge(setting->plan->checks, &observation, &usual, &judgement);
		assert_int_equal(judgement.verdict, cases[i].verdict);
		judgement_clear(&judgement);
		facts_free(observation.facts);
	}
	setting_free(setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_can_be_switched_on_at_once),
		cmocka_unit_test(a_well_kept_recorder_has_no_findings),
		cmocka_unit_test(a_neglected_recorder_is_told_what_is_wrong),
		cmocka_unit_test(the_recorder_may_offer_the_fourteen_suites_of_its_document),
		cmocka_unit_test(encryption_is_asked_for_as_the_documents_do),
		cmocka_unit_test(a_recorder_as_delivered_is_told_about_its_encryption),
		cmocka_unit_test(a_pbx_speaks_tls_as_its_document_says),
		cmocka_unit_test(a_well_kept_flexi_has_no_findings),
		cmocka_unit_test(a_neglected_flexi_is_told_what_is_wrong),
		cmocka_unit_test(what_a_proxy_shows_of_a_flexi_is_what_users_outside_need),
		cmocka_unit_test(an_answer_of_any_kind_is_enough_for_a_guard),
		cmocka_unit_test(a_pbx_offers_what_its_scenario_forwards_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
