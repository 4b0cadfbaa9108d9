/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents of an inventory: our own form, and the lists that Prometheus reads. No file is opened
 * here; see test_load.c.
 */
#include "tests/unit/unit.h"

#include "agent/plan/inventory.h"
#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

#define DEFAULTS                                                                              \
	"defaults: { profiles: p, interval: 7m, labels: { site: north, room: '1' }, peers: "   \
	"{ nas: 10.0.0.8 } }"

static const char from_file[] = "inventory: [ { file: f.json, " DEFAULTS " } ]\n";
static const char from_url[] = "inventory: [ { http: 'https://x.example/y', " DEFAULTS " } ]\n";

static struct config *begin_with(struct papers *papers, const char *yaml)
{
	problems_free(&papers->problems);
	papers->problems = (struct problems){ 0 };
	config_free(papers->config);
	papers->config = config_read_bytes("c", yaml, strlen(yaml), &papers->problems);
	assert_good(papers);
	return papers->config;
}

static void add(struct papers *papers, const char *from, const char *bytes)
{
	inventory_add_bytes(papers->config, &papers->config->inventory[0], from, bytes,
			    strlen(bytes), &papers->problems);
}

static const struct config *read_inventory(struct papers *papers, const char *bytes)
{
	begin_with(papers, from_file);
	add(papers, "f", bytes);
	return papers->config;
}

/* "name=value …" */
static void assert_labels(const struct target *target, const char *expected)
{
	struct text out = { 0 }, one = { 0 };

	for (size_t i = 0; i < target->label_count; i++) {
		text_clear(&one);
		text_add_format(&one, "%s=%s", target->labels[i].name, target->labels[i].value);
		text_add_item(&out, " ", text_string(&one));
	}
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
	text_free(&one);
}

static void a_list_of_targets_is_an_inventory(void **state)
{
	const struct config *config = read_inventory(
		*state, "- { name: a, address: 10.0.0.1 }\n"
			"- { name: b, address: 10.0.0.2, profiles: [ q, r ], interval: 1h,\n"
			"    guard: true }\n");

	assert_good(*state);
	assert_int_equal(config->target_count, 2);
	assert_string_equal(config->targets[0].name, "a");
	assert_string_equal(config->targets[0].address, "10.0.0.1");
	assert_string_equal(config->targets[0].place.file, "f");
	assert_int_equal(config->targets[1].place.line, 2);
	assert_int_equal(config->targets[1].profile_count, 2);
	assert_true(config->targets[1].guard);
}

static void a_map_with_targets_is_one_too(void **state)
{
	const struct config *config = read_inventory(
		*state, "{ \"targets\": [ { \"name\": \"a\", \"address\": \"10.0.0.1\" } ] }\n");

	assert_good(*state);
	assert_int_equal(config->target_count, 1);
}

static void an_empty_list_has_no_targets(void **state)
{
	assert_int_equal(read_inventory(*state, "[]\n")->target_count, 0);
	assert_good(*state);
	assert_int_equal(read_inventory(*state, "targets: []\n")->target_count, 0);
	assert_good(*state);
}

static void targets_have_the_defaults_of_their_source(void **state)
{
	const struct config *config = read_inventory(
		*state, "- { name: a, address: 10.0.0.1 }\n"
			"- { name: b, address: 10.0.0.2, interval: 1h, peers: { smtp: 10.0.0.9 },\n"
			"    labels: { site: south, rack: '7' } }\n");
	const struct target *a = &config->targets[0], *b = &config->targets[1];

	assert_good(*state);
	assert_string_equal(a->profiles[0], "p");
	assert_int_equal(a->interval_ms, 7 * 60 * 1000);
	assert_int_equal(b->interval_ms, 60 * 60 * 1000);
	assert_int_equal(a->timeout_ms, 10000);
	assert_labels(a, "site=north room=1");
	assert_labels(b, "room=1 site=south rack=7");
	assert_int_equal(a->peer_count, 1);
	assert_int_equal(b->peer_count, 2);
	assert_string_equal(b->peers[0].name, "nas");
	assert_string_equal(b->peers[1].name, "smtp");
}

static void defaults_begin_with_what_the_agent_says(void **state)
{
	begin_with(*state, "inventory: [ { file: f } ]\nagent: { vantage: dmz, interval: 9m }\n");
	add(*state, "f", "- { name: a, address: 10.0.0.1, profiles: p }\n");
	assert_good(*state);
	assert_int_equal(((struct papers *)*state)->config->targets[0].vantage, VANTAGE_DMZ);
	assert_int_equal(((struct papers *)*state)->config->targets[0].interval_ms, 9 * 60 * 1000);
}

static const char group[] =
	"[ { \"targets\": [ \"10.0.0.1:9100\", \"[2001:db8::1]:9100\", \"pbx.example\" ],\n"
	"    \"labels\": { \"__meta_netbox\": \"x\", \"job\": \"node\", \"env\": \"prod\",\n"
	"      \"site\": \"south\", \"empty\": \"\", \"__ucposture_profiles\": \"q, r,\",\n"
	"      \"__ucposture_features\": \",mobile,video\", \"__ucposture_scenarios\": \"sweep\",\n"
	"      \"__ucposture_vantage\": \"external\", \"__ucposture_interval\": \"1m\",\n"
	"      \"__ucposture_timeout\": \"3s\", \"__ucposture_guard\": \"true\",\n"
	"      \"__ucposture_peers\": \"smtp=mail.example:25, s=10.0.0.7,s=2001:db8::7\",\n"
	"      \"__ucposture_server_name\": \"a.example\",\n"
	"      \"__ucposture_verify_name\": \"b.example\",\n"
	"      \"__ucposture_proxy\": \"http://proxy.example\",\n"
	"      \"__ucposture_source\": \"10.0.0.9,2001:db8::9\" } },\n"
	"  { \"targets\": [ \"10.0.0.2\" ],\n"
	"    \"labels\": { \"__ucposture_name\": \"two\", \"__ucposture_family\": \"4\" } },\n"
	"  { \"targets\": [ \"10.0.0.3\" ] } ]\n";

static void lists_of_prometheus_are_read_with_what_they_say_to_us(void **state)
{
	const struct config *config = read_inventory(*state, group);
	const struct target *first = &config->targets[0];

	assert_good(*state);
	assert_int_equal(config->target_count, 5);
	assert_int_equal(first->profile_count, 2);
	assert_string_equal(first->profiles[1], "r");
	assert_int_equal(first->feature_count, 2);
	assert_string_equal(first->features[0], "mobile");
	assert_string_equal(first->scenarios[0], "sweep");
	assert_int_equal(first->vantage, VANTAGE_EXTERNAL);
	assert_int_equal(first->interval_ms, 60 * 1000);
	assert_int_equal(first->timeout_ms, 3000);
	assert_true(first->guard);
	assert_int_equal(first->peer_count, 3);
	assert_string_equal(first->peers[0].name, "nas");
	assert_string_equal(first->peers[1].hosts.four, "mail.example");
	assert_int_equal(first->peers[1].port, 25);
	assert_string_equal(first->peers[2].hosts.four, "10.0.0.7");
	assert_string_equal(first->peers[2].hosts.six, "2001:db8::7");
	assert_string_equal(first->server_name, "a.example");
	assert_string_equal(first->verify_name, "b.example");
	assert_string_equal(first->proxy, "http://proxy.example");
	assert_string_equal(first->source.six, "2001:db8::9");
	assert_labels(first, "room=1 env=prod site=south");
}

static void their_ports_are_left_out_and_they_are_called_like_their_hosts(void **state)
{
	static const char *const hosts[] = { "10.0.0.1", "2001:db8::1", "pbx.example", "10.0.0.2",
					     "10.0.0.3" };
	const struct config *config = read_inventory(*state, group);

	assert_int_equal(config->target_count, 5);
	for (size_t i = 0; i < 5; i++) {
		const struct target *target = &config->targets[i];

		assert_string_equal(target->address, hosts[i]);
		assert_string_equal(target->name, i == 3 ? "two" : hosts[i]);
	}
	assert_int_equal(config->targets[3].family, 4);
	assert_int_equal(config->targets[4].interval_ms, 7 * 60 * 1000);
	assert_int_equal(config->targets[2].place.line, 1);
	assert_int_equal(config->targets[2].place.column, 57);
}

static void targets_of_a_group_share_what_its_labels_say(void **state)
{
	const struct config *config = read_inventory(*state, group);

	assert_ptr_equal(config->targets[0].labels, config->targets[2].labels);
	assert_ptr_equal(config->targets[0].peers, config->targets[2].peers);
	assert_ptr_equal(config->targets[0].features, config->targets[2].features);
}

static void what_a_group_cannot_say_is_refused_once_and_in_its_place(void **state)
{
	read_inventory(*state,
		       "- targets: [ 10.0.0.1, 10.0.0.2 ]\n"
		       "  labels:\n"
		       "    2nd: x\n"
		       "    check: y\n"
		       "    deep: [ z ]\n"
		       "    __ucposture_feature: mobile\n"
		       "    __ucposture_vantage: dzm\n"
		       "    __ucposture_interval: often\n"
		       "    __ucposture_peers: mail.example\n"
		       "    __ucposture_ca_file: /etc/shadow\n"
		       "    __ucposture_name: [ x ]\n");
	assert_problems(
		*state,
		"f:3:5: error: the name of a label cannot be '2nd': a label is named by letters,"
		" digits and '_', and does not begin with a digit or '__'\n"
		"f:4:5: error: the name of a label cannot be 'check': every series has a label of"
		" that name already\n"
		"f:5:11: error: 'label' must be a text, not a list\n"
		"f:6:5: error: unknown label '__ucposture_feature' (did you mean"
		" '__ucposture_features'?)\n"
		"f:7:26: error: unknown vantage 'dzm' (did you mean 'dmz'?)\n"
		"f:8:27: error: 'interval' must be a duration such as 30s, 5m, 24h or 30d, not"
		" 'often'\n"
		"f:9:24: error: 'mail.example' is no peer: they are written as in"
		" smtp=mail.example:25,nas=10.0.0.7\n"
		"f:10:5: error: unknown label '__ucposture_ca_file' (did you mean"
		" '__ucposture_profiles'?)\n"
		"f:11:23: error: 'name' must be a text, not a list\n");
}

static void groups_that_are_none_are_refused(void **state)
{
	read_inventory(*state, "- { targets: 10.0.0.1 }\n"
			       "- { targets: [ [ x ], 'http://pbx.example/' ], label: {} }\n"
			       "- { targets: [ 10.0.0.1 ], labels: [ a ] }\n");
	assert_problems(*state,
			"f:1:14: error: 'targets' must be a list, not '10.0.0.1'\n"
			"f:2:16: error: 'targets' must be a list of texts, not a list\n"
			"f:2:23: error: 'address' cannot be 'http://pbx.example/': only the host"
			" belongs here, not a URL\n"
			"f:2:23: error: 'name' cannot be 'http://pbx.example/': a name has no"
			" blanks, quotes, slashes or any of * ? , | { }\n"
			"f:2:48: error: unknown key 'label' (did you mean 'labels'?)\n"
			"f:3:36: error: 'labels' must be a map, not a list\n");
}

static void what_is_no_inventory_is_refused(void **state)
{
	static const struct {
		const char *bytes, *why;
	} cases[] = {
		{ "", "f:1:1: error: an inventory is a list of targets, or a map with 'targets',"
		      " not nothing\n" },
		{ "<html>", "f:1:1: error: an inventory is a list of targets, or a map with"
			    " 'targets', not '<html>'\n" },
		{ "target: []\n",
		  "f:1:1: error: an inventory needs 'targets'\n"
		  "f:1:1: error: unknown key 'target' (did you mean 'targets'?)\n" },
		{ "targets: {}\n", "f:1:10: error: 'targets' must be a list, not an empty map\n" },
		{ "- 10.0.0.1\n",
		  "f:1:3: error: a target is a map of keys and values, not '10.0.0.1'\n" },
		{ "- { name: ucposture, address: 10.0.0.1 }\n",
		  "f:1:11: error: 'name' cannot be 'ucposture': the agent itself is called so\n" },
		{ "- { address: 10.0.0.1 }\n", "f:1:3: error: a target needs 'name'\n" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(read_inventory(*state, cases[i].bytes)->target_count, 0);
		assert_problems(*state, cases[i].why);
	}
}

static void a_target_without_profiles_anywhere_is_refused(void **state)
{
	begin_with(*state, "inventory: [ { file: f } ]\n");
	add(*state, "f", "- { name: a, address: 10.0.0.1 }\n");
	assert_problems(*state, "f:1:3: error: a target needs 'profiles', if not here, then in the"
				" defaults of its source\n");
}

static void what_is_too_large_or_too_deep_is_refused(void **state)
{
	struct papers *papers = *state;
	struct text bytes = { 0 };

	text_add(&bytes, "[");
	while (bytes.length <= 4 << 20)
		text_add(&bytes, "                                                             ");
	text_add(&bytes, "]");
	read_inventory(papers, text_string(&bytes));
	assert_problems(papers, "f:1:1: error: the file is larger than 4 MiB\n");
	text_clear(&bytes);
	for (int i = 0; i < 100; i++)
		text_add(&bytes, "[");
	read_inventory(papers, text_string(&bytes));
	assert_problem(papers, "error: nothing is nested as deep as this");
	text_free(&bytes);
}

static void an_inventory_at_a_distance_cannot_name_files(void **state)
{
	struct papers *papers = *state;
	const char *target = "- { name: a, address: 10.0.0.1, ca_file: /etc/shadow }\n";

	begin_with(papers, from_url);
	add(papers, "https://x.example/y", target);
	assert_problems(papers, "https://x.example/y:1:42: error: an inventory at a distance cannot"
				" name files: give 'ca_file' in the defaults of its source\n");
	assert_int_equal(papers->config->target_count, 0);
	assert_int_equal(read_inventory(papers, target)->target_count, 1);
	assert_good(papers);
}

static void what_may_be_a_secret_of_a_url_is_not_told(void **state)
{
	begin_with(*state, from_url);
	add(*state, "https://x.example/y?token=secret", "5");
	assert_problem(*state, "https://x.example/y:1:1: error: an inventory is");
	assert_no_problem(*state, "secret");
}

static void targets_of_one_name_are_refused_with_both_places(void **state)
{
	struct papers *papers = *state;

	begin_with(papers, "targets: [ { name: a, address: 10.0.0.1, profiles: p } ]\n"
			   "inventory: [ { file: f, defaults: { profiles: p } } ]\n");
	add(papers, "f", "- { name: b, address: 10.0.0.1 }\n- { name: b, address: 10.0.0.1 }\n");
	add(papers, "g", "- { name: c, address: 10.0.0.1 }\n- { name: a, address: 10.0.0.1 }\n");
	add(papers, "h", "- { name: c, address: 10.0.0.1 }\n");
	assert_problems(papers,
			"f:2:3: error: a second target is called 'b': the first is in line 1\n"
			"g:2:3: error: a second target is called 'a': the first is in c:1\n"
			"h:1:3: error: a second target is called 'c': the first is in g:1\n");
}

static void only_the_documents_of_its_urls_are_asked_for(void **state)
{
	static const char a[] = "- { name: a, address: 10.0.0.1 }", b[] = "- { name: b }";
	static const struct inventory_document documents[] = {
		{ "https://other.example/", b, sizeof b - 1 },
		{ "https://x.example/y", a, sizeof a - 1 },
	};
	const struct inventory_fetched fetched = { documents, 2 };
	struct papers *papers = *state;

	begin_with(papers, from_url);
	inventory_add(papers->config, &fetched, &papers->problems);
	assert_good(papers);
	assert_int_equal(papers->config->target_count, 1);
	assert_false(papers->config->narrowed);
	inventory_add(begin_with(papers, from_url), NULL, &papers->problems);
	assert_true(papers->config->narrowed);
	assert_good(papers);
	assert_int_equal(papers->config->target_count, 0);
}

/* Whatever is left of it is refused, or fewer targets: never others. */
static void an_inventory_that_was_cut_off_is_refused(void **state)
{
	struct papers *papers = *state;

	for (size_t length = 0; length < strlen(group) - 2; length++) {
		begin_with(papers, from_file);
		inventory_add_bytes(papers->config, &papers->config->inventory[0], "f", group,
				    length, &papers->problems);
		if (!papers->problems.errors)
			fail_msg("nobody noticed that all but %zu bytes are missing", length);
		assert_true(papers->config->target_count <= 5);
	}
}

static void characters_that_json_writes_as_two_are_one(void **state)
{
	const struct config *config = read_inventory(
		*state, " [ { \"targets\": [ \"a\" ], \"labels\": { \"site\":"
			" \"\\ud83d\\uDE00 \\\\ud83d\\\\ude00 \\u00e9 \\/\" } } ]");

	assert_good(*state);
	assert_labels(&config->targets[0],
		      "room=1 site=\U0001f600 \\ud83d\\ude00 \u00e9 /");
	read_inventory(*state, "[ { \"targets\": [ \"\\ud83d\\u0041\" ] } ]");
	assert_problem(*state, "f:1:21: error: no such character exists");
}

static void a_long_list_in_a_label_takes_no_longer_than_that(void **state)
{
	struct text bytes = { 0 };

	text_add(&bytes, "- { targets: [ a ], labels: { __ucposture_features: 'x");
	for (int i = 0; i < 200000; i++)
		text_add(&bytes, ",x");
	text_add(&bytes, "' } }\n");
	read_inventory(*state, text_string(&bytes));
	text_free(&bytes);
	assert_problems(*state, "f:1:53: error: '__ucposture_features' has more than 1000"
				" elements\n");
}

static void sources_that_cannot_be_are_refused(void **state)
{
	struct papers *papers = *state;
	static const char yaml[] =
		"inventory:\n"
		"  - { file: f, http: 'https://x' }\n"
		"  - { defaults: { profiles: p } }\n"
		"  - { file: f, refresh: 5m, ca_file: x, proxy: 'http://x' }\n"
		"  - { http: 'ftp://x.example' }\n"
		"  - { http: 'tcp://x.example:5' }\n"
		"  - { http: 'https://u:p@x.example/' }\n"
		"  - { http: 'https://x.example', refresh: 2d }\n"
		"  - { file: f, defaults: { name: a, profile: b } }\n"
		"  - { http: 'https://x.example' }\n"
		"  - f.yaml\n";

	papers->config = config_read_bytes("c", yaml, strlen(yaml), &papers->problems);
	assert_problems(
		papers,
		"c:2:5: error: a source has either 'file' or 'http'\n"
		"c:3:5: error: a source has either 'file' or 'http'\n"
		"c:4:16: error: 'refresh' does nothing for files: remove it\n"
		"c:4:29: error: 'ca_file' does nothing for files: remove it\n"
		"c:4:41: error: 'proxy' does nothing for files: remove it\n"
		"c:5:13: error: 'http' cannot be 'ftp://x.example': an inventory is fetched over"
		" http:// or https://\n"
		"c:6:13: error: 'http' cannot be 'tcp://x.example:5': an inventory is fetched over"
		" http:// or https://\n"
		"c:7:13: error: a user and password cannot stand in the URL of 'http': see"
		" authorization_file\n"
		"c:8:43: error: 'refresh' must be a duration from 100ms to 1d, not '2d'\n"
		"c:9:28: error: unknown key 'name'\n"
		"c:9:37: error: unknown key 'profile' (did you mean 'profiles'?)\n"
		"c:10:5: error: this URL stands in line 8 already\n"
		"c:11:5: error: a source is a map of keys and values, not 'f.yaml'\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(a_list_of_targets_is_an_inventory),
		PAPERS_TEST(a_map_with_targets_is_one_too),
		PAPERS_TEST(an_empty_list_has_no_targets),
		PAPERS_TEST(targets_have_the_defaults_of_their_source),
		PAPERS_TEST(defaults_begin_with_what_the_agent_says),
		PAPERS_TEST(lists_of_prometheus_are_read_with_what_they_say_to_us),
		PAPERS_TEST(their_ports_are_left_out_and_they_are_called_like_their_hosts),
		PAPERS_TEST(targets_of_a_group_share_what_its_labels_say),
		PAPERS_TEST(what_a_group_cannot_say_is_refused_once_and_in_its_place),
		PAPERS_TEST(groups_that_are_none_are_refused),
		PAPERS_TEST(what_is_no_inventory_is_refused),
		PAPERS_TEST(a_target_without_profiles_anywhere_is_refused),
		PAPERS_TEST(what_is_too_large_or_too_deep_is_refused),
		PAPERS_TEST(an_inventory_at_a_distance_cannot_name_files),
		PAPERS_TEST(what_may_be_a_secret_of_a_url_is_not_told),
		PAPERS_TEST(targets_of_one_name_are_refused_with_both_places),
		PAPERS_TEST(only_the_documents_of_its_urls_are_asked_for),
		PAPERS_TEST(an_inventory_that_was_cut_off_is_refused),
		PAPERS_TEST(characters_that_json_writes_as_two_are_one),
		PAPERS_TEST(a_long_list_in_a_label_takes_no_longer_than_that),
		PAPERS_TEST(sources_that_cannot_be_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
