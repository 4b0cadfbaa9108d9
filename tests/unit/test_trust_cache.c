/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/certificate/trust_cache.h"
#include "ground/memory.h"
#include "tests/unit/unit.h"

struct key {
	uint8_t bytes[TRUST_KEY_BYTES];
};

/* Keys whose first eight bytes are the same fall into one bucket. */
static struct key key_of(uint32_t number, bool crowded)
{
	struct key key = { { 0 } };

	memcpy(key.bytes + (crowded ? 8 : 0), &number, sizeof number);
	return key;
}

static void put(struct trust_cache *cache, uint32_t number, bool crowded, size_t bytes)
{
	struct key key = key_of(number, crowded);
	uint32_t *item = memory_new(1, sizeof *item);

	*item = number;
	trust_cache_put(cache, key.bytes, item, bytes);
}

static bool has(struct trust_cache *cache, uint32_t number, bool crowded)
{
	struct key key = key_of(number, crowded);
	const uint32_t *item = trust_cache_get(cache, key.bytes);

	if (item)
		assert_int_equal(*item, number);
	return item;
}

static void what_was_put_is_found(void **state)
{
	(void)state;
	for (int crowded = 0; crowded < 2; crowded++) {
		struct trust_cache *cache = trust_cache_new(1000, SIZE_MAX, free);

		for (uint32_t i = 0; i < 1000; i++) {
			assert_false(has(cache, i, crowded));
			put(cache, i, crowded, 1);
		}
		trust_cache_trim(cache);
		for (uint32_t i = 0; i < 1000; i++)
			assert_true(has(cache, i, crowded));
		trust_cache_free(cache);
	}
}

static void those_not_asked_for_longest_go(void **state)
{
	(void)state;
	for (int crowded = 0; crowded < 2; crowded++) {
		struct trust_cache *cache = trust_cache_new(100, SIZE_MAX, free);

		for (uint32_t i = 0; i < 100; i++)
			put(cache, i, crowded, 1);
		for (uint32_t i = 0; i < 100; i += 2)
			assert_true(has(cache, i, crowded));
		for (uint32_t i = 100; i < 150; i++)
			put(cache, i, crowded, 1);
		assert_true(has(cache, 1, crowded));	/* nothing goes before trimming */
		trust_cache_trim(cache);
		for (uint32_t i = 100; i < 150; i++)
			assert_true(has(cache, i, crowded));
		assert_true(has(cache, 1, crowded));
		assert_false(has(cache, 0, crowded));
		for (uint32_t i = 2; i < 100; i++)
			assert_int_equal(has(cache, i, crowded), i % 2 == 0);
		trust_cache_free(cache);
	}
}

static void bytes_are_bounded_too(void **state)
{
	struct trust_cache *cache = trust_cache_new(1000, 100, free);

	(void)state;
	for (uint32_t i = 0; i < 10; i++)
		put(cache, i, false, 10);
	trust_cache_trim(cache);
	assert_true(has(cache, 0, false));
	put(cache, 10, false, 11);
	trust_cache_trim(cache);
	assert_true(has(cache, 0, false));	/* asked for just now */
	assert_false(has(cache, 1, false));
	assert_false(has(cache, 2, false));
	assert_true(has(cache, 3, false));
	put(cache, 11, false, 101);
	trust_cache_trim(cache);
	assert_false(has(cache, 11, false));
	assert_false(has(cache, 0, false));
	trust_cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_found),
		cmocka_unit_test(those_not_asked_for_longest_go),
		cmocka_unit_test(bytes_are_bounded_too),
	};
	return cmocka_run_group_tests_name("trust_cache", tests, NULL, NULL);
}
