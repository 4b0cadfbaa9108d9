/* SPDX-License-Identifier: Apache-2.0
 *
 * What servers of Debian 12 said to our own questions: Postfix 3.7.11, Dovecot 2.3.19,
 * vsftpd 3.0.3, Prosody 0.12.3, slapd 2.5.13, PostgreSQL 15.18 and xrdp 0.9.21, with TLS and
 * without. The files are seeds of the fuzz targets; their first byte selects the protocol.
 */
#include <stdio.h>

#include "tests/unit/starttls_scene.h"

enum { RECORD_MOST = 1024 };

/* The server's name is the file's; the bytes come from there. */
#define RECORDED(protocol, file, turn, answer, said)                                          \
	{ "starttls_" file, protocol, NULL, 0, TURN_##turn, STARTTLS_##answer, said }

static const struct scene recorded[] = {
	RECORDED("smtp", "mail/smtp_recorded_postfix", NEXT_STEP, OFFERED, NULL),
	RECORDED("smtp", "mail/smtp_recorded_postfix_without", CONCLUDED, ABSENT,
		 "502 5.5.1 Error: command not implemented"),
	RECORDED("smtp", "mail/smtp_recorded_postfix_broken", CONCLUDED, REFUSED,
		 "454 4.7.0 TLS not available due to local problem"),
	RECORDED("imap", "mail/imap_recorded_dovecot", NEXT_STEP, OFFERED, NULL),
	RECORDED("imap", "mail/imap_recorded_dovecot_without", CONCLUDED, ABSENT,
		 "a2 BAD TLS support isn't enabled."),
	RECORDED("pop3", "mail/pop3_recorded_dovecot", NEXT_STEP, OFFERED, NULL),
	RECORDED("pop3", "mail/pop3_recorded_dovecot_without", CONCLUDED, ABSENT,
		 "-ERR TLS support isn't enabled."),
	RECORDED("ftp", "mail/ftp_recorded_vsftpd", NEXT_STEP, OFFERED, NULL),
	RECORDED("ftp", "mail/ftp_recorded_vsftpd_without", CONCLUDED, ABSENT,
		 "530 Please login with USER and PASS."),
	RECORDED("xmpp", "xmpp/xmpp_recorded_prosody", NEXT_STEP, OFFERED, NULL),
	RECORDED("xmpp", "xmpp/xmpp_recorded_prosody_other_name", CONCLUDED, UNKNOWN,
		 "host-unknown: This server does not serve other.example"),
	RECORDED("xmpp-server", "xmpp/server_recorded_prosody", NEXT_STEP, OFFERED, NULL),
	RECORDED("xmpp-server", "xmpp/server_recorded_prosody_other_name", CONCLUDED, UNKNOWN,
		 "host-unknown: This host does not serve 10.98.0.1"),
	RECORDED("ldap", "binary/ldap_recorded_slapd", NEXT_STEP, OFFERED, NULL),
	RECORDED("ldap", "binary/ldap_recorded_slapd_without", CONCLUDED, ABSENT,
		 "unsupported extended operation"),
	RECORDED("postgres", "binary/postgres_recorded", NEXT_STEP, OFFERED, NULL),
	RECORDED("postgres", "binary/postgres_recorded_without", CONCLUDED, ABSENT, "N"),
	RECORDED("rdp", "binary/rdp_recorded_xrdp_negotiate", NEXT_STEP, OFFERED, NULL),
	RECORDED("rdp", "binary/rdp_recorded_xrdp_tls", NEXT_STEP, OFFERED, NULL),
	RECORDED("rdp", "binary/rdp_recorded_xrdp_rdp", CONCLUDED, ABSENT, "PROTOCOL_RDP"),
};

enum { RECORDS = sizeof recorded / sizeof *recorded };

static struct scene load(const struct scene *scene, char bytes[static RECORD_MOST])
{
	const char *root = getenv("top_srcdir");
	struct scene loaded = *scene;
	char path[4096];

	snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%s", root ? root : ".", scene->server);
	FILE *file = fopen(path, "rb");
	if (!file)
		fail_msg("cannot read %s", path);
	assert_int_not_equal(fgetc(file), EOF);
	loaded.length = fread(bytes, 1, RECORD_MOST, file);
	loaded.bytes = bytes;
	fclose(file);
	return loaded;
}

static void what_real_servers_said_is_understood(void **state)
{
	char bytes[RECORD_MOST];

	(void)state;
	for (size_t i = 0; i < RECORDS; i++) {
		const struct scene scene = load(&recorded[i], bytes);

		assert_scene(&scene);
		assert_changed_is_survived(&scene);
	}
}

/* Some say more than that on which all depends. */
static void a_record_cut_anywhere_says_that_or_nothing(void **state)
{
	char bytes[RECORD_MOST];

	(void)state;
	for (size_t i = 0; i < RECORDS; i++) {
		const struct scene scene = load(&recorded[i], bytes);

		for (size_t length = 0; length < scene.length; length++) {
			struct play play;

			play_whole(&play, scene.protocol, bytes, length);
			if (play.turn == TURN_NEED_MORE)
				assert_int_equal(play.starttls.answer, STARTTLS_UNKNOWN);
			else
				assert_played(&scene, &play);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_real_servers_said_is_understood),
		cmocka_unit_test(a_record_cut_anywhere_says_that_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
