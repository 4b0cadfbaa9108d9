/* SPDX-License-Identifier: Apache-2.0
 *
 * A server's part of a dialogue, behind a byte that selects the protocol. What comes of it
 * must not contradict itself, and must not depend on how the bytes are cut into pieces.
 */
#ifndef TESTS_FUZZ_STARTTLS_FOR_FUZZ_H
#define TESTS_FUZZ_STARTTLS_FOR_FUZZ_H

#include "collectors/tls_facts.h"
#include "ground/words.h"
#include "tests/wire/starttls/play.h"

enum { STARTTLS_PIECES = 32 };

static inline void starttls_demand(bool is_so)
{
	if (!is_so)
		abort();
}

static inline void starttls_check(const struct play *play)
{
	const struct starttls *starttls = &play->starttls;

	starttls_demand(starttls->secured == (play->turn == TURN_NEXT_STEP));
	starttls_demand(writer_ok(&play->asked));
	starttls_demand(starttls->said[STARTTLS_SAID_MOST - 1] == '\0');
	if (starttls->secured)
		starttls_demand(starttls->answer == STARTTLS_OFFERED ||
				starttls->answer == STARTTLS_STRIPPED);
	else
		starttls_demand(starttls->answer != STARTTLS_OFFERED);
	if (!starttls->secured && play->turn != TURN_CONCLUDED)
		starttls_demand(starttls->answer == STARTTLS_UNKNOWN);
	if (play->turn == TURN_NOT_THIS_PROTOCOL)
		starttls_demand(words_find(starttls_recognise(starttls->said,
							      STARTTLS_SAID_MOST - 1),
					   tls_fact(TLS_FACT_PLAIN_TEXT)->words) >= 0);
}

/* What is heard whole and well is heard the same in pieces. Not the other way round, for bytes
 * behind a yes are seen only when they come with it. */
static inline void starttls_fuzz(const char *const *words, size_t count, const uint8_t *data,
				 size_t size)
{
	struct play whole, pieces;

	if (size == 0)
		return;
	const char *word = words[data[0] % count];
	play_whole(&whole, word, data + 1, size - 1);
	starttls_check(&whole);
	play_pieces(&pieces, word, data + 1, size - 1, size / STARTTLS_PIECES + 1);
	starttls_check(&pieces);
	if (!whole.starttls.secured && whole.turn != TURN_CONCLUDED)
		return;
	starttls_demand(pieces.turn == whole.turn);
	starttls_demand(pieces.starttls.answer == whole.starttls.answer);
	starttls_demand(pieces.starttls.listed == whole.starttls.listed);
	starttls_demand(!strcmp(pieces.starttls.said, whole.starttls.said));
	starttls_demand(pieces.asked.length == whole.asked.length);
}

#endif
