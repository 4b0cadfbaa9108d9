/* SPDX-License-Identifier: Apache-2.0
 *
 * The names of checks: COLLECTOR/SUBJECT/ASPECT, then /proxy when a rule asks for that path,
 * then /ipv6 for that family. They are stable for ever: alarms, exceptions and other people's
 * dashboards hold on to them.
 */
#ifndef AGENT_PLAN_NAMES_H
#define AGENT_PLAN_NAMES_H

#include "agent/plan/profile.h"
#include "ground/text.h"

/* What tells the checks of one rule and one subject apart. */
struct way {
	uint8_t family;		/* 4 or 6; 0: of none in particular */
	bool by_proxy;		/* because the rule says so: beside a direct one, or alone */
};

/* profile: NULL, or what tells two profiles apart that would give the same name. */
void name_add(struct text *out, const struct rule *rule, const struct subject *subject,
	      const char *profile, struct way way);
/* Two checks of one profile must not have the same name. */
void names_check(const struct profile *profile, struct problems *problems);

#endif
