/* SPDX-License-Identifier: Apache-2.0 */
#include "net/proxy_wire.h"

#include <string.h>

enum { STATUS_UNAUTHORIZED = 401, STATUS_PROXY_AUTHENTICATION_REQUIRED = 407 };

static const char version[] = "HTTP/1.";

static void put_authority(struct writer *out, const struct route *route)
{
	struct address literal;
	char string[ADDRESS_ROOM];

	if (!route->name) {
		address_format_with_port(&route->peer, string);
		writer_put_text(out, string);
	} else if (address_parse(route->name, &literal) && literal.family == 6) {
		writer_put_format(out, "[%s]:%u", route->name, route->peer.port);
	} else {
		writer_put_format(out, "%s:%u", route->name, route->peer.port);
	}
}

static bool is_one_word(const char *name)
{
	for (; name && *name; name++)
		if ((unsigned char)*name <= ' ' || *name == 0x7f)
			return false;
	return true;
}

bool proxy_wire_ask(struct writer *out, const struct route *route)
{
	if (!is_one_word(route->name))
		return false;
	writer_put_text(out, "CONNECT ");
	put_authority(out, route);
	writer_put_text(out, " HTTP/1.1\r\nHost: ");
	put_authority(out, route);
	writer_put_text(out, "\r\n");
	if (route->proxy.authorization)
		writer_put_format(out, "Proxy-Authorization: %s\r\n",
				  route->proxy.authorization);
	writer_put_text(out, "\r\n");
	return writer_ok(out);
}

/* What is not HTTP is told at its first wrong byte: such a peer may never end its line. */
static bool begins_like_http(const struct reader *in)
{
	size_t length = reader_left(in);

	if (length > sizeof version - 1)
		length = sizeof version - 1;
	return !length || !memcmp(in->bytes + in->at, version, length);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "HTTP/1.1 200 Connection established"; 0 when it is not such a line. */
static unsigned read_status(const char *line, size_t length)
{
	enum { MINOR = sizeof version - 1, SPACE, CODE, BEHIND = CODE + 3 };

	if (length < BEHIND || !is_digit(line[MINOR]) || line[SPACE] != ' ' ||
	    line[CODE] < '1' || line[CODE] > '5' || !is_digit(line[CODE + 1]) ||
	    !is_digit(line[CODE + 2]) || (length > BEHIND && line[BEHIND] != ' '))
		return 0;
	return (unsigned)((line[CODE] - '0') * 100 + (line[CODE + 1] - '0') * 10 +
			  line[CODE + 2] - '0');
}

static bool is_field(const char *line, size_t length)
{
	bool folded = line[0] == ' ' || line[0] == '\t';

	return !memchr(line, '\0', length) &&
	       (folded || (line[0] != ':' && memchr(line, ':', length)));
}

static enum reason reason_of_status(unsigned status)
{
	if (status / 100 == 2)
		return REASON_NONE;
	/* 401 is what tinyproxy says to a wrong password; it has none of its own to want. */
	if (status == STATUS_PROXY_AUTHENTICATION_REQUIRED || status == STATUS_UNAUTHORIZED)
		return REASON_PROXY_AUTHENTICATION;
	return REASON_PROXY_REFUSED;
}

/* One status line with its fields: true when it is complete or beyond repair. */
static bool read_head(struct reader *in, unsigned *status, enum reason *reason)
{
	const char *line;
	size_t length;

	*reason = REASON_NOT_THIS_PROTOCOL;
	if (!begins_like_http(in))
		return true;
	if (!reader_take_line(in, &line, &length))
		return false;
	*reason = REASON_MALFORMED;
	*status = read_status(line, length);
	if (!*status)
		return true;
	while (reader_take_line(in, &line, &length)) {
		if (!length) {
			*reason = reason_of_status(*status);
			return true;
		}
		if (!is_field(line, length))
			return true;
	}
	return false;
}

bool proxy_wire_read(struct reader *in, enum reason *reason, unsigned *status)
{
	size_t came = reader_left(in);
	struct reader head;
	bool complete;

	*status = 0;
	/* A reply that has no end in so many bytes has none. */
	reader_init(&head, in->bytes + in->at,
		    came < PROXY_REPLY_MOST ? came : PROXY_REPLY_MOST);
	do
		complete = read_head(&head, status, reason);
	while (complete && *reason == REASON_PROXY_REFUSED && *status / 100 == 1);
	if (complete)
		reader_skip(in, head.at);
	else if (came >= PROXY_REPLY_MOST)
		*reason = REASON_TOO_MUCH;
	return complete || came >= PROXY_REPLY_MOST;
}
