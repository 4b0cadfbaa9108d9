/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/daemon/instance.h"
#include "tests/unit/unit.h"

struct place {
	char top[64], folder[96], file[128];
};

static int set_up(void **state)
{
	struct place *place = test_calloc(1, sizeof *place);

	snprintf(place->top, sizeof place->top, "/tmp/ucposture-instance-XXXXXX");
	assert_non_null(mkdtemp(place->top));
	snprintf(place->folder, sizeof place->folder, "%s/state", place->top);
	snprintf(place->file, sizeof place->file, "%s/agent.pid", place->folder);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	unlink(place->file);
	rmdir(place->folder);
	int left = rmdir(place->top);
	test_free(place);
	return left;
}

static void the_folder_is_made_for_us_alone(void **state)
{
	const struct place *place = *state;
	struct text said = { 0 };
	struct stat about;
	int lock = instance_take(place->folder, &said);

	assert_true(lock >= 0);
	assert_int_equal(stat(place->folder, &about), 0);
	assert_int_equal(about.st_mode & 07777, 0700);
	assert_int_equal(said.length, 0);
	close(lock);
}

static void a_second_one_is_told_who_the_first_is(void **state)
{
	const struct place *place = *state;
	char process[64];
	struct text said = { 0 };
	int lock = instance_take(place->folder, &said);

	assert_true(lock >= 0);
	assert_int_equal(instance_take(place->folder, &said), -1);
	snprintf(process, sizeof process, "(process %ld)", (long)getpid());
	assert_non_null(strstr(text_string(&said), process));
	assert_non_null(strstr(text_string(&said), place->folder));
	assert_non_null(strstr(text_string(&said), "--state-dir=DIR"));
	text_free(&said);
	close(lock);
}

static void whoever_is_killed_lets_go(void **state)
{
	const struct place *place = *state;
	struct text said = { 0 };
	int ready[2], lock;
	char byte;

	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (!pid) {
		byte = instance_take(place->folder, &said) >= 0 ? 'y' : 'n';
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	lock = instance_take(place->folder, &said);
	assert_true(lock >= 0);
	close(lock);
	close(ready[0]);
	close(ready[1]);
}

static void what_cannot_be_a_folder_is_said(void **state)
{
	struct text said = { 0 };

	(void)state;
	assert_int_equal(instance_take("/dev/null/state", &said), -1);
	assert_non_null(strstr(text_string(&said), "/dev/null/state cannot be used: Not a dir"));
	text_free(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_folder_is_made_for_us_alone, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_second_one_is_told_who_the_first_is, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(whoever_is_killed_lets_go, set_up, tear_down),
		cmocka_unit_test(what_cannot_be_a_folder_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
