/* SPDX-License-Identifier: Apache-2.0
 *
 * The file of what was first seen, as a disk or somebody's editor may have left it.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/engine/firsts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is written of it is read as the same. */
static void write_and_read(const struct firsts *firsts)
{
	struct firsts *again = firsts_new();
	struct text first = { 0 }, second = { 0 };

	firsts_format(firsts, &first);
	if (firsts_parse(again, text_string(&first), first.length) != FIRSTS_GOOD)
		abort();
	firsts_format(again, &second);
	if (strcmp(text_string(&first), text_string(&second)) != 0)
		abort();
	text_free(&first);
	text_free(&second);
	firsts_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct firsts *firsts = firsts_new();

	if (firsts_parse(firsts, (const char *)data, size) == FIRSTS_GOOD)
		write_and_read(firsts);
	else if (firsts->count)
		abort();
	firsts_free(firsts);
	return 0;
}
