/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/profile_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/certificate_facts.h"
#include "collectors/tls_facts.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/snmp.h"
#include "tests/unit/unit.h"

static void expect_no_problems(const struct setting *setting)
{
	for (size_t i = 0; i < setting->problems.count; i++)
		print_error("%s:%u: %s\n", setting->problems.items[i].place.file,
			    setting->problems.items[i].place.line,
			    setting->problems.items[i].message);
	assert_int_equal(setting->problems.count, 0);
}

struct setting *setting_new(const char *profile)
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

void setting_plan(struct setting *setting)
{
	setting->plan = plan_make(setting->config, setting->profiles, &setting->problems);
	expect_no_problems(setting);
}

void setting_free(struct setting *setting)
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

void switch_everything_on(struct setting *setting)
{
	static const struct snmp_access access = { .version = 2, .community = "reader" };
	const struct profile *profile =
		profiles_named(setting->profiles, setting->target->profiles[0]);
	struct arena *arena = setting->config->arena;
	struct target *target = setting->target;

	target->snmp = &access;
	target->features = names_of(arena, profile->features, profile->feature_count);
	target->feature_count = profile->feature_count;
	target->scenarios = names_of(arena, profile->scenarios, profile->scenario_count);
	target->scenario_count = profile->scenario_count;
	target->peers = arena_take(arena, profile->peer_count * sizeof *target->peers);
	target->peer_count = profile->peer_count;
	for (size_t i = 0; i < profile->peer_count; i++)
		target->peers[i] = (struct peer){ .name = profile->peers[i].name,
						  .hosts = { .four = "192.0.2.2" } };
}

const struct rule *rule_of(const struct setting *setting, const char *id)
{
	const struct profile *profile =
		profiles_named(setting->profiles, setting->target->profiles[0]);

	for (size_t i = 0; i < profile->rule_count; i++)
		if (!strcmp(profile->rules[i].id, id))
			return &profile->rules[i];
	fail_msg("no rule %s", id);
	return NULL;
}

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

static const char *path_of(const char *subject)
{
	const char *host = strstr(subject, "*:");

	return host ? strchr(host, '/') : subject;
}

static bool is_hidden(const struct system *system, const struct check *check)
{
	char word[SUBJECT_ROOM + 2];

	snprintf(word, sizeof word, " %s ", path_of(check->subject));
	return !system->as_delivered &&
	       (check->rule->by_address ||
		strstr(system->hidden ? system->hidden : " /admin ", word));
}

/* Pages are as they should be, or as somebody delivered them. */
static void look_at_web(const struct system *system, const struct check *check,
			struct facts *facts)
{
	static const char *const cookies[] = { "JSESSIONID" };
	bool old = system->as_delivered;

	facts_set_integer(facts, fact_named("http.final_status"),
			  is_hidden(system, check) ? 403 : 200);
	facts_set_integer(facts, fact_named("http.status"), old ? 200 : 301);
	if (!old)
		facts_set_text(facts, fact_named("http.location"), "https://pbx.example/");
	facts_set_boolean(facts, fact_named("http.redirects_to_https"), !old);
	if (!old)
		facts_set_integer(facts, fact_named("http.hsts"), 31536000);
	if (old)
		facts_set_text(facts, fact_named("http.powered_by"), "PHP/5.4");
	facts_set_texts(facts, fact_named("http.insecure_cookies"), cookies, old);
}

static bool answers(const struct system *system, const struct check *check)
{
	char word[SUBJECT_ROOM + 2];

	snprintf(word, sizeof word, " %s ", check->subject);
	return strstr(system->open, word);
}

/* Each tells what one collector sees; false: that nobody serves there. */
typedef bool look_at(const struct system *system, const struct check *check,
		     struct facts *facts);

static bool look_at_port(const struct system *system, const struct check *check,
			 struct facts *facts)
{
	facts_set_text(facts, fact_named("port.state"),
		       answers(system, check) ? "open" : "closed");
	if (strchr(check->subject, '-'))
		facts_set_numbers(facts, fact_named("port.open"), NULL, 0);
	return true;
}

static bool look_at_encryption(const struct system *system, const struct check *check,
			       struct facts *facts)
{
	if (!answers(system, check))
		return false;
	look_at_tls(system, check, facts);
	look_at_certificate(system, facts);
	return true;
}

static bool look_at_files(const struct system *system, const struct check *check,
			  struct facts *facts)
{
	(void)check;
	if (!system->signing)
		return false;
	facts_set_text(facts, fact_named("smb.signing"), system->signing);
	facts_set_boolean(facts, fact_named("smb.smb1"), system->smb1);
	return true;
}

static bool look_at_page(const struct system *system, const struct check *check,
			 struct facts *facts)
{
	const char *port = strstr(check->subject, "*:");

	if (!listens(system, port ? (uint16_t)strtoul(port + strlen("*:"), NULL, 10) : 443))
		return false;
	look_at_web(system, check, facts);
	return true;
}

static bool look_elsewhere(const struct system *system, const struct check *check,
			   struct facts *facts)
{
	(void)check;
	facts_set_boolean(facts, fact_named("reach.ok"), !system->cut_off);
	facts_set_boolean(facts, fact_named("cert.trusted"), true);
	facts_set_boolean(facts, fact_named("cert.name_match"), true);
	return true;
}

/* Whose names: those of Datatal's servers, in the networks of its document. */
static bool look_at_names(const struct system *system, const struct check *check,
			  struct facts *facts)
{
	static const char *const four[] = { "82.115.148.20" };
	static const char *const six[] = { "2a01:650:28:5::255:14" };

	(void)check;
	facts_set_texts(facts, fact_named("dns.a"), four, 1);
	if (!system->cut_off)
		facts_set_texts(facts, fact_named("dns.aaaa"), six, 1);
	return true;
}

static bool look_at_machine(const struct system *system, const struct check *check,
			    struct facts *facts)
{
	facts_set_text(facts, fact_named("host.exposure"),
		       system->as_delivered || strstr(check->subject, "5060") ? "exposed"
									      : "loopback");
	return true;
}

static bool look_at_sip(const struct system *system, const struct check *check,
			struct facts *facts)
{
	if (!answers(system, check))
		return false;
	facts_set_boolean(facts, fact_named("sip.via_intact"), !system->rewritten);
	facts_set_text(facts, fact_named("sip.auth"),
		       system->as_delivered ? "basic" : "digest");
	return true;
}

static bool look_at_ssh(const struct system *system, const struct check *check,
			struct facts *facts)
{
	static const char *const weak[] = { "diffie-hellman-group1-sha1" };
	bool old = system->as_delivered;

	if (!answers(system, check))
		return false;
	facts_set_text(facts, fact_named("ssh.banner"), old ? "SSH-2.0-OpenSSH_7.9p1 Debian-10"
							    : "SSH-2.0-OpenSSH_9.2p1 Debian-2");
	facts_set_text(facts, fact_named("ssh.software"), old ? "OpenSSH_7.9p1"
							      : "OpenSSH_9.2p1");
	facts_set_texts(facts, fact_named("ssh.weak_algorithms"), weak, old);
	facts_set_boolean(facts, fact_named("ssh.terrapin"), old);
	return true;
}

static void look(const struct system *system, const struct check *check,
		 struct observation *observation)
{
	static const struct {
		const char *collector;
		look_at *look;
	} looks[] = {
		{ "port", look_at_port },
		{ "tls", look_at_encryption },
		{ "certificate", look_at_encryption },
		{ "smb", look_at_files },
		{ "http", look_at_page },
		{ "reach", look_elsewhere },
		{ "dns", look_at_names },
		{ "host", look_at_machine },
		{ "sip", look_at_sip },
		{ "ssh", look_at_ssh },
	};
	const char *collector = check->rule->collector->name;
	bool served = false;

	observation->facts = facts_new();
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		if (!strcmp(looks[i].collector, collector))
			served = looks[i].look(system, check, observation->facts);
	if (!served)
		observation->outcome = (struct outcome){ .stage = STAGE_CONNECT,
							 .reason = REASON_REFUSED };
}

static void switch_on(struct setting *setting, const char *features)
{
	struct arena *arena = setting->config->arena;
	struct target *target = setting->target;
	char *rest = features ? arena_copy(arena, features) : NULL, *feature;

	target->features = arena_take(arena, (features ? strlen(features) : 0) *
						      sizeof *target->features);
	while ((feature = strsep(&rest, " ")))
		target->features[target->feature_count++] = feature;
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
	switch_on(setting, system->features);
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

void expect_findings(const char *profile, enum vantage vantage, const char *scenario,
		     const struct system *system, const char *expected)
{
	double ratio;
	char *found = findings(profile, vantage, scenario, system, &ratio);

	assert_string_equal(found, expected);
	assert_true(*expected ? ratio < 1 : ratio == 1);
	free(found);
}
