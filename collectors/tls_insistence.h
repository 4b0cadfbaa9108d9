/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a server that asks for a certificate insists on one: a whole handshake, by
 * OpenSSL, in which we have none to show. nginx and others let such a client in and turn it
 * away with a page; then it was only requested.
 */
#ifndef COLLECTORS_TLS_INSISTENCE_H
#define COLLECTORS_TLS_INSISTENCE_H

#include "collectors/run.h"

enum tls_insistence {
	TLS_INSISTS_UNKNOWN,	/* OpenSSL and the server could not agree, or it went away */
	TLS_INSISTS_NOT,	/* the handshake was completed without a certificate */
	TLS_INSISTS		/* refused, with an alert about certificates */
};

struct tls_insisting;

/* name: for SNI, or NULL. `done` is called once, never from inside. */
struct tls_insisting *tls_insisting_start(struct run *run, const char *name,
					  void (*done)(void *arg, enum tls_insistence found),
					  void *arg);
void tls_insisting_cancel(struct tls_insisting *insisting);

#endif
