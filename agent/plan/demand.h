/* SPDX-License-Identifier: Apache-2.0
 *
 * What expectations of the collector port mean to whoever configures a firewall: shall the
 * port be open, or must it be closed?
 */
#ifndef AGENT_PLAN_DEMAND_H
#define AGENT_PLAN_DEMAND_H

#include "agent/plan/expectation.h"

enum demand {
	DEMAND_NOTHING,		/* it may be either */
	DEMAND_OPEN,
	DEMAND_CLOSED
};

enum demand demand_of_port(const struct expectation *expect, size_t count);

#endif
