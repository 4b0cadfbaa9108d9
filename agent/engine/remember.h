/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks with `unchanged` compare with what was first seen. After a round, what was seen for
 * the first time is kept; what changed stays a finding until somebody accepts it.
 */
#ifndef AGENT_ENGINE_REMEMBER_H
#define AGENT_ENGINE_REMEMBER_H

#include "agent/engine/round.h"

/* Whether any check of the plan has something to remember. */
bool plan_remembers(const struct plan *plan);
/* firsts: those of the round, which may be added to. accept: what is there now takes the
 * place of what was there before. Checks whose verdict depends on that are judged again;
 * `said` gets a line for each replacement, and for what went wrong. */
void round_remember(struct round *round, struct firsts *firsts, bool accept,
		    struct text *said);

#endif
