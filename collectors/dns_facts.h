/* SPDX-License-Identifier: Apache-2.0
 *
 * The facts of the collector dns, and how they follow from what each name server said. Called
 * by dns.c alone.
 */
#ifndef COLLECTORS_DNS_FACTS_H
#define COLLECTORS_DNS_FACTS_H

#include "collectors/dns_wire.h"
#include "collectors/facts.h"
#include "net/outcome.h"

enum dns_kind { DNS_KIND_A, DNS_KIND_AAAA, DNS_KINDS };

/* One server's answer about one kind of address. */
struct dns_said {
	bool asked;
	bool too_long;			/* for UDP */
	struct outcome outcome;		/* reason NONE: it answered */
	int64_t took_us;
	struct dns_reply reply;
};

struct dns_witness {
	struct address server;
	struct dns_said said[DNS_KINDS];
};

/* The table, ended by a row without a name. */
extern const struct fact_descriptor dns_fact_table[];

/* A question that only other facts need is not put. */
bool dns_kind_is_wanted(enum dns_kind kind, uint64_t wanted);
void dns_tell(struct facts *facts, const struct dns_witness *witnesses, size_t count);
/* A kind of address of which nobody said anything has not been observed. */
struct outcome dns_outcome(const struct dns_witness *witnesses, size_t count);

#endif
