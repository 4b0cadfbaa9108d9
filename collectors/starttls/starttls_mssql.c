/* SPDX-License-Identifier: Apache-2.0
 *
 * Microsoft SQL Server: [MS-TDS] 2.2.3 (packets) and 2.2.6.5 (PRELOGIN). The TLS handshake
 * travels inside PRELOGIN packets. Servers that want "strict" encryption, TDS 8, begin with
 * TLS: that is not this.
 */
#include "collectors/starttls/starttls_steps.h"

enum {
	TDS_REPLY = 0x04,
	TDS_PRELOGIN = 0x12,
	TDS_END_OF_MESSAGE = 0x01,
	TDS_HEADER_BYTES = 8,
	TDS_PACKET_MOST = 4096			/* until something else is agreed on */
};

enum {
	PRELOGIN_VERSION = 0x00,
	PRELOGIN_ENCRYPTION = 0x01,
	PRELOGIN_INSTANCE = 0x02,
	PRELOGIN_THREAD = 0x03,
	PRELOGIN_END = 0xff,
	PRELOGIN_OPTION_BYTES = 5,
	PRELOGIN_OPTIONS_MOST = 32
};

enum {
	ENCRYPTION_OFF = 0,			/* for the login only */
	ENCRYPTION_ON = 1,
	ENCRYPTION_NOT_SUPPORTED = 2,
	ENCRYPTION_REQUIRED = 3
};

static void put_header(struct writer *out, bool last, size_t length)
{
	writer_put_u8(out, TDS_PRELOGIN);
	writer_put_u8(out, last ? TDS_END_OF_MESSAGE : 0);
	writer_put_u16be(out, (uint16_t)(TDS_HEADER_BYTES + length));
	writer_put_zeroes(out, 4);		/* process, packet, window */
}

static void prelogin_write(struct writer *out, void *talk)
{
	static const struct {
		uint8_t option, length;
	} options[] = { { PRELOGIN_VERSION, 6 }, { PRELOGIN_ENCRYPTION, 1 },
			{ PRELOGIN_INSTANCE, 1 }, { PRELOGIN_THREAD, 4 } };
	static const uint8_t values[] = {
		0x0f, 0, 0, 0, 0, 0,		/* a client of 2019 */
		ENCRYPTION_ON,
		0,				/* whatever instance it is */
		0, 0, 0, 0
	};
	const size_t count = sizeof options / sizeof *options;
	size_t offset = count * PRELOGIN_OPTION_BYTES + 1;

	(void)talk;
	put_header(out, true, offset + sizeof values);
	for (size_t i = 0; i < count; i++) {
		writer_put_u8(out, options[i].option);
		writer_put_u16be(out, (uint16_t)offset);
		writer_put_u16be(out, options[i].length);
		offset += options[i].length;
	}
	writer_put_u8(out, PRELOGIN_END);
	writer_put(out, values, sizeof values);
}

/* NEXT_STEP: a packet of that type, its inside in *packet. */
static enum turn take_packet(struct reader *in, uint8_t type, bool *last, struct reader *packet)
{
	uint8_t came = reader_take_u8(in), status = reader_take_u8(in);
	uint16_t length = reader_take_u16be(in);

	reader_skip(in, 4);
	if (!reader_ok(in))
		return TURN_NEED_MORE;
	if (came != type || length < TDS_HEADER_BYTES || length > TDS_PACKET_MOST)
		return TURN_MALFORMED;
	*packet = reader_part(in, length - TDS_HEADER_BYTES);
	*last = status & TDS_END_OF_MESSAGE;
	return reader_ok(in) ? TURN_NEXT_STEP : TURN_NEED_MORE;
}

/* The value of ENCRYPTION; -1 when there is none, or the list contradicts itself. */
static int encryption_of(const struct reader *message)
{
	struct reader list = *message;
	int found = -1;

	for (unsigned i = 0; i < PRELOGIN_OPTIONS_MOST; i++) {
		uint8_t option = reader_take_u8(&list);

		if (!reader_ok(&list))
			return -1;
		if (option == PRELOGIN_END)
			return found;
		uint16_t offset = reader_take_u16be(&list), length = reader_take_u16be(&list);
		struct reader value = *message;

		reader_skip(&value, offset);
		value = reader_part(&value, length);
		if (!reader_ok(&value) || !reader_ok(&list))
			return -1;
		if (option != PRELOGIN_ENCRYPTION)
			continue;
		if (found >= 0 || length != 1)
			return -1;
		found = reader_take_u8(&value);
	}
	return -1;
}

static enum turn prelogin_read(struct reader *in, void *talk)
{
	struct starttls *starttls = talk;
	struct reader first = *in, message;
	bool last = false;

	if (reader_take_u8(&first) != TDS_REPLY)
		return starttls_stranger(starttls, in);
	enum turn turn = take_packet(in, TDS_REPLY, &last, &message);
	if (turn != TURN_NEXT_STEP)
		return turn;
	switch (last ? encryption_of(&message) : -1) {
	case ENCRYPTION_OFF:
	case ENCRYPTION_ON:
	case ENCRYPTION_REQUIRED:
		return starttls_begins(starttls, STARTTLS_OFFERED, in);
	case ENCRYPTION_NOT_SUPPORTED:
		return starttls_concluded(starttls, STARTTLS_ABSENT);
	default:
		return TURN_MALFORMED;
	}
}

static void mssql_wrap(struct writer *out, const void *bytes, size_t length)
{
	const size_t most = TDS_PACKET_MOST - TDS_HEADER_BYTES;
	struct reader rest;

	reader_init(&rest, bytes, length);
	do {
		size_t left = reader_left(&rest), now = left < most ? left : most;

		put_header(out, now == left, now);
		writer_put(out, reader_take(&rest, now), now);
	} while (reader_left(&rest));
}

/* Where a message of packets ends does not matter to TLS, which has records of its own. */
static enum turn mssql_unwrap(struct reader *in, struct writer *inside)
{
	struct reader packet;
	bool last;
	enum turn turn = take_packet(in, TDS_PRELOGIN, &last, &packet);

	if (turn != TURN_NEXT_STEP)
		return turn;
	size_t length = reader_left(&packet);
	if (length > 0)
		writer_put(inside, reader_take(&packet, length), length);
	return TURN_GO_ON;
}

static const struct step mssql_steps[] = {
	{ "prelogin", prelogin_write, prelogin_read, STAGE_STARTTLS }
};

const struct starttls_protocol starttls_mssql = {
	.word = "mssql", .steps = mssql_steps, .count = 1, .usual_port = 1433,
	.wrap = mssql_wrap, .unwrap = mssql_unwrap
};
