/* SPDX-License-Identifier: Apache-2.0
 *
 * XMPP, between clients and servers and among servers: RFC 6120 5. Of XML, no more is read
 * than where elements begin and end; RFC 6120 11.1 forbids much of the rest anyway.
 */
#include <stdio.h>
#include <string.h>

#include "collectors/starttls/starttls_steps.h"
#include "collectors/starttls/starttls_xml.h"

enum { STANZA_MOST = 8192, DEPTH_MOST = 16 };

#define NAMESPACE_TLS "urn:ietf:params:xml:ns:xmpp-tls"

/* A tag of TLS: it names the namespace itself, or has a prefix that was explained before. */
static bool is_of_tls(const struct piece *piece, const char *name)
{
	struct span prefix, attribute, value;
	bool declared = false;
	struct reader in;

	if (!span_is(&piece->name, name))
		return false;
	reader_init(&in, piece->rest.text, piece->rest.length);
	while (xml_take_attribute(&in, &prefix, &attribute, &value)) {
		if (!span_is(&prefix, "xmlns") && !span_is(&attribute, "xmlns"))
			continue;
		if (span_is(&value, NAMESPACE_TLS))
			return true;
		declared = true;
	}
	return piece->prefixed && !declared;
}

/* Children of the stream. */
enum heard {
	HEARD_NOTHING,
	HEARD_FEATURES,
	HEARD_PROCEED,
	HEARD_FAILURE,
	HEARD_ERROR,
	HEARD_END,			/* of the stream */
	HEARD_SOMETHING
};

struct stanza {
	enum heard heard;
	bool starttls;			/* is among the features */
	struct span condition, words;	/* of a failure or an error */
	struct span open[DEPTH_MOST];	/* names of the elements we are in */
	size_t depth;
};

static enum heard heard_of(const struct piece *piece)
{
	if (span_is(&piece->name, "features"))
		return HEARD_FEATURES;
	if (is_of_tls(piece, "proceed"))
		return HEARD_PROCEED;
	if (span_is(&piece->name, "failure"))
		return HEARD_FAILURE;
	return span_is(&piece->name, "error") ? HEARD_ERROR : HEARD_SOMETHING;
}

static void look_at_tag(struct stanza *stanza, const struct piece *piece)
{
	if (stanza->depth == 0)
		stanza->heard = heard_of(piece);
	if (stanza->depth != 1)
		return;
	if (stanza->heard == HEARD_FEATURES)
		stanza->starttls |= is_of_tls(piece, "starttls");
	else if (!stanza->condition.length && !span_is(&piece->name, "text"))
		stanza->condition = piece->name;
}

static void look_at_text(struct stanza *stanza, const struct piece *piece)
{
	if (stanza->depth == 2 && span_is(&stanza->open[1], "text"))
		stanza->words = piece->rest;
}

static enum turn close_tag(struct stanza *stanza, const struct piece *piece)
{
	if (stanza->depth == 0) {
		stanza->heard = HEARD_END;
		return TURN_NEXT_STEP;
	}
	const struct span *open = &stanza->open[--stanza->depth];
	if (open->length != piece->name.length ||
	    memcmp(open->text, piece->name.text, open->length) != 0)
		return TURN_MALFORMED;
	return stanza->depth ? TURN_GO_ON : TURN_NEXT_STEP;
}

/* GO_ON: there is more of the stanza to come. */
static enum turn take_part(struct reader *in, struct stanza *stanza)
{
	struct piece piece;

	switch (xml_take_piece(in, &piece)) {
	case PIECE_OPEN:
		look_at_tag(stanza, &piece);
		if (stanza->depth == DEPTH_MOST)
			return TURN_MALFORMED;
		stanza->open[stanza->depth++] = piece.name;
		return TURN_GO_ON;
	case PIECE_EMPTY:
		look_at_tag(stanza, &piece);
		return stanza->depth ? TURN_GO_ON : TURN_NEXT_STEP;
	case PIECE_CLOSE:
		return close_tag(stanza, &piece);
	case PIECE_TEXT:
		look_at_text(stanza, &piece);
		return TURN_GO_ON;
	case PIECE_CUT:
		return in->length > STANZA_MOST ? TURN_MALFORMED : TURN_NEED_MORE;
	case PIECE_BROKEN:
	default:
		return TURN_MALFORMED;
	}
}

/* A child of the stream, whole, or the stream's end: NEXT_STEP. */
static enum turn take_stanza(struct reader *in, struct stanza *stanza)
{
	enum turn turn;

	*stanza = (struct stanza){ .heard = HEARD_NOTHING };
	do
		turn = take_part(in, stanza);
	while (turn == TURN_GO_ON);
	/* The same, whether it comes whole or in pieces. */
	return in->at > STANZA_MOST ? TURN_MALFORMED : turn;
}

/* "host-unknown: This server does not serve example" */
static void note_stanza(struct starttls *starttls, const struct stanza *stanza)
{
	char said[STARTTLS_SAID_MOST];

	snprintf(said, sizeof said, "%.*s%s%.*s", (int)stanza->condition.length,
		 stanza->condition.text, stanza->words.length ? ": " : "",
		 (int)stanza->words.length, stanza->words.text);
	starttls_note(starttls, said, strlen(said));
}

static void put_escaped(struct writer *out, const char *name)
{
	static const char special[] = "&<>'\"";

	for (; *name; name++) {
		if (strchr(special, *name))
			writer_put_format(out, "&#%d;", *name);
		else if ((unsigned char)*name >= ' ')
			writer_put(out, name, 1);
	}
}

static void put_stream(struct writer *out, const struct starttls *starttls, const char *of)
{
	writer_put_text(out, "<?xml version='1.0'?><stream:stream to='");
	put_escaped(out, starttls->name);
	writer_put_format(out, "' xmlns='%s' xmlns:stream='http://etherx.jabber.org/streams'"
			       " version='1.0'>", of);
}

static void client_stream_write(struct writer *out, void *talk)
{
	put_stream(out, talk, "jabber:client");
}

static void server_stream_write(struct writer *out, void *talk)
{
	put_stream(out, talk, "jabber:server");
}

static enum turn stream_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	const struct reader begin = *in;
	struct stanza stanza;
	struct piece piece;

	xml_skip_blanks(in);
	if (reader_left(in) && in->bytes[in->at] != '<')
		return starttls_stranger(starttls, &begin);
	enum piece_kind kind = xml_take_piece(in, &piece);
	if (kind == PIECE_CUT)
		return in->length > STANZA_MOST ? TURN_MALFORMED : TURN_NEED_MORE;
	if (kind != PIECE_OPEN || !span_is(&piece.name, "stream"))
		return starttls_stranger(starttls, &begin);
	/* RFC 6120 4.7.5: who names no version is older than features, and sends none. */
	if (!xml_has_attribute(&piece, "version"))
		return in->at > STANZA_MOST ? TURN_MALFORMED : TURN_NEXT_STEP;
	enum turn turn = take_stanza(in, &stanza);
	if (turn != TURN_NEXT_STEP)
		return turn;
	if (stanza.heard == HEARD_FEATURES) {
		starttls->listed = stanza.starttls;
		return TURN_NEXT_STEP;
	}
	if (stanza.heard != HEARD_ERROR && stanza.heard != HEARD_END)
		return TURN_MALFORMED;
	/* Mostly "host-unknown": whom a server does not know by that name it tells nothing. */
	note_stanza(starttls, &stanza);
	return starttls_concluded(starttls, STARTTLS_UNKNOWN);
}

static void proceed_write(struct writer *out, void *talk)
{
	(void)talk;
	writer_put_text(out, "<starttls xmlns='" NAMESPACE_TLS "'/>");
}

static enum turn proceed_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct stanza stanza;
	enum turn turn = take_stanza(in, &stanza);

	if (turn != TURN_NEXT_STEP)
		return turn;
	switch (stanza.heard) {
	case HEARD_PROCEED:
		xml_skip_blanks(in);
		return starttls_begins(starttls, starttls->listed ? STARTTLS_OFFERED :
								    STARTTLS_STRIPPED, in);
	case HEARD_FAILURE:
	case HEARD_ERROR:
	case HEARD_END:
		note_stanza(starttls, &stanza);
		return starttls_concluded(starttls, starttls->listed ? STARTTLS_REFUSED :
								       STARTTLS_ABSENT);
	default:
		return TURN_MALFORMED;
	}
}

static const struct step client_steps[] = {
	{ "features", client_stream_write, stream_read, STAGE_STARTTLS },
	{ "proceed", proceed_write, proceed_read, STAGE_STARTTLS }
};
static const struct step server_steps[] = {
	{ "features", server_stream_write, stream_read, STAGE_STARTTLS },
	{ "proceed", proceed_write, proceed_read, STAGE_STARTTLS }
};

const struct starttls_protocol starttls_xmpp = {
	.word = "xmpp", .steps = client_steps, .count = 2, .usual_port = 5222
};
const struct starttls_protocol starttls_xmpp_server = {
	.word = "xmpp-server", .steps = server_steps, .count = 2, .usual_port = 5269
};
