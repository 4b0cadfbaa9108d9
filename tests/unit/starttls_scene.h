/* SPDX-License-Identifier: Apache-2.0
 *
 * What each server is known to say, and what is to be made of it: played whole, byte by
 * byte, cut at every byte and with every byte changed.
 */
#ifndef TESTS_UNIT_STARTTLS_SCENE_H
#define TESTS_UNIT_STARTTLS_SCENE_H

#include "tests/unit/unit.h"
#include "tests/wire/starttls/play.h"

struct scene {
	const char *server;		/* who says so; for the message of a test that fails */
	const char *protocol;
	const char *bytes;		/* all of the server's part */
	size_t length;
	enum turn turn;			/* at its end */
	enum starttls_answer answer;
	const char *said;		/* NULL: nothing */
};

#define SCENE(protocol, server, bytes, turn, answer, said)                                    \
	{ server, protocol, bytes, sizeof bytes - 1, TURN_##turn, STARTTLS_##answer, said }

static inline void assert_played(const struct scene *scene, const struct play *play)
{
	const struct starttls *starttls = &play->starttls;
	bool begins = scene->turn == TURN_NEXT_STEP;

	if (play->turn != scene->turn || starttls->answer != scene->answer ||
	    starttls->secured != begins || strcmp(starttls->said, scene->said ? scene->said : ""))
		fail_msg("%s (%s): turn %d, answer %d, secured %d, said \"%s\"", scene->server,
			 scene->protocol, play->turn, starttls->answer, starttls->secured,
			 starttls->said);
}

static inline void assert_scene(const struct scene *scene)
{
	struct play play;

	play_whole(&play, scene->protocol, scene->bytes, scene->length);
	assert_played(scene, &play);
	play_bytewise(&play, scene->protocol, scene->bytes, scene->length);
	assert_played(scene, &play);
}

/* Before its end, a dialogue says nothing. */
static inline void assert_cut_says_nothing(const struct scene *scene)
{
	for (size_t length = 0; length < scene->length; length++) {
		struct play play;

		play_whole(&play, scene->protocol, scene->bytes, length);
		if (play.turn != TURN_NEED_MORE && play.turn != TURN_MALFORMED)
			fail_msg("%s cut at %zu: turn %d", scene->server, length, play.turn);
		assert_int_equal(play.starttls.answer, STARTTLS_UNKNOWN);
		assert_false(play.starttls.secured);
	}
}

/* Whatever it says then, it must not contradict itself. */
static inline void assert_changed_is_survived(const struct scene *scene)
{
	char *bytes = malloc(scene->length);

	memcpy(bytes, scene->bytes, scene->length);
	for (size_t at = 0; at < scene->length; at++) {
		for (unsigned by = 1; by < 256; by++) {
			struct play play;

			bytes[at] = (char)((uint8_t)scene->bytes[at] ^ by);
			play_whole(&play, scene->protocol, bytes, scene->length);
			assert_int_equal(play.starttls.secured, play.turn == TURN_NEXT_STEP);
			if (play.turn != TURN_NEXT_STEP && play.turn != TURN_CONCLUDED)
				assert_int_equal(play.starttls.answer, STARTTLS_UNKNOWN);
			if (!play.starttls.secured)
				assert_int_not_equal(play.starttls.answer, STARTTLS_OFFERED);
		}
		bytes[at] = scene->bytes[at];
	}
	free(bytes);
}

static inline void assert_asked(const struct play *play, const char *asked)
{
	assert_int_equal(play->asked.length, strlen(asked));
	assert_memory_equal(play->asked.bytes, asked, strlen(asked));
}

#endif
