/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "ground/clock.h"
#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

static void a_host_name_is_looked_at_over_both_families(void **state)
{
	const struct plan *plan = plan_one(*state, "", WEB, "address: pbx.example");

	assert_good(*state);
	assert_names(plan, "port/tcp-443/web port/tcp-443/web/ipv6");
	assert_int_equal(plan->checks[0].family, 4);
	assert_int_equal(plan->checks[1].family, 6);
	assert_int_equal(request_of(plan, 1)->family, 6);
	assert_string_equal(request_of(plan, 1)->host, "pbx.example");
	assert_int_equal(plan->observation_count, 2);
	assert_string_equal(plan_target(plan, &plan->checks[1])->name, "t");
}

static void an_address_is_looked_at_over_its_own_family(void **state)
{
	const struct plan *plan = plan_one(*state, "", WEB, "address: '2001:db8::5'");

	assert_names(plan, "port/tcp-443/web/ipv6");
}

static void family_chooses_one(void **state)
{
	const struct plan *plan = plan_one(*state, "", WEB, "address: pbx.example, family: 4");

	assert_names(plan, "port/tcp-443/web");
}

static void names_are_collector_subject_and_aspect(void **state)
{
	const struct plan *plan = plan_one(
		*state, "",
		RULE("port", "observe: port, subject: [ tcp/22, udp/10000-20000 ], " OPEN)
			RULE("web-https", "observe: port, subject: tcp/443, " OPEN)
				RULE("smb-signing", "observe: smb, subject: tcp/445, "
						    "expect: { smb.signing: { is: required } }")
					RULE("admin", "observe: http, subject: /admin/login, "
						      "expect: { http.status: { is: 403 } }"),
		"address: 10.0.0.1");

	assert_good(*state);
	assert_names(plan, "port/tcp-22/port port/udp-10000-20000/port port/tcp-443/web-https "
			   "smb/tcp-445/signing http/admin-login/admin");
}

static void what_needs_the_same_thing_seen_shares_one_observation(void **state)
{
	const struct plan *plan = plan_one(
		*state, "",
		RULE("a", "observe: tls, subject: tcp/443, timeout: 3s, "
			  "expect: { tls.versions: { none_of: SSLv3 } }")
			RULE("b", "observe: tls, subject: tcp/443, timeout: 7s, "
				  "expect: { cert.key_bits: { at_least: 2048 } }")
				RULE("c", "observe: tls, subject: tcp/443, starttls: smtp, "
					  "expect: { cert.key_bits: { at_least: 2048 } }")
					RULE("d", "observe: port, subject: tcp/443, " OPEN),
		"address: 10.0.0.1");

	assert_int_equal(plan->check_count, 4);
	assert_int_equal(plan->observation_count, 3);
	assert_int_equal(plan->checks[0].observation, plan->checks[1].observation);
	assert_int_equal(request_of(plan, 0)->timeout_ms, 7000);
	assert_int_not_equal(plan->checks[0].observation, plan->checks[2].observation);
	assert_string_equal(request_of(plan, 2)->starttls, "smtp");
	assert_int_not_equal(plan->checks[0].observation, plan->checks[3].observation);
}

#define BITS "expect: { cert.key_bits: { at_least: 2048 } }"

static void other_names_are_other_observations(void **state)
{
	const struct plan *plan = plan_one(
		*state, "",
		RULE("a", "observe: tls, subject: tcp/443, " BITS)
		RULE("b", "observe: tls, subject: tcp/443, server_name: x.example, " BITS)
		RULE("c", "observe: tls, subject: tcp/443, verify_name: x.example, " BITS)
		RULE("d", "observe: tls, subject: tcp/443, server_name: pbx.example, " BITS),
		"address: 10.0.0.1, server_name: pbx.example, verify_name: 10.0.0.9");

	assert_good(*state);
	assert_names(plan, "tls/tcp-443/a tls/tcp-443/b tls/tcp-443/c tls/tcp-443/d");
	assert_int_equal(plan->observation_count, 3);
	assert_string_equal(request_of(plan, 0)->name, "pbx.example");
	assert_string_equal(request_of(plan, 0)->verify_name, "10.0.0.9");
	assert_string_equal(request_of(plan, 1)->name, "x.example");
	assert_string_equal(request_of(plan, 1)->verify_name, "10.0.0.9");
	assert_string_equal(request_of(plan, 2)->name, "pbx.example");
	assert_string_equal(request_of(plan, 2)->verify_name, "x.example");
	assert_int_equal(plan->checks[0].observation, plan->checks[3].observation);
}

/* Their names in the order of the table. */
static void assert_wanted(const struct request *request, const char *expected)
{
	const struct fact_descriptor *fact;
	struct text names = { 0 };

	for (size_t row = 0; (fact = collector_fact_at(request->collector, row)); row++)
		if (request->wanted >> row & 1)
			text_add_item(&names, " ", fact->name);
	assert_string_equal(text_string(&names), expected);
	text_free(&names);
}

#define METRICS_BEFORE "tls.versions tls.weak_ciphers "
#define METRICS "cert.not_after cert.trusted cert.chain"

static void only_what_rules_name_and_metrics_show_is_asked(void **state)
{
	const struct plan *plan = plan_one(
		*state, FEATURES,
		RULE("a", "observe: tls, subject: tcp/1, "
			  "expect: { tls.ciphers: { present: true } }")
		RULE("b", "observe: tls, subject: tcp/2, "
			  "expect: { cert.not_after: { remaining: default } }")
		RULE("c", "observe: tls, subject: tcp/3, feature: mobile, " BITS
			  ", otherwise: { cert.serial: { present: true } }")
		RULE("d", "observe: smb, subject: tcp/445, "
			  "expect: { smb.smb1: { is: false }, smb.signing: { is: required } }"),
		"address: 10.0.0.1");

	assert_good(*state);
	assert_wanted(request_of(plan, 0), METRICS_BEFORE "tls.ciphers " METRICS);
	assert_wanted(request_of(plan, 1), METRICS_BEFORE METRICS " cert.not_before");
	assert_wanted(request_of(plan, 2),
		      METRICS_BEFORE METRICS " cert.key_bits cert.serial");
	assert_wanted(request_of(plan, 3), "smb.signing smb.smb1");
}

static void a_shared_observation_sees_what_each_rule_names(void **state)
{
	const struct plan *plan = plan_one(
		*state, "",
		RULE("a", "observe: smb, subject: tcp/445, expect: { smb.smb1: { is: false } }")
		RULE("b", "observe: smb, subject: tcp/445, "
			  "expect: { smb.signing: { is: required } }"),
		"address: 10.0.0.1");

	assert_int_equal(plan->observation_count, 1);
	assert_wanted(request_of(plan, 1), "smb.signing smb.smb1");
}

static void the_names_of_a_target_are_not_for_its_peers(void **state)
{
	const struct plan *plan = plan_one(
		*state, PEERS,
		RULE("a", "observe: tls, subject: tcp/25, peer: smtp, " BITS)
		RULE("b", "observe: tls, subject: tcp/25, peer: smtp, server_name: x.test, " BITS)
		RULE("c", "observe: http, subject: 'https://push.example/', "
			  "expect: { http.status: { is: 200 } }") WEB,
		"address: 10.0.0.1, server_name: pbx.example, verify_name: pbx.example, "
		"peers: { smtp: 10.0.0.2 }");

	assert_good(*state);
	assert_null(request_of(plan, 0)->name);
	assert_null(request_of(plan, 0)->verify_name);
	assert_string_equal(request_of(plan, 1)->name, "x.test");
	assert_null(request_of(plan, 2)->name);
	/* The collector port asks for no name. */
	assert_null(request_of(plan, plan->check_count - 1)->name);
}

static void targets_do_not_share_observations(void **state)
{
	struct papers *papers = *state;
	const struct plan *plan;

	read_profile(papers, "p.yaml", HEAD("p") "rules:\n" WEB);
	plan = make_plan(papers, "targets:\n"
				 "  - { name: a, address: 10.0.0.1, profiles: p }\n"
				 "  - { name: b, address: 10.0.0.1, profiles: p }\n");
	assert_int_equal(plan->observation_count, 2);
	assert_int_equal(plan->observations[1].target, 1);
	assert_int_equal(plan->first_check[1], 1);
	assert_int_equal(plan->first_check[2], 2);
}

static void a_request_has_what_the_target_says(void **state)
{
	const struct plan *plan =
		plan_one(*state, "", WEB,
			 "address: pbx.example, timeout: 3s, source: 10.0.0.9, "
			 "proxy: 'http://proxy.example:3128'");

	assert_int_equal(request_of(plan, 0)->timeout_ms, 3000);
	assert_int_equal(request_of(plan, 0)->packets_per_second, 500);
	assert_string_equal(request_of(plan, 0)->source, "10.0.0.9");
	assert_null(request_of(plan, 1)->source);
	assert_string_equal(request_of(plan, 0)->proxy, "http://proxy.example:3128");
	assert_null(request_of(plan, 0)->name);
}

static void a_range_of_ports_has_more_time_than_one_port(void **state)
{
	const struct plan *plan = plan_one(
		*state, "",
		WEB RULE("a", "observe: port, subject: tcp/1-65535, " OPEN)
			RULE("b", "observe: port, subject: tcp/1-6553, timeout: 20s, " OPEN),
		"address: 10.0.0.1, timeout: 4s");

	assert_int_equal(request_of(plan, 0)->timeout_ms, 4000);
	/* Two packets for each of 65,535 ports at 500 a second. */
	assert_true(request_of(plan, 1)->timeout_ms >= 2 * 65535 / 500 * 1000);
	assert_int_equal(request_of(plan, 2)->timeout_ms, 20000);
}

static void the_proxy_of_the_agent_is_for_what_is_elsewhere(void **state)
{
	struct papers *papers = *state;
	const struct plan *plan;

	read_profile(papers, "p.yaml",
		     HEAD("p") "rules:\n" WEB RULE("push",
						   "observe: http, "
						   "subject: 'https://push.example', "
						   "expect: { http.status: { is: 200 } }"));
	plan = make_plan(papers, "agent: { proxy: 'http://proxy.example:3128' }\n"
				 "targets: [ { name: a, address: 10.0.0.1, profiles: p } ]\n");
	assert_null(request_of(plan, 0)->proxy);
	assert_string_equal(request_of(plan, 1)->proxy, "http://proxy.example:3128");
	assert_string_equal(request_of(plan, 1)->host, "push.example");
}

static void a_url_with_an_address_has_the_family_of_that(void **state)
{
	const struct plan *plan =
		plan_one(*state, "",
			 RULE("a", "observe: http, subject: 'https://[2001:db8::1]:8443/x', "
				   "expect: { http.status: { is: 200 } }"),
			 "address: 10.0.0.1");

	assert_int_equal(plan->check_count, 1);
	assert_int_equal(plan->checks[0].family, 6);
}

#define ANSWERS "expect: { dns.a: { present: true } }"

static void a_name_is_asked_for_once_whatever_the_versions_of_ip(void **state)
{
	const struct plan *plan = plan_one(
		*state, "", RULE("a", "observe: dns, subject: services.example, " ANSWERS),
		"address: pbx.example, source: 10.0.0.9, proxy: 'http://proxy.example:3128', "
		"server_name: x.example");

	assert_good(*state);
	assert_names(plan, "dns/services.example/a");
	assert_int_equal(plan->checks[0].family, 0);
	assert_int_equal(plan->checks[0].inapplicable, APPLICABLE);
	assert_int_equal(request_of(plan, 0)->family, 0);
	assert_string_equal(request_of(plan, 0)->host, "");
	assert_null(request_of(plan, 0)->source);
	assert_null(request_of(plan, 0)->proxy);
	assert_null(request_of(plan, 0)->name);
}

#define LISTENS "expect: { host.open: { only: 22 } }"

static void what_is_looked_at_inside_has_no_host_and_one_vantage(void **state)
{
	static const char rule[] = RULE("a", "observe: host, subject: tcp/1-1024, " LISTENS);
	const struct plan *plan =
		plan_one(*state, "", rule,
			 "address: 10.0.0.1, vantage: host, proxy: 'http://proxy.example:3128'");

	assert_good(*state);
	assert_names(plan, "host/tcp-1-1024/a");
	assert_int_equal(plan->checks[0].family, 0);
	assert_string_equal(request_of(plan, 0)->host, "");
	assert_null(request_of(plan, 0)->proxy);
}

static void nobody_looks_inside_from_elsewhere(void **state)
{
	static const char rule[] = RULE("a", "observe: host, subject: tcp/1-1024, " LISTENS);
	const struct plan *plan = plan_one(*state, "", rule, "address: 10.0.0.1");

	assert_int_equal(plan->checks[0].inapplicable, OTHER_VANTAGE);
	assert_int_equal(plan->observation_count, 0);
}

static void a_rule_of_a_feature_that_is_off_is_not_applicable(void **state)
{
	const struct plan *plan = plan_one(
		*state, FEATURES,
		RULE("a", "observe: port, subject: tcp/1, feature: [ mobile, video ], " OPEN),
		"address: pbx.example");

	assert_good(*state);
	assert_names(plan, "port/tcp-1/a");
	assert_int_equal(plan->checks[0].inapplicable, FEATURE_OFF);
	assert_int_equal(plan->checks[0].observation, NO_OBSERVATION);
	assert_int_equal(plan->checks[0].family, 0);
	assert_int_equal(plan->observation_count, 0);
}

static void any_of_its_features_switches_a_rule_on(void **state)
{
	const struct plan *plan = plan_one(
		*state, FEATURES,
		RULE("a", "observe: port, subject: tcp/1, feature: [ mobile, video ], " OPEN),
		"address: 10.0.0.1, features: video");

	assert_int_equal(plan->checks[0].inapplicable, APPLICABLE);
	assert_false(plan->checks[0].unused_feature);
}

static void otherwise_holds_while_the_feature_is_off(void **state)
{
	const struct plan *plan =
		plan_one(*state, FEATURES,
			 RULE("a", "observe: port, subject: tcp/1, feature: mobile, " OPEN
				   ", otherwise: { port.state: { is_not: open } }"),
			 "address: 10.0.0.1");

	assert_int_equal(plan->checks[0].inapplicable, APPLICABLE);
	assert_true(plan->checks[0].unused_feature);
	assert_int_equal(plan->checks[0].expect[0].operator, OPERATOR_IS_NOT);
	assert_int_equal(plan->checks[0].expect_count, 1);
}

static void scenarios_have_to_be_asked_for(void **state)
{
	static const char rule[] =
		RULE("a", "observe: port, subject: tcp/1, scenario: sweep, " OPEN);
	const struct plan *plan = plan_one(*state, "scenarios: { sweep: Every port }\n", rule,
					   "address: 10.0.0.1");

	assert_int_equal(plan->checks[0].inapplicable, SCENARIO_OFF);
}

static void a_scenario_that_was_asked_for_applies(void **state)
{
	static const char rule[] =
		RULE("a", "observe: port, subject: tcp/1, scenario: sweep, " OPEN);
	const struct plan *plan = plan_one(*state, "scenarios: { sweep: Every port }\n", rule,
					   "address: 10.0.0.1, scenarios: [ sweep ]");

	assert_int_equal(plan->checks[0].inapplicable, APPLICABLE);
}

static void a_rule_for_another_vantage_is_not_applicable(void **state)
{
	const struct plan *plan = plan_one(
		*state, "",
		RULE("a", "observe: port, subject: tcp/1, vantage: [ dmz, external ], " OPEN)
			RULE("b", "observe: port, subject: tcp/1, vantage: internal, " OPEN),
		"address: 10.0.0.1");

	assert_int_equal(plan->checks[0].inapplicable, OTHER_VANTAGE);
	assert_int_equal(plan->checks[1].inapplicable, APPLICABLE);
}

static void a_rule_of_a_peer_that_was_not_given_is_not_applicable(void **state)
{
	const struct plan *plan = plan_one(*state, PEERS, RELAY, "address: 10.0.0.1");

	assert_int_equal(plan->checks[0].inapplicable, PEER_NOT_GIVEN);
}

static void a_peer_is_looked_at_instead_of_the_target(void **state)
{
	const struct plan *plan = plan_one(*state, PEERS, RELAY,
					   "address: 10.0.0.1, peers: { smtp: mail.example }");

	assert_names(plan, "port/tcp-25/relay port/tcp-25/relay/ipv6");
	assert_string_equal(request_of(plan, 0)->host, "mail.example");
}

static void the_port_of_a_peer_replaces_the_only_one_of_the_rule(void **state)
{
	const struct plan *plan = plan_one(
		*state, PEERS, RELAY, "address: x, peers: { smtp: \"[2001:db8::7]:2525\" }");

	assert_names(plan, "port/tcp-2525/relay/ipv6");
	assert_int_equal(request_of(plan, 0)->subject.first, 2525);
	assert_int_equal(request_of(plan, 0)->subject.last, 2525);
	assert_string_equal(request_of(plan, 0)->subject.text, "tcp/2525");
	assert_string_equal(request_of(plan, 0)->host, "2001:db8::7");
	assert_string_equal(plan->checks[0].subject, "tcp/2525");
}

static void the_port_of_a_peer_leaves_a_rule_of_several_alone(void **state)
{
	const struct plan *plan = plan_one(
		*state, PEERS,
		RULE("a", "observe: port, subject: [ tcp/25, tcp/587 ], peer: smtp, " OPEN),
		"address: x, peers: { smtp: \"10.0.0.7:2525\" }");

	assert_names(plan, "port/tcp-25/a port/tcp-587/a");
}

static void a_configuration_without_targets_is_an_empty_plan(void **state)
{
	const struct plan *plan = make_plan(*state, "agent: {}\n");

	assert_good(*state);
	assert_int_equal(plan->check_count, 0);
	assert_int_equal(plan->observation_count, 0);
}

static void every_reason_not_to_apply_has_a_sentence(void **state)
{
	(void)state;
	assert_string_equal(inapplicable_sentence(APPLICABLE), "");
	for (int i = FEATURE_OFF; i <= SWITCHED_OFF; i++)
		assert_true(strlen(inapplicable_sentence((enum inapplicable)i)) > 10);
}

static void a_check_is_small(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct check), 56);
	assert_true(sizeof(struct plan_observation) <= 128);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(a_host_name_is_looked_at_over_both_families),
		PAPERS_TEST(an_address_is_looked_at_over_its_own_family),
		PAPERS_TEST(family_chooses_one),
		PAPERS_TEST(names_are_collector_subject_and_aspect),
		PAPERS_TEST(what_needs_the_same_thing_seen_shares_one_observation),
		PAPERS_TEST(other_names_are_other_observations),
		PAPERS_TEST(only_what_rules_name_and_metrics_show_is_asked),
		PAPERS_TEST(a_shared_observation_sees_what_each_rule_names),
		PAPERS_TEST(the_names_of_a_target_are_not_for_its_peers),
		PAPERS_TEST(targets_do_not_share_observations),
		PAPERS_TEST(a_request_has_what_the_target_says),
		PAPERS_TEST(a_range_of_ports_has_more_time_than_one_port),
		PAPERS_TEST(the_proxy_of_the_agent_is_for_what_is_elsewhere),
		PAPERS_TEST(a_url_with_an_address_has_the_family_of_that),
		PAPERS_TEST(a_name_is_asked_for_once_whatever_the_versions_of_ip),
		PAPERS_TEST(what_is_looked_at_inside_has_no_host_and_one_vantage),
		PAPERS_TEST(nobody_looks_inside_from_elsewhere),
		PAPERS_TEST(a_rule_of_a_feature_that_is_off_is_not_applicable),
		PAPERS_TEST(any_of_its_features_switches_a_rule_on),
		PAPERS_TEST(otherwise_holds_while_the_feature_is_off),
		PAPERS_TEST(scenarios_have_to_be_asked_for),
		PAPERS_TEST(a_scenario_that_was_asked_for_applies),
		PAPERS_TEST(a_rule_for_another_vantage_is_not_applicable),
		PAPERS_TEST(a_rule_of_a_peer_that_was_not_given_is_not_applicable),
		PAPERS_TEST(a_peer_is_looked_at_instead_of_the_target),
		PAPERS_TEST(the_port_of_a_peer_replaces_the_only_one_of_the_rule),
		PAPERS_TEST(the_port_of_a_peer_leaves_a_rule_of_several_alone),
		PAPERS_TEST(a_configuration_without_targets_is_an_empty_plan),
		PAPERS_TEST(every_reason_not_to_apply_has_a_sentence),
		PAPERS_TEST(a_check_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
