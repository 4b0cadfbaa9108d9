/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of the port collector share: a loop with a runner in it, wishes to be
 * looked at, and sockets on loopback.
 */
#ifndef TESTS_UNIT_PORT_SCENE_H
#define TESTS_UNIT_PORT_SCENE_H

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collectors/port.h"
#include "ground/clock.h"
#include "ground/memory.h"

/* Large ranges are looked at where no other test has a server to disturb. */
#define NOBODYS "127.81.0.1"

struct scene {
	struct loop *loop;
	struct resolver *resolver;
	struct runner *runner;
	size_t under_way;
};

/* What became of one request. */
struct seen {
	struct scene *scene;
	struct observation *observation;
};

static inline int scene_set(void **state)
{
	static const struct resolver_settings settings = { .servers = "127.0.0.1" };
	struct scene *scene = memory_new(1, sizeof *scene);

	scene->loop = loop_new();
	scene->resolver = resolver_new(scene->loop, &settings);
	scene->runner = runner_new(scene->loop, scene->resolver);
	*state = scene;
	return 0;
}

static inline int scene_clear(void **state)
{
	struct scene *scene = *state;

	runner_free(scene->runner);
	resolver_free(scene->resolver);
	loop_free(scene->loop);
	free(scene);
	return 0;
}

static inline void deliver(void *arg, struct observation *observation)
{
	struct seen *seen = arg;

	seen->observation = observation;
	if (!--seen->scene->under_way)
		loop_stop(seen->scene->loop);
}

struct wish {
	const char *host;
	const char *source;
	enum subject_kind kind;
	uint16_t first, last;	/* last 0: the same */
	uint32_t timeout_ms;	/* 0: 5000 */
	uint32_t packets_per_second;
};

/* Not who answers: that is test_port_reply.c's. */
static inline uint64_t state_alone(void)
{
	int row = collector_fact_row(&port_collector, fact_named("port.state"));

	return UINT64_C(1) << row;
}

static inline void start(struct scene *scene, const struct wish *wish, struct seen *seen)
{
	struct arena *arena = arena_new();
	struct request request = {
		.collector = &port_collector,
		.subject = { .kind = wish->kind, .first = wish->first,
			     .last = wish->last ? wish->last : wish->first, .text = "" },
		.host = arena_copy(arena, wish->host),
		.source = wish->source,
		.family = strchr(wish->host, ':') ? 6 : 4,
		.timeout_ms = wish->timeout_ms ? wish->timeout_ms : 5000,
		.packets_per_second = wish->packets_per_second,
		.wanted = state_alone(),
	};

	*seen = (struct seen){ .scene = scene };
	scene->under_way++;
	runner_start(scene->runner, arena, &request, deliver, seen);
}

static inline void look(struct scene *scene, const struct wish *wish, struct seen *seen)
{
	start(scene, wish, seen);
	loop_run(scene->loop);
	assert_non_null(seen->observation);
}

static const struct fact *fact_of(const struct seen *seen, const char *name)
{
	return facts_get(seen->observation->facts, fact_named(name));
}

static inline void assert_text(const struct seen *seen, const char *name, const char *expected)
{
	const struct fact *fact = fact_of(seen, name);

	assert_non_null(fact);
	assert_string_equal(fact->text, expected);
}

static inline void assert_observed(const struct seen *seen)
{
	assert_int_equal(seen->observation->outcome.reason, REASON_NONE);
}

static inline void forget(struct seen *seen)
{
	observation_free(seen->observation);
	seen->observation = NULL;
}

/* A socket on a port the system chooses; -1 when this machine has no such address. */
static inline int bound_socket(const char *host, int type, uint16_t *port)
{
	struct sockaddr_storage name;
	struct address address;
	socklen_t length;
	int fd;

	assert_true(address_parse(host, &address));
	address.port = *port;
	length = address_to_socket(&address, &name);
	fd = socket(address_domain(&address), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&name, length)) {
		close(fd);
		return -1;
	}
	length = sizeof name;
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	assert_true(address_from_socket(&name, &address));
	*port = address.port;
	return fd;
}

/* A listener whose queue is full leaves a SYN without any answer. */
static inline int full_listener(uint16_t *port, int fillers[static 3])
{
	int fd = bound_socket("127.0.0.1", SOCK_STREAM, port);
	struct sockaddr_storage name;
	socklen_t length = sizeof name;

	assert_int_equal(listen(fd, 0), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	for (int i = 0; i < 3; i++) {
		fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(fillers[i], (struct sockaddr *)&name, length);
	}
	return fd;
}

static inline void close_all(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set, scene_clear)

#endif
