/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/overlap.h"

#include <stdlib.h>

static int compare_numbers(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

static int compare_subjects(const void *a, const void *b)
{
	const struct written_subject *left = a, *right = b;
	int order = compare_numbers(left->subject->kind, right->subject->kind);

	if (!order)
		order = compare_numbers(left->subject->first, right->subject->first);
	return order ? order : compare_numbers(left->subject->last, right->subject->last);
}

static bool has_ports(const struct subject *subject)
{
	return subject->kind & (SUBJECT_TCP | SUBJECT_UDP | SUBJECT_TLS | SUBJECT_ANY);
}

void overlap_refuse(struct reading *reading, struct written_subject *subjects, size_t count)
{
	const struct subject *widest;

	if (count < 2)
		return;
	qsort(subjects, count, sizeof *subjects, compare_subjects);
	widest = subjects[0].subject;
	for (size_t i = 1; i < count; i++) {
		const struct subject *next = subjects[i].subject;
		bool alike = next->first == widest->first && next->last == widest->last;

		if (!has_ports(next) || next->kind != widest->kind ||
		    next->first > widest->last) {
			widest = next;
			continue;
		}
		if (!alike)
			form_error(reading, subjects[i].node->place,
				   "'%s' has ports that '%s' has, too: name each once",
				   next->text, widest->text);
		if (next->last > widest->last)
			widest = next;
	}
}
