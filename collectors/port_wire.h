/* SPDX-License-Identifier: Apache-2.0
 *
 * What the port collector says to a UDP port, and how it knows the answer again. Pure:
 * bytes in, bytes out. A reply counts as a protocol's only when it repeats what our
 * question said, so that a stray or invented datagram is never more than "unrecognised".
 */
#ifndef COLLECTORS_PORT_WIRE_H
#define COLLECTORS_PORT_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "net/address.h"
#include "net/bytes.h"

enum port_protocol {
	PORT_UNRECOGNISED,	/* as a question: an empty datagram */
	PORT_SIP,
	PORT_NTP,
	PORT_DNS,
	PORT_TFTP,
	PORT_SNMP,
	PORT_PROTOCOLS
};

enum { PORT_QUESTION_ROOM = 1024 };

struct port_question {
	enum port_protocol protocol;
	uint64_t token;			/* random; comes back in the answer */
	struct address from, to;	/* with ports: SIP spells them out */
};

/* The protocol that is usual on the port. */
enum port_protocol port_wire_usual(uint16_t port);
/* attempt: from 0. Repetitions are the same datagram, except where a protocol has two ways
 * of asking (SNMP version 3 and 2c). */
void port_wire_ask(struct writer *out, const struct port_question *question, unsigned attempt);
/* PORT_UNRECOGNISED when it isn't an answer to the question. */
enum port_protocol port_wire_recognise(struct reader *in, const struct port_question *question);
/* What ends a conversation the answer has begun (a TFTP transfer); false: nothing to say. */
bool port_wire_farewell(struct reader *in, const struct port_question *question,
			struct writer *out);

#endif
