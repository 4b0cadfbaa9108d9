/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/invented_collectors.h"
#include "tests/unit/papers.h"

static void settle(struct papers *papers)
{
	profiles_settle(papers->profiles, &papers->problems);
}

#define OPEN_WEB(id) \
	"  - { id: " id ", observe: port, subject: tcp/443, because: b,\n" \
	"      expect: { port.state: { is: open } } }\n"

static const char whole[] =
	"profile: pbx\n"
	"title: A telephone system\n"
	"title_de: Eine Telefonanlage\n"
	"source: { vendor: Somebody, document: A guide, version: 7.2 }\n"
	"features: { mobile: Mobile clients, video: Video }\n"
	"scenarios: { sweep: Every port }\n"
	"peers: { smtp: Mail relay }\n"
	"rules:\n"
	"  - id: web\n"
	"    title: The web interface answers\n"
	"    title_de: Die Oberfläche antwortet\n"
	"    observe: smb\n"
	"    subject: [ tcp/443, tcp/8443-8445 ]\n"
	"    expect: { smb.signing: { is: required } }\n"
	"    otherwise: { smb.smb1: { is: false } }\n"
	"    severity: minor\n"
	"    vantage: [ internal, dmz ]\n"
	"    feature: [ mobile, video ]\n"
	"    scenario: sweep\n"
	"    timeout: 5s\n"
	"    when_closed: not_applicable\n"
	"    when_absent: not_applicable\n"
	"    because: Clients need it\n"
	"    remedy: Open it\n"
	"    reference: Row 1\n"
	"  - id: relay\n"
	"    observe: tls\n"
	"    subject: tcp/25\n"
	"    starttls: smtp\n"
	"    server_name: mail.example\n"
	"    verify_name: 192.0.2.9\n"
	"    peer: smtp\n"
	"    expect: { tls.versions: { none_of: SSLv3 } }\n"
	"    because: Mail is private\n"
	"not_observable:\n"
	"  - { sentence: Lock it, reason: Nobody sees doors, by_hand: Look, reference: p. 3 }\n";

static void a_profile_is_read_with_everything_in_it(void **state)
{
	struct papers *papers = *state;
	const struct profile *profile;
	const struct rule *web, *relay;

	read_profile(papers, "pbx.yaml", whole);
	settle(papers);
	assert_good(papers);
	assert_int_equal(profiles_count(papers->profiles), 1);
	profile = profiles_named(papers->profiles, "pbx");
	assert_ptr_equal(profile, profiles_at(papers->profiles, 0));
	assert_string_equal(profile->version, "7.2");
	assert_int_equal(profile->feature_count, 2);
	assert_string_equal(profile->features[1].title, "Video");
	assert_int_equal(profile->rule_count, 2);
	assert_int_equal(profile->not_observable_count, 1);
	web = &profile->rules[0];
	assert_string_equal(web->profile, "pbx");
	assert_string_equal(web->place.file, "pbx.yaml");
	assert_int_equal(web->place.line, 9);
	assert_int_equal(web->subject_count, 2);
	assert_string_equal(web->subjects[1].text, "tcp/8443-8445");
	assert_int_equal(web->otherwise_count, 1);
	assert_int_equal(web->severity, SEVERITY_MINOR);
	assert_int_equal(web->vantages, VANTAGE_INTERNAL | VANTAGE_DMZ);
	assert_int_equal(web->feature_count, 2);
	assert_string_equal(web->scenarios[0], "sweep");
	assert_int_equal(web->timeout_us, 5000000);
	assert_int_equal(web->when_closed, CLOSED_NOT_APPLICABLE);
	assert_true(web->not_applicable_when_absent);
	relay = &profile->rules[1];
	assert_string_equal(relay->title, "relay");
	assert_string_equal(relay->peer, "smtp");
	assert_string_equal(relay->starttls, "smtp");
	assert_string_equal(relay->server_name, "mail.example");
	assert_string_equal(relay->verify_name, "192.0.2.9");
	assert_int_equal(relay->severity, SEVERITY_MAJOR);
	assert_int_equal(relay->vantages, VANTAGE_ANY);
	assert_int_equal(relay->when_closed, CLOSED_UNKNOWN);
}

static void all_faults_of_a_rule_are_found_at_once(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "pbx.yaml",
		     "profile: pbx\n"
		     "title: t\n"
		     "rules:\n"
		     "  - id: Web\n"
		     "    observe: prot\n"
		     "    subject: tcp/443\n"
		     "    expct: {}\n"
		     "    expect: { port.stat: { is: open } }\n"
		     "    severity: majr\n"
		     "    vantage: inside\n"
		     "    starttls: smpt\n"
		     "    timeout: 5\n");
	settle(papers);
	assert_problems(
		papers,
		"pbx.yaml:4:5: error: a rule needs 'because'\n"
		"pbx.yaml:4:9: error: 'id' cannot be 'Web': 1 to 64 small letters, digits and '-' "
		"can stand here\n"
		"pbx.yaml:5:14: error: unknown collector 'prot' (did you mean 'port'?)\n"
		"pbx.yaml:7:5: error: unknown key 'expct' (did you mean 'expect'?)\n"
		"pbx.yaml:8:15: error: unknown fact 'port.stat' (did you mean 'port.state'?)\n"
		"pbx.yaml:9:15: error: unknown severity 'majr' (did you mean 'major'?)\n"
		"pbx.yaml:10:14: error: unknown vantage 'inside' (there are 'internal', 'dmz', "
		"'external' and 'host')\n"
		"pbx.yaml:11:15: error: unknown protocol 'smpt' (did you mean 'smtp'?)\n"
		"pbx.yaml:12:14: error: 'timeout' must be a duration such as 30s, 5m, 24h or 30d, "
		"not '5'\n");
}

static void a_subject_the_collector_does_not_take_is_refused(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "pbx.yaml",
		     "profile: pbx\ntitle: t\nrules:\n"
		     "  - { id: a, observe: smb, subject: [ udp/445, tcp/0 ], because: b,\n"
		     "      expect: { smb.smb1: { is: false } } }\n");
	settle(papers);
	assert_problems(
		papers,
		"pbx.yaml:4:39: error: 'smb' cannot look at 'udp/445': a subject here is "
		"tcp/PORT\n"
		"pbx.yaml:4:48: error: 'smb' cannot look at 'tcp/0': a port is a number "
		"from 1 to 65535, or a range such as 10000-20000\n");
}

static void features_scenarios_and_peers_must_be_declared(void **state)
{
	struct papers *papers = *state;

	read_profile(
		papers, "pbx.yaml",
		"profile: pbx\ntitle: t\nfeatures: { mobile: Mobile }\nrules:\n"
		"  - { id: a, observe: port, subject: tcp/1, because: b, feature: mobil,\n"
		"      scenario: sweep, peer: smtp, expect: { port.state: { is: open } } }\n");
	settle(papers);
	assert_problems(
		papers,
		"pbx.yaml:5:66: error: unknown feature 'mobil' (did you mean 'mobile'?)\n"
		"pbx.yaml:6:17: error: unknown scenario 'sweep'\n"
		"pbx.yaml:6:30: error: unknown peer 'smtp'\n");
}

static void otherwise_needs_a_feature(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "pbx.yaml",
		     "profile: pbx\ntitle: t\nrules:\n"
		     "  - { id: a, observe: port, subject: tcp/1, because: b,\n"
		     "      expect: { port.state: { is: open } },\n"
		     "      otherwise: { port.state: { is: closed } } }\n");
	settle(papers);
	assert_problems(papers,
			"pbx.yaml:6:7: error: 'otherwise' is for rules with a 'feature': it "
			"holds while that is off\n");
}

static void starttls_needs_a_collector_that_uses_tls(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "pbx.yaml",
		     "profile: pbx\ntitle: t\nrules:\n"
		     "  - id: mail\n    observe: port\n    subject: tcp/25\n    starttls: smtp\n"
		     "    expect: { port.state: { is: open } }\n    because: b\n");
	settle(papers);
	assert_problems(papers,
			"pbx.yaml:7:5: error: 'starttls' does nothing here: port does "
			"not use TLS\n");
}

static void a_name_needs_a_collector_that_uses_it(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "pbx.yaml",
		     "profile: pbx\ntitle: t\nrules:\n"
		     "  - { id: a, observe: port, subject: tcp/25, server_name: x.example,\n"
		     "      verify_name: x.example,\n"
		     "      expect: { port.state: { is: open } }, because: b }\n"
		     "  - { id: b, observe: tls, subject: tcp/25, server_name: 'https://x/',\n"
		     "      verify_name: '*.example',\n"
		     "      expect: { tls.versions: { is: TLS1.3 } }, because: b }\n");
	settle(papers);
	assert_problems(papers,
			"pbx.yaml:4:46: error: 'server_name' does nothing here: port asks for no"
			" name\n"
			"pbx.yaml:5:7: error: 'verify_name' does nothing here: port looks at no"
			" certificate\n"
			"pbx.yaml:7:58: error: 'server_name' cannot be 'https://x/': only the host"
			" belongs here, not a URL\n"
			"pbx.yaml:8:20: error: 'verify_name' cannot be '*.example': this is neither"
			" a host name nor an address\n");
}

static void a_rule_id_stands_once(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "pbx.yaml",
		     "profile: pbx\ntitle: t\nrules:\n" OPEN_WEB("web") OPEN_WEB("web"));
	settle(papers);
	assert_problems(papers,
			"pbx.yaml:6:5: error: the id 'web' stands twice: first in line 4\n");
}

static void two_checks_of_a_profile_never_have_one_name(void **state)
{
	static const char yaml[] = "profile: pbx\ntitle: t\nrules:\n" OPEN_WEB("web") OPEN_WEB(
		"port-web") "  - { id: b, observe: port, subject: [ tcp/1, tcp/1 ], because: b,\n"
			    "      expect: { port.state: { is: open } } }\n";
	struct papers *papers = *state;

	read_profile(papers, "pbx.yaml", yaml);
	settle(papers);
	assert_problems(
		papers,
		"pbx.yaml:6:5: error: the rules 'web' and 'port-web' would both give a check "
		"the name 'port/tcp-443/web': rename one\n"
		"pbx.yaml:8:5: error: the rule 'b' would give two checks the name "
		"'port/tcp-1/b': a subject stands twice\n");
}

static void a_file_must_be_called_like_its_profile(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "/etc/pbx.yaml",
		     "profile: other\ntitle: t\nrules:\n" OPEN_WEB("web"));
	assert_problems(papers,
			"/etc/pbx.yaml:1:10: error: the file pbx.yaml must hold the profile "
			"'pbx', not 'other': rename one of them\n");
}

static void a_profile_needs_rules(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "pbx.yaml", "profile: pbx\ntitle: t\n");
	assert_problems(papers, "pbx.yaml:1:1: error: a profile needs 'rules'\n");
}

static void a_child_inherits_and_replaces_rules(void **state)
{
	struct papers *papers = *state;
	const struct profile *child;

	read_profile(papers, "child.yaml",
		     "profile: child\ntitle: c\nextends: parent\nfeatures: { extra: My own }\n"
		     "rules:\n" OPEN_WEB("second") OPEN_WEB("fourth"));
	read_profile(papers, "parent.yaml",
		     "profile: parent\ntitle: p\nfeatures: { base: Base, extra: Theirs }\n"
		     "rules:\n" OPEN_WEB("first") OPEN_WEB("second") OPEN_WEB(
			     "third") "not_observable: [ { sentence: s, reason: r } ]\n");
	settle(papers);
	assert_good(papers);
	child = profiles_named(papers->profiles, "child");
	assert_int_equal(child->rule_count, 4);
	assert_string_equal(child->rules[0].id, "first");
	assert_string_equal(child->rules[0].profile, "parent");
	assert_string_equal(child->rules[1].id, "second");
	assert_string_equal(child->rules[1].profile, "child");
	assert_string_equal(child->rules[2].id, "third");
	assert_string_equal(child->rules[3].id, "fourth");
	assert_int_equal(child->feature_count, 2);
	assert_string_equal(child->features[0].title, "My own");
	assert_string_equal(child->features[1].name, "base");
	assert_int_equal(child->not_observable_count, 1);
	assert_int_equal(profiles_named(papers->profiles, "parent")->rule_count, 3);
}

static void a_child_may_use_features_of_its_parent(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "child.yaml",
		     "profile: child\ntitle: c\nextends: parent\nrules:\n"
		     "  - { id: a, observe: port, subject: tcp/1, because: b, feature: base,\n"
		     "      expect: { port.state: { is: open } } }\n");
	read_profile(papers, "parent.yaml",
		     "profile: parent\ntitle: p\nfeatures: { base: Base }\nrules:\n" OPEN_WEB(
			     "first"));
	settle(papers);
	assert_good(papers);
}

static void an_unknown_parent_is_named_with_the_nearest(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "child.yaml", "profile: child\ntitle: c\nextends: parnet\n");
	read_profile(papers, "parent.yaml",
		     "profile: parent\ntitle: p\nrules:\n" OPEN_WEB("first"));
	settle(papers);
	assert_problems(papers,
			"child.yaml:3:10: error: unknown profile 'parnet' (did you mean "
			"'parent'?)\n");
}

static void profiles_that_extend_each_other_are_refused(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "a.yaml", "profile: a\ntitle: a\nextends: b\n");
	read_profile(papers, "b.yaml", "profile: b\ntitle: b\nextends: c\n");
	read_profile(papers, "c.yaml", "profile: c\ntitle: c\nextends: a\n");
	read_profile(papers, "d.yaml", "profile: d\ntitle: d\nextends: d\n");
	settle(papers);
	assert_problems(papers,
			"c.yaml:3:10: error: 'c' extends 'a', which extends it in turn\n"
			"d.yaml:3:10: error: 'd' extends 'd', which extends it in turn\n");
}

static void a_later_profile_of_the_same_name_replaces_the_first(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "ours/pbx.yaml",
		     "profile: pbx\ntitle: ours\nrules:\n" OPEN_WEB("web"));
	read_profile(papers, "theirs/pbx.yaml",
		     "profile: pbx\ntitle: theirs\nrules:\n" OPEN_WEB("web"));
	settle(papers);
	assert_good(papers);
	assert_int_equal(profiles_count(papers->profiles), 1);
	assert_string_equal(profiles_at(papers->profiles, 0)->title, "theirs");
}

static void profiles_are_sorted_by_name(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "b.yaml", "profile: b\ntitle: b\nrules:\n" OPEN_WEB("web"));
	read_profile(papers, "c.yaml", "profile: c\ntitle: c\nrules:\n" OPEN_WEB("web"));
	read_profile(papers, "a.yaml", "profile: a\ntitle: a\nrules:\n" OPEN_WEB("web"));
	assert_string_equal(profiles_at(papers->profiles, 0)->name, "a");
	assert_string_equal(profiles_at(papers->profiles, 2)->name, "c");
	assert_string_equal(profiles_names(papers->profiles)[1], "b");
	assert_null(profiles_names(papers->profiles)[3]);
	assert_null(profiles_named(papers->profiles, "d"));
}

static void broken_syntax_leaves_a_profile_without_rules(void **state)
{
	struct papers *papers = *state;

	read_profile(papers, "pbx.yaml", "profile: [\n");
	settle(papers);
	assert_int_equal(papers->problems.errors, 1);
	assert_true(profiles_named(papers->profiles, "pbx")->broken);
	assert_int_equal(profiles_named(papers->profiles, "pbx")->rule_count, 0);
}

static void write_file(const char *folder, const char *name, const char *content)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(content, file);
	fclose(file);
}

static void remove_file(const char *folder, const char *name)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	unlink(path);
}

static void a_folder_is_read_whole(void **state)
{
	struct papers *papers = *state;
	char folder[] = "/tmp/profilesXXXXXX", warning[160];

	assert_non_null(mkdtemp(folder));
	write_file(folder, "a.yaml", "profile: a\ntitle: a\nrules:\n" OPEN_WEB("web"));
	write_file(folder, "b.yaml", "profile: b\ntitle: b\nrules:\n" OPEN_WEB("web"));
	write_file(folder, "c.yml", "not read");
	write_file(folder, ".d.yaml", "not read");
	profiles_read_folder(papers->profiles, folder, &papers->problems);
	remove_file(folder, "a.yaml");
	remove_file(folder, "b.yaml");
	remove_file(folder, "c.yml");
	remove_file(folder, ".d.yaml");
	rmdir(folder);
	assert_int_equal(profiles_count(papers->profiles), 2);
	snprintf(warning, sizeof warning,
		 "%s/c.yml: warning: not read: the names of profiles end in .yaml\n", folder);
	assert_problems(papers, warning);
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
	struct papers *papers = *state;

	profiles_read_folder(papers->profiles, "/nowhere", &papers->problems);
	assert_problems(papers,
			"/nowhere: error: cannot read the folder of profiles: No such file "
			"or directory\n");
}

static void the_words_of_severity_and_vantage_go_both_ways(void **state)
{
	enum severity severity;
	enum vantage vantage;

	(void)state;
	for (int i = 0; i < SEVERITY_COUNT; i++) {
		assert_true(severity_named(severity_word((enum severity)i), &severity));
		assert_int_equal(severity, i);
	}
	for (int i = 1; i <= VANTAGE_HOST; i *= 2) {
		assert_true(vantage_named(vantage_word((enum vantage)i), &vantage));
		assert_int_equal(vantage, i);
	}
	assert_false(severity_named("fatal", &severity));
	assert_false(vantage_named("inside", &vantage));
	assert_int_equal(severity_weight(SEVERITY_CRITICAL), 8);
	assert_int_equal(severity_weight(SEVERITY_WARNING), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(a_profile_is_read_with_everything_in_it),
		PAPERS_TEST(all_faults_of_a_rule_are_found_at_once),
		PAPERS_TEST(a_subject_the_collector_does_not_take_is_refused),
		PAPERS_TEST(features_scenarios_and_peers_must_be_declared),
		PAPERS_TEST(otherwise_needs_a_feature),
		PAPERS_TEST(starttls_needs_a_collector_that_uses_tls),
		PAPERS_TEST(a_name_needs_a_collector_that_uses_it),
		PAPERS_TEST(a_rule_id_stands_once),
		PAPERS_TEST(two_checks_of_a_profile_never_have_one_name),
		PAPERS_TEST(a_file_must_be_called_like_its_profile),
		PAPERS_TEST(a_profile_needs_rules),
		PAPERS_TEST(a_child_inherits_and_replaces_rules),
		PAPERS_TEST(a_child_may_use_features_of_its_parent),
		PAPERS_TEST(an_unknown_parent_is_named_with_the_nearest),
		PAPERS_TEST(profiles_that_extend_each_other_are_refused),
		PAPERS_TEST(a_later_profile_of_the_same_name_replaces_the_first),
		PAPERS_TEST(profiles_are_sorted_by_name),
		PAPERS_TEST(broken_syntax_leaves_a_profile_without_rules),
		PAPERS_TEST(a_folder_is_read_whole),
		PAPERS_TEST(a_folder_that_is_not_there_is_an_error),
		PAPERS_TEST(the_words_of_severity_and_vantage_go_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
