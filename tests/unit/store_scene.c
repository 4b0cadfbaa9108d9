/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/fault_disk.h"
#include "tests/unit/store_scene.h"

static char folder[64];

int store_make_folder(void **state)
{
	(void)state;
	/* Where syncing costs nothing: some tests write a thousand times. */
	snprintf(folder, sizeof folder, "%s/test_store.XXXXXX",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	assert_non_null(mkdtemp(folder));
	fault_disk_set(DISK_SOUND, 0);
	return 0;
}

int store_remove_folder(void **state)
{
	DIR *open = opendir(folder);
	const struct dirent *item;

	(void)state;
	fault_disk_set(DISK_SOUND, 0);
	while ((item = readdir(open)))
		if (item->d_name[0] != '.')
			unlinkat(dirfd(open), item->d_name, 0);
	closedir(open);
	rmdir(folder);
	return 0;
}

const char *store_folder(void)
{
	return folder;
}

struct store *opened(void)
{
	struct text said = { 0 };
	struct store *store = store_open(folder, &said);

	if (!store)
		print_error("%s", text_string(&said));
	assert_non_null(store);
	text_free(&said);
	return store;
}

struct store *opened_again(struct store *store)
{
	store_close(store);
	return opened();
}

uint64_t tell(struct store *store, uint32_t check, enum verdict from, enum verdict to)
{
	struct alarm alarm;
	struct event event = {
		.at_us = NOW,
		.kind = to == VERDICT_OK	? EVENT_CLEARED
			: from == VERDICT_OK	? EVENT_RAISED
						: EVENT_CHANGED,
		.from = (uint8_t)from,
		.to = (uint8_t)to,
		.target_name = "pbx",
		.check_name = "tls/tcp-443/versions",
		.title = "TLS 1.0 cannot be used",
		.observed = "TLS1.0 TLS1.2",
	};

	alarm_begin(&alarm);
	alarm.told = (uint8_t)to;
	store_record(store, check, &alarm, &event);
	return event.number;
}

uint32_t some_check(struct store *store, const char *name)
{
	return store_check_number(store, store_target_number(store, "pbx"), name);
}

void set_sinks(struct store *store, const char *first, const char *second)
{
	const char *names[] = { first, second };

	store_set_sinks(store, names, second ? 2 : first ? 1 : 0);
}

void expect_untold(struct store *store, size_t sink, const char *expected, bool acknowledges)
{
	struct text seen = { 0 };
	struct event event;
	uint64_t after = 0;

	while (store_untold(store, sink, after, &event)) {
		assert_true(event.number > after);
		assert_string_equal(event.target_name, "pbx");
		assert_string_equal(event.expected, "");
		after = event.number;
		text_add_format(&seen, " %u", (unsigned)event.number);
		if (acknowledges)
			store_acknowledge(store, sink, event.number);
	}
	assert_string_equal(text_string(&seen), expected);
	text_free(&seen);
}

static void collect(void *arg, const struct event *event)
{
	text_add_format(arg, " %u", (unsigned)event->number);
}

void expect_events(struct store *store, uint64_t before, size_t most, const char *expected)
{
	struct text seen = { 0 };

	store_events(store, before, most, collect, &seen);
	assert_string_equal(text_string(&seen), expected);
	text_free(&seen);
}
