/* SPDX-License-Identifier: Apache-2.0
 *
 * Each profile we ship, cut and changed at places all over it: nothing crashes, and whoever is
 * told of a fault finds it. With -DPLACES=1000000 that is at every byte, and takes half an hour.
 */
#include "tests/unit/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/plan/profile.h"
#include "agent/plan/tree.h"

#ifndef PLACES
#define PLACES 60
#endif

static bool names_a_profile(const char *name)
{
	size_t length = strlen(name);

	return length > 5 && !strcmp(name + length - 5, ".yaml");
}

static void load(const char *name, struct text *bytes)
{
	const char *source = getenv("top_srcdir");
	struct problems problems = { 0 };
	char path[512];

	snprintf(path, sizeof path, "%s/profiles/%s", source ? source : ".", name);
	assert_true(tree_load(path, bytes, &problems));
}

/* Whether something was said of it, beside the profile that all others extend; each problem has
 * its place. */
static bool read_and_look(const struct text *base, const char *file, const char *bytes,
			  size_t length)
{
	struct profiles *profiles = profiles_new();
	struct problems problems = { 0 };
	bool noticed;

	profiles_read_bytes(profiles, "uc-baseline.yaml", base->bytes, base->length, &problems);
	profiles_read_bytes(profiles, file, bytes, length, &problems);
	profiles_settle(profiles, &problems);
	profiles_find_unused(profiles, &problems);
	problems_sort(&problems);
	for (size_t i = 0; i < problems.count; i++) {
		assert_string_equal(problems.items[i].place.file, file);
		assert_true(problems.items[i].place.line && problems.items[i].place.column);
		assert_true(*problems.items[i].message);
	}
	noticed = problems.count;
	problems_free(&problems);
	profiles_free(profiles);
	return noticed;
}

static void damage(const struct text *base, const char *file, struct text *bytes)
{
	static const char letters[] = "{}[]:,-'\"#&*!|>%@\t\n\xff";
	size_t step = bytes->length / PLACES + 1;
	unsigned noticed = 0;

	if (read_and_look(base, file, bytes->bytes, bytes->length))
		fail_msg("something is wrong with %s", file);
	for (size_t at = 0; at < bytes->length; at += step) {
		char kept = bytes->bytes[at];

		read_and_look(base, file, bytes->bytes, at);
		bytes->bytes[at] = letters[at % (sizeof letters - 1)];
		noticed += read_and_look(base, file, bytes->bytes, bytes->length);
		bytes->bytes[at] = kept;
	}
	/* Most of a profile is sentences, in which nothing is wrong. */
	assert_true(noticed > 0);
}

static void profiles_we_ship_are_read_without_harm_when_damaged(void **state)
{
	const char *source = getenv("top_srcdir");
	struct text base = { 0 };
	struct dirent *item;
	unsigned count = 0;
	char path[512];
	DIR *folder;

	(void)state;
	load("uc-baseline.yaml", &base);
	snprintf(path, sizeof path, "%s/profiles", source ? source : ".");
	folder = opendir(path);
	assert_non_null(folder);
	while ((item = readdir(folder))) {
		struct text bytes = { 0 };

		if (!names_a_profile(item->d_name))
			continue;
		load(item->d_name, &bytes);
		damage(&base, item->d_name, &bytes);
		text_free(&bytes);
		count++;
	}
	closedir(folder);
	text_free(&base);
	assert_true(count >= 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(profiles_we_ship_are_read_without_harm_when_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
