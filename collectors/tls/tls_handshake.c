/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls/tls_handshake.h"

#include <string.h>

#include "collectors/tls/tls_messages.h"
#include "collectors/tls/tls_secrets.h"

enum {
	MESSAGE_HEAD_BYTES = 4,
	MESSAGE_BYTES_MOST = 64 << 10	/* of those that are looked at as a whole */
};

/* What of a message is awaited; a chain is taken piece by piece. */
enum part {
	PART_HEAD,
	PART_BODY,
	PART_UNREAD,
	PART_CHAIN_HEAD,
	PART_ELEMENT_HEAD,
	PART_ELEMENT,
	PART_EXTENSIONS_HEAD,
	PART_EXTENSIONS
};

static void await(struct tls_flight *flight, enum part part, size_t bytes)
{
	flight->part = (uint8_t)part;
	flight->awaited = bytes;
	writer_clear(&flight->message);
}

void tls_handshake_begin(struct tls_flight *flight)
{
	writer_grow_up_to(&flight->cookie, TLS_COOKIE_MOST);
	writer_grow_up_to(&flight->chain, TLS_CHAIN_BYTES_MOST);
	writer_grow_up_to(&flight->staple, MESSAGE_BYTES_MOST);
	writer_grow_up_to(&flight->message, TLS_CHAIN_BYTES_MOST);
	await(flight, PART_HEAD, MESSAGE_HEAD_BYTES);
}

static enum turn conclude(struct tls_flight *flight)
{
	flight->complete = true;
	return TURN_CONCLUDED;
}

/* The place of a message in the flight: each is later than the one before. 0: none here. */
static uint8_t rank_of(const struct tls_flight *flight, uint8_t type)
{
	static const uint8_t older[] = { TLS_MESSAGE_SERVER_HELLO, TLS_MESSAGE_SUPPLEMENTAL_DATA,
					 TLS_MESSAGE_CERTIFICATE, TLS_MESSAGE_CERTIFICATE_STATUS,
					 TLS_MESSAGE_KEY_EXCHANGE, TLS_MESSAGE_CERTIFICATE_REQUEST,
					 TLS_MESSAGE_HELLO_DONE, 0 };
	static const uint8_t in_1_3[] = { TLS_MESSAGE_SERVER_HELLO,
					  TLS_MESSAGE_ENCRYPTED_EXTENSIONS,
					  TLS_MESSAGE_CERTIFICATE_REQUEST, TLS_MESSAGE_CERTIFICATE,
					  TLS_MESSAGE_CERTIFICATE_VERIFY, TLS_MESSAGE_FINISHED, 0 };
	const uint8_t *order = flight->encrypted ? in_1_3 : older;

	for (uint8_t rank = 0; order[rank]; rank++)
		if (order[rank] == type)
			return rank + 1;
	return 0;
}

static bool is_past(const struct tls_flight *flight, uint8_t type)
{
	return flight->rank > rank_of(flight, type);
}

static uint32_t traits_of(const struct tls_flight *flight)
{
	const struct tls_suite *suite = tls_suite_of(flight->suite);

	/* Of a suite nobody knows anything may come. */
	return suite ? suite->traits : TLS_SUITE_ECDHE | TLS_SUITE_DHE | TLS_SUITE_CERTIFICATE;
}

/* Below 1.3, after a message or, when nothing more is to come of it, before. */
static bool has_heard_enough(const struct tls_flight *flight)
{
	uint32_t traits = traits_of(flight);

	switch (flight->until) {
	case TLS_UNTIL_HELLO:
		return true;
	case TLS_UNTIL_GROUP:
		return !(traits & (TLS_SUITE_ECDHE | TLS_SUITE_DHE)) || flight->key_exchanged ||
		       is_past(flight, TLS_MESSAGE_KEY_EXCHANGE);
	case TLS_UNTIL_CERTIFICATE:
		if (!(traits & TLS_SUITE_CERTIFICATE))
			return true;
		return flight->staple_follows ? is_past(flight, TLS_MESSAGE_CERTIFICATE)
					      : flight->rank >= rank_of(flight,
									TLS_MESSAGE_CERTIFICATE);
	case TLS_UNTIL_DONE:
	default:
		return flight->message_type == TLS_MESSAGE_HELLO_DONE;
	}
}

static bool has_heard_enough_of_1_3(const struct tls_flight *flight)
{
	if (flight->until == TLS_UNTIL_DONE)
		return flight->message_type == TLS_MESSAGE_FINISHED;
	return flight->message_type == TLS_MESSAGE_CERTIFICATE;
}

/* What comes later than what the suite promises comes behind it. */
static bool breaks_promise(const struct tls_flight *flight)
{
	const struct tls_suite *suite = tls_suite_of(flight->suite);

	if (!suite)
		return false;
	if ((suite->traits & (TLS_SUITE_ECDHE | TLS_SUITE_DHE)) && !flight->key_exchanged &&
	    is_past(flight, TLS_MESSAGE_KEY_EXCHANGE))
		return true;
	return (suite->traits & TLS_SUITE_CERTIFICATE) && !flight->chain_elements &&
	       is_past(flight, TLS_MESSAGE_CERTIFICATE);
}

static enum turn end_message(struct tls_flight *flight)
{
	await(flight, PART_HEAD, MESSAGE_HEAD_BYTES);
	if (flight->encrypted)
		return has_heard_enough_of_1_3(flight) ? conclude(flight) : TURN_GO_ON;
	if (breaks_promise(flight))
		return TURN_MALFORMED;
	return has_heard_enough(flight) ? conclude(flight) : TURN_GO_ON;
}

static void note_hello(struct tls_flight *flight, const struct tls_server_hello *hello)
{
	flight->said = hello->retry ? TLS_SAID_RETRY : TLS_SAID_HELLO;
	flight->version = hello->version;
	flight->suite = hello->suite;
	flight->group = hello->group;
	flight->compression = hello->compression;
	flight->secure_renegotiation = hello->secure_renegotiation;
	flight->staple_follows = hello->staple_follows;
	flight->share = hello->share;
	memcpy(flight->alpn, hello->alpn, sizeof flight->alpn);
}

/* RFC 8446 4.1.4: the hello keeps to what the retry said, and there is no other. */
static bool keeps_to_retry(const struct tls_flight *flight, const struct tls_server_hello *hello)
{
	if (flight->said != TLS_SAID_RETRY)
		return true;
	return !hello->retry && hello->version == flight->version &&
	       hello->suite == flight->suite && (!flight->group || hello->group == flight->group);
}

/* Another hello can be sent on the same connection. */
static enum turn hear_retry(struct tls_flight *flight, struct reader message,
			    const struct tls_server_hello *hello)
{
	struct reader cookie = hello->cookie;
	size_t length = reader_left(&cookie);

	if (length && length <= TLS_COOKIE_MOST)
		writer_put(&flight->cookie, reader_take(&cookie, length), length);
	flight->rank = 0;
	if (!flight->secrets)
		return conclude(flight);
	if (tls_secrets_restart(flight->secrets, hello->suite))
		tls_secrets_add_message(flight->secrets, message.bytes, message.length);
	await(flight, PART_HEAD, MESSAGE_HEAD_BYTES);
	return TURN_CONCLUDED;
}

static enum turn hear_1_3_hello(struct tls_flight *flight, struct reader message)
{
	struct tls_secrets *secrets = flight->secrets;

	if (!secrets || flight->until < TLS_UNTIL_CERTIFICATE)
		return conclude(flight);
	tls_secrets_add_message(secrets, message.bytes, message.length);
	if (!tls_secrets_derive(secrets, flight->suite, &flight->share))
		return TURN_CONCLUDED;
	flight->encrypted = true;
	/* Nothing else may come under no key (RFC 8446 5.1). */
	if (flight->record_left)
		return TURN_MALFORMED;
	await(flight, PART_HEAD, MESSAGE_HEAD_BYTES);
	return TURN_GO_ON;
}

static enum turn hear_hello(struct tls_flight *flight, struct reader message, struct reader body)
{
	struct tls_server_hello hello;

	if (!tls_read_server_hello(body, &hello) || !keeps_to_retry(flight, &hello))
		return TURN_MALFORMED;
	note_hello(flight, &hello);
	if (hello.retry)
		return hear_retry(flight, message, &hello);
	if (hello.version == TLS_VERSION_1_3)
		return hear_1_3_hello(flight, message);
	return end_message(flight);
}

static void keep_staple(struct tls_flight *flight, struct reader response)
{
	size_t length = reader_left(&response);

	if (length && length <= MESSAGE_BYTES_MOST)
		writer_put(&flight->staple, reader_take(&response, length), length);
}

static enum turn hear_status(struct tls_flight *flight, struct reader body)
{
	struct reader response;

	if (!tls_read_status(body, &response))
		return TURN_MALFORMED;
	keep_staple(flight, response);
	return end_message(flight);
}

static enum turn hear_body(struct tls_flight *flight)
{
	struct reader message, body;
	bool sound = true;

	reader_init(&message, flight->message.bytes, flight->message.length);
	body = message;
	reader_skip(&body, MESSAGE_HEAD_BYTES);
	body = reader_part(&body, reader_left(&body));
	switch (flight->message_type) {
	case TLS_MESSAGE_SERVER_HELLO:
		return hear_hello(flight, message, body);
	case TLS_MESSAGE_CERTIFICATE_STATUS:
		return hear_status(flight, body);
	case TLS_MESSAGE_ENCRYPTED_EXTENSIONS:
		sound = tls_read_encrypted_extensions(body, flight->alpn);
		break;
	case TLS_MESSAGE_KEY_EXCHANGE:
		flight->key_exchanged = true;
		sound = tls_read_key_exchange(body, tls_suite_of(flight->suite), &flight->group,
					      &flight->dh_bits);
		break;
	default:
		break;
	}
	return sound ? end_message(flight) : TURN_MALFORMED;
}

/* A piece of a chain, which must lie within it. */
static enum turn await_piece(struct tls_flight *flight, enum part part, size_t bytes)
{
	if (bytes > flight->chain_left)
		return TURN_MALFORMED;
	flight->chain_left -= bytes;
	await(flight, part, bytes);
	return TURN_GO_ON;
}

static enum turn begin_element(struct tls_flight *flight)
{
	if (flight->chain_left)
		return await_piece(flight, PART_ELEMENT_HEAD, 3);
	return end_message(flight);
}

/* In 1.3 a context goes before, which is empty in a first handshake. */
static enum turn hear_chain_head(struct tls_flight *flight, struct reader in)
{
	size_t head = flight->awaited;

	if (flight->encrypted && reader_take_u8(&in))
		return TURN_MALFORMED;
	flight->chain_left = reader_take_u24be(&in);
	if (!flight->chain_left || flight->chain_left != flight->message_left - head)
		return TURN_MALFORMED;
	return begin_element(flight);
}

/* Whether we stop here is known before the element has come. */
static enum turn hear_element_head(struct tls_flight *flight, struct reader in)
{
	size_t length = reader_take_u24be(&in);

	if (!length || length > flight->chain_left)
		return TURN_MALFORMED;
	flight->chain_cut = flight->chain_elements == TLS_CHAIN_ELEMENTS_MOST ||
			    length + 3 > TLS_CHAIN_BYTES_MOST - flight->chain.length;
	if (!flight->chain_cut)
		return await_piece(flight, PART_ELEMENT, length);
	return flight->until == TLS_UNTIL_CERTIFICATE ? conclude(flight) : TURN_CONCLUDED;
}

static enum turn hear_element(struct tls_flight *flight, struct reader in)
{
	writer_put_u24be(&flight->chain, (uint32_t)in.length);
	writer_put(&flight->chain, in.bytes, in.length);
	flight->chain_elements++;
	if (flight->encrypted)
		return await_piece(flight, PART_EXTENSIONS_HEAD, 2);
	return begin_element(flight);
}

static enum turn hear_element_extensions(struct tls_flight *flight, struct reader in)
{
	struct reader response;

	if (!tls_read_element_extensions(in, &response))
		return TURN_MALFORMED;
	if (flight->chain_elements == 1)
		keep_staple(flight, response);
	return begin_element(flight);
}

static bool is_looked_at(uint8_t type)
{
	return type == TLS_MESSAGE_SERVER_HELLO || type == TLS_MESSAGE_KEY_EXCHANGE ||
	       type == TLS_MESSAGE_ENCRYPTED_EXTENSIONS ||
	       type == TLS_MESSAGE_CERTIFICATE_STATUS;
}

static bool is_in_order(struct tls_flight *flight, uint8_t type)
{
	uint8_t rank = rank_of(flight, type);

	/* The hello is the first, and after a retry the first again. */
	if (!rank || rank <= flight->rank || (rank > 1 && !flight->rank))
		return false;
	flight->rank = rank;
	return true;
}

static enum turn hear_message_head(struct tls_flight *flight, struct reader in)
{
	uint8_t type = reader_take_u8(&in);
	size_t length = reader_take_u24be(&in);

	/* A wish to begin anew, at any time, and to be ignored (RFC 5246 7.4.1.1). */
	if (type == TLS_MESSAGE_HELLO_REQUEST && !length && !flight->encrypted) {
		await(flight, PART_HEAD, MESSAGE_HEAD_BYTES);
		return TURN_GO_ON;
	}
	if (!is_in_order(flight, type))
		return TURN_MALFORMED;
	flight->message_type = type;
	flight->message_left = length;
	if (type == TLS_MESSAGE_HELLO_DONE && length)
		return TURN_MALFORMED;
	if (type == TLS_MESSAGE_CERTIFICATE_REQUEST)
		flight->certificate_requested = true;
	if (type == TLS_MESSAGE_CERTIFICATE) {
		size_t head = flight->encrypted ? 4 : 3;

		await(flight, PART_CHAIN_HEAD, head);
		return length > head ? TURN_GO_ON : TURN_MALFORMED;
	}
	if (!is_looked_at(type)) {
		await(flight, PART_UNREAD, length);
		return TURN_GO_ON;
	}
	if (length > MESSAGE_BYTES_MOST)
		return TURN_MALFORMED;
	/* Its head stays with it: the secrets are made of both. */
	flight->part = PART_BODY;
	flight->awaited = MESSAGE_HEAD_BYTES + length;
	return TURN_GO_ON;
}

/* What was awaited is here. */
static enum turn hear_part(struct tls_flight *flight)
{
	struct reader in;

	reader_init(&in, flight->message.bytes, flight->message.length);
	switch ((enum part)flight->part) {
	case PART_HEAD:
		return hear_message_head(flight, in);
	case PART_BODY:
		return hear_body(flight);
	case PART_CHAIN_HEAD:
		return hear_chain_head(flight, in);
	case PART_ELEMENT_HEAD:
		return hear_element_head(flight, in);
	case PART_ELEMENT:
		return hear_element(flight, in);
	case PART_EXTENSIONS_HEAD:
		return await_piece(flight, PART_EXTENSIONS, reader_take_u16be(&in));
	case PART_EXTENSIONS:
		return hear_element_extensions(flight, in);
	case PART_UNREAD:
	default:
		return end_message(flight);
	}
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Takes what it can; true when nothing more is awaited. */
static bool gather(struct tls_flight *flight, struct reader *in)
{
	struct writer *message = &flight->message;
	size_t part;

	if (flight->part == PART_UNREAD) {
		part = smaller(flight->awaited, reader_left(in));
		reader_skip(in, part);
		flight->awaited -= part;
		return !flight->awaited;
	}
	part = smaller(flight->awaited - message->length, reader_left(in));
	writer_put(message, reader_take(in, part), part);
	return message->length == flight->awaited;
}

enum turn tls_handshake_hear(struct tls_flight *flight, struct reader *in)
{
	enum turn turn = TURN_GO_ON;

	while (turn == TURN_GO_ON && gather(flight, in))
		turn = hear_part(flight);
	return turn;
}
