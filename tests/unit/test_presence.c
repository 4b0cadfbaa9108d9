/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "agent/engine/presence.h"
#include "collectors/collector.h"

static enum presence_sign sign_of(enum stage stage, enum reason reason, const char *port)
{
	struct observation *observation = observation_new();
	enum presence_sign sign;

	observation->outcome = (struct outcome){ .stage = stage, .reason = reason };
	if (port)
		facts_set_text(observation->facts, fact_named("port.state"), port);
	sign = presence_sign(observation);
	observation_free(observation);
	return sign;
}

static void who_refuses_is_there(void **state)
{
	(void)state;
	assert_int_equal(sign_of(STAGE_CONNECT, REASON_REFUSED, NULL), PRESENCE_ANSWERED);
	assert_int_equal(sign_of(STAGE_HANDSHAKE, REASON_TLS_FAILED, NULL), PRESENCE_ANSWERED);
	assert_int_equal(sign_of(STAGE_HANDSHAKE, REASON_TIMED_OUT, NULL), PRESENCE_ANSWERED);
	assert_int_equal(sign_of(STAGE_NONE, REASON_NONE, NULL), PRESENCE_ANSWERED);
	assert_int_equal(sign_of(STAGE_NONE, REASON_NONE, "closed"), PRESENCE_ANSWERED);
	assert_int_equal(sign_of(STAGE_NONE, REASON_NONE, "open"), PRESENCE_ANSWERED);
}

static void silence_is_silence_however_it_is_seen(void **state)
{
	(void)state;
	assert_int_equal(sign_of(STAGE_CONNECT, REASON_TIMED_OUT, NULL), PRESENCE_SILENT);
	assert_int_equal(sign_of(STAGE_CONNECT, REASON_UNREACHABLE, NULL), PRESENCE_SILENT);
	assert_int_equal(sign_of(STAGE_CONNECT, REASON_NO_ROUTE, NULL), PRESENCE_SILENT);
	assert_int_equal(sign_of(STAGE_NONE, REASON_NONE, "filtered"), PRESENCE_SILENT);
	assert_int_equal(sign_of(STAGE_NONE, REASON_NONE, "unreachable"), PRESENCE_SILENT);
	/* But for datagrams. */
	assert_int_equal(sign_of(STAGE_NONE, REASON_NONE, "open_or_filtered"), PRESENCE_NO_SIGN);
}

static void a_sweep_that_found_nothing_says_nothing(void **state)
{
	static const int64_t ports[] = { 22 };
	struct observation *observation = observation_new();

	(void)state;
	facts_set_numbers(observation->facts, fact_named("port.open"), NULL, 0);
	assert_int_equal(presence_sign(observation), PRESENCE_NO_SIGN);
	facts_set_numbers(observation->facts, fact_named("port.open"), ports, 1);
	assert_int_equal(presence_sign(observation), PRESENCE_ANSWERED);
	observation_free(observation);
}

static void what_is_not_the_targets_doing_says_nothing_of_it(void **state)
{
	(void)state;
	assert_int_equal(sign_of(STAGE_RESOLVE, REASON_TIMED_OUT, NULL), PRESENCE_NO_SIGN);
	assert_int_equal(sign_of(STAGE_RESOLVE, REASON_NAME_NOT_FOUND, NULL), PRESENCE_NO_SIGN);
	assert_int_equal(sign_of(STAGE_PROXY, REASON_REFUSED, NULL), PRESENCE_NO_SIGN);
	assert_int_equal(sign_of(STAGE_PROBER, REASON_PROBER_DIED, NULL), PRESENCE_NO_SIGN);
	assert_int_equal(sign_of(STAGE_PROBER, REASON_CANCELLED, NULL), PRESENCE_NO_SIGN);
	assert_int_equal(sign_of(STAGE_CONNECT, REASON_PROHIBITED, NULL), PRESENCE_NO_SIGN);
	assert_int_equal(sign_of(STAGE_REPLY, REASON_TIMED_OUT, NULL), PRESENCE_NO_SIGN);
}

static const struct presence_policy usual = { .observations = 3, .times = 2 };

/* "abA-": observations a and b are silent, A answers, - says nothing. The changes. */
static void expect(const char *signs, const char *changes)
{
	presence_mark marks[3] = { 0 };
	struct presence presence;
	char seen[64];
	size_t count = 0;

	presence_begin(&presence);
	for (; *signs; signs++) {
		enum presence_sign sign = *signs == '-'	 ? PRESENCE_NO_SIGN
					  : *signs < 'a' ? PRESENCE_ANSWERED
							 : PRESENCE_SILENT;
		enum presence_change change =
			presence_hear(&usual, &presence,
				      &marks[*signs == '-' ? 0 : (*signs | 32) - 'a'], sign);

		seen[count++] = ".v^"[change];
	}
	seen[count] = '\0';
	assert_string_equal(seen, changes);
}

static void a_target_is_down_when_all_that_looked_heard_nothing_again(void **state)
{
	(void)state;
	expect("abcabc", ".....v");
	expect("abcabcabc", ".....v...");
	/* One port that is filtered is no silence of the host. */
	expect("aaaaaaaaaa", "..........");
	expect("abababab", "........");
}

static void an_answer_ends_the_silence_at_once(void **state)
{
	(void)state;
	expect("abcabcBabcabc", ".....v^.....v");
	expect("abcabBabcab", "...........");
	expect("aAbBcC", "......");
}

static void what_says_nothing_changes_nothing(void **state)
{
	(void)state;
	expect("ab-c-ab-c", "........v");
	expect("------", "......");
}

static void when_everybody_went_it_was_our_own_way_out(void **state)
{
	struct uplink uplink = { .targets = 3 };

	(void)state;
	assert_false(uplink_is_down(&uplink));
	uplink_count(&uplink, false, PRESENCE_WENT);
	uplink_count(&uplink, false, PRESENCE_WENT);
	assert_false(uplink_is_down(&uplink));
	uplink_count(&uplink, false, PRESENCE_SAME);
	uplink_count(&uplink, false, PRESENCE_WENT);
	assert_true(uplink_is_down(&uplink));
	uplink_count(&uplink, false, PRESENCE_CAME);
	assert_false(uplink_is_down(&uplink));
	/* With two targets nobody can tell. */
	uplink = (struct uplink){ .targets = 2, .targets_down = 2 };
	assert_false(uplink_is_down(&uplink));
}

static void guards_know_it_better(void **state)
{
	struct uplink uplink = { .targets = 5, .targets_down = 5, .guards = 2 };

	(void)state;
	assert_false(uplink_is_down(&uplink));
	uplink_count(&uplink, true, PRESENCE_WENT);
	assert_false(uplink_is_down(&uplink));
	uplink_count(&uplink, true, PRESENCE_WENT);
	assert_true(uplink_is_down(&uplink));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_refuses_is_there),
		cmocka_unit_test(silence_is_silence_however_it_is_seen),
		cmocka_unit_test(a_sweep_that_found_nothing_says_nothing),
		cmocka_unit_test(what_is_not_the_targets_doing_says_nothing_of_it),
		cmocka_unit_test(a_target_is_down_when_all_that_looked_heard_nothing_again),
		cmocka_unit_test(an_answer_ends_the_silence_at_once),
		cmocka_unit_test(what_says_nothing_changes_nothing),
		cmocka_unit_test(when_everybody_went_it_was_our_own_way_out),
		cmocka_unit_test(guards_know_it_better),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
