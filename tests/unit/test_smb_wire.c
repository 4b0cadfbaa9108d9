/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/wire/smb/samples.h"

/* Where fields of a framed reply lie. */
enum {
	AT_SMB2_STATUS = FRAME_BYTES + 8,
	AT_SMB2_COMMAND = FRAME_BYTES + 12,
	AT_SMB2_FLAGS = FRAME_BYTES + 16,
	AT_SMB2_NEXT = FRAME_BYTES + 20,
	AT_SMB2_MODE = FRAME_BYTES + 66,
	AT_SMB2_DIALECT = FRAME_BYTES + 68,
	AT_SMB2_CONTEXTS = FRAME_BYTES + 70,
	AT_SMB2_TIME = FRAME_BYTES + 104,
	AT_SMB2_BLOB_LENGTH = FRAME_BYTES + 122,
	AT_SMB2_CONTEXTS_AT = FRAME_BYTES + 124,
	AT_SMB1_STATUS = FRAME_BYTES + 5,
	AT_SMB1_WORDS = FRAME_BYTES + 32,
	AT_SMB1_DIALECT = FRAME_BYTES + 33,
	AT_SMB1_MODE = FRAME_BYTES + 35
};

/* Recorded from smbd in each of its modes; see tests/wire/smb/record.sh. */
static const struct {
	const char *server, *question;
	enum smb_answer answer;
	uint16_t dialect;
	bool enabled, required, encryption;
} recorded[] = {
	{ "auto", "all", SMB_ACCEPTED_SMB2, SMB_3_1_1, true, false, true },
	{ "auto", "up_to_3_0_2", SMB_ACCEPTED_SMB2, SMB_3_0_2, true, false, true },
	{ "auto", "up_to_3_0", SMB_ACCEPTED_SMB2, SMB_3_0, true, false, true },
	{ "auto", "up_to_2_1", SMB_ACCEPTED_SMB2, SMB_2_1, true, false, false },
	{ "auto", "only_2_0_2", SMB_ACCEPTED_SMB2, SMB_2_0_2, true, false, false },
	{ "auto", "smb1", SMB_DECLINED, 0, false, false, false },
	{ "auto", "multi", SMB_ACCEPTED_SMB2, SMB_2_WILDCARD, true, false, false },
	{ "mandatory", "all", SMB_ACCEPTED_SMB2, SMB_3_1_1, true, true, true },
	{ "mandatory", "up_to_3_0_2", SMB_ACCEPTED_SMB2, SMB_3_0_2, true, true, true },
	{ "mandatory", "up_to_3_0", SMB_ACCEPTED_SMB2, SMB_3_0, true, true, true },
	{ "mandatory", "up_to_2_1", SMB_ACCEPTED_SMB2, SMB_2_1, true, true, false },
	{ "mandatory", "only_2_0_2", SMB_ACCEPTED_SMB2, SMB_2_0_2, true, true, false },
	{ "mandatory", "smb1", SMB_ACCEPTED_SMB1, 0, true, true, false },
	{ "disabled", "all", SMB_ACCEPTED_SMB2, SMB_3_1_1, true, false, true },
	{ "disabled", "only_2_0_2", SMB_ACCEPTED_SMB2, SMB_2_0_2, true, false, false },
	{ "disabled", "smb1", SMB_ACCEPTED_SMB1, 0, false, false, false },
	{ "auto_nt1", "smb1", SMB_ACCEPTED_SMB1, 0, true, false, false },
	{ "plain", "all", SMB_ACCEPTED_SMB2, SMB_3_1_1, true, false, false },
	{ "plain", "up_to_3_0_2", SMB_ACCEPTED_SMB2, SMB_3_0_2, true, false, false },
	{ "only_nt1", "smb1", SMB_ACCEPTED_SMB1, 0, false, false, false },
	{ "only_nt1", "multi", SMB_ACCEPTED_SMB1, 0, false, false, false },
};

enum { RECORDED = sizeof recorded / sizeof *recorded };

static enum turn take(const struct sample *sample, struct smb_reply *reply)
{
	/* Of exactly that size, so that a sanitizer sees every step beyond it. */
	uint8_t *copy = malloc(sample->length + 1);
	struct reader in;

	memcpy(copy + 1, sample->bytes, sample->length);
	reader_init(&in, copy + 1, sample->length);
	enum turn turn = smb_take_reply(&in, sample->offer, reply);
	free(copy);
	return turn;
}

static enum turn take_changed(const char *server, const char *question, size_t at,
			      uint8_t value, struct smb_reply *reply)
{
	struct sample sample;

	sample_load(&sample, server, question);
	sample.bytes[at] = value;
	return take(&sample, reply);
}

static void assert_malformed(const char *server, const char *question, size_t at, uint8_t value)
{
	struct smb_reply reply;

	assert_int_equal(take_changed(server, question, at, value, &reply), TURN_MALFORMED);
	assert_int_equal(reply.answer, SMB_DECLINED);
}

static enum turn take_bytes(size_t offer, const char *bytes, size_t length)
{
	struct sample sample = { .offer = &offers[offer].offer, .length = length };
	struct smb_reply reply;

	memcpy(sample.bytes, bytes, length);
	return take(&sample, &reply);
}

static void put_status(struct sample *sample, size_t at, uint32_t status)
{
	for (size_t i = 0; i < 4; i++)
		sample->bytes[at + i] = (uint8_t)(status >> (8 * i));
}

static void what_a_real_server_said_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORDED; i++) {
		struct sample sample;
		struct smb_reply reply;

		sample_load(&sample, recorded[i].server, recorded[i].question);
		assert_int_equal(take(&sample, &reply), TURN_CONCLUDED);
		assert_int_equal(reply.answer, recorded[i].answer);
		assert_int_equal(reply.dialect, recorded[i].dialect);
		assert_int_equal(reply.signing_enabled, recorded[i].enabled);
		assert_int_equal(reply.signing_required, recorded[i].required);
		assert_int_equal(reply.encryption, recorded[i].encryption);
		assert_int_equal(reply.time_known, reply.answer != SMB_DECLINED);
	}
}

static void the_time_of_a_reply_is_the_time_it_was_recorded(void **state)
{
	const int64_t in_2026 = INT64_C(1767225600) * 1000000;
	const int64_t in_2100 = INT64_C(4102444800) * 1000000;
	struct sample sample;
	struct smb_reply reply;

	(void)state;
	sample_load(&sample, "auto", "all");
	take(&sample, &reply);
	assert_true(reply.time_us > in_2026 && reply.time_us < in_2100);
	sample_load(&sample, "mandatory", "smb1");
	take(&sample, &reply);
	assert_true(reply.time_us > in_2026 && reply.time_us < in_2100);
}

static void a_time_no_calendar_has_is_left_out(void **state)
{
	struct sample sample;
	struct smb_reply reply;

	(void)state;
	sample_load(&sample, "auto", "all");
	memset(sample.bytes + AT_SMB2_TIME, 0, 8);
	assert_int_equal(take(&sample, &reply), TURN_CONCLUDED);
	assert_false(reply.time_known);
	memset(sample.bytes + AT_SMB2_TIME, 0xff, 8);
	assert_int_equal(take(&sample, &reply), TURN_CONCLUDED);
	assert_false(reply.time_known);
}

static void a_reply_cut_anywhere_needs_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORDED; i++) {
		struct sample sample;
		struct smb_reply reply;

		sample_load(&sample, recorded[i].server, recorded[i].question);
		for (size_t whole = sample.length; sample.length-- > 0;) {
			assert_true(sample.length < whole);
			assert_int_equal(take(&sample, &reply), TURN_NEED_MORE);
			assert_int_equal(reply.answer, SMB_DECLINED);
		}
	}
}

/* The frame claims that this was all. */
static void a_message_cut_short_is_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORDED; i++) {
		struct sample sample;
		struct smb_reply reply;

		sample_load(&sample, recorded[i].server, recorded[i].question);
		while (--sample.length >= FRAME_BYTES) {
			sample_frame(&sample);
			enum turn turn = take(&sample, &reply);
			if (recorded[i].answer != SMB_DECLINED)
				assert_int_equal(turn, TURN_MALFORMED);
			assert_false(reply.signing_required);
		}
	}
}

/* Only the byte that says so can make signing required. */
static void a_changed_byte_never_makes_signing_required(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORDED; i++) {
		bool smb1 = recorded[i].answer == SMB_ACCEPTED_SMB1;
		size_t mode = smb1 ? AT_SMB1_MODE : AT_SMB2_MODE;
		struct sample sample;
		struct smb_reply reply;

		sample_load(&sample, recorded[i].server, recorded[i].question);
		for (size_t at = 0; at < sample.length; at++) {
			uint8_t was = sample.bytes[at];

			for (unsigned by = 1; by < 256; by++) {
				sample.bytes[at] = (uint8_t)(was ^ by);
				enum turn turn = take(&sample, &reply);
				bool may = recorded[i].required || at == mode;

				assert_true(!reply.signing_required ||
					    (may && turn == TURN_CONCLUDED));
			}
			sample.bytes[at] = was;
		}
	}
}

static void unknown_bits_beside_required_are_malformed(void **state)
{
	(void)state;
	assert_malformed("mandatory", "all", AT_SMB2_MODE, 7);
	assert_malformed("mandatory", "all", AT_SMB2_MODE + 1, 1);
	assert_malformed("mandatory", "smb1", AT_SMB1_MODE, 0x1f);
	/* In SMB1, required without enabled contradicts itself. */
	assert_malformed("mandatory", "smb1", AT_SMB1_MODE, 0x0b);
}

static void neither_enabled_nor_required_is_not_required(void **state)
{
	struct smb_reply reply;

	(void)state;
	assert_int_equal(take_changed("mandatory", "all", AT_SMB2_MODE, 0, &reply), TURN_CONCLUDED);
	assert_false(reply.signing_enabled);
	assert_false(reply.signing_required);
}

static void a_dialect_that_was_not_offered_is_malformed(void **state)
{
	struct sample sample;
	struct smb_reply reply;

	(void)state;
	sample_load(&sample, "mandatory", "all");
	sample.offer = &offers[1].offer;
	assert_int_equal(take(&sample, &reply), TURN_MALFORMED);
	sample_load(&sample, "auto", "multi");
	sample.offer = &offers[OFFER_ALL].offer;
	assert_int_equal(take(&sample, &reply), TURN_MALFORMED);
	assert_malformed("auto", "multi", AT_SMB2_DIALECT, 0xfe);
}

static void only_known_errors_are_a_no(void **state)
{
	static const struct {
		uint32_t status;
		enum turn turn;
	} cases[] = {
		{ SMB_STATUS_NOT_SUPPORTED, TURN_CONCLUDED },
		{ SMB_STATUS_INVALID_PARAMETER, TURN_CONCLUDED },
		{ SMB_STATUS_INVALID_SMB, TURN_CONCLUDED },
		{ SMB_STATUS_BAD_COMMAND, TURN_CONCLUDED },
		{ UINT32_C(0xc0000205), TURN_MALFORMED },	/* out of resources */
		{ UINT32_C(0xc0000022), TURN_MALFORMED },	/* access denied */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sample sample;
		struct smb_reply reply;

		sample_load(&sample, "mandatory", "all");
		put_status(&sample, AT_SMB2_STATUS, cases[i].status);
		assert_int_equal(take(&sample, &reply), cases[i].turn);
		assert_int_equal(reply.answer, SMB_DECLINED);
		sample_load(&sample, "mandatory", "smb1");
		put_status(&sample, AT_SMB1_STATUS, cases[i].status);
		assert_int_equal(take(&sample, &reply), cases[i].turn);
		assert_int_equal(reply.answer, SMB_DECLINED);
	}
}

static void what_is_no_answer_to_a_negotiate_is_malformed(void **state)
{
	(void)state;
	assert_malformed("auto", "all", AT_SMB2_COMMAND, 1);
	assert_malformed("auto", "all", AT_SMB2_FLAGS, 0);
	assert_malformed("auto", "all", AT_SMB2_NEXT, 8);
	assert_malformed("auto", "smb1", FRAME_BYTES + 4, 0x73);
	assert_malformed("auto", "smb1", FRAME_BYTES + 9, 0);
	assert_malformed("disabled", "smb1", AT_SMB1_DIALECT, 1);
	assert_malformed("disabled", "smb1", AT_SMB1_WORDS, 13);
	assert_malformed("auto", "smb1", AT_SMB1_WORDS, 0);
}

static void lengths_that_point_outside_are_malformed(void **state)
{
	(void)state;
	assert_malformed("auto", "all", AT_SMB2_BLOB_LENGTH + 1, 0xff);
	assert_malformed("auto", "all", AT_SMB2_CONTEXTS_AT + 3, 0xff);
	assert_malformed("auto", "all", AT_SMB2_CONTEXTS_AT, 0);
	assert_malformed("auto", "all", AT_SMB2_CONTEXTS + 1, 0xff);
}

static void the_contexts_of_3_1_1_name_their_hash_once(void **state)
{
	struct smb_reply reply;
	const size_t first = FRAME_BYTES + 0xd0, second = first + 48;

	(void)state;
	assert_malformed("auto", "all", AT_SMB2_CONTEXTS, 0);
	assert_malformed("auto", "all", first, 9);
	assert_malformed("auto", "all", second, 1);
	assert_int_equal(take_changed("auto", "all", second + 10, 0, &reply), TURN_CONCLUDED);
	assert_false(reply.encryption);
	assert_malformed("auto", "all", second + 10, 9);
}

static void an_answer_in_the_other_protocol_is_a_no(void **state)
{
	struct sample sample;
	struct smb_reply reply;

	(void)state;
	sample_load(&sample, "mandatory", "smb1");
	sample.offer = &offers[OFFER_ALL].offer;
	assert_int_equal(take(&sample, &reply), TURN_CONCLUDED);
	assert_int_equal(reply.answer, SMB_DECLINED);
	assert_false(reply.signing_required);
	sample_load(&sample, "mandatory", "all");
	sample.offer = &offers[OFFER_SMB1].offer;
	assert_int_equal(take(&sample, &reply), TURN_CONCLUDED);
	assert_int_equal(reply.answer, SMB_DECLINED);
	assert_false(reply.signing_required);
}

static void strangers_are_told_by_their_first_bytes(void **state)
{
	(void)state;
	assert_int_equal(take_bytes(0, "", 0), TURN_NEED_MORE);
	assert_int_equal(take_bytes(0, "H", 1), TURN_NOT_THIS_PROTOCOL);
	assert_int_equal(take_bytes(0, "SSH-2.0-", 8), TURN_NOT_THIS_PROTOCOL);
	assert_int_equal(take_bytes(0, "\x15\x03\x01\0\x02\x02\x46", 7), TURN_NOT_THIS_PROTOCOL);
	assert_int_equal(take_bytes(0, "\x83\0\0\x02\x8f", 5), TURN_NOT_THIS_PROTOCOL);
	/* HTTP/2 begins with a zero, too */
	assert_int_equal(take_bytes(0, "\0\0\x12\x04\0", 5), TURN_NOT_THIS_PROTOCOL);
	assert_int_equal(take_bytes(0, "\0\0\0\x40\xfeSMC", 8), TURN_NOT_THIS_PROTOCOL);
}

static void a_refused_session_says_why(void **state)
{
	struct sample sample = { .offer = &offers[OFFER_ALL].offer, .length = 5,
				 .bytes = { 0x83, 0, 0, 1, 0x81 } };
	struct smb_reply reply;

	(void)state;
	assert_int_equal(take(&sample, &reply), TURN_NOT_THIS_PROTOCOL);
	assert_int_equal(reply.refusal, 0x81);
	while (sample.length-- > 0)
		assert_int_equal(take(&sample, &reply), TURN_NEED_MORE);
}

static void a_frame_that_cannot_be_is_not_waited_for(void **state)
{
	(void)state;
	assert_int_equal(take_bytes(0, "\0\0\0\0", 4), TURN_MALFORMED);
	assert_int_equal(take_bytes(0, "\0\0\0\x1f\xfeSMB", 8), TURN_MALFORMED);
	assert_int_equal(take_bytes(0, "\0\xff\xff\xff\xfeSMB", 8), TURN_MALFORMED);
	assert_int_equal(take_bytes(0, "\0\x01\0\0\xffSMB", 8), TURN_MALFORMED);
	assert_int_equal(take_bytes(0, "\0\0\xff\xfc\xfeSMB", 8), TURN_NEED_MORE);
}

static size_t ask(size_t offer, uint8_t bytes[static SAMPLE_ROOM])
{
	struct writer out;

	writer_init(&out, bytes, SAMPLE_ROOM);
	smb_put_negotiate(&out, &offers[offer].offer);
	assert_true(writer_ok(&out));
	assert_int_equal(bytes[0], 0);
	assert_int_equal(bytes[2] << 8 | bytes[3], out.length - FRAME_BYTES);
	return out.length;
}

static void an_offer_of_3_1_1_carries_aligned_contexts(void **state)
{
	uint8_t bytes[SAMPLE_ROOM];
	const uint8_t *message = bytes + FRAME_BYTES;
	size_t length = ask(OFFER_ALL, bytes) - FRAME_BYTES;
	size_t at = message[92], types[3];

	(void)state;
	assert_memory_equal(message, "\xfeSMB", 4);
	assert_int_equal(message[66], 5);		/* dialects */
	assert_memory_equal(message + 100, "\x02\x02\x10\x02\0\x03\x02\x03\x11\x03", 10);
	assert_int_equal(message[72], 0x40);		/* we can encrypt */
	assert_int_equal(message[96], 3);		/* contexts */
	for (size_t i = 0; i < 3; i++) {
		at = (at + 7) / 8 * 8;
		assert_in_range(at, 110, length - 8);
		types[i] = message[at];
		at += 8u + message[at + 2];
	}
	assert_int_equal(at, length);
	assert_int_equal(types[0], 1);
	assert_int_equal(types[1], 2);
	assert_int_equal(types[2], 8);
}

static void an_offer_without_smb3_claims_nothing_of_it(void **state)
{
	uint8_t bytes[SAMPLE_ROOM];
	size_t length = ask(3, bytes);

	(void)state;
	assert_int_equal(length, FRAME_BYTES + 64 + 36 + 2 * 2);
	assert_int_equal(bytes[FRAME_BYTES + 72], 0);
	assert_memory_equal(bytes + FRAME_BYTES + 92, "\0\0\0\0\0\0\0\0", 8);
}

static void an_offer_of_smb1_names_one_dialect(void **state)
{
	static const char names[] = "\0\x0c\0\x02NT LM 0.12";
	static const char multi[] = "\0\x22\0\x02NT LM 0.12\0\x02SMB 2.002\0\x02SMB 2.???";
	uint8_t bytes[SAMPLE_ROOM];

	(void)state;
	assert_int_equal(ask(OFFER_SMB1, bytes), FRAME_BYTES + 32 + sizeof names);
	assert_memory_equal(bytes + FRAME_BYTES, "\xffSMB\x72", 5);
	assert_memory_equal(bytes + FRAME_BYTES + 32, names, sizeof names);
	assert_int_equal(ask(6, bytes), FRAME_BYTES + 32 + sizeof multi);
	assert_memory_equal(bytes + FRAME_BYTES + 32, multi, sizeof multi);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_real_server_said_is_read),
		cmocka_unit_test(the_time_of_a_reply_is_the_time_it_was_recorded),
		cmocka_unit_test(a_time_no_calendar_has_is_left_out),
		cmocka_unit_test(a_reply_cut_anywhere_needs_more),
		cmocka_unit_test(a_message_cut_short_is_malformed),
		cmocka_unit_test(a_changed_byte_never_makes_signing_required),
		cmocka_unit_test(unknown_bits_beside_required_are_malformed),
		cmocka_unit_test(neither_enabled_nor_required_is_not_required),
		cmocka_unit_test(a_dialect_that_was_not_offered_is_malformed),
		cmocka_unit_test(only_known_errors_are_a_no),
		cmocka_unit_test(what_is_no_answer_to_a_negotiate_is_malformed),
		cmocka_unit_test(lengths_that_point_outside_are_malformed),
		cmocka_unit_test(the_contexts_of_3_1_1_name_their_hash_once),
		cmocka_unit_test(an_answer_in_the_other_protocol_is_a_no),
		cmocka_unit_test(strangers_are_told_by_their_first_bytes),
		cmocka_unit_test(a_refused_session_says_why),
		cmocka_unit_test(a_frame_that_cannot_be_is_not_waited_for),
		cmocka_unit_test(an_offer_of_3_1_1_carries_aligned_contexts),
		cmocka_unit_test(an_offer_without_smb3_claims_nothing_of_it),
		cmocka_unit_test(an_offer_of_smb1_names_one_dialect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
