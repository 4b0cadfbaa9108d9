/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/part_scene.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collectors/collector.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/text.h"

enum { TIMEOUT_MS = 300 };

static size_t length_of(const struct part *part)
{
	return part->length || !part->says ? part->length : strlen(part->says);
}

static void hang_up(struct part_scene *scene)
{
	watch_stop(&scene->spoken_to);
	timer_stop(&scene->drip);
	if (scene->fd >= 0)
		close(scene->fd);
	scene->fd = -1;
}

/* The other side may be gone already; that is its good right. */
static void say(struct part_scene *scene, size_t from, size_t length)
{
	(void)!send(scene->fd, (const char *)scene->part->says + from, length,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void go_on_saying(void *arg)
{
	struct part_scene *scene = arg;
	size_t length = length_of(scene->part);

	if (scene->part->then == PART_REPEAT)
		say(scene, 0, length);
	else
		say(scene, scene->said++, 1);
	if (scene->part->then == PART_REPEAT || scene->said < length)
		timer_start(&scene->drip, scene->loop, clock_monotonic_us(), go_on_saying,
			    scene);
}

static void play(struct part_scene *scene)
{
	static const struct linger at_once = { .l_onoff = 1 };
	const struct part *part = scene->part;

	if (part->then == PART_DRIP || part->then == PART_REPEAT) {
		go_on_saying(scene);
		return;
	}
	if (part->says)
		say(scene, 0, length_of(part));
	if (part->then == PART_RESET)
		setsockopt(scene->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	if (part->then != PART_HOLD)
		hang_up(scene);
}

static void was_spoken_to(void *arg, unsigned what)
{
	struct part_scene *scene = arg;
	size_t room = PART_HEARD_MOST - scene->heard_length;
	bool first = !scene->heard_length;
	ssize_t got = recv(scene->fd, scene->heard + scene->heard_length, room, 0);

	(void)what;
	if (got <= 0) {
		scene->left = true;
		scene->reset = got < 0 && errno == ECONNRESET;
		hang_up(scene);
		return;
	}
	scene->heard_length += (size_t)got;
	if (first && scene->part->waits)
		play(scene);
}

static void was_called(void *arg, unsigned what)
{
	struct part_scene *scene = arg;

	(void)what;
	hang_up(scene);
	scene->fd = accept(scene->listener, NULL, NULL);
	assert_true(scene->fd >= 0);
	scene->calls++;
	watch_start(&scene->spoken_to, scene->loop, scene->fd, LOOP_READ, was_spoken_to, scene);
	if (!scene->part->waits)
		play(scene);
}

/* Where the port is given, an address that is nobody else's who runs this test beside us. */
static void choose_host(struct part_scene *scene)
{
	unsigned pid = (unsigned)getpid();

	if (scene->part->port)
		snprintf(scene->host, sizeof scene->host, "127.82.%u.%u", pid / 250 % 250,
			 pid % 250 + 1);
	else
		snprintf(scene->host, sizeof scene->host, "127.0.0.1");
}

void part_begin(struct part_scene *scene, const struct part *part)
{
	const struct resolver_settings settings = { .hosts_file = "/dev/null" };
	const int yes = 1;
	struct sockaddr_storage name;
	socklen_t length;
	struct address address;

	*scene = (struct part_scene){ .part = part, .loop = loop_new(), .fd = -1 };
	scene->resolver = resolver_new(scene->loop, &settings);
	scene->runner = runner_new(scene->loop, scene->resolver);
	scene->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	choose_host(scene);
	assert_true(address_parse(scene->host, &address));
	address.port = part->port;
	length = address_to_socket(&address, &name);
	assert_int_equal(setsockopt(scene->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes),
			 0);
	assert_int_equal(bind(scene->listener, (struct sockaddr *)&name, length), 0);
	assert_int_equal(listen(scene->listener, 4), 0);
	length = sizeof name;
	assert_int_equal(getsockname(scene->listener, (struct sockaddr *)&name, &length), 0);
	assert_true(address_from_socket(&name, &address));
	scene->port = address.port;
	watch_start(&scene->called, scene->loop, scene->listener, LOOP_READ, was_called, scene);
}

void part_end(struct part_scene *scene)
{
	runner_free(scene->runner);
	resolver_free(scene->resolver);
	hang_up(scene);
	watch_stop(&scene->called);
	close(scene->listener);
	observation_free(scene->seen);
	loop_free(scene->loop);
}

static void see(void *arg, struct observation *observation)
{
	struct part_scene *scene = arg;

	scene->seen = observation;
}

void part_look(struct part_scene *scene, struct request request)
{
	int64_t until_us = clock_monotonic_us() + 10 * CLOCK_SECOND;

	if (!request.subject.text)
		request.subject = (struct subject){ .kind = SUBJECT_TCP, .first = scene->port,
						    .last = scene->port, .text = "tcp/1" };
	if (!request.host)
		request.host = scene->host;
	if (!request.proxy)
		request.family = 4;
	if (!request.timeout_ms)
		request.timeout_ms = TIMEOUT_MS;
	runner_start(scene->runner, arena_new(), &request, see, scene);
	while ((!scene->seen || scene->fd >= 0) && clock_monotonic_us() < until_us)
		loop_turn(scene->loop, 10 * CLOCK_MILLISECOND);
	assert_non_null(scene->seen);
	assert_int_equal(scene->fd, -1);
}

const struct fact *part_fact(const struct part_scene *scene, const char *name)
{
	const struct fact_descriptor *about = fact_named(name);

	assert_non_null(about);
	return facts_get(scene->seen->facts, about);
}

void part_assert_fact(const struct part_scene *scene, const char *name, const char *described)
{
	const struct fact *fact = part_fact(scene, name);
	struct text text = { 0 };

	if (!described) {
		assert_null(fact);
		return;
	}
	assert_non_null(fact);
	fact_describe(fact, &text);
	assert_string_equal(text_string(&text), described);
	text_free(&text);
}

void part_assert_outcome(const struct part_scene *scene, enum stage stage, enum reason reason)
{
	assert_string_equal(reason_word(scene->seen->outcome.reason), reason_word(reason));
	assert_string_equal(stage_word(scene->seen->outcome.stage), stage_word(stage));
}
