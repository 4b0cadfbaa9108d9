/* SPDX-License-Identifier: Apache-2.0
 *
 * Who waits for whom. Some servers serve one client at a time, and whoever comes second sees a
 * fault that is ours: what looks at one port of one host waits for whoever looks at it already.
 * And where nobody has answered, nobody is asked again in the same round: a firewall that drops
 * packets would cost the time-out of every rule about the port.
 */
#ifndef AGENT_ENGINE_PLACES_H
#define AGENT_ENGINE_PLACES_H

#include "agent/plan/plan.h"
#include "collectors/observation.h"

enum { NOBODY = UINT32_MAX };

struct places;

/* For one round of the plan's observations. */
struct places *places_new(const struct plan *plan);
void places_free(struct places *places);
/* Whether the observation has to wait for another one. */
bool places_waits(const struct places *places, uint32_t number);
/* The observation that is free when this one has come, or NOBODY. */
uint32_t places_next(const struct places *places, uint32_t number);
/* This one has come. */
void places_hear(struct places *places, uint32_t number,
		 const struct observation *observation);
/* What this one would find, when that is known; or NULL: it has to look. */
struct observation *places_known(const struct places *places, uint32_t number);

#endif
