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
