/* SPDX-License-Identifier: Apache-2.0
 *
 * ucdemo DIRECTORY PROFILES: a small simulated UC system on a loopback address of its own,
 * with known faults. Writes DIRECTORY/ucposture.yaml, says which rules of demo-pbx it
 * breaks, then `ready`, and serves until SIGTERM or until its parent is gone. Ports it may
 * not bind, or that the machine uses itself, are moved, and the configuration says where to.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "contrib/demo/service.h"
#include "ground/clock.h"
#include "ground/json.h"
#include "ground/memory.h"
#include "net/address.h"
#include "net/loop.h"

enum { SERVICES_MOST = 32, VISITORS_MOST = 64, MOVE_BY = 10000, MOVES_MOST = 5 };
enum { ADDRESSES_MOST = 64 << 8 };

#define PATIENCE_US (10 * CLOCK_SECOND)

struct demo;

struct post {
	struct demo *demo;
	const struct service *service;
	struct watch watch;
	int fd;
	uint16_t port;		/* where it really is; 0: nowhere */
};

struct visitor {
	struct demo *demo;
	const struct service *service;
	struct visitor *next;
	struct watch watch;
	struct timer patience;
	int fd;
};

struct demo {
	struct loop *loop;
	struct address address;
	struct post posts[SERVICES_MOST];
	size_t post_count;
	struct visitor *visitors;
	size_t visitor_count;
};

static void visitor_release(struct visitor *visitor)
{
	watch_stop(&visitor->watch);
	timer_stop(&visitor->patience);
	close(visitor->fd);
}

static void visitor_end(struct visitor *visitor)
{
	struct visitor **place = &visitor->demo->visitors;

	while (*place != visitor)
		place = &(*place)->next;
	*place = visitor->next;
	visitor->demo->visitor_count--;
	visitor_release(visitor);
	loop_later(visitor->demo->loop, free, visitor);
}

static void visitor_bored(void *arg)
{
	visitor_end(arg);
}

static bool visitor_tell(struct visitor *visitor, const struct writer *out)
{
	ssize_t sent = send(visitor->fd, out->bytes, out->length, MSG_NOSIGNAL);

	return sent >= 0 && (size_t)sent == out->length;
}

static void visitor_speaks(void *arg, unsigned what)
{
	struct visitor *visitor = arg;
	const struct service *service = visitor->service;
	uint8_t came[SERVICE_REPLY_MOST], room[SERVICE_REPLY_MOST];
	ssize_t length = recv(visitor->fd, came, sizeof came, 0);
	struct reader in;
	struct writer out;

	(void)what;
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	writer_init(&out, room, sizeof room);
	if (length > 0 && service->answer) {
		reader_init(&in, came, (size_t)length);
		service->answer(&in, &out);
	}
	if (!out.length || !writer_ok(&out) || !visitor_tell(visitor, &out))
		visitor_end(visitor);
}

static void visitor_greet(struct visitor *visitor)
{
	uint8_t room[SERVICE_REPLY_MOST];
	struct writer out;

	writer_init(&out, room, sizeof room);
	visitor->service->greet(&out);
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
	visitor->demo = demo;
	visitor->service = post->service;
	visitor->fd = fd;
	visitor->next = demo->visitors;
	demo->visitors = visitor;
	demo->visitor_count++;
	watch_start(&visitor->watch, demo->loop, fd, LOOP_READ, visitor_speaks, visitor);
	timer_start(&visitor->patience, demo->loop, clock_monotonic_us() + PATIENCE_US,
		    visitor_bored, visitor);
	if (post->service->greet)
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
	post->service->answer(&in, &out);
	if (out.length && writer_ok(&out))
		(void)sendto(post->fd, out.bytes, out.length, 0, (struct sockaddr *)&from, width);
}

/* A bound socket, or -1 with errno. */
static int post_bind(const struct service *service, const struct address *address, uint16_t port)
{
	int type = service->kind == SERVICE_UDP ? SOCK_DGRAM : SOCK_STREAM;
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
	    (service->kind != SERVICE_TCP || listen(fd, 64) == 0))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* At its own port, else at one moved upwards. What UDP services speak is asked for by
 * their port number, so there is no sense in moving those. */
static bool post_open(struct post *post, const struct address *address)
{
	const struct service *service = post->service;
	int moves = service->kind == SERVICE_UDP ? 0 : MOVES_MOST;

	for (int move = 0; move <= moves; move++) {
		post->port = (uint16_t)(service->port + move * MOVE_BY);
		post->fd = post_bind(service, address, post->port);
		if (post->fd >= 0)
			return true;
		if (errno != EACCES && errno != EADDRINUSE)
			break;
	}
	post->port = 0;
	return service->kind == SERVICE_UDP;
}

static void demo_close(struct demo *demo)
{
	for (size_t i = 0; i < demo->post_count; i++) {
		watch_stop(&demo->posts[i].watch);
		if (demo->posts[i].fd >= 0)
			close(demo->posts[i].fd);
	}
	demo->post_count = 0;
}

static bool demo_open(struct demo *demo)
{
	for (const struct service *service = services(); service->title; service++) {
		struct post *post = &demo->posts[demo->post_count++];

		*post = (struct post){ .demo = demo, .service = service, .fd = -1 };
		if (post_open(post, &demo->address))
			continue;
		demo_close(demo);
		return false;
	}
	return true;
}

/* Two demonstrations at once: each takes the first address on which the debugger, which
 * cannot move out of the range that is swept, finds its port free. */
static bool demo_settle(struct demo *demo)
{
	const struct service *debugger = services();
	unsigned start = (unsigned)getpid();

	while (strcmp(debugger->rules[0], "maintenance") != 0)
		debugger++;
	for (unsigned i = 0; i < ADDRESSES_MOST; i++) {
		unsigned at = (start + i) % ADDRESSES_MOST;
		int claim;

		demo->address = (struct address){
			.family = 4, .bytes = { 127, 77, (uint8_t)(at >> 8), (uint8_t)(at & 255) }
		};
		claim = post_bind(debugger, &demo->address, debugger->port);
		if (claim < 0)
			continue;
		close(claim);
		if (demo_open(demo))
			return true;
	}
	return false;
}

static void demo_serve(struct demo *demo)
{
	for (size_t i = 0; i < demo->post_count; i++) {
		struct post *post = &demo->posts[i];

		if (post->fd < 0 || post->service->kind == SERVICE_CLOSED)
			continue;
		watch_start(&post->watch, demo->loop, post->fd, LOOP_READ,
			    post->service->kind == SERVICE_UDP ? post_asked : post_visited, post);
	}
}

static void write_override(FILE *file, const struct post *post, const char *rule)
{
	if (!post->port)
		fprintf(file, "      %s: { off: true }\n", rule);
	else
		fprintf(file, "      %s: { subject: tcp/%u }\n", rule, post->port);
}

/* JSON strings are YAML strings; a path may hold anything. */
static void write_path(FILE *file, const char *path)
{
	struct text quoted = { 0 };
	struct json json;

	json_begin(&json, &quoted, false);
	json_string(&json, NULL, path);
	fputs(text_string(&quoted), file);
	text_free(&quoted);
}

static bool demo_write_config(const struct demo *demo, const char *path, const char *profiles)
{
	FILE *file = fopen(path, "w");
	char address[ADDRESS_ROOM];
	bool moved = false;

	if (!file)
		return false;
	address_format(&demo->address, address);
	fputs("# Written by ucdemo: the simulated UC system and where its ports are.\n"
	      "agent:\n  profile_dir: ", file);
	write_path(file, profiles);
	fprintf(file, "\n  limits: { probes_per_second: 0, packets_per_second: 0 }\n"
		      "targets:\n  - name: demo-pbx\n    address: %s\n    timeout: 3s\n"
		      "    profiles: [ demo-pbx ]\n", address);
	for (size_t i = 0; i < demo->post_count; i++) {
		const struct post *post = &demo->posts[i];

		if (post->port == post->service->port)
			continue;
		if (!moved)
			fputs("    overrides:\n", file);
		moved = true;
		for (size_t rule = 0; rule < SERVICE_RULES && post->service->rules[rule]; rule++)
			write_override(file, post, post->service->rules[rule]);
	}
	return fclose(file) == 0;
}

static void demo_announce(const struct demo *demo, const char *config)
{
	char address[ADDRESS_ROOM];

	address_format(&demo->address, address);
	printf("address %s\nconfig %s\n", address, config);
	for (size_t i = 0; i < demo->post_count; i++) {
		const struct post *post = &demo->posts[i];

		if (post->port && post->port != post->service->port)
			printf("moved %s to port %u\n", post->service->title, post->port);
		for (unsigned rule = 0; post->port && rule < post->service->broken; rule++)
			printf("fault demo-pbx.%s\n", post->service->rules[rule]);
	}
	puts("ready");
	fflush(stdout);
}

static void demo_caught(void *arg)
{
	loop_stop(arg);
}

int main(int argc, char **argv)
{
	struct demo demo = { 0 };
	char config[PATH_MAX];
	pid_t parent = getppid();

	if (argc != 3) {
		fprintf(stderr, "usage: ucdemo DIRECTORY PROFILES\n");
		return 3;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		return 0;
	snprintf(config, sizeof config, "%s/ucposture.yaml", argv[1]);
	demo.loop = loop_new();
	loop_on_signal(demo.loop, SIGTERM, demo_caught, demo.loop);
	loop_on_signal(demo.loop, SIGINT, demo_caught, demo.loop);
	if (!demo_settle(&demo)) {
		fprintf(stderr, "ucdemo: no address in 127.77.0.0/16 has its ports free\n");
		return 1;
	}
	if (!demo_write_config(&demo, config, argv[2])) {
		fprintf(stderr, "ucdemo: cannot write %s: %s\n", config, strerror(errno));
		return 1;
	}
	demo_serve(&demo);
	demo_announce(&demo, config);
	loop_run(demo.loop);
	demo_close(&demo);
	for (struct visitor *visitor = demo.visitors, *next; visitor; visitor = next) {
		next = visitor->next;
		visitor_release(visitor);
		free(visitor);
	}
	loop_free(demo.loop);
	return 0;
}
