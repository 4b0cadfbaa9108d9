/* SPDX-License-Identifier: Apache-2.0
 *
 * The names of checks: COLLECTOR/SUBJECT/ASPECT, and /ipv6 behind it for that family. They
 * are stable for ever: alarms, exceptions and other people's dashboards hold on to them.
 */
#ifndef AGENT_PLAN_NAMES_H
#define AGENT_PLAN_NAMES_H

#include "agent/plan/profile.h"
#include "ground/text.h"

/* profile: NULL, or what tells two profiles apart that would give the same name. */
void name_add(struct text *out, const struct rule *rule, const struct subject *subject,
	      const char *profile, uint8_t family);
/* Two checks of one profile must not have the same name. */
void names_check(const struct profile *profile, struct problems *problems);

#endif
