/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/sip_scene.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The other side may be gone already; that is its good right. */
static void send_bytes(struct scene *scene, int fd, const char *bytes, size_t length)
{
	bool over_udp = fd == scene->listener || fd == scene->elsewhere;

	(void)!sendto(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT,
		      over_udp ? (struct sockaddr *)&scene->asker : NULL,
		      over_udp ? scene->asker_length : 0);
}

static void add_field(struct text *out, const struct scene *scene, const char *name)
{
	const char *field = strstr(text_string(&scene->heard), name);

	assert_non_null(field);
	field += strlen(name);
	text_add_bytes(out, field, strcspn(field, "\r"));
}

static void add_placeholder(struct text *out, const struct scene *scene, char letter)
{
	static const struct {
		char letter;
		const char *name;
	} fields[] = {
		{ 'V', "\r\nVia: " }, { 'F', "\r\nFrom: " }, { 'T', "\r\nTo: " },
		{ 'I', "\r\nCall-ID: " }, { 'C', "\r\nCSeq: " }, { 'B', ";branch=" },
	};
	struct address asker;

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (fields[i].letter == letter)
			add_field(out, scene, fields[i].name);
	if (letter == 'P') {
		assert_true(address_from_socket(&scene->asker, &asker));
		text_add_unsigned(out, asker.port);
	}
}

static void compose(struct scene *scene, const struct part *part)
{
	size_t length = part->length ? part->length : strlen(part->words);

	text_clear(&scene->said);
	for (size_t i = 0; i < length; i++) {
		if (part->words[i] == '$' && i + 1 < length)
			add_placeholder(&scene->said, scene, part->words[++i]);
		else
			text_add_char(&scene->said, part->words[i]);
	}
}

static int speaker(const struct scene *scene)
{
	return scene->fd >= 0 ? scene->fd : scene->listener;
}

static void drip(void *arg)
{
	struct scene *scene = arg;

	send_bytes(scene, speaker(scene), scene->said.bytes + scene->dripped++, 1);
	if (scene->dripped < scene->said.length)
		timer_start(&scene->dripping, scene->loop, clock_monotonic_us(), drip, scene);
}

static void pour(void *arg, unsigned what)
{
	struct scene *scene = arg;

	(void)what;
	send_bytes(scene, speaker(scene), scene->said.bytes, scene->said.length);
}

static void hang_up(struct scene *scene)
{
	watch_stop(&scene->pouring);
	timer_stop(&scene->dripping);
	if (scene->fd >= 0) {
		watch_stop(&scene->watch);
		close(scene->fd);
	}
	scene->fd = -1;
}

static void act(struct scene *scene, const struct part *part)
{
	if (part->words)
		compose(scene, part);
	switch (part->act) {
	case SAY:
		send_bytes(scene, speaker(scene), scene->said.bytes, scene->said.length);
		break;
	case ELSEWHERE:
		send_bytes(scene, scene->elsewhere, scene->said.bytes, scene->said.length);
		break;
	case DRIP:
		drip(scene);
		break;
	case POUR:
		watch_start(&scene->pouring, scene->loop, speaker(scene), LOOP_WRITE, pour,
			    scene);
		break;
	case HANG_UP:
		hang_up(scene);
		break;
	}
}

static void was_asked(void *arg, unsigned what)
{
	struct scene *scene = arg;
	bool over_udp = scene->fd < 0;
	char room[4096];
	ssize_t got = recvfrom(speaker(scene), room, sizeof room, 0,
			       over_udp ? (struct sockaddr *)&scene->asker : NULL,
			       over_udp ? &scene->asker_length : NULL);

	(void)what;
	if (got <= 0) {
		hang_up(scene);
		return;
	}
	if (over_udp)
		text_clear(&scene->heard);
	text_add_bytes(&scene->heard, room, (size_t)got);
	if (!strstr(text_string(&scene->heard), "\r\n\r\n") ||
	    ++scene->requests <= scene->script->lost)
		return;
	for (size_t i = 0; i < PARTS_MOST && scene->script->parts[i].act; i++)
		act(scene, &scene->script->parts[i]);
}

static void was_called(void *arg, unsigned what)
{
	struct scene *scene = arg;

	(void)what;
	scene->asker_length = sizeof scene->asker;
	scene->fd = accept(scene->listener, (struct sockaddr *)&scene->asker,
			   &scene->asker_length);
	assert_true(scene->fd >= 0);
	watch_stop(&scene->watch);
	watch_start(&scene->watch, scene->loop, scene->fd, LOOP_READ, was_asked, scene);
}

static int bound_socket(int type, uint16_t *port)
{
	struct sockaddr_storage name;
	struct address address;
	socklen_t length;
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_true(address_parse("127.0.0.1", &address));
	length = address_to_socket(&address, &name);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, length), 0);
	assert_true(address_of_socket(fd, &address));
	*port = address.port;
	return fd;
}

void scene_begin(struct scene *scene, const struct script *script)
{
	static const struct resolver_settings settings = { .hosts_file = "/dev/null" };
	bool over_udp = !script->kind || script->kind == SUBJECT_UDP;
	uint16_t port;

	*scene = (struct scene){ .script = script, .loop = loop_new(), .fd = -1,
				 .asker_length = sizeof scene->asker };
	scene->resolver = resolver_new(scene->loop, &settings);
	scene->runner = runner_new(scene->loop, scene->resolver);
	scene->listener = bound_socket(over_udp ? SOCK_DGRAM : SOCK_STREAM, &scene->port);
	scene->elsewhere = bound_socket(SOCK_DGRAM, &port);
	if (!over_udp)
		assert_int_equal(listen(scene->listener, 1), 0);
	watch_start(&scene->watch, scene->loop, scene->listener, LOOP_READ,
		    over_udp ? was_asked : was_called, scene);
}

struct request request_to(const struct scene *scene)
{
	enum subject_kind kind = scene->script->kind ? scene->script->kind : SUBJECT_UDP;

	return (struct request){
		.collector = collector_named("sip"),
		.subject = { .kind = kind, .first = scene->port, .last = scene->port,
			     .text = "" },
		.host = "127.0.0.1",
		.family = 4,
		.timeout_ms = TIMEOUT_MS
	};
}

static void see(void *arg, struct observation *observation)
{
	struct scene *scene = arg;

	scene->seen = observation;
}

void begin(struct scene *scene, const struct request *request)
{
	runner_start(scene->runner, arena_new(), request, see, scene);
}

void observe(struct scene *scene, const struct request *request)
{
	int64_t until_us = clock_monotonic_us() + 10 * CLOCK_SECOND;

	begin(scene, request);
	while (!scene->seen && clock_monotonic_us() < until_us)
		loop_turn(scene->loop, 10 * CLOCK_MILLISECOND);
	assert_non_null(scene->seen);
}

void look(struct scene *scene, const struct script *script)
{
	scene_begin(scene, script);
	const struct request request = request_to(scene);
	observe(scene, &request);
}

void scene_end(struct scene *scene)
{
	runner_free(scene->runner);
	resolver_free(scene->resolver);
	hang_up(scene);
	watch_stop(&scene->watch);
	close(scene->listener);
	close(scene->elsewhere);
	text_free(&scene->heard);
	text_free(&scene->said);
	observation_free(scene->seen);
	loop_free(scene->loop);
}

void assert_outcome(const struct scene *scene, enum stage stage, enum reason reason)
{
	assert_string_equal(reason_word(scene->seen->outcome.reason), reason_word(reason));
	assert_string_equal(stage_word(scene->seen->outcome.stage), stage_word(stage));
}

void assert_fact(const struct scene *scene, const char *name, const char *expected)
{
	const struct fact *fact = facts_get(scene->seen->facts, fact_named(name));
	struct text text = { 0 };

	if (!expected) {
		assert_null(fact);
		return;
	}
	assert_non_null(fact);
	fact_describe(fact, &text);
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

void play(const struct script *script, enum stage stage, enum reason reason,
	  const char *status)
{
	struct scene scene;

	look(&scene, script);
	assert_outcome(&scene, stage, reason);
	assert_fact(&scene, "sip.status", status);
	scene_end(&scene);
}
