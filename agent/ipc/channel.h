/* SPDX-License-Identifier: Apache-2.0
 *
 * One end of the socket between two of our processes. What is written in a turn of the
 * loop leaves together at its end, and what is read is bounded per turn: a check costs
 * fewer system calls the more of them there are.
 */
#ifndef AGENT_IPC_CHANNEL_H
#define AGENT_IPC_CHANNEL_H

#include "agent/ipc/frame.h"
#include "net/loop.h"

struct channel;

struct channel_user {
	/* False: kind or body makes no sense, and the stream ends here. Must not free the
	 * channel. */
	bool (*message)(void *arg, uint8_t kind, struct reader *body);
	/* Called once, and nothing after it. why: "closed", or what was wrong. May free. */
	void (*closed)(void *arg, const char *why);
	void *arg;
};

/* Takes the descriptor over. */
struct channel *channel_new(struct loop *loop, int fd, const struct channel_user *user);
void channel_free(struct channel *channel);
/* To put whole frames into; they leave at the end of this turn. */
struct writer *channel_out(struct channel *channel);
/* The same for what is in no hurry: often enough to go unnoticed, but not each by itself. */
struct writer *channel_out_soon(struct channel *channel);
/* So many bytes of it have yet to be taken by the other side, and were taken so far. */
size_t channel_waiting(const struct channel *channel);
uint64_t channel_taken(const struct channel *channel);

#endif
