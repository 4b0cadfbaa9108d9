/* SPDX-License-Identifier: Apache-2.0
 *
 * DNS messages as bytes (RFC 1035): a question, and what a server's answer says of the
 * addresses of a name. Pure: no I/O. Called by dns.c, subject.c, the tests and the fuzzer.
 */
#ifndef COLLECTORS_DNS_WIRE_H
#define COLLECTORS_DNS_WIRE_H

#include "ground/text.h"
#include "net/address.h"
#include "net/bytes.h"

enum {
	DNS_NAME_MOST = 255,	/* RFC 1035 2.3.4, as bytes */
	DNS_LABEL_MOST = 63,
	DNS_ALIASES_MOST = 32,	/* resolvers give up after 8 to 20 */
	DNS_UDP_MOST = 1232	/* what we say we take: fits every path without fragments */
};

/* RFC 1035 3.2.2, RFC 3596 2.1, RFC 6891 6.1.1 */
enum dns_type { DNS_TYPE_A = 1, DNS_TYPE_CNAME = 5, DNS_TYPE_AAAA = 28, DNS_TYPE_OPT = 41 };

/* RFC 1035 4.1.1; RFC 6891 6.1.3 has more of them, all of which are "other" to us. */
enum dns_rcode {
	DNS_RCODE_NOERROR,
	DNS_RCODE_FORMERR,
	DNS_RCODE_SERVFAIL,
	DNS_RCODE_NXDOMAIN,
	DNS_RCODE_NOTIMP,
	DNS_RCODE_REFUSED,
	DNS_RCODE_OTHER
};

/* As on the wire, without compression, in lower case: two are the same when their bytes are. */
struct dns_name {
	uint8_t length;
	uint8_t bytes[DNS_NAME_MOST];
};

struct dns_question {
	uint16_t id;
	enum dns_type type;	/* A or AAAA */
	struct dns_name name;
	bool plain;		/* without EDNS, for servers that stumble over it */
};

enum dns_heard {
	DNS_HEARD_STRANGER,	/* not an answer to our question */
	DNS_HEARD_MALFORMED,
	DNS_HEARD_TRUNCATED,	/* to be asked for over TCP; nothing of it counts */
	DNS_HEARD_REPLY
};

struct dns_reply {
	enum dns_rcode rcode;
	bool authenticated;	/* the server says it has verified it (AD) */
	bool circular;		/* the aliases lead back: the last is one that was there before */
	bool has_ttl;
	uint32_t ttl_seconds;	/* the smallest of what counted */
	size_t alias_count;
	struct dns_name aliases[DNS_ALIASES_MOST];	/* from the name asked for on */
	size_t count, room;
	struct address *addresses;	/* of the last alias, in the server's order */
};

/* As people write it: labels and dots, with or without the last one. On failure `why` says
 * what is wrong, for people. */
bool dns_name_parse(const char *string, struct dns_name *name, const char **why);
/* Without the last dot; bytes that would mislead as \DDD (RFC 1035 5.1). */
void dns_name_describe(const struct dns_name *name, struct text *out);

void dns_put_question(struct writer *out, const struct dns_question *question);
/* `in` holds one whole message and nothing else. *reply is empty but for DNS_HEARD_REPLY;
 * dns_reply_clear() releases it. */
enum dns_heard dns_take_reply(struct reader *in, const struct dns_question *question,
			      struct dns_reply *reply);
void dns_reply_clear(struct dns_reply *reply);

#endif
