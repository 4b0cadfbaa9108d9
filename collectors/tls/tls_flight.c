/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls/tls_flight.h"

#include <ctype.h>

#include "collectors/tls/tls_handshake.h"
#include "collectors/tls/tls_secrets.h"

/* RFC 8446 5, 6 */
enum {
	RECORD_CHANGE_CIPHER_SPEC = 20,
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	RECORD_ENCRYPTED = 23,
	RECORD_HEAD_BYTES = 5,
	RECORD_BYTES_MOST = 16384,
	ENCRYPTED_BYTES_MOST = RECORD_BYTES_MOST + 256,
	VERSION_MAJOR = 3,
	ALERT_CLOSE_NOTIFY = 0,
	ALERT_UNEXPECTED_MESSAGE = 10,
	ALERT_FATAL = 2,
	ALERT_USER_CANCELED = 90,
	FIRST_BYTES = 4			/* enough to tell text from other strangers */
};

void tls_flight_init(struct tls_flight *flight, enum tls_until until,
		     struct tls_secrets *secrets)
{
	*flight = (struct tls_flight){ .until = until, .secrets = secrets };
	writer_grow_up_to(&flight->record, ENCRYPTED_BYTES_MOST);
	tls_handshake_begin(flight);
}

void tls_flight_free(struct tls_flight *flight)
{
	writer_free(&flight->cookie);
	writer_free(&flight->chain);
	writer_free(&flight->staple);
	writer_free(&flight->message);
	writer_free(&flight->record);
}

/* Some of these come as warnings from servers that refuse all the same. */
static bool is_always_fatal(uint8_t alert)
{
	switch (alert) {
	case ALERT_UNEXPECTED_MESSAGE:
	case TLS_ALERT_HANDSHAKE_FAILURE:
	case TLS_ALERT_ILLEGAL_PARAMETER:
	case TLS_ALERT_DECODE_ERROR:
	case TLS_ALERT_PROTOCOL_VERSION:
	case TLS_ALERT_INSUFFICIENT_SECURITY:
	case TLS_ALERT_INTERNAL_ERROR:
	case TLS_ALERT_INAPPROPRIATE_FALLBACK:
	case TLS_ALERT_MISSING_EXTENSION:
	case TLS_ALERT_CERTIFICATE_REQUIRED:
	case TLS_ALERT_NO_APPLICATION_PROTOCOL:
		return true;
	default:
		return false;
	}
}

/* Unrecognized_name is a warning, for one. In 1.3 levels mean nothing any more. */
static bool is_the_end(const struct tls_flight *flight, uint8_t level, uint8_t alert)
{
	if (level == ALERT_FATAL || alert == ALERT_CLOSE_NOTIFY || is_always_fatal(alert))
		return true;
	return flight->version == TLS_VERSION_1_3 && alert != ALERT_USER_CANCELED;
}

/* Level and description; below 1.3 even these two may come in two records. */
static enum turn hear_alerts(struct tls_flight *flight, struct reader *in)
{
	while (reader_left(in)) {
		uint8_t byte = reader_take_u8(in);

		flight->alert_begun = !flight->alert_begun;
		if (flight->alert_begun) {
			flight->alert_level = byte;
			if (byte != TLS_ALERT_WARNING && byte != ALERT_FATAL)
				return TURN_MALFORMED;
			continue;
		}
		if (!is_the_end(flight, flight->alert_level, byte))
			continue;
		if (flight->said == TLS_SAID_NOTHING)
			flight->said = TLS_SAID_ALERT;
		flight->alerted = true;
		flight->alert = byte;
		return TURN_CONCLUDED;
	}
	return TURN_GO_ON;
}

/* Of 1.3, for the sake of middleboxes, behind a hello or a retry (RFC 8446 appendix D.4). */
static enum turn hear_change_cipher_spec(const struct tls_flight *flight, struct reader *in)
{
	bool expected = flight->version == TLS_VERSION_1_3;

	return expected && reader_take_u8(in) == 1 && !reader_left(in) && !flight->record_left
		       ? TURN_GO_ON
		       : TURN_MALFORMED;
}

static enum turn hear_handshake(struct tls_flight *flight, struct reader *in)
{
	enum turn turn = tls_handshake_hear(flight, in);

	/* Who asks for another hello waits for it. */
	if (turn != TURN_CONCLUDED || flight->said != TLS_SAID_RETRY ||
	    !(reader_left(in) || flight->record_left))
		return turn;
	flight->complete = false;
	return TURN_MALFORMED;
}

/* All of it is there. */
static enum turn hear_encrypted(struct tls_flight *flight, struct reader *in)
{
	struct writer *record = &flight->record;
	size_t length = reader_left(in);
	struct reader plain;
	uint8_t type;

	if (!flight->encrypted)
		return TURN_MALFORMED;
	writer_clear(record);
	writer_put(record, reader_take(in, length), length);
	if (!tls_secrets_open(flight->secrets, record->bytes, length, &length, &type))
		return TURN_MALFORMED;
	reader_init(&plain, record->bytes, length);
	if (!length)
		return TURN_MALFORMED;
	if (type == RECORD_ALERT)
		return hear_alerts(flight, &plain);
	return type == RECORD_HANDSHAKE ? hear_handshake(flight, &plain) : TURN_MALFORMED;
}

static enum turn hear_fragment(struct tls_flight *flight, struct reader *in)
{
	switch (flight->record_type) {
	case RECORD_ALERT:
		return hear_alerts(flight, in);
	case RECORD_CHANGE_CIPHER_SPEC:
		return hear_change_cipher_spec(flight, in);
	case RECORD_ENCRYPTED:
		return hear_encrypted(flight, in);
	case RECORD_HANDSHAKE:
	default:
		return flight->encrypted ? TURN_MALFORMED : hear_handshake(flight, in);
	}
}

/* Takes the head of a record; of what is encrypted all must be there. */
static enum turn begin_record(struct tls_flight *flight, struct reader *in)
{
	struct reader ahead = *in;
	uint8_t type = reader_take_u8(&ahead);
	uint8_t major = reader_take_u8(&ahead);
	size_t length, most = type == RECORD_ENCRYPTED ? ENCRYPTED_BYTES_MOST : RECORD_BYTES_MOST;

	reader_skip(&ahead, 1);		/* minor version: servers say what they like */
	length = reader_take_u16be(&ahead);
	if (!reader_ok(&ahead))
		return TURN_NEED_MORE;
	if (type < RECORD_CHANGE_CIPHER_SPEC || type > RECORD_ENCRYPTED ||
	    major != VERSION_MAJOR || !length || length > most)
		return TURN_MALFORMED;
	if (type == RECORD_ENCRYPTED && reader_left(&ahead) < length)
		return TURN_NEED_MORE;
	flight->record_type = type;
	flight->record_left = length;
	*in = ahead;
	return TURN_GO_ON;
}

/* TURN_GO_ON: took what can be taken by now. */
static enum turn hear_records(struct tls_flight *flight, struct reader *in)
{
	enum turn turn = TURN_GO_ON;

	while (turn == TURN_GO_ON && reader_left(in)) {
		if (!flight->record_left) {
			turn = begin_record(flight, in);
			if (turn == TURN_NEED_MORE)
				return TURN_GO_ON;
			continue;
		}
		size_t left = reader_left(in);
		size_t length = flight->record_left < left ? flight->record_left : left;
		struct reader fragment = reader_part(in, length);

		flight->record_left -= length;
		turn = hear_fragment(flight, &fragment);
	}
	return turn;
}

static bool is_text(uint8_t byte)
{
	return isprint(byte) || byte == '\r' || byte == '\n' || byte == '\t';
}

/* Somebody who does not speak TLS says so with his first bytes: by a line of text, or by
 * those of another protocol (SSLv2 among them), which are nobody's words. */
static enum turn hear_stranger(struct tls_flight *flight, struct reader in)
{
	size_t length = 0;
	bool whole_line = false, text = true;

	while (reader_left(&in) && length < TLS_WORDS_MOST - 1) {
		uint8_t byte = reader_take_u8(&in);

		text = text && (length >= FIRST_BYTES || is_text(byte));
		whole_line = whole_line || byte == '\n';
		flight->words[length++] = (char)byte;
	}
	if (!text)
		length = 0;
	flight->words[length] = 0;
	flight->said = text ? TLS_SAID_PLAIN_TEXT : TLS_SAID_NOTHING;
	return text && length < FIRST_BYTES && !whole_line ? TURN_NEED_MORE
							   : TURN_NOT_THIS_PROTOCOL;
}

/* Whether the first bytes are a record's, as far as they have come. */
static bool may_be_tls(struct reader in)
{
	uint8_t type = reader_take_u8(&in);

	if (type < RECORD_CHANGE_CIPHER_SPEC || type > RECORD_ENCRYPTED)
		return false;
	return !reader_left(&in) || reader_take_u8(&in) == VERSION_MAJOR;
}

enum turn tls_flight_hear(struct tls_flight *flight, struct reader *in)
{
	size_t before = in->at;

	if (!reader_left(in))
		return TURN_NEED_MORE;
	if (!flight->heard_bytes && !may_be_tls(*in))
		return hear_stranger(flight, *in);
	enum turn turn = hear_records(flight, in);
	flight->heard_bytes += in->at - before;
	return turn == TURN_GO_ON && in->at == before ? TURN_NEED_MORE : turn;
}
