/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/sip_text.h"

#include <string.h>
#include <strings.h>

/* A line that begins with a blank goes on with the one before, so its end is a blank too. */
static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_token_character(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("-.!%*_+`'~", c));
}

struct sip_text sip_text_of(const char *string)
{
	return (struct sip_text){ string, strlen(string) };
}

static struct sip_text text_front(struct sip_text text, size_t length)
{
	return (struct sip_text){ text.bytes, length };
}

static struct sip_text text_behind(struct sip_text text, size_t length)
{
	return (struct sip_text){ length ? text.bytes + length : text.bytes,
				  text.length - length };
}

static struct sip_text text_trim(struct sip_text text)
{
	while (text.length && is_blank(*text.bytes))
		text = text_behind(text, 1);
	while (text.length && is_blank(text.bytes[text.length - 1]))
		text.length--;
	return text;
}

bool sip_text_same(struct sip_text a, struct sip_text b)
{
	return a.bytes && b.bytes && a.length == b.length &&
	       !strncasecmp(a.bytes, b.bytes, a.length);
}

bool sip_text_is(struct sip_text text, const char *string)
{
	return sip_text_same(text, sip_text_of(string));
}

bool sip_text_is_token(struct sip_text text)
{
	struct sip_text token;

	return sip_take_token(&text, &token) && !text.length;
}

bool sip_text_number(struct sip_text text, uint32_t *number)
{
	uint64_t value = 0;

	if (!text.length)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (!is_digit(text.bytes[i]))
			return false;
		value = value * 10 + (uint64_t)(text.bytes[i] - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*number = (uint32_t)value;
	return true;
}

bool sip_text_address(struct sip_text text, struct address *address)
{
	char string[ADDRESS_ROOM];

	if (text.length > 2 && *text.bytes == '[' && text.bytes[text.length - 1] == ']')
		text = (struct sip_text){ text.bytes + 1, text.length - 2 };
	/* A zone would be looked up among our own interfaces. */
	if (!text.bytes || text.length >= sizeof string ||
	    memchr(text.bytes, '%', text.length) || memchr(text.bytes, '\0', text.length))
		return false;
	memcpy(string, text.bytes, text.length);
	string[text.length] = '\0';
	return address_parse(string, address);
}

void sip_text_say(struct sip_text text, struct text *out)
{
	bool quoted = text.length > 1 && *text.bytes == '"' && text.bytes[text.length - 1] == '"';
	size_t end = text.length - quoted;

	for (size_t i = quoted; i < end; i++) {
		char c = text.bytes[i];

		if (quoted && c == '\\' && i + 1 < end)
			c = text.bytes[++i];
		if (c == '\r' || c == '\n') {
			while (i + 1 < end && is_blank(text.bytes[i + 1]))
				i++;
			c = ' ';
		}
		text_add_char(out, c);
	}
}

/* As far as the end of the line that is not followed by a blank. */
static struct sip_text take_folded(struct sip_text *rest)
{
	struct sip_text whole = *rest;

	while (rest->length) {
		const char *end = memchr(rest->bytes, '\n', rest->length);

		*rest = text_behind(*rest, end ? (size_t)(end - rest->bytes) + 1 : rest->length);
		if (!rest->length || (*rest->bytes != ' ' && *rest->bytes != '\t'))
			break;
	}
	return text_front(whole, whole.length - rest->length);
}

bool sip_take_field(struct sip_text *rest, struct sip_text *name, struct sip_text *value)
{
	while (rest->length) {
		struct sip_text field = take_folded(rest);
		const char *colon = memchr(field.bytes, ':', field.length);

		if (!colon)
			continue;
		*name = text_trim(text_front(field, (size_t)(colon - field.bytes)));
		*value = text_trim(text_behind(field, (size_t)(colon - field.bytes) + 1));
		return true;
	}
	return false;
}

/* How long the part before the separator is. */
static size_t part_length(struct sip_text text, char separator)
{
	bool quoted = false, in_address = false;

	for (size_t i = 0; i < text.length; i++) {
		char c = text.bytes[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"' && !in_address)
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c == separator && !in_address)
			return i;
		else if (c == '<' || c == '>')
			in_address = c == '<';
	}
	return text.length;
}

bool sip_take_part(struct sip_text *rest, char separator, struct sip_text *part)
{
	size_t length;

	if (!rest->length)
		return false;
	length = part_length(*rest, separator);
	*part = text_trim(text_front(*rest, length));
	*rest = text_behind(*rest, length < rest->length ? length + 1 : length);
	return true;
}

bool sip_take_token(struct sip_text *rest, struct sip_text *token)
{
	size_t length = 0;

	*rest = text_trim(*rest);
	while (length < rest->length && is_token_character(rest->bytes[length]))
		length++;
	*token = text_front(*rest, length);
	*rest = text_trim(text_behind(*rest, length));
	return length > 0;
}

bool sip_take_character(struct sip_text *rest, char character)
{
	*rest = text_trim(*rest);
	if (!rest->length || *rest->bytes != character)
		return false;
	*rest = text_trim(text_behind(*rest, 1));
	return true;
}

void sip_split_port(struct sip_text text, struct sip_text *host, struct sip_text *port)
{
	bool in_brackets = false;
	size_t width = 0;

	for (; width < text.length && (in_brackets || text.bytes[width] != ':'); width++)
		if (text.bytes[width] == '[' || text.bytes[width] == ']')
			in_brackets = text.bytes[width] == '[';
	*host = text_trim(text_front(text, width));
	*port = (struct sip_text){ 0 };
	if (width < text.length)
		*port = text_trim(text_behind(text, width + 1));
}

struct sip_text sip_parameter(struct sip_text parameters, char separator, const char *name)
{
	struct sip_text part, key;

	while (sip_take_part(&parameters, separator, &part)) {
		if (!sip_take_token(&part, &key) || !sip_text_is(key, name))
			continue;
		sip_take_character(&part, '=');
		return part;
	}
	return (struct sip_text){ 0 };
}

/* Where the address of the field begins, behind < if there is one; and what is behind it. */
static struct sip_text split_address(struct sip_text value, struct sip_text *behind)
{
	struct sip_text before, rest = value;

	if (part_length(value, '<') == value.length) {
		struct sip_text address = { 0 };

		sip_take_part(&rest, ';', &address);
		*behind = rest;
		return address;
	}
	before = text_front(value, part_length(value, '<'));
	rest = text_behind(value, before.length + 1);
	const char *end = memchr(rest.bytes, '>', rest.length);
	size_t length = end ? (size_t)(end - rest.bytes) : rest.length;

	*behind = text_behind(rest, end ? length + 1 : length);
	return text_trim(text_front(rest, length));
}

struct sip_text sip_uri(struct sip_text value)
{
	struct sip_text behind;

	return split_address(value, &behind);
}

struct sip_text sip_field_parameter(struct sip_text value, const char *name)
{
	struct sip_text behind;

	split_address(value, &behind);
	return sip_parameter(behind, ';', name);
}
