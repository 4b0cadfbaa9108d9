/* SPDX-License-Identifier: Apache-2.0
 *
 * Bounded reading and writing of bytes. There is no pointer walking anywhere else.
 *
 * A reader that is asked for more than there is returns zeroes from then on and remembers
 * that it `failed`: a parser takes all its fields and asks reader_ok() once. A writer that
 * runs out of room does the same.
 */
#ifndef NET_BYTES_H
#define NET_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader {
	const uint8_t *bytes;
	size_t length;
	size_t at;
	bool failed;
};

struct writer {
	uint8_t *bytes;
	size_t length;
	size_t room;
	size_t limit;		/* 0: bytes is a fixed buffer of `room` bytes, not ours to free */
	bool failed;
};

void reader_init(struct reader *reader, const void *bytes, size_t length);
bool reader_ok(const struct reader *reader);
size_t reader_left(const struct reader *reader);
uint8_t reader_take_u8(struct reader *reader);
uint16_t reader_take_u16be(struct reader *reader);
uint16_t reader_take_u16le(struct reader *reader);
uint32_t reader_take_u24be(struct reader *reader);
uint32_t reader_take_u32be(struct reader *reader);
uint32_t reader_take_u32le(struct reader *reader);
uint64_t reader_take_u64be(struct reader *reader);
uint64_t reader_take_u64le(struct reader *reader);
/* The next `length` bytes, in place; NULL when there are fewer. */
const uint8_t *reader_take(struct reader *reader, size_t length);
void reader_skip(struct reader *reader, size_t length);
/* A reader over the next `length` bytes of this one; a failed one when there are fewer. */
struct reader reader_part(struct reader *reader, size_t length);
/* Whether the next bytes are these; takes them only if so. */
bool reader_take_if(struct reader *reader, const void *bytes, size_t length);
/* A line without its CR LF or LF; false (and nothing taken) when its end has not come yet. */
bool reader_take_line(struct reader *reader, const char **line, size_t *length);

/* A fixed buffer of the caller's. */
void writer_init(struct writer *writer, void *bytes, size_t room);
/* A buffer of our own that grows up to limit; writer_free() releases it. */
void writer_grow_up_to(struct writer *writer, size_t limit);
void writer_free(struct writer *writer);
void writer_clear(struct writer *writer);
bool writer_ok(const struct writer *writer);
void writer_put_u8(struct writer *writer, uint8_t value);
void writer_put_u16be(struct writer *writer, uint16_t value);
void writer_put_all_u16be(struct writer *writer, const uint16_t *values, size_t count);
void writer_put_u16le(struct writer *writer, uint16_t value);
void writer_put_u24be(struct writer *writer, uint32_t value);
void writer_put_u32be(struct writer *writer, uint32_t value);
void writer_put_u32le(struct writer *writer, uint32_t value);
void writer_put_u64be(struct writer *writer, uint64_t value);
void writer_put_u64le(struct writer *writer, uint64_t value);
void writer_put(struct writer *writer, const void *bytes, size_t length);
void writer_put_zeroes(struct writer *writer, size_t length);
void writer_put_text(struct writer *writer, const char *string);
void writer_put_format(struct writer *writer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Lengths that are known only later: remember writer->length, put zeroes, come back. */
void writer_patch_u16be(struct writer *writer, size_t at, uint16_t value);
void writer_patch_u24be(struct writer *writer, size_t at, uint32_t value);
void writer_patch_u32be(struct writer *writer, size_t at, uint32_t value);
void writer_patch_u32le(struct writer *writer, size_t at, uint32_t value);
/* Forget the first `length` bytes. */
void writer_drop_front(struct writer *writer, size_t length);

#endif
