/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "collectors/ssh_wire.h"

#include <string.h>

#include "collectors/starttls/starttls.h"

/* RFC 4253 4.2 allows 255 bytes; more has been seen in comments and in legal notices. */
enum { LINE_MOST = 1024 };

/* RFC 4253 6 and 6.1 */
enum {
	PACKET_MOST = 35000,
	PACKET_BLOCK = 8,
	PADDING_LEAST = 4,
	COOKIE_BYTES = 16
};

/* RFC 4250 4.1.2 */
enum {
	MESSAGE_DISCONNECT = 1,
	MESSAGE_IGNORE = 2,
	MESSAGE_UNIMPLEMENTED = 3,
	MESSAGE_DEBUG = 4,
	MESSAGE_KEXINIT = 20
};

void ssh_put_identification(struct writer *out)
{
	writer_put_text(out, "SSH-2.0-ucposture_" PACKAGE_VERSION "\r\n");
}

/* --- lines ---------------------------------------------------------------------------- */

static bool begins(const char *bytes, size_t length, const char *words)
{
	return length >= strlen(words) && !memcmp(bytes, words, strlen(words));
}

bool ssh_is_identification(const struct ssh_text *line)
{
	return begins(line->bytes, line->length, "SSH-");
}

static bool is_text(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)bytes[i] < ' ' && bytes[i] != '\t' && bytes[i] != '\r')
			return false;
	return true;
}

/* Of a line, or of as much of one as there is. */
static bool may_be_said(const char *bytes, size_t length)
{
	return length <= LINE_MOST && is_text(bytes, length);
}

/* Servers may say something before they identify themselves, but not as another one. */
static bool is_somebody_else(const struct ssh_text *line)
{
	return !ssh_is_identification(line) &&
	       strcmp(starttls_recognise(line->bytes, line->length), "other") != 0;
}

enum turn ssh_take_line(struct reader *in, struct ssh_text *line)
{
	struct reader rest = *in;
	size_t left = reader_left(in);

	if (!reader_take_line(in, &line->bytes, &line->length)) {
		const char *begin = (const char *)reader_take(&rest, left);

		return !left || may_be_said(begin, left) ? TURN_NEED_MORE :
							   TURN_NOT_THIS_PROTOCOL;
	}
	if (!may_be_said(line->bytes, line->length))
		return ssh_is_identification(line) ? TURN_MALFORMED : TURN_NOT_THIS_PROTOCOL;
	return is_somebody_else(line) ? TURN_NOT_THIS_PROTOCOL : TURN_NEXT_STEP;
}

/* As far as the separator, which is taken too; false when there is none. */
static bool take_until(struct ssh_text *rest, char separator, struct ssh_text *part)
{
	const char *end = rest->length ? memchr(rest->bytes, separator, rest->length) : NULL;

	if (!end)
		return false;
	*part = (struct ssh_text){ rest->bytes, (size_t)(end - rest->bytes) };
	rest->bytes = end + 1;
	rest->length -= part->length + 1;
	return true;
}

/* "2.0": digits around a dot. */
static bool is_version(const struct ssh_text *text)
{
	size_t dots = 0;

	for (size_t i = 0; i < text->length; i++) {
		bool inside = i > 0 && i + 1 < text->length;

		if (text->bytes[i] == '.' && inside)
			dots++;
		else if (text->bytes[i] < '0' || text->bytes[i] > '9')
			return false;
	}
	return dots == 1;
}

bool ssh_read_identification(const struct ssh_text *line, struct ssh_identification *said)
{
	struct ssh_text rest = *line, name;

	*said = (struct ssh_identification){ .speaks_2 = false };
	if (!take_until(&rest, '-', &name) || !take_until(&rest, '-', &said->protocol) ||
	    !is_version(&said->protocol))
		return false;
	/* RFC 4253 5.1: 1.99 is 2.0 by a server that knows version 1 too. */
	said->speaks_2 = begins(said->protocol.bytes, said->protocol.length, "2.") ||
			 begins(said->protocol.bytes, said->protocol.length, "1.99");
	if (take_until(&rest, ' ', &said->software))
		said->comment = rest;
	else
		said->software = rest;
	return true;
}

/* --- packets -------------------------------------------------------------------------- */

bool ssh_take_name(struct ssh_text *list, struct ssh_text *name)
{
	while (list->length) {
		if (!take_until(list, ',', name)) {
			*name = *list;
			list->length = 0;
		}
		/* RFC 4251 5 forbids empty names, and clients pass over them. */
		if (name->length)
			return true;
	}
	return false;
}

/* RFC 4251 5 and 6 */
static bool is_name_list(struct ssh_text list)
{
	struct ssh_text name;
	size_t count = 0;

	for (size_t i = 0; i < list.length; i++)
		if (list.bytes[i] <= ' ' || list.bytes[i] > '~')
			return false;
	while (ssh_take_name(&list, &name))
		if (name.length > SSH_NAME_MOST || ++count > SSH_NAMES_MOST)
			return false;
	return true;
}

static struct ssh_text take_string(struct reader *in)
{
	size_t length = reader_take_u32be(in);
	const char *bytes = (const char *)reader_take(in, length);

	return (struct ssh_text){ bytes, bytes ? length : 0 };
}

static bool read_kexinit(struct reader *in, struct ssh_heard *heard)
{
	bool sound = true;

	reader_skip(in, COOKIE_BYTES);
	for (size_t i = 0; i < SSH_LISTS; i++) {
		heard->lists[i] = take_string(in);
		sound &= is_name_list(heard->lists[i]);
	}
	reader_skip(in, 1);		/* whether a guess follows */
	reader_skip(in, 4);		/* reserved */
	return sound && reader_ok(in) && !reader_left(in);
}

static bool read_disconnect(struct reader *in, struct ssh_heard *heard)
{
	heard->parted = true;
	reader_skip(in, 4);		/* the reason as a number */
	heard->words = take_string(in);
	/* Some leave out the language behind it. */
	return reader_ok(in);
}

/* NEXT_STEP when a packet is there whole; *payload is what it carries. */
static enum turn take_payload(struct reader *in, struct reader *payload)
{
	size_t length = reader_take_u32be(in), padding = reader_take_u8(in);

	if (!reader_ok(in))
		return TURN_NEED_MORE;
	if (length > PACKET_MOST || (length + 4) % PACKET_BLOCK != 0 || padding < PADDING_LEAST ||
	    length < padding + 2)
		return TURN_MALFORMED;
	*payload = reader_part(in, length - padding - 1);
	reader_skip(in, padding);
	return reader_ok(in) ? TURN_NEXT_STEP : TURN_NEED_MORE;
}

enum turn ssh_take_packet(struct reader *in, struct ssh_heard *heard)
{
	struct reader payload;
	enum turn turn = take_payload(in, &payload);

	*heard = (struct ssh_heard){ .parted = false };
	if (turn != TURN_NEXT_STEP)
		return turn;
	switch (reader_take_u8(&payload)) {
	case MESSAGE_KEXINIT:
		return read_kexinit(&payload, heard) ? TURN_CONCLUDED : TURN_MALFORMED;
	case MESSAGE_DISCONNECT:
		return read_disconnect(&payload, heard) ? TURN_CONCLUDED : TURN_MALFORMED;
	case MESSAGE_IGNORE:
	case MESSAGE_UNIMPLEMENTED:
	case MESSAGE_DEBUG:
		return TURN_GO_ON;
	default:
		return TURN_MALFORMED;
	}
}
