/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/starttls/starttls_xml.h"

#include <string.h>

bool span_is(const struct span *span, const char *word)
{
	return span->length == strlen(word) && !memcmp(span->text, word, span->length);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void xml_skip_blanks(struct reader *in)
{
	while (reader_left(in) && is_blank(in->bytes[in->at]))
		reader_skip(in, 1);
}

/* Everything before `mark`, which is taken, too; false when it has not come yet. */
static bool take_until(struct reader *in, const char *mark, struct span *before)
{
	size_t left = reader_left(in);
	struct reader rest = *in;
	const uint8_t *start = reader_take(&rest, left);
	const uint8_t *end = left ? memmem(start, left, mark, strlen(mark)) : NULL;

	if (!end)
		return false;
	before->length = (size_t)(end - start);
	before->text = (const char *)reader_take(in, before->length);
	reader_skip(in, strlen(mark));
	return true;
}

/* Whether the next bytes, as far as they have come, are those. */
static bool may_be(const struct reader *in, const char *words)
{
	size_t length = reader_left(in);

	if (length > strlen(words))
		length = strlen(words);
	return length && !memcmp(in->bytes + in->at, words, length);
}

/* As far as the bracket that is in no quotes. */
static enum piece_kind take_inside(struct reader *in, struct span *inside)
{
	const size_t begin = in->at;
	uint8_t quote = 0;

	while (reader_left(in)) {
		uint8_t c = reader_take_u8(in);

		if (c == '<' || c == '\0')
			return PIECE_BROKEN;
		if (quote) {
			quote = c == quote ? 0 : quote;
		} else if (c == '"' || c == '\'') {
			quote = c;
		} else if (c == '>') {
			*inside = (struct span){ (const char *)in->bytes + begin,
						 in->at - begin - 1 };
			return PIECE_OPEN;
		}
	}
	return PIECE_CUT;
}

static bool is_of_name(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.' || c >= 0x80;
}

static struct span take_name(struct reader *in)
{
	const size_t begin = in->at;

	while (reader_left(in) && is_of_name(in->bytes[in->at]))
		reader_skip(in, 1);
	return (struct span){ (const char *)in->bytes + begin, in->at - begin };
}

/* "prefix:name" or "name" */
static bool take_qualified(struct reader *in, struct span *prefix, struct span *name)
{
	*prefix = (struct span){ "", 0 };
	*name = take_name(in);
	if (reader_take_if(in, ":", 1)) {
		*prefix = *name;
		*name = take_name(in);
		if (!prefix->length)
			return false;
	}
	return name->length > 0;
}

bool xml_take_attribute(struct reader *in, struct span *prefix, struct span *name,
			struct span *value)
{
	xml_skip_blanks(in);
	if (!take_qualified(in, prefix, name))
		return false;
	xml_skip_blanks(in);
	if (!reader_take_if(in, "=", 1))
		return false;
	xml_skip_blanks(in);
	if (reader_take_if(in, "\"", 1))
		return take_until(in, "\"", value);
	return reader_take_if(in, "'", 1) && take_until(in, "'", value);
}

static bool attributes_are_well(struct span attributes)
{
	struct span prefix, name, value;
	struct reader in;

	reader_init(&in, attributes.text, attributes.length);
	while (xml_skip_blanks(&in), reader_left(&in))
		if (!xml_take_attribute(&in, &prefix, &name, &value))
			return false;
	return true;
}

/* What is between the brackets of a tag. */
static enum piece_kind parse_tag(struct span inside, struct piece *piece)
{
	enum piece_kind kind = PIECE_OPEN;
	struct span prefix;
	struct reader in;

	if (inside.length && inside.text[inside.length - 1] == '/') {
		kind = PIECE_EMPTY;
		inside.length--;
	}
	reader_init(&in, inside.text, inside.length);
	if (reader_take_if(&in, "/", 1))
		kind = kind == PIECE_OPEN ? PIECE_CLOSE : PIECE_BROKEN;
	if (!take_qualified(&in, &prefix, &piece->name))
		return PIECE_BROKEN;
	piece->prefixed = prefix.length > 0;
	piece->rest = (struct span){ inside.text + in.at, inside.length - in.at };
	return attributes_are_well(piece->rest) ? kind : PIECE_BROKEN;
}

static enum piece_kind take_tag(struct reader *in, struct piece *piece)
{
	struct span inside;
	enum piece_kind kind = take_inside(in, &inside);

	return kind == PIECE_OPEN ? parse_tag(inside, piece) : kind;
}

enum piece_kind xml_take_piece(struct reader *in, struct piece *piece)
{
	struct span ignored;

	for (;;) {
		size_t begin = in->at;

		*piece = (struct piece){ .name = { "", 0 } };
		while (reader_left(in) && in->bytes[in->at] != '<')
			reader_skip(in, 1);
		piece->rest = (struct span){ (const char *)in->bytes + begin, in->at - begin };
		if (!reader_take_if(in, "<", 1))
			return PIECE_CUT;
		if (piece->rest.length) {
			in->at--;
			return PIECE_TEXT;
		}
		if (reader_take_if(in, "?", 1)) {
			if (!take_until(in, "?>", &ignored))
				return PIECE_CUT;
		} else if (reader_take_if(in, "!--", 3)) {
			if (!take_until(in, "-->", &ignored))
				return PIECE_CUT;
		} else if (reader_take_if(in, "![CDATA[", 8)) {
			return take_until(in, "]]>", &piece->rest) ? PIECE_TEXT : PIECE_CUT;
		} else if (may_be(in, "!--") || may_be(in, "![CDATA[")) {
			return PIECE_CUT;
		} else {
			return take_tag(in, piece);
		}
	}
}

bool xml_has_attribute(const struct piece *piece, const char *wanted)
{
	struct span prefix, name, value;
	struct reader in;

	reader_init(&in, piece->rest.text, piece->rest.length);
	while (xml_take_attribute(&in, &prefix, &name, &value))
		if (!prefix.length && span_is(&name, wanted))
			return true;
	return false;
}
