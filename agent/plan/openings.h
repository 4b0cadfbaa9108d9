/* SPDX-License-Identifier: Apache-2.0
 *
 * What a firewall has to let through for a system with a profile, and what must stay closed:
 * what rules demand of ports, hosts elsewhere and peers, and what is demanded of ports that
 * nobody can see. Pure.
 */
#ifndef AGENT_PLAN_OPENINGS_H
#define AGENT_PLAN_OPENINGS_H

#include "agent/plan/config.h"

struct port_range {
	uint16_t first, last;
};

/* Who is at the other end. */
struct far_end {
	const char *peer;	/* of the profile; NULL: no peer */
	const char *host;	/* a name or a numeric address; NULL: the peer is not given */
};

/* Who demands it: one of the two. */
struct demander {
	const struct rule *rule;
	const struct not_observable *item;
};

struct opening {
	bool out, udp;
	bool service;			/* the other end is the system itself: it is hosted */
	bool all_but;			/* closed to everybody but these */
	bool in_range;			/* closed, but in a range that is let through to anybody */
	struct port_range *ports;	/* sorted */
	size_t port_count;
	struct far_end *ends;		/* none: anybody */
	size_t end_count;
	struct demander *reasons;
	size_t reason_count;
};

struct openings {
	/* In first; each by its ports. */
	struct opening *open, *closed;
	size_t open_count, closed_count;
	struct arena *arena;
};

/* choice: its features, scenarios, peers and vantage. From inside it is about the system
 * itself, from anywhere else about the edge of its network. Where the system is hosted it is
 * about the edge of the site, and out is towards the system. */
struct openings *openings_of(const struct profile *profile, const struct target *choice);
void openings_free(struct openings *openings);

#endif
