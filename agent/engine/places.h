/* SPDX-License-Identifier: Apache-2.0
 *
 * Who waits for whom. Some servers serve one client at a time, and whoever comes second sees a
 * fault that is ours: what looks at one port of one host waits for whoever looks at it already.
 * And where nobody has answered, those that waited are not asked: a firewall that drops packets
 * would cost the time-out of every rule about the port. Part of dispatch.c.
 */
#ifndef AGENT_ENGINE_PLACES_H
#define AGENT_ENGINE_PLACES_H

#include "agent/plan/plan.h"
#include "collectors/observation.h"

enum { NOBODY = UINT32_MAX };

struct places;

/* Of the plan's observations. */
struct places *places_new(const struct plan *plan);
void places_free(struct places *places);
/* Whether the observation may look there now, which it then does until places_leave();
 * otherwise it waits. */
bool places_enter(struct places *places, uint32_t number);
/* It has looked. The one that may look there now, because it has waited longest, or NOBODY. */
uint32_t places_leave(struct places *places, uint32_t number,
		      const struct observation *observation);
/* One that waited for one that has met silence, and would meet the same; or NOBODY. */
uint32_t places_take_known(struct places *places);

#endif
