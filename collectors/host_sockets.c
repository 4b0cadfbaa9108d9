/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/host_sockets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"
#include "ground/text.h"

/* The first interface of every network namespace is its loopback. */
enum { INTERFACE_LOOPBACK = 1 };

bool host_sockets_add(struct host_sockets *sockets, const struct host_socket *socket)
{
	if (sockets->count == HOST_SOCKETS_MOST)
		return false;
	sockets->items = memory_room_for(sockets->items, sockets->count, &sockets->room,
					 sizeof *sockets->items);
	sockets->items[sockets->count++] = *socket;
	return true;
}

void host_sockets_free(struct host_sockets *sockets)
{
	free(sockets->items);
	*sockets = (struct host_sockets){ 0 };
}

static int compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int compare(const void *left, const void *right)
{
	const struct host_socket *a = left, *b = right;
	int order = compare_numbers(a->udp, b->udp);

	if (!order)
		order = compare_numbers(a->address.port, b->address.port);
	if (!order)
		order = compare_numbers(a->address.family, b->address.family);
	if (!order)
		order = memcmp(a->address.bytes, b->address.bytes, sizeof a->address.bytes);
	if (!order)
		order = compare_numbers(a->interface, b->interface);
	return order ? order : compare_numbers(a->inode, b->inode);
}

void host_sockets_tidy(struct host_sockets *sockets)
{
	size_t kept = 0;

	if (!sockets->count)
		return;
	qsort(sockets->items, sockets->count, sizeof *sockets->items, compare);
	for (size_t i = 1; i < sockets->count; i++) {
		const struct host_socket *next = &sockets->items[i];

		if (!next->inode || compare(&sockets->items[kept], next))
			sockets->items[++kept] = *next;
	}
	sockets->count = kept + 1;
}

/* ::ffff:127.0.0.1 is 127.0.0.1. */
static bool is_mapped_loopback(const struct address *address)
{
	static const uint8_t mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127 };

	return address->family == 6 && !memcmp(address->bytes, mapped, sizeof mapped);
}

bool host_socket_is_local(const struct host_socket *socket)
{
	return socket->interface == INTERFACE_LOOPBACK ||
	       address_is_loopback(&socket->address) || is_mapped_loopback(&socket->address);
}

void host_socket_format_port(const struct host_socket *socket, char port[static HOST_PORT_ROOM])
{
	snprintf(port, HOST_PORT_ROOM, "%s/%u", socket->udp ? "udp" : "tcp",
		 socket->address.port);
}

static bool takes_both_versions(const struct host_socket *socket)
{
	static const uint8_t any[16];

	return socket->address.family == 6 && !socket->only_six &&
	       !memcmp(socket->address.bytes, any, sizeof any);
}

void host_socket_format_address(const struct host_socket *socket, const char *interface,
				struct text *out)
{
	char numbers[ADDRESS_ROOM];

	address_format(&socket->address, numbers);
	text_add(out, takes_both_versions(socket) ? "*" : numbers);
	if (interface)
		text_add_format(out, "%%%s", interface);
}
