/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/dns_messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLASS_IN = 1, AT_QUESTION = 12, POINTER = 0xc000, LINE_MOST = 2048 };

static const struct {
	const char *word;
	enum dns_type type;
} types[] = {
	{ "A", DNS_TYPE_A },
	{ "AAAA", DNS_TYPE_AAAA },
	{ "CNAME", DNS_TYPE_CNAME },
	{ "OPT", DNS_TYPE_OPT },
};

static enum dns_type type_of(const char *word)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (!strcmp(types[i].word, word))
			return types[i].type;
	fail_msg("no such type: %s", word);
	return DNS_TYPE_A;
}

struct dns_question question_for(const char *name, enum dns_type type, uint16_t id)
{
	struct dns_question question = { .id = id, .type = type };
	const char *why;

	assert_true(dns_name_parse(name, &question.name, &why));
	return question;
}

/* As a pointer to the question where it is the same. */
static void put_name(struct writer *out, const struct dns_question *question, const char *string)
{
	struct dns_name name = { .length = 1 };
	const char *why;

	if (strcmp(string, ".") != 0)
		assert_true(dns_name_parse(string, &name, &why));
	if (name.length == question->name.length &&
	    !memcmp(name.bytes, question->name.bytes, name.length))
		writer_put_u16be(out, POINTER | AT_QUESTION);
	else
		writer_put(out, name.bytes, name.length);
}

static void put_data(struct writer *out, const struct dns_question *question,
		     enum dns_type type, const char *data)
{
	struct address address;

	if (type == DNS_TYPE_CNAME) {
		put_name(out, question, data);
	} else if (type != DNS_TYPE_OPT) {
		assert_true(address_parse(data, &address));
		writer_put(out, address.bytes, address.family == 6 ? 16 : 4);
	}
}

static bool put_record(struct writer *out, const struct dns_question *question,
		       const char *record)
{
	char owner[300], type_word[8], data[300];
	unsigned ttl;
	enum dns_type type;
	size_t at;

	assert_int_equal(sscanf(record, " %299s %u %7s %299s", owner, &ttl, type_word, data), 4);
	type = type_of(type_word);
	if ((type == DNS_TYPE_A || type == DNS_TYPE_AAAA) && type != question->type)
		return false;
	put_name(out, question, owner);
	writer_put_u16be(out, (uint16_t)type);
	writer_put_u16be(out, CLASS_IN);
	writer_put_u32be(out, ttl);
	at = out->length;
	writer_put_zeroes(out, 2);
	put_data(out, question, type, data);
	writer_patch_u16be(out, at, (uint16_t)(out->length - at - 2));
	return true;
}

static void begin(struct writer *out, struct message *message,
		  const struct dns_question *question, unsigned flags)
{
	writer_init(out, message->bytes, sizeof message->bytes);
	writer_put_u16be(out, question->id);
	writer_put_u16be(out, (uint16_t)flags);
	writer_put_u16be(out, 1);
	writer_put_zeroes(out, 6);
	writer_put(out, question->name.bytes, question->name.length);
	writer_put_u16be(out, (uint16_t)question->type);
	writer_put_u16be(out, CLASS_IN);
}

static void end(const struct writer *out, struct message *message)
{
	assert_true(writer_ok(out));
	message->length = out->length;
}

void message_answer(struct message *message, const struct dns_question *question,
		    unsigned flags, const char *records)
{
	uint16_t answers = 0, additional = 0;
	char line[LINE_MOST], *rest = line, *record;
	struct writer out;

	begin(&out, message, question, flags);
	assert_true(strlen(records) < sizeof line);
	memcpy(line, records, strlen(records) + 1);
	while ((record = strsep(&rest, ";"))) {
		bool more = *(record += strspn(record, " ")) == '+';

		if (*record && put_record(&out, question, record + more))
			++*(more ? &additional : &answers);
	}
	writer_patch_u16be(&out, 6, answers);
	writer_patch_u16be(&out, 10, additional);
	end(&out, message);
}

void message_answer_many(struct message *message, const struct dns_question *question,
			 size_t count)
{
	struct writer out;

	begin(&out, message, question, FLAGS_REPLY);
	writer_patch_u16be(&out, 6, (uint16_t)count);
	for (size_t i = 0; i < count; i++) {
		writer_put_u16be(&out, POINTER | AT_QUESTION);
		writer_put_u16be(&out, (uint16_t)question->type);
		writer_put_u16be(&out, CLASS_IN);
		writer_put_u32be(&out, 60);
		writer_put_u16be(&out, question->type == DNS_TYPE_A ? 4 : 16);
		if (question->type == DNS_TYPE_AAAA)
			writer_put_zeroes(&out, 12);
		writer_put_u32be(&out, 0x0a000000u + (uint32_t)i);
	}
	end(&out, message);
}

bool message_read_question(const uint8_t *bytes, size_t length, struct dns_question *question)
{
	struct reader in;
	uint8_t width;

	*question = (struct dns_question){ 0 };
	reader_init(&in, bytes, length);
	question->id = reader_take_u16be(&in);
	reader_skip(&in, 8);
	question->plain = !reader_take_u16be(&in);
	do {
		width = reader_take_u8(&in);
		question->name.bytes[question->name.length++] = width;
		for (uint8_t i = 0; i < width; i++)
			question->name.bytes[question->name.length++] = reader_take_u8(&in);
	} while (width && reader_ok(&in));
	question->type = (enum dns_type)reader_take_u16be(&in);
	return reader_ok(&in);
}

enum dns_heard message_take(const struct message *message, const struct dns_question *question,
			   struct dns_reply *reply)
{
	/* Of exactly that size, so that a sanitizer sees every step beyond it. */
	uint8_t *copy = malloc(message->length + 1);
	struct reader in;

	memcpy(copy + 1, message->bytes, message->length);
	reader_init(&in, copy + 1, message->length);
	enum dns_heard heard = dns_take_reply(&in, question, reply);
	free(copy);
	return heard;
}

static void describe(const struct dns_reply *reply, struct text *out)
{
	char string[ADDRESS_ROOM];

	text_add_format(out, "%d", (int)reply->rcode);
	if (reply->authenticated)
		text_add(out, " verified");
	for (size_t i = 0; i < reply->alias_count; i++) {
		text_add(out, " =");
		dns_name_describe(&reply->aliases[i], out);
	}
	if (reply->circular)
		text_add(out, " circular");
	for (size_t i = 0; i < reply->count; i++) {
		address_format(&reply->addresses[i], string);
		text_add_format(out, " %s", string);
	}
	if (reply->has_ttl)
		text_add_format(out, " for %us", reply->ttl_seconds);
}

void message_reads(const struct message *message, const struct dns_question *question,
		  const char *expected)
{
	struct text text = { 0 };
	struct dns_reply reply;

	assert_int_equal(message_take(message, question, &reply), DNS_HEARD_REPLY);
	describe(&reply, &text);
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
	dns_reply_clear(&reply);
}

void message_is_heard_as(const struct message *message, const struct dns_question *question,
			enum dns_heard expected)
{
	struct dns_reply reply;

	assert_int_equal(message_take(message, question, &reply), expected);
	assert_null(reply.addresses);
	assert_int_equal(reply.alias_count, 0);
}
