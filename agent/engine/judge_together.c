/* SPDX-License-Identifier: Apache-2.0
 *
 * What judgements mean for each other, once all are there: their order does not matter.
 */
#include "agent/engine/judge.h"

static bool is_finding(const struct judgement *judgement)
{
	return judgement->verdict == VERDICT_WARNING || judgement->verdict == VERDICT_CRITICAL;
}

/* An accepted risk is there all the same. */
static bool stands(const struct judgement *judgement)
{
	return is_finding(judgement) || judgement->verdict == VERDICT_EXCEPTED;
}

void judge_together(const struct check *checks, size_t count, struct judgement *judgements)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t named = checks[i].provisional_while;

		judgements[i].provisional = named != NO_CHECK && is_finding(&judgements[i]) &&
					    stands(&judgements[named]);
	}
}
