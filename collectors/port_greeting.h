/* SPDX-License-Identifier: Apache-2.0
 *
 * What the port collector says to a TCP port, and how it knows who answers: a greeting for
 * those who wait to be spoken to, a farewell for those who spoke. Pure: bytes in, bytes out.
 */
#ifndef COLLECTORS_PORT_GREETING_H
#define COLLECTORS_PORT_GREETING_H

#include "collectors/starttls/starttls.h"
#include "collectors/tls/tls_hello.h"

enum port_manner {
	PORT_MAY_SPEAK,		/* nobody knows who serves there: it is listened to only */
	PORT_SPEAKS,		/* who usually serves there speaks first, some of them slowly */
	PORT_WAITS		/* who usually serves there waits to be spoken to */
};

struct port_custom {
	enum port_manner manner;
	const char *word;	/* of the protocol in which it is greeted; NULL: it isn't */
};

struct port_caller {
	struct starttls starttls;	/* first: the steps of its protocols see only this */
	uint8_t random[TLS_RANDOM_BYTES];
};

/* Only ports whose protocol can hardly be another one are greeted: what prints, or switches
 * something, takes anything it hears seriously. */
struct port_custom port_custom_of(uint16_t port);
void port_greet(struct writer *out, const char *word, struct port_caller *caller);
/* Who answers like that: one of the words of port.reply. asked: the word of our greeting, or
 * NULL. */
const char *port_recognise(const char *asked, const char *bytes, size_t length);
/* What somebody who spoke first expects of a guest that leaves; nothing for most. */
void port_take_leave(struct writer *out, const char *word, const char *bytes, size_t length);

#endif
