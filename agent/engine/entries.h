/* SPDX-License-Identifier: Apache-2.0
 *
 * Expectations of some entries of a list, those that match a pattern: programs by their names.
 * Only the judge and its wording call it.
 */
#ifndef AGENT_ENGINE_ENTRIES_H
#define AGENT_ENGINE_ENTRIES_H

#include "agent/plan/expectation.h"
#include "ground/text.h"

/* The entries that the expectation speaks of; where versions are compared, those that name
 * one. To be freed, and not longer in use than the fact. */
void entries_narrow(const struct fact *fact, const struct expectation *expectation,
		    struct fact *narrowed);
void entries_free(struct fact *narrowed);
/* What breaks the expectation, else what is there: of versions the worst one. */
void entries_describe(const struct fact *fact, const struct expectation *expectation,
		      struct text *out);

#endif
