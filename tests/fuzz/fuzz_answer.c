/* SPDX-License-Identifier: Apache-2.0
 *
 * What the agent's socket answers, which may be anybody's.
 */
#include <stdlib.h>

#include "agent/cli/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each list and map is as long as it says. */
static void walk(const struct value *value)
{
	size_t count = 0;

	if (value->kind != VALUE_LIST && value->kind != VALUE_MAP)
		return;
	for (const struct value *at = value->first; at; at = at->next, count++) {
		if ((value->kind == VALUE_MAP) != (at->key != NULL))
			abort();
		walk(at);
	}
	if (count != value->count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const struct value *answer = answer_read(arena, (const char *)data, size);

	if (answer) {
		walk(answer);
		answer_time(answer, "at");
		answer_list(answer, "targets");
	}
	arena_free(arena);
	return 0;
}
