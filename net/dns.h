/* SPDX-License-Identifier: Apache-2.0
 *
 * c-ares on our loop: asks the name servers for both kinds of address of one name. The
 * only file that includes c-ares. resolve.c decides which names to ask for and remembers.
 */
#ifndef NET_DNS_H
#define NET_DNS_H

#include "net/resolve.h"

/* In the order in which one outweighs the other. */
enum dns_status { DNS_NO_NAME, DNS_EMPTY, DNS_SILENT, DNS_FAILED, DNS_FOUND };

struct dns_answer {
	enum dns_status status;
	uint32_t ttl_seconds;
	size_t count;
	struct address addresses[RESOLUTION_MOST];
};

struct dns_answers {
	struct dns_answer four, six;
};

struct dns;

struct dns *dns_new(struct loop *loop, const struct resolver_settings *settings);
/* Questions under way end without a word. */
void dns_free(struct dns *dns);
/* An absolute name without its last dot. `done` is called exactly once and may ask again;
 * it may be called from inside when the question cannot even be put. */
void dns_ask(struct dns *dns, const char *name,
	     void (*done)(void *arg, const struct dns_answers *answers), void *arg);
size_t dns_search_domains(const struct dns *dns);
/* The n-th search domain, or NULL behind the last. */
const char *dns_search_domain(const struct dns *dns, size_t n);
/* A name with so many dots is tried as it stands first. */
int dns_dots(const struct dns *dns);
/* As many servers as there are; `most` of them, with their ports, are put down. */
size_t dns_servers(const struct dns *dns, struct address *servers, size_t most);

#endif
