/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenSSL as a TLS server in memory: bytes go in and out, and whoever owns the socket calls.
 * It accepts what it is told to, old versions and anonymous suites too.
 */
#ifndef CONTRIB_DEMO_TLS_SERVICE_H
#define CONTRIB_DEMO_TLS_SERVICE_H

#include "net/bytes.h"

struct authority;

/* How a service speaks TLS. */
struct tls_manner {
	int least, most;	/* TLS1_VERSION …; 0: what OpenSSL knows */
	const char *suites;	/* in the words of OpenSSL, for TLS 1.2 and before */
	bool self_signed;	/* else issued by the demonstration's authority */
};

/* A service's configuration and certificate, and one conversation with it. */
struct tls_service;
struct tls_talk;

/* names: of hosts, ended by NULL, or NULL; the certificate is for them and the address. NULL
 * when this machine's OpenSSL does not know how to speak like that. */
struct tls_service *tls_service_new(const struct authority *authority,
				    const struct tls_manner *manner, const char *address,
				    const char *const *names);
void tls_service_free(struct tls_service *service);

struct tls_talk *tls_talk_new(struct tls_service *service);
void tls_talk_free(struct tls_talk *talk);
/* Takes what came and appends what it says, decrypted. False: there is no more to say. */
bool tls_talk_hear(struct tls_talk *talk, const void *bytes, size_t length,
		   struct writer *said);
void tls_talk_say(struct tls_talk *talk, const void *bytes, size_t length);
void tls_talk_part(struct tls_talk *talk);
/* Moves what must go over the wire to `out`. */
void tls_talk_drain(struct tls_talk *talk, struct writer *out);

#endif
