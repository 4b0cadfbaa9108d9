/* SPDX-License-Identifier: Apache-2.0
 *
 * Another system that a target talks to: a host name, or its address over each version of IP.
 */
#ifndef AGENT_PLAN_PEER_H
#define AGENT_PLAN_PEER_H

#include "agent/plan/dual.h"
#include "agent/plan/problems.h"

struct arena;

struct peer {
	const char *name;		/* "smtp" */
	struct dual hosts;		/* a host name stands in both */
	uint16_t port;			/* 0: the rule's own */
	struct place place;
};

bool peer_is_host_name(const struct peer *peer);
/* Adds "host", "host:port" or "[v6]:port". NULL, or what is wrong, for people. */
const char *peer_add_host(struct peer *peer, const char *text, struct arena *arena);
/* The value of a peer, a field of FIELD_OWN. */
bool peer_read_field(struct reading *reading, const struct field *field,
		     const struct node *node, void *base);

#endif
