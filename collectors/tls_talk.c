/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls_talk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "collectors/tls/tls_secrets.h"
#include "collectors/tls_plain.h"
#include "ground/clock.h"
#include "ground/memory.h"

enum {
	STEPS_MOST = 16,
	TRIES_MOST = 4,
	HELLO_MOST = TLS_COOKIE_MOST + 8192,
	INSIDE_MOST = 64 << 10,
	/* a chain, a staple, and what is around them */
	HEARD_MOST = 2 * TLS_CHAIN_BYTES_MOST
};

/* What waits, for silence or for a peer that is busy, leaves time for others. */
enum { PART_OF_DEADLINE = 3, PART_FOR_PAUSE = 4, SILENCES_MOST = 4 };

#define PATIENCE_LEAST_US CLOCK_SECOND

struct tls_talk {
	struct starttls starttls;	/* first: the steps of a protocol see only this */
	struct run *run;
	struct tls_peer *peer;
	const struct tls_question *question;
	const struct starttls_protocol *protocol;	/* NULL: TLS from the first byte */
	void (*done)(void *arg, const struct tls_answer *answer);
	void *arg;
	struct route route;
	struct timer pause;
	struct dialogue *dialogue;
	struct step steps[STEPS_MOST];
	size_t step_count;
	unsigned tries;
	bool greeted;			/* our hello is on its way */
	bool answered;			/* and something came */
	struct dialogue_end kept;	/* an end that is told later than it came */
	struct tls_offer offer;
	struct tls_key_share share;
	struct tls_secrets *secrets;
	struct tls_flight flight;
	bool retried;
	struct writer inside;		/* TLS bytes out of their wrapping */
};

static struct loop *talk_loop(const struct tls_talk *talk)
{
	return run_loop(talk->run);
}

/* --- saying hello ---------------------------------------------------------- */

static int64_t longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t shorter(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* For the first byte of an answer. A peer that has never said anything may be slow, so it
 * gets twice as long each time. */
static int64_t patience_us(const struct tls_talk *talk, int64_t now_us)
{
	const struct tls_peer *peer = talk->peer;
	int64_t us = longer(PATIENCE_LEAST_US,
			    10 * (now_us - dialogue_began_us(talk->dialogue)));

	us = longer(us, 3 * peer->slowest_us);
	return peer->spoke ? us : us << peer->silences;
}

static void wait_for_us(const struct tls_talk *talk, int64_t us)
{
	int64_t now_us = loop_now_us(talk_loop(talk));
	int64_t most_us = (talk->run->deadline_us - now_us) / PART_OF_DEADLINE;

	dialogue_wait_until(talk->dialogue, now_us + shorter(us, most_us));
}

static void wrap_records(struct writer *out, const struct tls_talk *talk,
			 uint16_t record_version, const struct writer *message)
{
	uint8_t room[HELLO_MOST];
	struct writer records;

	writer_init(&records, room, sizeof room);
	tls_put_records(&records, record_version, message->bytes, message->length);
	out->failed |= !writer_ok(&records);
	talk->protocol->wrap(out, records.bytes, records.length);
}

static void say_hello(struct writer *out, struct tls_talk *talk, uint16_t record_version)
{
	uint8_t room[HELLO_MOST];
	struct writer message;

	writer_init(&message, room, sizeof room);
	tls_put_hello(&message, &talk->offer);
	/* A hello that does not fit is our own fault, and the dialogue says so. */
	out->failed |= !writer_ok(&message);
	if (talk->secrets)
		tls_secrets_add_message(talk->secrets, message.bytes, message.length);
	if (talk->protocol && talk->protocol->wrap)
		wrap_records(out, talk, record_version, &message);
	else
		tls_put_records(out, record_version, message.bytes, message.length);
	wait_for_us(talk, patience_us(talk, loop_now_us(talk_loop(talk))));
}

static void write_hello(struct writer *out, void *arg)
{
	struct tls_talk *talk = arg;

	talk->peer->secured |= talk->protocol != NULL;
	talk->greeted = true;
	say_hello(out, talk, tls_record_version(talk->offer.version));
}

static void write_second_hello(struct writer *out, void *arg)
{
	say_hello(out, arg, TLS_VERSION_1_2);
}

/* --- hearing the answer ---------------------------------------------------- */

/* A peer that has begun to speak is heard out, but not for ever: some speak very slowly. */
static void note_answer(struct tls_talk *talk)
{
	if (talk->answered)
		return;
	talk->answered = true;
	wait_for_us(talk, talk->run->deadline_us);
}

static enum turn hear_flight(struct tls_talk *talk, struct reader *in)
{
	const struct starttls_protocol *protocol = talk->protocol;
	struct reader inside;
	enum turn turn;

	if (!protocol || !protocol->unwrap)
		return tls_flight_hear(&talk->flight, in);
	turn = protocol->unwrap(in, &talk->inside);
	if (turn != TURN_GO_ON)
		return turn;
	if (!writer_ok(&talk->inside))
		return TURN_MALFORMED;
	reader_init(&inside, talk->inside.bytes, talk->inside.length);
	do
		turn = tls_flight_hear(&talk->flight, &inside);
	while (turn == TURN_GO_ON && reader_left(&inside));
	writer_drop_front(&talk->inside, inside.at);
	return turn == TURN_NEED_MORE ? TURN_GO_ON : turn;
}

static bool is_offered(const struct tls_offer *offer, uint16_t group)
{
	for (size_t i = 0; i < offer->group_count; i++)
		if (offer->groups[i] == group)
			return true;
	return false;
}

/* RFC 8446 4.1.4: another group, a cookie to bring back, or both. */
static bool take_retry(struct tls_talk *talk)
{
	const struct tls_flight *flight = &talk->flight;
	bool other_group = flight->group && flight->group != talk->share.group;

	if (talk->retried || !talk->secrets || (!other_group && !flight->cookie.length))
		return false;
	if (other_group && (!is_offered(&talk->offer, flight->group) ||
			    !tls_keys_share(run_tls_keys(talk->run), flight->group,
					    &talk->share)))
		return false;
	talk->retried = true;
	talk->offer.cookie = flight->cookie.length ? flight->cookie.bytes : NULL;
	talk->offer.cookie_length = flight->cookie.length;
	return true;
}

static enum turn read_flight(struct reader *in, void *arg)
{
	struct tls_talk *talk = arg;
	enum turn turn;

	note_answer(talk);
	turn = hear_flight(talk, in);
	if (turn != TURN_CONCLUDED || talk->flight.said != TLS_SAID_RETRY || !take_retry(talk))
		return turn;
	return TURN_NEXT_STEP;
}

/* --- one connection -------------------------------------------------------- */

static void add_step(struct tls_talk *talk, const struct step *step)
{
	assert(talk->step_count < STEPS_MOST);
	talk->steps[talk->step_count++] = *step;
}

static void make_steps(struct tls_talk *talk)
{
	static const struct step hello = { "hello", write_hello, read_flight, STAGE_HANDSHAKE };
	static const struct step second = { "second_hello", write_second_hello, read_flight,
					    STAGE_HANDSHAKE };

	for (size_t i = 0; talk->protocol && i < talk->protocol->count; i++)
		add_step(talk, &talk->protocol->steps[i]);
	add_step(talk, &hello);
	add_step(talk, &second);
}

/* What a try has gathered. */
static void clear(struct tls_talk *talk)
{
	tls_flight_free(&talk->flight);
	tls_secrets_free(talk->secrets);
	writer_clear(&talk->inside);
	talk->secrets = NULL;
	talk->retried = talk->greeted = talk->answered = false;
}

static void talk_free(struct tls_talk *talk)
{
	clear(talk);
	writer_free(&talk->inside);
	free(talk);
}

static void finish(struct tls_talk *talk, const struct dialogue_end *end)
{
	const struct tls_answer answer = {
		.end = *end,
		.starttls = talk->protocol ? &talk->starttls : NULL,
		.flight = &talk->flight
	};

	talk->done(talk->arg, &answer);
	talk_free(talk);
}

static void learn(struct tls_talk *talk, const struct dialogue_end *end)
{
	struct tls_peer *peer = talk->peer;

	peer->connections += end->outcome.reason != REASON_CANCELLED;
	peer->accepted |= end->connect_us >= 0;
	if (end->bytes_received) {
		peer->spoke = true;
		peer->slowest_us = longer(peer->slowest_us, end->first_reply_us);
	} else if (end->outcome.reason == REASON_TIMED_OUT && talk->greeted &&
		   peer->silences < SILENCES_MOST) {
		peer->silences++;
	}
}

/* Whether the peer might only be busy: it turns us away, as it has not done before. */
static bool may_be_busy(const struct tls_talk *talk, const struct dialogue_end *end)
{
	const struct tls_peer *peer = talk->peer;
	enum reason reason = end->outcome.reason;
	bool went_away = reason == REASON_CLOSED_EARLY || reason == REASON_RESET;

	if (end->connect_us < 0)
		return peer->accepted && (went_away || reason == REASON_REFUSED ||
					  reason == REASON_PROXY_REFUSED);
	/* "421 Too many connections" and the like. */
	if (talk->protocol && !talk->greeted)
		return peer->secured && reason != REASON_TIMED_OUT;
	return went_away && !end->bytes_received && peer->spoke && !peer->hangs_up;
}

static void converse(void *arg);

/* False when the peer has had its chances, or the deadline leaves none. */
static bool try_again(struct tls_talk *talk, const struct dialogue_end *end)
{
	static const int64_t pauses_us[TRIES_MOST - 1] = {
		100 * CLOCK_MILLISECOND, 300 * CLOCK_MILLISECOND, 900 * CLOCK_MILLISECOND
	};
	int64_t now_us = clock_monotonic_us();
	int64_t pause_us;

	if (!may_be_busy(talk, end))
		return false;
	if (talk->tries == TRIES_MOST) {
		/* To hang up is how it says no to this hello. */
		talk->peer->hangs_up |= talk->greeted;
		return false;
	}
	pause_us = pauses_us[talk->tries - 1];
	if (pause_us > (talk->run->deadline_us - now_us) / PART_FOR_PAUSE)
		return false;
	clear(talk);
	timer_start(&talk->pause, talk_loop(talk), now_us + pause_us, converse, talk);
	return true;
}

static void hold(struct tls_talk *talk, const struct step *steps, size_t count,
		 void (*done)(void *arg, const struct dialogue_end *end))
{
	const struct dialogue_plan plan = {
		.steps = steps,
		.count = count,
		.route = &talk->route,
		.deadline_us = talk->run->deadline_us,
		.most_bytes = HEARD_MOST
	};

	talk->dialogue = dialogue_start(talk_loop(talk), &plan, talk, done, talk);
}

/* --- SIP without TLS ---------------------------------------------------------- */

/* What the hello came to is what is told, with the words that were said instead. */
static void plain_talk_has_ended(void *arg, const struct dialogue_end *end)
{
	struct tls_talk *talk = arg;
	size_t length = strnlen(talk->starttls.said, TLS_WORDS_MOST - 1);

	talk->dialogue = NULL;
	if (end->outcome.reason == REASON_NONE) {
		talk->flight.said = TLS_SAID_PLAIN_TEXT;
		memcpy(talk->flight.words, talk->starttls.said, length);
		talk->flight.words[length] = '\0';
	}
	finish(talk, &talk->kept);
}

static bool may_be_plain_sip(const struct tls_talk *talk, const struct dialogue_end *end)
{
	const char *word = talk->run->request->starttls;

	return word && !strcmp(word, "sip") && end->connect_us >= 0 && !talk->peer->spoke &&
	       !talk->peer->asked_plainly;
}

static void ask_plainly(struct tls_talk *talk, const struct dialogue_end *end)
{
	talk->peer->asked_plainly = true;
	talk->kept = *end;
	hold(talk, tls_plain_sip(), 1, plain_talk_has_ended);
	wait_for_us(talk, PATIENCE_LEAST_US);
}

static void talk_has_ended(void *arg, const struct dialogue_end *end)
{
	struct tls_talk *talk = arg;
	bool again;

	talk->dialogue = NULL;
	/* The order matters: what this one teaches is no reason to ask it again. */
	again = try_again(talk, end);
	learn(talk, end);
	if (again)
		return;
	if (may_be_plain_sip(talk, end))
		ask_plainly(talk, end);
	else
		finish(talk, end);
}

static void tell_kept(void *arg)
{
	struct tls_talk *talk = arg;

	finish(talk, &talk->kept);
}

/* In the next turn: nobody is called back from inside tls_talk_start(). */
static void give_up(struct tls_talk *talk, enum stage stage, enum reason reason)
{
	talk->kept = (struct dialogue_end){
		.outcome = { .stage = stage, .reason = reason },
		.connect_us = -1,
		.first_reply_us = -1
	};
	timer_start(&talk->pause, talk_loop(talk), 0, tell_kept, talk);
}

/* A share for the first group for which both the question and we are ready. */
static void bring_share(struct tls_talk *talk)
{
	size_t count;
	const uint16_t *groups = tls_keys_groups(&count);

	for (size_t i = 0; i < count; i++) {
		if (!is_offered(&talk->offer, groups[i]) ||
		    !tls_keys_share(run_tls_keys(talk->run), groups[i], &talk->share))
			continue;
		talk->offer.share = &talk->share;
		talk->secrets = tls_secrets_new(run_tls_keys(talk->run));
		return;
	}
}

static bool leave_to_chance(struct tls_offer *offer)
{
	uint8_t chance[2 * TLS_RANDOM_BYTES];
	struct reader in;

	if (getrandom(chance, sizeof chance, 0) != sizeof chance)
		return false;
	reader_init(&in, chance, sizeof chance);
	for (size_t i = 0; i < TLS_RANDOM_BYTES; i++) {
		offer->random[i] = reader_take_u8(&in);
		offer->session[i] = reader_take_u8(&in);
	}
	return true;
}

static void converse(void *arg)
{
	struct tls_talk *talk = arg;
	const struct request *request = talk->run->request;

	talk->tries++;
	talk->starttls = (struct starttls){
		.name = request->name ? request->name : request->host
	};
	talk->offer = talk->question->offer;
	if (!leave_to_chance(&talk->offer)) {
		give_up(talk, STAGE_REQUEST, REASON_INTERNAL);
		return;
	}
	if (talk->question->keys && talk->offer.version == TLS_VERSION_1_3)
		bring_share(talk);
	tls_flight_init(&talk->flight, talk->question->until, talk->secrets);
	hold(talk, talk->steps, talk->step_count, talk_has_ended);
}

struct tls_talk *tls_talk_start(struct run *run, struct tls_peer *peer,
				const struct tls_question *question,
				void (*done)(void *arg, const struct tls_answer *answer),
				void *arg)
{
	struct tls_talk *talk = memory_new(1, sizeof *talk);
	const char *starttls = run->request->starttls;

	talk->run = run;
	talk->peer = peer;
	talk->question = question;
	talk->done = done;
	talk->arg = arg;
	talk->protocol = starttls ? starttls_named(starttls) : NULL;
	/* SIP has a word among them but nothing to say before TLS. */
	if (talk->protocol && !talk->protocol->count)
		talk->protocol = NULL;
	talk->route = run->route;
	talk->route.peer.port = run->request->subject.first;
	talk->route.tls = false;
	writer_grow_up_to(&talk->inside, INSIDE_MOST);
	make_steps(talk);
	converse(talk);
	return talk;
}

void tls_talk_cancel(struct tls_talk *talk)
{
	timer_stop(&talk->pause);
	if (talk->dialogue)
		dialogue_cancel(talk->dialogue);
	talk_free(talk);
}
