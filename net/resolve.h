/* SPDX-License-Identifier: Apache-2.0
 *
 * Names to addresses with c-ares on our loop; getaddrinfo is never called. Both families
 * are always asked for together, so that "has no IPv6 address" and "does not exist" can be
 * told apart. The hosts file and resolv.conf are read once, in resolver_new(), before the
 * fence closes; a name that stands in the hosts file is not asked for elsewhere, and
 * localhost is not asked for at all (RFC 6761). Answers are kept for their TTL (at most an
 * hour, failures 5 s).
 */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <stddef.h>

#include "net/address.h"
#include "net/loop.h"
#include "net/outcome.h"

enum { RESOLUTION_MOST = 16 };

struct resolver_settings {
	const char *servers; /* "10.0.0.1,[::1]:5353"; NULL: resolv.conf */
	const char *hosts_file; /* NULL: /etc/hosts */
	const char *resolv_conf; /* NULL: /etc/resolv.conf */
	int timeout_ms; /* of one try; 0: 2000 */
	int tries; /* 0: 2 */
};

struct resolution {
	enum reason reason; /* NONE, NO_ADDRESS, NO_ADDRESS_AT_ALL, NAME_NOT_FOUND,
				   NAME_SERVER_FAILED, TIMED_OUT */
	size_t count;
	uint32_t ttl_seconds; /* how long this may still be believed */
	struct address addresses[RESOLUTION_MOST]; /* of the family asked for */
};

struct resolver;
struct lookup;

struct resolver *resolver_new(struct loop *loop, const struct resolver_settings *settings);
/* Lookups under way end without a word. */
void resolver_free(struct resolver *resolver);
/* `done` is called exactly once, never from inside this call; a numeric host needs no server. */
struct lookup *
resolver_lookup(struct resolver *resolver, const char *host, int family,
		void (*done)(void *arg, const struct resolution *resolution), void *arg);
void lookup_cancel(struct lookup *lookup);
/* Whom it asks, with their ports: `most` of them are put down, all are counted. */
size_t resolver_servers(const struct resolver *resolver, struct address *servers, size_t most);
/* The answer at once when host is numeric, in the hosts file, or still remembered. */
bool resolver_knows(struct resolver *resolver, const char *host, int family,
		    struct resolution *resolution);

#endif
