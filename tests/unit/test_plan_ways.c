/* SPDX-License-Identifier: Apache-2.0
 *
 * By which path and under which name a rule looks: proxies, addresses, paths of a peer.
 */
#include "tests/unit/unit.h"

#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

#define PROXY "http://proxy.example:3128"
#define OTHER_PROXY "http://other.example:3128"
#define GOOD "expect: { http.status: { is: 200 } }"
#define PUSH_ALWAYS RULE("push", "observe: http, subject: 'https://push.example/', " GOOD)
#define PUSH(keys) \
	RULE("push", "observe: http, subject: 'https://push.example/', " keys ", " GOOD)

/* The agent has the proxy; the target what the keys say. */
static const struct plan *
plan_behind(struct papers *papers, const char *proxy, const char *rules, const char *keys)
{
	struct text profile = { 0 }, config = { 0 };

	text_add_format(&profile, HEAD("p") "rules:\n%s", rules);
	text_add_format(&config,
			"agent: { %s }\ntargets:\n  - { name: t, profiles: p, %s }\n", proxy, keys);
	read_profile(papers, "p.yaml", text_string(&profile));
	make_plan(papers, text_string(&config));
	text_free(&profile);
	text_free(&config);
	return papers->plan;
}

static void both_paths_are_checks_of_their_own(void **state)
{
	const struct plan *plan = plan_behind(*state, "proxy: '" PROXY "'",
					      PUSH("via: [ direct, proxy ]"), "address: x");

	assert_good(*state);
	assert_names(plan, "http/https-push.example/push http/https-push.example/push/ipv6 "
			   "http/https-push.example/push/proxy");
	assert_int_equal(plan->observation_count, 3);
	assert_null(request_of(plan, 0)->proxy);
	assert_null(request_of(plan, 1)->proxy);
	assert_string_equal(request_of(plan, 2)->proxy, PROXY);
	assert_int_equal(request_of(plan, 2)->family, 0);
	assert_string_equal(request_of(plan, 2)->host, "push.example");
	assert_int_equal(plan->checks[2].family, 0);
}

static void via_proxy_is_one_check_and_the_target_has_its_own_proxy(void **state)
{
	const struct plan *plan = plan_behind(
		*state, "proxy: '" PROXY "'", PUSH("via: proxy"),
		"address: 10.0.0.1, source: 10.0.0.9, proxy: '" OTHER_PROXY "'");

	assert_names(plan, "http/https-push.example/push/proxy");
	assert_string_equal(request_of(plan, 0)->proxy, OTHER_PROXY);
	assert_string_equal(request_of(plan, 0)->source, "10.0.0.9");
}

static void via_direct_leaves_the_proxy_alone(void **state)
{
	const struct plan *plan = plan_behind(*state, "proxy: '" PROXY "'", PUSH("via: direct"),
					      "address: 10.0.0.1, proxy: '" OTHER_PROXY "'");

	assert_names(plan, "http/https-push.example/push");
	assert_null(request_of(plan, 0)->proxy);
}

static void without_a_proxy_there_is_nothing_to_check_of_it(void **state)
{
	const struct plan *plan =
		plan_behind(*state, "", PUSH("via: [ proxy, direct ]"), "address: 10.0.0.1");

	assert_names(plan, "http/https-push.example/push http/https-push.example/push/proxy");
	assert_int_equal(plan->checks[0].inapplicable, APPLICABLE);
	assert_int_equal(plan->checks[1].inapplicable, NO_PROXY);
	assert_int_equal(plan->observation_count, 1);
}

static void a_rule_that_does_not_apply_does_not_on_any_path(void **state)
{
	const struct plan *plan =
		plan_behind(*state, "proxy: '" PROXY "'",
			    PUSH("vantage: external, via: [ proxy, direct ]"), "address: x");

	assert_names(plan, "http/https-push.example/push http/https-push.example/push/proxy");
	assert_int_equal(plan->checks[0].inapplicable, OTHER_VANTAGE);
	assert_int_equal(plan->checks[1].inapplicable, OTHER_VANTAGE);
}

static void through_a_proxy_an_address_keeps_its_version_of_ip(void **state)
{
	const struct plan *plan = plan_behind(
		*state, "proxy: '" PROXY "'",
		RULE("a", "observe: http, subject: 'https://[2001:db8::1]/', via: proxy, " GOOD),
		"address: 10.0.0.1, source: 10.0.0.9");

	assert_names(plan, "http/https-2001-db8-1/a/proxy/ipv6");
	assert_int_equal(request_of(plan, 0)->family, 6);
	assert_null(request_of(plan, 0)->source);
}

static void paths_are_not_mixed_up_in_one_observation(void **state)
{
	const struct plan *plan = plan_behind(
		*state, "proxy: '" PROXY "'",
		RULE("a", "observe: http, subject: 'https://10.0.0.2/', " GOOD)
		RULE("b", "observe: http, subject: 'https://10.0.0.2/', via: direct, " GOOD)
		RULE("c", "observe: http, subject: 'https://10.0.0.2/', via: proxy, " GOOD)
		RULE("d", "observe: http, subject: 'https://10.0.0.2/', by_address: true, " GOOD),
		"address: 10.0.0.1");

	assert_good(*state);
	assert_int_equal(plan->observation_count, 3);
	assert_int_equal(plan->checks[0].observation, plan->checks[2].observation);
	assert_true(request_of(plan, 3)->by_address);
}

static void what_is_asked_by_address_has_no_name(void **state)
{
	const struct plan *plan = plan_one(
		*state, "",
		RULE("a", "observe: http, subject: /admin, by_address: true, " GOOD)
		RULE("b", "observe: http, subject: /admin, " GOOD),
		"address: 10.0.0.1, server_name: pbx.example");

	assert_good(*state);
	assert_true(request_of(plan, 0)->by_address);
	assert_null(request_of(plan, 0)->name);
	assert_false(request_of(plan, 1)->by_address);
	assert_string_equal(request_of(plan, 1)->name, "pbx.example");
	assert_int_equal(plan->observation_count, 2);
}

static void a_path_is_asked_of_the_peer_at_its_port(void **state)
{
	const struct plan *plan = plan_one(
		*state, "peers: { nas: NAS, web: Web, smtp: Mail }\n",
		RULE("a", "observe: http, subject: /admin, peer: nas, " GOOD)
		RULE("b", "observe: http, subject: 'http://*:8080/x?y', peer: nas, " GOOD)
		RULE("c", "observe: http, subject: 'http://*/', peer: nas, " GOOD)
		RULE("d", "observe: http, subject: /admin, peer: web, " GOOD),
		"address: x, peers: { nas: '10.0.0.7:8443', web: '10.0.0.8:443' }");

	assert_good(*state);
	assert_names(plan, "http/https-8443-admin/a http/http-8443-x-y/b http/http-8443/c "
			   "http/admin/d");
	assert_string_equal(request_of(plan, 0)->subject.text, "https://*:8443/admin");
	assert_string_equal(request_of(plan, 1)->subject.text, "http://*:8443/x?y");
	assert_string_equal(request_of(plan, 2)->subject.text, "http://*:8443/");
	assert_int_equal(request_of(plan, 1)->subject.first, 8443);
	assert_string_equal(request_of(plan, 0)->host, "10.0.0.7");
	assert_string_equal(request_of(plan, 3)->host, "10.0.0.8");
}

static void overrides_move_urls_and_paths(void **state)
{
	const struct plan *plan = plan_behind(
		*state, "proxy: '" PROXY "'",
		PUSH("via: [ direct, proxy ]")
		RULE("admin", "observe: http, subject: /admin, " GOOD),
		"address: 10.0.0.1, overrides: { push: { subject: 'https://own.example:8443/' },"
		" admin: { subject: 'http://*:8080/manage' } }");

	assert_good(*state);
	assert_names(plan, "http/https-own.example-8443/push "
			   "http/https-own.example-8443/push/proxy http/http-8080-manage/admin");
	assert_string_equal(request_of(plan, 1)->host, "own.example");
	assert_string_equal(request_of(plan, 2)->host, "10.0.0.1");
}

static void what_goes_by_a_path_cannot_become_the_targets_own(void **state)
{
	plan_behind(*state, "", PUSH("via: proxy"),
		    "address: x, overrides: { push: { subject: /push } }");
	assert_problem(*state, "error: the rule 'push' cannot look at '/push': a subject here is "
			       "a URL such as https://host/path or tcp://host:port\n");
}

static void what_is_elsewhere_is_observed_once_for_all_targets(void **state)
{
	struct papers *papers = *state;
	struct text config = { 0 };
	const struct plan *plan;

	read_profile(papers, "p.yaml",
		     HEAD("p") "rules:\n" PUSH_ALWAYS
		     RULE("own", "observe: http, subject: /, " GOOD)
		     RULE("name", "observe: dns, subject: push.example, "
				  "expect: { dns.a: { present: true } }"));
	text_add(&config, "targets:\n");
	for (int i = 1; i <= 100; i++)
		text_add_format(&config, "  - { name: t%d, address: 10.0.0.%d, profiles: p, "
					 "timeout: %ds }\n", i, i, i);
	plan = make_plan(papers, text_string(&config));
	text_free(&config);
	assert_good(papers);
	assert_int_equal(plan->check_count, 300);
	assert_string_equal(plan->checks[1].name, "http/root/own");
	assert_int_equal(plan->observation_count, 102);
	for (size_t i = 0; i < plan->check_count; i += 3) {
		assert_int_equal(plan->checks[i].observation, 0);
		assert_int_equal(plan->checks[i + 2].observation, 2);
	}
	assert_int_equal(plan->observations[0].target, 0);
	assert_int_equal(request_of(plan, 0)->timeout_ms, 100000);
}

static void who_goes_another_way_looks_for_itself(void **state)
{
	struct papers *papers = *state;
	const struct plan *plan;

	read_profile(papers, "p.yaml", HEAD("p") "rules:\n" PUSH_ALWAYS);
	plan = make_plan(
		papers,
		"targets:\n"
		"  - { name: a, address: 10.0.0.1, profiles: p }\n"
		"  - { name: b, address: 10.0.0.2, profiles: p, source: 10.0.0.9 }\n"
		"  - { name: c, address: 10.0.0.3, profiles: p, proxy: '" PROXY "' }\n"
		"  - { name: d, address: 10.0.0.4, profiles: p, source: 10.0.0.9 }\n"
		"  - { name: e, address: '2001:db8::5', profiles: p }\n");
	assert_good(papers);
	assert_int_equal(plan->observation_count, 4);
	assert_int_equal(plan->checks[3].observation, plan->checks[1].observation);
}

static const char *own_name_asked_for(struct papers *papers, const char *target)
{
	const struct plan *plan =
		plan_one(papers, "", RULE("a", "observe: dns, subject: '*', "
						"expect: { dns.a: { present: true } }"),
			 target);

	assert_good(papers);
	assert_string_equal(plan->checks[0].name, "dns/own-name/a");
	assert_string_equal(plan->checks[0].subject, "*");
	if (plan->checks[0].inapplicable != APPLICABLE) {
		assert_int_equal(plan->checks[0].inapplicable, NO_NAME);
		assert_int_equal(plan->checks[0].observation, NO_OBSERVATION);
		return "";
	}
	assert_int_equal(request_of(plan, 0)->subject.kind, SUBJECT_NAME);
	return request_of(plan, 0)->subject.text;
}

static void a_star_asks_for_the_name_that_clients_use(void **state)
{
	assert_string_equal(own_name_asked_for(*state, "address: pbx.example"), "pbx.example");
}

static void a_star_asks_for_the_name_beside_an_address(void **state)
{
	assert_string_equal(
		own_name_asked_for(*state, "address: 10.0.0.1, server_name: x.example"),
		"x.example");
}

static void who_has_no_name_is_not_asked_for_by_a_star(void **state)
{
	assert_string_equal(
		own_name_asked_for(*state, "address: 10.0.0.1, server_name: 10.0.0.2"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(both_paths_are_checks_of_their_own),
		PAPERS_TEST(via_proxy_is_one_check_and_the_target_has_its_own_proxy),
		PAPERS_TEST(via_direct_leaves_the_proxy_alone),
		PAPERS_TEST(without_a_proxy_there_is_nothing_to_check_of_it),
		PAPERS_TEST(a_rule_that_does_not_apply_does_not_on_any_path),
		PAPERS_TEST(through_a_proxy_an_address_keeps_its_version_of_ip),
		PAPERS_TEST(paths_are_not_mixed_up_in_one_observation),
		PAPERS_TEST(what_is_asked_by_address_has_no_name),
		PAPERS_TEST(a_path_is_asked_of_the_peer_at_its_port),
		PAPERS_TEST(a_star_asks_for_the_name_that_clients_use),
		PAPERS_TEST(a_star_asks_for_the_name_beside_an_address),
		PAPERS_TEST(who_has_no_name_is_not_asked_for_by_a_star),
		PAPERS_TEST(overrides_move_urls_and_paths),
		PAPERS_TEST(what_is_elsewhere_is_observed_once_for_all_targets),
		PAPERS_TEST(who_goes_another_way_looks_for_itself),
		PAPERS_TEST(what_goes_by_a_path_cannot_become_the_targets_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
