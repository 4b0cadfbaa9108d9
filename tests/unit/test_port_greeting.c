/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "collectors/collector.h"
#include "collectors/port_greeting.h"

#define BYTES(literal) (literal), sizeof(literal) - 1

struct answer {
	const char *asked, *bytes;
	size_t length;
	const char *word;
};

static const struct answer answers[] = {
	{ NULL, BYTES("220 pbx.example ESMTP Postfix\r\n"), "smtp" },
	{ NULL, BYTES("220 (vsFTPd 3.0.3)\r\n"), "ftp" },
	{ NULL, BYTES("* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n"), "imap" },
	{ NULL, BYTES("+OK Dovecot ready.\r\n"), "pop3" },
	{ NULL, BYTES("SSH-2.0-OpenSSH_9.2p1\r\n"), "ssh" },
	{ NULL, BYTES("\xff\xfd\x18\xff\xfd\x20"), "telnet" },
	{ NULL, BYTES("RFB 003.008\n"), "vnc" },
	{ NULL, BYTES("220 pbx ready\r\n"), "unrecognised" },
	{ NULL, BYTES("hello\r\n"), "unrecognised" },
	{ NULL, BYTES("S"), "unrecognised" },
	{ "xmpp", BYTES("<?xml version='1.0'?><stream:stream id='x'>"), "xmpp" },
	{ "xmpp", BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"), "http" },
	{ "ldap", BYTES("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"), "ldap" },
	{ "rdp", BYTES("\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x00\x08\x00\x01\x00\x00"
		       "\x00"), "rdp" },
	{ "mssql", BYTES("\x04\x01\x00\x2b\x00\x00\x01\x00\x00\x00\x1a\x00\x06\x01"), "mssql" },
	{ "ldap", BYTES("\x04\x01\x00\x2b\x00\x00\x01\x00\x00\x00\x1a\x00\x06\x01"),
	  "unrecognised" },
	{ "postgres", BYTES("S"), "postgres" },
	{ "postgres", BYTES("N"), "postgres" },
	{ "postgres", BYTES("NO"), "unrecognised" },
	{ "postgres", BYTES("E\0\0\0\x10SFATAL\0C0A000\0"), "postgres" },
	{ "sip", BYTES("SIP/2.0 200 OK\r\n"), "sip" },
	{ "http", BYTES("HTTP/1.0 404 Not Found\r\n"), "http" },
	{ "tls", BYTES("\x16\x03\x03\x00\x7a\x02"), "tls" },
	{ "tls", BYTES("\x15\x03\x01\x00\x02\x02\x28"), "tls" },
	{ "xmpp", BYTES("\x15\x03\x03\x00\x02\x02\x46"), "tls" },
	{ "tls", BYTES("\x16\x03\x07\x00\x7a\x02"), "unrecognised" },
	{ "tls", BYTES("\x15\x03\x03\xff\xff\x02\x46"), "unrecognised" },
	{ "http", BYTES("\0\0\0\0"), "unrecognised" },
};

enum { ANSWERS = sizeof answers / sizeof *answers };

static void each_protocol_is_known_by_its_first_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ANSWERS; i++)
		assert_string_equal(port_recognise(answers[i].asked, answers[i].bytes,
						   answers[i].length),
				    answers[i].word);
}

static bool is_a_word_of_the_fact(const char *word)
{
	const char *const *words = fact_named("port.reply")->words;

	while (*words && strcmp(*words, word) != 0)
		words++;
	return *words != NULL;
}

/* Of exactly that size, so that a sanitizer sees every step beyond it. */
static const char *recognise_copy(const struct answer *answer, const char *bytes, size_t length)
{
	char *copy = malloc(length + 1);

	memcpy(copy + 1, bytes, length);
	const char *word = port_recognise(answer->asked, copy + 1, length);
	free(copy);
	return word;
}

static void an_answer_cut_or_changed_anywhere_has_a_word_all_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < ANSWERS; i++) {
		char bytes[64];

		memcpy(bytes, answers[i].bytes, answers[i].length);
		for (size_t at = 0; at < answers[i].length; at++) {
			assert_true(is_a_word_of_the_fact(recognise_copy(&answers[i], bytes, at)));
			for (unsigned value = 0; value < 256; value++) {
				bytes[at] = (char)value;
				assert_true(is_a_word_of_the_fact(
					recognise_copy(&answers[i], bytes, answers[i].length)));
			}
			bytes[at] = answers[i].bytes[at];
		}
	}
}

static void all_that_can_be_recognised_is_a_word_of_the_fact(void **state)
{
#define WORD(word) word,
	static const char *const words[] = { STARTTLS_PLAIN_WORDS(WORD) };
#undef WORD

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i], "other") != 0)
			assert_true(is_a_word_of_the_fact(words[i]));
}

static void greet(struct writer *out, const char *word, const char *name)
{
	struct port_caller caller = { .starttls = { .name = name } };

	writer_grow_up_to(out, 4096);
	port_greet(out, word, &caller);
	assert_true(writer_ok(out));
	writer_put_u8(out, 0);
}

static void every_greeting_of_the_table_can_be_said(void **state)
{
	size_t greeted = 0;

	(void)state;
	for (unsigned port = 0; port < 65536; port++) {
		struct port_custom custom = port_custom_of((uint16_t)port);
		struct writer out;

		assert_int_equal(custom.manner == PORT_WAITS, custom.word != NULL);
		if (!custom.word)
			continue;
		greet(&out, custom.word, "pbx.example");
		assert_true(out.length > 8);
		greeted++;
		writer_free(&out);
	}
	assert_in_range(greeted, 20, 40);
}

static void nobody_is_greeted_who_may_be_a_printer(void **state)
{
	static const uint16_t ports[] = { 515, 631, 9100, 9101, 9102, 10001, 502, 2000, 1720 };

	(void)state;
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
		assert_int_equal(port_custom_of(ports[i]).manner, PORT_MAY_SPEAK);
		assert_null(port_custom_of(ports[i]).word);
	}
	assert_int_equal(port_custom_of(25).manner, PORT_SPEAKS);
}

static void a_greeting_names_the_host(void **state)
{
	struct writer out;

	(void)state;
	greet(&out, "http", "pbx.example");
	assert_non_null(strstr((char *)out.bytes, "HEAD / HTTP/1.1\r\nHost: pbx.example\r\n"));
	writer_free(&out);
	greet(&out, "http", "fd00::1");
	assert_non_null(strstr((char *)out.bytes, "\r\nHost: [fd00::1]\r\n"));
	writer_free(&out);
	greet(&out, "xmpp", "pbx.example");
	assert_non_null(strstr((char *)out.bytes, "to='pbx.example'"));
	writer_free(&out);
	greet(&out, "tls", "pbx.example");
	assert_int_equal(out.bytes[0], 0x16);
	assert_non_null(memmem(out.bytes, out.length, "pbx.example", 11));
	writer_free(&out);
}

static void assert_leaves(const char *word, const char *said, const char *with)
{
	struct writer out;

	writer_grow_up_to(&out, 4096);
	port_take_leave(&out, word, said, strlen(said));
	writer_put_u8(&out, 0);
	assert_string_equal(out.bytes, with);
	writer_free(&out);
}

static void who_leaves_says_so_in_the_hosts_words(void **state)
{
	struct writer out;

	(void)state;
	assert_leaves("smtp", "220 pbx ESMTP\r\n", "QUIT\r\n");
	assert_leaves("smtp", "220-pbx ESMTP\r\n220 really\r\n", "QUIT\r\n");
	/* Not into the middle of what is still being said. */
	assert_leaves("smtp", "220-pbx ESMTP\r\n", "");
	assert_leaves("smtp", "220 pbx ESMTP", "");
	assert_leaves("ftp", "220 vsFTPd\r\n", "QUIT\r\n");
	assert_leaves("pop3", "+OK\r\n", "QUIT\r\n");
	assert_leaves("imap", "* OK IMAP\r\n", "a LOGOUT\r\n");
	assert_leaves("telnet", "login: ", "");
	assert_leaves("unrecognised", "220 hello\r\n", "");
	writer_grow_up_to(&out, 4096);
	port_take_leave(&out, "ssh", "", 0);
	assert_memory_equal(out.bytes, "SSH-2.0-ucposture_", 18);
	writer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_protocol_is_known_by_its_first_words),
		cmocka_unit_test(an_answer_cut_or_changed_anywhere_has_a_word_all_the_same),
		cmocka_unit_test(all_that_can_be_recognised_is_a_word_of_the_fact),
		cmocka_unit_test(every_greeting_of_the_table_can_be_said),
		cmocka_unit_test(nobody_is_greeted_who_may_be_a_printer),
		cmocka_unit_test(a_greeting_names_the_host),
		cmocka_unit_test(who_leaves_says_so_in_the_hosts_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
