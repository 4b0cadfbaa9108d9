/* SPDX-License-Identifier: Apache-2.0
 *
 * snmp_access, in the configuration and in a file of its own.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/plan/access.h"
#include "net/snmp.h"
#include "tests/unit/papers.h"

static const struct snmp_access *read_access(struct papers *papers, const char *access)
{
	struct text yaml = { 0 };

	text_add_format(&yaml, "targets: [ { name: t, address: 10.0.0.5, profiles: p,\n"
			"snmp_access: { %s } } ]\n", access);
	problems_free(&papers->problems);
	papers->problems = (struct problems){ 0 };
	config_free(papers->config);
	papers->config = config_read_bytes("c", yaml.bytes, yaml.length, &papers->problems);
	text_free(&yaml);
	return papers->config->targets ? papers->config->targets[0].snmp : NULL;
}

static void each_version_is_read(void **state)
{
	const struct snmp_access *access = read_access(*state, "version: 2c, community: k2");

	assert_good(*state);
	assert_int_equal(access->version, 2);
	assert_string_equal(access->community, "k2");
	assert_null(access->user);
	access = read_access(*state, "version: 1, community: k1");
	assert_int_equal(access->version, 1);
	access = read_access(*state, "version: 3, user: u, auth: SHA-256, auth_password: 12345678,"
				     " privacy: AES-256, privacy_password: 87654321, context: c");
	assert_good(*state);
	assert_int_equal(access->version, 3);
	assert_string_equal(access->user, "u");
	assert_string_equal(access->auth, "SHA-256");
	assert_string_equal(access->auth_password, "12345678");
	assert_string_equal(access->privacy, "AES-256");
	assert_string_equal(access->privacy_password, "87654321");
	assert_string_equal(access->context, "c");
	access = read_access(*state, "version: 3, user: u");
	assert_good(*state);
	assert_null(access->auth);
}

static void what_is_wrong_is_said_with_its_place(void **state)
{
	static const struct {
		const char *access, *said;
	} cases[] = {
		{ "community: k", "c:2:14: error: snmp_access needs 'version'" },
		{ "version: 2, community: k", "c:2:25: error: " },
		{ "version: 2c", "c:2:14: error: versions 1 and 2c need 'community'" },
		{ "version: 2c, community: k, user: u",
		  "c:2:43: error: 'user' belongs to version 3: versions 1 and 2c know a community"
		  " only" },
		{ "version: 3", "c:2:14: error: version 3 needs 'user'" },
		{ "version: 3, user: u, community: k",
		  "c:2:37: error: 'community' belongs to versions 1 and 2c: version 3 has users" },
		{ "version: 3, user: u, auth: SHA-265, auth_password: 12345678",
		  "c:2:43: error: 'auth' is none of MD5, SHA, SHA-224, SHA-256, SHA-384, SHA-512"
		  " (did you mean 'SHA-256'?)" },
		{ "version: 3, user: u, auth: SHA, auth_password: 1234567",
		  "c:2:63: error: 'auth_password' has 7 characters: it takes 8 to 255" },
		{ "version: 3, user: u, auth: SHA", "error: 'auth' needs 'auth_password'" },
		{ "version: 3, user: u, auth_password: 12345678",
		  "error: 'auth_password' needs 'auth'" },
		{ "version: 3, user: u, privacy: AES, privacy_password: 12345678",
		  "error: 'privacy' needs 'auth'" },
		{ "version: 3, user: u, auth: SHA, auth_password: 12345678, privacy: AES",
		  "error: 'privacy' needs 'privacy_password'" },
		{ "version: 3, user: a-name-that-is-longer-than-thirty-two",
		  "error: 'user' has 37 characters: it takes 1 to 32" },
		{ "version: 3, usre: u", "(did you mean 'user'?)" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		read_access(*state, cases[i].access);
		assert_problem(*state, cases[i].said);
	}
}

/* Whatever is wrong about them, and wherever they stand. */
static void secrets_are_not_repeated(void **state)
{
	static const char *const wrong[] = {
		"version: 2c, community: canary, user: u",
		"version: 2c, community: [ canary ]",
		"version: 3, user: u, auth: canary-canary, auth_password: canary-canary",
		"version: 3, user: u, auth: SHA, auth_password: canary",
		"version: 3, user: u, auth: SHA, privacy: canary, privacy_password: canary",
		"version: 3, community: canary, auth_password: { canary-canary: 1 }",
	};
	struct papers *papers = *state;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct text said = { 0 };

		read_access(papers, wrong[i]);
		describe_problems(papers, &said);
		assert_true(said.length);
		assert_null(strstr(text_string(&said), "canary"));
		text_free(&said);
	}
	problems_free(&papers->problems);
	papers->problems = (struct problems){ 0 };
	config_free(papers->config);
	papers->config = config_read_bytes("c", "agent: { snmp_access: canary }", 30,
					   &papers->problems);
	assert_problems(papers, "c:1:23: error: 'snmp_access' is a map, such as { version: 2c,"
				" community: … }\n");
}

#define SNMP_RULE RULE("known", "observe: snmp, subject: udp/161, "                          \
				"expect: { snmp.access: { is: granted } }")

static void targets_have_the_agents_or_their_own(void **state)
{
	const struct plan *plan;

	read_profile(*state, "p.yaml", HEAD("p") PEERS "rules:\n" SNMP_RULE WEB
		     RULE("of-peer", "observe: snmp, subject: udp/161, peer: smtp, "
				     "expect: { snmp.default_community: { is: false } }"));
	plan = make_plan(*state, "agent: { snmp_access: { version: 2c, community: all } }\n"
				 "targets:\n"
				 "  - { name: a, address: 10.0.0.5, profiles: p,"
				 " peers: { smtp: 10.0.0.6 } }\n"
				 "  - { name: b, address: 10.0.0.7, profiles: p,"
				 " snmp_access: { version: 1, community: own } }\n");
	assert_good(*state);
	assert_string_equal(request_of(plan, 0)->snmp->community, "all");
	/* Other collectors, and other hosts, are not told. */
	assert_null(request_of(plan, 1)->snmp);
	assert_string_equal(request_of(plan, 2)->host, "10.0.0.6");
	assert_null(request_of(plan, 2)->snmp);
	assert_string_equal(request_of(plan, 3)->snmp->community, "own");
}

static void a_file_that_everybody_reads_is_warned_of(void **state)
{
	static const char yaml[] = "{ version: 2c, community: canary }\n";
	struct papers *papers = *state;
	struct arena *arena = arena_new();
	char name[] = "/tmp/test_access_XXXXXX", expected[200];
	int fd = mkstemp(name);

	assert_int_equal(write(fd, yaml, sizeof yaml - 1), sizeof yaml - 1);
	assert_string_equal(access_read(name, arena, &papers->problems)->community, "canary");
	assert_good(papers);
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_non_null(access_read(name, arena, &papers->problems));
	snprintf(expected, sizeof expected, "%s: warning: everybody on this machine can read its"
		 " passwords and communities: chmod o-r\n", name);
	assert_problems(papers, expected);
	close(fd);
	unlink(name);
	assert_null(access_read(name, arena, &papers->problems));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(each_version_is_read),
		PAPERS_TEST(what_is_wrong_is_said_with_its_place),
		PAPERS_TEST(secrets_are_not_repeated),
		PAPERS_TEST(targets_have_the_agents_or_their_own),
		PAPERS_TEST(a_file_that_everybody_reads_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
