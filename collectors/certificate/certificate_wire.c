/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/certificate/certificate_wire.h"

#include "ground/text.h"

/* X.690 8.1.2 */
enum {
	TAG_INTEGER = 0x02,
	TAG_OBJECT = 0x06,
	TAG_UTF8 = 0x0c,
	TAG_TELETEX = 0x14,		/* where everybody puts Latin-1 */
	TAG_UNIVERSAL = 0x1c,		/* four bytes a character */
	TAG_BMP = 0x1e,			/* two */
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31,
	TAG_VERSION = 0xa0
};

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
	outline->issuer = take_whole(&body, TAG_SEQUENCE);
	take_inside(&body, TAG_SEQUENCE);	/* from when to when */
	outline->subject = take_whole(&body, TAG_SEQUENCE);
	outline->key = take_whole(&body, TAG_SEQUENCE);
	return reader_ok(&body) && reader_left(&der) == 0;
}

static bool utf8_is_broken(struct reader string)
{
	size_t width;
	uint32_t code;

	while (reader_left(&string)) {
		if (!utf8_character((const char *)string.bytes + string.at,
				    reader_left(&string), &width, &code))
			return true;
		reader_skip(&string, width);
	}
	return false;
}

static bool wide_is_broken(struct reader string, bool universal)
{
	while (reader_left(&string)) {
		uint32_t code = universal ? reader_take_u32be(&string) :
					    reader_take_u16be(&string);

		if ((code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
			return true;
	}
	return !reader_ok(&string);
}

static bool string_is_broken(uint8_t tag, struct reader string)
{
	switch (tag) {
	case TAG_UTF8:
		return utf8_is_broken(string);
	case TAG_BMP:
	case TAG_UNIVERSAL:
		return wide_is_broken(string, tag == TAG_UNIVERSAL);
	default:
		return false;
	}
}

static bool mend_pair(uint8_t *der, struct reader pair)
{
	struct reader string;
	uint8_t *tag;

	take_inside(&pair, TAG_OBJECT);
	if (!reader_left(&pair))
		return false;
	tag = der + (pair.bytes - der) + pair.at;
	string = take_inside(&pair, *tag);
	if (!reader_ok(&string) || !string_is_broken(*tag, string))
		return false;
	*tag = TAG_TELETEX;
	return true;
}

/* RFC 5280 4.1.2.4: sets of pairs. */
static bool mend_name(uint8_t *der, struct reader name)
{
	struct reader sets = take_inside(&name, TAG_SEQUENCE);
	bool mended = false;

	while (reader_left(&sets)) {
		struct reader pairs = take_inside(&sets, TAG_SET);

		while (reader_left(&pairs))
			mended |= mend_pair(der, take_inside(&pairs, TAG_SEQUENCE));
	}
	return mended;
}

bool certificate_mend_names(uint8_t *der, size_t length)
{
	struct certificate_outline outline;
	struct reader whole;
	bool mended;

	reader_init(&whole, der, length);
	if (!certificate_outline_of(whole, &outline))
		return false;
	mended = mend_name(der, outline.issuer);
	return mend_name(der, outline.subject) || mended;
}
