/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/starttls_scene.h"

#define POSTFIX                                                                               \
	"220 mail.example ESMTP Postfix (Debian/GNU)\r\n250-mail.example\r\n250-PIPELINING\r\n"  \
	"250-SIZE 10240000\r\n250-VRFY\r\n250-ETRN\r\n"
#define POSTFIX_END "250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250 CHUNKING\r\n"
#define ASA                                                                                   \
	"220 mail.example ESMTP\r\n250-mail.example\r\n250-SIZE 10240000\r\n250-XXXXXXXA\r\n"   \
	"250 8BITMIME\r\n"
#define VSFTPD                                                                                \
	"220 (vsFTPd 3.0.3)\r\n211-Features:\r\n AUTH TLS\r\n EPRT\r\n EPSV\r\n MDTM\r\n"        \
	" PASV\r\n PBSZ\r\n PROT\r\n REST STREAM\r\n SIZE\r\n TVFS\r\n211 End\r\n"
#define DOVECOT                                                                               \
	"* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS "  \
	"LOGINDISABLED] Dovecot (Debian) ready.\r\n* CAPABILITY IMAP4rev1 SASL-IR "             \
	"LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS LOGINDISABLED\r\n"                    \
	"a1 OK Pre-login capabilities listed, post-login capabilities have more.\r\n"
#define DOVECOT_POP3                                                                          \
	"+OK Dovecot (Debian) ready.\r\n+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING"  \
	"\r\nAUTH-RESP-CODE\r\nSTLS\r\nUSER\r\nSASL PLAIN\r\n.\r\n"

static const struct scene smtp[] = {
	SCENE("smtp", "Postfix", POSTFIX "250-STARTTLS\r\n" POSTFIX_END
	      "220 2.0.0 Ready to start TLS\r\n", NEXT_STEP, OFFERED, NULL),
	SCENE("smtp", "Postfix without TLS", POSTFIX POSTFIX_END
	      "502 5.5.1 Error: command not implemented\r\n", CONCLUDED, ABSENT,
	      "502 5.5.1 Error: command not implemented"),
	SCENE("smtp", "Postfix without its certificate", POSTFIX "250-STARTTLS\r\n" POSTFIX_END
	      "454 4.7.0 TLS not available due to local problem\r\n", CONCLUDED, REFUSED,
	      "454 4.7.0 TLS not available due to local problem"),
	SCENE("smtp", "Postfix behind one who takes the offer out", POSTFIX POSTFIX_END
	      "220 2.0.0 Ready to start TLS\r\n", NEXT_STEP, STRIPPED, NULL),
	SCENE("smtp", "Postscreen",
	      "220-mail.example ESMTP Postfix\r\n220 mail.example ESMTP Postfix\r\n"
	      "250-mail.example\r\n250 STARTTLS\r\n220 2.0.0 Ready to start TLS\r\n", NEXT_STEP,
	      OFFERED, NULL),
	SCENE("smtp", "Exim",
	      "220 mail.example ESMTP Exim 4.96 Sat, 21 Nov 2026 12:00:00 +0000\r\n"
	      "250-mail.example Hello [192.0.2.1] [10.0.0.7]\r\n250-SIZE 52428800\r\n"
	      "250-8BITMIME\r\n250-PIPELINING\r\n250-PIPECONNECT\r\n250-CHUNKING\r\n"
	      "250-STARTTLS\r\n250-PRDR\r\n250 HELP\r\n220 TLS go ahead\r\n", NEXT_STEP, OFFERED,
	      NULL),
	SCENE("smtp", "Exim without TLS",
	      "220 mail.example ESMTP Exim 4.96\r\n250-mail.example Hello\r\n250 HELP\r\n"
	      "503 STARTTLS command used when not advertised\r\n", CONCLUDED, ABSENT,
	      "503 STARTTLS command used when not advertised"),
	SCENE("smtp", "Sendmail",
	      "220 mail.example ESMTP Sendmail 8.17.1/8.17.1; Sat, 21 Nov 2026 12:00:00 GMT\r\n"
	      "250-mail.example Hello [10.0.0.7], pleased to meet you\r\n"
	      "250-ENHANCEDSTATUSCODES\r\n250-STARTTLS\r\n250-DELIVERBY\r\n250 HELP\r\n"
	      "220 2.0.0 Ready to start TLS\r\n", NEXT_STEP, OFFERED, NULL),
	SCENE("smtp", "Sendmail without TLS",
	      "220 mail.example ESMTP Sendmail\r\n250-mail.example Hello\r\n250 HELP\r\n"
	      "500 5.5.1 Command unrecognized: \"STARTTLS\"\r\n", CONCLUDED, ABSENT,
	      "500 5.5.1 Command unrecognized: \"STARTTLS\""),
	SCENE("smtp", "Exchange",
	      "220 EX01.example.local Microsoft ESMTP MAIL Service ready at Sat, 21 Nov 2026\r\n"
	      "250-EX01.example.local Hello [10.0.0.7]\r\n250-SIZE 37748736\r\n"
	      "250-STARTTLS\r\n250-X-ANONYMOUSTLS\r\n250-AUTH NTLM\r\n250-X-EXPS GSSAPI NTLM\r\n"
	      "250 XRDST\r\n220 2.0.0 SMTP server ready\r\n", NEXT_STEP, OFFERED, NULL),
	SCENE("smtp", "a firewall that writes X over the offer and the command",
	      ASA "500 5.5.1 Command unrecognized: \"XXXXXXXX\"\r\n", CONCLUDED, STRIPPED,
	      "500 5.5.1 Command unrecognized: \"XXXXXXXX\""),
	SCENE("smtp", "a firewall that writes X over the offer",
	      ASA "502 5.5.1 Error: command not implemented\r\n", CONCLUDED, STRIPPED,
	      "502 5.5.1 Error: command not implemented"),
	SCENE("smtp", "a firewall that writes X over the offer only", ASA "220 go ahead\r\n",
	      NEXT_STEP, STRIPPED, NULL),
	SCENE("smtp", "a firewall that writes X over the command only",
	      POSTFIX "250 STARTTLS\r\n502 5.5.2 Error: command not recognized: XXXXXXXX\r\n",
	      CONCLUDED, STRIPPED, "502 5.5.2 Error: command not recognized: XXXXXXXX"),
	SCENE("smtp", "a firewall that allows HELO only",
	      "220 ***************2*****0*****\r\n500 5.5.1 Command unrecognized: \"XXXX\"\r\n"
	      "250 mail.example\r\n500 5.5.1 Command unrecognized: \"XXXXXXXX\"\r\n", CONCLUDED,
	      STRIPPED, "500 5.5.1 Command unrecognized: \"XXXXXXXX\""),
	SCENE("smtp", "a server older than EHLO",
	      "220 old.example SMTP\r\n500 what?\r\n250 old.example\r\n500 what?\r\n", CONCLUDED,
	      ABSENT, "500 what?"),
	SCENE("smtp", "a server that forgets its name",
	      "220 mail.example ESMTP\r\n250 STARTTLS\r\n220 go ahead\r\n", NEXT_STEP, OFFERED,
	      NULL),
	SCENE("smtp", "a server with an odd name",
	      "220 x ESMTP\r\n250 starttls.example\r\n502 what?\r\n", CONCLUDED, ABSENT,
	      "502 what?"),
	SCENE("smtp", "one who takes EHLO out",
	      "220 old.example SMTP\r\n502 no\r\n250 old.example\r\n220 go ahead\r\n", NEXT_STEP,
	      STRIPPED, NULL),
	SCENE("smtp", "a server that likes neither our name nor us",
	      "220 mail.example ESMTP\r\n550 5.7.1 Go away\r\n550 5.7.1 Go away\r\n"
	      "503 5.5.1 Hello first\r\n", CONCLUDED, UNKNOWN, "503 5.5.1 Hello first"),
	SCENE("smtp", "a server that is not for mail", "554 mail.example no SMTP service here\r\n",
	      CONCLUDED, UNKNOWN, "554 mail.example no SMTP service here"),
	SCENE("smtp", "a busy server", "421-4.3.2 Too many\r\n421 4.3.2 connections\r\n", CONCLUDED,
	      UNKNOWN, "421 4.3.2 connections"),
	SCENE("smtp", "a server that becomes busy",
	      "220 mail.example ESMTP\r\n421 4.3.2 Shutting down\r\n", CONCLUDED, UNKNOWN,
	      "421 4.3.2 Shutting down"),
};

static const struct scene ftp[] = {
	SCENE("ftp", "vsftpd", VSFTPD "234 Proceed with negotiation.\r\n", NEXT_STEP, OFFERED,
	      NULL),
	SCENE("ftp", "vsftpd without TLS",
	      "220 (vsFTPd 3.0.3)\r\n211-Features:\r\n EPRT\r\n UTF8\r\n211 End\r\n"
	      "530 Please login with USER and PASS.\r\n", CONCLUDED, ABSENT,
	      "530 Please login with USER and PASS."),
	SCENE("ftp", "ProFTPD",
	      "220 ProFTPD Server (Debian) [::ffff:10.0.0.5]\r\n211-Features:\r\n AUTH TLS\r\n"
	      " CCC\r\n CLNT\r\n PBSZ\r\n PROT\r\n211 End\r\n234 AUTH TLS successful\r\n",
	      NEXT_STEP, OFFERED, NULL),
	SCENE("ftp", "ProFTPD without TLS",
	      "220 ProFTPD Server (Debian) [::ffff:10.0.0.5]\r\n211-Features:\r\n CLNT\r\n"
	      "211 End\r\n500 AUTH not understood\r\n", CONCLUDED, ABSENT,
	      "500 AUTH not understood"),
	SCENE("ftp", "Pure-FTPd",
	      "220---------- Welcome to Pure-FTPd [privsep] [TLS] ----------\r\n"
	      "220-You are user number 1 of 50 allowed.\r\n220-Local time is now 12:00.\r\n"
	      "220 You will be disconnected after 15 minutes of inactivity.\r\n"
	      "211-Extensions supported:\r\n UTF8\r\n AUTH TLS\r\n PBSZ\r\n PROT\r\n211 End.\r\n"
	      "234 AUTH TLS OK.\r\n", NEXT_STEP, OFFERED, NULL),
	SCENE("ftp", "Pure-FTPd without TLS",
	      "220---------- Welcome to Pure-FTPd [privsep] ----------\r\n"
	      " nothing here\r\n220 Bye soon.\r\n211-Extensions supported:\r\n UTF8\r\n"
	      "211 End.\r\n500 This security scheme is not implemented\r\n", CONCLUDED, ABSENT,
	      "500 This security scheme is not implemented"),
	SCENE("ftp", "IIS without a certificate",
	      "220 Microsoft FTP Service\r\n211-Extended features supported:\r\n LANG EN*\r\n"
	      " UTF8\r\n AUTH TLS;TLS-C;SSL;TLS-P;\r\n PBSZ\r\n PROT C;P;\r\n211 END\r\n"
	      "534 Local policy on server does not allow TLS secure connections.\r\n", CONCLUDED,
	      REFUSED, "534 Local policy on server does not allow TLS secure connections."),
	SCENE("ftp", "IIS",
	      "220 Microsoft FTP Service\r\n211-Extended features supported:\r\n"
	      " AUTH TLS;TLS-C;SSL;TLS-P;\r\n211 END\r\n"
	      "234 AUTH command ok. Expecting TLS Negotiation.\r\n", NEXT_STEP, OFFERED, NULL),
	SCENE("ftp", "FileZilla Server",
	      "220-FileZilla Server 1.8.1\r\n220 Please visit https://filezilla-project.org/\r\n"
	      "211-Features:\r\n AUTH TLS\r\n EPSV\r\n211 End\r\n"
	      "234 Using authentication type TLS.\r\n", NEXT_STEP, OFFERED, NULL),
	SCENE("ftp", "a server that does not know FEAT",
	      "220 FTP ready\r\n500 What?\r\n234 Go ahead\r\n", NEXT_STEP, OFFERED, NULL),
	SCENE("ftp", "a server that knows neither",
	      "220 FTP ready\r\n500 What?\r\n502 What?\r\n", CONCLUDED, ABSENT, "502 What?"),
	SCENE("ftp", "one who takes the offer out",
	      "220 FTP ready\r\n211-Features:\r\n MDTM\r\n211 End\r\n234 Go ahead\r\n", NEXT_STEP,
	      STRIPPED, NULL),
	SCENE("ftp", "a server that lists an older word",
	      "220 FTP ready\r\n211-Features:\r\n AUTH SSL\r\n211 End\r\n234 Go ahead\r\n",
	      NEXT_STEP, OFFERED, NULL),
	SCENE("ftp", "a server that knows the older word only",
	      "220 FTP ready\r\n211-Features:\r\n AUTH SSL\r\n211 End\r\n504 What?\r\n",
	      CONCLUDED, ABSENT, "504 What?"),
	SCENE("ftp", "a server that is ready later",
	      "120 FTP ready in 1 minute\r\n220 ready\r\n530 Log in\r\n431 Not now\r\n", CONCLUDED,
	      REFUSED, "431 Not now"),
	SCENE("ftp", "a busy server", "421 Too many users\r\n", CONCLUDED, UNKNOWN,
	      "421 Too many users"),
};

static const struct scene imap[] = {
	SCENE("imap", "Dovecot", DOVECOT "a2 OK Begin TLS negotiation now.\r\n", NEXT_STEP, OFFERED,
	      NULL),
	SCENE("imap", "Dovecot without TLS",
	      "* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n* CAPABILITY IMAP4rev1 ID ENABLE\r\n"
	      "a1 OK Pre-login capabilities listed.\r\na2 BAD TLS support isn't enabled.\r\n",
	      CONCLUDED, ABSENT, "a2 BAD TLS support isn't enabled."),
	SCENE("imap", "Cyrus",
	      "* OK [CAPABILITY IMAP4rev1 LITERAL+ ID ENABLE STARTTLS] mail.example Cyrus IMAP "
	      "3.6.1-Debian server ready\r\n* CAPABILITY IMAP4rev1 LITERAL+ ID ENABLE STARTTLS\r\n"
	      "a1 OK Completed\r\na2 OK Begin TLS negotiation now\r\n", NEXT_STEP, OFFERED, NULL),
	SCENE("imap", "Cyrus without its key",
	      "* OK mail.example Cyrus IMAP\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\n"
	      "a1 OK Completed\r\na2 NO Error initializing TLS\r\n", CONCLUDED, REFUSED,
	      "a2 NO Error initializing TLS"),
	SCENE("imap", "Courier",
	      "* OK [CAPABILITY IMAP4rev1 UIDPLUS CHILDREN STARTTLS] Courier-IMAP ready. Copyright"
	      " 1998-2018 Double Precision, Inc.\r\n* CAPABILITY IMAP4rev1 UIDPLUS STARTTLS\r\n"
	      "a1 OK CAPABILITY completed\r\na2 OK Begin SSL/TLS negotiation now.\r\n", NEXT_STEP,
	      OFFERED, NULL),
	SCENE("imap", "Exchange",
	      "* OK The Microsoft Exchange IMAP4 service is ready.\r\n"
	      "* CAPABILITY IMAP4 IMAP4rev1 LOGINDISABLED STARTTLS UIDPLUS\r\n"
	      "a1 OK CAPABILITY completed.\r\na2 OK Begin TLS negotiation now.\r\n", NEXT_STEP,
	      OFFERED, NULL),
	SCENE("imap", "one who takes the offer out",
	      "* OK ready\r\n* CAPABILITY IMAP4rev1\r\na1 OK done\r\na2 OK go ahead\r\n", NEXT_STEP,
	      STRIPPED, NULL),
	SCENE("imap", "a server with something to tell in between",
	      "* OK ready\r\n* OK [ALERT] Maintenance\r\n* CAPABILITY IMAP4rev1 starttls\r\n"
	      "a1 OK done\r\n* OK wait\r\na2 OK go ahead\r\n", NEXT_STEP, OFFERED, NULL),
	SCENE("imap", "a server without a list",
	      "* OK ready\r\na1 BAD what?\r\na2 OK go ahead\r\n", NEXT_STEP, OFFERED, NULL),
	SCENE("imap", "a server that knows nothing",
	      "* OK ready\r\na1 BAD what?\r\na2 BAD what?\r\n", CONCLUDED, ABSENT, "a2 BAD what?"),
	SCENE("imap", "a server where we are logged in", "* PREAUTH IMAP4rev1 ready\r\n", CONCLUDED,
	      ABSENT, "* PREAUTH IMAP4rev1 ready"),
	SCENE("imap", "a busy server", "* BYE Too many connections\r\n", CONCLUDED, UNKNOWN,
	      "* BYE Too many connections"),
	SCENE("imap", "a server that goes away", "* OK ready\r\n* BYE Shutting down\r\n", CONCLUDED,
	      UNKNOWN, "* BYE Shutting down"),
	SCENE("imap", "a server that goes away instead",
	      "* OK ready\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK\r\n* BYE no\r\n", CONCLUDED,
	      REFUSED, "* BYE no"),
};

static const struct scene pop3[] = {
	SCENE("pop3", "Dovecot", DOVECOT_POP3 "+OK Begin TLS negotiation now.\r\n", NEXT_STEP,
	      OFFERED, NULL),
	SCENE("pop3", "Dovecot without TLS",
	      "+OK Dovecot ready.\r\n+OK\r\nCAPA\r\nTOP\r\nUSER\r\n.\r\n"
	      "-ERR TLS support isn't enabled.\r\n", CONCLUDED, ABSENT,
	      "-ERR TLS support isn't enabled."),
	SCENE("pop3", "Courier",
	      "+OK Hello there.\r\n+OK Here's what I can do:\r\nSTLS\r\nTOP\r\nUSER\r\n"
	      "LOGIN-DELAY 10\r\nPIPELINING\r\nUIDL\r\nIMPLEMENTATION Courier Mail Server\r\n.\r\n"
	      "+OK Begin SSL/TLS negotiation now.\r\n", NEXT_STEP, OFFERED, NULL),
	SCENE("pop3", "Cyrus without its key",
	      "+OK mail.example Cyrus POP3 server ready <1.2@mail.example>\r\n"
	      "+OK List of capabilities follows\r\nSTLS\r\n.\r\n"
	      "-ERR [SYS/PERM] Error initializing TLS\r\n", CONCLUDED, REFUSED,
	      "-ERR [SYS/PERM] Error initializing TLS"),
	SCENE("pop3", "one who takes the offer out",
	      "+OK ready\r\n+OK\r\nTOP\r\n.\r\n+OK go ahead\r\n", NEXT_STEP, STRIPPED, NULL),
	SCENE("pop3", "a server that does not know CAPA",
	      "+OK ready\r\n-ERR what?\r\n+OK go ahead\r\n", NEXT_STEP, OFFERED, NULL),
	SCENE("pop3", "a server that knows neither",
	      "+OK ready\r\n-ERR what?\r\n-ERR what?\r\n", CONCLUDED, ABSENT, "-ERR what?"),
	SCENE("pop3", "a server with other sorrows",
	      "+OK ready\r\n-ERR what?\r\n-ERR [SYS/TEMP] later\r\n", CONCLUDED, UNKNOWN,
	      "-ERR [SYS/TEMP] later"),
	SCENE("pop3", "a busy server", "-ERR [IN-USE] Too many\r\n", CONCLUDED, UNKNOWN,
	      "-ERR [IN-USE] Too many"),
};

/* Others, and those who break off the rules. */
static const struct scene strange[] = {
	SCENE("smtp", "an FTP server", "220 (vsFTPd 3.0.3)\r\n", NOT_THIS_PROTOCOL, UNKNOWN,
	      "220 (vsFTPd 3.0.3)\r\n"),
	SCENE("ftp", "a mail server", "220 mail.example ESMTP Postfix\r\n", NOT_THIS_PROTOCOL,
	      UNKNOWN, "220 mail.example ESMTP Postfix\r\n"),
	SCENE("smtp", "a greeting in HTML", "220 <html>\r\n250 ok\r\n250 ok\r\n", MALFORMED,
	      UNKNOWN, NULL),
	SCENE("smtp", "a list in two minds",
	      "220 mail.example ESMTP\r\n250-mail.example\r\n251 STARTTLS\r\n", MALFORMED, UNKNOWN,
	      NULL),
	SCENE("smtp", "a list of garbage",
	      "220 mail.example ESMTP\r\n250-mail.example\r\n\xff\xfe\xfd\r\n", MALFORMED, UNKNOWN,
	      NULL),
	SCENE("smtp", "a greeting with a hole", "220 mail\0example ESMTP\r\n", MALFORMED, UNKNOWN,
	      NULL),
	SCENE("smtp", "an EHLO that is a greeting",
	      "220 mail.example ESMTP\r\n220 STARTTLS\r\n", MALFORMED, UNKNOWN, NULL),
	SCENE("smtp", "a code of no kind", "220 mail.example ESMTP\r\n950 STARTTLS\r\n", MALFORMED,
	      UNKNOWN, NULL),
	SCENE("imap", "a greeting of no kind", "* CAPABILITY IMAP4rev1\r\n", MALFORMED, UNKNOWN,
	      NULL),
	SCENE("imap", "an answer to somebody else", "* OK ready\r\na9 OK\r\n", MALFORMED, UNKNOWN,
	      NULL),
	SCENE("imap", "an answer of no kind", "* OK ready\r\na1 WELL\r\n", MALFORMED, UNKNOWN,
	      NULL),
	SCENE("pop3", "an answer of no kind", "+OK ready\r\nyes\r\n", MALFORMED, UNKNOWN, NULL),
};

static const struct {
	const struct scene *scenes;
	size_t count;
} acts[] = {
	{ smtp, sizeof smtp / sizeof *smtp },
	{ ftp, sizeof ftp / sizeof *ftp },
	{ imap, sizeof imap / sizeof *imap },
	{ pop3, sizeof pop3 / sizeof *pop3 },
};

enum { ACTS = sizeof acts / sizeof *acts };

static void every_server_is_understood(void **state)
{
	(void)state;
	for (size_t act = 0; act < ACTS; act++)
		for (size_t i = 0; i < acts[act].count; i++)
			assert_scene(&acts[act].scenes[i]);
}

static void a_dialogue_cut_anywhere_says_nothing(void **state)
{
	(void)state;
	for (size_t act = 0; act < ACTS; act++)
		for (size_t i = 0; i < acts[act].count; i++)
			assert_cut_says_nothing(&acts[act].scenes[i]);
}

static void a_changed_byte_makes_no_contradiction(void **state)
{
	(void)state;
	for (size_t act = 0; act < ACTS; act++)
		for (size_t i = 0; i < acts[act].count; i++)
			assert_changed_is_survived(&acts[act].scenes[i]);
}

static void what_breaks_the_rules_is_not_believed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
		struct play play;

		play_whole(&play, strange[i].protocol, strange[i].bytes, strange[i].length);
		assert_played(&strange[i], &play);
	}
}

static void words_behind_the_consent_are_malformed(void **state)
{
	static const struct scene scenes[] = {
		SCENE("smtp", "", POSTFIX "250 STARTTLS\r\n220 go\r\n250 injected\r\n", MALFORMED,
		      UNKNOWN, NULL),
		SCENE("ftp", "", VSFTPD "234 go\r\n331 injected\r\n", MALFORMED, UNKNOWN, NULL),
		SCENE("imap", "", DOVECOT "a2 OK go\r\n* OK injected\r\n", MALFORMED, UNKNOWN,
		      NULL),
		SCENE("pop3", "", DOVECOT_POP3 "+OK go\r\n+OK injected\r\n", MALFORMED, UNKNOWN,
		      NULL),
	};

	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
		struct play play;

		play_whole(&play, scenes[i].protocol, scenes[i].bytes, scenes[i].length);
		assert_played(&scenes[i], &play);
	}
}

static void a_line_without_end_is_malformed(void **state)
{
	static const char *const words[] = { "smtp", "ftp", "imap", "pop3" };
	static const char *const beginnings[] = { "220 ", "220 ", "* OK", "+OK " };
	char bytes[5000];

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct play play;

		memset(bytes, 'x', sizeof bytes);
		memcpy(bytes, beginnings[i], 4);
		play_whole(&play, words[i], bytes, 4096);
		assert_int_equal(play.turn, TURN_NEED_MORE);
		play_whole(&play, words[i], bytes, sizeof bytes);
		assert_int_equal(play.turn, TURN_MALFORMED);
		memcpy(bytes + sizeof bytes - 2, "\r\n", 2);
		play_whole(&play, words[i], bytes, sizeof bytes);
		assert_int_equal(play.turn, TURN_MALFORMED);
	}
}

static void strangers_are_told_by_their_first_bytes(void **state)
{
	static const char *const words[] = { "smtp", "ftp", "imap", "pop3" };
	static const char alert[] = { 0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46 };

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct play play;

		play_whole(&play, words[i], "SSH-2.0-OpenSSH", 15);
		assert_int_equal(play.turn, TURN_NOT_THIS_PROTOCOL);
		assert_string_equal(play.starttls.said, "SSH-2.0-OpenSSH");
		assert_false(starttls_met_tls(&play.starttls));
		play_whole(&play, words[i], "H", 1);
		assert_int_equal(play.turn, TURN_NOT_THIS_PROTOCOL);
		play_whole(&play, words[i], alert, 1);
		assert_int_equal(play.turn, TURN_NEED_MORE);
		play_whole(&play, words[i], alert, sizeof alert);
		assert_int_equal(play.turn, TURN_NOT_THIS_PROTOCOL);
		assert_true(starttls_met_tls(&play.starttls));
	}
}

static void we_ask_what_an_ordinary_client_asks(void **state)
{
	struct play play;

	(void)state;
	play_whole(&play, "smtp", smtp[0].bytes, smtp[0].length);
	assert_asked(&play, "EHLO [192.0.2.1]\r\nSTARTTLS\r\n");
	play_whole(&play, "ftp", ftp[0].bytes, ftp[0].length);
	assert_asked(&play, "FEAT\r\nAUTH TLS\r\n");
	play_whole(&play, "imap", imap[0].bytes, imap[0].length);
	assert_asked(&play, "a1 CAPABILITY\r\na2 STARTTLS\r\n");
	play_whole(&play, "pop3", pop3[0].bytes, pop3[0].length);
	assert_asked(&play, "CAPA\r\nSTLS\r\n");
}

static void nothing_is_said_before_the_greeting_is_complete(void **state)
{
	struct play play;

	(void)state;
	play_whole(&play, "smtp", "220-mail.example ESMTP\r\n220-wait\r\n", 34);
	assert_asked(&play, "");
	play_hear(&play, "220-mail.example ESMTP\r\n220-wait\r\n220 ok\r\n", 42);
	assert_asked(&play, "EHLO [192.0.2.1]\r\n");
}

static void who_refuses_ehlo_is_asked_in_older_words(void **state)
{
	struct play play;

	(void)state;
	play_whole(&play, "smtp", "220 a SMTP\r\n500 b\r\n", 19);
	assert_asked(&play, "EHLO [192.0.2.1]\r\nHELO [192.0.2.1]\r\n");
	play_whole(&play, "smtp", "220 a SMTP\r\n500 b\r\n250-c\r\n250 d\r\n", 33);
	assert_asked(&play, "EHLO [192.0.2.1]\r\nHELO [192.0.2.1]\r\nSTARTTLS\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_server_is_understood),
		cmocka_unit_test(a_dialogue_cut_anywhere_says_nothing),
		cmocka_unit_test(a_changed_byte_makes_no_contradiction),
		cmocka_unit_test(what_breaks_the_rules_is_not_believed),
		cmocka_unit_test(words_behind_the_consent_are_malformed),
		cmocka_unit_test(a_line_without_end_is_malformed),
		cmocka_unit_test(strangers_are_told_by_their_first_bytes),
		cmocka_unit_test(we_ask_what_an_ordinary_client_asks),
		cmocka_unit_test(nothing_is_said_before_the_greeting_is_complete),
		cmocka_unit_test(who_refuses_ehlo_is_asked_in_older_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
