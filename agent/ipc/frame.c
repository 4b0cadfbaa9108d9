/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/ipc/frame.h"

int frame_next(struct reader *in, uint8_t *kind, struct reader *body)
{
	struct reader ahead = *in;
	uint32_t length;
	uint8_t number;

	if (reader_left(in) < FRAME_HEAD)
		return 0;
	length = reader_take_u32le(&ahead);
	number = reader_take_u8(&ahead);
	if (!length || length > FRAME_MOST || !number)
		return -1;
	if (reader_left(&ahead) < length - 1)
		return 0;
	*kind = number;
	*body = reader_part(&ahead, length - 1);
	*in = ahead;
	return 1;
}

size_t frame_begin(struct writer *out, uint8_t kind)
{
	size_t at = out->length;

	writer_put_u32le(out, 0);
	writer_put_u8(out, kind);
	return at;
}

void frame_end(struct writer *out, size_t at)
{
	writer_patch_u32le(out, at, (uint32_t)(out->length - at - sizeof(uint32_t)));
}
