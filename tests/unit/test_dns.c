/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole collector against name servers that play a part.
 */
#include "tests/unit/dns_scene.h"

#include <stdio.h>
#include <string.h>

#include "collectors/collector.h"
#include "ground/clock.h"
#include "ground/memory.h"

#define TWO NAME " 60 A 10.0.0.2; " NAME " 50 A 10.0.0.1; " NAME " 70 AAAA 2001:db8::1"
#define PLAIN "truncated=false; authenticated=false"
#define SEEN "a=10.0.0.1 10.0.0.2; aaaa=2001:db8::1; rcode=noerror; ttl=50; "

static void is_observed(const struct part *parts, size_t count, const char *facts)
{
	play(parts, count, facts, STAGE_NONE, REASON_NONE);
}

static void one_says(unsigned flags, const char *records, const char *facts)
{
	const struct part part = { .flags = flags, .records = records };

	is_observed(&part, 1, facts);
}

static void both_kinds_of_address_are_told_sorted(void **state)
{
	(void)state;
	one_says(0, TWO, SEEN PLAIN);
	one_says(FLAG_AD, TWO, SEEN "truncated=false; authenticated=true");
}

static void that_there_are_none_is_told(void **state)
{
	(void)state;
	one_says(DNS_RCODE_NXDOMAIN, "", "rcode=nxdomain; " PLAIN);
	one_says(0, "", "rcode=noerror; " PLAIN);
	one_says(DNS_RCODE_SERVFAIL, "", "rcode=servfail; " PLAIN);
	one_says(DNS_RCODE_REFUSED, "", "rcode=refused; " PLAIN);
	one_says(9, "", "rcode=other; " PLAIN);
}

static void of_two_answers_the_worse_says_how(void **state)
{
	static const struct part parts[] = {
		{ .records = NAME " 50 A 10.0.0.1", .flags_of_aaaa = DNS_RCODE_SERVFAIL },
		{ .flags = DNS_RCODE_FORMERR, .flags_of_aaaa = DNS_RCODE_REFUSED },
	};
	static const char *const facts[] = { "a=10.0.0.1; rcode=servfail; ttl=50; " PLAIN,
					     "rcode=formerr; " PLAIN };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		is_observed(&parts[i], 1, facts[i]);
}

static void aliases_are_told_in_their_order(void **state)
{
	(void)state;
	one_says(0, "z.example 9 CNAME a.example; " NAME " 60 CNAME Z.example; "
		    "a.example 90 A 10.0.0.1",
		 "a=10.0.0.1; rcode=noerror; cname=z.example a.example; ttl=9; " PLAIN);
	one_says(DNS_RCODE_NXDOMAIN, NAME " 60 CNAME gone.example",
		 "rcode=nxdomain; cname=gone.example; ttl=60; " PLAIN);
}

static void aliases_that_lead_back_are_told_and_noted(void **state)
{
	const struct part part = { .records = NAME " 60 CNAME a.example; a.example 60 CNAME "
						   NAME };
	const struct request request = request_for(NAME);
	struct scene scene;

	(void)state;
	scene_begin(&scene, &part, 1);
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_facts(&scene, "rcode=noerror; cname=a.example " NAME "; ttl=60; " PLAIN);
	assert_string_equal(scene.seen->detail, "the aliases lead in a circle");
	scene_end(&scene);
}

static void what_is_too_long_for_udp_comes_over_tcp(void **state)
{
	const struct part part = { .act = TRUNCATE, .records = TWO };

	(void)state;
	is_observed(&part, 1, SEEN "truncated=true; authenticated=false");
}

static void as_many_addresses_as_fit_are_all_told(void **state)
{
	enum { MOST = 2300 };
	const struct part parts[] = { { .act = TRUNCATE, .many = MOST },
				      { .act = TRUNCATE, .many = MOST } };
	const struct request request = request_for(NAME);
	const struct fact *fact;
	struct scene scene;

	(void)state;
	scene_begin(&scene, parts, 2);
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	for (size_t i = 0; i < 2; i++) {
		fact = facts_get(scene.seen->facts, fact_named(i ? "dns.aaaa" : "dns.a"));
		assert_int_equal(fact->count, MOST);
		for (size_t j = 1; j < MOST; j++)
			assert_true(strcmp(fact->texts[j - 1], fact->texts[j]) < 0);
	}
	assert_true(facts_get(scene.seen->facts, fact_named("dns.agreement"))->truth);
	scene_end(&scene);
}

static void an_answer_over_tcp_that_is_cut_is_none(void **state)
{
	const struct request request = request_for(NAME);
	struct dns_question question = question_for(NAME, DNS_TYPE_A, 0);
	struct message message;

	(void)state;
	message_answer(&message, &question, FLAGS_REPLY, TWO);
	for (size_t cut = 0; cut < message.length + 2; cut++) {
		const struct part part = { .act = TRUNCATE, .records = TWO, .cuts_tcp = true,
					   .cut = cut };
		struct scene scene;

		scene_begin(&scene, &part, 1);
		observe(&scene, &request);
		assert_outcome(&scene, STAGE_REPLY, cut ? REASON_MALFORMED : REASON_CLOSED_EARLY);
		assert_null(facts_get(scene.seen->facts, fact_named("dns.a")));
		scene_end(&scene);
	}
}

static void what_is_truncated_over_tcp_too_is_malformed(void **state)
{
	const struct part part = { .act = TRUNCATE_ALWAYS, .records = TWO };

	(void)state;
	play(&part, 1, "silent=s1", STAGE_REPLY, REASON_MALFORMED);
}

static void what_is_cut_is_malformed(void **state)
{
	const struct part part = { .act = CUT, .records = TWO };

	(void)state;
	play(&part, 1, "silent=s1", STAGE_REPLY, REASON_MALFORMED);
}

static void answers_of_strangers_are_not_believed(void **state)
{
	(void)state;
	for (enum act act = WRONG_ID; act <= OTHER_PORT; act++) {
		const struct part part = { .act = act, .records = TWO };

		play(&part, 1, "silent=s1", STAGE_REPLY, REASON_TIMED_OUT);
	}
}

static void answers_of_strangers_do_not_hide_the_servers(void **state)
{
	const struct part part = { .act = STRANGERS_FIRST, .records = TWO };

	(void)state;
	is_observed(&part, 1, SEEN PLAIN);
}

static void a_lost_question_is_asked_again(void **state)
{
	const struct part part = { .act = SILENCE_AT_FIRST, .records = TWO };

	(void)state;
	is_observed(&part, 1, SEEN PLAIN);
}

static void a_server_that_does_not_know_edns_is_asked_without(void **state)
{
	const struct part part = { .act = REFUSE_EDNS, .records = TWO };

	(void)state;
	is_observed(&part, 1, SEEN PLAIN);
}

static void a_server_that_never_understands_has_answered(void **state)
{
	const struct request request = request_for(NAME);
	const struct part part = { .flags = DNS_RCODE_FORMERR };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &part, 1);
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_facts(&scene, "rcode=formerr; " PLAIN);
	assert_int_equal(scene.servers[0].over_udp, 4);
	scene_end(&scene);
}

static void silence_is_a_failure(void **state)
{
	const struct part parts[] = { { .act = SILENCE }, { .act = SILENCE } };
	const struct request request = request_for(NAME);
	struct scene scene;

	(void)state;
	play(parts, 1, "silent=s1", STAGE_REPLY, REASON_TIMED_OUT);
	scene_begin(&scene, parts, 2);
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_REPLY, REASON_TIMED_OUT);
	assert_string_equal(scene.seen->outcome.step, "answer");
	assert_facts(&scene, "silent=s1 s2");
	assert_answers(&scene, "server=s1 reason=timed_out; server=s2 reason=timed_out");
	scene_end(&scene);
}

static void nobody_there_is_a_refusal(void **state)
{
	const struct part part = { .act = ABSENT };

	(void)state;
	play(&part, 1, "silent=s1", STAGE_CONNECT, REASON_REFUSED);
}

static void a_silent_server_loses_nothing_of_the_others(void **state)
{
	const struct part parts[] = { { .act = SILENCE }, { .records = TWO }, { .act = ABSENT } };
	const struct request request = request_for(NAME);
	struct scene scene;

	(void)state;
	scene_begin(&scene, parts, 3);
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_NONE, REASON_NONE);
	assert_facts(&scene, SEEN PLAIN "; silent=s1 s3");
	assert_answers(&scene, "server=s1 reason=timed_out; "
			       "server=s2 rcode=noerror a=10.0.0.1 10.0.0.2 aaaa=2001:db8::1; "
			       "server=s3 reason=refused");
	scene_end(&scene);
}

/* What was said of IPv4 is kept; but that there is no IPv6 nobody has said. */
static void silence_about_one_kind_is_a_failure(void **state)
{
	const struct part parts[] = { { .act = SILENCE_ABOUT_AAAA, .records = TWO },
				      { .records = TWO } };

	(void)state;
	play(parts, 1, "a=10.0.0.1 10.0.0.2; rcode=noerror; ttl=50; " PLAIN "; silent=s1",
	     STAGE_REPLY, REASON_TIMED_OUT);
	is_observed(parts, 2, SEEN PLAIN "; silent=s1");
}

static void servers_that_say_the_same_agree(void **state)
{
	const struct part parts[] = {
		{ .records = TWO },
		{ .records = NAME " 55 AAAA 2001:db8::1; " NAME " 50 A 10.0.0.1; "
			     NAME " 50 A 10.0.0.2" }
	};

	(void)state;
	is_observed(parts, 2, SEEN PLAIN "; agreement=true");
}

static void servers_that_say_different_things_disagree(void **state)
{
	static const struct {
		struct part other;
		const char *facts;
	} rows[] = {
		{ { .records = NAME " 90 A 10.0.0.3" },
		  "a=10.0.0.1 10.0.0.2 10.0.0.3; aaaa=2001:db8::1; rcode=noerror; ttl=50; " },
		{ { .records = NAME " 90 A 10.0.0.1; " NAME " 50 A 10.0.0.2" }, SEEN },
		{ { .flags = DNS_RCODE_NXDOMAIN }, SEEN },
		{ { .flags = DNS_RCODE_SERVFAIL }, SEEN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct part parts[] = { { .records = TWO }, rows[i].other };
		char facts[256];

		snprintf(facts, sizeof facts, "%s%s; agreement=false", rows[i].facts, PLAIN);
		is_observed(parts, 2, facts);
	}
}

static void the_first_that_answers_says_how(void **state)
{
	const struct part parts[] = { { .act = ABSENT },
				      { .flags = DNS_RCODE_SERVFAIL },
				      { .records = NAME " 60 CNAME a.example" } };

	(void)state;
	is_observed(parts, 3,
		    "rcode=servfail; cname=a.example; ttl=60; " PLAIN
		    "; agreement=false; silent=s1");
}

static void a_server_that_is_listed_twice_is_asked_once(void **state)
{
	const struct part part = { .records = TWO, .is_listed_twice = true };

	(void)state;
	is_observed(&part, 1, SEEN PLAIN);
}

static void only_four_are_asked(void **state)
{
	const struct part parts[] = { { .records = TWO }, { .records = TWO }, { .records = TWO },
				      { .records = TWO }, { .records = NAME " 1 A 10.0.0.9" } };
	const struct request request = request_for(NAME);
	struct scene scene;

	(void)state;
	scene_begin(&scene, parts, 5);
	observe(&scene, &request);
	assert_facts(&scene, SEEN PLAIN "; agreement=true");
	assert_string_equal(scene.seen->detail, "only the first 4 name servers were asked");
	assert_int_equal(scene.servers[4].over_udp, 0);
	scene_end(&scene);
}

static void each_question_has_an_id_and_a_port_of_its_own(void **state)
{
	const struct part parts[] = { { .records = TWO }, { .records = TWO }, { .records = TWO },
				      { .records = TWO } };
	const struct request request = request_for(NAME);
	struct scene scene;
	bool ids_differ = false;

	(void)state;
	scene_begin(&scene, parts, 4);
	observe(&scene, &request);
	assert_int_equal(scene.asked_count, 8);
	for (size_t i = 0; i < 8; i++)
		for (size_t j = 0; j < i; j++) {
			ids_differ |= scene.asked[i].id != scene.asked[j].id;
			assert_int_not_equal(scene.asked[i].port, scene.asked[j].port);
		}
	assert_true(ids_differ);
	scene_end(&scene);
}

static uint64_t bit_of(const char *fact)
{
	return UINT64_C(1) << collector_fact_row(collector_named("dns"), fact_named(fact));
}

static void only_what_is_wanted_is_asked(void **state)
{
	static const struct {
		const char *facts[2];
		size_t questions;
		enum dns_type first;
	} rows[] = {
		{ { "dns.a" }, 1, DNS_TYPE_A },
		{ { "dns.aaaa" }, 1, DNS_TYPE_AAAA },
		{ { "dns.a", "dns.seconds" }, 1, DNS_TYPE_A },
		{ { "dns.seconds" }, 2, DNS_TYPE_A },
		{ { "dns.a", "dns.aaaa" }, 2, DNS_TYPE_A },
		{ { "dns.aaaa", "dns.rcode" }, 2, DNS_TYPE_A },
	};
	const struct part part = { .records = TWO };
	struct request request = request_for(NAME);
	struct scene scene;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		request.wanted = 0;
		for (size_t j = 0; j < 2 && rows[i].facts[j]; j++)
			request.wanted |= bit_of(rows[i].facts[j]);
		scene_begin(&scene, &part, 1);
		observe(&scene, &request);
		assert_outcome(&scene, STAGE_NONE, REASON_NONE);
		assert_int_equal(scene.asked_count, rows[i].questions);
		assert_int_equal(scene.asked[0].type, rows[i].first);
		scene_end(&scene);
	}
}

static void without_servers_nothing_can_be_asked(void **state)
{
	(void)state;
	play(NULL, 0, "", STAGE_RESOLVE, REASON_NAME_SERVER_FAILED);
}

static void what_is_no_name_is_not_asked_for(void **state)
{
	const struct request request = request_for("a..b");
	const struct part part = { .records = TWO };
	struct scene scene;

	(void)state;
	scene_begin(&scene, &part, 1);
	observe(&scene, &request);
	assert_outcome(&scene, STAGE_REQUEST, REASON_UNSUPPORTED);
	assert_int_equal(scene.asked_count, 0);
	scene_end(&scene);
}

static void it_can_be_broken_off_at_any_time(void **state)
{
	const struct request request = request_for(NAME);
	const struct part parts[] = { { .act = TRUNCATE, .many = 500 }, { .act = SILENCE } };

	(void)state;
	for (int turns = 0; turns < 12; turns++) {
		struct scene scene;

		scene_begin(&scene, parts, 2);
		begin(&scene, &request);
		for (int i = 0; i < turns; i++)
			loop_turn(scene.loop, CLOCK_MILLISECOND);
		runner_free(scene.runner);
		scene.runner = NULL;
		assert_outcome(&scene, STAGE_PROBER, REASON_CANCELLED);
		scene_end(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_kinds_of_address_are_told_sorted),
		cmocka_unit_test(that_there_are_none_is_told),
		cmocka_unit_test(of_two_answers_the_worse_says_how),
		cmocka_unit_test(aliases_are_told_in_their_order),
		cmocka_unit_test(aliases_that_lead_back_are_told_and_noted),
		cmocka_unit_test(what_is_too_long_for_udp_comes_over_tcp),
		cmocka_unit_test(as_many_addresses_as_fit_are_all_told),
		cmocka_unit_test(an_answer_over_tcp_that_is_cut_is_none),
		cmocka_unit_test(what_is_truncated_over_tcp_too_is_malformed),
		cmocka_unit_test(what_is_cut_is_malformed),
		cmocka_unit_test(answers_of_strangers_are_not_believed),
		cmocka_unit_test(answers_of_strangers_do_not_hide_the_servers),
		cmocka_unit_test(a_lost_question_is_asked_again),
		cmocka_unit_test(a_server_that_does_not_know_edns_is_asked_without),
		cmocka_unit_test(a_server_that_never_understands_has_answered),
		cmocka_unit_test(silence_is_a_failure),
		cmocka_unit_test(nobody_there_is_a_refusal),
		cmocka_unit_test(a_silent_server_loses_nothing_of_the_others),
		cmocka_unit_test(silence_about_one_kind_is_a_failure),
		cmocka_unit_test(servers_that_say_the_same_agree),
		cmocka_unit_test(servers_that_say_different_things_disagree),
		cmocka_unit_test(the_first_that_answers_says_how),
		cmocka_unit_test(a_server_that_is_listed_twice_is_asked_once),
		cmocka_unit_test(only_four_are_asked),
		cmocka_unit_test(each_question_has_an_id_and_a_port_of_its_own),
		cmocka_unit_test(only_what_is_wanted_is_asked),
		cmocka_unit_test(without_servers_nothing_can_be_asked),
		cmocka_unit_test(what_is_no_name_is_not_asked_for),
		cmocka_unit_test(it_can_be_broken_off_at_any_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
