/* SPDX-License-Identifier: Apache-2.0 */
#include "net/datagram.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_socket(const struct address *peer)
{
	int fd = socket(address_domain(peer), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		icmp_listen(fd, peer->family);
	return fd;
}

/* Each of these returns 0 or an errno. */

static int bind_to(int fd, const struct address *source)
{
	struct sockaddr_storage name;
	socklen_t length = address_to_socket(source, &name);

	return bind(fd, (struct sockaddr *)&name, length) ? errno : 0;
}

static int connect_to(int fd, const struct address *peer)
{
	struct sockaddr_storage name;
	socklen_t length = address_to_socket(peer, &name);

	if (!connect(fd, (struct sockaddr *)&name, length))
		return 0;
	/* No address of ours can speak to that family. */
	return errno == EADDRNOTAVAIL ? ENETUNREACH : errno;
}

static int ask_name(int fd, struct address *name)
{
	return address_of_socket(fd, name) ? 0 : EAFNOSUPPORT;
}

/* The system says which address it would take when a socket is connected. Another one, because
 * over IPv6 Linux goes on hearing that peer alone when the connection is dissolved. */
static int learn_source(const struct address *peer, struct address *source)
{
	struct address somewhere = *peer;
	int fd = open_socket(peer), error = fd < 0 ? errno : 0;

	somewhere.port = 1;
	if (!error)
		error = connect_to(fd, &somewhere);
	if (!error)
		error = ask_name(fd, source);
	source->port = 0;
	if (fd >= 0)
		close(fd);
	return error;
}

static int finish_opening(int fd, int error, enum reason *reason)
{
	*reason = error ? reason_of_errno(error) : REASON_NONE;
	if (error && fd >= 0)
		close(fd);
	return error ? -1 : fd;
}

int datagram_open(const struct address *peer, const struct address *source,
		  enum reason *reason)
{
	int fd = open_socket(peer), error = fd < 0 ? errno : 0;

	if (!error && source && source->family)
		error = bind_to(fd, source);
	if (!error)
		error = connect_to(fd, peer);
	return finish_opening(fd, error, reason);
}

int datagram_open_to_all(const struct address *peer, const struct address *source,
			 struct address *bound, enum reason *reason)
{
	int fd = open_socket(peer), error = fd < 0 ? errno : 0;

	*bound = *source;
	if (!error && !source->family)
		error = learn_source(peer, bound);
	if (!error)
		error = bind_to(fd, bound);
	if (!error)
		error = ask_name(fd, bound);
	return finish_opening(fd, error, reason);
}

/* The error that a call met belongs to an earlier datagram; the queue says more about it. */
static enum reason datagram_reason(int fd, int error)
{
	struct icmp_error icmp;

	if (icmp_take(fd, &icmp))
		return icmp_reason(&icmp);
	return error == EAGAIN || error == EINTR ? REASON_NONE : reason_of_errno(error);
}

enum reason datagram_send(int fd, const struct address *peer, const void *bytes, size_t length)
{
	struct sockaddr_storage name;
	socklen_t name_length = address_to_socket(peer, &name);

	if (sendto(fd, bytes, length, MSG_NOSIGNAL, (struct sockaddr *)&name, name_length) >= 0)
		return REASON_NONE;
	return datagram_reason(fd, errno);
}

bool datagram_receive(int fd, void *room, size_t most, size_t *length, struct address *from,
		      enum reason *reason)
{
	struct sockaddr_storage name = { 0 };
	socklen_t name_length = sizeof name;
	ssize_t n = recvfrom(fd, room, most, 0, (struct sockaddr *)&name, &name_length);

	*reason = n < 0 ? datagram_reason(fd, errno) : REASON_NONE;
	*length = n < 0 ? 0 : (size_t)n;
	return n >= 0 && address_from_socket(&name, from);
}
