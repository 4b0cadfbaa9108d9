/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/daemon/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/daemon/answers.h"
#include "ground/clock.h"
#include "ground/log.h"
#include "net/local.h"

enum {
	CONNECTIONS_MOST = 64,
	BACKLOG = 64,
	UNSENT_MOST = 64 << 10,	/* then nothing more is made until some of it was taken */
	ASKING_US = 5000000,	/* a question has to be there by then */
	TAKING_US = 30000000,	/* without anything being taken: nobody reads */
	BREATH_US = 1000000	/* when there are no descriptors left */
};

struct connection {
	struct connection *next;
	struct control *control;
	int fd;
	struct watch watch;
	struct timer timer;	/* of asking, then of taking */
	char question[QUESTION_BYTES_MOST + 1];
	size_t question_length;
	struct answer *answer;	/* NULL: it is still being asked */
	enum answer_state state;
	struct text unsent;
	size_t sent;		/* so much at its beginning */
};

struct control {
	struct house *house;
	char *path;
	int fd;
	dev_t device;		/* of the socket's file, which may have been replaced */
	ino_t inode;
	struct watch watch;
	struct timer breath;
	struct connection *connections;
	size_t count;
};

static void close_connection(struct connection *connection)
{
	struct control *control = connection->control;
	struct connection **at = &control->connections;

	while (*at != connection)
		at = &(*at)->next;
	*at = connection->next;
	control->count--;
	watch_stop(&connection->watch);
	timer_stop(&connection->timer);
	close(connection->fd);
	answer_free(connection->answer);
	text_free(&connection->unsent);
	loop_later(control->house->loop, free, connection);
}

/* --- answering ----------------------------------------------------------------------------- */

static void connection_is_ready(void *arg, unsigned what);

static size_t unsent_of(const struct connection *connection)
{
	return connection->unsent.length - connection->sent;
}

static void was_not_taken(void *arg)
{
	struct connection *connection = arg;

	log_warn("control", "somebody asked and took nothing of the answer for %d s: hung up",
		 (int)(TAKING_US / CLOCK_SECOND));
	close_connection(connection);
}

/* What has been sent goes when it is most of it, so that not every send moves the rest. */
static void forget_sent(struct connection *connection)
{
	struct text *unsent = &connection->unsent;

	if (connection->sent * 2 < unsent->length)
		return;
	unsent->length -= connection->sent;
	memmove(unsent->bytes, unsent->bytes + connection->sent, unsent->length + 1);
	connection->sent = 0;
}

/* False: nobody is there any more. */
static bool send_some(struct connection *connection)
{
	ssize_t sent;

	if (!unsent_of(connection))
		return true;
	sent = send(connection->fd, connection->unsent.bytes + connection->sent,
		    unsent_of(connection), MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0)
		return errno == EAGAIN || errno == EINTR;
	connection->sent += (size_t)sent;
	forget_sent(connection);
	timer_start(&connection->timer, connection->control->house->loop,
		    clock_monotonic_us() + TAKING_US, was_not_taken, connection);
	return true;
}

/* One piece a turn, so that all others have theirs. */
static void go_on(struct connection *connection)
{
	struct loop *loop = connection->control->house->loop;
	bool follows = answer_follows(connection->answer);
	unsigned what = follows ? LOOP_READ : 0;

	if (connection->state == ANSWER_GOES_ON && unsent_of(connection) < UNSENT_MOST)
		connection->state = answer_continue(connection->answer, &connection->unsent);
	if (connection->state == ANSWER_BREAKS || !send_some(connection) ||
	    (connection->state == ANSWER_ENDS && !unsent_of(connection))) {
		close_connection(connection);
		return;
	}
	if (connection->state == ANSWER_GOES_ON || unsent_of(connection))
		what |= LOOP_WRITE;
	else
		timer_stop(&connection->timer);
	watch_start(&connection->watch, loop, connection->fd, what, connection_is_ready,
		    connection);
}

void control_tell(struct control *control)
{
	for (struct connection *at = control->connections; at; at = at->next) {
		if (!at->answer || at->state != ANSWER_WAITS)
			continue;
		at->state = ANSWER_GOES_ON;
		watch_start(&at->watch, control->house->loop, at->fd, LOOP_READ | LOOP_WRITE,
			    connection_is_ready, at);
	}
}

/* --- being asked --------------------------------------------------------------------------- */

static void was_not_asked(void *arg)
{
	close_connection(arg);
}

static void begin(struct connection *connection, size_t length)
{
	connection->answer =
		answer_new(connection->control->house, connection->question, length);
	connection->state = ANSWER_GOES_ON;
	timer_start(&connection->timer, connection->control->house->loop,
		    clock_monotonic_us() + TAKING_US, was_not_taken, connection);
	go_on(connection);
}

static void hear_question(struct connection *connection)
{
	char *begun = connection->question + connection->question_length, *end;
	size_t room = sizeof connection->question - connection->question_length;
	ssize_t length = recv(connection->fd, begun, room, MSG_DONTWAIT);

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length <= 0) {
		close_connection(connection);
		return;
	}
	connection->question_length += (size_t)length;
	end = memchr(begun, '\n', (size_t)length);
	/* One that is too long is answered as such. */
	if (end || connection->question_length == sizeof connection->question)
		begin(connection, end ? (size_t)(end - connection->question)
				      : connection->question_length);
}

/* Who follows says nothing more; when he goes, that is all there is to see of it. */
static bool is_still_there(struct connection *connection)
{
	char ignored[256];
	ssize_t length = recv(connection->fd, ignored, sizeof ignored, MSG_DONTWAIT);

	return length > 0 || (length < 0 && (errno == EAGAIN || errno == EINTR));
}

static void connection_is_ready(void *arg, unsigned what)
{
	struct connection *connection = arg;

	if (!connection->answer)
		hear_question(connection);
	else if ((what & LOOP_READ) && answer_follows(connection->answer) &&
		 !is_still_there(connection))
		close_connection(connection);
	else if (what & LOOP_WRITE)
		go_on(connection);
}

static void add_connection(struct control *control, int fd)
{
	struct connection *connection = memory_new(1, sizeof *connection);
	struct loop *loop = control->house->loop;

	connection->control = control;
	connection->fd = fd;
	connection->next = control->connections;
	control->connections = connection;
	control->count++;
	watch_start(&connection->watch, loop, fd, LOOP_READ, connection_is_ready, connection);
	timer_start(&connection->timer, loop, clock_monotonic_us() + ASKING_US, was_not_asked,
		    connection);
}

static void refuse(int fd)
{
	static const char busy[] = "{\"schema\":1,\"error\":\"too many ask at once\"}\n";

	/* It fits into the empty buffer of a new socket, or is not worth waiting for. */
	if (send(fd, busy, sizeof busy - 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		log_warn("control", "somebody could not even be told that too many ask");
	close(fd);
}

static void somebody_comes(void *arg, unsigned what);

static void listen_again(void *arg)
{
	struct control *control = arg;

	watch_start(&control->watch, control->house->loop, control->fd, LOOP_READ,
		    somebody_comes, control);
}

static void somebody_comes(void *arg, unsigned what)
{
	struct control *control = arg;
	int fd = accept4(control->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)what;
	if (fd >= 0 && control->count < CONNECTIONS_MOST) {
		add_connection(control, fd);
	} else if (fd >= 0) {
		refuse(fd);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		log_warn("control", "nobody can ask at the moment: %s", strerror(errno));
		watch_stop(&control->watch);
		timer_start(&control->breath, control->house->loop,
			    clock_monotonic_us() + BREATH_US, listen_again, control);
	}
}

/* --- the socket ---------------------------------------------------------------------------- */

/* True when nobody answers there any more, and the name is free. */
static bool clear_place(const struct sockaddr_un *place, socklen_t length, struct text *said)
{
	struct stat state = { 0 };
	int fd, error;

	if (lstat(place->sun_path, &state) < 0 && errno == ENOENT)
		return true;
	fd = local_connect(place, length, SOCK_STREAM | SOCK_NONBLOCK);
	error = fd < 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	/* A listener whose backlog is full says EAGAIN: it lives. */
	if (error == ECONNREFUSED && S_ISSOCK(state.st_mode) && unlink(place->sun_path) == 0)
		return true;
	text_add_format(said, "%s: %s\n", place->sun_path,
			!error || error == EAGAIN ? "another agent answers there"
						  : "there is something that is no socket of ours");
	return false;
}

static int listen_at(const char *path, struct text *said)
{
	struct sockaddr_un place;
	socklen_t length = local_address(path, &place);
	int fd;
	mode_t mask;
	bool good;

	if (!length) {
		text_add_format(said, "'%s': a socket's name has 1 to %zu bytes\n", path,
				sizeof place.sun_path - 1);
		return -1;
	}
	if (!clear_place(&place, length, said))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	/* The folder says who may come near; see --control in ucposture(1). */
	mask = umask(0117);
	good = fd >= 0 && bind(fd, (struct sockaddr *)&place, length) == 0 &&
	       listen(fd, BACKLOG) == 0;
	umask(mask);
	if (good)
		return fd;
	text_add_format(said, "%s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

struct control *control_new(struct house *house, const char *path, struct text *said)
{
	struct control *control;
	struct stat state = { 0 };
	int fd = listen_at(path, said);

	if (fd < 0)
		return NULL;
	control = memory_new(1, sizeof *control);
	control->house = house;
	control->path = memory_copy(path);
	control->fd = fd;
	if (stat(path, &state) == 0) {
		control->device = state.st_dev;
		control->inode = state.st_ino;
	}
	listen_again(control);
	return control;
}

void control_free(struct control *control)
{
	struct stat state;

	if (!control)
		return;
	while (control->connections)
		close_connection(control->connections);
	watch_stop(&control->watch);
	timer_stop(&control->breath);
	close(control->fd);
	if (stat(control->path, &state) == 0 && state.st_dev == control->device &&
	    state.st_ino == control->inode)
		unlink(control->path);
	free(control->path);
	free(control);
}
