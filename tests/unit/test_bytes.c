/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <string.h>

#include "net/bytes.h"

static void numbers_come_back_as_they_were_put(void **state)
{
	struct writer out;
	struct reader in;

	(void)state;
	writer_grow_up_to(&out, 1000);
	writer_put_u8(&out, 0x12);
	writer_put_u16be(&out, 0x1234);
	writer_put_u16le(&out, 0x1234);
	writer_put_u24be(&out, 0x123456);
	writer_put_u32be(&out, 0x12345678);
	writer_put_u32le(&out, 0x12345678);
	writer_put_u64be(&out, UINT64_C(0x123456789abcdef0));
	writer_put_u64le(&out, UINT64_C(0x123456789abcdef0));
	assert_true(writer_ok(&out));
	assert_int_equal(out.length, 1 + 2 + 2 + 3 + 4 + 4 + 8 + 8);
	assert_int_equal(out.bytes[1], 0x12);
	assert_int_equal(out.bytes[3], 0x34);
	reader_init(&in, out.bytes, out.length);
	assert_int_equal(reader_take_u8(&in), 0x12);
	assert_int_equal(reader_take_u16be(&in), 0x1234);
	assert_int_equal(reader_take_u16le(&in), 0x1234);
	assert_int_equal(reader_take_u24be(&in), 0x123456);
	assert_int_equal(reader_take_u32be(&in), 0x12345678);
	assert_int_equal(reader_take_u32le(&in), 0x12345678);
	assert_true(reader_take_u64be(&in) == UINT64_C(0x123456789abcdef0));
	assert_true(reader_take_u64le(&in) == UINT64_C(0x123456789abcdef0));
	assert_true(reader_ok(&in));
	assert_int_equal(reader_left(&in), 0);
	writer_free(&out);
}

static void a_reader_that_wanted_too_much_stays_failed(void **state)
{
	struct reader in;

	(void)state;
	reader_init(&in, "abc", 3);
	assert_int_equal(reader_take_u32be(&in), 0);
	assert_false(reader_ok(&in));
	assert_int_equal(reader_left(&in), 0);
	assert_int_equal(reader_take_u8(&in), 0);
	assert_null(reader_take(&in, 0));
	assert_false(reader_take_if(&in, "a", 1));
}

static void an_absurd_length_is_refused(void **state)
{
	struct reader in, part;

	(void)state;
	reader_init(&in, "abc", 3);
	reader_skip(&in, 1);
	part = reader_part(&in, SIZE_MAX);
	assert_false(reader_ok(&part));
	assert_false(reader_ok(&in));
}

static void a_part_cannot_reach_beyond_its_end(void **state)
{
	struct reader in, part;

	(void)state;
	reader_init(&in, "abcdef", 6);
	part = reader_part(&in, 2);
	assert_int_equal(reader_take_u16be(&part), 0x6162);
	assert_int_equal(reader_take_u8(&part), 0);
	assert_false(reader_ok(&part));
	assert_int_equal(reader_take_u8(&in), 'c');
	assert_true(reader_ok(&in));
}

static void a_line_is_taken_only_when_its_end_has_come(void **state)
{
	const char *line;
	size_t length;
	struct reader in;

	(void)state;
	reader_init(&in, "one\r\ntwo\n\nthree", 15);
	assert_true(reader_take_line(&in, &line, &length));
	assert_int_equal(length, 3);
	assert_memory_equal(line, "one", 3);
	assert_true(reader_take_line(&in, &line, &length));
	assert_memory_equal(line, "two", 3);
	assert_true(reader_take_line(&in, &line, &length));
	assert_int_equal(length, 0);
	assert_false(reader_take_line(&in, &line, &length));
	assert_true(reader_take_if(&in, "three", 5));
}

static void a_writer_never_passes_its_limit(void **state)
{
	uint8_t room[4] = { 0 };
	struct writer fixed, growing;

	(void)state;
	writer_init(&fixed, room, 3);
	writer_put_u16be(&fixed, 0xaaaa);
	writer_put_u16be(&fixed, 0xbbbb);
	assert_false(writer_ok(&fixed));
	assert_int_equal(fixed.length, 2);
	assert_int_equal(room[3], 0);
	writer_grow_up_to(&growing, 1000);
	for (int i = 0; i < 300; i++)
		writer_put_u32be(&growing, 1);
	assert_false(writer_ok(&growing));
	assert_int_equal(growing.length, 1000);
	writer_free(&growing);
}

static void a_length_is_patched_in_later(void **state)
{
	uint8_t room[16];
	struct writer out;

	(void)state;
	writer_init(&out, room, sizeof room);
	writer_put_u8(&out, 1);
	writer_put_zeroes(&out, 9);
	writer_patch_u16be(&out, 1, 0x0102);
	writer_patch_u24be(&out, 3, 0x030405);
	writer_patch_u32le(&out, 6, 0x09080706);
	assert_memory_equal(room, "\1\1\2\3\4\5\6\7\10\11", 10);
	writer_patch_u32be(&out, 6, 0x06070809);
	assert_memory_equal(room + 6, "\6\7\10\11", 4);
	writer_drop_front(&out, 3);
	assert_int_equal(out.length, 7);
	assert_int_equal(room[0], 3);
}

static void a_formatted_line_that_does_not_fit_fails(void **state)
{
	uint8_t room[2000];
	char wide[1500];
	struct writer out;

	(void)state;
	memset(wide, 'x', sizeof wide - 1);
	wide[sizeof wide - 1] = '\0';
	writer_init(&out, room, sizeof room);
	writer_put_format(&out, "%s %d", "SIP", 200);
	assert_memory_equal(room, "SIP 200", 7);
	writer_put_format(&out, "%s", wide);
	assert_false(writer_ok(&out));
}

/* A sanitizer knows better than to count from NULL. */
static void nothing_can_be_taken_of_nothing_and_put_nowhere(void **state)
{
	struct writer writer;
	struct reader reader;

	(void)state;
	reader_init(&reader, NULL, 0);
	assert_null(reader_take(&reader, 0));
	assert_true(reader_ok(&reader));
	writer_grow_up_to(&writer, 16);
	writer_put(&writer, reader_take(&reader, 0), 0);
	assert_true(writer_ok(&writer));
	assert_int_equal(writer.length, 0);
	assert_null(reader_take(&reader, 1));
	assert_false(reader_ok(&reader));
	writer_free(&writer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_come_back_as_they_were_put),
		cmocka_unit_test(a_reader_that_wanted_too_much_stays_failed),
		cmocka_unit_test(an_absurd_length_is_refused),
		cmocka_unit_test(a_part_cannot_reach_beyond_its_end),
		cmocka_unit_test(a_line_is_taken_only_when_its_end_has_come),
		cmocka_unit_test(a_writer_never_passes_its_limit),
		cmocka_unit_test(a_length_is_patched_in_later),
		cmocka_unit_test(a_formatted_line_that_does_not_fit_fails),
		cmocka_unit_test(nothing_can_be_taken_of_nothing_and_put_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
