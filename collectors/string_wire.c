/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/string_wire.h"

#include <assert.h>
#include <string.h>

#include "ground/memory.h"

void string_put(struct writer *out, const char *string)
{
	size_t length = string ? strnlen(string, UINT16_MAX) : 0;

	writer_put_u16le(out, (uint16_t)length);
	writer_put(out, string, length);
}

bool string_take(struct reader *in, const char **bytes, size_t *length)
{
	*length = reader_take_u16le(in);
	*bytes = (const char *)reader_take(in, *length);
	if (!*bytes || memchr(*bytes, '\0', *length))
		in->failed = true;
	return reader_ok(in);
}

void string_put_long(struct writer *out, const char *string)
{
	size_t length = string ? strlen(string) : 0;

	assert(length <= STRING_LONG_MOST);
	writer_put_u32le(out, (uint32_t)length);
	writer_put(out, string, length);
}

bool string_take_long(struct reader *in, const char **bytes, size_t *length)
{
	*length = reader_take_u32le(in);
	*bytes = (const char *)reader_take(in, *length);
	if (!*bytes || *length > STRING_LONG_MOST || memchr(*bytes, '\0', *length))
		in->failed = true;
	return reader_ok(in);
}

const char *string_take_copy(struct reader *in, struct arena *arena)
{
	const char *bytes;
	size_t length;

	return string_take(in, &bytes, &length) ? arena_copy_span(arena, bytes, length) : NULL;
}

bool string_take_into(struct reader *in, char *room, size_t size)
{
	const char *bytes;
	size_t length;

	if (!string_take(in, &bytes, &length) || length >= size)
		return false;
	memcpy(room, bytes, length);
	room[length] = '\0';
	return true;
}
