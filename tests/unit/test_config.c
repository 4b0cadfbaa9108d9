/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "agent/plan/tree.h"
#include "ground/clock.h"
#include "tests/unit/papers.h"

static const struct config *read_config(struct papers *papers, const char *yaml)
{
	config_free(papers->config);
	papers->config = config_read_bytes("c", yaml, strlen(yaml), &papers->problems);
	return papers->config;
}

static const char whole[] =
	"agent:\n"
	"  vantage: dmz\n"
	"  probers: 3\n"
	"  proxy: http://user:secret@proxy.example:3128\n"
	"  source: 10.0.0.9\n"
	"  name_servers: [ 10.0.0.2, \"10.0.0.3:5353\", \"[2001:db8::1]:53\" ]\n"
	"  profile_dir: /etc/profiles\n"
	"  state_dir: /srv/ucposture\n"
	"  user: nobody\n"
	"  interval: 2m\n"
	"  limits: { probes_per_second: 0, per_target: 2, packets_per_second: 100 }\n"
	"targets:\n"
	"  - name: pbx-hamburg\n"
	"    address: pbx.example\n"
	"    profiles: [ starface, baseline ]\n"
	"    features: mobile\n"
	"    scenarios: [ sweep ]\n"
	"    peers: { smtp: mail.example, nas: \"10.0.0.7:4450\", six: \"[2001:db8::7]:25\" }\n"
	"    labels: { site: hamburg }\n"
	"    vantage: external\n"
	"    family: 6\n"
	"    timeout: 1500ms\n    interval: 30d\n    guard: true\n"
	"    source: 2001:db8::9\n"
	"    server_name: www.pbx.example\n"
	"    verify_name: 10.0.0.5\n"
	"    ca_file: customer-ca.pem\n"
	"    proxy: http://other.example:8080\n"
	"    overrides:\n"
	"      starface.web: { subject: tcp/8443, severity: minor }\n"
	"      sip-*: { off: true, interval: 1h }\n"
	"  - { name: b, address: 10.0.0.5, profiles: [ starface ] }\n"
	"exceptions:\n"
	"  - { target: pbx-*, check: tls/*, reason: r, owner: noc, until: 2099-06-30 }\n";

static void the_agent_is_read_with_everything_in_it(void **state)
{
	const struct config *config = read_config(*state, whole);

	assert_good(*state);
	assert_int_equal(config->vantage, VANTAGE_DMZ);
	assert_int_equal(config->probers, 3);
	assert_string_equal(config->proxy, "http://user:secret@proxy.example:3128");
	assert_string_equal(config->source.four, "10.0.0.9");
	assert_string_equal(config->name_servers, "10.0.0.2:53,10.0.0.3:5353,[2001:db8::1]:53");
	assert_string_equal(config->profile_dir, "/etc/profiles");
	assert_string_equal(config->state_dir, "/srv/ucposture");
	assert_string_equal(config->user, "nobody");
	assert_int_equal(config->limits.probes_per_second, 0);
	assert_int_equal(config->limits.per_target, 2);
	assert_int_equal(config->limits.packets_per_second, 100);
}

static void a_target_is_read_with_everything_in_it(void **state)
{
	const struct config *config = read_config(*state, whole);
	const struct target *target = &config->targets[0];

	assert_int_equal(config->target_count, 2);
	assert_int_equal(target->place.line, 13);
	assert_int_equal(target->profile_count, 2);
	assert_string_equal(target->profiles[1], "baseline");
	assert_int_equal(target->profile_places[1].column, 27);
	assert_int_equal(target->feature_count, 1);
	assert_string_equal(target->features[0], "mobile");
	assert_int_equal(target->peer_count, 3);
	assert_string_equal(target->peers[0].hosts.four, "mail.example");
	assert_int_equal(target->peers[0].port, 0);
	assert_string_equal(target->peers[1].hosts.four, "10.0.0.7");
	assert_int_equal(target->peers[1].port, 4450);
	assert_string_equal(target->peers[2].hosts.six, "2001:db8::7");
	assert_string_equal(target->labels[0].value, "hamburg");
	assert_int_equal(target->vantage, VANTAGE_EXTERNAL);
	assert_int_equal(target->family, 6);
	assert_int_equal(target->timeout_ms, 1500);
	assert_string_equal(target->source.six, "2001:db8::9");
	assert_string_equal(target->server_name, "www.pbx.example");
	assert_string_equal(target->verify_name, "10.0.0.5");
	assert_string_equal(target->ca_file, "customer-ca.pem");
	assert_int_equal(target->ca_file_place.line, 28);
	assert_int_equal(target->ca_file_place.column, 14);
	assert_int_equal(target->override_count, 2);
	assert_int_equal(target->overrides[0].subject_count, 1);
	assert_string_equal(target->overrides[0].subjects[0], "tcp/8443");
	assert_true(target->overrides[0].has_severity);
	assert_int_equal(target->overrides[0].severity, SEVERITY_MINOR);
	assert_false(target->overrides[1].has_severity);
	assert_true(target->overrides[1].off);
	assert_int_equal(target->overrides[0].interval_ms, 0);
	assert_int_equal(target->overrides[1].interval_ms, 3600 * 1000);
	assert_int_equal(target->interval_ms, 30u * 24 * 3600 * 1000);
	assert_true(target->guard);
}

static void a_target_takes_what_it_does_not_say_from_the_agent(void **state)
{
	const struct target *target = &read_config(*state, whole)->targets[1];

	assert_int_equal(target->vantage, VANTAGE_DMZ);
	assert_string_equal(target->source.four, "10.0.0.9");
	assert_null(target->proxy);
	assert_int_equal(target->timeout_ms, 10000);
	assert_int_equal(target->family, 0);
	assert_int_equal(target->interval_ms, 2 * 60 * 1000);
	assert_false(target->guard);
}

static void an_exception_ends_with_its_day(void **state)
{
	const struct config *config = read_config(*state, whole);
	int64_t end;

	assert_true(clock_parse("2099-06-30T23:59:59Z", &end));
	assert_int_equal(config->exceptions[0].until_us / CLOCK_SECOND, end / CLOCK_SECOND);
	assert_string_equal(config->exceptions[0].owner, "noc");
}

static void all_faults_are_found_at_once(void **state)
{
	read_config(*state,
		    "agent: { state_dir: var, probers: many, vantage: dzm, limits: 5 }\n"
		    "targets:\n"
		    "  - name: a b\n"
		    "    adress: x\n"
		    "    labls: {}\n"
		    "    family: 5\n"
		    "    timeout: 1h\n"
		    "    profiles: []\n"
		    "    interval: 50ms\n"
		    "    peers: { smtp: \"mail:0\" }\n"
		    "    labels: { 1st: x, target: y }\n"
		    "    overrides: { web: { severity: high }, tls: { subject: [] } }\n"
		    "exceptions: none\n"
		    "target: {}\n");
	assert_problems(
		*state,
		"c:1:21: error: 'state_dir' cannot be 'var': a path from the root such as "
		"/var/lib/ucposture is needed\n"
		"c:1:35: error: 'probers' must be a number from 0 to 256, not 'many'\n"
		"c:1:50: error: unknown vantage 'dzm' (did you mean 'dmz'?)\n"
		"c:1:63: error: limits is a map of keys and values, not '5'\n"
		"c:3:5: error: a target needs 'address'\n"
		"c:3:11: error: 'name' cannot be 'a b': a name has no blanks, quotes, slashes or "
		"any of * ? , | { }\n"
		"c:4:5: error: unknown key 'adress' (did you mean 'address'?)\n"
		"c:5:5: error: unknown key 'labls' (did you mean 'labels'?)\n"
		"c:6:13: error: unknown family '5' (did you mean '4'?)\n"
		"c:7:14: error: 'timeout' must be a duration from 100ms to 10m, not '1h'\n"
		"c:8:15: error: 'profiles' needs at least one element\n"
		"c:9:15: error: 'interval' must be a duration from 100ms to 30d, not '50ms'\n"
		"c:10:20: error: 'smtp' cannot be 'mail:0': a peer is a host, or host:port, or "
		"[v6]:port\n"
		"c:11:15: error: the name of a label cannot be '1st': a label is named by "
		"letters, digits and '_', and does not begin with a digit or '__'\n"
		"c:11:23: error: the name of a label cannot be 'target': every series has a label "
		"of that name already\n"
		"c:12:35: error: unknown severity 'high' (there are 'critical', 'major', 'minor' "
		"and 'warning')\n"
		"c:12:59: error: 'subject' needs at least one element\n"
		"c:13:13: error: 'exceptions' must be a list, not 'none'\n"
		"c:14:1: error: unknown key 'target' (did you mean 'targets'?)\n");
}

static void what_an_address_cannot_be_is_said(void **state)
{
	static const struct {
		const char *address, *why;
	} cases[] = {
		{ "https://pbx.example/", "only the host belongs here, not a URL" },
		{ "pbx.example:443", "only the host belongs here, without port or brackets" },
		{ "10.0.0.300", "an IPv4 address has four numbers from 0 to 255" },
		{ "münchen.example",
		  "write a name with such letters in its ASCII form (xn--…)" },
		{ "pbx example", "this is neither a host name nor an address" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text yaml = { 0 };

		text_add_format(&yaml, "targets: [ { name: a, address: '%s', profiles: x } ]\n",
				cases[i].address);
		read_config(*state, text_string(&yaml));
		text_free(&yaml);
		assert_problem(*state, cases[i].why);
	}
}

static void an_address_of_one_family_is_not_reached_over_the_other(void **state)
{
	read_config(
		*state,
		"targets:\n"
		"  - { name: a, address: 10.0.0.1, profiles: x, family: 6, source: '::1' }\n");
	assert_problems(*state, "c:2:56: error: the address 10.0.0.1 is IPv4: remove 'family'\n"
				"c:2:67: error: 10.0.0.1 is reached over IPv4: this is IPv6\n");
}

static void two_targets_of_one_name_are_refused(void **state)
{
	read_config(*state, "targets:\n"
			    "  - { name: a, address: x, profiles: p }\n"
			    "  - { name: a, address: y, profiles: p }\n");
	assert_problems(
		*state,
		"c:3:5: error: a second target is called 'a': the first is in line 2\n");
}

static void parts_that_are_not_there_yet_are_refused(void **state)
{
	read_config(*state, "snmp: {}\nweb: {}\n");
	assert_problems(
		*state,
		"c:1:1: error: this version of ucposture has no 'snmp' yet: remove it\n"
		"c:2:1: error: this version of ucposture has no 'web' yet: remove it\n");
}

static void the_name_of_the_agents_own_alarms_is_taken(void **state)
{
	read_config(*state, "targets: [ { name: ucposture, address: x, profiles: p } ]\n");
	assert_problems(*state, "c:1:20: error: 'name' cannot be 'ucposture': the agent itself is"
				" called so\n");
}

static void a_proxy_is_a_url_of_http(void **state)
{
	read_config(*state, "agent: { proxy: socks.example:1080 }\n");
	assert_problems(*state,
			"c:1:17: error: 'proxy' cannot be 'socks.example:1080': a proxy is "
			"written http://host:port or http://user:password@host:port\n");
}

static void what_may_be_a_password_is_not_repeated(void **state)
{
#define MEANT ": a proxy is written http://host:port or http://user:password@host:port\n"
	read_config(*state, "agent: { proxy: 'htp://me:canary@proxy:3128' }\n"
			    "targets:\n"
			    "  - { name: a, address: a, profiles: p, proxy: 'me:canary@p:3128' }\n"
			    "  - { name: b, address: b, profiles: p, proxy: 'http://me:canary' }\n"
			    "  - { name: c, address: c, profiles: p, proxy: 'ftp://p:3128/' }\n");
	assert_problems(*state, "c:1:17: error: 'proxy' cannot be 'htp://…@proxy:3128'" MEANT
				"c:3:48: error: 'proxy' cannot be '…@p:3128'" MEANT
				"c:4:48: error: 'proxy' cannot be 'http://me:…'" MEANT
				"c:5:48: error: 'proxy' cannot be 'ftp://p:3128/'" MEANT);
#undef MEANT
}

static void name_servers_are_numeric_addresses(void **state)
{
	static const char *const bad[] = { "ns.example", "10.0.0.1:0", "10.0.0.1:", "fe80::1%1",
					   "2001:db8::1]:53", "" };
	struct text list = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_non_null(config_add_name_server(&list, bad[i]));
	assert_int_equal(list.length, 0);
	for (int i = 0; i < 8; i++)
		assert_null(config_add_name_server(&list, "2001:db8::ffff:ffff:1"));
	assert_non_null(config_add_name_server(&list, "10.0.0.1"));
	text_free(&list);
	read_config(*state, "agent: { name_servers: [ 10.0.0.1, ns.example ] }\n");
	assert_problems(*state, "c:1:36: error: 'name_servers' cannot be 'ns.example': a name "
				"server is a numeric address, with :port if need be\n");
}

static void name_servers_are_few(void **state)
{
	read_config(*state, "agent: { name_servers: [ '::1', '::1', '::1', '::1', '::1', '::1', "
			    "'::1', '::1', '::1' ] }\n");
	assert_problems(*state, "c:1:24: error: these are more than 8 name servers\n");
}

static void null_leaves_the_default(void **state)
{
	const struct config *config =
		read_config(*state, "agent: { proxy: null, source: ~ }\n");

	assert_good(*state);
	assert_null(config->proxy);
	assert_null(dual_over(&config->source, 0));
}

static void an_empty_file_is_no_configuration(void **state)
{
	read_config(*state, "");
	assert_problems(
		*state,
		"c:1:1: error: the configuration is a map of keys and values, not nothing\n");
}

static void good_targets_beside_bad_ones_are_kept(void **state)
{
	const struct config *config =
		read_config(*state, "targets:\n"
				    "  - { name: a, profiles: p }\n"
				    "  - { name: b, address: x, profiles: p }\n");

	assert_int_equal(config->target_count, 1);
	assert_string_equal(config->targets[0].name, "b");
}

static void added_targets_have_the_defaults(void **state)
{
	struct papers *papers = *state;
	struct target *target;

	papers->config = config_default();
	for (int i = 0; i < 20; i++)
		target = config_add_target(papers->config, "name", "10.0.0.1");
	assert_int_equal(papers->config->target_count, 20);
	assert_string_equal(papers->config->targets[0].name, "name");
	assert_int_equal(target->vantage, VANTAGE_INTERNAL);
	assert_int_equal(target->timeout_ms, 10000);
	assert_int_equal(papers->config->limits.packets_per_second, 500);
}

static void a_missing_file_leaves_the_defaults(void **state)
{
	struct papers *papers = *state;

	papers->config = config_read("/nowhere/ucposture.yaml", &papers->problems);
	assert_non_null(papers->config);
	assert_problems(papers,
			"/nowhere/ucposture.yaml: error: cannot read the file: No such file "
			"or directory\n");
}

static void load_example(struct papers *papers, struct text *bytes)
{
	const char *source = getenv("top_srcdir");
	char file[512];

	snprintf(file, sizeof file, "%s/docs/ucposture.yaml.example", source ? source : ".");
	assert_true(tree_load(file, bytes, &papers->problems));
}

static void the_example_has_no_mistake(void **state)
{
	struct text example = { 0 };

	load_example(*state, &example);
	assert_int_equal(read_config(*state, text_string(&example))->target_count, 3);
	text_free(&example);
	assert_good(*state);
}

/* "# key: value", as in the example; sentences begin with a capital letter. */
static bool is_switched_off(const char *line)
{
	const char *key = line + strspn(line, " ");

	if (*key != '#')
		return false;
	key += 1 + strspn(key + 1, " ");
	return key[strspn(key, "abcdefghijklmnopqrstuvwxyz_-.*\"")] == ':';
}

static void the_example_has_none_with_all_keys_switched_on_either(void **state)
{
	struct text example = { 0 }, all = { 0 };
	const struct config *config;
	char *rest, *line;

	load_example(*state, &example);
	rest = example.bytes;
	while ((line = strsep(&rest, "\n"))) {
		if (is_switched_off(line))
			memmove(strchr(line, '#'), strchr(line, '#') + 2,
				strlen(strchr(line, '#') + 2) + 1);
		text_add_format(&all, "%s\n", line);
	}
	config = read_config(*state, text_string(&all));
	text_free(&example);
	text_free(&all);
	assert_good(*state);
	assert_string_equal(config->user, "ucposture");
	assert_int_equal(config->targets[1].override_count, 2);
}

static void peers_and_sources_have_an_address_of_each_version(void **state)
{
	const struct config *config = read_config(
		*state, "targets:\n"
			"  - { name: a, address: x, profiles: x, source: [ '::9', 10.0.0.9 ],\n"
			"      peers: { s: [ '10.0.0.7:25', '[2001:db8::7]:25' ] } }\n"
			"  - { name: b, address: 10.0.0.1, profiles: x,\n"
			"      source: [ '::9', 10.0.0.9 ] }\n");

	assert_good(*state);
	assert_string_equal(config->targets[0].source.four, "10.0.0.9");
	assert_string_equal(config->targets[0].source.six, "::9");
	assert_string_equal(config->targets[0].peers[0].hosts.four, "10.0.0.7");
	assert_string_equal(config->targets[0].peers[0].hosts.six, "2001:db8::7");
	assert_int_equal(config->targets[0].peers[0].port, 25);
}

static void what_cannot_be_addresses_of_one_system_is_refused(void **state)
{
	read_config(*state, "agent:\n"
			    "  source: [ 10.0.0.1, 10.0.0.2 ]\n"
			    "targets:\n"
			    "  - name: a\n"
			    "    address: x\n"
			    "    profiles: x\n"
			    "    source: []\n"
			    "    peers:\n"
			    "      two: [ 10.0.0.1, 10.0.0.2 ]\n"
			    "      mixed: [ 10.0.0.1, smtp.example ]\n"
			    "      later: [ smtp.example, 10.0.0.1 ]\n"
			    "      ports: [ 10.0.0.1, '[::1]:25' ]\n"
			    "      none: []\n"
			    "      deep: [ [ 10.0.0.1 ] ]\n"
			    "  - { name: b, address: x, profiles: x, source: { a: b } }\n"
			    "  - { name: c, address: x, profiles: x, source: x }\n");
	assert_problems(
		*state,
		"c:2:23: error: 'source' cannot be '10.0.0.2': one address of each version of IP "
		"is enough\n"
		"c:7:13: error: 'source' needs at least one element\n"
		"c:9:24: error: 'two' cannot be '10.0.0.2': one address of each version of IP is "
		"enough\n"
		"c:10:26: error: 'mixed' cannot be 'smtp.example': a peer is a host name, or an "
		"address of each version of IP\n"
		"c:11:30: error: 'later' cannot be '10.0.0.1': a peer is a host name, or an "
		"address of each version of IP\n"
		"c:12:26: error: 'ports' cannot be '[::1]:25': all addresses of a peer have the "
		"same port\n"
		"c:13:13: error: 'none' needs at least one element\n"
		"c:14:15: error: 'deep' must be a host, or host:port, or a list of addresses, "
		"not a list\n"
		"c:15:49: error: 'source' must be an address, or a list of one for each version "
		"of IP, not a map\n"
		"c:16:49: error: 'source' cannot be 'x': a numeric address such as 10.0.0.5 or "
		"2001:db8::5 must stand here\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(the_agent_is_read_with_everything_in_it),
		PAPERS_TEST(a_target_is_read_with_everything_in_it),
		PAPERS_TEST(a_target_takes_what_it_does_not_say_from_the_agent),
		PAPERS_TEST(an_exception_ends_with_its_day),
		PAPERS_TEST(all_faults_are_found_at_once),
		PAPERS_TEST(what_an_address_cannot_be_is_said),
		PAPERS_TEST(an_address_of_one_family_is_not_reached_over_the_other),
		PAPERS_TEST(two_targets_of_one_name_are_refused),
		PAPERS_TEST(parts_that_are_not_there_yet_are_refused),
		PAPERS_TEST(the_name_of_the_agents_own_alarms_is_taken),
		PAPERS_TEST(a_proxy_is_a_url_of_http),
		PAPERS_TEST(what_may_be_a_password_is_not_repeated),
		PAPERS_TEST(name_servers_are_numeric_addresses),
		PAPERS_TEST(name_servers_are_few),
		PAPERS_TEST(null_leaves_the_default),
		PAPERS_TEST(an_empty_file_is_no_configuration),
		PAPERS_TEST(good_targets_beside_bad_ones_are_kept),
		PAPERS_TEST(added_targets_have_the_defaults),
		PAPERS_TEST(a_missing_file_leaves_the_defaults),
		PAPERS_TEST(the_example_has_no_mistake),
		PAPERS_TEST(the_example_has_none_with_all_keys_switched_on_either),
		PAPERS_TEST(peers_and_sources_have_an_address_of_each_version),
		PAPERS_TEST(what_cannot_be_addresses_of_one_system_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
