/* SPDX-License-Identifier: Apache-2.0
 *
 * What was expected and what was observed, as people say it: "no SSLv3, TLS1.0",
 * "≥ 30 days left", "8009, 9999 (of 12)". Pure; the judge fills its judgements with it,
 * and the command line shows rules with it.
 */
#ifndef AGENT_ENGINE_WORDING_H
#define AGENT_ENGINE_WORDING_H

#include "agent/engine/firsts.h"
#include "agent/plan/expectation.h"
#include "ground/text.h"

/* True when values alone would leave a reader guessing what they are values of. */
bool wording_needs_names(const struct expectation *expectations, size_t count);
/* All of them, joined with "; ". recollection: of a check; NULL: of nothing in particular. */
void wording_expected(const struct expectation *expectations, size_t count,
		      const struct recollection *recollection, struct text *out);
/* The value that an expectation was compared with; for lists what breaks it comes first. */
void wording_observed(const struct fact *fact, const struct expectation *expectation,
		      const struct recollection *recollection, int64_t wall_us,
		      struct text *out);
/* As firsts_value() has made it, "DATE: VALUE". */
void wording_first(const struct first *first, struct text *out);

#endif
