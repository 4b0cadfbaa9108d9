/* SPDX-License-Identifier: Apache-2.0
 *
 * Ports that a list names twice: tcp/1-1024 and tcp/443. Each would be looked at, and judged,
 * twice.
 */
#ifndef AGENT_PLAN_OVERLAP_H
#define AGENT_PLAN_OVERLAP_H

#include "agent/plan/form.h"
#include "collectors/subject.h"

struct written_subject {
	const struct subject *subject;
	const struct node *node;	/* where it stands */
};

/* Subjects that are alike are left to whoever gives checks their names. Sorts them. */
void overlap_refuse(struct reading *reading, struct written_subject *subjects, size_t count);

#endif
