/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/dns_messages.h"

#include <string.h>

enum { AT_RECORDS = 12 + 13 + 4 };

#define NAME "pbx.example"

static void says(unsigned flags, const char *records, const char *expected)
{
	const struct dns_question question = question_for(NAME, DNS_TYPE_A, 7);
	struct message message;

	message_answer(&message, &question, flags, records);
	message_reads(&message, &question, expected);
}

static void is_malformed(const char *records)
{
	const struct dns_question question = question_for(NAME, DNS_TYPE_A, 7);
	struct message message;

	message_answer(&message, &question, FLAGS_REPLY, records);
	message_is_heard_as(&message, &question, DNS_HEARD_MALFORMED);
}

static void a_question_is_what_the_rfcs_say(void **state)
{
	static const char expected[] = "\x12\x34\x01\x20\0\1\0\0\0\0\0\1\3pbx\7example\0\0\x1c\0\1"
				       "\0\0\x29\x04\xd0\0\0\0\0\0\0";
	struct dns_question question = question_for("PBX.example.", DNS_TYPE_AAAA, 0x1234);
	uint8_t room[300];
	struct writer out;

	(void)state;
	writer_init(&out, room, sizeof room);
	dns_put_question(&out, &question);
	assert_int_equal(out.length, sizeof expected - 1);
	assert_memory_equal(room, expected, sizeof expected - 1);
	question.plain = true;
	writer_clear(&out);
	dns_put_question(&out, &question);
	assert_int_equal(out.length, sizeof expected - 1 - 11);
	assert_int_equal(room[11], 0);
}

static void names_have_short_parts_and_a_bounded_length(void **state)
{
	static const char *const bad[] = { "", ".", "a..b", ".a", "a b", "a\\.b", "a\xc3\xbc",
					   "a.." };
	char name[260];
	struct dns_name parsed;
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		why = NULL;
		assert_false(dns_name_parse(bad[i], &parsed, &why));
		assert_non_null(why);
	}
	memset(name, 'a', sizeof name);
	name[63] = '\0';
	assert_true(dns_name_parse(name, &parsed, &why));
	name[63] = 'a';
	name[64] = '\0';
	assert_false(dns_name_parse(name, &parsed, &why));
	for (size_t i = 63; i < sizeof name; i += 64)
		name[i] = '.';
	name[64] = 'a';
	name[253] = '\0';
	assert_true(dns_name_parse(name, &parsed, &why));
	assert_int_equal(parsed.length, DNS_NAME_MOST);
	name[253] = '.';
	name[254] = '\0';
	assert_true(dns_name_parse(name, &parsed, &why));
	name[253] = 'a';
	assert_false(dns_name_parse(name, &parsed, &why));
}

static void bytes_that_would_mislead_are_told_as_numbers(void **state)
{
	const struct dns_name name = { .length = 10, .bytes = "\3a.\n\4b\\\xff\"" };
	const struct dns_name root = { .length = 1 };
	struct text text = { 0 };

	(void)state;
	dns_name_describe(&name, &text);
	assert_string_equal(text_string(&text), "a\\.\\010.b\\\\\\255\"");
	text_clear(&text);
	dns_name_describe(&root, &text);
	assert_string_equal(text_string(&text), ".");
	text_free(&text);
}

static void addresses_and_their_smallest_time_are_read(void **state)
{
	(void)state;
	says(FLAGS_REPLY, NAME " 60 A 10.0.0.1; " NAME " 30 A 10.0.0.2",
	     "0 10.0.0.1 10.0.0.2 for 30s");
	says(FLAGS_REPLY | FLAG_AD, NAME " 60 A 10.0.0.1", "0 verified 10.0.0.1 for 60s");
	/* RFC 2181 8 */
	says(FLAGS_REPLY, NAME " 2147483648 A 10.0.0.1", "0 10.0.0.1 for 0s");
}

static void a_name_without_addresses_is_an_answer(void **state)
{
	(void)state;
	says(FLAGS_REPLY, "", "0");
	says(FLAGS_REPLY | DNS_RCODE_NXDOMAIN, "", "3");
	says(FLAGS_REPLY | DNS_RCODE_SERVFAIL, "", "2");
	says(FLAGS_REPLY | 9, "", "6");
}

static void what_comes_with_a_failure_does_not_count(void **state)
{
	(void)state;
	says(FLAGS_REPLY | FLAG_AD | DNS_RCODE_REFUSED, "", "5");
	says(FLAGS_REPLY | FLAG_AD | DNS_RCODE_NXDOMAIN, "", "3 verified");
	says(FLAGS_REPLY | DNS_RCODE_SERVFAIL, NAME " 60 A 10.0.0.1", "2");
	says(FLAGS_REPLY | DNS_RCODE_NXDOMAIN, NAME " 60 A 10.0.0.1", "3");
}

static void aliases_are_followed_in_any_order(void **state)
{
	(void)state;
	says(FLAGS_REPLY,
	     NAME " 60 CNAME a.example; a.example 9 CNAME b.example; b.example 50 A 10.0.0.3",
	     "0 =a.example =b.example 10.0.0.3 for 9s");
	says(FLAGS_REPLY,
	     "b.example 50 A 10.0.0.3; a.example 9 CNAME b.example; " NAME " 60 CNAME A.example",
	     "0 =a.example =b.example 10.0.0.3 for 9s");
	says(FLAGS_REPLY | DNS_RCODE_NXDOMAIN, NAME " 60 CNAME gone.example",
	     "3 =gone.example for 60s");
}

static void what_was_not_asked_for_does_not_count(void **state)
{
	const struct dns_question question = question_for(NAME, DNS_TYPE_A, 7);
	struct message message;

	(void)state;
	says(FLAGS_REPLY, "other.example 1 A 10.9.9.9; " NAME " 60 A 10.0.0.1",
	     "0 10.0.0.1 for 60s");
	says(FLAGS_REPLY, "other.example 1 CNAME " NAME "; " NAME " 60 A 10.0.0.1",
	     "0 10.0.0.1 for 60s");
	/* Of an alias the name itself has no address. */
	says(FLAGS_REPLY, NAME " 60 CNAME a.example; " NAME " 60 A 10.9.9.9",
	     "0 =a.example for 60s");
	says(FLAGS_REPLY, NAME " 60 A 10.0.0.1; +" NAME " 1 A 10.9.9.9", "0 10.0.0.1 for 60s");
	message_answer(&message, &question, FLAGS_REPLY, NAME " 60 A 10.0.0.1");
	message.bytes[AT_RECORDS + 5] = 3;
	message_reads(&message, &question, "0");
}

static void aliases_that_lead_back_have_no_addresses(void **state)
{
	(void)state;
	says(FLAGS_REPLY, NAME " 60 CNAME " NAME, "0 =" NAME " circular for 60s");
	says(FLAGS_REPLY,
	     NAME " 60 CNAME a.example; a.example 60 CNAME " NAME "; " NAME " 1 A 10.0.0.1",
	     "0 =a.example =" NAME " circular for 60s");
	says(FLAGS_REPLY,
	     NAME " 60 CNAME a.example; a.example 9 CNAME b.example; b.example 9 CNAME a.example",
	     "0 =a.example =b.example =a.example circular for 9s");
}

static void contradicting_aliases_are_malformed(void **state)
{
	(void)state;
	is_malformed(NAME " 60 CNAME a.example; " NAME " 60 CNAME b.example");
	says(FLAGS_REPLY, NAME " 60 CNAME a.example; " NAME " 60 CNAME a.example",
	     "0 =a.example for 60s");
}

static void add_aliases(struct text *records, unsigned count)
{
	text_add(records, NAME " 60 CNAME n0.example");
	for (unsigned i = 1; i < count; i++)
		text_add_format(records, ";n%u.example 60 CNAME n%u.example", i - 1, i);
}

static void a_chain_without_end_is_malformed(void **state)
{
	const struct dns_question question = question_for(NAME, DNS_TYPE_A, 7);
	struct text records = { 0 };
	struct message message;
	struct dns_reply reply;

	(void)state;
	add_aliases(&records, DNS_ALIASES_MOST);
	message_answer(&message, &question, FLAGS_REPLY, text_string(&records));
	assert_int_equal(message_take(&message, &question, &reply), DNS_HEARD_REPLY);
	assert_int_equal(reply.alias_count, DNS_ALIASES_MOST);
	dns_reply_clear(&reply);
	text_clear(&records);
	add_aliases(&records, DNS_ALIASES_MOST + 1);
	is_malformed(text_string(&records));
	text_free(&records);
}

static void only_the_answer_to_our_question_is_one(void **state)
{
	const struct dns_question question = question_for(NAME, DNS_TYPE_A, 7);
	const struct dns_question others[] = {
		question_for(NAME, DNS_TYPE_A, 8),
		question_for(NAME, DNS_TYPE_AAAA, 7),
		question_for("pbx.exampl", DNS_TYPE_A, 7),
		question_for("pby.example", DNS_TYPE_A, 7),
	};
	static const unsigned flags[] = { FLAGS_REPLY & ~0x8000, FLAGS_REPLY | 0x0800 };
	struct message message;

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		message_answer(&message, &others[i], FLAGS_REPLY, "");
		message_is_heard_as(&message, &question, DNS_HEARD_STRANGER);
	}
	for (size_t i = 0; i < 2; i++) {
		message_answer(&message, &question, flags[i], "");
		message_is_heard_as(&message, &question, DNS_HEARD_STRANGER);
	}
	message_answer(&message, &question, FLAGS_REPLY, "");
	message.bytes[5] = 2;
	message_is_heard_as(&message, &question, DNS_HEARD_STRANGER);
	message.bytes[5] = 1;
	message.bytes[AT_RECORDS - 1] = 3;
	message_is_heard_as(&message, &question, DNS_HEARD_STRANGER);
}

static void servers_may_write_the_name_their_way(void **state)
{
	const struct dns_question question = question_for(NAME, DNS_TYPE_A, 7);
	struct message message;

	(void)state;
	message_answer(&message, &question, FLAGS_REPLY, NAME " 60 A 10.0.0.1");
	memcpy(message.bytes + 13, "PbX", 3);
	message_reads(&message, &question, "0 10.0.0.1 for 60s");
}

static void who_refuses_need_not_repeat_the_question(void **state)
{
	static const unsigned codes[] = { 0, 3, 1, 2, 4, 5 };
	const struct dns_question question = question_for(NAME, DNS_TYPE_A, 7);
	struct dns_reply reply;

	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		struct message message = { .length = 12 };

		message.bytes[1] = 7;
		message.bytes[2] = 0x80;
		message.bytes[3] = (uint8_t)codes[i];
		assert_int_equal(message_take(&message, &question, &reply),
				 i < 2 ? DNS_HEARD_STRANGER : DNS_HEARD_REPLY);
		assert_int_equal(reply.rcode, i < 2 ? 0 : codes[i]);
	}
}

/* Their lower four bits alone would be a NOERROR. */
static void long_codes_are_read_whole(void **state)
{
	(void)state;
	says(FLAGS_REPLY, "+. 16777216 OPT -", "6");
	says(FLAGS_REPLY, "+. 0 OPT -", "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_is_what_the_rfcs_say),
		cmocka_unit_test(names_have_short_parts_and_a_bounded_length),
		cmocka_unit_test(bytes_that_would_mislead_are_told_as_numbers),
		cmocka_unit_test(addresses_and_their_smallest_time_are_read),
		cmocka_unit_test(a_name_without_addresses_is_an_answer),
		cmocka_unit_test(what_comes_with_a_failure_does_not_count),
		cmocka_unit_test(aliases_are_followed_in_any_order),
		cmocka_unit_test(what_was_not_asked_for_does_not_count),
		cmocka_unit_test(aliases_that_lead_back_have_no_addresses),
		cmocka_unit_test(contradicting_aliases_are_malformed),
		cmocka_unit_test(a_chain_without_end_is_malformed),
		cmocka_unit_test(only_the_answer_to_our_question_is_one),
		cmocka_unit_test(servers_may_write_the_name_their_way),
		cmocka_unit_test(who_refuses_need_not_repeat_the_question),
		cmocka_unit_test(long_codes_are_read_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
