/* SPDX-License-Identifier: Apache-2.0
 *
 * The profiles we ship, planned for a target and judged: what somebody sees who uses them.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/engine/judge.h"
#include "collectors/certificate_facts.h"
#include "collectors/tls_facts.h"
#include "collectors/tls/tls_suites.h"
#include "ground/clock.h"
#include "ground/memory.h"

static const char *const shipped[] = { "asc-neo", "starface", "uc-baseline" };

enum { SHIPPED = sizeof shipped / sizeof *shipped };

/* A plan for one target with one of the profiles. */
struct setting {
	struct profiles *profiles;
	struct config *config;
	struct target *target;
	struct plan *plan;
	struct problems problems;
};

static void expect_no_problems(const struct setting *setting)
{
	for (size_t i = 0; i < setting->problems.count; i++)
		print_error("%s:%u: %s\n", setting->problems.items[i].place.file,
			    setting->problems.items[i].place.line,
			    setting->problems.items[i].message);
	assert_int_equal(setting->problems.count, 0);
}

static struct setting *setting_new(const char *profile)
{
	const char *folder = getenv("UCPOSTURE_PROFILE_DIR");
	struct setting *setting = memory_new(1, sizeof *setting);

	setting->profiles = profiles_new();
	profiles_read_folder(setting->profiles, folder ? folder : "profiles",
			     &setting->problems);
	profiles_settle(setting->profiles, &setting->problems);
	expect_no_problems(setting);
	setting->config = config_default();
	setting->target = config_add_target(setting->config, "pbx", "192.0.2.1");
	setting->target->profiles = arena_take(setting->config->arena, sizeof profile);
	setting->target->profiles[0] = profile;
	setting->target->profile_count = 1;
	return setting;
}

static void setting_plan(struct setting *setting)
{
	setting->plan = plan_make(setting->config, setting->profiles, &setting->problems);
	expect_no_problems(setting);
}

static void setting_free(struct setting *setting)
{
	plan_free(setting->plan);
	config_free(setting->config);
	profiles_free(setting->profiles);
	problems_free(&setting->problems);
	free(setting);
}

static const char **names_of(struct arena *arena, const struct named *items, size_t count)
{
	const char **names = arena_take(arena, count * sizeof *names);

	for (size_t i = 0; i < count; i++)
		names[i] = items[i].name;
	return names;
}

/* Every feature, scenario and peer that the profile knows. */
static void switch_everything_on(struct setting *setting)
{
	const struct profile *profile =
		profiles_named(setting->profiles, setting->target->profiles[0]);
	struct arena *arena = setting->config->arena;
	struct target *target = setting->target;

	target->features = names_of(arena, profile->features, profile->feature_count);
	target->feature_count = profile->feature_count;
	target->scenarios = names_of(arena, profile->scenarios, profile->scenario_count);
	target->scenario_count = profile->scenario_count;
	target->peers = arena_take(arena, profile->peer_count * sizeof *target->peers);
	target->peer_count = profile->peer_count;
	for (size_t i = 0; i < profile->peer_count; i++)
		target->peers[i] = (struct peer){ .name = profile->peers[i].name,
						  .host = "192.0.2.2" };
}

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
		switch_everything_on(setting);
		setting_plan(setting);
		expect_names_to_differ(setting->plan);
		for (size_t c = 0; c < setting->plan->check_count; c++)
			assert_true(setting->plan->checks[c].inapplicable == APPLICABLE ||
				    setting->plan->checks[c].inapplicable == OTHER_VANTAGE);
		setting_free(setting);
	}
}

/* What a system looks like from outside of it: these ports answer, all others refuse. */
struct system {
	const char *open;	/* " tcp/443 udp/5060 " */
	const char *signing;	/* NULL: no SMB */
	bool smb1;
	bool as_delivered;	/* TLS as the vendor has left it years ago */
};

static void set_texts(struct facts *facts, enum tls_fact fact, const char *first,
		      const char *second)
{
	const char *const texts[] = { first, second };

	facts_set_texts(facts, tls_fact(fact), texts, first ? second ? 2 : 1 : 0);
}

static void look_at_tls(const struct system *system, const struct check *check,
			struct facts *facts)
{
	bool old = system->as_delivered;

	set_texts(facts, TLS_FACT_VERSIONS, "TLS1.2", old ? "TLS1.0" : NULL);
	set_texts(facts, TLS_FACT_CIPHERS, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
		  old ? "TLS_ECDH_anon_WITH_AES_128_CBC_SHA" : NULL);
	set_texts(facts, TLS_FACT_WEAKNESSES, old ? "anonymous" : NULL, old ? "cbc_sha1" : NULL);
	facts_set_boolean(facts, tls_fact(TLS_FACT_COMPRESSION), old);
	if (check->rule->starttls)
		facts_set_text(facts, tls_fact(TLS_FACT_STARTTLS), old ? "absent" : "offered");
}

static void look_at_certificate(const struct system *system, struct facts *facts)
{
	const int64_t day_us = 24 * 3600 * CLOCK_SECOND;
	bool old = system->as_delivered;

	facts_set_boolean(facts, certificate_fact(CERT_TRUSTED), !old);
	facts_set_boolean(facts, certificate_fact(CERT_SELF_SIGNED), old);
	facts_set_boolean(facts, certificate_fact(CERT_NAME_MATCH), !old);
	facts_set_boolean(facts, certificate_fact(CERT_NOT_YET_VALID), false);
	facts_set_time(facts, certificate_fact(CERT_NOT_BEFORE), -300 * day_us);
	facts_set_time(facts, certificate_fact(CERT_NOT_AFTER), (old ? 20 : 31) * day_us);
}

static bool listens(const struct system *system, uint16_t port)
{
	char word[16];

	snprintf(word, sizeof word, " tcp/%u ", port);
	return strstr(system->open, word);
}

/* The first page is as it should be, or as somebody delivered it; nobody answers /admin. */
static void look_at_web(const struct system *system, const struct check *check,
			struct facts *facts)
{
	static const char *const cookies[] = { "JSESSIONID" };
	bool old = system->as_delivered;

	facts_set_integer(facts, fact_named("http.final_status"),
			  strcmp(check->subject, "/admin") != 0 || old ? 200 : 403);
	facts_set_boolean(facts, fact_named("http.redirects_to_https"), !old);
	if (!old)
		facts_set_integer(facts, fact_named("http.hsts"), 31536000);
	if (old)
		facts_set_text(facts, fact_named("http.powered_by"), "PHP/5.4");
	facts_set_texts(facts, fact_named("http.insecure_cookies"), cookies, old);
}

/* What collectors without the words tcp/N and udp/N see; false for the others. */
static bool look_elsewhere(const struct system *system, const struct check *check,
			   struct observation *observation)
{
	const char *collector = check->rule->collector->name;

	if (!strcmp(collector, "reach")) {
		facts_set_boolean(observation->facts, fact_named("reach.ok"), true);
		return true;
	}
	if (strcmp(collector, "http") != 0 ||
	    !listens(system, strstr(check->subject, ":80/") ? 80 : 443))
		return false;
	look_at_web(system, check, observation->facts);
	return true;
}

static void look(const struct system *system, const struct check *check,
		 struct observation *observation)
{
	char word[SUBJECT_ROOM + 2];

	observation->facts = facts_new();
	if (look_elsewhere(system, check, observation))
		return;
	snprintf(word, sizeof word, " %s ", check->subject);
	if (!strcmp(check->rule->collector->name, "port")) {
		facts_set_text(observation->facts, fact_named("port.state"),
			       strstr(system->open, word) ? "open" : "closed");
		if (strchr(check->subject, '-'))
			facts_set_numbers(observation->facts, fact_named("port.open"), NULL, 0);
	} else if (strcmp(check->rule->collector->name, "smb") != 0 &&
		   strstr(system->open, word)) {
		look_at_tls(system, check, observation->facts);
		look_at_certificate(system, observation->facts);
	} else if (!strcmp(check->rule->collector->name, "smb") && system->signing) {
		facts_set_text(observation->facts, fact_named("smb.signing"), system->signing);
		facts_set_boolean(observation->facts, fact_named("smb.smb1"), system->smb1);
	} else {
		observation->outcome = (struct outcome){ .stage = STAGE_CONNECT,
							 .reason = REASON_REFUSED };
	}
}

/* The names of the findings, in the order of the profile, and the score. */
static char *findings(const char *profile, enum vantage vantage, const char *scenario,
		      const struct system *system, double *ratio)
{
	struct setting *setting = setting_new(profile);
	struct score score = { 0 };
	struct text names = { 0 };

	setting->target->vantage = vantage;
	setting->target->scenarios = &scenario;
	setting->target->scenario_count = scenario ? 1 : 0;
	setting_plan(setting);
	for (size_t i = 0; i < setting->plan->check_count; i++) {
		const struct check *check = &setting->plan->checks[i];
		const struct circumstances circumstances = { .wall_us = 0 };
		struct observation observation = { 0 };
		struct judgement judgement;

		look(system, check, &observation);
		judge(check, check->inapplicable ? NULL : &observation, &circumstances,
		      &judgement);
		score_count(&score, judgement.verdict, check->severity);
		if (judgement.verdict == VERDICT_WARNING ||
		    judgement.verdict == VERDICT_CRITICAL)
			text_add_item(&names, " ", check->name);
		judgement_clear(&judgement);
		facts_free(observation.facts);
	}
	*ratio = score_ratio(&score);
	assert_int_equal(score.counts[VERDICT_UNKNOWN], 0);
	setting_free(setting);
	return text_take(&names);
}

static void expect_findings(const char *profile, enum vantage vantage, const char *scenario,
			    const struct system *system, const char *expected)
{
	double ratio;
	char *found = findings(profile, vantage, scenario, system, &ratio);

	assert_string_equal(found, expected);
	assert_true(*expected ? ratio < 1 : ratio == 1);
	free(found);
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

static const struct rule *rule_of(const struct setting *setting, const char *id)
{
	const struct profile *profile =
		profiles_named(setting->profiles, setting->target->profiles[0]);

	for (size_t i = 0; i < profile->rule_count; i++)
		if (!strcmp(profile->rules[i].id, id))
			return &profile->rules[i];
	fail_msg("no rule %s", id);
	return NULL;
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
			"port/tcp-5222/forwarded-xmpp");
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
		cmocka_unit_test(a_pbx_offers_what_its_scenario_forwards_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
