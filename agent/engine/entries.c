/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/entries.h"

#include <stdlib.h>

#include "agent/plan/operators.h"
#include "agent/plan/version.h"
#include "ground/memory.h"
#include "ground/words.h"

enum { SHOWN_MOST = 8 };

static bool compares(enum operator operator)
{
	return operator== OPERATOR_AT_LEAST || operator== OPERATOR_AT_MOST;
}

void entries_narrow(const struct fact *fact, const struct expectation *expectation,
		    struct fact *narrowed)
{
	const char **texts = memory_new(fact->count, sizeof *texts);
	struct version version;

	*narrowed = (struct fact){ .about = fact->about, .texts = texts };
	for (size_t i = 0; i < fact->count; i++)
		if (words_match_any_case(expectation->entry, fact->texts[i]) &&
		    (!compares(expectation->operator) ||
		     version_read(fact->texts[i], &version)))
			texts[narrowed->count++] = fact->texts[i];
}

void entries_free(struct fact *narrowed)
{
	free((void *)narrowed->texts);
}

/* The lowest for at_least, the highest for at_most. */
static void describe_worst(const struct fact *entries, enum operator operator, struct text *out)
{
	bool lowest = operator== OPERATOR_AT_LEAST;
	const char *worst = entries->texts[0];

	for (size_t i = 1; i < entries->count; i++) {
		int order = version_compare_names(entries->texts[i], worst);

		if (lowest ? order < 0 : order > 0)
			worst = entries->texts[i];
	}
	text_add(out, worst);
	if (entries->count > 1)
		text_add_format(out, " (%s of %zu)", lowest ? "lowest" : "highest",
				entries->count);
}

static bool is_shown(const struct fact *entries, size_t entry,
		     const struct expectation *expectation, bool broken)
{
	return !broken || !operator_matches(entries, entry, expectation);
}

static void describe_each(const struct fact *entries, const struct expectation *expectation,
			  struct text *out)
{
	bool broken = expectation->operator== OPERATOR_MATCHES &&
		      !operator_holds(entries, expectation);
	size_t shown = 0;

	for (size_t i = 0; i < entries->count && shown < SHOWN_MOST; i++)
		if (is_shown(entries, i, expectation, broken))
			text_add_format(out, "%s%s", shown++ ? ", " : "", entries->texts[i]);
	if (shown < entries->count)
		text_add_format(out, " (of %zu)", entries->count);
}

void entries_describe(const struct fact *fact, const struct expectation *expectation,
		      struct text *out)
{
	struct fact entries;

	entries_narrow(fact, expectation, &entries);
	if (!entries.count)
		text_add(out, "none");
	else if (compares(expectation->operator))
		describe_worst(&entries, expectation->operator, out);
	else
		describe_each(&entries, expectation, out);
	entries_free(&entries);
}
