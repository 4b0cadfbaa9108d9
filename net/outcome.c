/* SPDX-License-Identifier: Apache-2.0 */
#include "net/outcome.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

static const char *const reason_words[] = {
#define REASON_WORD(constant, word, sentence) word,
	REASONS(REASON_WORD)
#undef REASON_WORD
};

static const char *const reason_sentences[] = {
#define REASON_SENTENCE(constant, word, sentence) sentence,
	REASONS(REASON_SENTENCE)
#undef REASON_SENTENCE
};

static const char *const stage_words[] = {
#define STAGE_WORD(constant, word) word,
	STAGES(STAGE_WORD)
#undef STAGE_WORD
};

const char *reason_word(enum reason reason)
{
	assert(reason < REASON_COUNT);
	return reason_words[reason];
}

const char *reason_sentence(enum reason reason)
{
	assert(reason < REASON_COUNT);
	return reason_sentences[reason];
}

bool reason_named(const char *word, enum reason *reason)
{
	for (int i = 0; i < REASON_COUNT; i++) {
		if (!strcmp(reason_words[i], word)) {
			*reason = (enum reason)i;
			return true;
		}
	}
	return false;
}

const char *stage_word(enum stage stage)
{
	assert(stage < STAGE_COUNT);
	return stage_words[stage];
}

enum reason reason_of_errno(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return REASON_REFUSED;
	case ETIMEDOUT:
		return REASON_TIMED_OUT;
	case EHOSTUNREACH:
	case EHOSTDOWN:
		return REASON_UNREACHABLE;
	case ENETUNREACH:
	case EAFNOSUPPORT:
		return REASON_NO_ROUTE;
	case EACCES:
	case EPERM:
		return REASON_PROHIBITED;
	case ECONNRESET:
	case EPIPE:
		return REASON_RESET;
	case EADDRNOTAVAIL:
		return REASON_SOURCE_UNAVAILABLE;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
	case EAGAIN:
		return REASON_NO_RESOURCES;
	default:
		return REASON_INTERNAL;
	}
}
