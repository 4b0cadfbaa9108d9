/* SPDX-License-Identifier: Apache-2.0
 *
 * What servers say that are broken, or mean us harm.
 */
#include "tests/unit/dns_messages.h"

#include <string.h>

enum { AT_COUNT = 6, AT_RECORDS = 12 + 13 + 4 };

#define NAME "pbx.example"

static const struct {
	const char *records;
	enum dns_type type;
	unsigned flags;
} answers[] = {
	{ NAME " 60 A 10.0.0.1; " NAME " 30 A 10.0.0.2; +. 0 OPT -", DNS_TYPE_A, FLAGS_REPLY },
	{ NAME " 60 AAAA 2001:db8::1", DNS_TYPE_AAAA, FLAGS_REPLY | FLAG_AD },
	{ NAME " 60 CNAME a.example; a.example 9 CNAME b.example; b.example 5 A 10.0.0.3",
	  DNS_TYPE_A, FLAGS_REPLY },
	{ "", DNS_TYPE_A, FLAGS_REPLY | DNS_RCODE_NXDOMAIN },
	{ NAME " 60 CNAME gone.example", DNS_TYPE_A, FLAGS_REPLY | DNS_RCODE_NXDOMAIN },
};

enum { ANSWERS = sizeof answers / sizeof *answers };

static void a_reply_cut_short_is_never_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < ANSWERS; i++) {
		const struct dns_question question = question_for(NAME, answers[i].type, 7);
		struct message message;

		message_answer(&message, &question, answers[i].flags, answers[i].records);
		for (size_t length = message.length; length-- > 0;) {
			message.length = length;
			message_is_heard_as(&message, &question,
					    length < AT_RECORDS ? DNS_HEARD_STRANGER
								: DNS_HEARD_MALFORMED);
		}
	}
}

static void a_changed_reply_is_read_within_its_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ANSWERS; i++) {
		const struct dns_question question = question_for(NAME, answers[i].type, 7);
		struct message message;

		message_answer(&message, &question, answers[i].flags, answers[i].records);
		for (size_t at = 0; at < message.length; at++) {
			uint8_t before = message.bytes[at];

			for (unsigned value = 0; value < 256; value++) {
				struct dns_reply reply;

				message.bytes[at] = (uint8_t)value;
				if (message_take(&message, &question, &reply) != DNS_HEARD_REPLY)
					assert_null(reply.addresses);
				assert_true(reply.count <= 2 && reply.alias_count <= 3);
				dns_reply_clear(&reply);
			}
			message.bytes[at] = before;
		}
	}
}

static void trailing_bytes_are_no_harm(void **state)
{
	const struct dns_question question = question_for(NAME, DNS_TYPE_A, 7);
	struct message message;

	(void)state;
	message_answer(&message, &question, FLAGS_REPLY, NAME " 60 A 10.0.0.1");
	memset(message.bytes + message.length, 0xc0, 9);
	message.length += 9;
	message_reads(&message, &question, "0 10.0.0.1 for 60s");
}

static void a_truncated_reply_says_nothing(void **state)
{
	const struct dns_question question = question_for(NAME, DNS_TYPE_A, 7);
	struct message message;

	(void)state;
	message_answer(&message, &question, FLAGS_REPLY | FLAG_TC, NAME " 60 A 10.0.0.1");
	message_is_heard_as(&message, &question, DNS_HEARD_TRUNCATED);
	message.length -= 3;
	message_is_heard_as(&message, &question, DNS_HEARD_TRUNCATED);
}

/* A record whose owner is what `bytes` say. */
static void owner_is(const char *bytes, size_t length, enum dns_heard expected)
{
	static const char tail[] = "\0\1\0\1\0\0\0\x3c\0\4\x0a\0\0\1";
	const struct dns_question question = question_for(NAME, DNS_TYPE_A, 7);
	struct message message;
	struct dns_reply reply;

	message_answer(&message, &question, FLAGS_REPLY, "");
	message.bytes[AT_COUNT + 1] = 1;
	memcpy(message.bytes + message.length, bytes, length);
	memcpy(message.bytes + message.length + length, tail, sizeof tail - 1);
	message.length += length + sizeof tail - 1;
	assert_int_equal(message_take(&message, &question, &reply), expected);
	dns_reply_clear(&reply);
}

static void pointers_that_do_not_lead_back_are_malformed(void **state)
{
	(void)state;
	owner_is("\xc0\x0c", 2, DNS_HEARD_REPLY);
	owner_is("\xc0\x10", 2, DNS_HEARD_REPLY);
	owner_is("\1a\xc0\x0c", 4, DNS_HEARD_REPLY);
	/* To itself, to its own label, forward, beyond the end, into the head. */
	owner_is("\xc0\x1d", 2, DNS_HEARD_MALFORMED);
	owner_is("\1a\xc0\x1d", 4, DNS_HEARD_MALFORMED);
	owner_is("\xc0\x1f", 2, DNS_HEARD_MALFORMED);
	owner_is("\xff\xff", 2, DNS_HEARD_MALFORMED);
	owner_is("\xc0\x00", 2, DNS_HEARD_MALFORMED);
	owner_is("\xc0\x0b", 2, DNS_HEARD_MALFORMED);
	/* RFC 6891 5: kinds of labels that nobody uses. */
	owner_is("\x41" "a", 2, DNS_HEARD_MALFORMED);
	owner_is("\x81" "a", 2, DNS_HEARD_MALFORMED);
}

/* A message of pointers, each to the one before it: long chains end, and soon. */
static void a_long_chain_of_pointers_is_malformed(void **state)
{
	const struct dns_question question = question_for(NAME, DNS_TYPE_A, 7);
	struct message message;
	struct writer out;

	(void)state;
	for (size_t count = 126; count <= 128; count++) {
		struct dns_reply reply;
		size_t at;

		message_answer(&message, &question, FLAGS_REPLY, "");
		writer_init(&out, message.bytes, sizeof message.bytes);
		out.length = message.length;
		writer_patch_u16be(&out, AT_COUNT, 2);
		writer_put_zeroes(&out, 9);
		writer_put_u16be(&out, (uint16_t)(2 * count));
		at = out.length;
		writer_put_u16be(&out, 0xc00c);
		for (size_t i = 1; i < count; i++)
			writer_put_u16be(&out, (uint16_t)(0xc000 | (at + 2 * i - 2)));
		writer_put_u16be(&out, (uint16_t)(0xc000 | (at + 2 * count - 4)));
		writer_put(&out, "\0\1\0\1\0\0\0\x3c\0\4\x0a\0\0\1", 14);
		message.length = out.length;
		assert_int_equal(message_take(&message, &question, &reply),
				 count < 128 ? DNS_HEARD_REPLY : DNS_HEARD_MALFORMED);
		assert_int_equal(reply.count, count < 128);
		dns_reply_clear(&reply);
	}
}

/* Two halves of 200 bytes, of which the second leads into the first. */
static void a_name_that_grows_too_long_is_malformed(void **state)
{
	char name[260];
	size_t length = 0;

	(void)state;
	while (length < 254) {
		name[length] = 1;
		name[length + 1] = 'a';
		length += 2;
	}
	name[length] = 0;
	owner_is(name, length + 1, DNS_HEARD_REPLY);
	memcpy(name + length, "\1a\0", 3);
	owner_is(name, length + 3, DNS_HEARD_MALFORMED);
	memcpy(name + length, "\xc0\x0c", 2);
	owner_is(name, length + 2, DNS_HEARD_MALFORMED);
}

static void data_of_another_size_is_malformed(void **state)
{
	const struct dns_question question = question_for(NAME, DNS_TYPE_A, 7);
	struct message message;

	(void)state;
	for (uint8_t width = 0; width < 8; width++) {
		message_answer(&message, &question, FLAGS_REPLY, NAME " 60 A 10.0.0.1");
		message.bytes[AT_RECORDS + 11] = width;
		message.length = AT_RECORDS + 12 + (size_t)width;
		if (width == 4)
			message_reads(&message, &question, "0 10.0.0.1 for 60s");
		else
			message_is_heard_as(&message, &question, DNS_HEARD_MALFORMED);
	}
	message_answer(&message, &question, FLAGS_REPLY, NAME " 60 CNAME a.example");
	message.bytes[AT_RECORDS + 11]++;
	message.length++;
	message_is_heard_as(&message, &question, DNS_HEARD_MALFORMED);
}

static void as_many_records_as_fit_are_read(void **state)
{
	const struct dns_question question = question_for(NAME, DNS_TYPE_A, 7);
	struct dns_reply reply;
	struct message message;
	enum { MOST = (MESSAGE_ROOM - AT_RECORDS) / 16 };

	(void)state;
	message_answer_many(&message, &question, MOST);
	assert_int_equal(message_take(&message, &question, &reply), DNS_HEARD_REPLY);
	assert_int_equal(reply.count, MOST);
	assert_true(reply.room < 2 * MOST);
	dns_reply_clear(&reply);
}

static void ten_thousand_records_that_are_not_there_are_malformed(void **state)
{
	const struct dns_question question = question_for(NAME, DNS_TYPE_A, 7);
	struct message message;

	(void)state;
	for (size_t section = 0; section < 3; section++) {
		message_answer(&message, &question, FLAGS_REPLY, NAME " 60 A 10.0.0.1");
		message.bytes[AT_COUNT + 2 * section] = 10000 >> 8;
		message.bytes[AT_COUNT + 2 * section + 1] = 10000 & 0xff;
		message_is_heard_as(&message, &question, DNS_HEARD_MALFORMED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_cut_short_is_never_one),
		cmocka_unit_test(a_changed_reply_is_read_within_its_bounds),
		cmocka_unit_test(trailing_bytes_are_no_harm),
		cmocka_unit_test(a_truncated_reply_says_nothing),
		cmocka_unit_test(pointers_that_do_not_lead_back_are_malformed),
		cmocka_unit_test(a_long_chain_of_pointers_is_malformed),
		cmocka_unit_test(a_name_that_grows_too_long_is_malformed),
		cmocka_unit_test(data_of_another_size_is_malformed),
		cmocka_unit_test(as_many_records_as_fit_are_read),
		cmocka_unit_test(ten_thousand_records_that_are_not_there_are_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
