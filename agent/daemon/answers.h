/* SPDX-License-Identifier: Apache-2.0
 *
 * What the agent answers, as JSON, a piece at a time: ten thousand targets are told without
 * anybody waiting for it, and nothing is made before whoever asked can take it.
 * docs/control.schema.json describes it.
 */
#ifndef AGENT_DAEMON_ANSWERS_H
#define AGENT_DAEMON_ANSWERS_H

#include "agent/daemon/house.h"
#include "agent/daemon/question.h"

struct answer;

enum answer_state {
	ANSWER_GOES_ON,
	ANSWER_WAITS,	/* for events: it may go on when some were recorded */
	ANSWER_ENDS,
	ANSWER_BREAKS	/* what it was about is gone: whoever asked has to ask again */
};

/* To one line, as it came, without its end. */
struct answer *answer_new(struct house *house, const char *line, size_t length);
void answer_free(struct answer *answer);
/* Appends the next piece, some kilobytes. Not to be called again after it has ended. */
enum answer_state answer_continue(struct answer *answer, struct text *out);
/* It tells what happens from now on. */
bool answer_follows(const struct answer *answer);

#endif
