/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/certificate_wire.h"

/* X.690 8.1.2 */
enum { TAG_INTEGER = 0x02, TAG_SEQUENCE = 0x30, TAG_VERSION = 0xa0 };

/* DER: the length is definite; more than three bytes of it no certificate has. */
static size_t take_length(struct reader *in)
{
	uint8_t first = reader_take_u8(in);

	switch (first) {
	case 0x81:
		return reader_take_u8(in);
	case 0x82:
		return reader_take_u16be(in);
	case 0x83:
		return reader_take_u24be(in);
	default:
		in->failed |= first >= 0x80;
		return first;
	}
}

/* What is inside the next element, which must be of that kind. */
static struct reader take_inside(struct reader *in, uint8_t tag)
{
	size_t length;

	in->failed |= reader_take_u8(in) != tag;
	length = take_length(in);
	return reader_part(in, length);
}

static struct reader take_whole(struct reader *in, uint8_t tag)
{
	struct reader ahead = *in;

	take_inside(&ahead, tag);
	in->failed |= ahead.failed;
	return reader_part(in, ahead.at - in->at);
}

bool certificate_outline_of(struct reader der, struct certificate_outline *outline)
{
	struct reader certificate = take_inside(&der, TAG_SEQUENCE);
	struct reader body = take_inside(&certificate, TAG_SEQUENCE);
	struct reader version = body;

	/* Absent in version 1. */
	if (reader_take_u8(&version) == TAG_VERSION)
		take_inside(&body, TAG_VERSION);
	take_inside(&body, TAG_INTEGER);	/* the serial number */
	take_inside(&body, TAG_SEQUENCE);	/* how it is signed */
	take_inside(&body, TAG_SEQUENCE);	/* the issuer */
	take_inside(&body, TAG_SEQUENCE);	/* from when to when */
	outline->subject = take_whole(&body, TAG_SEQUENCE);
	outline->key = take_whole(&body, TAG_SEQUENCE);
	return reader_ok(&body) && reader_left(&der) == 0;
}
