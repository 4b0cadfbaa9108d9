/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may ask, how long, and how much at once.
 */
#include "tests/unit/control_scene.h"

static void a_socket_that_nobody_left_open_is_replaced(void **state)
{
	struct text said = { 0 };
	struct stat file;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&place, sizeof place), 0);
	close(fd);
	open_house(1, 1);
	assert_int_equal(stat(place.sun_path, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0660);
	assert_null(control_new(&made->house, place.sun_path, &said));
	assert_non_null(strstr(text_string(&said), "another agent answers there"));
	assert_string_equal(answer_text(ask("status"), "error"), "");
	text_free(&said);
}

static void what_is_no_socket_is_left_alone(void **state)
{
	struct text said = { 0 };
	FILE *file = fopen(place.sun_path, "w");

	(void)state;
	fclose(file);
	made = made_house_new(1, 1);
	assert_null(control_new(&made->house, place.sun_path, &said));
	assert_non_null(strstr(text_string(&said), "no socket of ours"));
	assert_int_equal(access(place.sun_path, F_OK), 0);
	text_clear(&said);
	char long_path[200];
	memset(long_path, 'a', sizeof long_path - 1);
	long_path[sizeof long_path - 1] = '\0';
	assert_null(control_new(&made->house, long_path, &said));
	assert_non_null(strstr(text_string(&said), "a socket's name has 1 to 107 bytes"));
	text_free(&said);
}

static void a_question_may_come_in_pieces(void **state)
{
	struct text bytes = { 0 };
	int fd;

	(void)state;
	open_house(1, 1);
	fd = connected();
	say(fd, "sta");
	turn(3);
	say(fd, "tus\n");
	hear_all(fd, &bytes);
	assert_non_null(strstr(text_string(&bytes), "\"uptime_seconds\""));
	text_free(&bytes);
}

static void who_is_ended_while_speaking_is_answered_all_the_same(void **state)
{
	struct text bytes = { 0 };
	int fd;

	(void)state;
	open_house(1, 1);
	fd = connected();
	say(fd, "status\n");
	shutdown(fd, SHUT_WR);
	hear_all(fd, &bytes);
	assert_non_null(strstr(text_string(&bytes), "\"uptime_seconds\""));
	text_free(&bytes);
}

static void a_question_without_end_is_refused(void **state)
{
	struct text bytes = { 0 }, words = { 0 };
	int fd;

	(void)state;
	open_house(1, 1);
	while (words.length < 5000)
		text_add(&words, "status ");
	fd = connected();
	say(fd, text_string(&words));
	turn(5);
	hear(fd, &bytes);
	assert_non_null(strstr(text_string(&bytes), "the question is too long"));
	close(fd);
	text_free(&words);
	text_free(&bytes);
}

static void the_connection_beyond_the_bound_is_told_so(void **state)
{
	int fds[64];
	const struct value *answer;

	(void)state;
	open_house(1, 1);
	for (size_t i = 0; i < 64; i++) {
		fds[i] = connected();
		turn(1);
	}
	answer = ask("");
	assert_string_equal(answer_text(answer, "error"), "too many ask at once");
	for (size_t i = 0; i < 64; i++)
		close(fds[i]);
	turn(5);
	assert_string_equal(answer_text(ask("status"), "error"), "");
}

static void a_reload_in_the_middle_of_an_answer_ends_it(void **state)
{
	struct text bytes = { 0 };
	int fd;

	(void)state;
	open_house(10000, 1);
	fd = connected();
	say(fd, "targets\n");
	turn(5);
	made->house.loaded_wall_us++;
	hear_all(fd, &bytes);
	assert_true(bytes.length > 0);
	assert_true(bytes.bytes[bytes.length - 1] != '\n');
	text_free(&bytes);
}

static void ten_thousand_targets_keep_nobody_waiting(void **state)
{
	struct text bytes = { 0 };
	size_t most = 0;
	int slow, fd;

	(void)state;
	open_house(10000, 25);
	for (size_t i = 0; i < made->plan.check_count; i++)
		made_house_raise(&made->alarms[i], VERDICT_CRITICAL, SEVERITY_MAJOR);
	/* Somebody asks for all of it and takes nothing. */
	slow = connected();
	say(slow, "alarms\n");
	fd = connected();
	say(fd, "targets\n");
	for (bool more = true; more;) {
		size_t before = bytes.length;

		turn(1);
		more = hear(fd, &bytes);
		most = bytes.length - before > most ? bytes.length - before : most;
	}
	assert_int_equal(answer_member(answer_read(arena, bytes.bytes, bytes.length),
				       "targets")->count, 10000);
	/* Little is made in one turn of the loop, whatever it costs there. */
	assert_in_range(most, 1, bytes.length / 50);
	close(slow);
	close(fd);
	text_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_socket_that_nobody_left_open_is_replaced),
		TEST(what_is_no_socket_is_left_alone),
		TEST(a_question_may_come_in_pieces),
		TEST(who_is_ended_while_speaking_is_answered_all_the_same),
		TEST(a_question_without_end_is_refused),
		TEST(the_connection_beyond_the_bound_is_told_so),
		TEST(a_reload_in_the_middle_of_an_answer_ends_it),
		TEST(ten_thousand_targets_keep_nobody_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
