/* SPDX-License-Identifier: Apache-2.0
 *
 * connect_floor HOST: the least that a sweep of all ports of an IPv4 address costs when each
 * port has a socket of its own that an epoll loop waits for: nothing but the system calls,
 * no timers, no budget, no reasons. Prints how many were open.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WINDOW = 1024, LAST = 65535 };

static int begin(int epoll, struct sockaddr_in *peer, int port)
{
	struct epoll_event event = { .events = EPOLLOUT };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	peer->sin_port = htons((uint16_t)port);
	event.data.fd = fd;
	if (fd < 0 || (connect(fd, (struct sockaddr *)peer, sizeof *peer) &&
		       errno != EINPROGRESS)) {
		perror("connect");
		return -1;
	}
	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static int end(int fd)
{
	int error = 0;
	socklen_t length = sizeof error;

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
	close(fd);
	return !error;
}

int main(int argc, char **argv)
{
	struct sockaddr_in peer = { .sin_family = AF_INET };
	struct epoll_event events[WINDOW];
	int epoll = epoll_create1(EPOLL_CLOEXEC), waiting = 0, port = 1, open = 0;

	if (argc != 2 || inet_pton(AF_INET, argv[1], &peer.sin_addr) != 1)
		return 2;
	while (port <= LAST || waiting) {
		int ready;

		for (; port <= LAST && waiting < WINDOW / 2; port++, waiting++)
			if (begin(epoll, &peer, port))
				return 1;
		ready = epoll_wait(epoll, events, WINDOW, 1000);
		if (ready <= 0)
			break;
		for (int i = 0; i < ready; i++, waiting--)
			open += end(events[i].data.fd);
	}
	printf("%d\n", open);
	close(epoll);
	return 0;
}
