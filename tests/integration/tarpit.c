/* SPDX-License-Identifier: Apache-2.0
 *
 * tarpit PORT: servers that hold whoever comes, at every address of this machine. PORT
 * accepts and stays silent; PORT + 1 says a byte every five seconds, in the language in which
 * it was greeted; PORT + 2 never stops talking. Says "ready", ends with its standard input.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum manner { SILENT, DRIPPING, ENDLESS, MANNERS };
enum { GUESTS_MOST = 20000, DRIP_SECONDS = 5, GULP = 16384 };

struct guest {
	enum manner manner;
	const char *words;	/* what it is told; begins again behind its end */
	size_t length, at;
	time_t next;		/* when it is told the next byte */
};

static struct guest guests[GUESTS_MOST];	/* by descriptor; manner MANNERS: nobody */
static int listeners[MANNERS], poll;

#define WORDS(string) string, sizeof(string) - 1

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void watch(int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) < 0)
		fail("epoll_ctl");
}

static void forget(int fd)
{
	guests[fd].manner = MANNERS;
	close(fd);
}

static void greet(int fd, enum manner manner)
{
	struct guest *guest = &guests[fd];

	*guest = (struct guest){ .manner = manner, .next = now() + DRIP_SECONDS };
	/* Who waits for us to speak first is told one long banner. */
	guest->words = "220-welcome to a place that one does not leave soon ";
	guest->length = strlen(guest->words);
	watch(fd, EPOLLIN | (manner == ENDLESS ? (uint32_t)EPOLLOUT : 0));
}

static void let_in(enum manner manner)
{
	int fd;

	while ((fd = accept4(listeners[manner], NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		if (fd >= GUESTS_MOST)
			close(fd);
		else
			greet(fd, manner);
	}
}

static void choose_words(struct guest *guest, unsigned char first)
{
	if (first == 0x16) {
		/* One handshake message after another, none of which ends soon. */
		guest->words = "\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03";
		guest->length = 11;
	} else if (first >= 'A' && first <= 'Z') {
		guest->words = "HTTP/1.1 200 OK\r\nX-Long: ";
		guest->length = strlen(guest->words);
	} else {
		guest->words = "\x00\x00\x10\x00";
		guest->length = 4;
	}
}

static void listen_to(int fd)
{
	struct guest *guest = &guests[fd];
	unsigned char heard[GULP];
	ssize_t got = recv(fd, heard, sizeof heard, 0);

	if (got == 0 || (got < 0 && errno != EAGAIN))
		forget(fd);
	else if (got > 0 && guest->at == 0)
		choose_words(guest, heard[0]);
}

/* Behind its first words a guest is told filler of the same kind for ever. */
static char next_byte(struct guest *guest)
{
	return guest->at < guest->length ? guest->words[guest->at] : 'x';
}

static void pour(int fd)
{
	struct guest *guest = &guests[fd];
	char gulp[GULP];
	ssize_t sent;

	for (size_t i = 0; i < sizeof gulp; i++) {
		gulp[i] = next_byte(guest);
		guest->at++;
	}
	sent = send(fd, gulp, sizeof gulp, MSG_NOSIGNAL);
	if (sent < 0 && errno != EAGAIN)
		forget(fd);
	else
		guest->at -= sizeof gulp - (sent < 0 ? 0 : (size_t)sent);
}

static void drip(void)
{
	time_t time = now();

	for (int fd = 0; fd < GUESTS_MOST; fd++) {
		struct guest *guest = &guests[fd];
		char byte;

		if (guest->manner != DRIPPING || guest->next > time)
			continue;
		byte = next_byte(guest);
		guest->at++;
		guest->next = time + DRIP_SECONDS;
		send(fd, &byte, 1, MSG_NOSIGNAL);
	}
}

static int open_listener(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 4096) < 0)
		fail("listen");
	watch(fd, EPOLLIN);
	return fd;
}

static void serve(const struct epoll_event *event)
{
	int fd = event->data.fd;

	for (int manner = 0; manner < MANNERS; manner++) {
		if (fd == listeners[manner]) {
			let_in((enum manner)manner);
			return;
		}
	}
	if (fd == STDIN_FILENO)
		exit(EXIT_SUCCESS);
	if (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		listen_to(fd);
	if (event->events & EPOLLOUT && guests[fd].manner == ENDLESS)
		pour(fd);
}

int main(int argc, char **argv)
{
	struct rlimit descriptors;
	struct epoll_event events[256];
	int port = argc == 2 ? (int)strtol(argv[1], NULL, 10) : 0;

	if (port < 1 || port > 65533) {
		fputs("usage: tarpit PORT\n", stderr);
		return EXIT_FAILURE;
	}
	getrlimit(RLIMIT_NOFILE, &descriptors);
	descriptors.rlim_cur = descriptors.rlim_max;
	setrlimit(RLIMIT_NOFILE, &descriptors);
	for (int fd = 0; fd < GUESTS_MOST; fd++)
		guests[fd].manner = MANNERS;
	poll = epoll_create1(0);
	for (int manner = 0; manner < MANNERS; manner++)
		listeners[manner] = open_listener((uint16_t)(port + manner));
	watch(STDIN_FILENO, EPOLLIN);
	puts("ready");
	fflush(stdout);
	for (;;) {
		int count = epoll_wait(poll, events, 256, 500);

		for (int i = 0; i < count; i++)
			serve(&events[i]);
		drip();
	}
}
