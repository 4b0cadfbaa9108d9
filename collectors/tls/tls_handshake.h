/* SPDX-License-Identifier: Apache-2.0
 *
 * The handshake messages of a server's flight, put together from whatever pieces they come
 * in, and in which order they may come. For tls_flight.c, which unpacks the records.
 */
#ifndef COLLECTORS_TLS_HANDSHAKE_H
#define COLLECTORS_TLS_HANDSHAKE_H

#include "collectors/tls/tls_flight.h"

void tls_handshake_begin(struct tls_flight *flight);
/* TURN_GO_ON: all was taken, and more is to come. */
enum turn tls_handshake_hear(struct tls_flight *flight, struct reader *in);

#endif
