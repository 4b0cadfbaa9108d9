/* SPDX-License-Identifier: Apache-2.0
 *
 * What a firewall has to let through, as it follows from rules.
 */
#include "tests/unit/unit.h"

#include "agent/plan/openings.h"
#include "tests/unit/papers.h"

#define MADE                                                                                  \
	"profile: made\ntitle: Made\n"                                                        \
	"features: { clients: Clients, games: Games }\n"                                      \
	"scenarios: { outside: Outside }\n"                                                   \
	"peers: { clock: Clock, console: Console }\nrules:\n"
#define PORT(id, subject, rest)                                                               \
	RULE(id, "observe: port, subject: [ " subject " ], " rest)
#define LET_IN "expect: { port.state: { one_of: [ open, open_or_filtered ] } }"
#define KEPT_OUT "expect: { port.state: { is_not: open } }"

static void add_one(const struct opening *opening, struct text *out)
{
	text_add_format(out, "%s%s %s", opening->out ? "out" : "in",
			opening->service ? " service" : "", opening->udp ? "udp" : "tcp");
	for (size_t i = 0; i < opening->port_count; i++) {
		text_add_format(out, "%s%u", i ? "," : " ", opening->ports[i].first);
		if (opening->ports[i].last != opening->ports[i].first)
			text_add_format(out, "-%u", opening->ports[i].last);
	}
	text_add(out, opening->all_but ? " but" : "");
	for (size_t i = 0; i < opening->end_count; i++)
		text_add_format(out, " %s@%s", opening->ends[i].peer ? opening->ends[i].peer : "",
				opening->ends[i].host ? opening->ends[i].host : "");
	text_add(out, " <");
	for (size_t i = 0; i < opening->reason_count; i++)
		text_add_format(out, "%s%s", i ? " " : "",
				opening->reasons[i].rule ? opening->reasons[i].rule->id
							 : opening->reasons[i].item->sentence);
	text_add(out, opening->in_range ? "> in range\n" : ">\n");
}

static void add_all(const struct openings *openings, struct text *out)
{
	for (size_t i = 0; i < openings->open_count; i++)
		add_one(&openings->open[i], out);
	for (size_t i = 0; i < openings->closed_count; i++) {
		text_add(out, "closed ");
		add_one(&openings->closed[i], out);
	}
}

static void opens(struct papers *papers, const char *profile, const struct target *choice,
		  const char *expected)
{
	struct text out = { 0 };
	struct openings *openings;

	profiles_free(papers->profiles);
	papers->profiles = profiles_new();
	profiles_read_bytes(papers->profiles, "made.yaml", profile, strlen(profile),
			    &papers->problems);
	profiles_settle(papers->profiles, &papers->problems);
	assert_good(papers);
	openings = openings_of(profiles_named(papers->profiles, "made"), choice);
	add_all(openings, &out);
	assert_string_equal(text_string(&out), expected);
	openings_free(openings);
	text_free(&out);
}

static const char *one_word[1];

static struct target at(enum vantage vantage)
{
	return (struct target){ .vantage = vantage };
}

static struct target with_feature(const char *feature)
{
	struct target choice = at(VANTAGE_INTERNAL);

	one_word[0] = feature;
	choice.features = one_word;
	choice.feature_count = 1;
	return choice;
}

static void what_must_be_open_is_let_in_and_what_must_be_closed_is_not(void **state)
{
	const struct target choice = at(VANTAGE_INTERNAL);

	opens(*state,
	      MADE PORT("web", "tcp/443, tcp/80", LET_IN) PORT("telnet", "tcp/23", KEPT_OUT)
		      PORT("calls", "udp/5060", LET_IN),
	      &choice, "in tcp 80,443 <web>\nin udp 5060 <calls>\nclosed in tcp 23 <telnet>\n");
}

static void what_a_peer_should_not_offer_is_not_kept_from_it(void **state)
{
	const struct target choice = at(VANTAGE_INTERNAL);

	opens(*state,
	      MADE PORT("old", "tcp/389", LET_IN ", peer: console")
		      PORT("better", "tcp/636", KEPT_OUT ", peer: console"),
	      &choice, "out tcp 389 console@ <old>\n");
}

static void a_port_without_its_feature_is_closed_or_left_out(void **state)
{
	static const char profile[] = MADE PORT(
		"clients", "tcp/5222", LET_IN ", feature: clients, otherwise: { port.state: {"
					    " is_not: open } }") PORT("games", "tcp/6000",
								      LET_IN ", feature: games");
	const struct target none = at(VANTAGE_INTERNAL), clients = with_feature("clients");

	opens(*state, profile, &none, "closed in tcp 5222 <clients>\n");
	opens(*state, profile, &clients, "in tcp 5222 <clients>\n");
}

static void one_port_that_two_rules_open_is_opened_once_with_both_reasons(void **state)
{
	const struct target choice = at(VANTAGE_INTERNAL);

	opens(*state, MADE PORT("web", "tcp/443", LET_IN) PORT("api", "tcp/443", LET_IN), &choice,
	      "in tcp 443 <web api>\n");
}

static void what_one_feature_needs_is_open_although_another_is_off(void **state)
{
	const struct target choice = with_feature("clients");

	opens(*state,
	      MADE PORT("a", "tcp/80", LET_IN ", feature: clients")
		      PORT("b", "tcp/80", LET_IN ", feature: games, otherwise: { port.state: {"
					       " is_not: open } }"),
	      &choice, "in tcp 80 <a>\n");
}

static void rules_about_what_is_said_imply_their_port_unless_it_may_be_closed(void **state)
{
	const struct target choice = at(VANTAGE_INTERNAL);

	opens(*state,
	      MADE RULE("tls", "observe: tls, subject: tcp/5061, expect: { tls.plain_text: {"
			       " absent: true } }")
		      RULE("web", "observe: tls, subject: tcp/443, when_closed: not_applicable,"
				  " expect: { tls.plain_text: { absent: true } }"),
	      &choice, "in tcp 5061 <tls>\n");
	/* A rule about the port itself knows better. */
	opens(*state,
	      MADE RULE("tls", "observe: tls, subject: tcp/5061, expect: { tls.plain_text: {"
			       " absent: true } }") PORT("closed", "tcp/5061", KEPT_OUT),
	      &choice, "closed in tcp 5061 <closed>\n");
}

static void hosts_of_urls_are_gone_to_and_addresses_share_a_line(void **state)
{
	struct target choice = at(VANTAGE_INTERNAL);
	static const char profile[] = MADE RULE(
		"push", "observe: reach, vantage: internal, subject: [ \"https://a.example\","
			" \"https://a.example:8383\", \"tcp://192.0.2.1:5061\","
			" \"tcp://192.0.2.2:5061\" ], expect: { reach.ok: { is: true } }")
		RULE("never", "observe: reach, subject: \"https://b.example\","
			      " expect: { reach.ok: { is: false } }");
	static const char expected[] = "out tcp 443,8383 @a.example <push>\n"
				       "out tcp 5061 @192.0.2.1 @192.0.2.2 <push>\n";

	opens(*state, profile, &choice, expected);
	/* The edge is between the system and whoever is outside, wherever we look from. */
	choice.vantage = VANTAGE_EXTERNAL;
	opens(*state, profile, &choice, expected);
}

static void a_peer_has_the_addresses_and_the_port_it_was_given(void **state)
{
	static const char profile[] = MADE PORT("time", "udp/123", LET_IN ", peer: clock");
	struct target choice = at(VANTAGE_INTERNAL);
	struct peer clock = { .name = "clock",
			      .hosts = { "192.0.2.1", "2001:db8::1" },
			      .port = 1123 };

	opens(*state, profile, &choice, "out udp 123 clock@ <time>\n");
	choice.peers = &clock;
	choice.peer_count = 1;
	opens(*state, profile, &choice,
	      "out udp 1123 clock@192.0.2.1 clock@2001:db8::1 <time>\n");
	clock = (struct peer){ .name = "clock" };
	clock.hosts.four = clock.hosts.six = "ntp.example";
	opens(*state, profile, &choice, "out udp 123 clock@ntp.example <time>\n");
}

static void whom_a_rule_names_comes_in_and_nobody_else(void **state)
{
	const struct target choice = at(VANTAGE_INTERNAL);

	opens(*state,
	      MADE PORT("open", "tcp/3280", LET_IN ", only_from: console")
		      PORT("closed", "tcp/3280", KEPT_OUT ", not_from: console"),
	      &choice,
	      "in tcp 3280 console@ <open>\nclosed in tcp 3280 but console@ <closed>\n");
}

static void what_strangers_must_reach_gets_into_the_system_too(void **state)
{
	static const char profile[] = MADE PORT("web", "tcp/443",
						LET_IN ", vantage: external, scenario: outside")
		PORT("ssh", "tcp/22", KEPT_OUT ", vantage: external");
	struct target choice = at(VANTAGE_INTERNAL);

	opens(*state, profile, &choice, "");
	one_word[0] = "outside";
	choice.scenarios = one_word;
	choice.scenario_count = 1;
	opens(*state, profile, &choice, "in tcp 443 <web>\n");
	choice.vantage = VANTAGE_EXTERNAL;
	opens(*state, profile, &choice, "in tcp 443 <web>\nclosed in tcp 22 <ssh>\n");
}

static void what_is_closed_inside_a_range_is_said_to_be(void **state)
{
	const struct target choice = at(VANTAGE_INTERNAL);

	opens(*state,
	      MADE PORT("no", "udp/5060", KEPT_OUT) PORT("nor", "udp/161", KEPT_OUT)
	      "not_observable:\n"
	      "  - { sentence: audio, reason: calls, inbound: udp/1024-65535,"
	      " outbound: [ udp/5004, tcp/5005 ], peer: clock }\n"
	      "  - { sentence: voice, reason: calls, inbound: udp/2000-65535 }\n",
	      &choice,
	      "in udp 1024-65535 clock@ <audio>\nin udp 2000-65535 <voice>\n"
	      "out udp 5004 clock@ <audio>\nout tcp 5005 clock@ <audio>\n"
	      "closed in udp 161 <nor>\nclosed in udp 5060 <no> in range\n");
}

/* What is open at the service has to get out of the site, and what it should close is its own
 * affair. */
static void of_a_hosted_system_the_site_is_told_what_to_let_out(void **state)
{
	const struct target choice = at(VANTAGE_INTERNAL);

	opens(*state,
	      "hosted: true\n" MADE PORT("web", "tcp/443", LET_IN)
	      PORT("telnet", "tcp/23", KEPT_OUT) PORT("time", "udp/123", LET_IN ", peer: clock")
	      RULE("push", "observe: reach, subject: 'https://push.example',"
			   " expect: { reach.ok: { is: true } }")
	      "not_observable:\n"
	      "  - { sentence: audio, reason: none, inbound: udp/4000-5000,"
	      " outbound: udp/1024-65535 }\n",
	      &choice,
	      "in service udp 1024-65535 <audio>\n"
	      "out udp 123 clock@ <time>\n"
	      "out tcp 443 @push.example <push>\n"
	      "out service tcp 443 <web>\n"
	      "out service udp 4000-5000 <audio>\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPERS_TEST(what_must_be_open_is_let_in_and_what_must_be_closed_is_not),
		PAPERS_TEST(what_a_peer_should_not_offer_is_not_kept_from_it),
		PAPERS_TEST(a_port_without_its_feature_is_closed_or_left_out),
		PAPERS_TEST(one_port_that_two_rules_open_is_opened_once_with_both_reasons),
		PAPERS_TEST(what_one_feature_needs_is_open_although_another_is_off),
		PAPERS_TEST(rules_about_what_is_said_imply_their_port_unless_it_may_be_closed),
		PAPERS_TEST(hosts_of_urls_are_gone_to_and_addresses_share_a_line),
		PAPERS_TEST(a_peer_has_the_addresses_and_the_port_it_was_given),
		PAPERS_TEST(whom_a_rule_names_comes_in_and_nobody_else),
		PAPERS_TEST(what_strangers_must_reach_gets_into_the_system_too),
		PAPERS_TEST(what_is_closed_inside_a_range_is_said_to_be),
		PAPERS_TEST(of_a_hosted_system_the_site_is_told_what_to_let_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
