/* SPDX-License-Identifier: Apache-2.0
 *
 * What the protocols of starttls.c share, and where each of them is. A step is given the
 * talk as a `struct starttls *`; an answer is set in the moment it is certain, never before.
 */
#ifndef COLLECTORS_STARTTLS_STEPS_H
#define COLLECTORS_STARTTLS_STEPS_H

#include "collectors/starttls/starttls.h"

extern const struct starttls_protocol starttls_smtp, starttls_imap, starttls_pop3, starttls_ftp;
extern const struct starttls_protocol starttls_xmpp, starttls_xmpp_server;
extern const struct starttls_protocol starttls_ldap, starttls_postgres, starttls_rdp,
	starttls_mssql;

/* Keeps as much as fits of what the peer said. */
void starttls_note(struct starttls *starttls, const void *said, size_t length);
/* NOT_THIS_PROTOCOL, and what came instead is kept; it is waited for the second byte of
 * what may be a TLS record. */
enum turn starttls_stranger(struct starttls *starttls, const struct reader *in);
/* CONCLUDED with that answer. */
enum turn starttls_concluded(struct starttls *starttls, enum starttls_answer answer);
/* The peer awaits our hello. Words that lie behind its consent were not said under the
 * protection of TLS, and none may be: CVE-2011-0411, CVE-2021-23222. */
enum turn starttls_begins(struct starttls *starttls, enum starttls_answer answer,
			  const struct reader *in);

#endif
