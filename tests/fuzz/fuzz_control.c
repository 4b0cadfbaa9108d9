/* SPDX-License-Identifier: Apache-2.0
 *
 * What somebody asks through the control socket.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/daemon/question.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct question question;
	struct text why = { 0 };

	if (question_read(&question, arena, (const char *)data, size, &why)) {
		/* Each word is a part of the line. */
		for (size_t i = 0; i < question.word_count; i++)
			if (!*question.words[i] || strlen(question.words[i]) > size)
				abort();
		if (question.count > QUESTION_EVENTS_MOST || question.after > INT64_MAX)
			abort();
	} else if (!why.length) {
		abort();
	}
	text_free(&why);
	arena_free(arena);
	return 0;
}
