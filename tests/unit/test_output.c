/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/cli/output.h"
#include "tests/unit/unit.h"

struct place {
	char folder[64], file[96], other[96];
	struct text text;
};

static int set_up(void **state)
{
	struct place *place = test_calloc(1, sizeof *place);

	memcpy(place->folder, "/tmp/ucposture-output-XXXXXX", 29);
	assert_non_null(mkdtemp(place->folder));
	struct text name = { 0 };
	text_add_format(&name, "%s/report", place->folder);
	memcpy(place->file, text_string(&name), name.length + 1);
	text_add(&name, ".link");
	memcpy(place->other, text_string(&name), name.length + 1);
	text_free(&name);
	text_add(&place->text, "new");
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	unlink(place->file);
	unlink(place->other);
	/* Fails when something temporary was left behind. */
	int left = rmdir(place->folder);
	text_free(&place->text);
	test_free(place);
	return left;
}

static void put(const char *file, const char *bytes, mode_t mode)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, strlen(bytes)), strlen(bytes));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void holds(const char *file, const char *bytes)
{
	char buffer[64];
	int fd = open(file, O_RDONLY);
	ssize_t got = read(fd, buffer, sizeof buffer - 1);

	close(fd);
	assert_true(got >= 0);
	buffer[got] = '\0';
	assert_string_equal(buffer, bytes);
}

static void a_new_file_is_made_with_the_usual_rights(void **state)
{
	struct place *place = *state;
	struct stat about;

	umask(027);
	assert_true(output_replace(place->file, &place->text));
	holds(place->file, "new");
	assert_int_equal(stat(place->file, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0640);
}

static void an_old_file_keeps_its_rights_and_its_readers(void **state)
{
	struct place *place = *state;
	struct stat about;
	char buffer[8] = "";

	put(place->file, "old", 0604);
	int reader = open(place->file, O_RDONLY);
	assert_true(output_replace(place->file, &place->text));
	holds(place->file, "new");
	assert_int_equal(read(reader, buffer, sizeof buffer), 3);
	assert_string_equal(buffer, "old");
	close(reader);
	assert_int_equal(stat(place->file, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0604);
}

static void behind_a_link_the_file_is_replaced(void **state)
{
	struct place *place = *state;
	struct stat about;

	put(place->file, "old", 0600);
	assert_int_equal(symlink(place->file, place->other), 0);
	assert_true(output_replace(place->other, &place->text));
	holds(place->file, "new");
	assert_int_equal(lstat(place->other, &about), 0);
	assert_true(S_ISLNK(about.st_mode));
}

static void a_device_is_written_to_and_stays_one(void **state)
{
	struct place *place = *state;
	struct stat about;

	assert_true(output_replace("/dev/null", &place->text));
	assert_int_equal(stat("/dev/null", &about), 0);
	assert_true(S_ISCHR(about.st_mode));
}

static void a_folder_that_is_not_there_is_said(void **state)
{
	struct place *place = *state;

	assert_false(output_replace("/tmp/ucposture-no-such-folder/x", &place->text));
	assert_false(output_replace(place->folder, &place->text));
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACED(a_new_file_is_made_with_the_usual_rights),
		PLACED(an_old_file_keeps_its_rights_and_its_readers),
		PLACED(behind_a_link_the_file_is_replaced),
		PLACED(a_device_is_written_to_and_stays_one),
		PLACED(a_folder_that_is_not_there_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
