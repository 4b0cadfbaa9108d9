/* SPDX-License-Identifier: Apache-2.0
 *
 * Plays a dialogue with the steps of a protocol, as net/dialogue.c does: the peer's part is
 * given, ours is written down. For unit tests and fuzz targets.
 */
#ifndef TESTS_WIRE_STARTTLS_PLAY_H
#define TESTS_WIRE_STARTTLS_PLAY_H

#include <stdlib.h>
#include <string.h>

#include "collectors/starttls/starttls.h"

enum { PLAY_ASKED_MOST = 1024 };

struct play {
	const struct starttls_protocol *protocol;
	struct starttls starttls;
	size_t step, at;		/* at: of what has come is done with */
	enum turn turn;			/* NEXT_STEP: TLS can begin; NEED_MORE: not at an end */
	struct writer asked;
	uint8_t room[PLAY_ASKED_MOST];
};

static inline void play_say(struct play *play)
{
	const struct step *step = &play->protocol->steps[play->step];

	if (step->write)
		step->write(&play->asked, &play->starttls);
}

static inline void play_start(struct play *play, const char *word)
{
	*play = (struct play){ .protocol = starttls_named(word),
			       .starttls = { .name = "uc.example" }, .turn = TURN_NEED_MORE };
	writer_init(&play->asked, play->room, sizeof play->room);
	play_say(play);
}

/* True when what is left is worth being looked at again. */
static inline bool play_turn(struct play *play, struct reader *in)
{
	enum turn turn = play->protocol->steps[play->step].read(in, &play->starttls);

	if (turn == TURN_NEED_MORE || (turn == TURN_GO_ON && in->at == 0))
		return false;
	if (turn != TURN_GO_ON && turn != TURN_NEXT_STEP) {
		play->turn = turn;
		return false;
	}
	play->at += in->at;
	if (turn == TURN_GO_ON)
		return true;
	if (++play->step == play->protocol->count) {
		play->turn = TURN_NEXT_STEP;
		return false;
	}
	play_say(play);
	return true;
}

/* All that has come so far, of which more may come. */
static inline void play_hear(struct play *play, const void *bytes, size_t length)
{
	bool more = play->turn == TURN_NEED_MORE;

	while (more && play->at < length) {
		/* Of exactly that size, so that a sanitizer sees every step beyond it. */
		size_t left = length - play->at;
		uint8_t *copy = malloc(left);
		struct reader in;

		memcpy(copy, (const uint8_t *)bytes + play->at, left);
		reader_init(&in, copy, left);
		more = play_turn(play, &in);
		free(copy);
	}
}

static inline void play_whole(struct play *play, const char *word, const void *bytes,
			      size_t length)
{
	play_start(play, word);
	play_hear(play, bytes, length);
}

/* In pieces of that length; the last may be shorter. */
static inline void play_pieces(struct play *play, const char *word, const void *bytes,
			       size_t length, size_t piece)
{
	play_start(play, word);
	for (size_t came = piece; came < length; came += piece)
		play_hear(play, bytes, came);
	play_hear(play, bytes, length);
}

static inline void play_bytewise(struct play *play, const char *word, const void *bytes,
				 size_t length)
{
	play_pieces(play, word, bytes, length, 1);
}

#endif
