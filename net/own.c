/* SPDX-License-Identifier: Apache-2.0 */
#include "net/own.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "ground/memory.h"

static unsigned whole(const struct address *address)
{
	return address->family == 6 ? 128 : 32;
}

/* The list packs its names more tightly than a struct sockaddr_storage may stand. */
static bool read_name(const struct sockaddr *name, struct address *address)
{
	struct sockaddr_storage copy = { 0 };

	if (!name || (name->sa_family != AF_INET && name->sa_family != AF_INET6))
		return false;
	memcpy(&copy, name,
	       name->sa_family == AF_INET ? sizeof(struct sockaddr_in)
					  : sizeof(struct sockaddr_in6));
	return address_from_socket(&copy, address);
}

/* Netmasks begin with ones only. */
static unsigned bits_of(const struct ifaddrs *item)
{
	struct address mask;
	unsigned bits = 0;

	if (!read_name(item->ifa_netmask, &mask))
		return 0;
	while (bits < whole(&mask) && mask.bytes[bits / 8] & 0x80 >> bits % 8)
		bits++;
	return bits;
}

static bool take(const struct ifaddrs *item, struct own_address *own)
{
	if (!read_name(item->ifa_addr, &own->address))
		return false;
	own->bits = item->ifa_flags & IFF_LOOPBACK ? bits_of(item) : 0;
	if (!own->bits)
		own->bits = whole(&own->address);
	return true;
}

struct own_addresses own_addresses_now(struct arena *arena)
{
	struct ifaddrs *list;
	struct own_addresses own = { 0 };
	struct own_address *items;
	size_t room = 0;

	if (getifaddrs(&list) != 0)
		return own;
	for (const struct ifaddrs *item = list; item; item = item->ifa_next)
		room++;
	own.items = items = arena_take(arena, room * sizeof *items);
	for (const struct ifaddrs *item = list; item; item = item->ifa_next)
		if (take(item, &items[own.count]))
			own.count++;
	freeifaddrs(list);
	return own;
}

bool own_addresses_have(const struct own_addresses *own, const struct address *address)
{
	for (size_t i = 0; i < own->count; i++)
		if (address_within(address, &own->items[i].address, own->items[i].bits))
			return true;
	return false;
}
