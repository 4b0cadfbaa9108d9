/* SPDX-License-Identifier: Apache-2.0
 *
 * A disk that is full, that breaks, that was written by others; and a process that dies at any
 * moment.
 */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ground/clock.h"
#include "tests/unit/fault_disk.h"
#include "tests/unit/store_scene.h"

static void on_a_full_disk_it_goes_on_in_memory_and_catches_up(void **state)
{
	struct store *store = opened();
	uint32_t check = some_check(store, "x");
	enum disk_fault fault = *state ? DISK_BROKEN : DISK_FULL;

	set_sinks(store, "log", NULL);
	tell(store, check, VERDICT_OK, VERDICT_CRITICAL);
	assert_true(store_write(store, 0));
	expect_untold(store, 0, " 1", true);
	fault_disk_set(fault, 0);
	tell(store, check, VERDICT_CRITICAL, VERDICT_WARNING);
	assert_false(store_write(store, 0));
	assert_non_null(store_failure(store));
	/* Nobody waits for a disk to be told of an alarm. */
	expect_untold(store, 0, " 2", true);
	assert_true(store_due_us(store) == CLOCK_SECOND);
	tell(store, check, VERDICT_WARNING, VERDICT_OK);
	for (int64_t at = 0; at < 300; at++)
		assert_false(store_write(store, at * CLOCK_SECOND));
	assert_true(fault_disk_calls() < 100);
	fault_disk_set(DISK_SOUND, 0);
	assert_true(store_write(store, store_due_us(store)));
	assert_null(store_failure(store));
	store = opened_again(store);
	set_sinks(store, "log", NULL);
	expect_untold(store, 0, " 3", false);
	expect_events(store, UINT64_MAX, 100, " 3 2 1");
	store_close(store);
}

static void so_it_does_when_the_disk_breaks(void **state)
{
	bool broken = true;
	void *arg = &broken;

	(void)state;
	on_a_full_disk_it_goes_on_in_memory_and_catches_up(&arg);
}

static void a_number_that_was_told_is_not_given_again(void **state)
{
	struct store *store = opened();
	uint32_t check = some_check(store, "x");

	(void)state;
	set_sinks(store, "log", NULL);
	tell(store, check, VERDICT_OK, VERDICT_CRITICAL);
	assert_true(store_write(store, 0));
	fault_disk_set(DISK_FULL, 0);
	tell(store, check, VERDICT_CRITICAL, VERDICT_WARNING);
	tell(store, check, VERDICT_WARNING, VERDICT_OK);
	assert_false(store_write(store, 0));
	expect_untold(store, 0, " 1 2 3", true);
	/* It ends with the disk still full. */
	store_close(store);
	fault_disk_set(DISK_SOUND, 0);
	store = opened();
	set_sinks(store, "log", NULL);
	assert_int_equal(tell(store, check, VERDICT_OK, VERDICT_CRITICAL), 4);
	store_close(store);
}

static void it_is_written_when_a_disk_can_be_written_to_again(void **state)
{
	struct store *store = opened();
	uint32_t check = some_check(store, "x");

	(void)state;
	set_sinks(store, "log", NULL);
	tell(store, check, VERDICT_OK, VERDICT_CRITICAL);
	store_close(store);
	fault_disk_set(DISK_READ_ONLY, 0);
	store = opened();
	set_sinks(store, "log", NULL);
	tell(store, check, VERDICT_CRITICAL, VERDICT_WARNING);
	assert_false(store_write(store, 0));
	assert_false(store_write(store, store_due_us(store)));
	expect_untold(store, 0, " 1 2", false);
	fault_disk_set(DISK_SOUND, 0);
	assert_true(store_write(store, store_due_us(store)));
	assert_null(store_failure(store));
	store = opened_again(store);
	expect_events(store, UINT64_MAX, 100, " 2 1");
	store_close(store);
}

static void damage(const char *bytes)
{
	char path[96];
	int fd;

	snprintf(path, sizeof path, "%s/ucposture.db", store_folder());
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, strlen(bytes), 0), strlen(bytes));
	close(fd);
}

static unsigned files_called(const char *begin)
{
	DIR *open = opendir(store_folder());
	const struct dirent *item;
	unsigned count = 0;

	while ((item = readdir(open)))
		count += !strncmp(item->d_name, begin, strlen(begin));
	closedir(open);
	return count;
}

static void a_damaged_database_is_set_aside(void **state)
{
	struct store *store = opened();
	struct text said = { 0 };
	uint64_t last = tell(store, some_check(store, "x"), VERDICT_OK, VERDICT_CRITICAL);

	(void)state;
	store_close(store);
	damage("this is no database at all");
	store = store_open(store_folder(), &said);
	assert_non_null(store);
	assert_non_null(strstr(text_string(&said), "is damaged"));
	assert_true(files_called("ucposture.db.damaged-") > 0);
	assert_true(store_has_lost(store));
	assert_false(store_has_lost(store));
	assert_true(tell(store, some_check(store, "x"), VERDICT_OK, VERDICT_CRITICAL) > last);
	text_free(&said);
	store = opened_again(store);
	assert_false(store_has_lost(store));
	store_close(store);
}

/* It was set aside, and then there was no new one, be it that the disk was full or that we died:
 * whoever starts next must know that there is something to be said, and which numbers are free. */
static void what_was_lost_is_known_when_nobody_could_say_so(void **state)
{
	struct store *store = opened();
	struct text said = { 0 };
	uint64_t last = tell(store, some_check(store, "x"), VERDICT_OK, VERDICT_CRITICAL);

	(void)state;
	store_close(store);
	damage("this is no database at all");
	fault_disk_set(DISK_FULL, 0);
	assert_null(store_open(store_folder(), &said));
	text_free(&said);
	fault_disk_set(DISK_SOUND, 0);
	store = opened();
	assert_true(store_has_lost(store));
	assert_true(tell(store, some_check(store, "x"), VERDICT_OK, VERDICT_CRITICAL) > last);
	store = opened_again(store);
	assert_false(store_has_lost(store));
	store_close(store);
}

/* Numbers would be given twice. */
static void without_the_numbers_it_does_not_begin(void **state)
{
	struct text said = { 0 };
	char path[96];

	(void)state;
	store_close(opened());
	snprintf(path, sizeof path, "%s/event-number", store_folder());
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_null(store_open(store_folder(), &said));
	assert_non_null(strstr(text_string(&said), "event-number cannot be read"));
	text_free(&said);
	assert_int_equal(rmdir(path), 0);
	store_close(opened());
}

static void a_database_that_cannot_be_read_just_now_is_not_damaged(void **state)
{
	struct store *store = opened();
	uint32_t check = some_check(store, "x");
	unsigned reads = 1;

	(void)state;
	for (int i = 0; i < 200; i++)
		tell(store, check, VERDICT_OK, VERDICT_CRITICAL);
	store_close(store);
	for (unsigned from = 0; from < reads; from++) {
		struct text said = { 0 };

		fault_disk_set(DISK_UNREADABLE, from);
		store = store_open(store_folder(), &said);
		reads = store ? 0 : from + 2;
		store_close(store);
		text_free(&said);
	}
	fault_disk_set(DISK_SOUND, 0);
	assert_int_equal(files_called("ucposture.db.damaged-"), 0);
	store = opened();
	assert_false(store_has_lost(store));
	expect_events(store, UINT64_MAX, 2, " 200 199");
	store_close(store);
}

static void a_database_of_a_newer_version_is_left_alone(void **state)
{
	struct store *store = opened();
	struct text said = { 0 };
	char command[160];

	(void)state;
	tell(store, some_check(store, "x"), VERDICT_OK, VERDICT_CRITICAL);
	store_close(store);
	/* user_version: byte 60 of the file, big-endian. */
	snprintf(command, sizeof command, "%s/ucposture.db", store_folder());
	int fd = open(command, O_WRONLY);
	assert_int_equal(pwrite(fd, "\0\0\1\0", 4, 60), 4);
	close(fd);
	assert_null(store_open(store_folder(), &said));
	assert_non_null(strstr(text_string(&said), "newer version"));
	assert_int_equal(files_called("ucposture.db.damaged-"), 0);
	text_free(&said);
}

static void run_sql(const char *sql)
{
	char path[160];
	sqlite3 *database;

	snprintf(path, sizeof path, "%s/ucposture.db", store_folder());
	assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
	assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(database);
}

/* As the first version wrote it. */
static void a_database_of_an_older_version_is_brought_up_to_date(void **state)
{
	struct store *store = opened();
	struct text document = { 0 };
	struct alarm alarm;
	uint64_t raised;
	int64_t at_us;

	(void)state;
	tell(store, some_check(store, "x"), VERDICT_OK, VERDICT_CRITICAL);
	store_close(store);
	run_sql("DROP TABLE baselines; PRAGMA user_version = 1");
	store = opened();
	assert_false(store_has_lost(store));
	assert_true(store_recall(store, 1, &alarm, &raised));
	assert_int_equal(alarm.told, VERDICT_CRITICAL);
	store_set_baseline(store, 1, NOW, "as it is");
	store = opened_again(store);
	assert_true(store_baseline(store, 1, &at_us, &document));
	text_free(&document);
	store_close(store);
}

/* The agent's life in a child that dies at some call: alarms are raised and cleared, a sink
 * is told and acknowledges. What it was told it writes to `heard`. */
static void live(int heard)
{
	struct store *store = opened();
	struct event event;

	set_sinks(store, "log", NULL);
	for (unsigned i = 0; i < 12; i++) {
		uint32_t check = some_check(store, i % 2 ? "x" : "y");
		bool raised = i / 2 % 2;

		tell(store, check, raised ? VERDICT_CRITICAL : VERDICT_OK,
		     raised ? VERDICT_OK : VERDICT_CRITICAL);
		store_write(store, 0);
		while (i % 3 == 2 && store_untold(store, 0, 0, &event)) {
			uint8_t number = (uint8_t)event.number;

			assert_int_equal(write(heard, &number, 1), 1);
			store_acknowledge(store, 0, event.number);
		}
	}
	store_close(store);
}

struct sequence {
	uint64_t expected;
	unsigned raised;	/* a bit for each check: what the events add up to */
};

static void follow(void *arg, const struct event *event)
{
	struct sequence *sequence = arg;
	unsigned bit = 1u << event->check;

	if (sequence->expected)
		assert_true(event->number == sequence->expected - 1);
	sequence->expected = event->number;
	/* From the newest back: the first that speaks of a check decides. */
	if (!(sequence->raised & bit << 8))
		sequence->raised |= bit << 8 | (event->to != VERDICT_OK ? bit : 0);
}

static void expect_whole(struct store *store, const uint8_t *heard, size_t heard_count)
{
	struct sequence sequence = { 0 };
	struct event event;
	uint64_t told = 0;

	store_events(store, UINT64_MAX, 100, follow, &sequence);
	assert_true(sequence.expected <= 1);
	for (uint32_t check = 1; check <= 2; check++) {
		struct alarm alarm;
		uint64_t raised;
		bool known = store_recall(store, check, &alarm, &raised);

		assert_true((known && alarm.told != VERDICT_OK) ==
			    !!(sequence.raised & 1u << check));
		assert_true(!known || (raised != 0) == (alarm.told != VERDICT_OK));
	}
	for (size_t i = 1; i < heard_count; i++)
		assert_true(heard[i] >= heard[i - 1]);
	/* At most the last ones are told again, and none is left out. */
	set_sinks(store, "log", NULL);
	if (store_untold(store, 0, 0, &event))
		told = event.number;
	assert_true(!told || told <= (heard_count ? heard[heard_count - 1] : 0u) + 1);
}

static void whenever_it_dies_nothing_is_lost_and_nothing_is_half(void **state)
{
	for (unsigned from = 0, status = 1; status; from++) {
		uint8_t heard[64];
		int pipes[2];
		pid_t child;
		int ended;
		ssize_t length;

		assert_int_equal(pipe(pipes), 0);
		child = fork();
		if (!child) {
			fault_disk_set(DISK_DIES, from);
			live(pipes[1]);
			_exit(0);
		}
		close(pipes[1]);
		assert_int_equal(waitpid(child, &ended, 0), child);
		assert_true(WIFEXITED(ended));
		status = (unsigned)WEXITSTATUS(ended);
		length = read(pipes[0], heard, sizeof heard);
		close(pipes[0]);
		struct store *store = opened();
		assert_false(store_has_lost(store));
		expect_whole(store, heard, length > 0 ? (size_t)length : 0);
		store_close(store);
		store_remove_folder(state);
		store_make_folder(state);
		assert_true(from < 1000);
	}
}

static void whatever_call_fails_it_catches_up(void **state)
{
	static const enum disk_fault faults[] = { DISK_FULL, DISK_BROKEN };

	for (unsigned from = 0; from < 240; from++) {
		struct store *store = opened();
		uint32_t check = some_check(store, "x");

		set_sinks(store, "log", NULL);
		fault_disk_set(faults[from % 2], from / 2);
		for (unsigned i = 0; i < 8; i++) {
			tell(store, check, i % 2 ? VERDICT_CRITICAL : VERDICT_OK,
			     i % 2 ? VERDICT_OK : VERDICT_CRITICAL);
			store_write(store, (int64_t)i * 60 * CLOCK_SECOND);
		}
		fault_disk_set(DISK_SOUND, 0);
		assert_true(store_write(store, INT64_C(3600) * CLOCK_SECOND));
		store = opened_again(store);
		set_sinks(store, "log", NULL);
		expect_untold(store, 0, " 1 2 3 4 5 6 7 8", false);
		assert_false(store_has_lost(store));
		store_close(store);
		store_remove_folder(state);
		store_make_folder(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(on_a_full_disk_it_goes_on_in_memory_and_catches_up),
		STORE_TEST(so_it_does_when_the_disk_breaks),
		STORE_TEST(a_number_that_was_told_is_not_given_again),
		STORE_TEST(a_damaged_database_is_set_aside),
		STORE_TEST(it_is_written_when_a_disk_can_be_written_to_again),
		STORE_TEST(what_was_lost_is_known_when_nobody_could_say_so),
		STORE_TEST(without_the_numbers_it_does_not_begin),
		STORE_TEST(a_database_that_cannot_be_read_just_now_is_not_damaged),
		STORE_TEST(a_database_of_a_newer_version_is_left_alone),
		STORE_TEST(a_database_of_an_older_version_is_brought_up_to_date),
		STORE_TEST(whenever_it_dies_nothing_is_lost_and_nothing_is_half),
		STORE_TEST(whatever_call_fails_it_catches_up),
	};

	fault_disk_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
