/* SPDX-License-Identifier: Apache-2.0
 *
 * SIP's OPTIONS as bytes (RFC 3261 11), which disturbs nobody, and what an answer says: its
 * status, and which of our own words came back as we sent them. The only writer of SIP in the
 * house; it cannot write another method. Pure: no I/O, nothing to free. Called by sip.c,
 * port_wire.c, tls_plain.c, the tests and the fuzzer.
 */
#ifndef COLLECTORS_SIP_WIRE_H
#define COLLECTORS_SIP_WIRE_H

#include "collectors/sip_text.h"
#include "net/bytes.h"
#include "net/dialogue.h"

enum sip_transport { SIP_UDP, SIP_TCP, SIP_TLS };

/* All a request says of itself is made of this, so that an answer can be held against it. */
struct sip_question {
	enum sip_transport transport;
	const char *name;		/* whom it is for; NULL: the address */
	struct address to, from;	/* with ports. from: where answers come to; family 0: nobody
					   knows, they come back over the connection */
	uint64_t branch, call_id, tag;	/* random */
};

enum { SIP_REQUEST_ROOM = 2048, SIP_BODY_MOST = 65535 };

void sip_put_options(struct writer *out, const struct sip_question *question);

struct sip_message {
	unsigned status;		/* 0: a request */
	struct sip_text reason;
	struct sip_text fields;		/* all of them */
	uint32_t body_bytes;		/* that follow, says Content-Length; without it 0 */
};

/* NEXT_STEP: a message, taken as far as its body. Else only the empty lines in front are taken,
 * which keep a connection alive. *looked is ours to know how far we have come; 0 before
 * the first call. */
enum turn sip_take_message(struct reader *in, size_t *looked, struct sip_message *message);
/* The first field of that name, long or compact; bytes NULL: none. */
struct sip_text sip_field(const struct sip_message *message, const char *name);
/* The tokens in all fields of that name, each once. */
size_t sip_tokens(const struct sip_message *message, const char *name, struct sip_text *tokens,
		  size_t most);

/* X(constant, word): what a server repeats, and what came back changed or not at all. Contact
 * is an exception: few repeat it, so only a changed one counts. */
#define SIP_PARTS(X)                                                                          \
	X(VIA, "via")                                                                         \
	X(CALL_ID, "call_id")                                                                 \
	X(CSEQ, "cseq")                                                                       \
	X(FROM, "from")                                                                       \
	X(TO, "to")                                                                           \
	X(CONTACT, "contact")

enum sip_part {
#define SIP_PART_CONSTANT(constant, word) SIP_PART_##constant,
	SIP_PARTS(SIP_PART_CONSTANT)
#undef SIP_PART_CONSTANT
	SIP_PART_COUNT
};

struct sip_echo {
	bool ours;			/* enough came back to know that we are meant */
	bool rewritten[SIP_PART_COUNT];
	struct address seen_as;		/* we, by the server; family 0: it does not say */
};

void sip_compare(const struct sip_message *message, const struct sip_question *question,
		 struct sip_echo *echo);

enum sip_auth { SIP_AUTH_NONE, SIP_AUTH_DIGEST, SIP_AUTH_BASIC, SIP_AUTH_OTHER };

/* The weakest that it would take; *realm of the first challenge, bytes NULL: none. */
enum sip_auth sip_challenge(const struct sip_message *message, struct sip_text *realm);

#endif
