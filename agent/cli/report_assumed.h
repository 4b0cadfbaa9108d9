/* SPDX-License-Identifier: Apache-2.0
 *
 * The head of a target in the report for people: where it was looked at from, by which
 * profiles, and which features, scenarios and peers that took for granted or left out.
 */
#ifndef AGENT_CLI_REPORT_ASSUMED_H
#define AGENT_CLI_REPORT_ASSUMED_H

#include "agent/cli/report.h"

void assumed_add(const struct report *report, const struct target *target,
		 struct text *out);

#endif
