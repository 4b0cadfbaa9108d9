/* SPDX-License-Identifier: Apache-2.0
 *
 * What a server says, made by hand or recorded, and heard as a dialogue hears it: in
 * portions, with what was not taken before the next.
 */
#ifndef TESTS_UNIT_FLIGHT_SCENE_H
#define TESTS_UNIT_FLIGHT_SCENE_H

#include <stdlib.h>
#include <string.h>

#include "collectors/tls/tls_flight.h"
#include "collectors/tls/tls_messages.h"
#include "tests/unit/unit.h"

enum { RECORD_ALERT = 21, RECORD_HANDSHAKE = 22 };

/* What has come and was not taken; *taken grows. */
static inline enum turn hear_once(struct tls_flight *flight, const uint8_t *bytes, size_t came,
				  size_t *taken)
{
	/* Of exactly that size, so that a sanitizer sees every step beyond it. */
	uint8_t *copy = malloc(came - *taken + 1);
	struct reader in;

	memcpy(copy + 1, bytes + *taken, came - *taken);
	reader_init(&in, copy + 1, came - *taken);
	enum turn turn = tls_flight_hear(flight, &in);
	assert_int_equal(turn == TURN_GO_ON && in.at == 0, false);
	assert_int_equal(turn == TURN_NEED_MORE && in.at > 0, false);
	*taken += in.at;
	free(copy);
	return turn;
}

/* Until it comes to an end, or all is heard: then NEED_MORE or GO_ON. */
static inline enum turn hear(struct tls_flight *flight, const void *bytes, size_t length,
			     size_t portion)
{
	enum turn turn = TURN_NEED_MORE;
	size_t taken = 0;

	for (size_t came = 0; came < length && turn <= TURN_GO_ON;) {
		came = length - came > portion ? came + portion : length;
		do
			turn = hear_once(flight, bytes, came, &taken);
		while (turn == TURN_GO_ON && taken < came);
	}
	return turn;
}

static inline enum turn hear_whole(struct tls_flight *flight, enum tls_until until,
				   const struct writer *said)
{
	tls_flight_free(flight);
	tls_flight_init(flight, until, NULL);
	return hear(flight, said->bytes, said->length, SIZE_MAX);
}

static inline size_t message_begin(struct writer *out, uint8_t type)
{
	writer_put_u8(out, type);
	writer_put_u24be(out, 0);
	return out->length;
}

static inline void message_end(struct writer *out, size_t begin)
{
	writer_patch_u24be(out, begin - 3, (uint32_t)(out->length - begin));
}

static inline void put_message(struct writer *out, uint8_t type, const void *body, size_t length)
{
	size_t message = message_begin(out, type);

	writer_put(out, body, length);
	message_end(out, message);
}

/* Messages as records of at most `most` bytes. */
static inline void put_in_records(struct writer *out, const struct writer *messages, size_t most)
{
	for (size_t at = 0; at < messages->length;) {
		size_t left = messages->length - at, part = left < most ? left : most;

		writer_put_u8(out, RECORD_HANDSHAKE);
		writer_put_u16be(out, 0x0303);
		writer_put_u16be(out, (uint16_t)part);
		writer_put(out, messages->bytes + at, part);
		at += part;
	}
}

static inline void put_record(struct writer *out, uint8_t type, const void *bytes, size_t length)
{
	writer_put_u8(out, type);
	writer_put_u16be(out, 0x0303);
	writer_put_u16be(out, (uint16_t)length);
	writer_put(out, bytes, length);
}

/* A ServerHello; extensions as they are, NULL for none at all. */
static inline void put_server_hello(struct writer *out, uint16_t version, uint16_t suite,
				    const void *extensions, size_t length)
{
	size_t message = message_begin(out, TLS_MESSAGE_SERVER_HELLO);

	writer_put_u16be(out, version);
	for (uint8_t i = 0; i < TLS_RANDOM_BYTES; i++)
		writer_put_u8(out, i);
	writer_put_u8(out, 0);
	writer_put_u16be(out, suite);
	writer_put_u8(out, 0);
	if (extensions) {
		writer_put_u16be(out, (uint16_t)length);
		writer_put(out, extensions, length);
	}
	message_end(out, message);
}

/* Below 1.3: elements of that size each. */
static inline void put_chain(struct writer *out, size_t elements, size_t size)
{
	size_t message = message_begin(out, TLS_MESSAGE_CERTIFICATE);

	writer_put_u24be(out, (uint32_t)(elements * (size + 3)));
	for (size_t i = 0; i < elements; i++) {
		writer_put_u24be(out, (uint32_t)size);
		for (size_t at = 0; at < size; at++)
			writer_put_u8(out, (uint8_t)i);
	}
	message_end(out, message);
}

#endif
