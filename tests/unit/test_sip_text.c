/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/sip_text.h"

static void assert_text(struct sip_text text, const char *expected)
{
	if (!expected) {
		assert_null(text.bytes);
		return;
	}
	assert_non_null(text.bytes);
	assert_int_equal(text.length, strlen(expected));
	assert_memory_equal(text.bytes, expected, text.length);
}

static void assert_said(const char *string, const char *expected)
{
	struct text out = { 0 };

	sip_text_say(sip_text_of(string), &out);
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
}

static void a_field_goes_on_in_lines_that_begin_with_a_blank(void **state)
{
	struct sip_text rest = sip_text_of("Subject: I know\r\n you're\r\n\tthere\r\n"
					   "no field\r\nX:\r\nServer : a:b \nl:0");
	struct sip_text name, value;

	(void)state;
	assert_true(sip_take_field(&rest, &name, &value));
	assert_text(name, "Subject");
	assert_text(value, "I know\r\n you're\r\n\tthere");
	assert_true(sip_take_field(&rest, &name, &value));
	assert_text(name, "X");
	assert_text(value, "");
	assert_true(sip_take_field(&rest, &name, &value));
	assert_text(name, "Server");
	assert_text(value, "a:b");
	assert_true(sip_take_field(&rest, &name, &value));
	assert_text(name, "l");
	assert_text(value, "0");
	assert_false(sip_take_field(&rest, &name, &value));
}

static void a_fold_is_said_as_one_blank(void **state)
{
	(void)state;
	assert_said("I know\r\n   you\n\tthere", "I know you there");
	assert_said("", "");
	assert_said("a\r", "a ");
}

static void quotes_are_not_said(void **state)
{
	(void)state;
	assert_said("\"pbx \\\"one\\\"\"", "pbx \"one\"");
	assert_said("\"", "\"");
	assert_said("\"\"", "");
	assert_said("\"open", "\"open");
	assert_said("\"ends in \\\"", "ends in \\");
}

static void a_list_is_divided_only_where_nothing_is_quoted(void **state)
{
	struct sip_text rest = sip_text_of("\"a, \\\"b\" <sip:a@x,y;q=\"1>, ,c;d=\"e,f\",g");
	struct sip_text part;

	(void)state;
	assert_true(sip_take_part(&rest, ',', &part));
	assert_text(part, "\"a, \\\"b\" <sip:a@x,y;q=\"1>");
	assert_true(sip_take_part(&rest, ',', &part));
	assert_text(part, "");
	assert_true(sip_take_part(&rest, ',', &part));
	assert_text(part, "c;d=\"e,f\"");
	assert_true(sip_take_part(&rest, ',', &part));
	assert_text(part, "g");
	assert_false(sip_take_part(&rest, ',', &part));
}

static void what_is_opened_and_not_closed_ends_with_the_text(void **state)
{
	static const char *const strings[] = { "\"a,b", "<a,b", "\"a\\", "<\"a,b>\"", "\"a\\\",b" };

	(void)state;
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
		struct sip_text rest = sip_text_of(strings[i]), part;

		assert_true(sip_take_part(&rest, ',', &part));
		assert_int_equal(rest.length, 0);
	}
}

static void parameters_are_found_by_name(void **state)
{
	const struct sip_text some = sip_text_of(" a ; Branch = z9 ;rport;b=\"x;tag=1\";tag=2");

	(void)state;
	assert_text(sip_parameter(some, ';', "branch"), "z9");
	assert_text(sip_parameter(some, ';', "rport"), "");
	assert_text(sip_parameter(some, ';', "tag"), "2");
	assert_text(sip_parameter(some, ';', "a"), "");
	assert_text(sip_parameter(some, ';', "port"), NULL);
	assert_text(sip_parameter((struct sip_text){ 0 }, ';', "port"), NULL);
}

static void an_address_has_parameters_of_its_own(void **state)
{
	static const struct {
		const char *value, *uri, *tag;
	} cases[] = {
		{ "<sip:a@b;tag=in>;tag=out", "sip:a@b;tag=in", "out" },
		{ "sip:a@b;tag=out", "sip:a@b", "out" },
		{ "\"<no> A. Bell\" <sip:a@b> ; Tag = out", "sip:a@b", "out" },
		{ "A. Bell <sip:a@b>", "sip:a@b", NULL },
		{ "<sip:a@b", "sip:a@b", NULL },
		{ "<>;tag=1", "", "1" },
		{ ";tag=1", "", "1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_text(sip_uri(sip_text_of(cases[i].value)), cases[i].uri);
		assert_text(sip_field_parameter(sip_text_of(cases[i].value), "tag"),
			    cases[i].tag);
	}
	assert_text(sip_uri((struct sip_text){ 0 }), NULL);
	assert_text(sip_field_parameter((struct sip_text){ 0 }, "tag"), NULL);
}

static void a_port_is_behind_the_colon_that_is_not_in_brackets(void **state)
{
	static const struct {
		const char *text, *host, *port;
	} cases[] = {
		{ "10.0.0.1", "10.0.0.1", NULL },
		{ "10.0.0.1 : 5060", "10.0.0.1", "5060" },
		{ "[::1]", "[::1]", NULL },
		{ "[::1]:5060", "[::1]", "5060" },
		{ "[::1", "[::1", NULL },
		{ ":", "", "" },
		{ "", "", NULL },
	};
	struct sip_text host, port;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sip_split_port(sip_text_of(cases[i].text), &host, &port);
		assert_text(host, cases[i].host);
		assert_text(port, cases[i].port);
	}
}

static void an_address_is_read_with_and_without_brackets(void **state)
{
	static const char *const none[] = {
		"", "[]", "[", "pbx.example", "fe80::1%1", "[10.0.0.1", "1.2.3",
		"1111111111111111111111111111111111111111111111111111111111111111111111111"
	};
	struct address address, expected;

	(void)state;
	assert_true(address_parse("2001:db8::1", &expected));
	assert_true(sip_text_address(sip_text_of("[2001:DB8:0::1]"), &address));
	assert_true(address_same_host(&address, &expected));
	assert_true(sip_text_address(sip_text_of("2001:db8::1"), &address));
	assert_true(address_same_host(&address, &expected));
	assert_true(sip_text_address(sip_text_of("10.0.0.1"), &address));
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_false(sip_text_address(sip_text_of(none[i]), &address));
	assert_false(sip_text_address((struct sip_text){ 0 }, &address));
	assert_false(sip_text_address((struct sip_text){ "1.2.3.4\0", 8 }, &address));
}

static void a_number_is_digits_that_fit(void **state)
{
	static const char *const none[] = { "", "-1", "+1", "1 2", "0x1", "4294967296",
					    "99999999999999999999999999999" };
	uint32_t number;

	(void)state;
	assert_true(sip_text_number(sip_text_of("4294967295"), &number));
	assert_true(number == UINT32_MAX);
	assert_true(sip_text_number(sip_text_of("0000000000000000000007"), &number));
	assert_int_equal(number, 7);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_false(sip_text_number(sip_text_of(none[i]), &number));
}

static void a_token_has_no_other_characters(void **state)
{
	static const char *const none[] = { "", "a b", "a/b", "a\x1b", "\"a\"", "a\xc3\xa4",
					    "a=b" };

	(void)state;
	assert_true(sip_text_is_token(sip_text_of("INVITE")));
	assert_true(sip_text_is_token(sip_text_of("-.!%*_+`'~9")));
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_false(sip_text_is_token(sip_text_of(none[i])));
	assert_false(sip_text_is_token((struct sip_text){ "a\0b", 3 }));
}

/* In a block of its very size, so that a sanitizer sees a step beyond its end. */
static void every_change_of_a_byte_stays_within_the_text(void **state)
{
	static const char sample[] = "\"A, B\" <sip:a@[::1]:5;x=\"y\">;tag=\"a\\\"b\";c, d;e=f";
	char *copy = malloc(sizeof sample - 1);

	(void)state;
	for (size_t at = 0; at < sizeof sample - 1; at++) {
		for (unsigned c = 0; c < 256; c++) {
			struct sip_text whole = { copy, sizeof sample - 1 }, rest = whole, part;
			size_t length = 0;

			memcpy(copy, sample, sizeof sample - 1);
			copy[at] = (char)c;
			while (sip_take_part(&rest, ',', &part)) {
				assert_true(part.bytes >= copy);
				length += part.length;
			}
			assert_true(length <= whole.length);
			part = sip_uri(whole);
			assert_true(part.length <= whole.length);
			part = sip_field_parameter(whole, "tag");
			assert_true(!part.bytes || part.bytes + part.length <=
							   copy + whole.length);
		}
	}
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_goes_on_in_lines_that_begin_with_a_blank),
		cmocka_unit_test(a_fold_is_said_as_one_blank),
		cmocka_unit_test(quotes_are_not_said),
		cmocka_unit_test(a_list_is_divided_only_where_nothing_is_quoted),
		cmocka_unit_test(what_is_opened_and_not_closed_ends_with_the_text),
		cmocka_unit_test(parameters_are_found_by_name),
		cmocka_unit_test(an_address_has_parameters_of_its_own),
		cmocka_unit_test(a_port_is_behind_the_colon_that_is_not_in_brackets),
		cmocka_unit_test(an_address_is_read_with_and_without_brackets),
		cmocka_unit_test(a_number_is_digits_that_fit),
		cmocka_unit_test(a_token_has_no_other_characters),
		cmocka_unit_test(every_change_of_a_byte_stays_within_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
