/* SPDX-License-Identifier: Apache-2.0
 *
 * The protocols of bytes: LDAP (RFC 4511), PostgreSQL (its manual, 55.2.10 SSL Session
 * Encryption), RDP ([MS-RDPBCGR] 2.2.1) and Microsoft SQL Server ([MS-TDS] 2.2.6.5).
 */
#include <string.h>

#include "collectors/starttls/starttls_steps.h"

enum { MESSAGE_MOST = 4096 };

static void note_words(struct starttls *starttls, const char *words)
{
	starttls_note(starttls, words, strlen(words));
}

static void note_reader(struct starttls *starttls, const struct reader *in)
{
	struct reader rest = *in;
	size_t length = reader_left(in);

	starttls_note(starttls, reader_take(&rest, length), length);
}

/* --- LDAP --------------------------------------------------------------------------------- */

/* RFC 4511 4.2, 4.12, 4.14, 4.4.1 and appendix B */
enum {
	BER_INTEGER = 0x02,
	BER_OCTETS = 0x04,
	BER_ENUMERATED = 0x0a,
	BER_SEQUENCE = 0x30,
	LDAP_EXTENDED_REQUEST = 0x77,
	LDAP_EXTENDED_RESPONSE = 0x78,
	LDAP_REQUEST_NAME = 0x80,
	LDAP_OURS = 1,
	LDAP_UNSOLICITED = 0,
	LDAP_SUCCESS = 0,
	LDAP_PROTOCOL_ERROR = 2,
	LDAP_UNWILLING = 53
};

#define LDAP_START_TLS "1.3.6.1.4.1.1466.20037"

static void ldap_write(struct writer *out, void *talk)
{
	const uint8_t name = sizeof LDAP_START_TLS - 1;
	const uint8_t head[] = { BER_SEQUENCE, (uint8_t)(name + 7), BER_INTEGER, 1, LDAP_OURS,
				 LDAP_EXTENDED_REQUEST, (uint8_t)(name + 2),
				 LDAP_REQUEST_NAME, name };

	(void)talk;
	writer_put(out, head, sizeof head);
	writer_put_text(out, LDAP_START_TLS);
}

/* Definite lengths only (RFC 4511 5.1); Active Directory writes each with four bytes. */
static bool ber_take_length(struct reader *in, size_t *length)
{
	uint8_t first = reader_take_u8(in);
	size_t width = first & 0x7f;

	*length = first;
	if (!(first & 0x80))
		return reader_ok(in);
	if (width == 0 || width > 4)
		return false;
	*length = 0;
	while (width--)
		*length = *length << 8 | reader_take_u8(in);
	return reader_ok(in);
}

/* What is inside the next element, which must have that tag; a failed reader if not. */
static struct reader ber_part(struct reader *in, uint8_t tag)
{
	size_t length = 0;

	if (reader_take_u8(in) != tag || !ber_take_length(in, &length))
		in->failed = true;
	return reader_part(in, length);
}

/* A small number that is not negative; -1 when it is none such. */
static int ber_take_small(struct reader *in, uint8_t tag)
{
	struct reader part = ber_part(in, tag);
	unsigned value = reader_take_u8(&part);

	while (reader_left(&part) && value < 0x100)
		value = value << 8 | reader_take_u8(&part);
	return reader_ok(&part) && !reader_left(&part) && value < 0x8000 ? (int)value : -1;
}

/* NEXT_STEP when the message is there whole, in *message. */
static enum turn ldap_take_message(struct reader *in, struct reader *message)
{
	struct reader head = *in;
	size_t length = 0;

	reader_skip(&head, 1);
	if (!ber_take_length(&head, &length))
		return reader_ok(&head) ? TURN_MALFORMED : TURN_NEED_MORE;
	if (length > MESSAGE_MOST)
		return TURN_MALFORMED;
	if (reader_left(&head) < length)
		return TURN_NEED_MORE;
	*message = ber_part(in, BER_SEQUENCE);
	return TURN_NEXT_STEP;
}

static enum turn ldap_answered(struct starttls *starttls, int result, const struct reader *in)
{
	switch (result) {
	case LDAP_SUCCESS:
		return starttls_begins(starttls, STARTTLS_OFFERED, in);
	case LDAP_PROTOCOL_ERROR:
	case LDAP_UNWILLING:
		return starttls_concluded(starttls, STARTTLS_ABSENT);
	default:
		return starttls_concluded(starttls, STARTTLS_REFUSED);
	}
}

static enum turn ldap_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct reader first = *in, message, response, words;

	if (reader_take_u8(&first) != BER_SEQUENCE)
		return starttls_stranger(starttls, in);
	enum turn turn = ldap_take_message(in, &message);
	if (turn != TURN_NEXT_STEP)
		return turn;
	int id = ber_take_small(&message, BER_INTEGER);
	response = ber_part(&message, LDAP_EXTENDED_RESPONSE);
	int result = ber_take_small(&response, BER_ENUMERATED);
	ber_part(&response, BER_OCTETS);	/* matched name */
	words = ber_part(&response, BER_OCTETS);
	if (id < 0 || result < 0 || !reader_ok(&words) || !reader_ok(&response))
		return TURN_MALFORMED;
	if (result != LDAP_SUCCESS)
		note_reader(starttls, &words);
	/* RFC 4511 4.4.1: a notice of disconnection, which is not about what we asked for */
	if (id == LDAP_UNSOLICITED && result != LDAP_SUCCESS)
		return starttls_concluded(starttls, STARTTLS_UNKNOWN);
	return id == LDAP_OURS ? ldap_answered(starttls, result, in) : TURN_MALFORMED;
}

static const struct step ldap_steps[] = {
	{ "start_tls", ldap_write, ldap_read, STAGE_STARTTLS }
};

const struct starttls_protocol starttls_ldap = {
	.word = "ldap", .steps = ldap_steps, .count = 1, .usual_port = 389
};

/* --- PostgreSQL --------------------------------------------------------------------------- */

enum { POSTGRES_SSL_REQUEST = 80877103, POSTGRES_REQUEST_BYTES = 8 };

static void postgres_write(struct writer *out, void *talk)
{
	(void)talk;
	writer_put_u32be(out, POSTGRES_REQUEST_BYTES);
	writer_put_u32be(out, POSTGRES_SSL_REQUEST);
}

/* "E", words, NUL: as servers say it that are older than 7.4, and newer ones while they
 * cannot even start a process. NEXT_STEP with what is before the NUL. */
static enum turn postgres_take_string(struct reader *in, struct reader *words)
{
	size_t left = reader_left(in);
	struct reader rest = *in;
	const uint8_t *start = reader_take(&rest, left);
	const uint8_t *end = left ? memchr(start, '\0', left) : NULL;

	if (!end)
		return left > MESSAGE_MOST ? TURN_MALFORMED : TURN_NEED_MORE;
	*words = reader_part(in, (size_t)(end - start));
	reader_skip(in, 1);
	return end - start > MESSAGE_MOST ? TURN_MALFORMED : TURN_NEXT_STEP;
}

/* "E", length, fields of a type and a string each, NUL; the message is of type M. */
static enum turn postgres_take_fields(struct reader *in, struct reader *words)
{
	uint32_t length = reader_take_u32be(in);
	struct reader field = { .failed = true };

	*words = field;
	if (reader_ok(in) && (length < 5 || length > MESSAGE_MOST))
		return TURN_MALFORMED;
	struct reader fields = reader_part(in, length - 4);
	if (!reader_ok(in))
		return TURN_NEED_MORE;
	for (uint8_t type = reader_take_u8(&fields); type; type = reader_take_u8(&fields)) {
		if (postgres_take_string(&fields, &field) != TURN_NEXT_STEP)
			return TURN_MALFORMED;
		if (type == 'M')
			*words = field;
	}
	return reader_ok(&fields) && reader_ok(words) ? TURN_NEXT_STEP : TURN_MALFORMED;
}

/* Who does not know the request takes it for a version of the protocol, and says so in
 * whatever language. */
static bool calls_it_unsupported(const struct reader *words)
{
	static const char version[] = "1234.5679";
	struct reader rest = *words;
	size_t length = reader_left(words);

	return length &&
	       memmem(reader_take(&rest, length), length, version, sizeof version - 1);
}

static enum turn postgres_error(struct reader *in, struct starttls *starttls)
{
	struct reader words, first = *in;
	enum turn turn;

	/* Behind E, a length that can be begins with a zero, and words don't. */
	if (!reader_left(in))
		return TURN_NEED_MORE;
	turn = reader_take_u8(&first) ? postgres_take_string(in, &words) :
					postgres_take_fields(in, &words);
	if (turn != TURN_NEXT_STEP)
		return turn;
	note_reader(starttls, &words);
	return starttls_concluded(starttls, calls_it_unsupported(&words) ? STARTTLS_ABSENT :
									   STARTTLS_UNKNOWN);
}

/* "SSH-2.0-..." begins like a yes, "NOTICE AUTH" like a no. */
static bool is_somebody_else(const struct reader *begin)
{
	struct reader rest = *begin;
	size_t length = reader_left(begin);
	const char *word = starttls_recognise((const char *)reader_take(&rest, length), length);

	return strcmp(word, "other") != 0 && strcmp(word, "postgres") != 0;
}

static enum turn postgres_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	const struct reader begin = *in;
	uint8_t answer = reader_take_u8(in);

	if ((answer != 'S' && answer != 'N' && answer != 'E') || is_somebody_else(&begin))
		return starttls_stranger(starttls, &begin);
	if (answer == 'E')
		return postgres_error(in, starttls);
	if (answer == 'S')
		return starttls_begins(starttls, STARTTLS_OFFERED, in);
	if (reader_left(in))
		return TURN_MALFORMED;
	note_words(starttls, "N");
	return starttls_concluded(starttls, STARTTLS_ABSENT);
}

static const struct step postgres_steps[] = {
	{ "ssl_request", postgres_write, postgres_read, STAGE_STARTTLS }
};

const struct starttls_protocol starttls_postgres = {
	.word = "postgres", .steps = postgres_steps, .count = 1, .usual_port = 5432
};

/* --- RDP ---------------------------------------------------------------------------------- */

/* RFC 1006 6, ISO 8073 13.3 and 13.4, [MS-RDPBCGR] 2.2.1.1.1, 2.2.1.2.1 and 2.2.1.2.2 */
enum {
	TPKT_VERSION = 3,
	TPKT_BYTES = 4,
	X224_CONNECTION_REQUEST = 0xe0,
	X224_CONNECTION_CONFIRM = 0xd0,
	X224_FIXED_BYTES = 6,			/* behind the length */
	RDP_NEGOTIATION_REQUEST = 1,
	RDP_NEGOTIATION_RESPONSE = 2,
	RDP_NEGOTIATION_FAILURE = 3,
	RDP_NEGOTIATION_BYTES = 8,
	RDP_PROTOCOL_RDP = 0,
	RDP_PROTOCOL_SSL = 1,
	RDP_PROTOCOL_HYBRID = 2,
	RDP_PROTOCOL_HYBRID_EX = 8
};

static void rdp_write(struct writer *out, void *talk)
{
	const uint8_t inside = X224_FIXED_BYTES + RDP_NEGOTIATION_BYTES;

	(void)talk;
	writer_put_u8(out, TPKT_VERSION);
	writer_put_u8(out, 0);
	writer_put_u16be(out, TPKT_BYTES + 1 + inside);
	writer_put_u8(out, inside);
	writer_put_u8(out, X224_CONNECTION_REQUEST);
	writer_put_zeroes(out, X224_FIXED_BYTES - 1);
	writer_put_u8(out, RDP_NEGOTIATION_REQUEST);
	writer_put_u8(out, 0);
	writer_put_u16le(out, RDP_NEGOTIATION_BYTES);
	writer_put_u32le(out, RDP_PROTOCOL_SSL | RDP_PROTOCOL_HYBRID | RDP_PROTOCOL_HYBRID_EX);
}

static enum turn rdp_selected(struct starttls *starttls, uint32_t protocol,
			      const struct reader *in)
{
	switch (protocol) {
	case RDP_PROTOCOL_RDP:
		note_words(starttls, "PROTOCOL_RDP");
		return starttls_concluded(starttls, STARTTLS_ABSENT);
	case RDP_PROTOCOL_SSL:
	case RDP_PROTOCOL_HYBRID:
	case RDP_PROTOCOL_HYBRID_EX:
		return starttls_begins(starttls, STARTTLS_OFFERED, in);
	default:
		return TURN_MALFORMED;
	}
}

/* The names are those of [MS-RDPBCGR] 2.2.1.2.2. */
static enum turn rdp_failed(struct starttls *starttls, uint32_t code)
{
	static const char *const names[] = {
		[2] = "SSL_NOT_ALLOWED_BY_SERVER", [3] = "SSL_CERT_NOT_ON_SERVER",
		[4] = "INCONSISTENT_FLAGS", [6] = "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER"
	};

	/* 1 and 5 ask for what we have offered. */
	if (code >= sizeof names / sizeof *names || !names[code])
		return TURN_MALFORMED;
	note_words(starttls, names[code]);
	return starttls_concluded(starttls, code == 2 ? STARTTLS_ABSENT : STARTTLS_REFUSED);
}

/* NEXT_STEP: *confirm is what X.224 carries behind its fixed part. */
static enum turn rdp_take_confirm(struct reader *in, struct reader *confirm)
{
	uint8_t version = reader_take_u8(in), reserved = reader_take_u8(in);
	uint16_t length = reader_take_u16be(in);

	if (!reader_ok(in))
		return TURN_NEED_MORE;
	if (version != TPKT_VERSION || reserved != 0 ||
	    length < TPKT_BYTES + 1 + X224_FIXED_BYTES || length > MESSAGE_MOST)
		return TURN_MALFORMED;
	*confirm = reader_part(in, length - TPKT_BYTES);
	if (!reader_ok(in))
		return TURN_NEED_MORE;
	uint8_t inside = reader_take_u8(confirm), type = reader_take_u8(confirm);
	reader_skip(confirm, X224_FIXED_BYTES - 1);
	return inside == length - TPKT_BYTES - 1 && (type & 0xf0) == X224_CONNECTION_CONFIRM ?
		       TURN_NEXT_STEP : TURN_MALFORMED;
}

static enum turn rdp_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct reader first = *in, confirm;

	if (reader_take_u8(&first) != TPKT_VERSION)
		return starttls_stranger(starttls, in);
	enum turn turn = rdp_take_confirm(in, &confirm);
	if (turn != TURN_NEXT_STEP)
		return turn;
	/* Servers older than the negotiation leave it out. */
	if (!reader_left(&confirm))
		return starttls_concluded(starttls, STARTTLS_ABSENT);
	uint8_t type = reader_take_u8(&confirm);
	reader_skip(&confirm, 1);		/* flags */
	uint16_t length = reader_take_u16le(&confirm);
	uint32_t value = reader_take_u32le(&confirm);
	if (!reader_ok(&confirm) || reader_left(&confirm) || length != RDP_NEGOTIATION_BYTES)
		return TURN_MALFORMED;
	if (type == RDP_NEGOTIATION_FAILURE)
		return rdp_failed(starttls, value);
	return type == RDP_NEGOTIATION_RESPONSE ? rdp_selected(starttls, value, in) :
						  TURN_MALFORMED;
}

static const struct step rdp_steps[] = {
	{ "negotiation", rdp_write, rdp_read, STAGE_STARTTLS }
};

const struct starttls_protocol starttls_rdp = {
	.word = "rdp", .steps = rdp_steps, .count = 1, .usual_port = 3389
};
