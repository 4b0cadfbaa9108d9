/* SPDX-License-Identifier: Apache-2.0
 *
 * The features, scenarios and peers that profiles declare, and the places where rules name
 * them: each must be known, and none should be declared for nothing.
 */
#ifndef AGENT_PLAN_MENTIONS_H
#define AGENT_PLAN_MENTIONS_H

#include "agent/plan/profile_file.h"

/* Adds to the child's own what only the parent has. */
void mentions_inherit(struct arena *arena, struct named **items, size_t *count,
		      const struct named *more, size_t more_count);
/* After the file's profile has inherited: names nobody declares are problems. */
void mentions_check(const struct profile_file *file, struct problems *problems);
/* After all files were checked: what one of them declares, and neither it nor any that extends
 * it uses. */
void mentions_find_unused(const struct profile *profile, struct problems *problems);

#endif
