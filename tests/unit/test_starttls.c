/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls_facts.h"
#include "ground/words.h"
#include "tests/unit/starttls_scene.h"

static void every_word_names_a_protocol(void **state)
{
	const char *const *words = starttls_words();
	size_t count = 0;

	(void)state;
	for (; words[count]; count++) {
		const struct starttls_protocol *protocol = starttls_named(words[count]);

		assert_non_null(protocol);
		assert_string_equal(protocol->word, words[count]);
		assert_true(protocol->usual_port > 0);
		assert_int_equal(!protocol->count, !protocol->steps);
		assert_int_equal(!protocol->wrap, !protocol->unwrap);
		for (size_t i = 0; i < protocol->count; i++) {
			assert_non_null(protocol->steps[i].read);
			assert_int_equal(protocol->steps[i].stage, STAGE_STARTTLS);
		}
	}
	assert_int_equal(count, 12);
	assert_null(starttls_named("telnet"));
}

static void sip_begins_with_tls_at_once(void **state)
{
	(void)state;
	assert_int_equal(starttls_named("sip")->count, 0);
	assert_int_equal(starttls_named("sips")->count, 0);
}

static void answers_have_their_words(void **state)
{
	(void)state;
	assert_null(starttls_answer_word(STARTTLS_UNKNOWN));
	assert_string_equal(starttls_answer_word(STARTTLS_OFFERED), "offered");
	assert_string_equal(starttls_answer_word(STARTTLS_STRIPPED), "stripped");
	assert_int_equal(words_find("refused", starttls_answer_words()), STARTTLS_REFUSED - 1);
	assert_null(starttls_answer_words()[STARTTLS_STRIPPED]);
}

static const struct {
	const char *bytes;
	size_t length;
	const char *word;
} openings[] = {
#define OPENING(bytes, word) { bytes, sizeof bytes - 1, word }
	OPENING("220 mail.example ESMTP Postfix\r\n", "smtp"),
	OPENING("220 mail.example Microsoft ESMTP MAIL Service\r\n", "smtp"),
	OPENING("220 smtp.example.com SMTP\r\n", "smtp"),
	OPENING("554 mail.example ESMTP not for you\r\n", "smtp"),
	OPENING("220 *********2****\r\n", "smtp"),
	OPENING("220 (vsFTPd 3.0.3)\r\n", "ftp"),
	OPENING("220 ProFTPD Server (Debian)\r\n", "ftp"),
	OPENING("220---------- Welcome to Pure-FTPd [privsep] [TLS] ----------\r\n", "ftp"),
	OPENING("220 Microsoft FTP Service\r\n", "ftp"),
	OPENING("220-FileZilla Server 1.8.1\r\n", "ftp"),
	OPENING("220 FTP.\r\n", "ftp"),
	OPENING("220 ftp.example.com ESMTP\r\n", "smtp"),
	OPENING("220 ftp.example.com ready\r\n", "other"),
	OPENING("220 smtp.example.com FTP server\r\n", "ftp"),
	OPENING("220 ready\r\nESMTP", "other"),
	OPENING("* OK [CAPABILITY IMAP4rev1] ready\r\n", "imap"),
	OPENING("* PREAUTH ready\r\n", "imap"),
	OPENING("* BYE no\r\n", "imap"),
	OPENING("+OK Dovecot ready.\r\n", "pop3"),
	OPENING("-ERR unknown command", "other"),	/* redis, too */
	OPENING("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "ssh"),
	OPENING("HTTP/1.1 400 Bad Request\r\n", "http"),
	OPENING("<html>\r\n<head><title>400 The plain HTTP request", "http"),
	OPENING("<?xml version='1.0'?><stream:stream id='1'>", "xmpp"),
	OPENING("<stream:stream id='1'>", "xmpp"),
	OPENING("<?xml version='1.0'?><html>", "http"),
	OPENING("<?xml version='1.0'?><x>", "other"),
	OPENING("SIP/2.0 400 Bad Request\r\n", "sip"),
	OPENING("\x30\x0c\x02\x01\x00\x78\x07\x0a\x01\x34\x04\x00\x04\x00", "ldap"),
	OPENING("\x30\x84\x00\x00\x00\x10\x02\x01\x01\x78\x84", "ldap"),
	OPENING("\x30\x0c\x02\x01\x01\x04\x07", "other"),		/* SNMP */
	OPENING("E\x00\x00\x00\x63SFATAL\0VFATAL\0C0A000\0", "postgres"),
	OPENING("EFATAL:  unsupported frontend protocol\n", "postgres"),
	OPENING("\x4a\x00\x00\x00\x0a" "8.0.36\0", "mysql"),
	OPENING("\x45\x00\x00\x00\xff\x6a\x04Host '10.0.0.7' is not allowed", "mysql"),
	OPENING("\x03\x00\x00\x0b\x06\xd0\x00\x00\x12\x34\x00", "rdp"),
	OPENING("\xff\xfd\x18\xff\xfd\x20", "telnet"),
	OPENING("RFB 003.008\n", "vnc"),
	OPENING(":irc.example NOTICE * :*** Looking up your hostname...\r\n", "irc"),
	OPENING("NOTICE AUTH :*** Looking up your hostname\r\n", "irc"),
	OPENING("ERROR :Closing Link: 10.0.0.7\r\n", "irc"),
	OPENING("\x15\x03\x01\x00\x02\x02\x46", "other"),
	OPENING("hello\r\n", "other"),
	OPENING("", "other"),
#undef OPENING
};

enum { OPENINGS = sizeof openings / sizeof *openings };

static const char *recognise(const char *bytes, size_t length)
{
	char *copy = malloc(length ? length : 1);

	if (length)
		memcpy(copy, bytes, length);
	const char *word = starttls_recognise(copy, length);
	free(copy);
	return word;
}

static void who_speaks_plain_text_is_recognised(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPENINGS; i++)
		assert_string_equal(recognise(openings[i].bytes, openings[i].length),
				    openings[i].word);
}

static void every_plain_word_is_said_of_somebody(void **state)
{
	const char *const *words = tls_fact(TLS_FACT_PLAIN_TEXT)->words;

	(void)state;
	for (size_t at = 0; words[at]; at++) {
		bool said = false;

		for (size_t i = 0; i < OPENINGS; i++)
			said |= !strcmp(openings[i].word, words[at]);
		if (!said)
			fail_msg("nobody speaks %s", words[at]);
	}
}

static void whatever_comes_has_a_word_of_the_list(void **state)
{
	const char *const *words = tls_fact(TLS_FACT_PLAIN_TEXT)->words;

	(void)state;
	for (size_t i = 0; i < OPENINGS; i++) {
		char bytes[128];

		assert_true(openings[i].length <= sizeof bytes);
		for (size_t at = 0; at < openings[i].length; at++) {
			memcpy(bytes, openings[i].bytes, openings[i].length);
			for (unsigned value = 0; value < 256; value++) {
				bytes[at] = (char)value;
				const char *word = recognise(bytes, openings[i].length);
				assert_true(words_find(word, words) >= 0);
			}
			recognise(openings[i].bytes, at);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_names_a_protocol),
		cmocka_unit_test(sip_begins_with_tls_at_once),
		cmocka_unit_test(answers_have_their_words),
		cmocka_unit_test(who_speaks_plain_text_is_recognised),
		cmocka_unit_test(every_plain_word_is_said_of_somebody),
		cmocka_unit_test(whatever_comes_has_a_word_of_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
