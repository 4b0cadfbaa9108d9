/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "tests/unit/ssh_packets.h"

enum { AT_TYPE = 5, AT_FIRST_LIST = 4 + 1 + 1 + 16 };

static enum turn take_line(const char *said, struct ssh_text *line)
{
	struct reader in;

	reader_init(&in, said, strlen(said));
	return ssh_take_line(&in, line);
}

static bool identify(const char *said, struct ssh_identification *as)
{
	const struct ssh_text line = { said, strlen(said) };

	return ssh_read_identification(&line, as);
}

static void assert_text_is(const struct ssh_text *text, const char *expected)
{
	assert_int_equal(text->length, strlen(expected));
	assert_memory_equal(text->bytes, expected, text->length);
}

static void assert_identified(const char *said, const char *protocol, const char *software,
			      const char *comment, bool speaks_2)
{
	struct ssh_identification as;

	assert_true(identify(said, &as));
	assert_text_is(&as.protocol, protocol);
	assert_text_is(&as.software, software);
	assert_text_is(&as.comment, comment);
	assert_int_equal(as.speaks_2, speaks_2);
}

static void an_identification_has_three_parts(void **state)
{
	(void)state;
	assert_identified("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3", "2.0", "OpenSSH_9.2p1",
			  "Debian-2+deb12u3", true);
	assert_identified("SSH-2.0-dropbear", "2.0", "dropbear", "", true);
	assert_identified("SSH-1.99-Cisco-1.25", "1.99", "Cisco-1.25", "", true);
	assert_identified("SSH-2.0-", "2.0", "", "", true);
	assert_identified("SSH-2.0- a  b", "2.0", "", "a  b", true);
	assert_identified("SSH-1.5-1.2.27", "1.5", "1.2.27", "", false);
}

static void an_identification_without_a_version_is_none(void **state)
{
	static const char *const wrong[] = { "SSH-", "SSH-2.0", "SSH--x", "SSH-2-x", "SSH-.0-x",
					     "SSH-2.-x", "SSH-2.0.1-x", "SSH-a.b-x", "SSH-2. -x" };
	struct ssh_identification as;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(identify(wrong[i], &as));
}

static void a_line_is_waited_for_up_to_a_bound(void **state)
{
	struct ssh_text line;
	char endless[2048];

	(void)state;
	assert_int_equal(take_line("", &line), TURN_NEED_MORE);
	assert_int_equal(take_line("SSH-2.0-x", &line), TURN_NEED_MORE);
	assert_int_equal(take_line("SSH-2.0-x\r", &line), TURN_NEED_MORE);
	assert_int_equal(take_line("SSH-2.0-x\r\n", &line), TURN_NEXT_STEP);
	assert_text_is(&line, "SSH-2.0-x");
	assert_int_equal(take_line("SSH-2.0-x\nrest", &line), TURN_NEXT_STEP);
	assert_text_is(&line, "SSH-2.0-x");
	memset(endless, 'x', sizeof endless);
	endless[sizeof endless - 1] = '\0';
	assert_int_equal(take_line(endless, &line), TURN_NOT_THIS_PROTOCOL);
	endless[sizeof endless - 2] = '\n';
	assert_int_equal(take_line(endless, &line), TURN_NOT_THIS_PROTOCOL);
	memcpy(endless, "SSH-", 4);
	assert_int_equal(take_line(endless, &line), TURN_MALFORMED);
}

static void words_may_stand_before_but_not_another_protocol(void **state)
{
	static const char *const others[] = {
		"HTTP/1.1 400 Bad Request\r\n", "220 pbx.example ESMTP Postfix\r\n",
		"* OK IMAP ready\r\n", "+OK ready\r\n", "RFB 003.008\n", "\x15\x03\x01\x02\n",
		"\xff\xfd\x18\x01\n", "a\033[31mb\n", "\x03\x10\x13\x0e\xd0"
	};
	struct ssh_text line;

	(void)state;
	assert_int_equal(take_line("Gr\xc3\xbc\xc3\x9f" "e\twho enters\r\n", &line),
			 TURN_NEXT_STEP);
	assert_false(ssh_is_identification(&line));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_int_equal(take_line(others[i], &line), TURN_NOT_THIS_PROTOCOL);
	assert_int_equal(take_line("SSH-2.0-x\033[31m\r\n", &line), TURN_MALFORMED);
}

static enum turn take_bytes(const uint8_t *bytes, size_t length, struct ssh_heard *heard)
{
	/* Of exactly that size, so that a sanitizer sees every step beyond it. */
	uint8_t *copy = malloc(length + 1);
	struct reader in;

	memcpy(copy + 1, bytes, length);
	reader_init(&in, copy + 1, length);
	enum turn turn = ssh_take_packet(&in, heard);
	if (turn == TURN_GO_ON || turn == TURN_CONCLUDED)
		assert_true(in.at > 0);
	for (size_t i = 0; i < SSH_LISTS; i++) {
		struct ssh_text list = heard->lists[i], name;

		while (turn == TURN_CONCLUDED && ssh_take_name(&list, &name))
			for (size_t at = 0; at < name.length; at++)
				assert_in_range(name.bytes[at], '!', '~');
	}
	free(copy);
	return turn;
}

static enum turn take(const struct writer *said, struct ssh_heard *heard)
{
	return take_bytes(said->bytes, said->length, heard);
}

static void begin(struct writer *out)
{
	writer_grow_up_to(out, 1 << 20);
}

static void its_lists_are_read_in_order(void **state)
{
	static const char *const lists[SSH_LISTS] = SSH_OLD;
	struct ssh_heard heard;
	struct writer said;
	struct reader in;

	(void)state;
	begin(&said);
	ssh_put_kexinit(&said, lists);
	reader_init(&in, said.bytes, said.length);
	assert_int_equal(ssh_take_packet(&in, &heard), TURN_CONCLUDED);
	assert_false(heard.parted);
	for (size_t i = 0; i < SSH_LISTS; i++)
		assert_text_is(&heard.lists[i], lists[i]);
	writer_free(&said);
}

static void names_come_one_by_one_and_empty_ones_not_at_all(void **state)
{
	struct ssh_text list = { ",,a,,bc,", 8 }, name;

	(void)state;
	assert_true(ssh_take_name(&list, &name));
	assert_text_is(&name, "a");
	assert_true(ssh_take_name(&list, &name));
	assert_text_is(&name, "bc");
	assert_false(ssh_take_name(&list, &name));
}

static void a_list_cut_short_is_waited_for(void **state)
{
	static const char *const lists[SSH_LISTS] = SSH_MODERN;
	struct ssh_heard heard;
	struct writer said;

	(void)state;
	begin(&said);
	ssh_put_kexinit(&said, lists);
	for (size_t length = 0; length < said.length; length++)
		assert_int_equal(take_bytes(said.bytes, length, &heard), TURN_NEED_MORE);
	assert_int_equal(take(&said, &heard), TURN_CONCLUDED);
	writer_free(&said);
}

static void a_list_changed_anywhere_is_read_or_refused(void **state)
{
	static const char *const lists[SSH_LISTS] = SSH_OLD;
	struct ssh_heard heard;
	struct writer said;

	(void)state;
	begin(&said);
	ssh_put_kexinit(&said, lists);
	for (size_t at = 0; at < said.length; at++) {
		uint8_t was = said.bytes[at];

		for (unsigned value = 0; value < 256; value++) {
			said.bytes[at] = (uint8_t)value;
			take(&said, &heard);
		}
		said.bytes[at] = was;
	}
	writer_free(&said);
}

static void lying_lengths_are_malformed(void **state)
{
	static const char *const lists[SSH_LISTS] = SSH_MODERN;
	static const uint8_t huge[] = { 0x00, 0x98, 0x96, 0x84, 0x04, 20 };
	static const uint8_t endless[] = { 0xff, 0xff, 0xff, 0xfc, 0x04, 20 };
	static const uint8_t empty[] = { 0, 0, 0, 4, 4, 0, 0, 0, 0 };
	static const uint8_t unpadded[] = { 0, 0, 0, 4, 3, 2, 0, 0, 0 };
	static const uint8_t crooked[] = { 0, 0, 0, 13, 4, 2 };
	struct ssh_heard heard;
	struct writer said;

	(void)state;
	/* 10 MB, 4 GB: nobody waits for that. */
	assert_int_equal(take_bytes(huge, sizeof huge, &heard), TURN_MALFORMED);
	assert_int_equal(take_bytes(endless, sizeof endless, &heard), TURN_MALFORMED);
	assert_int_equal(take_bytes(empty, sizeof empty, &heard), TURN_MALFORMED);
	assert_int_equal(take_bytes(unpadded, sizeof unpadded, &heard), TURN_MALFORMED);
	assert_int_equal(take_bytes(crooked, sizeof crooked, &heard), TURN_MALFORMED);
	for (int by = -1; by <= 1; by += 2) {
		begin(&said);
		ssh_put_kexinit(&said, lists);
		writer_patch_u32be(&said, AT_FIRST_LIST, (uint32_t)((int)strlen(lists[0]) + by));
		assert_int_equal(take(&said, &heard), TURN_MALFORMED);
		writer_patch_u32be(&said, AT_FIRST_LIST, by < 0 ? UINT32_MAX : 1u << 31);
		assert_int_equal(take(&said, &heard), TURN_MALFORMED);
		writer_free(&said);
	}
}

static enum turn take_kex(const char *kex)
{
	const char *const lists[SSH_LISTS] = { kex, "", "", "", "", "", "", "", "", "" };
	struct ssh_heard heard;
	struct writer said;

	begin(&said);
	ssh_put_kexinit(&said, lists);
	enum turn turn = take(&said, &heard);
	writer_free(&said);
	return turn;
}

static void names_of_control_characters_are_malformed(void **state)
{
	static const char *const wrong[] = { "a b", "a\033[31m", "a\nb", "a\x7f", "\xc3\xbc",
					     "a,\t,b" };

	(void)state;
	assert_int_equal(take_kex("a,b~!"), TURN_CONCLUDED);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(take_kex(wrong[i]), TURN_MALFORMED);
}

static void there_are_bounds_for_names(void **state)
{
	char names[2 * 100000 + 1] = "";

	(void)state;
	for (size_t i = 0; i < sizeof names - 1; i++)
		names[i] = i % 2 ? ',' : 'a';
	assert_int_equal(take_kex(names), TURN_MALFORMED);
	names[2 * SSH_NAMES_MOST + 2] = '\0';
	assert_int_equal(take_kex(names), TURN_MALFORMED);
	names[2 * SSH_NAMES_MOST] = '\0';
	assert_int_equal(take_kex(names), TURN_CONCLUDED);
	memset(names, 'a', SSH_NAME_MOST + 1);
	names[SSH_NAME_MOST + 1] = '\0';
	assert_int_equal(take_kex(names), TURN_MALFORMED);
	names[SSH_NAME_MOST] = '\0';
	assert_int_equal(take_kex(names), TURN_CONCLUDED);
}

static void what_says_nothing_is_passed_over(void **state)
{
	struct ssh_heard heard;
	struct writer said;

	(void)state;
	begin(&said);
	ssh_put_debug(&said);
	assert_int_equal(take(&said, &heard), TURN_GO_ON);
	said.bytes[AT_TYPE] = 21;
	assert_int_equal(take(&said, &heard), TURN_MALFORMED);
	writer_free(&said);
}

static void who_parts_says_why(void **state)
{
	struct ssh_heard heard;
	struct writer said;
	struct reader in;

	(void)state;
	begin(&said);
	ssh_put_disconnect(&said, "Too many users");
	reader_init(&in, said.bytes, said.length);
	assert_int_equal(ssh_take_packet(&in, &heard), TURN_CONCLUDED);
	assert_true(heard.parted);
	assert_text_is(&heard.words, "Too many users");
	said.bytes[AT_TYPE + 5] = 0x7f;		/* of the words' length */
	assert_int_equal(take(&said, &heard), TURN_MALFORMED);
	writer_free(&said);
}

static void we_say_who_we_are(void **state)
{
	struct ssh_identification as;
	struct ssh_text line;
	struct reader in;
	struct writer out;

	(void)state;
	begin(&out);
	ssh_put_identification(&out);
	reader_init(&in, out.bytes, out.length);
	assert_int_equal(ssh_take_line(&in, &line), TURN_NEXT_STEP);
	assert_int_equal(reader_left(&in), 0);
	assert_true(ssh_read_identification(&line, &as));
	assert_true(as.speaks_2);
	assert_int_equal(as.comment.length, 0);
	/* RFC 4253 4.2: no minus in it */
	assert_null(memchr(as.software.bytes, '-', as.software.length));
	assert_memory_equal(as.software.bytes, "ucposture_", 10);
	writer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_identification_has_three_parts),
		cmocka_unit_test(an_identification_without_a_version_is_none),
		cmocka_unit_test(a_line_is_waited_for_up_to_a_bound),
		cmocka_unit_test(words_may_stand_before_but_not_another_protocol),
		cmocka_unit_test(its_lists_are_read_in_order),
		cmocka_unit_test(names_come_one_by_one_and_empty_ones_not_at_all),
		cmocka_unit_test(a_list_cut_short_is_waited_for),
		cmocka_unit_test(a_list_changed_anywhere_is_read_or_refused),
		cmocka_unit_test(lying_lengths_are_malformed),
		cmocka_unit_test(names_of_control_characters_are_malformed),
		cmocka_unit_test(there_are_bounds_for_names),
		cmocka_unit_test(what_says_nothing_is_passed_over),
		cmocka_unit_test(who_parts_says_why),
		cmocka_unit_test(we_say_who_we_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
