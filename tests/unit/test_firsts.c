/* SPDX-License-Identifier: Apache-2.0
 *
 * What was first seen: in memory, in its file, and when something is wrong with that file.
 */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/engine/firsts.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/loop.h"

#define SEEN (INT64_C(1795000000) * CLOCK_SECOND)

struct folder {
	char path[64];
	struct text said;
};

static int begin(void **state)
{
	struct folder *folder = memory_new(1, sizeof *folder);

	snprintf(folder->path, sizeof folder->path, "/tmp/test_firsts.XXXXXX");
	if (!mkdtemp(folder->path))
		return -1;
	*state = folder;
	return 0;
}

static void path_of(const struct folder *folder, const char *name, char path[static 128])
{
	snprintf(path, 128, "%s/%s", folder->path, name);
}

static int end(void **state)
{
	static const char *const names[] = {
		"first-seen", "first-seen.lock", "first-seen.new", "first-seen.damaged-1",
		"first-seen.damaged-2", "a/b/first-seen", "a/b/first-seen.lock", "file"
	};
	struct folder *folder = *state;
	char path[128];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		path_of(folder, names[i], path);
		if (unlink(path))
			rmdir(path);
	}
	path_of(folder, "a/b", path);
	rmdir(path);
	path_of(folder, "a", path);
	rmdir(path);
	assert_int_equal(rmdir(folder->path), 0);
	text_free(&folder->said);
	free(folder);
	return 0;
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

static void add(struct firsts *firsts, const char *check, const char *value)
{
	const struct first first = { .target = "pbx",
				     .check = check,
				     .fact = "cert.sha256",
				     .value = value,
				     .seen_us = SEEN };

	firsts_add(firsts, &first);
}

static const char *recall(const struct firsts *firsts, const char *check)
{
	const struct recollection recollection = { firsts, "pbx", check };
	const struct first *first = firsts_recall(&recollection, "cert.sha256");

	return first ? first->value : NULL;
}

static struct firsts *open_in(struct folder *folder)
{
	text_clear(&folder->said);
	return firsts_open(folder->path, &folder->said);
}

/* Saves one value, by a process of its own so to speak. */
static bool save_one(struct folder *folder, const char *check, const char *value, bool replaces)
{
	struct firsts *firsts = open_in(folder), *fresh = firsts_new();
	bool saved;

	add(fresh, check, value);
	fresh->items[0].replaces = replaces;
	saved = firsts_save(firsts, fresh, &folder->said);
	firsts_free(fresh);
	firsts_free(firsts);
	return saved;
}

static void put(const struct folder *folder, const char *name, const char *bytes, size_t length)
{
	char path[128];

	path_of(folder, name, path);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static const char example[] =
	"ucposture first-seen 1\n"
	"pbx\ta/b/c\tcert.sha256\t2026-11-18T20:26:40Z\tab\n"
	"pbx\ta/b/d\ttls.versions\t2026-11-18T20:26:40Z\tTLS1.2\\nTLS1.3\n"
	"pbx\ta/b/e\thttp.server\t2026-11-18T20:26:40Z\ta\\tb\\\\c\\rd\n"
	"q\ta\tdns.a\t2026-11-18T20:26:40Z\t\n"
	"end 4\n";

static void the_file_says_what_was_remembered(void **state)
{
	static const char *const values[] = { "ab", "TLS1.2\nTLS1.3", "a\tb\\c\rd", "" };
	struct firsts *firsts = firsts_new();
	struct text out = { 0 };

	(void)state;
	assert_int_equal(firsts_parse(firsts, example, strlen(example)), FIRSTS_GOOD);
	assert_int_equal(firsts->count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(firsts->items[i].value, values[i]);
	assert_int_equal(firsts->items[0].seen_us, INT64_C(1795033600) * CLOCK_SECOND);
	firsts_format(firsts, &out);
	assert_string_equal(text_string(&out), example);
	text_free(&out);
	firsts_free(firsts);
}

static void a_file_cut_anywhere_is_damaged(void **state)
{
	(void)state;
	for (size_t length = 0; length < strlen(example); length++) {
		struct firsts *firsts = firsts_new();

		assert_int_equal(firsts_parse(firsts, example, length), FIRSTS_DAMAGED);
		assert_int_equal(firsts->count, 0);
		firsts_free(firsts);
	}
}

/* A changed byte of a value is a change that is noticed; everywhere else it is damage, or
 * another key. It never makes two values of one, nor fewer. */
static void a_changed_byte_never_loses_a_value_silently(void **state)
{
	char bytes[sizeof example];

	(void)state;
	for (size_t at = 0; at < strlen(example); at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			struct firsts *firsts = firsts_new();
			enum firsts_kind kind;

			memcpy(bytes, example, sizeof example);
			bytes[at] ^= (char)(1u << bit);
			kind = firsts_parse(firsts, bytes, strlen(example));
			assert_int_equal(firsts->count, kind == FIRSTS_GOOD ? 4 : 0);
			firsts_free(firsts);
		}
	}
}

static void a_key_that_stands_twice_is_damage(void **state)
{
	static const char twice[] = "ucposture first-seen 1\n"
				    "a\tb\tc\t2026-11-18T20:26:40Z\td\n"
				    "a\tb\tc\t2026-11-18T20:26:40Z\te\n"
				    "end 2\n";
	struct firsts *firsts = firsts_new();

	(void)state;
	assert_int_equal(firsts_parse(firsts, twice, strlen(twice)), FIRSTS_DAMAGED);
	firsts_free(firsts);
}

static void lists_are_the_same_in_any_order(void **state)
{
	static const struct fact_descriptor texts = { .name = "dns.a", .type = FACT_TEXTS };
	static const struct fact_descriptor numbers = { .name = "port.open",
							.type = FACT_NUMBERS };
	static const char *const names[] = { "b", "a c", "a" };
	static const int64_t ports[] = { 443, 5060, 22 };
	const struct fact of_texts = { .about = &texts, .count = 3, .texts = names };
	const struct fact of_numbers = { .about = &numbers, .count = 3, .numbers = ports };
	struct text value = { 0 };

	(void)state;
	firsts_value(&of_texts, &value);
	assert_string_equal(text_string(&value), "a\na c\nb");
	text_clear(&value);
	firsts_value(&of_numbers, &value);
	assert_string_equal(text_string(&value), "22\n443\n5060");
	text_free(&value);
}

static void what_was_saved_is_there_the_next_time(void **state)
{
	struct folder *folder = *state;
	struct firsts *firsts;

	assert_true(save_one(folder, "a", "1", false));
	assert_true(save_one(folder, "b", "2", false));
	firsts = open_in(folder);
	assert_true(firsts->keeps);
	assert_string_equal(recall(firsts, "a"), "1");
	assert_string_equal(recall(firsts, "b"), "2");
	assert_null(recall(firsts, "c"));
	assert_int_equal(folder->said.length, 0);
	firsts_free(firsts);
}

static void who_saw_it_earlier_was_first(void **state)
{
	struct folder *folder = *state;
	struct firsts *late = open_in(folder), *fresh = firsts_new();

	assert_true(save_one(folder, "a", "1", false));
	add(fresh, "a", "2");
	add(fresh, "b", "3");
	assert_true(firsts_save(late, fresh, &folder->said));
	assert_string_equal(recall(late, "a"), "1");
	assert_string_equal(recall(late, "b"), "3");
	assert_true(save_one(folder, "a", "4", true));
	firsts_free(late);
	late = open_in(folder);
	assert_string_equal(recall(late, "a"), "4");
	firsts_free(late);
	firsts_free(fresh);
}

static void folders_on_the_way_are_made(void **state)
{
	struct folder *folder = *state;
	char path[128];
	struct firsts *firsts;

	path_of(folder, "a/b", path);
	firsts = firsts_open(path, &folder->said);
	assert_true(firsts->keeps);
	assert_int_equal(folder->said.length, 0);
	firsts_free(firsts);
}

static void a_damaged_file_is_set_aside_and_said(void **state)
{
	struct folder *folder = *state;
	struct text expected = { 0 };
	char path[128];

	for (unsigned number = 1; number <= 2; number++) {
		struct firsts *firsts;

		put(folder, "first-seen", example, strlen(example) - number);
		firsts = open_in(folder);
		text_clear(&expected);
		text_add_format(&expected,
				"%s/first-seen was damaged and is now called first-seen.damaged-%u:"
				" what changed before this moment is not noticed\n",
				folder->path, number);
		assert_string_equal(text_string(&folder->said), text_string(&expected));
		assert_true(firsts->keeps);
		assert_int_equal(firsts->count, 0);
		firsts_free(firsts);
	}
	path_of(folder, "first-seen.damaged-1", path);
	assert_int_equal(access(path, F_OK), 0);
	text_free(&expected);
}

static void a_newer_file_is_left_alone(void **state)
{
	static const char newer[] = "ucposture first-seen 2\nwho knows\n";
	struct folder *folder = *state;
	struct firsts *firsts;
	char path[128], bytes[64] = "";

	put(folder, "first-seen", newer, strlen(newer));
	firsts = open_in(folder);
	assert_false(firsts->keeps);
	assert_non_null(strstr(text_string(&folder->said), "a newer version"));
	assert_false(save_one(folder, "a", "1", false));
	path_of(folder, "first-seen", path);
	FILE *file = fopen(path, "r");
	assert_int_equal(fread(bytes, 1, sizeof bytes, file), strlen(newer));
	fclose(file);
	assert_string_equal(bytes, newer);
	firsts_free(firsts);
}

static void what_is_no_folder_keeps_nothing(void **state)
{
	struct folder *folder = *state;
	struct firsts *firsts, *fresh = firsts_new();
	char path[128];

	put(folder, "file", "", 0);
	path_of(folder, "file", path);
	firsts = firsts_open(path, &folder->said);
	assert_false(firsts->keeps);
	assert_non_null(strstr(text_string(&folder->said), "Not a directory"));
	add(fresh, "a", "1");
	assert_false(firsts_save(firsts, fresh, &folder->said));
	firsts_free(fresh);
	firsts_free(firsts);
}

static void what_cannot_be_written_changes_nothing(void **state)
{
	struct folder *folder = *state;
	struct firsts *firsts, *fresh = firsts_new();
	char path[128];

	assert_true(save_one(folder, "a", "1", false));
	path_of(folder, "first-seen.new", path);
	assert_int_equal(mkdir(path, 0700), 0);
	firsts = open_in(folder);
	assert_true(firsts->keeps);
	add(fresh, "b", "2");
	assert_false(firsts_save(firsts, fresh, &folder->said));
	assert_false(firsts->keeps);
	assert_non_null(strstr(text_string(&folder->said), "/first-seen: "));
	assert_string_equal(recall(firsts, "a"), "1");
	assert_null(recall(firsts, "b"));
	firsts_free(firsts);
	firsts_free(fresh);
}

static void two_writers_at_once_both_have_their_say(void **state)
{
	struct folder *folder = *state;
	char path[128];
	int lock;
	pid_t other;
	struct firsts *firsts;

	path_of(folder, "first-seen.lock", path);
	lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(flock(lock, LOCK_EX), 0);
	other = fork();
	if (!other) {
		close(lock);
		_exit(save_one(folder, "a", "1", false) ? 0 : 1);
	}
	/* It waits for us; then we are done. */
	struct loop *loop = loop_new();
	loop_turn(loop, 60 * CLOCK_MILLISECOND);
	loop_free(loop);
	path_of(folder, "first-seen", path);
	assert_int_not_equal(access(path, F_OK), 0);
	close(lock);
	assert_true(save_one(folder, "b", "2", false));
	int status;
	assert_int_equal(waitpid(other, &status, 0), other);
	assert_int_equal(status, 0);
	firsts = open_in(folder);
	assert_string_equal(recall(firsts, "a"), "1");
	assert_string_equal(recall(firsts, "b"), "2");
	firsts_free(firsts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_says_what_was_remembered),
		cmocka_unit_test(a_file_cut_anywhere_is_damaged),
		cmocka_unit_test(a_changed_byte_never_loses_a_value_silently),
		cmocka_unit_test(a_key_that_stands_twice_is_damage),
		cmocka_unit_test(lists_are_the_same_in_any_order),
		FOLDER_TEST(what_was_saved_is_there_the_next_time),
		FOLDER_TEST(who_saw_it_earlier_was_first),
		FOLDER_TEST(folders_on_the_way_are_made),
		FOLDER_TEST(a_damaged_file_is_set_aside_and_said),
		FOLDER_TEST(a_newer_file_is_left_alone),
		FOLDER_TEST(what_is_no_folder_keeps_nothing),
		FOLDER_TEST(what_cannot_be_written_changes_nothing),
		FOLDER_TEST(two_writers_at_once_both_have_their_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
