/* SPDX-License-Identifier: Apache-2.0
 *
 * The addresses of this machine: from which of them a connection can come.
 */
#ifndef NET_OWN_H
#define NET_OWN_H

#include "net/address.h"

struct arena;

struct own_address {
	struct address address;
	unsigned bits;		/* on a loopback interface all of its network is ours */
};

struct own_addresses {
	const struct own_address *items;
	size_t count;
};

/* As it is now; none at all when the system does not say. */
struct own_addresses own_addresses_now(struct arena *arena);
bool own_addresses_have(const struct own_addresses *own, const struct address *address);

#endif
