/* SPDX-License-Identifier: Apache-2.0 */
#include "net/snmp.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "net/datagram.h"
#include "net/pace.h"
#include "net/snmp_coder.h"

enum {
	ATTEMPTS = 2,
	REPETITIONS = 20,	/* names of programs fill a datagram by then */
	RUBBISH_MOST = 64	/* datagrams that answer nothing, to one question */
};

/* Before the question is asked again, and twice that before it is given up. Who is known to
 * be there may have to compute. */
#define PATIENCE_US CLOCK_SECOND
#define PATIENCE_KNOWN_US (2 * CLOCK_SECOND)

enum asking { ASKING_NOTHING, ASKING_ENGINE, ASKING_VALUES, WALKING };

struct snmp_talk {
	struct loop *loop;
	const struct route *route;
	int64_t deadline_us;
	uint8_t version;
	int fd;
	struct snmp_coder *coder;
	struct watch watch;
	struct timer timer;
	struct pace pace;
	bool known;			/* it has answered us before */

	enum asking asking;
	struct snmp_hearer hearer;
	struct snmp_name names[SNMP_ASK_MOST];
	size_t count;
	unsigned attempts, rubbish, repetitions;
	bool resynchronised;
	struct snmp_name root;
	size_t rows_left, bytes_left;
};

static void send_in_time(struct snmp_talk *talk);

struct snmp_talk *snmp_talk_new(struct loop *loop, const struct snmp_plan *plan,
				enum reason *reason)
{
	struct snmp_talk *talk;
	int fd = datagram_open(&plan->route->peer, &plan->route->source, reason);

	if (fd < 0)
		return NULL;
	talk = memory_new(1, sizeof *talk);
	talk->loop = loop;
	talk->route = plan->route;
	talk->deadline_us = plan->deadline_us;
	talk->version = plan->version;
	talk->fd = fd;
	talk->coder = snmp_coder_new(fd, plan);
	return talk;
}

void snmp_talk_free(struct snmp_talk *talk)
{
	if (!talk)
		return;
	watch_stop(&talk->watch);
	timer_stop(&talk->timer);
	pace_stop(&talk->pace);
	snmp_coder_free(talk->coder);
	close(talk->fd);
	free(talk);
}

const struct snmp_engine *snmp_talk_engine(const struct snmp_talk *talk)
{
	return snmp_coder_engine(talk->coder);
}

bool snmp_talk_become(struct snmp_talk *talk, const struct snmp_access *access)
{
	assert(snmp_talk_engine(talk)->length);
	return snmp_coder_become(talk->coder, access);
}

/* The hearer may free the talk: the last thing that is done with it. */
static void finish(struct snmp_talk *talk, enum reason reason, enum snmp_refusal refusal)
{
	const struct snmp_end end = { .reason = reason, .refusal = refusal };

	watch_stop(&talk->watch);
	timer_stop(&talk->timer);
	pace_stop(&talk->pace);
	talk->asking = ASKING_NOTHING;
	talk->hearer.done(talk->hearer.arg, &end);
}

static void finish_unanswered(struct snmp_talk *talk)
{
	finish(talk, talk->rubbish ? REASON_MALFORMED : REASON_TIMED_OUT, SNMP_NOT_REFUSED);
}

static void time_is_up(void *arg)
{
	struct snmp_talk *talk = arg;

	if (talk->attempts < ATTEMPTS)
		send_in_time(talk);
	else
		finish_unanswered(talk);
}

/* A short deadline leaves room for the second attempt, too. */
static int64_t patience_us(const struct snmp_talk *talk, int64_t now_us)
{
	int64_t patience = talk->known ? PATIENCE_KNOWN_US : PATIENCE_US;
	int64_t third = (talk->deadline_us - now_us) / 3;

	if (talk->attempts > 1)
		return 2 * patience;
	return third < patience ? third : patience;
}

static enum snmp_command command_of(const struct snmp_talk *talk)
{
	if (talk->asking != WALKING)
		return SNMP_GET;
	return talk->version == 1 ? SNMP_GET_NEXT : SNMP_GET_BULK;
}

static void ready(void *arg, unsigned what);

static void send_question(struct snmp_talk *talk)
{
	const struct snmp_question question = {
		.command = command_of(talk),
		.names = talk->names,
		.count = talk->count,
		.repetitions = talk->repetitions,
		.again = talk->attempts > 0
	};
	enum reason reason = snmp_coder_send(talk->coder, &question);
	int64_t now_us = clock_monotonic_us(), until_us;

	if (reason != REASON_NONE) {
		finish(talk, reason, SNMP_NOT_REFUSED);
		return;
	}
	talk->attempts++;
	until_us = now_us + patience_us(talk, now_us);
	if (until_us > talk->deadline_us)
		until_us = talk->deadline_us;
	watch_start(&talk->watch, talk->loop, talk->fd, LOOP_READ, ready, talk);
	timer_start(&talk->timer, talk->loop, until_us, time_is_up, talk);
}

static void budget_has_said(void *arg, struct outcome outcome)
{
	struct snmp_talk *talk = arg;

	if (outcome.reason == REASON_NONE)
		send_question(talk);
	else if (talk->attempts)
		finish_unanswered(talk);
	else
		finish(talk, outcome.reason, SNMP_NOT_REFUSED);
}

/* From the loop, so that `done` never comes before whoever asks has returned. */
static void send_in_time(struct snmp_talk *talk)
{
	timer_stop(&talk->timer);
	pace_start(&talk->pace, talk->loop, talk->route, talk->deadline_us, budget_has_said, talk);
}

static void ask_anew(struct snmp_talk *talk)
{
	talk->attempts = 0;
	talk->rubbish = 0;
	send_in_time(talk);
}

static void begin(struct snmp_talk *talk, enum asking asking, const struct snmp_hearer *hearer)
{
	assert(talk->asking == ASKING_NOTHING);
	talk->asking = asking;
	talk->hearer = *hearer;
	talk->resynchronised = false;
	ask_anew(talk);
}

void snmp_talk_discover(struct snmp_talk *talk, const struct snmp_hearer *hearer)
{
	talk->count = 0;
	begin(talk, ASKING_ENGINE, hearer);
}

void snmp_talk_get(struct snmp_talk *talk, const struct snmp_name *names, size_t count,
		   const struct snmp_hearer *hearer)
{
	assert(count && count <= SNMP_ASK_MOST);
	memcpy(talk->names, names, count * sizeof *names);
	talk->count = count;
	begin(talk, ASKING_VALUES, hearer);
}

void snmp_talk_walk(struct snmp_talk *talk, const struct snmp_walk *walk,
		    const struct snmp_hearer *hearer)
{
	talk->root = *walk->root;
	talk->names[0] = *walk->root;
	talk->count = 1;
	talk->rows_left = walk->rows_most;
	talk->bytes_left = walk->bytes_most;
	talk->repetitions = REPETITIONS;
	begin(talk, WALKING, hearer);
}

static void tell_values(struct snmp_talk *talk)
{
	struct snmp_value value;

	while (snmp_coder_next(talk->coder, &value))
		talk->hearer.value(talk->hearer.arg, &value);
}

/* Where a walk stands after one more value. */
enum walked { WALKED_ON, WALKED_TO_THE_END, WALKED_IN_CIRCLES, WALKED_TOO_FAR };

static enum walked walk_over(struct snmp_talk *talk, const struct snmp_value *value)
{
	if (value->end || !snmp_name_is_below(&value->name, &talk->root)) {
		/* Even the end must not lie behind us. */
		return value->end || snmp_name_compare(&value->name, &talk->names[0]) > 0
			       ? WALKED_TO_THE_END : WALKED_IN_CIRCLES;
	}
	if (snmp_name_compare(&value->name, &talk->names[0]) <= 0)
		return WALKED_IN_CIRCLES;
	if (!talk->rows_left || value->length > talk->bytes_left)
		return WALKED_TOO_FAR;
	talk->rows_left--;
	talk->bytes_left -= value->length;
	talk->names[0] = value->name;
	talk->hearer.value(talk->hearer.arg, value);
	return WALKED_ON;
}

static void walk_on(struct snmp_talk *talk)
{
	enum walked walked = WALKED_IN_CIRCLES;
	struct snmp_value value;

	while (snmp_coder_next(talk->coder, &value)) {
		walked = walk_over(talk, &value);
		if (walked != WALKED_ON)
			break;
	}
	if (walked == WALKED_ON)
		ask_anew(talk);
	else
		finish(talk,
		       walked == WALKED_TO_THE_END ? REASON_NONE
		       : walked == WALKED_TOO_FAR  ? REASON_TOO_MUCH
						   : REASON_MALFORMED,
		       SNMP_NOT_REFUSED);
}

/* RFC 3416 section 3: error-status. */
enum { ERROR_TOO_BIG = 1, ERROR_NO_SUCH_NAME = 2, ERROR_NO_ACCESS = 6, ERROR_AUTHORIZATION = 16 };

static void take_error(struct snmp_talk *talk, long error)
{
	if (error == ERROR_AUTHORIZATION || error == ERROR_NO_ACCESS) {
		finish(talk, REASON_NONE, SNMP_DENIED);
	} else if (talk->asking == WALKING && error == ERROR_TOO_BIG && talk->repetitions > 1) {
		talk->repetitions /= 2;
		ask_anew(talk);
	} else if (talk->asking == WALKING && error != ERROR_NO_SUCH_NAME) {
		finish(talk, REASON_MALFORMED, SNMP_NOT_REFUSED);
	} else {
		/* Version 1 ends walks like that, and knows no other word for what is absent. */
		finish(talk, REASON_NONE, SNMP_NOT_REFUSED);
	}
}

static void take_answer(struct snmp_talk *talk, const struct snmp_reply *reply)
{
	talk->known = true;
	if (reply->error) {
		take_error(talk, reply->error);
	} else if (talk->asking == WALKING) {
		walk_on(talk);
	} else {
		tell_values(talk);
		finish(talk, REASON_NONE, SNMP_NOT_REFUSED);
	}
}

static void take_rubbish(struct snmp_talk *talk)
{
	if (++talk->rubbish > RUBBISH_MOST)
		finish(talk, REASON_MALFORMED, SNMP_NOT_REFUSED);
}

static void take_report(struct snmp_talk *talk, const struct snmp_reply *reply)
{
	talk->known = true;
	if (talk->asking == ASKING_ENGINE) {
		finish(talk, REASON_NONE, SNMP_NOT_REFUSED);
	} else if (reply->out_of_time && !talk->resynchronised) {
		talk->resynchronised = true;
		ask_anew(talk);
	} else {
		finish(talk, REASON_NONE,
		       reply->refusal ? reply->refusal : SNMP_REFUSED_OTHERWISE);
	}
}

/* One datagram a turn: others want to be heard, too. */
static void ready(void *arg, unsigned what)
{
	struct snmp_talk *talk = arg;
	const struct snmp_reply *reply = snmp_coder_read(talk->coder);

	(void)what;
	switch (reply->heard) {
	case SNMP_HEARD_ERROR:
		finish(talk, reply->reason, SNMP_NOT_REFUSED);
		break;
	case SNMP_HEARD_RUBBISH:
		take_rubbish(talk);
		break;
	case SNMP_HEARD_REPORT:
		take_report(talk, reply);
		break;
	case SNMP_HEARD_ANSWER:
		if (talk->asking == ASKING_ENGINE)
			take_rubbish(talk);
		else
			take_answer(talk, reply);
		break;
	case SNMP_HEARD_NOTHING:
		break;
	}
}
