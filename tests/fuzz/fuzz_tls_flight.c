/* SPDX-License-Identifier: Apache-2.0
 *
 * What a server says to a hello. The first byte selects how far to listen, in which portions
 * it comes, and whether there are secrets: these here are none, so that what is "encrypted"
 * can be anything.
 */
#include <stdlib.h>
#include <string.h>

#include "collectors/tls/tls_flight.h"
#include "collectors/tls/tls_secrets.h"

enum { UNTIL = 3, PORTIONS = 0x1c, PORTIONS_SHIFT = 2, SECRETS = 0x20, AUTHENTIC = 0x40 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct tls_secrets {
	bool authentic, derived;
};

void tls_secrets_add_message(struct tls_secrets *secrets, const void *message, size_t length)
{
	const uint8_t *bytes = message;

	if (secrets->derived || length < 4 || bytes[0] != 2 ||
	    (size_t)(bytes[1] << 16 | bytes[2] << 8 | bytes[3]) + 4 != length)
		abort();
}

bool tls_secrets_restart(struct tls_secrets *secrets, uint16_t suite)
{
	return !secrets->derived && suite != 0x1305;
}

bool tls_secrets_derive(struct tls_secrets *secrets, uint16_t suite,
			const struct tls_key_share *servers)
{
	if (secrets->derived || servers->length > TLS_SHARE_MOST)
		abort();
	secrets->derived = suite != 0x1305 && servers->length;
	return secrets->derived;
}

/* The first byte is the type; the rest is moved to its place. */
bool tls_secrets_open(struct tls_secrets *secrets, uint8_t *fragment, size_t length,
		      size_t *plain_length, uint8_t *type)
{
	if (!secrets->derived || !length)
		abort();
	*type = fragment[0];
	*plain_length = length - 1;
	memmove(fragment, fragment + 1, length - 1);
	return secrets->authentic;
}

static enum turn hear_all(struct tls_flight *flight, const uint8_t *data, size_t size,
			  size_t portion)
{
	enum turn turn = TURN_NEED_MORE;
	size_t taken = 0;

	for (size_t came = 0; came < size && turn <= TURN_GO_ON;) {
		came = size - came > portion ? came + portion : size;
		do {
			struct reader in;

			reader_init(&in, data + taken, came - taken);
			turn = tls_flight_hear(flight, &in);
			if ((turn == TURN_GO_ON) != (in.at > 0) && turn <= TURN_GO_ON)
				abort();
			taken += in.at;
			/* After a retry another hello was sent. */
			if (turn == TURN_CONCLUDED && flight->said == TLS_SAID_RETRY &&
			    !flight->alerted && !flight->complete)
				turn = TURN_GO_ON;
		} while (turn == TURN_GO_ON && taken < came);
	}
	if (taken != flight->heard_bytes)
		abort();
	return turn;
}

static void check_chain(const struct tls_flight *flight)
{
	struct reader chain;
	size_t elements = 0;

	reader_init(&chain, flight->chain.bytes, flight->chain.length);
	for (; reader_left(&chain); elements++)
		reader_skip(&chain, reader_take_u24be(&chain));
	if (!reader_ok(&chain) || elements != flight->chain_elements ||
	    elements > TLS_CHAIN_ELEMENTS_MOST || flight->chain.length > TLS_CHAIN_BYTES_MOST)
		abort();
}

static void check(const struct tls_flight *flight, enum turn turn)
{
	bool hello = flight->said == TLS_SAID_HELLO || flight->said == TLS_SAID_RETRY;

	if (flight->complete && (turn != TURN_CONCLUDED || !hello))
		abort();
	if (!hello && (flight->version || flight->suite || flight->chain_elements))
		abort();
	if (hello && !tls_version_word(flight->version))
		abort();
	if (flight->said == TLS_SAID_PLAIN_TEXT && !*flight->words)
		abort();
	if (turn == TURN_CONCLUDED && !hello && !flight->alerted)
		abort();
	if (strlen(flight->alpn) >= sizeof flight->alpn)
		abort();
	check_chain(flight);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t portions[] = { SIZE_MAX, 1, 2, 3, 5, 7, 64, 1460 };
	struct tls_secrets secrets = { .derived = false };
	struct tls_flight flight;

	if (size == 0)
		return 0;
	secrets.authentic = !(data[0] & AUTHENTIC);
	tls_flight_init(&flight, data[0] & UNTIL, data[0] & SECRETS ? &secrets : NULL);
	enum turn turn = hear_all(&flight, data + 1, size - 1,
				  portions[(data[0] & PORTIONS) >> PORTIONS_SHIFT]);
	check(&flight, turn);
	tls_flight_free(&flight);
	return 0;
}
