/* SPDX-License-Identifier: Apache-2.0
 *
 * The firewall rules that a profile implies, as `ucposture profiles firewall` prints them:
 * for nftables, or as a table for whoever configures another make.
 */
#ifndef AGENT_CLI_FIREWALL_H
#define AGENT_CLI_FIREWALL_H

#include "agent/cli/language.h"
#include "agent/cli/options.h"
#include "agent/plan/openings.h"

struct firewall {
	const struct profile *profile;
	const struct target *choice;	/* whose features, scenarios, peers and vantage */
	const struct openings *openings;
	struct strings admins, addresses;	/* networks: of administrators, of the system */
	struct screen screen;		/* of the table */
	bool german;
};

/* Away from the system itself: at the edge of its network, or of the site that uses it. */
bool firewall_is_at_edge(const struct firewall *firewall);
enum heading firewall_place(const struct firewall *firewall);
void firewall_add_text(const struct firewall *firewall, struct text *out);
void firewall_add_nftables(const struct firewall *firewall, struct text *out);

/* What both say. "web-https: Web interface (Table 2, row 13)", each reason with `between`. */
void firewall_add_reasons(const struct firewall *firewall, const struct opening *opening,
			  const char *between, struct text *out);
/* "80, 443, 8000-8010" */
void firewall_add_ports(const struct opening *opening, struct text *out);
/* "anybody", "all but console", "clock 192.0.2.1, 2001:db8::1" */
void firewall_add_ends(const struct firewall *firewall, const struct opening *opening,
		       struct text *out);
/* Features and scenarios that are on: "Mobile clients (clients), ..."; or that could be: their
 * names alone, for there may be many. */
void firewall_add_choice(const struct firewall *firewall, bool on, struct text *out);

#endif
