/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/smb_scene.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collectors/collector.h"
#include "ground/clock.h"
#include "ground/memory.h"

static void hang_up(struct talk *talk)
{
	watch_stop(&talk->watch);
	timer_stop(&talk->timer);
	if (talk->fd >= 0)
		close(talk->fd);
	talk->fd = -1;
}

/* The other side may be gone already; that is its good right. */
static void say(struct talk *talk, const void *bytes, size_t length)
{
	(void)!send(talk->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void drip(void *arg)
{
	struct talk *talk = arg;

	say(talk, talk->reply.bytes + talk->sent++, 1);
	if (talk->sent < talk->reply.length)
		timer_start(&talk->timer, talk->scene->loop, clock_monotonic_us(), drip, talk);
}

static void pour(void *arg, unsigned what)
{
	static const uint8_t zeroes[8192];
	struct talk *talk = arg;

	(void)what;
	say(talk, zeroes, sizeof zeroes);
}

static void reset(struct talk *talk)
{
	const struct linger at_once = { .l_onoff = 1 };

	setsockopt(talk->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	hang_up(talk);
}

static void act(struct talk *talk, const struct answer *answer)
{
	struct loop *loop = talk->scene->loop;

	switch (answer->act) {
	case CUT:
		say(talk, talk->reply.bytes, talk->reply.length / 2);
		hang_up(talk);
		break;
	case CLOSE:
		hang_up(talk);
		break;
	case RESET:
		reset(talk);
		break;
	case DRIP:
		drip(talk);
		break;
	case ENDLESS:
		say(talk, answer->say, answer->length);
		watch_start(&talk->watch, loop, talk->fd, LOOP_WRITE, pour, talk);
		break;
	case SAY:
		say(talk, answer->say, answer->length);
		break;
	case HONEST:
		say(talk, talk->reply.bytes, talk->reply.length);
		break;
	case SILENCE:
		break;
	}
}

/* In the words of offers.h. */
static const char *question_of(const struct talk *talk)
{
	const uint8_t *message = talk->request + FRAME_BYTES;

	return message[0] == 0xff ? offers[OFFER_SMB1].name : offers[5 - message[66]].name;
}

static bool is_complete(const struct talk *talk)
{
	const uint8_t *bytes = talk->request;

	return talk->received >= FRAME_BYTES &&
	       talk->received == FRAME_BYTES + (size_t)(bytes[2] << 8 | bytes[3]);
}

static void was_asked(void *arg, unsigned what)
{
	struct talk *talk = arg;
	const struct script *script = talk->scene->script;
	struct answer answer = { .act = HONEST };
	ssize_t got = recv(talk->fd, talk->request + talk->received,
			   sizeof talk->request - talk->received, 0);

	(void)what;
	if (got <= 0) {
		hang_up(talk);
		return;
	}
	talk->received += (size_t)got;
	if (!is_complete(talk))
		return;
	const char *question = question_of(talk);

	text_add_item(&talk->scene->questions, " ", question);
	for (size_t i = script->count; i-- > 0;)
		if (!script->answers[i].question || !strcmp(script->answers[i].question, question))
			answer = script->answers[i];
	if (answer.act == HONEST || answer.act == CUT || answer.act == DRIP)
		sample_load(&talk->reply, answer.server ? answer.server : script->server,
			    question);
	act(talk, &answer);
}

static void was_called(void *arg, unsigned what)
{
	struct scene *scene = arg;
	struct talk *talk = &scene->talks[scene->talk_count++];

	(void)what;
	assert_in_range(scene->talk_count, 1, TALKS_MOST);
	talk->scene = scene;
	talk->fd = accept(scene->listener, NULL, NULL);
	assert_true(talk->fd >= 0);
	watch_start(&talk->watch, scene->loop, talk->fd, LOOP_READ, was_asked, talk);
}

void scene_begin(struct scene *scene, const struct script *script)
{
	const struct resolver_settings settings = { .hosts_file = "/dev/null" };
	struct sockaddr_storage name;
	socklen_t length;
	struct address address;

	*scene = (struct scene){ .loop = loop_new(), .script = script };
	scene->resolver = resolver_new(scene->loop, &settings);
	scene->runner = runner_new(scene->loop, scene->resolver);
	scene->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(address_parse("127.0.0.1", &address));
	length = address_to_socket(&address, &name);
	assert_int_equal(bind(scene->listener, (struct sockaddr *)&name, length), 0);
	assert_int_equal(listen(scene->listener, TALKS_MOST), 0);
	length = sizeof name;
	assert_int_equal(getsockname(scene->listener, (struct sockaddr *)&name, &length), 0);
	assert_true(address_from_socket(&name, &address));
	scene->port = address.port;
	watch_start(&scene->watch, scene->loop, scene->listener, LOOP_READ, was_called, scene);
}

void scene_end(struct scene *scene)
{
	runner_free(scene->runner);
	resolver_free(scene->resolver);
	for (size_t i = 0; i < scene->talk_count; i++)
		hang_up(&scene->talks[i]);
	watch_stop(&scene->watch);
	close(scene->listener);
	observation_free(scene->seen);
	text_free(&scene->questions);
	loop_free(scene->loop);
}

static void see(void *arg, struct observation *observation)
{
	struct scene *scene = arg;

	scene->seen = observation;
}

struct request request_to(const struct scene *scene)
{
	return (struct request){
		.collector = collector_named("smb"),
		.subject = { .kind = SUBJECT_TCP, .first = scene->port, .last = scene->port,
			     .text = "tcp/445" },
		.host = "127.0.0.1",
		.family = 4,
		.timeout_ms = scene->script->patient ? PATIENT_MS : TIMEOUT_MS
	};
}

void begin(struct scene *scene, const struct request *request)
{
	runner_start(scene->runner, arena_new(), request, see, scene);
}

void observe(struct scene *scene, const struct request *request)
{
	int64_t until_us = clock_monotonic_us() + 5 * CLOCK_SECOND;

	begin(scene, request);
	while (!scene->seen && clock_monotonic_us() < until_us)
		loop_turn(scene->loop, 10 * CLOCK_MILLISECOND);
	assert_non_null(scene->seen);
}

void survey(struct scene *scene, const struct script *script)
{
	scene_begin(scene, script);
	const struct request request = request_to(scene);
	observe(scene, &request);
}

void assert_facts(const struct scene *scene, const char *expected)
{
	struct text text = { 0 };

	for (size_t i = 0; i < facts_count(scene->seen->facts); i++) {
		const struct fact *fact = facts_at(scene->seen->facts, i);

		if (fact->about->type == FACT_TIME)
			continue;
		text_add_item(&text, "; ", fact->about->name + strlen("smb."));
		text_add(&text, "=");
		fact_describe(fact, &text);
	}
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

void assert_outcome(const struct scene *scene, enum stage stage, enum reason reason)
{
	assert_string_equal(reason_word(scene->seen->outcome.reason), reason_word(reason));
	assert_string_equal(stage_word(scene->seen->outcome.stage), stage_word(stage));
}

void play(const struct script *script, const char *facts, enum stage stage,
	  enum reason reason, const char *questions)
{
	struct scene scene;

	survey(&scene, script);
	assert_outcome(&scene, stage, reason);
	assert_facts(&scene, facts);
	assert_string_equal(text_string(&scene.questions), questions);
	scene_end(&scene);
}
