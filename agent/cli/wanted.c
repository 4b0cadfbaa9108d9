/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/wanted.h"

#include <string.h>

#include "collectors/collector.h"
#include "ground/words.h"

enum { FACTS_MOST = 64 };	/* of a collector: the bits of request.wanted */

/* With or without what stands before the dot. */
static bool is_called(const struct fact_descriptor *fact, const char *word)
{
	const char *dot = strchr(fact->name, '.');

	return !strcmp(fact->name, word) || (dot && !strcmp(dot + 1, word));
}

static void refuse_fact(const struct collector *collector, const char *word, struct text *why)
{
	const char *names[2 * FACTS_MOST + 1], *nearest;
	const struct fact_descriptor *fact;
	size_t count = 0;

	for (size_t i = 0; i < FACTS_MOST && (fact = collector_fact_at(collector, i)); i++) {
		const char *dot = strchr(fact->name, '.');

		names[count++] = fact->name;
		if (dot)
			names[count++] = dot + 1;
	}
	names[count] = NULL;
	nearest = words_nearest(word, names);
	text_add_format(why, "--facts: the collector %s knows no '", collector->name);
	text_add_foreign(why, word, strlen(word), 80);
	text_add_char(why, '\'');
	if (nearest)
		text_add_format(why, " (did you mean '%s'?)", nearest);
}

bool wanted_read(const struct strings *words, const struct collector *collector,
		 uint64_t *wanted, struct text *why)
{
	*wanted = 0;
	for (size_t i = 0; i < words->count; i++) {
		const struct fact_descriptor *fact;
		size_t row = 0;

		while ((fact = collector_fact_at(collector, row)) &&
		       !is_called(fact, words->items[i]))
			row++;
		if (row >= FACTS_MOST || !fact) {
			refuse_fact(collector, words->items[i], why);
			return false;
		}
		*wanted |= UINT64_C(1) << row;
	}
	return true;
}

void wanted_keep(const struct request *request, struct facts *facts)
{
	for (size_t i = facts_count(facts); request->wanted && i-- > 0;) {
		const struct fact_descriptor *about = facts_at(facts, i)->about;
		int row = collector_fact_row(request->collector, about);

		if (row < 0 || row >= FACTS_MOST || !(request->wanted >> row & 1))
			facts_drop(facts, about);
	}
}
