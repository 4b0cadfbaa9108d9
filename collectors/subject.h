/* SPDX-License-Identifier: Apache-2.0
 *
 * What a collector looks at: tcp/443, udp/10000-20000, tls/5061, any/161 (of TCP and UDP), a
 * URL, a path, a name. A URL names its host, https://push.example/; a path is one of the
 * target's own, /admin or, where it is not https at 443, a URL with a star in the place of its
 * host. A star alone is the name that clients find the target by.
 */
#ifndef COLLECTORS_SUBJECT_H
#define COLLECTORS_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum subject_kind {
	SUBJECT_TCP = 1,
	SUBJECT_UDP = 2,
	SUBJECT_TLS = 4,
	SUBJECT_URL = 8,
	SUBJECT_PATH = 16,
	SUBJECT_NAME = 32,
	SUBJECT_ANY = 64,
	SUBJECT_OWN_NAME = 128	/* becomes a SUBJECT_NAME when a plan is made */
};

struct subject {
	enum subject_kind kind;
	uint16_t first, last;	/* ports; the same for a single one, 0 when it has none.
				   Of a URL or a path: where its host is asked. */
	const char *text;	/* canonical; not owned by the subject */
};

enum { SUBJECT_ROOM = 512 };

/* kinds: those the collector takes, or-ed. On failure `why` says what is wrong, for people.
 * out->text points into `room`, which receives the canonical form. */
bool subject_parse(const char *string, unsigned kinds, char room[static SUBJECT_ROOM],
		   struct subject *out, const char **why);
/* The form used in names of checks: tcp-443, https-push.example-443. */
void subject_format_name(const struct subject *subject, char name[static SUBJECT_ROOM]);

/* The same port or ports, whatever is asked there; what has none is compared by its text. */
bool subject_same_port(const struct subject *a, const struct subject *b);

#endif
