/* SPDX-License-Identifier: Apache-2.0 */
#include "net/datagram.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail(int fd, int error, enum reason *reason)
{
	*reason = reason_of_errno(error);
	if (fd >= 0)
		close(fd);
	return -1;
}

int datagram_open(const struct address *peer, const struct address *source,
		  enum reason *reason)
{
	int fd = socket(address_domain(peer), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_storage name;
	socklen_t length;

	*reason = REASON_NONE;
	if (fd < 0)
		return fail(fd, errno, reason);
	icmp_listen(fd, peer->family);
	if (source && source->family) {
		length = address_to_socket(source, &name);
		if (bind(fd, (struct sockaddr *)&name, length))
			return fail(fd, errno, reason);
	}
	length = address_to_socket(peer, &name);
	if (connect(fd, (struct sockaddr *)&name, length)) {
		/* No address of ours can speak to that family. */
		return fail(fd, errno == EADDRNOTAVAIL ? ENETUNREACH : errno, reason);
	}
	return fd;
}

/* The error that a call met belongs to an earlier datagram; the queue says more about it. */
static enum reason datagram_reason(int fd, int error)
{
	struct icmp_error icmp;

	if (icmp_take(fd, &icmp))
		return icmp_reason(&icmp);
	return error == EAGAIN || error == EINTR ? REASON_NONE : reason_of_errno(error);
}

enum reason datagram_send(int fd, const void *bytes, size_t length)
{
	if (send(fd, bytes, length, MSG_NOSIGNAL) >= 0)
		return REASON_NONE;
	return datagram_reason(fd, errno);
}

bool datagram_receive(int fd, void *room, size_t most, size_t *length, enum reason *reason)
{
	ssize_t n = recv(fd, room, most, 0);

	*reason = n < 0 ? datagram_reason(fd, errno) : REASON_NONE;
	*length = n < 0 ? 0 : (size_t)n;
	return n >= 0;
}
