/* SPDX-License-Identifier: Apache-2.0
 *
 * Faces that die, do not listen, or talk nonsense, and what becomes of the events that they are to
 * tell.
 */
#include "tests/unit/feeding_scene.h"

#include <signal.h>

static void kill_face(const struct pair *pair)
{
	pid_t pid = (pid_t)feeding_state(pair->feeding).pid;

	assert_true(pid > 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
}

static void expect_ended(struct pair *pair, unsigned restarts)
{
	WAIT_FOR(pair, feeding_state(pair->feeding).restarts == restarts);
	assert_false(feeding_state(pair->feeding).alive);
}

static void one_that_is_killed_is_started_again_and_fed_again(void **state)
{
	struct pair *pair = *state;
	int64_t pid;

	pair_plan_two(pair);
	pair_start(pair, "good");
	pair_expect(pair, "part 1 heard 2+2+4+4+0");
	for (int64_t pause = SECOND; pause <= 4 * SECOND; pause *= 2) {
		pid = feeding_state(pair->feeding).pid;
		kill_face(pair);
		WAIT_FOR(pair, !feeding_state(pair->feeding).alive);
		assert_int_equal(feeding_state(pair->feeding).pid, 0);
		pair_pass(pair, pause - 1);
		pair_turn(pair);
		assert_int_equal(feeding_state(pair->feeding).pid, 0);
		pair_pass(pair, 1);
		pair_expect(pair, "part 1 heard 2+2+4+4+0 has 2/4/0");
		assert_int_not_equal(feeding_state(pair->feeding).pid, pid);
	}
	assert_int_equal(feeding_state(pair->feeding).restarts, 3);
	/* Who has lived for long is forgiven. */
	pair_pass(pair, 2 * MINUTE);
	pair_turn(pair);
	kill_face(pair);
	WAIT_FOR(pair, !feeding_state(pair->feeding).alive);
	pair_pass(pair, SECOND);
	pair_expect(pair, "part 1 heard 2+2+4+4+0");
}

static void one_that_does_not_read_is_ended_after_a_minute(void **state)
{
	struct pair *pair = *state;

	pair_plan_many(pair, 4000);
	pair_start(pair, "deaf");
	WAIT_FOR(pair, feeding_state(pair->feeding).alive);
	pair_expect_quiet(pair);
	pair_pass(pair, 59 * SECOND);
	pair_expect_quiet(pair);
	assert_true(feeding_state(pair->feeding).alive);
	pair_pass(pair, SECOND);
	expect_ended(pair, 1);
	pair_pass(pair, SECOND);
	WAIT_FOR(pair, feeding_state(pair->feeding).alive);
}

static void one_that_never_gets_ready_is_ended_after_a_minute(void **state)
{
	struct pair *pair = *state;

	pair_plan_two(pair);
	pair_start(pair, "mute");
	pair_turn(pair);
	assert_int_not_equal(feeding_state(pair->feeding).pid, 0);
	pair_pass(pair, 59 * SECOND);
	pair_turn(pair);
	assert_int_equal(feeding_state(pair->feeding).restarts, 0);
	pair_pass(pair, SECOND);
	expect_ended(pair, 1);
}

static void one_that_talks_nonsense_is_ended(void **state)
{
	struct pair *pair = *state;

	pair_plan_two(pair);
	pair_start(pair, "lying");
	expect_ended(pair, 1);
	feeding_set(pair->feeding, "babbling", 8);
	expect_ended(pair, 2);
	feeding_set(pair->feeding, "good", 4);
	pair_expect(pair, "part 1 heard 2+2+4+4+0");
}

static void other_settings_make_another_face(void **state)
{
	struct pair *pair = *state;
	int64_t pid;

	pair_plan_two(pair);
	pair_start(pair, "good");
	pair_expect(pair, "part 1 heard");
	pid = feeding_state(pair->feeding).pid;
	feeding_set(pair->feeding, "good", 4);
	pair_expect_quiet(pair);
	assert_int_equal(feeding_state(pair->feeding).pid, pid);
	feeding_set(pair->feeding, "better", 6);
	pair_expect(pair, "part 1 heard");
	assert_int_not_equal(feeding_state(pair->feeding).pid, pid);
	assert_int_equal(feeding_state(pair->feeding).restarts, 0);
}

/* --- telling ------------------------------------------------------------------------------- */

static void answered(void *arg, bool acknowledged)
{
	struct pair *pair = arg;

	writer_put_u8(&pair->told, acknowledged);
}

static void tell(struct pair *pair, const struct voice *voice, uint64_t number)
{
	const struct event event = { .number = number, .target_name = "", .check_name = "",
				     .title = "raised", .expected = "", .observed = "",
				     .reason = "", .remedy = "" };

	voice->tell(voice->arg, &event, answered, pair);
}

static struct voice begin_telling(struct pair *pair, const char *manners)
{
	pair_plan_two(pair);
	pair_start(pair, manners);
	pair_expect(pair, "part 1 heard");
	return feeding_voice(pair->feeding, 7, "trap");
}

static void expect_answers(struct pair *pair, const char *answers, size_t count)
{
	WAIT_FOR(pair, pair->told.length >= count);
	pair_expect_quiet(pair);
	assert_int_equal(pair->told.length, count);
	assert_memory_equal(pair->told.bytes, answers, count);
}

static void an_event_is_told_and_acknowledged_once(void **state)
{
	struct pair *pair = *state;
	struct voice voice = begin_telling(pair, "good");
	struct voice other = feeding_voice(pair->feeding, 8, "inform");

	assert_string_equal(voice.name, "trap");
	tell(pair, &voice, 12);
	tell(pair, &other, 12);
	expect_answers(pair, "\1\1", 2);
	tell(pair, &voice, 13);
	expect_answers(pair, "\1\1\1", 3);
	voice.close(voice.arg);
	other.close(other.arg);
}

static void what_a_receiver_does_not_take_is_not_acknowledged(void **state)
{
	struct pair *pair = *state;
	struct voice voice = begin_telling(pair, "refusing");

	tell(pair, &voice, 12);
	expect_answers(pair, "\0", 1);
	voice.close(voice.arg);
}

static void what_a_dead_face_has_not_told_is_not_acknowledged(void **state)
{
	struct pair *pair = *state;
	struct voice voice = begin_telling(pair, "dying");

	tell(pair, &voice, 12);
	WAIT_FOR(pair, !feeding_state(pair->feeding).alive);
	assert_int_equal(pair->told.length, 1);
	assert_int_equal(pair->told.bytes[0], false);
	/* At once: nobody is there. */
	tell(pair, &voice, 12);
	assert_int_equal(pair->told.length, 2);
	feeding_set(pair->feeding, "good", 4);
	pair_expect(pair, "part 1 heard");
	tell(pair, &voice, 12);
	expect_answers(pair, "\0\0\1", 3);
	voice.close(voice.arg);
}

static void one_that_never_says_whether_it_told_is_ended(void **state)
{
	struct pair *pair = *state;
	struct voice voice = begin_telling(pair, "forgetful");

	tell(pair, &voice, 12);
	pair_turn(pair);
	pair_pass(pair, 179 * SECOND);
	pair_expect_quiet(pair);
	assert_true(feeding_state(pair->feeding).alive);
	pair_pass(pair, SECOND);
	expect_ended(pair, 1);
	assert_int_equal(pair->told.length, 1);
	assert_int_equal(pair->told.bytes[0], false);
	voice.close(voice.arg);
}

static void nobody_hears_of_a_sink_that_was_closed(void **state)
{
	struct pair *pair = *state;
	struct voice voice = begin_telling(pair, "good");

	tell(pair, &voice, 12);
	voice.close(voice.arg);
	pair_expect_quiet(pair);
	assert_int_equal(pair->told.length, 0);
	assert_true(feeding_state(pair->feeding).alive);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		FEEDING_TEST(one_that_is_killed_is_started_again_and_fed_again),
		FEEDING_TEST(one_that_does_not_read_is_ended_after_a_minute),
		FEEDING_TEST(one_that_never_gets_ready_is_ended_after_a_minute),
		FEEDING_TEST(one_that_talks_nonsense_is_ended),
		FEEDING_TEST(other_settings_make_another_face),
		FEEDING_TEST(an_event_is_told_and_acknowledged_once),
		FEEDING_TEST(what_a_receiver_does_not_take_is_not_acknowledged),
		FEEDING_TEST(what_a_dead_face_has_not_told_is_not_acknowledged),
		FEEDING_TEST(one_that_never_says_whether_it_told_is_ended),
		FEEDING_TEST(nobody_hears_of_a_sink_that_was_closed),
	};

	made_face_begin(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
