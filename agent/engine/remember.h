/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks with `unchanged` compare with what was first seen. What was seen for the first time is
 * kept, that of many observations in one go; what changed stays a finding until somebody
 * accepts it.
 */
#ifndef AGENT_ENGINE_REMEMBER_H
#define AGENT_ENGINE_REMEMBER_H

#include "agent/engine/results.h"

/* Whether the check, or any of the plan, has something to remember. */
bool check_remembers(const struct check *check);
bool plan_remembers(const struct plan *plan);

/* What was looked at since it was saved last. The caller sets the first three. */
struct remembering {
	struct results *results;
	struct firsts *firsts;		/* those of the results, which may be added to */
	bool accept;			/* what is there now takes the place of what was before */
	struct firsts *fresh;		/* NULL: nothing */
	uint32_t *checks;		/* that remember something, of what was looked at */
	size_t count, room;
	struct text replaced;
};

/* At what the observation's checks have to remember. */
void remember_look(struct remembering *remembering, uint32_t observation);
/* Looked-at checks whose verdict depends on it are judged again; `said` gets a line for each
 * replacement, and for what went wrong. Empties and releases what the struct holds. */
void remember_save(struct remembering *remembering, int64_t wall_us, struct text *said);
/* Of one target, what is there now takes the place of what was there before. Of the struct only
 * the first two are looked at. */
void remember_accept(const struct remembering *what, uint32_t target, int64_t wall_us,
		     struct text *said);

#endif
