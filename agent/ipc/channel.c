/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/ipc/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/memory.h"

/* How long a message that is in no hurry waits for others: nobody sees it, but waking the
 * other process for each would cost more than what it then does. */
#define SOON_US (10 * CLOCK_MILLISECOND)

enum {
	READ_BYTES = 64 << 10,
	READS_PER_TURN = 4,
	/* A few of the largest messages; the other side has stopped reading when they wait. */
	OUT_MOST = 8 * FRAME_MOST
};

struct channel {
	struct loop *loop;
	int fd;
	struct channel_user user;
	struct watch watch;
	struct timer flush;
	uint8_t *in;		/* `have` bytes of a message that is not complete yet */
	size_t have, room;
	struct writer out;
	size_t sent;		/* of out */
	uint64_t taken;		/* all that was ever sent */
	int64_t flushed_us;
	bool blocked;		/* the socket takes no more for now */
};

static void channel_is_ready(void *arg, unsigned what);
static void channel_flush(void *arg);

struct channel *channel_new(struct loop *loop, int fd, const struct channel_user *user)
{
	struct channel *channel = memory_new(1, sizeof *channel);

	fcntl(fd, F_SETFL, O_NONBLOCK);
	channel->loop = loop;
	channel->fd = fd;
	channel->user = *user;
	writer_grow_up_to(&channel->out, OUT_MOST);
	watch_start(&channel->watch, loop, fd, LOOP_READ, channel_is_ready, channel);
	return channel;
}

void channel_free(struct channel *channel)
{
	if (!channel)
		return;
	watch_stop(&channel->watch);
	timer_stop(&channel->flush);
	close(channel->fd);
	free(channel->in);
	writer_free(&channel->out);
	free(channel);
}

static void channel_flush_at(struct channel *channel, int64_t at_us)
{
	const struct timer *flush = &channel->flush;

	if (!channel->blocked && (!flush->running || at_us < flush->at_us))
		timer_start(&channel->flush, channel->loop, at_us, channel_flush, channel);
}

struct writer *channel_out(struct channel *channel)
{
	channel_flush_at(channel, 0);
	return &channel->out;
}

/* What fills a read of the other side need not wait. */
struct writer *channel_out_soon(struct channel *channel)
{
	bool is_much = channel->out.length >= READ_BYTES;

	channel_flush_at(channel, is_much ? 0 : channel->flushed_us + SOON_US);
	return &channel->out;
}

size_t channel_waiting(const struct channel *channel)
{
	return channel->out.length - channel->sent;
}

uint64_t channel_taken(const struct channel *channel)
{
	return channel->taken;
}

/* The last thing done with a channel: its user may have freed it when this returns. */
static void channel_close(struct channel *channel, const char *why)
{
	watch_stop(&channel->watch);
	timer_stop(&channel->flush);
	channel->user.closed(channel->user.arg, why);
}

static void channel_wait_for_room(struct channel *channel, bool blocked)
{
	if (channel->blocked == blocked)
		return;
	channel->blocked = blocked;
	watch_start(&channel->watch, channel->loop, channel->fd,
		    LOOP_READ | (blocked ? LOOP_WRITE : 0u), channel_is_ready, channel);
}

static void channel_flush(void *arg)
{
	struct channel *channel = arg;
	struct writer *out = &channel->out;

	if (!writer_ok(out)) {
		channel_close(channel, "it has stopped reading");
		return;
	}
	channel->flushed_us = loop_now_us(channel->loop);
	while (channel->sent < out->length) {
		ssize_t n = send(channel->fd, out->bytes + channel->sent,
				 out->length - channel->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			break;
		/* Nobody reads any more. What he said last is still to be read, and behind it
		 * the end. */
		if (n < 0 && errno != EINTR)
			n = (ssize_t)(out->length - channel->sent);
		channel->sent += n > 0 ? (size_t)n : 0;
		channel->taken += n > 0 ? (size_t)n : 0;
	}
	/* Moving the rest each time would cost more than sending it. */
	if (channel->sent == out->length || channel->sent > OUT_MOST / 4) {
		writer_drop_front(out, channel->sent);
		channel->sent = 0;
	}
	channel_wait_for_room(channel, out->length > channel->sent);
}

/* False when the stream is damaged. */
static bool channel_take_messages(struct channel *channel)
{
	struct reader in, body;
	uint8_t kind;
	int found;

	reader_init(&in, channel->in, channel->have);
	while ((found = frame_next(&in, &kind, &body)) > 0)
		if (!channel->user.message(channel->user.arg, kind, &body))
			return false;
	channel->have -= in.at;
	memmove(channel->in, channel->in + in.at, channel->have);
	return found == 0;
}

/* What is left is less than one message, so the buffer never exceeds the largest of them
 * and one read. */
static ssize_t channel_read(struct channel *channel)
{
	ssize_t n;

	if (channel->room - channel->have < READ_BYTES) {
		channel->room = channel->have + READ_BYTES + channel->have / 2;
		channel->in = memory_resize(channel->in, channel->room, 1);
	}
	n = read(channel->fd, channel->in + channel->have, READ_BYTES);
	if (n > 0)
		channel->have += (size_t)n;
	return n;
}

/* A large message is no reason to keep its room for ever. */
static void channel_shrink(struct channel *channel)
{
	if (channel->have || channel->room <= 2 * READ_BYTES)
		return;
	free(channel->in);
	channel->in = NULL;
	channel->room = 0;
}

static void channel_is_ready(void *arg, unsigned what)
{
	struct channel *channel = arg;

	for (int i = 0; i < READS_PER_TURN && (what & LOOP_READ); i++) {
		ssize_t n = channel_read(channel);

		if (!n || (n < 0 && errno != EAGAIN && errno != EINTR)) {
			channel_close(channel, "closed");
			return;
		}
		if (n > 0 && !channel_take_messages(channel)) {
			channel_close(channel, "what it says makes no sense");
			return;
		}
		if (n < READ_BYTES)
			break;
	}
	channel_shrink(channel);
	if (what & LOOP_WRITE)
		channel_flush(channel);
}
