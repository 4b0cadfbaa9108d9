/* SPDX-License-Identifier: Apache-2.0
 *
 * What probers a plan wants: how many, and as whom.
 */
#ifndef AGENT_ENGINE_HIRING_H
#define AGENT_ENGINE_HIRING_H

#include "agent/ipc/crew.h"
#include "agent/plan/plan.h"

struct hiring {
	unsigned probers;	/* at least one */
	struct prober_settings settings;
};

/* As whom, and whom they ask for names. */
void hiring_settings(const struct config *config, struct prober_settings *settings);
void hiring_of(const struct plan *plan, struct hiring *hiring);
/* Whether a crew that was hired by the first will do for the second as well; alike: but for its
 * size. */
bool hiring_is_alike(const struct hiring *has, const struct hiring *wants);
bool hiring_suffices(const struct hiring *has, const struct hiring *wants);

#endif
