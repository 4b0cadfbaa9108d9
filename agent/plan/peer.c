/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/peer.h"

#include "agent/plan/form.h"
#include "ground/memory.h"
#include "net/address.h"

bool peer_is_host_name(const struct peer *peer)
{
	return peer->hosts.four && peer->hosts.four == peer->hosts.six;
}

const char *peer_add_host(struct peer *peer, const char *text, struct arena *arena)
{
	bool further = dual_over(&peer->hosts, 0);
	struct address address;
	bool numeric;
	uint16_t port = 0;
	char host[256];

	if (!address_split_host(text, host, sizeof host, &port) || complain_host(host))
		return "a peer is a host, or host:port, or [v6]:port";
	numeric = address_parse(host, &address);
	if (further && (!numeric || peer_is_host_name(peer)))
		return "a peer is a host name, or an address of each version of IP";
	if (further && port != peer->port)
		return "all addresses of a peer have the same port";
	peer->port = port;
	if (numeric)
		return dual_add(&peer->hosts, arena_copy(arena, host));
	peer->hosts.four = peer->hosts.six = arena_copy(arena, host);
	return NULL;
}

static bool read_one(struct reading *reading, const struct node *node, struct peer *peer)
{
	const char *wrong;

	if (node->kind != NODE_TEXT)
		return form_refuse(reading, peer->name, node,
				   "a host, or host:port, or a list of addresses");
	wrong = peer_add_host(peer, node->text, reading->arena);
	if (wrong)
		form_error(reading, node->place, "'%s' cannot be '%.80s': %s", peer->name,
			   node->text, wrong);
	return !wrong;
}

bool peer_read_field(struct reading *reading, const struct field *field,
		     const struct node *node, void *base)
{
	struct peer *peer = base;
	bool good = true;

	(void)field;
	if (node->kind != NODE_LIST)
		return read_one(reading, node, peer);
	if (!node->count) {
		form_error(reading, node->place, "'%s' needs at least one element", peer->name);
		return false;
	}
	for (const struct node *n = node->first; n; n = n->next)
		good = read_one(reading, n, peer) && good;
	return good;
}
