/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fetch_head.h"

#include <string.h>

enum {
	STATUS_SWITCHING_PROTOCOLS = 101,
	STATUS_UNAUTHORIZED = 401,
	STATUS_PROXY_AUTHENTICATION_REQUIRED = 407
};

void fetch_head_init(struct fetch_head *head, size_t most_bytes)
{
	*head = (struct fetch_head){ .most = most_bytes };
	/* A value that goes on in the next line needs no more than it brings. */
	writer_grow_up_to(&head->bytes, most_bytes);
}

void fetch_head_free(struct fetch_head *head)
{
	writer_free(&head->bytes);
}

static bool refuse(struct fetch_head *head, enum reason reason)
{
	head->reason = reason;
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* "1.1" and "2" are versions. The length, or 0. */
static size_t version_length(const char *bytes, size_t length)
{
	if (!length || !is_digit(bytes[0]))
		return 0;
	if (length >= 3 && bytes[1] == '.')
		return is_digit(bytes[2]) ? 3 : 0;
	return 1;
}

/* "HTTP/1.1 200 OK", RFC 9112 section 4; the phrase and its space are often missing. */
static bool take_status(struct fetch_head *head, const char *line, size_t length)
{
	static const char begin[] = "HTTP/";
	enum { BEGIN = sizeof begin - 1, DIGITS = 3 };
	size_t version;
	const char *code;

	if (length < BEGIN || memcmp(line, begin, BEGIN))
		return refuse(head, REASON_NOT_THIS_PROTOCOL);
	version = version_length(line + BEGIN, length - BEGIN);
	if (!version || length < BEGIN + version + 1 + DIGITS || line[BEGIN + version] != ' ')
		return refuse(head, REASON_MALFORMED);
	code = line + BEGIN + version + 1;
	length -= BEGIN + version + 1;
	if (code[0] < '1' || code[0] > '9' || !is_digit(code[1]) || !is_digit(code[2]) ||
	    (length > DIGITS && code[DIGITS] != ' '))
		return refuse(head, REASON_MALFORMED);
	head->status = (unsigned)((code[0] - '0') * 100 + (code[1] - '0') * 10 + code[2] - '0');
	memcpy(head->version, line + BEGIN, version);
	head->version[version] = '\0';
	return true;
}

static void trim(const char **bytes, size_t *length)
{
	while (*length && is_space(**bytes)) {
		++*bytes;
		--*length;
	}
	while (*length && is_space((*bytes)[*length - 1]))
		--*length;
}

/* A value may go on in the next line, RFC 9112 section 5.2. */
static bool take_continuation(struct fetch_head *head, const char *line, size_t length)
{
	if (!head->count)
		return refuse(head, REASON_MALFORMED);
	trim(&line, &length);
	head->bytes.length--;
	writer_put_u8(&head->bytes, ' ');
	writer_put(&head->bytes, line, length);
	writer_put_u8(&head->bytes, '\0');
	return true;
}

static bool put_name(struct fetch_head *head, const char *name, size_t length)
{
	while (length && is_space(name[length - 1]))
		length--;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)name[i];

		if (c <= ' ' || c == 0x7f)
			return refuse(head, REASON_MALFORMED);
		writer_put_u8(&head->bytes, c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c);
	}
	writer_put_u8(&head->bytes, '\0');
	return length || refuse(head, REASON_MALFORMED);
}

/* We have offered none (RFC 9112 section 6.1), and a decompressor is not to be had for the
 * asking: some of them take megabytes before they have read a byte. */
static bool is_unwanted_coding(const char *name, const char *value)
{
	return !strcmp(name, "transfer-encoding") && strcasecmp(value, "chunked") &&
	       strcasecmp(value, "identity");
}

static bool take_field(struct fetch_head *head, const char *line, size_t length)
{
	size_t name = head->bytes.length, value;
	const char *colon = memchr(line, ':', length);

	if (!colon)
		return refuse(head, REASON_MALFORMED);
	if (head->count == FETCH_HEADERS_MOST)
		return refuse(head, REASON_TOO_MUCH);
	if (!put_name(head, line, (size_t)(colon - line)))
		return false;
	value = head->bytes.length;
	length -= (size_t)(colon + 1 - line);
	line = colon + 1;
	trim(&line, &length);
	writer_put(&head->bytes, line, length);
	writer_put_u8(&head->bytes, '\0');
	if (!writer_ok(&head->bytes))
		return refuse(head, REASON_TOO_MUCH);
	if (is_unwanted_coding((const char *)head->bytes.bytes + name,
			       (const char *)head->bytes.bytes + value))
		return refuse(head, REASON_MALFORMED);
	head->count++;
	return true;
}

/* 101 is no interim reply to somebody who has not asked to switch: nothing follows it. */
static void end_head(struct fetch_head *head)
{
	if (head->status / 100 != 1 || head->status == STATUS_SWITCHING_PROTOCOLS) {
		head->complete = true;
		return;
	}
	head->status = 0;
	head->count = 0;
	writer_clear(&head->bytes);
}

bool fetch_head_take(struct fetch_head *head, const char *line, size_t length)
{
	if (head->complete)
		return true;
	head->came += length;
	if (head->came > head->most)
		return refuse(head, REASON_TOO_MUCH);
	if (length && line[length - 1] == '\n')
		length--;
	if (length && line[length - 1] == '\r')
		length--;
	if (memchr(line, '\0', length) || memchr(line, '\r', length))
		return refuse(head, REASON_MALFORMED);
	if (!head->status)
		return take_status(head, line, length);
	if (length && is_space(*line))
		return take_continuation(head, line, length);
	if (length)
		return take_field(head, line, length);
	end_head(head);
	return true;
}

size_t fetch_head_list(const struct fetch_head *head, struct fetch_header *headers)
{
	const char *at = (const char *)head->bytes.bytes;

	for (size_t i = 0; i < head->count; i++) {
		headers[i].name = at;
		at += strlen(at) + 1;
		headers[i].value = at;
		at += strlen(at) + 1;
	}
	return head->count;
}

static const char *value_of(const char *name, const struct fetch_header *headers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(headers[i].name, name))
			return headers[i].value;
	return NULL;
}

/* squid says X-Squid-Error, others Proxy-Status (RFC 9209), tinyproxy nothing; but it puts
 * its Via into what it passes on, and its Server only into what it says itself. */
static bool is_of_proxy(const struct fetch_header *headers, size_t count)
{
	const char *status = value_of("proxy-status", headers, count);
	const char *server = value_of("server", headers, count);

	return value_of("x-squid-error", headers, count) ||
	       (status && strstr(status, "error=")) ||
	       (server && !strncmp(server, "tinyproxy", strlen("tinyproxy")) &&
		!value_of("via", headers, count));
}

enum reason fetch_head_proxy_reason(unsigned status, const struct fetch_header *headers,
				    size_t count)
{
	if (status == STATUS_PROXY_AUTHENTICATION_REQUIRED)
		return REASON_PROXY_AUTHENTICATION;
	if (status < 400 || !is_of_proxy(headers, count))
		return REASON_NONE;
	/* What tinyproxy says to a wrong password. */
	return status == STATUS_UNAUTHORIZED ? REASON_PROXY_AUTHENTICATION
					     : REASON_PROXY_REFUSED;
}
