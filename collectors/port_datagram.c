/* SPDX-License-Identifier: Apache-2.0
 *
 * The socket for UDP ports: not connected, so that it hears answers from other ports too,
 * but bound to the address that answers will come to, because SIP has to say it.
 */
#include "collectors/port.h"

#include <errno.h>
#include <unistd.h>

#include <sys/socket.h>

/* Both take an address and return 0 or an errno. */

static int ask_name(int fd, struct address *name)
{
	struct sockaddr_storage in;
	socklen_t length = sizeof in;

	if (getsockname(fd, (struct sockaddr *)&in, &length))
		return errno;
	return address_from_socket(&in, name) ? 0 : EAFNOSUPPORT;
}

static int bind_to(int fd, const struct address *source)
{
	struct sockaddr_storage name;
	socklen_t length = address_to_socket(source, &name);

	return bind(fd, (struct sockaddr *)&name, length) ? errno : 0;
}

/* The system says which address it would take when a socket is connected for a moment. */
static int learn_source(int fd, const struct address *peer, struct address *source)
{
	struct sockaddr_storage name, nobody = { .ss_family = AF_UNSPEC };
	struct address somewhere = *peer;
	socklen_t length;
	int error;

	somewhere.port = 1;
	length = address_to_socket(&somewhere, &name);
	if (connect(fd, (struct sockaddr *)&name, length))
		return errno;
	error = ask_name(fd, source);
	source->port = 0;
	if (!error && connect(fd, (struct sockaddr *)&nobody, sizeof nobody))
		error = errno;
	return error;
}

int port_datagram_open(const struct route *route, struct address *bound, enum reason *reason)
{
	struct address source = route->source;
	int error = 0, fd;

	fd = socket(address_domain(&route->peer), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		*reason = reason_of_errno(errno);
		return -1;
	}
	icmp_listen(fd, route->peer.family);
	if (!source.family)
		error = learn_source(fd, &route->peer, &source);
	if (!error)
		error = bind_to(fd, &source);
	if (!error)
		error = ask_name(fd, bound);
	if (!error)
		return fd;
	close(fd);
	*reason = reason_of_errno(error);
	return -1;
}
