/* SPDX-License-Identifier: Apache-2.0 */
#include "net/bytes.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"

void reader_init(struct reader *reader, const void *bytes, size_t length)
{
	*reader = (struct reader){ .bytes = bytes, .length = length };
}

bool reader_ok(const struct reader *reader)
{
	return !reader->failed;
}

size_t reader_left(const struct reader *reader)
{
	return reader->failed ? 0 : reader->length - reader->at;
}

const uint8_t *reader_take(struct reader *reader, size_t length)
{
	const uint8_t *bytes;

	if (reader_left(reader) < length || reader->failed) {
		reader->failed = true;
		return NULL;
	}
	/* A reader of nothing has no bytes to count from. */
	bytes = reader->at ? reader->bytes + reader->at : reader->bytes;
	reader->at += length;
	return bytes;
}

void reader_skip(struct reader *reader, size_t length)
{
	reader_take(reader, length);
}

/* Up to eight bytes as one number, the most significant first or last. */
static uint64_t take_be(struct reader *reader, size_t width)
{
	const uint8_t *bytes = reader_take(reader, width);
	uint64_t value = 0;

	for (size_t i = 0; bytes && i < width; i++)
		value = value << 8 | bytes[i];
	return value;
}

static uint64_t take_le(struct reader *reader, size_t width)
{
	const uint8_t *bytes = reader_take(reader, width);
	uint64_t value = 0;

	for (size_t i = width; bytes && i > 0; i--)
		value = value << 8 | bytes[i - 1];
	return value;
}

uint8_t reader_take_u8(struct reader *reader)
{
	return (uint8_t)take_be(reader, 1);
}

uint16_t reader_take_u16be(struct reader *reader)
{
	return (uint16_t)take_be(reader, 2);
}

uint16_t reader_take_u16le(struct reader *reader)
{
	return (uint16_t)take_le(reader, 2);
}

uint32_t reader_take_u24be(struct reader *reader)
{
	return (uint32_t)take_be(reader, 3);
}

uint32_t reader_take_u32be(struct reader *reader)
{
	return (uint32_t)take_be(reader, 4);
}

uint32_t reader_take_u32le(struct reader *reader)
{
	return (uint32_t)take_le(reader, 4);
}

uint64_t reader_take_u64be(struct reader *reader)
{
	return take_be(reader, 8);
}

uint64_t reader_take_u64le(struct reader *reader)
{
	return take_le(reader, 8);
}

struct reader reader_part(struct reader *reader, size_t length)
{
	const uint8_t *bytes = reader_take(reader, length);
	struct reader part = { .bytes = bytes, .length = bytes ? length : 0, .failed = !bytes };

	return part;
}

bool reader_take_if(struct reader *reader, const void *bytes, size_t length)
{
	if (reader_left(reader) < length || reader->failed ||
	    memcmp(reader->bytes + reader->at, bytes, length) != 0)
		return false;
	reader->at += length;
	return true;
}

bool reader_take_line(struct reader *reader, const char **line, size_t *length)
{
	size_t left = reader_left(reader), width;
	const uint8_t *start, *end;

	if (!left)
		return false;
	start = reader->bytes + reader->at;
	end = memchr(start, '\n', left);
	if (!end)
		return false;
	width = (size_t)(end - start);
	reader->at += width + 1;
	if (width && start[width - 1] == '\r')
		width--;
	*line = (const char *)start;
	*length = width;
	return true;
}

void writer_init(struct writer *writer, void *bytes, size_t room)
{
	*writer = (struct writer){ .bytes = bytes, .room = room };
}

void writer_grow_up_to(struct writer *writer, size_t limit)
{
	assert(limit);
	*writer = (struct writer){ .limit = limit };
}

void writer_free(struct writer *writer)
{
	if (writer->limit)
		free(writer->bytes);
	*writer = (struct writer){ .limit = writer->limit };
}

void writer_clear(struct writer *writer)
{
	writer->length = 0;
	writer->failed = false;
}

bool writer_ok(const struct writer *writer)
{
	return !writer->failed;
}

/* The place for `length` more bytes, or NULL and failed for good. */
static uint8_t *writer_room(struct writer *writer, size_t length)
{
	size_t most = writer->limit ? writer->limit : writer->room;
	uint8_t *place;

	if (writer->failed || length > most - writer->length) {
		writer->failed = true;
		return NULL;
	}
	if (writer->room - writer->length < length) {
		size_t room = writer->room ? writer->room : 256;

		while (room < writer->length + length)
			room *= 2;
		writer->room = room < writer->limit ? room : writer->limit;
		writer->bytes = memory_resize(writer->bytes, writer->room, 1);
	}
	place = writer->length ? writer->bytes + writer->length : writer->bytes;
	writer->length += length;
	return place;
}

static void put_be_at(uint8_t *place, uint64_t value, size_t width)
{
	for (size_t i = width; i > 0; i--, value >>= 8)
		place[i - 1] = (uint8_t)value;
}

static void put_le_at(uint8_t *place, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; i++, value >>= 8)
		place[i] = (uint8_t)value;
}

static void put_be(struct writer *writer, uint64_t value, size_t width)
{
	uint8_t *place = writer_room(writer, width);

	if (place)
		put_be_at(place, value, width);
}

static void put_le(struct writer *writer, uint64_t value, size_t width)
{
	uint8_t *place = writer_room(writer, width);

	if (place)
		put_le_at(place, value, width);
}

void writer_put_u8(struct writer *writer, uint8_t value)
{
	put_be(writer, value, 1);
}

void writer_put_u16be(struct writer *writer, uint16_t value)
{
	put_be(writer, value, 2);
}

void writer_put_all_u16be(struct writer *writer, const uint16_t *values, size_t count)
{
	uint8_t *place = writer_room(writer, 2 * count);

	for (size_t i = 0; place && i < count; i++)
		put_be_at(place + 2 * i, values[i], 2);
}

void writer_put_u16le(struct writer *writer, uint16_t value)
{
	put_le(writer, value, 2);
}

void writer_put_u24be(struct writer *writer, uint32_t value)
{
	put_be(writer, value, 3);
}

void writer_put_u32be(struct writer *writer, uint32_t value)
{
	put_be(writer, value, 4);
}

void writer_put_u32le(struct writer *writer, uint32_t value)
{
	put_le(writer, value, 4);
}

void writer_put_u64be(struct writer *writer, uint64_t value)
{
	put_be(writer, value, 8);
}

void writer_put_u64le(struct writer *writer, uint64_t value)
{
	put_le(writer, value, 8);
}

void writer_put(struct writer *writer, const void *bytes, size_t length)
{
	uint8_t *place = writer_room(writer, length);

	if (place && length)
		memcpy(place, bytes, length);
}

void writer_put_zeroes(struct writer *writer, size_t length)
{
	uint8_t *place = writer_room(writer, length);

	if (place && length)
		memset(place, 0, length);
}

void writer_put_text(struct writer *writer, const char *string)
{
	writer_put(writer, string, strlen(string));
}

void writer_put_format(struct writer *writer, const char *format, ...)
{
	char line[1024];
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(line, sizeof line, format, list);
	va_end(list);
	if (length < 0 || (size_t)length >= sizeof line)
		writer->failed = true;
	else
		writer_put(writer, line, (size_t)length);
}

static uint8_t *writer_place(struct writer *writer, size_t at, size_t width)
{
	if (writer->failed)
		return NULL;
	assert(at + width <= writer->length);
	return writer->bytes + at;
}

void writer_patch_u16be(struct writer *writer, size_t at, uint16_t value)
{
	uint8_t *place = writer_place(writer, at, 2);

	if (place)
		put_be_at(place, value, 2);
}

void writer_patch_u24be(struct writer *writer, size_t at, uint32_t value)
{
	uint8_t *place = writer_place(writer, at, 3);

	if (place)
		put_be_at(place, value, 3);
}

void writer_patch_u32be(struct writer *writer, size_t at, uint32_t value)
{
	uint8_t *place = writer_place(writer, at, 4);

	if (place)
		put_be_at(place, value, 4);
}

void writer_patch_u32le(struct writer *writer, size_t at, uint32_t value)
{
	uint8_t *place = writer_place(writer, at, 4);

	if (place)
		put_le_at(place, value, 4);
}

void writer_drop_front(struct writer *writer, size_t length)
{
	assert(length <= writer->length);
	if (length < writer->length)
		memmove(writer->bytes, writer->bytes + length, writer->length - length);
	writer->length -= length;
}
