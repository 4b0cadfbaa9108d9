/* SPDX-License-Identifier: Apache-2.0
 *
 * Binds the services to their addresses and lets them speak, each visitor by itself.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "contrib/demo/demo.h"
#include "ground/clock.h"
#include "ground/memory.h"

enum { VISITORS_MOST = 256, BLOCKS = 256 * 32, BLOCK_WIDTH = 8 };

#define PATIENCE_US (10 * CLOCK_SECOND)

struct visitor {
	struct post *post;
	struct visitor *next;
	struct tls_talk *talk;	/* NULL: in the clear, so far */
	struct watch watch;
	struct timer patience;
	int fd;
};

static void visitor_release(struct visitor *visitor)
{
	watch_stop(&visitor->watch);
	timer_stop(&visitor->patience);
	tls_talk_free(visitor->talk);
	close(visitor->fd);
}

static void visitor_end(struct visitor *visitor)
{
	struct demo *demo = visitor->post->demo;
	struct visitor **place = &demo->visitors;

	while (*place != visitor)
		place = &(*place)->next;
	*place = visitor->next;
	demo->visitor_count--;
	visitor_release(visitor);
	loop_later(demo->loop, free, visitor);
}

static void visitor_bored(void *arg)
{
	visitor_end(arg);
}

/* What is left of a reply that does not fit into the socket at once is not sent: replies are
 * small. */
static bool visitor_send(struct visitor *visitor, const struct writer *out)
{
	return !out->length || send(visitor->fd, out->bytes, out->length, MSG_NOSIGNAL) ==
				       (ssize_t)out->length;
}

static bool visitor_flush(struct visitor *visitor)
{
	struct writer out;
	bool sent;

	writer_grow_up_to(&out, 1 << 16);
	tls_talk_drain(visitor->talk, &out);
	sent = writer_ok(&out) && visitor_send(visitor, &out);
	writer_free(&out);
	return sent;
}

static bool visitor_tell(struct visitor *visitor, const struct writer *out)
{
	if (!visitor->talk)
		return visitor_send(visitor, out);
	tls_talk_say(visitor->talk, out->bytes, out->length);
	return true;
}

/* Whether the conversation goes on. */
static bool visitor_answer(struct visitor *visitor, const void *bytes, size_t length)
{
	const struct service *service = visitor->post->scene.service;
	uint8_t room[SERVICE_REPLY_MOST];
	enum follows follows;
	struct reader in;
	struct writer out;

	if (!service->answer)
		return false;
	reader_init(&in, bytes, length);
	writer_init(&out, room, sizeof room);
	follows = service->answer(&visitor->post->scene, &in, &out);
	if (!out.length || !writer_ok(&out) || !visitor_tell(visitor, &out))
		return false;
	if (follows == FOLLOWS_TLS && visitor->post->tls && !visitor->talk)
		visitor->talk = tls_talk_new(visitor->post->tls);
	return follows != FOLLOWS_END;
}

static bool visitor_hear_tls(struct visitor *visitor, const void *bytes, size_t length)
{
	struct writer said;
	bool goes_on;

	writer_grow_up_to(&said, 1 << 16);
	goes_on = tls_talk_hear(visitor->talk, bytes, length, &said);
	if (said.length && !visitor_answer(visitor, said.bytes, said.length)) {
		tls_talk_part(visitor->talk);
		goes_on = false;
	}
	writer_free(&said);
	return visitor_flush(visitor) && goes_on;
}

static void visitor_speaks(void *arg, unsigned what)
{
	struct visitor *visitor = arg;
	uint8_t came[SERVICE_REPLY_MOST];
	ssize_t length = recv(visitor->fd, came, sizeof came, 0);

	(void)what;
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length <= 0 || !(visitor->talk
				     ? visitor_hear_tls(visitor, came, (size_t)length)
				     : visitor_answer(visitor, came, (size_t)length)))
		visitor_end(visitor);
}

static void visitor_greet(struct visitor *visitor)
{
	uint8_t room[SERVICE_REPLY_MOST];
	struct writer out;

	writer_init(&out, room, sizeof room);
	visitor->post->scene.service->greet(&visitor->post->scene, &out);
	if (!visitor_tell(visitor, &out))
		visitor_end(visitor);
}

static void post_visited(void *arg, unsigned what)
{
	struct post *post = arg;
	struct demo *demo = post->demo;
	int fd = accept4(post->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct visitor *visitor;

	(void)what;
	if (fd < 0)
		return;
	if (demo->visitor_count == VISITORS_MOST) {
		close(fd);
		return;
	}
	visitor = memory_new(1, sizeof *visitor);
	visitor->post = post;
	visitor->fd = fd;
	visitor->next = demo->visitors;
	demo->visitors = visitor;
	demo->visitor_count++;
	if (post->tls && !post->scene.service->tls_later)
		visitor->talk = tls_talk_new(post->tls);
	watch_start(&visitor->watch, demo->loop, fd, LOOP_READ, visitor_speaks, visitor);
	timer_start(&visitor->patience, demo->loop, clock_monotonic_us() + PATIENCE_US,
		    visitor_bored, visitor);
	if (post->scene.service->greet)
		visitor_greet(visitor);
}

static void post_asked(void *arg, unsigned what)
{
	struct post *post = arg;
	uint8_t came[SERVICE_REPLY_MOST], room[SERVICE_REPLY_MOST];
	struct sockaddr_storage from;
	socklen_t width = sizeof from;
	ssize_t length = recvfrom(post->fd, came, sizeof came, 0, (struct sockaddr *)&from, &width);
	struct reader in;
	struct writer out;

	(void)what;
	if (length < 0)
		return;
	reader_init(&in, came, (size_t)length);
	writer_init(&out, room, sizeof room);
	if (post->scene.service->answer)
		post->scene.service->answer(&post->scene, &in, &out);
	if (out.length && writer_ok(&out))
		(void)sendto(post->fd, out.bytes, out.length, 0, (struct sockaddr *)&from, width);
}

/* A bound socket, or -1 with errno. */
static int bind_at(const struct address *address, enum service_kind kind, uint16_t port)
{
	int type = kind == SERVICE_UDP ? SOCK_DGRAM : SOCK_STREAM;
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct address place = *address;
	struct sockaddr_storage name;
	socklen_t width;
	int yes = 1, error;

	if (fd < 0)
		return -1;
	place.port = port;
	width = address_to_socket(&place, &name);
	if (type == SOCK_STREAM)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, (struct sockaddr *)&name, width) == 0 &&
	    (type == SOCK_DGRAM || listen(fd, 64) == 0))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* At its own port, else at one moved upwards. What UDP services speak is asked for by their
 * port number, so there is no sense in moving those; but name servers are told by theirs. */
static bool post_open(struct post *post, const struct address *address)
{
	const struct service *service = post->scene.service;
	bool stays = service->kind == SERVICE_UDP && service->answer != name_answer;

	for (int move = 0; move <= (stays ? 0 : MOVES_MOST); move++) {
		unsigned port = service->port + (unsigned)move * MOVE_BY;

		post->fd = port > UINT16_MAX ? -1
					     : bind_at(address, service->kind, (uint16_t)port);
		if (post->fd >= 0) {
			post->port = (uint16_t)port;
			return true;
		}
	}
	return stays;
}

/* NULL, or what is wrong. */
static const char *stand_open(struct demo *demo, struct stand *stand)
{
	uint16_t https_port = 0;

	for (const struct service *service = stand->system->services; service->title; service++) {
		struct post *post = &stand->posts[stand->post_count++];

		*post = (struct post){ .demo = demo, .fd = -1 };
		post->scene = (struct scene){ .service = service, .address = stand->where,
					      .names = stand->system->names };
		if (!post_open(post, &stand->address))
			return "a service cannot be opened on a loopback address";
		if (service->tls) {
			post->tls = tls_service_new(demo->authority, service->tls, stand->where,
						    stand->system->names);
			if (!post->tls)
				return "this machine's OpenSSL cannot be as weak as it should";
		}
		if (service->port == 443)
			https_port = post->port;
	}
	for (size_t i = 0; i < stand->post_count; i++)
		stand->posts[i].scene.https_port = https_port;
	return NULL;
}

/* An abstract name is known to this network namespace only, as the addresses are. */
static bool demo_claim(struct demo *demo, const struct address *first)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	char where[ADDRESS_ROOM];
	int width;

	address_format(first, where);
	width = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "ucposture-demo-%s", where);
	demo->claim = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (demo->claim < 0)
		return false;
	if (bind(demo->claim, (struct sockaddr *)&name,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)width)) == 0)
		return true;
	close(demo->claim);
	demo->claim = -1;
	return false;
}

const char *demo_settle(struct demo *demo)
{
	unsigned start = (unsigned)getpid(), block = 0;
	struct address first = { .family = 4 };
	const char *wrong = NULL;

	for (; block < BLOCKS; block++) {
		unsigned at = (start + block) % BLOCKS * BLOCK_WIDTH;
		uint8_t bytes[] = { 127, 77, (uint8_t)(at >> 8), (uint8_t)(at & 255) };

		memcpy(first.bytes, bytes, sizeof bytes);
		if (demo_claim(demo, &first))
			break;
	}
	if (block == BLOCKS)
		return "other demonstrations have all addresses in 127.77.0.0/16";
	for (const struct system *system = systems(); system->name && !wrong; system++) {
		struct stand *stand = &demo->stands[demo->stand_count++];

		*stand = (struct stand){ .system = system, .address = first };
		stand->address.bytes[3] = (uint8_t)(first.bytes[3] + demo->stand_count);
		address_format(&stand->address, stand->where);
		wrong = stand_open(demo, stand);
	}
	return wrong;
}

void demo_serve(struct demo *demo)
{
	for (size_t i = 0; i < demo->stand_count; i++) {
		struct stand *stand = &demo->stands[i];

		for (size_t j = 0; j < stand->post_count; j++) {
			struct post *post = &stand->posts[j];

			if (post->fd >= 0)
				watch_start(&post->watch, demo->loop, post->fd, LOOP_READ,
					    post->scene.service->kind == SERVICE_UDP ? post_asked
										     : post_visited,
					    post);
		}
	}
}

void demo_close(struct demo *demo)
{
	for (struct visitor *visitor = demo->visitors, *next; visitor; visitor = next) {
		next = visitor->next;
		visitor_release(visitor);
		free(visitor);
	}
	for (size_t i = 0; i < demo->stand_count; i++) {
		for (size_t j = 0; j < demo->stands[i].post_count; j++) {
			struct post *post = &demo->stands[i].posts[j];

			watch_stop(&post->watch);
			tls_service_free(post->tls);
			if (post->fd >= 0)
				close(post->fd);
		}
	}
	if (demo->claim >= 0)
		close(demo->claim);
}
