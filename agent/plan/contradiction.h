/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether what is expected of one fact can be met at all. Values are made up out of what it is
 * compared with, and when none of those meets it all, no other does.
 */
#ifndef AGENT_PLAN_CONTRADICTION_H
#define AGENT_PLAN_CONTRADICTION_H

#include "agent/plan/expectation.h"

/* All of one fact, and of the same entries of it. */
bool expectations_contradict(const struct expectation *expect, size_t count);

#endif
