/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/starttls_scene.h"

#define OLD_POSTGRES                                                                          \
	"EFATAL:  unsupported frontend protocol 1234.5679: server supports 1.0 to 2.0\n\0"
#define LDAP_STARTTLS_NAME "1.3.6.1.4.1.1466.20037"
#define LDAP_NOTICE_NAME "1.3.6.1.4.1.1466.20036"
#define TDS "\x04\x01\x00\x2b\x00\x00\x01\x00"
#define TDS_OPTIONS                                                                           \
	"\x00\x00\x1a\x00\x06\x01\x00\x20\x00\x01\x02\x00\x21\x00\x01\x03\x00\x22\x00\x00"       \
	"\x04\x00\x22\x00\x01\xff\x0f\x00\x07\xd0\x00\x00"

static const struct scene scenes[] = {
	SCENE("ldap", "slapd", "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00",
	      NEXT_STEP,
	      OFFERED, NULL),
	SCENE("ldap", "slapd without TLS",
	      "\x30\x2a\x02\x01\x01\x78\x25\x0a\x01\x02\x04\x00\x04\x1e"
	      "unsupported extended operation", CONCLUDED, ABSENT,
	      "unsupported extended operation"),
	SCENE("ldap", "Active Directory",
	      "\x30\x84\x00\x00\x00\x28\x02\x01\x01\x78\x84\x00\x00\x00\x1f\x0a\x01\x00\x04\x00"
	      "\x04\x00\x8a\x16" LDAP_STARTTLS_NAME, NEXT_STEP, OFFERED, NULL),
	SCENE("ldap", "Active Directory without a certificate",
	      "\x30\x84\x00\x00\x00\x36\x02\x01\x01\x78\x84\x00\x00\x00\x2d\x0a\x01\x34\x04\x00"
	      "\x04\x0e" "LdapErr: DSID-" "\x8a\x16" LDAP_STARTTLS_NAME, CONCLUDED, REFUSED,
	      "LdapErr: DSID-"),
	SCENE("ldap", "a server that is not willing",
	      "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x35\x04\x00\x04\x00", CONCLUDED, ABSENT, NULL),
	SCENE("ldap", "a busy server",
	      "\x30\x0f\x02\x01\x01\x78\x0a\x0a\x01\x33\x04\x00\x04\x03" "bye", CONCLUDED, REFUSED,
	      "bye"),
	SCENE("ldap", "a server that disconnects us",
	      "\x30\x27\x02\x01\x00\x78\x22\x0a\x01\x34\x04\x00\x04\x03" "bye"
	      "\x8a\x16" LDAP_NOTICE_NAME, CONCLUDED, UNKNOWN, "bye"),
	SCENE("postgres", "PostgreSQL", "S", NEXT_STEP, OFFERED, NULL),
	SCENE("postgres", "PostgreSQL without TLS", "N", CONCLUDED, ABSENT, "N"),
	SCENE("postgres", "an old PostgreSQL", OLD_POSTGRES, CONCLUDED, ABSENT,
	      "FATAL:  unsupported frontend protocol 1234.5679: server supports 1.0 to 2.0\n"),
	SCENE("postgres", "a PostgreSQL in need",
	      "Ecould not fork new process for connection: Out of memory\n\0", CONCLUDED, UNKNOWN,
	      "could not fork new process for connection: Out of memory\n"),
	SCENE("postgres", "an error in fields",
	      "E\x00\x00\x00\x3fSFATAL\0C0A000\0Munsupported frontend protocol 1234.5679\0R1\0\0",
	      CONCLUDED, ABSENT, "unsupported frontend protocol 1234.5679"),
	SCENE("rdp", "Windows, network level authentication",
	      "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x1f\x08\x00\x02\x00\x00\x00",
	      NEXT_STEP, OFFERED, NULL),
	SCENE("rdp", "Windows, extended",
	      "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x1f\x08\x00\x08\x00\x00\x00",
	      NEXT_STEP, OFFERED, NULL),
	SCENE("rdp", "xrdp",
	      "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x01\x08\x00\x01\x00\x00\x00",
	      NEXT_STEP, OFFERED, NULL),
	SCENE("rdp", "xrdp with a layer of its own",
	      "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x00\x08\x00\x00\x00\x00\x00",
	      CONCLUDED, ABSENT, "PROTOCOL_RDP"),
	SCENE("rdp", "Windows 2003", "\x03\x00\x00\x0b\x06\xd0\x00\x00\x12\x34\x00", CONCLUDED,
	      ABSENT, NULL),
	SCENE("rdp", "Windows that may not",
	      "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x03\x00\x08\x00\x02\x00\x00\x00",
	      CONCLUDED, ABSENT, "SSL_NOT_ALLOWED_BY_SERVER"),
	SCENE("rdp", "Windows without a certificate",
	      "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x03\x00\x08\x00\x03\x00\x00\x00",
	      CONCLUDED, REFUSED, "SSL_CERT_NOT_ON_SERVER"),
	SCENE("mssql", "SQL Server", TDS TDS_OPTIONS "\x01\x00\x00", NEXT_STEP, OFFERED, NULL),
	SCENE("mssql", "SQL Server for the login only", TDS TDS_OPTIONS "\x00\x00\x00", NEXT_STEP,
	      OFFERED, NULL),
	SCENE("mssql", "SQL Server that insists", TDS TDS_OPTIONS "\x03\x00\x00",
	      NEXT_STEP, OFFERED,
	      NULL),
	SCENE("mssql", "SQL Server without TLS", TDS TDS_OPTIONS "\x02\x00\x00", CONCLUDED, ABSENT,
	      NULL),
};

static const struct scene strange[] = {
	SCENE("ldap", "a search's end", "\x30\x0c\x02\x01\x01\x65\x07\x0a\x01\x00\x04\x00\x04\x00",
	      MALFORMED, UNKNOWN, NULL),
	SCENE("ldap", "an answer to somebody else",
	      "\x30\x0c\x02\x01\x02\x78\x07\x0a\x01\x00\x04\x00\x04\x00", MALFORMED, UNKNOWN, NULL),
	SCENE("ldap", "an indefinite length",
	      "\x30\x80\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04",
	      MALFORMED, UNKNOWN, NULL),
	SCENE("ldap", "a length of eight bytes", "\x30\x88\x00\x00\x00\x00\x00\x00\x00\x0c",
	      MALFORMED, UNKNOWN, NULL),
	SCENE("ldap", "an endless message", "\x30\x84\x7f\xff\xff\xff", MALFORMED, UNKNOWN, NULL),
	SCENE("ldap", "words behind its end",
	      "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x01", MALFORMED, UNKNOWN, NULL),
	SCENE("ldap", "bytes behind the consent",
	      "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00\x30", MALFORMED, UNKNOWN,
	      NULL),
	SCENE("ldap", "a web server", "HTTP/1.1 400 Bad", NOT_THIS_PROTOCOL, UNKNOWN,
	      "HTTP/1.1 400 Bad"),
	SCENE("postgres", "bytes behind the consent", "SE", MALFORMED, UNKNOWN, NULL),
	SCENE("postgres", "bytes behind the refusal", "NN", MALFORMED, UNKNOWN, NULL),
	SCENE("postgres", "a shell", "SSH-2.0-OpenSSH_9.2\r\n", NOT_THIS_PROTOCOL, UNKNOWN,
	      "SSH-2.0-OpenSSH_9.2\r\n"),
	SCENE("postgres", "a chat", "ERROR :Closing Link\r\n", NOT_THIS_PROTOCOL, UNKNOWN,
	      "ERROR :Closing Link\r\n"),
	SCENE("postgres", "an error of no length", "E\x00\x00\x00\x04", MALFORMED, UNKNOWN, NULL),
	SCENE("postgres", "an error of great length", "E\x00\xff\xff\xff", MALFORMED,
	      UNKNOWN, NULL),
	SCENE("postgres", "an error without words", "E\x00\x00\x00\x0cSFATAL\0\0", MALFORMED,
	      UNKNOWN, NULL),
	SCENE("postgres", "an error without end", "E\x00\x00\x00\x0cMFATAL\0\x41", MALFORMED,
	      UNKNOWN, NULL),
	SCENE("rdp", "what was not asked for",
	      "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x00\x08\x00\x04\x00\x00\x00",
	      MALFORMED, UNKNOWN, NULL),
	SCENE("rdp", "a demand for what was offered",
	      "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x03\x00\x08\x00\x01\x00\x00\x00",
	      MALFORMED, UNKNOWN, NULL),
	SCENE("rdp", "two lengths", "\x03\x00\x00\x0b\x07\xd0\x00\x00\x12\x34\x00", MALFORMED,
	      UNKNOWN, NULL),
	SCENE("rdp", "a disconnection", "\x03\x00\x00\x0b\x06\x80\x00\x00\x12\x34\x00", MALFORMED,
	      UNKNOWN, NULL),
	SCENE("rdp", "bytes behind the consent",
	      "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x1f\x08\x00\x02\x00\x00\x00\x03",
	      MALFORMED, UNKNOWN, NULL),
	SCENE("mssql", "an encryption of no kind", TDS TDS_OPTIONS "\x04\x00\x00", MALFORMED,
	      UNKNOWN, NULL),
	SCENE("mssql", "a value outside",
	      "\x04\x01\x00\x0f\x00\x00\x01\x00\x01\x00\x07\x00\x01\xff\x01", MALFORMED, UNKNOWN,
	      NULL),
	SCENE("mssql", "a list without end", "\x04\x01\x00\x0d\x00\x00\x01\x00\x01\x00\x04\x00\x01",
	      MALFORMED, UNKNOWN, NULL),
	SCENE("mssql", "no word of encryption", "\x04\x01\x00\x09\x00\x00\x01\x00\xff", MALFORMED,
	      UNKNOWN, NULL),
	SCENE("mssql", "two opinions",
	      "\x04\x01\x00\x14\x00\x00\x01\x00\x01\x00\x0b\x00\x01\x01\x00\x0b\x00\x01\xff\x01",
	      MALFORMED, UNKNOWN, NULL),
	SCENE("mssql", "half a message",
	      "\x04\x00\x00\x0f\x00\x00\x01\x00\x01\x00\x06\x00\x01\xff\x01", MALFORMED, UNKNOWN,
	      NULL),
	SCENE("mssql", "a web server", "HTTP/1.1 400 Bad", NOT_THIS_PROTOCOL, UNKNOWN,
	      "HTTP/1.1 400 Bad"),
};

static void every_server_is_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
		assert_scene(&scenes[i]);
}

static void a_dialogue_cut_anywhere_says_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
		assert_cut_says_nothing(&scenes[i]);
}

static void a_changed_byte_makes_no_contradiction(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
		assert_changed_is_survived(&scenes[i]);
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

static void a_tls_alert_is_told(void **state)
{
	static const char *const words[] = { "ldap", "postgres", "rdp", "mssql" };
	static const char alert[] = { 0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46 };

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct play play;

		play_bytewise(&play, words[i], alert, sizeof alert);
		assert_int_equal(play.turn, TURN_NOT_THIS_PROTOCOL);
		assert_true(starttls_met_tls(&play.starttls));
	}
}

static void assert_request(const char *word, const void *bytes, size_t length)
{
	struct play play;

	play_start(&play, word);
	assert_int_equal(play.asked.length, length);
	assert_memory_equal(play.asked.bytes, bytes, length);
}

static void requests_are_those_of_the_standards(void **state)
{
	static const char ldap[] = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16" LDAP_STARTTLS_NAME;
	static const char postgres[] = "\x00\x00\x00\x08\x04\xd2\x16\x2f";
	static const char rdp[] =
		"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x0b\x00\x00\x00";
	static const char mssql[] =
		"\x12\x01\x00\x29\x00\x00\x00\x00\x00\x00\x15\x00\x06\x01\x00\x1b\x00\x01\x02\x00"
		"\x1c\x00\x01\x03\x00\x1d\x00\x04\xff\x0f\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00"
		"\x00";

	(void)state;
	assert_request("ldap", ldap, sizeof ldap - 1);
	assert_request("postgres", postgres, sizeof postgres - 1);
	assert_request("rdp", rdp, sizeof rdp - 1);
	assert_request("mssql", mssql, sizeof mssql - 1);
}

/* What is wrapped comes out again, in packets no longer than 4096, the last of them marked. */
static void assert_wrapped(size_t length, size_t packets)
{
	const struct starttls_protocol *mssql = starttls_named("mssql");
	struct writer out = { 0 }, inside = { 0 };
	uint8_t *bytes = malloc(length);
	struct reader in;
	size_t taken = 0;

	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(i * 7);
	writer_grow_up_to(&out, 100000);
	writer_grow_up_to(&inside, 100000);
	mssql->wrap(&out, bytes, length);
	reader_init(&in, out.bytes, out.length);
	for (; reader_left(&in); taken++) {
		bool last = taken + 1 == packets;

		assert_int_equal(in.bytes[in.at], 0x12);
		assert_int_equal(in.bytes[in.at + 1], last ? 1 : 0);
		assert_int_equal(mssql->unwrap(&in, &inside), TURN_GO_ON);
	}
	assert_int_equal(taken, packets);
	assert_int_equal(inside.length, length);
	assert_memory_equal(inside.bytes, bytes, length);
	writer_free(&out);
	writer_free(&inside);
	free(bytes);
}

static void wrapped_bytes_come_out_as_they_went_in(void **state)
{
	(void)state;
	assert_wrapped(1, 1);
	assert_wrapped(4088, 1);
	assert_wrapped(4089, 2);
	assert_wrapped(20000, 5);
}

static enum turn unwrap(const char *bytes, size_t length)
{
	struct writer inside;
	uint8_t room[64];
	struct reader in;

	writer_init(&inside, room, sizeof room);
	reader_init(&in, bytes, length);
	enum turn turn = starttls_named("mssql")->unwrap(&in, &inside);
	if (turn != TURN_GO_ON)
		assert_int_equal(inside.length, 0);
	return turn;
}

static void an_empty_packet_adds_nothing(void **state)
{
	static const char packet[] = "\x12\x01\x00\x08\x00\x00\x00\x00";
	struct writer inside = { 0 };
	struct reader in;

	(void)state;
	writer_grow_up_to(&inside, 16);
	reader_init(&in, packet, sizeof packet - 1);
	assert_int_equal(starttls_named("mssql")->unwrap(&in, &inside), TURN_GO_ON);
	assert_int_equal(inside.length, 0);
	assert_int_equal(reader_left(&in), 0);
	writer_free(&inside);
}

static void only_whole_prelogin_packets_are_unwrapped(void **state)
{
	static const char packet[] = "\x12\x01\x00\x0b\x00\x00\x00\x00\x16\x03\x03";

	(void)state;
	for (size_t length = 0; length < sizeof packet - 1; length++)
		assert_int_equal(unwrap(packet, length), TURN_NEED_MORE);
	assert_int_equal(unwrap(packet, sizeof packet - 1), TURN_GO_ON);
	assert_int_equal(unwrap("\x04\x01\x00\x0b\x00\x00\x00\x00", 8), TURN_MALFORMED);
	assert_int_equal(unwrap("\x12\x01\x00\x07\x00\x00\x00\x00", 8), TURN_MALFORMED);
	assert_int_equal(unwrap("\x12\x01\x10\x01\x00\x00\x00\x00", 8), TURN_MALFORMED);
	assert_int_equal(unwrap("\x16\x03\x03\x00\x40\x02\x00\x00", 8), TURN_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_server_is_understood),
		cmocka_unit_test(a_dialogue_cut_anywhere_says_nothing),
		cmocka_unit_test(a_changed_byte_makes_no_contradiction),
		cmocka_unit_test(what_breaks_the_rules_is_not_believed),
		cmocka_unit_test(a_tls_alert_is_told),
		cmocka_unit_test(requests_are_those_of_the_standards),
		cmocka_unit_test(wrapped_bytes_come_out_as_they_went_in),
		cmocka_unit_test(an_empty_packet_adds_nothing),
		cmocka_unit_test(only_whole_prelogin_packets_are_unwrapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
