/* SPDX-License-Identifier: Apache-2.0
 *
 * Good configuration and profile files, each damaged in a thousand ways, always the same
 * ones: nothing crashes, and whoever is told of a fault finds it.
 */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "agent/plan/tree.h"
#include "tests/fuzz/papers_for_fuzz.h"

enum { DAMAGES = 1000 };

static uint32_t next_number(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void load(const char *name, struct text *bytes)
{
	struct problems problems = { 0 };
	const char *source = getenv("top_srcdir");
	char file[512];

	snprintf(file, sizeof file, "%s/tests/fuzz/corpus/%s", source ? source : ".", name);
	assert_true(tree_load(file, bytes, &problems));
	problems_free(&problems);
}

static void flip_bytes(struct text *text, uint32_t *state)
{
	for (uint32_t i = next_number(state) % 4 + 1; i; i--)
		text->bytes[next_number(state) % text->length] ^=
			(char)(1 << next_number(state) % 8);
}

static void change_letters(struct text *text, uint32_t *state)
{
	static const char letters[] = "{}[]:,-'\"#&*!|>%@\t\n aA0_";

	for (uint32_t i = next_number(state) % 3 + 1; i; i--)
		text->bytes[next_number(state) % text->length] =
			letters[next_number(state) % (sizeof letters - 1)];
}

static void cut(struct text *text, uint32_t *state)
{
	text->length = next_number(state) % text->length;
}

static void cut_out(struct text *text, uint32_t *state)
{
	size_t from = next_number(state) % text->length;
	size_t length = next_number(state) % 40;

	length = length < text->length - from ? length : text->length - from;
	memmove(text->bytes + from, text->bytes + from + length, text->length - from - length);
	text->length -= length;
}

/* The begin and the end of the line behind some place. */
static size_t find_line(const struct text *text, uint32_t *state, size_t *end)
{
	size_t at = next_number(state) % text->length;

	while (at && text->bytes[at - 1] != '\n')
		at--;
	*end = at;
	while (*end < text->length && text->bytes[*end] != '\n')
		++*end;
	return at;
}

static void swap_lines(struct text *text, uint32_t *state)
{
	struct text swapped = { 0 };
	size_t ends[2], begins[2] = { find_line(text, state, &ends[0]),
				      find_line(text, state, &ends[1]) };
	size_t first = begins[0] < begins[1] ? 0 : 1, second = 1 - first;

	if (begins[0] == begins[1])
		return;
	text_add_bytes(&swapped, text->bytes, begins[first]);
	text_add_bytes(&swapped, text->bytes + begins[second], ends[second] - begins[second]);
	text_add_bytes(&swapped, text->bytes + ends[first], begins[second] - ends[first]);
	text_add_bytes(&swapped, text->bytes + begins[first], ends[first] - begins[first]);
	text_add_bytes(&swapped, text->bytes + ends[second], text->length - ends[second]);
	text_free(text);
	*text = swapped;
}

static void repeat_line(struct text *text, uint32_t *state)
{
	struct text repeated = { 0 };
	size_t end, begin = find_line(text, state, &end);

	text_add_bytes(&repeated, text->bytes, end);
	text_add_char(&repeated, '\n');
	text_add_bytes(&repeated, text->bytes + begin, text->length - begin);
	text_free(text);
	*text = repeated;
}

static void damage(struct text *text, uint32_t number)
{
	void (*const ways[])(struct text * text, uint32_t * state) = {
		flip_bytes, change_letters, cut, cut_out, swap_lines, repeat_line,
	};
	uint32_t state = number * 2654435761u;

	ways[number % 6](text, &state);
}

/* check_problems() aborts on a problem without a place. */
static void damage_and_read(const char *name,
			    void (*read)(const struct text *text, struct problems *problems))
{
	struct problems problems = { 0 };
	struct text good = { 0 };
	unsigned noticed = 0;

	load(name, &good);
	read(&good, &problems);
	assert_int_equal(problems.count, 0);
	for (uint32_t i = 0; i < DAMAGES; i++) {
		struct text bad = { 0 };

		text_add_bytes(&bad, good.bytes, good.length);
		damage(&bad, i);
		read(&bad, &problems);
		noticed += problems.count > 0;
		check_problems(&problems);
		text_free(&bad);
	}
	text_free(&good);
	/* Damage inside a sentence for people is none that can be noticed. */
	assert_true(noticed > DAMAGES / 2);
}

static void read_damaged_profile(const struct text *text, struct problems *problems)
{
	struct profiles *profiles = profiles_new();

	read_known_profiles(profiles, problems);
	profiles_read_bytes(profiles, "profiles/whole.yaml", text->bytes, text->length,
			    problems);
	profiles_settle(profiles, problems);
	profiles_free(profiles);
}

static void read_damaged_config(const struct text *text, struct problems *problems)
{
	struct profiles *profiles = profiles_new();
	struct config *config =
		config_read_bytes("ucposture.yaml", text->bytes, text->length, problems);

	read_known_profiles(profiles, problems);
	profiles_settle(profiles, problems);
	plan_free(plan_make(config, profiles, problems));
	profiles_free(profiles);
	config_free(config);
}

static void a_damaged_profile_is_read_without_harm(void **state)
{
	(void)state;
	damage_and_read("profile/whole", read_damaged_profile);
}

static void a_damaged_configuration_is_read_without_harm(void **state)
{
	(void)state;
	damage_and_read("config/whole", read_damaged_config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_damaged_profile_is_read_without_harm),
		cmocka_unit_test(a_damaged_configuration_is_read_without_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
