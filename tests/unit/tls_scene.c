/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/tls_scene.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/memory.h"

/* --- the server ------------------------------------------------------------ */

static void hang_up(struct call *call)
{
	watch_stop(&call->watch);
	timer_stop(&call->timer);
	if (call->fd >= 0)
		close(call->fd);
	call->fd = -1;
}

/* The other side may be gone already; that is its good right. */
static void say(struct call *call, const void *bytes, size_t length)
{
	(void)!send(call->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void drip(void *arg)
{
	struct call *call = arg;

	say(call, call->answer + call->sent++, 1);
	if (call->sent < call->length)
		timer_start(&call->timer, call->scene->loop, clock_monotonic_us(), drip, call);
}

static void pour(void *arg, unsigned what)
{
	struct call *call = arg;

	(void)what;
	for (int i = 0; i < 100; i++)
		say(call, call->part->say, call->part->length);
}

static void reset(struct call *call)
{
	const struct linger at_once = { .l_onoff = 1 };

	setsockopt(call->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	hang_up(call);
}

static void listen_there(struct scene *scene);

static void return_from_lunch(void *arg)
{
	listen_there(arg);
}

static void leave_for_lunch(struct scene *scene, size_t ms)
{
	watch_stop(&scene->watch);
	close(scene->listener);
	timer_start(&scene->timer, scene->loop,
		    clock_monotonic_us() + (int64_t)ms * CLOCK_MILLISECOND, return_from_lunch,
		    scene);
}

static void act(struct call *call)
{
	const struct part *part = call->part;
	size_t count = part->count < call->length ? part->count : call->length;

	switch (part->act) {
	case VANISH:
		leave_for_lunch(call->scene, part->count);
		say(call, call->answer, call->length);
		break;
	case HONEST:
		say(call, call->answer, call->length);
		break;
	case DRIP:
		call->sent = 0;
		drip(call);
		break;
	case STOP:
	case CUT:
		say(call, call->answer, count);
		if (part->act == CUT)
			hang_up(call);
		break;
	case SAY:
		say(call, part->say, part->length);
		break;
	case ENDLESS:
		watch_start(&call->watch, call->scene->loop, call->fd, LOOP_WRITE, pour, call);
		break;
	case CLOSE:
		hang_up(call);
		break;
	case RESET:
		reset(call);
		break;
	case SILENCE:
	case CLOSE_AT_ONCE:
		break;
	}
}

enum { TDS_HEAD = 8 };

static void hear_tls(struct call *call, uint8_t *bytes, size_t length)
{
	size_t head = call->scene->script->tds ? TDS_HEAD : 0;

	assert_true(length > head);
	call->length = tls_server_answer(&call->server, bytes + head, length - head,
					 call->answer + head, sizeof call->answer - head);
	if (head) {
		call->length += head;
		call->answer[0] = 0x12;
		call->answer[1] = 1;
		call->answer[2] = (uint8_t)(call->length >> 8);
		call->answer[3] = (uint8_t)call->length;
	}
	act(call);
}

/* Says that it encrypts. */
static void say_prelogin(struct call *call)
{
	static const uint8_t prelogin[] = {
		4, 1, 0, 26, 0, 0, 1, 0,
		0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 255, 15, 0, 7, 208, 0, 0, 1
	};

	say(call, prelogin, sizeof prelogin);
}

static void was_told(void *arg, unsigned what)
{
	struct call *call = arg;
	const struct script *script = call->scene->script;
	uint8_t bytes[FLIGHT_MOST];
	ssize_t got = recv(call->fd, bytes, sizeof bytes, 0);
	const char *reply = script->tds ? NULL : script->replies[call->replied];

	(void)what;
	if (got <= 0) {
		hang_up(call);
	} else if (reply) {
		call->replied++;
		say(call, reply, strlen(reply));
	} else if (script->tds && !call->replied) {
		call->replied++;
		say_prelogin(call);
	} else {
		hear_tls(call, bytes, (size_t)got);
	}
}

static void was_called(void *arg, unsigned what)
{
	struct scene *scene = arg;
	const struct script *script = scene->script;
	struct call *call = &scene->calls[scene->call_count];
	size_t part = scene->call_count < script->count ? scene->call_count : script->count - 1;

	(void)what;
	assert_in_range(++scene->call_count, 1, CALLS_MOST);
	call->scene = scene;
	call->part = &script->parts[part];
	call->fd = accept(scene->listener, NULL, NULL);
	assert_true(call->fd >= 0);
	if (call->part->act == CLOSE_AT_ONCE) {
		hang_up(call);
		return;
	}
	tls_server_begin(&call->server, script->suite, script->groups);
	if (script->only_1_3)
		SSL_set_min_proto_version(call->server.ssl, TLS1_3_VERSION);
	if (script->asks_certificate)
		SSL_set_verify(call->server.ssl,
			       SSL_VERIFY_PEER |
				       (script->insists ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
			       NULL);
	if (script->greeting)
		say(call, script->greeting, strlen(script->greeting));
	watch_start(&call->watch, scene->loop, call->fd, LOOP_READ, was_told, call);
}

static void listen_there(struct scene *scene)
{
	struct sockaddr_storage name;
	socklen_t length = address_to_socket(&scene->address, &name);
	int on = 1;

	scene->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(scene->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	assert_int_equal(bind(scene->listener, (struct sockaddr *)&name, length), 0);
	assert_int_equal(listen(scene->listener, CALLS_MOST), 0);
	length = sizeof name;
	assert_int_equal(getsockname(scene->listener, (struct sockaddr *)&name, &length), 0);
	assert_true(address_from_socket(&name, &scene->address));
	watch_start(&scene->watch, scene->loop, scene->listener, LOOP_READ, was_called, scene);
}

/* --- the collector --------------------------------------------------------- */

static void ask(struct run *run);

static void was_answered(void *arg, const struct tls_answer *answer)
{
	struct run *run = arg;
	struct scene *scene = run->work;
	const struct tls_flight *flight = answer->flight;

	scene->talk = NULL;
	assert_in_range(scene->heard_count, 0, CALLS_MOST - 1);
	scene->heard[scene->heard_count++] = (struct heard){
		.end = answer->end,
		.said = flight->said,
		.starttls = answer->starttls ? answer->starttls->answer : STARTTLS_UNKNOWN,
		.version = flight->version,
		.suite = flight->suite,
		.group = flight->group,
		.alert = flight->alert,
		.complete = flight->complete,
		.chain_elements = flight->chain_elements,
		.chain_bytes = flight->chain.length
	};
	if (scene->heard_count < scene->questions)
		ask(run);
	else if (flight->complete)
		run_finish(run, (struct outcome){ .reason = REASON_NONE });
	else
		run_finish(run, tls_talk_failure(run, &scene->peer, answer));
}

static void ask(struct run *run)
{
	struct scene *scene = run->work;

	scene->talk = tls_talk_start(run, &scene->peer, &scene->question, was_answered, run);
}

static void asker_start(struct run *run)
{
	run->work = (void *)(uintptr_t)run->request->collector;
	ask(run);
}

static void asker_stop(struct run *run)
{
	struct scene *scene = run->work;

	if (scene->talk)
		tls_talk_cancel(scene->talk);
	scene->talk = NULL;
}

static void see(void *arg, struct observation *observation)
{
	struct scene *scene = arg;

	scene->seen = observation;
}

/* --- the test -------------------------------------------------------------- */

void scene_begin(struct scene *scene, const struct script *script)
{
	static const uint16_t suites[] = { 0x1301, 0x1302, 0xc02b };
	static const struct resolver_settings settings = { .hosts_file = "/dev/null" };
	size_t groups;

	*scene = (struct scene){
		.collector = { .name = "asker", .kinds = SUBJECT_TCP, .start = asker_start,
			       .stop = asker_stop },
		.loop = loop_new(),
		.script = script,
		.questions = 1,
		.question = {
			.offer = { .version = TLS_VERSION_1_3, .suites = suites,
				   .suite_count = 3, .groups = tls_keys_groups(&groups) },
			.until = TLS_UNTIL_CERTIFICATE,
			.keys = true
		}
	};
	scene->question.offer.group_count = groups;
	scene->resolver = resolver_new(scene->loop, &settings);
	scene->runner = runner_new(scene->loop, scene->resolver);
	assert_true(address_parse("127.0.0.1", &scene->address));
	listen_there(scene);
}

void scene_end(struct scene *scene)
{
	runner_free(scene->runner);
	resolver_free(scene->resolver);
	for (size_t i = 0; i < scene->call_count; i++) {
		hang_up(&scene->calls[i]);
		tls_server_end(&scene->calls[i].server);
	}
	watch_stop(&scene->watch);
	timer_stop(&scene->timer);
	close(scene->listener);
	observation_free(scene->seen);
	loop_free(scene->loop);
}

struct request request_to(const struct scene *scene)
{
	return (struct request){
		.collector = &scene->collector,
		.subject = { .kind = SUBJECT_TCP, .first = scene->address.port,
			     .last = scene->address.port, .text = "tcp/443" },
		.host = "127.0.0.1",
		.family = 4,
		.timeout_ms = TIMEOUT_MS
	};
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

void play(struct scene *scene, const struct script *script, size_t questions,
	  const char *starttls)
{
	struct request request;

	scene_begin(scene, script);
	scene->questions = questions;
	request = request_to(scene);
	request.starttls = starttls;
	observe(scene, &request);
}

void assert_outcome(const struct scene *scene, enum stage stage, enum reason reason)
{
	assert_string_equal(reason_word(scene->seen->outcome.reason), reason_word(reason));
	assert_string_equal(stage_word(scene->seen->outcome.stage), stage_word(stage));
}

void assert_note(const struct scene *scene, const char *note)
{
	if (note)
		assert_string_equal(scene->seen->detail, note);
	else
		assert_null(scene->seen->detail);
}
