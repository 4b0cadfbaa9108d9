/* SPDX-License-Identifier: Apache-2.0 */
#include "ground/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"

/* Makes room for `more` bytes and a NUL; false when the limit forbids it. */
static bool text_make_room(struct text *text, size_t more)
{
	size_t room = text->room ? text->room : 64;

	if (text->limit && text->length + more > text->limit) {
		text->cut = true;
		return false;
	}
	while (room < text->length + more + 1)
		room *= 2;
	if (room != text->room) {
		text->bytes = memory_resize(text->bytes, room, 1);
		text->room = room;
	}
	return true;
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
	if (!text_make_room(text, length))
		return;
	if (length)
		memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
	text_add_bytes(text, string, strlen(string));
}

void text_add_char(struct text *text, char c)
{
	text_add_bytes(text, &c, 1);
}

void text_add_format_list(struct text *text, const char *format, va_list list)
{
	va_list again;
	int length;

	va_copy(again, list);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0 || !text_make_room(text, (size_t)length))
		return;
	vsnprintf(text->bytes + text->length, (size_t)length + 1, format, list);
	text->length += (size_t)length;
}

void text_add_format(struct text *text, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	text_add_format_list(text, format, list);
	va_end(list);
}

/* Metrics are mostly numbers: printf would be most of their cost. */
void text_add_unsigned(struct text *text, uint64_t number)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	text_add_bytes(text, digits + at, sizeof digits - at);
}

void text_add_item(struct text *text, const char *separator, const char *string)
{
	if (text->length)
		text_add(text, separator);
	text_add(text, string);
}

bool utf8_character(const char *bytes, size_t length, size_t *width, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *in = (const unsigned char *)bytes;
	size_t need = in[0] < 0x80 ? 1 : in[0] < 0xc0 ? 0 : in[0] < 0xe0 ? 2 :
		      in[0] < 0xf0 ? 3 : in[0] < 0xf8 ? 4 : 0;
	uint32_t value;

	if (!need || need > length)
		return false;
	value = need == 1 ? in[0] : in[0] & (0xffu >> (need + 1));
	for (size_t i = 1; i < need; i++) {
		if ((in[i] & 0xc0) != 0x80)
			return false;
		value = value << 6 | (in[i] & 0x3f);
	}
	if (value < least[need] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return false;
	*width = need;
	*code = value;
	return true;
}

bool utf8_disturbs(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x061c ||
	       code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

/* How many bytes from here on are printable ASCII: nearly all, nearly always. */
static size_t plain_run(const char *bytes, size_t length)
{
	size_t run = 0;

	while (run < length && bytes[run] >= ' ' && bytes[run] <= '~')
		run++;
	return run;
}

void text_add_foreign(struct text *text, const char *bytes, size_t length, size_t most)
{
	size_t end = length < most ? length : most;

	for (size_t at = 0, width; at < end; at += width) {
		uint32_t code;

		width = plain_run(bytes + at, end - at);
		if (width) {
			text_add_bytes(text, bytes + at, width);
			continue;
		}
		if (utf8_character(bytes + at, length - at, &width, &code) &&
		    !utf8_disturbs(code)) {
			text_add_bytes(text, bytes + at, width);
			continue;
		}
		width = 1;
		text_add_format(text, "\\x%02X", (unsigned char)bytes[at]);
	}
	if (end < length)
		text_add(text, "…");
}

const char *text_string(const struct text *text)
{
	return text->bytes ? text->bytes : "";
}

char *text_take(struct text *text)
{
	char *string = text->bytes ? text->bytes : memory_copy("");

	*text = (struct text){ .limit = text->limit };
	return string;
}

void text_clear(struct text *text)
{
	text->length = 0;
	text->cut = false;
	if (text->bytes)
		text->bytes[0] = '\0';
}

void text_free(struct text *text)
{
	free(text->bytes);
	*text = (struct text){ .limit = text->limit };
}
