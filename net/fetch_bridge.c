/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fetch_bridge.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ground/memory.h"

enum { CHUNK_BYTES = 4096, NEAR = 0, FAR = 1 };

struct bridge {
	struct loop *loop;
	struct stream *stream;
	int fd;
	struct watch watch;
	bool ended;		/* the stream has */
};

/* What libcurl says; its end is closed by us only. */
static void carry_out(struct bridge *bridge)
{
	uint8_t chunk[CHUNK_BYTES];
	ssize_t length = recv(bridge->fd, chunk, sizeof chunk, 0);

	if (length > 0)
		stream_send(bridge->stream, chunk, (size_t)length);
}

static void on_ready(void *arg, unsigned what)
{
	struct bridge *bridge = arg;

	if (what & LOOP_WRITE)
		bridge_carry(bridge);
	if (what & LOOP_READ)
		carry_out(bridge);
}

static void bridge_watch(struct bridge *bridge)
{
	struct reader rest = stream_bytes(bridge->stream);

	watch_start(&bridge->watch, bridge->loop, bridge->fd,
		    LOOP_READ | (reader_left(&rest) ? LOOP_WRITE : 0u), on_ready, bridge);
}

void bridge_carry(struct bridge *bridge)
{
	struct reader in = stream_bytes(bridge->stream);
	ssize_t sent = send(bridge->fd, in.bytes, reader_left(&in), MSG_NOSIGNAL);

	if (sent > 0)
		stream_take(bridge->stream, (size_t)sent);
	in = stream_bytes(bridge->stream);
	if (bridge->ended && !reader_left(&in))
		shutdown(bridge->fd, SHUT_WR);
	bridge_watch(bridge);
}

void bridge_end(struct bridge *bridge)
{
	bridge->ended = true;
	bridge_carry(bridge);
}

struct bridge *bridge_new(struct loop *loop, struct stream *stream, int *far_end)
{
	struct bridge *bridge = memory_new(1, sizeof *bridge);
	int ends[] = { -1, -1 };

	bridge->loop = loop;
	bridge->stream = stream;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0) {
		bridge->fd = ends[NEAR];
		bridge_watch(bridge);
	} else {
		bridge->fd = -1;
	}
	*far_end = ends[FAR];
	return bridge;
}

void bridge_free(struct bridge *bridge)
{
	if (!bridge)
		return;
	watch_stop(&bridge->watch);
	if (bridge->fd >= 0)
		close(bridge->fd);
	free(bridge);
}
