/* SPDX-License-Identifier: Apache-2.0
 *
 * Who speaks plain text there. Only what is unmistakable is named.
 */
#include <string.h>
#include <strings.h>

#include "collectors/starttls/starttls.h"
#include "net/bytes.h"

struct opening {
	const char *words;
	const char *protocol;
};

/* Of those that say who they are; upper and lower case count. */
static const struct opening openings[] = {
	{ "SSH-", "ssh" },
	{ "HTTP/", "http" },
	{ "<!DOCTYPE html", "http" },
	{ "<html", "http" },
	{ "SIP/2.0 ", "sip" },
	{ "RFB 00", "vnc" },
	{ "* OK", "imap" },
	{ "* PREAUTH", "imap" },
	{ "* BYE", "imap" },
	{ "+OK", "pop3" },
	{ "<stream:stream", "xmpp" },
	{ "<stream:error", "xmpp" },
	{ "NOTICE AUTH", "irc" },
	{ "ERROR :", "irc" },
	{ "EFATAL:", "postgres" },
	{ "220 ***", "smtp" },		/* masked by a firewall that does so with SMTP only */
};

static bool begins(const char *bytes, size_t length, const char *words)
{
	return length >= strlen(words) && !memcmp(bytes, words, strlen(words));
}

static bool contains(const char *bytes, size_t length, const char *words)
{
	return length && memmem(bytes, length, words, strlen(words));
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_alphanumeric(char c)
{
	return is_letter(c) || is_digit(c);
}

/* Also within a word ("ESMTP", "vsFTPd"), but not in the name of a host: "ftp.example". */
static bool says(const char *line, size_t length, const char *word)
{
	size_t width = strlen(word);

	for (size_t at = 0; at + width <= length; at++) {
		size_t behind = at + width;

		if (strncasecmp(line + at, word, width) != 0)
			continue;
		while (behind < length && is_alphanumeric(line[behind]))
			behind++;
		if (behind + 1 >= length || line[behind] != '.' ||
		    !is_alphanumeric(line[behind + 1]))
			return true;
	}
	return false;
}

/* "220 mail.example ESMTP Postfix", "220 ProFTPD Server ready." */
static const char *by_code(const char *bytes, size_t length)
{
	const char *end = length ? memchr(bytes, '\n', length) : NULL;
	size_t line = end ? (size_t)(end - bytes) : length;

	if (line < 5 || !is_digit(bytes[0]) || !is_digit(bytes[1]) || !is_digit(bytes[2]) ||
	    (bytes[3] != ' ' && bytes[3] != '-'))
		return NULL;
	if (says(bytes, line, "SMTP"))
		return "smtp";
	if (says(bytes, line, "FTP") || says(bytes, line, "FileZilla"))
		return "ftp";
	return NULL;
}

static const char *by_line(const char *bytes, size_t length)
{
	for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
		if (begins(bytes, length, openings[i].words))
			return openings[i].protocol;
	if (begins(bytes, length, "<?xml") && contains(bytes, length, "<stream:"))
		return "xmpp";
	if (begins(bytes, length, "<?xml") && contains(bytes, length, "<html"))
		return "http";
	if (begins(bytes, length, ":") && contains(bytes, length, " NOTICE "))
		return "irc";
	return by_code(bytes, length);
}

/* RFC 854: the server begins with what it will and won't. */
static bool is_telnet(struct reader in)
{
	uint8_t first = reader_take_u8(&in), verb = reader_take_u8(&in);

	reader_skip(&in, 1);
	return reader_ok(&in) && first == 0xff && verb >= 0xfb && verb <= 0xfe;
}

/* Protocol::HandshakeV10, or an error instead of it: "host is blocked", "too many". */
static bool is_mysql(struct reader in)
{
	uint32_t lowest = reader_take_u8(&in);
	uint32_t length = lowest | (uint32_t)reader_take_u16le(&in) << 8;
	uint8_t sequence = reader_take_u8(&in), first = reader_take_u8(&in);
	uint8_t second = reader_take_u8(&in), third = reader_take_u8(&in);

	if (!reader_ok(&in) || sequence != 0 || length < 8 || length > 1024)
		return false;
	return (first == 0x0a && is_digit((char)second)) ||
	       /* codes are 1000 and above */
	       (first == 0xff && (third << 8 | second) >= 1000 && (third << 8 | second) < 5000);
}

/* TPKT with a Connection Confirm of X.224. */
static bool is_rdp(struct reader in)
{
	uint8_t version = reader_take_u8(&in), reserved = reader_take_u8(&in);
	uint16_t length = reader_take_u16be(&in);
	uint8_t inside = reader_take_u8(&in), type = reader_take_u8(&in);

	return reader_ok(&in) && version == 3 && reserved == 0 && inside + 5 == length &&
	       type == 0xd0;
}

/* An ErrorResponse: its first field is the severity. */
static bool is_postgres(struct reader in)
{
	uint8_t type = reader_take_u8(&in);
	uint32_t length = reader_take_u32be(&in);

	return type == 'E' && length > 4 && length < 32768 && reader_take_u8(&in) == 'S' &&
	       is_letter((char)reader_take_u8(&in));
}

/* RFC 4511 4.2: a message of the server's begins with a number and an application's tag. */
static bool is_ldap(struct reader in)
{
	uint8_t sequence = reader_take_u8(&in), length = reader_take_u8(&in);

	if (length > 0x80)
		reader_skip(&in, length & 0x7f);
	uint8_t integer = reader_take_u8(&in), width = reader_take_u8(&in);
	reader_skip(&in, width);
	uint8_t operation = reader_take_u8(&in);

	return reader_ok(&in) && sequence == 0x30 && length != 0x80 && length <= 0x84 &&
	       integer == 0x02 && width >= 1 && width <= 4 &&
	       (operation & 0xe0) == 0x60 && (operation & 0x1f) <= 25;
}

static const char *by_structure(const char *bytes, size_t length)
{
	struct reader in;

	reader_init(&in, bytes, length);
	if (is_telnet(in))
		return "telnet";
	if (is_mysql(in))
		return "mysql";
	if (is_rdp(in))
		return "rdp";
	if (is_postgres(in))
		return "postgres";
	return is_ldap(in) ? "ldap" : "other";
}

const char *starttls_recognise(const char *bytes, size_t length)
{
	const char *word = by_line(bytes, length);

	return word ? word : by_structure(bytes, length);
}
