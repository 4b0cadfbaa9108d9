/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/judge.h"

void score_count(struct score *score, enum verdict verdict, enum severity severity)
{
	unsigned weight = severity_weight(severity);

	score->counts[verdict]++;
	if (verdict == VERDICT_OK)
		score->good += weight;
	if (verdict == VERDICT_OK || verdict == VERDICT_WARNING || verdict == VERDICT_CRITICAL)
		score->judged += weight;
}

double score_ratio(const struct score *score)
{
	return score->judged ? (double)score->good / score->judged : -1;
}

enum verdict score_worst(const struct score *score)
{
	static const enum verdict order[] = { VERDICT_CRITICAL, VERDICT_WARNING,
					      VERDICT_UNKNOWN };

	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (score->counts[order[i]])
			return order[i];
	return score->counts[VERDICT_OK] || score->counts[VERDICT_EXCEPTED] ? VERDICT_OK
									   : VERDICT_UNKNOWN;
}
