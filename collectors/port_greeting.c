/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/port_greeting.h"

#include <string.h>

#include "collectors/sip_wire.h"
#include "collectors/ssh_wire.h"

struct custom {
	uint16_t port;
	const char *word;	/* NULL: it speaks first */
};

static const struct custom customs[] = {
	{ 21, NULL }, { 22, NULL }, { 23, NULL }, { 25, NULL }, { 110, NULL }, { 143, NULL },
	{ 587, NULL }, { 2525, NULL }, { 3306, NULL }, { 5900, NULL },
	{ 80, "http" }, { 5280, "http" }, { 8000, "http" }, { 8008, "http" }, { 8080, "http" },
	{ 8088, "http" },
	{ 389, "ldap" }, { 3268, "ldap" },
	{ 1433, "mssql" },
	{ 3389, "rdp" },
	{ 5060, "sip" },
	{ 5222, "xmpp" }, { 5269, "xmpp-server" },
	{ 5432, "postgres" },
	{ 443, "tls" }, { 465, "tls" }, { 636, "tls" }, { 990, "tls" }, { 993, "tls" },
	{ 995, "tls" }, { 3269, "tls" }, { 5061, "tls" }, { 5223, "tls" }, { 5281, "tls" },
	{ 8443, "tls" },
};

struct port_custom port_custom_of(uint16_t port)
{
	for (size_t i = 0; i < sizeof customs / sizeof *customs; i++)
		if (customs[i].port == port)
			return (struct port_custom){ customs[i].word ? PORT_WAITS : PORT_SPEAKS,
						     customs[i].word };
	return (struct port_custom){ PORT_MAY_SPEAK, NULL };
}

/* --- greetings ------------------------------------------------------------------------ */

/* What any server of the last twenty years can agree to or refuse in so many words. */
static void put_hello(struct writer *out, const struct port_caller *caller)
{
	static const uint16_t suites[] = {
		0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8,	/* ECDHE with AEAD */
		0xc009, 0xc013, 0xc00a, 0xc014,			/* ECDHE with CBC */
		0x009c, 0x009d, 0x002f, 0x0035, 0x000a		/* RSA */
	};
	static const uint16_t groups[] = { 0x001d, 0x0017, 0x0018 };
	struct tls_offer offer = {
		.version = TLS_VERSION_1_2,
		.suites = suites,
		.suite_count = sizeof suites / sizeof *suites,
		.groups = groups,
		.group_count = sizeof groups / sizeof *groups,
		.name = caller->starttls.name
	};
	uint8_t room[1024];
	struct writer message;

	memcpy(offer.random, caller->random, sizeof offer.random);
	writer_init(&message, room, sizeof room);
	tls_put_hello(&message, &offer);
	out->failed |= !writer_ok(&message);
	tls_put_records(out, tls_record_version(offer.version), message.bytes, message.length);
}

static void put_head_request(struct writer *out, const char *name)
{
	writer_put_text(out, "HEAD / HTTP/1.1\r\nHost: ");
	writer_put_format(out, strchr(name, ':') ? "[%s]" : "%s", name);
	writer_put_text(out, "\r\nUser-Agent: ucposture\r\nAccept: */*\r\n"
			     "Connection: close\r\n\r\n");
}

/* Where we are need not be said: answers come back over the connection. */
static void put_options(struct writer *out, const struct port_caller *caller)
{
	struct sip_question question = {
		.transport = SIP_TCP,
		.name = caller->starttls.name
	};

	memcpy(&question.branch, caller->random, sizeof question.branch);
	question.call_id = question.tag = question.branch;
	sip_put_options(out, &question);
}

void port_greet(struct writer *out, const char *word, struct port_caller *caller)
{
	if (!strcmp(word, "tls"))
		put_hello(out, caller);
	else if (!strcmp(word, "http"))
		put_head_request(out, caller->starttls.name);
	else if (!strcmp(word, "sip"))
		put_options(out, caller);
	else
		starttls_named(word)->steps[0].write(out, caller);
}

/* --- answers -------------------------------------------------------------------------- */

/* RFC 8446 5.1: a record with a hello or an alert; also who refuses plain text says so. */
static bool is_tls(struct reader in)
{
	uint8_t type = reader_take_u8(&in);
	uint8_t major = reader_take_u8(&in), minor = reader_take_u8(&in);
	uint16_t length = reader_take_u16be(&in);

	return reader_ok(&in) && major == 3 && minor <= 4 &&
	       ((type == 0x15 && length == 2) || (type == 0x16 && length >= 4 && length <= 16384));
}

/* [MS-TDS] 2.2.3.1 and 2.2.6.5: a reply, and in it the list of options, the version first. */
static bool is_mssql(struct reader in)
{
	uint8_t type = reader_take_u8(&in), status = reader_take_u8(&in);
	uint16_t length = reader_take_u16be(&in);

	reader_skip(&in, 4);
	uint8_t option = reader_take_u8(&in);
	uint16_t offset = reader_take_u16be(&in);
	return reader_ok(&in) && type == 4 && status <= 1 && length > 8 && length <= 4096 &&
	       option == 0 && offset >= 6 && offset < length - 8;
}

/* The answer to an SSLRequest is one letter. */
static bool is_consent(struct reader in)
{
	uint8_t answer = reader_take_u8(&in);

	return reader_ok(&in) && !reader_left(&in) && (answer == 'S' || answer == 'N');
}

const char *port_recognise(const char *asked, const char *bytes, size_t length)
{
	const char *word = starttls_recognise(bytes, length);
	struct reader in;

	reader_init(&in, bytes, length);
	if (is_tls(in))
		return "tls";
	if (strcmp(word, "other") != 0)
		return word;
	if (asked && !strcmp(asked, "mssql") && is_mssql(in))
		return "mssql";
	if (asked && !strcmp(asked, "postgres") && is_consent(in))
		return "postgres";
	return "unrecognised";
}

/* --- farewells ------------------------------------------------------------------------ */

/* A code with a hyphen says that more lines follow; who interrupts them is a spammer. */
static bool has_ended(const char *bytes, size_t length)
{
	return length > 4 && bytes[length - 1] == '\n' &&
	       (bytes[3] == ' ' || memmem(bytes, length, "\n220 ", 5));
}

void port_take_leave(struct writer *out, const char *word, const char *bytes, size_t length)
{
	if (!strcmp(word, "pop3") ||
	    ((!strcmp(word, "smtp") || !strcmp(word, "ftp")) && has_ended(bytes, length)))
		writer_put_text(out, "QUIT\r\n");
	else if (!strcmp(word, "imap"))
		writer_put_text(out, "a LOGOUT\r\n");
	/* sshd calls it an error when somebody leaves without a name. */
	else if (!strcmp(word, "ssh"))
		ssh_put_identification(out);
}
