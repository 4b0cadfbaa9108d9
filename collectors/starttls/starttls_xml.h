/* SPDX-License-Identifier: Apache-2.0
 *
 * The pieces of XML one by one, in place: tags, text, attributes. Entities, types and what a
 * document must be are left to others. For starttls_xmpp.c.
 */
#ifndef COLLECTORS_STARTTLS_XML_H
#define COLLECTORS_STARTTLS_XML_H

#include "net/bytes.h"

enum piece_kind {
	PIECE_CUT,			/* its end has not come yet */
	PIECE_BROKEN,
	PIECE_OPEN,
	PIECE_EMPTY,			/* opened and closed at once */
	PIECE_CLOSE,
	PIECE_TEXT			/* also of CDATA */
};

struct span {
	const char *text;
	size_t length;
};

struct piece {
	struct span name;		/* without its prefix; of a tag */
	struct span rest;		/* of a tag: attributes; or the text */
	bool prefixed;
};

bool span_is(const struct span *span, const char *word);
void xml_skip_blanks(struct reader *in);
/* Comments and instructions are passed over. */
enum piece_kind xml_take_piece(struct reader *in, struct piece *piece);
/* The next name="value" of a tag's rest; false when there is none. */
bool xml_take_attribute(struct reader *in, struct span *prefix, struct span *name,
			struct span *value);
/* One without prefix. */
bool xml_has_attribute(const struct piece *piece, const char *wanted);

#endif
