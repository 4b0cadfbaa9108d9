/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/daemon/sink_local.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/log.h"
#include "ground/memory.h"
#include "net/local.h"

struct local {
	char *name, *path;
	void (*write)(struct text *out, const struct event *event, int64_t wall_us);
	int fd;			/* -1: not connected */
	int type;		/* of the socket */
	bool fails;		/* and that was logged */
};

static void disconnect(struct local *local)
{
	if (local->fd >= 0)
		close(local->fd);
	local->fd = -1;
}

static bool connect_as(struct local *local, int type)
{
	struct sockaddr_un there;
	socklen_t length = local_address(local->path, &there);

	local->type = type;
	if (length)
		local->fd = local_connect(&there, length, type | SOCK_NONBLOCK);
	return local->fd >= 0;
}

/* Nearly all are datagrams; who wants a stream says so. */
static bool connect_local(struct local *local)
{
	return local->fd >= 0 || connect_as(local, SOCK_DGRAM) ||
	       (errno == EPROTOTYPE && connect_as(local, SOCK_STREAM));
}

/* In a stream a NUL ends a message, as in syslog(3). Half of one is told again as a whole, over
 * another connection. */
static bool send_once(struct local *local, const struct text *message)
{
	size_t length = message->length + (local->type == SOCK_STREAM);
	ssize_t sent = send(local->fd, message->bytes, length, MSG_NOSIGNAL);
	int why = sent < 0 ? errno : EMSGSIZE;

	if (sent == (ssize_t)length)
		return true;
	if (why != EAGAIN && why != EINTR && why != ENOBUFS)
		disconnect(local);
	errno = why;
	return false;
}

/* The receiver may have been started anew since: that is seen only now. */
static bool send_message(struct local *local, const struct text *message)
{
	bool was_connected = local->fd >= 0;

	if (!connect_local(local))
		return false;
	if (send_once(local, message))
		return true;
	return was_connected && local->fd < 0 && connect_local(local) &&
	       send_once(local, message);
}

/* Once, not at each attempt; and who is only busy will take it in a moment. */
static void log_change(struct local *local, bool taken)
{
	if (!taken && errno == EAGAIN)
		return;
	if (!taken && !local->fails)
		log_warn("sinks", "%s: %s takes nothing: %s", local->name, local->path,
			 strerror(errno));
	if (taken && local->fails)
		log_info("sinks", "%s: %s takes events again", local->name, local->path);
	local->fails = !taken;
}

static void local_tell(void *arg, const struct event *event,
		       void (*done)(void *done_arg, bool acknowledged), void *done_arg)
{
	struct local *local = arg;
	struct text message = { 0 };
	bool taken;

	local->write(&message, event, clock_wall_us());
	taken = send_message(local, &message);
	log_change(local, taken);
	text_free(&message);
	done(done_arg, taken);
}

static void local_close(void *arg)
{
	struct local *local = arg;

	disconnect(local);
	free(local->name);
	free(local->path);
	free(local);
}

struct voice sink_local(const struct sink_setting *setting, const char *usual,
			void (*write)(struct text *out, const struct event *event,
				      int64_t wall_us))
{
	struct local *local = memory_new(1, sizeof *local);

	local->name = memory_copy(setting->name);
	local->path = memory_copy(setting->socket ? setting->socket : usual);
	local->write = write;
	local->fd = -1;
	return (struct voice){ local->name, local, local_tell, local_close };
}
