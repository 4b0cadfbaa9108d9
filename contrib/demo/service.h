/* SPDX-License-Identifier: Apache-2.0
 *
 * The services of the simulated UC system. services.c is the table of them and what they
 * say; ucdemo.c binds them to an address and lets them speak.
 */
#ifndef CONTRIB_DEMO_SERVICE_H
#define CONTRIB_DEMO_SERVICE_H

#include "net/bytes.h"

enum service_kind {
	SERVICE_TCP,	/* listens */
	SERVICE_UDP,
	SERVICE_CLOSED	/* a TCP port kept from others, so that it is closed for certain */
};

enum { SERVICE_RULES = 3, SERVICE_REPLY_MOST = 1024 };

struct service {
	const char *title;
	enum service_kind kind;
	uint16_t port;
	/* Rules of the profile that speak of this port, ended by NULL when fewer; the
	 * first `broken` of them are broken by it. */
	const char *rules[SERVICE_RULES];
	unsigned broken;
	void (*greet)(struct writer *out);	/* NULL: the visitor speaks first */
	/* What is said to what came; nothing written: a TCP visitor is shown out. */
	void (*answer)(struct reader *in, struct writer *out);
};

/* Ended by a row without a title. */
const struct service *services(void);

void smb_answer(struct reader *in, struct writer *out);

#endif
