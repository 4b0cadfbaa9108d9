/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/telling.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ground/clock.h"
#include "ground/memory.h"

/* A sink fails when it has failed so often in a row, or for so long. */
enum { FAILURES_MOST = 3 };
#define FAILING_MOST_US (60 * CLOCK_SECOND)

/* Without a pace a sink gets so many in one turn: others wait for their turns, too. */
enum { AT_ONCE_MOST = 64 };

/* What could not be read from the store just now is asked for again after this. */
#define LOOK_AGAIN_US CLOCK_SECOND

enum answer { ANSWER_NONE, ANSWER_TAKEN, ANSWER_FAILED };

/* A voice, and how far it has got. It stays where it is: `done` of its voice points here. */
struct teller {
	char *name;
	struct voice voice;
	struct outbox outbox;
	enum answer answer;
	bool has_more;			/* than it got in this turn */
	bool has_taken;			/* something, since the start */
	size_t given_up;		/* since it took something, or since the start */
	int64_t trying_since_us;	/* what it has not taken yet */
	int64_t last_wall_us;
};

struct telling {
	struct store *store;
	struct self *self;
	struct outbox_policy policy;
	struct teller **tellers;
	size_t count;
	uint64_t told, given_up;
	bool has_said;			/* whether all is well */
	struct text failing;		/* who does not take anything, as said last */
};

struct telling *telling_new(struct store *store, struct self *self)
{
	struct telling *telling = memory_new(1, sizeof *telling);

	telling->store = store;
	telling->self = self;
	return telling;
}

static void take_answer(struct telling *telling, size_t sink, struct moment now)
{
	struct teller *teller = telling->tellers[sink];
	bool taken = teller->answer == ANSWER_TAKEN;

	if (teller->answer == ANSWER_NONE)
		return;
	teller->answer = ANSWER_NONE;
	outbox_answer(&telling->policy, &teller->outbox, telling->store, sink, taken,
		      now.monotonic_us);
	if (!taken)
		return;
	telling->told++;
	teller->has_taken = true;
	teller->given_up = 0;
	teller->last_wall_us = now.wall_us;
}

static void teller_close(struct teller *teller)
{
	if (teller->voice.close)
		teller->voice.close(teller->voice.arg);
	teller->voice = (struct voice){ 0 };
	teller->answer = ANSWER_NONE;
	teller->outbox.asked = 0;
}

static void teller_free(struct teller *teller)
{
	teller_close(teller);
	free(teller->name);
	free(teller);
}

void telling_free(struct telling *telling)
{
	if (!telling)
		return;
	for (size_t i = 0; i < telling->count; i++) {
		take_answer(telling, i, (struct moment){ 0 });
		teller_free(telling->tellers[i]);
	}
	free(telling->tellers);
	text_free(&telling->failing);
	free(telling);
}

/* The one with this name, taken out of the list. */
static struct teller *take_teller(struct teller **tellers, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		struct teller *teller = tellers[i];

		if (!teller || strcmp(teller->name, name) != 0)
			continue;
		tellers[i] = NULL;
		return teller;
	}
	return NULL;
}

static struct teller *teller_new(const char *name)
{
	struct teller *teller = memory_new(1, sizeof *teller);

	teller->name = memory_copy(name);
	return teller;
}

void telling_set(struct telling *telling, const struct outbox_policy *policy,
		 const struct voice *voices, size_t count, struct moment now)
{
	struct teller **old = telling->tellers, **tellers = memory_new(count + 1, sizeof *tellers);
	const char **names = memory_new(count + 1, sizeof *names);
	size_t old_count = telling->count;

	for (size_t i = 0; i < old_count; i++) {
		take_answer(telling, i, now);
		teller_close(old[i]);
	}
	for (size_t i = 0; i < count; i++) {
		tellers[i] = take_teller(old, old_count, voices[i].name);
		if (!tellers[i])
			tellers[i] = teller_new(voices[i].name);
		tellers[i]->voice = voices[i];
		names[i] = tellers[i]->name;
		/* Somebody has just looked at it: no need to wait out its patience. */
		if (tellers[i]->outbox.failures)
			tellers[i]->outbox.free_us = now.monotonic_us;
	}
	for (size_t i = 0; i < old_count; i++)
		if (old[i])
			teller_free(old[i]);
	free(old);
	store_set_sinks(telling->store, names, count);
	free(names);
	telling->policy = *policy;
	telling->tellers = tellers;
	telling->count = count;
}

/* --- one sink ------------------------------------------------------------------------------ */

static void hear(void *arg, bool acknowledged)
{
	struct teller *teller = arg;

	assert(teller->outbox.asked && teller->answer == ANSWER_NONE);
	teller->answer = acknowledged ? ANSWER_TAKEN : ANSWER_FAILED;
}

static void tell(struct telling *telling, size_t sink, struct moment now)
{
	struct teller *teller = telling->tellers[sink];
	struct event event;

	teller->has_more = false;
	for (int i = 0; i < AT_ONCE_MOST; i++) {
		if (!outbox_next(&telling->policy, &teller->outbox, telling->store, sink,
				 now.monotonic_us, &event))
			return;
		if (!teller->outbox.failures)
			teller->trying_since_us = now.monotonic_us;
		teller->voice.tell(teller->voice.arg, &event, hear, teller);
		take_answer(telling, sink, now);
	}
	teller->has_more = true;
}

/* --- all of them --------------------------------------------------------------------------- */

/* When it will have been failing for too long; in the past: it has. INT64_MAX: it does not. */
static int64_t failing_from_us(const struct telling *telling, size_t sink)
{
	const struct teller *teller = telling->tellers[sink];

	if (!teller->outbox.failures || !store_untold_count(telling->store, sink))
		return INT64_MAX;
	if (teller->outbox.failures >= FAILURES_MOST)
		return INT64_MIN;
	return teller->trying_since_us + FAILING_MOST_US;
}

static bool one_is_over(const struct telling *telling)
{
	for (size_t i = 0; i < telling->count; i++)
		if (outbox_is_over(&telling->policy, &telling->tellers[i]->outbox,
				   telling->store, i))
			return true;
	return false;
}

/* One event tells of all that is given up, and goes into the same transaction. Who has no room
 * for that event makes some now: otherwise two full sinks would for ever tell each other. It may
 * be given up in its turn: the next has the whole number. */
static void hold_bound(struct telling *telling, struct moment now)
{
	struct text observed = { 0 };

	if (!one_is_over(telling))
		return;
	for (size_t i = 0; i < telling->count; i++) {
		struct teller *teller = telling->tellers[i];
		size_t count = outbox_give_up(&telling->policy, &teller->outbox,
					      telling->store, i);

		teller->given_up += count;
		telling->given_up += count;
		if (count)
			text_add_format(&observed, "%s%s: %zu since it last took one",
					observed.length ? "; " : "", teller->name,
					teller->given_up);
	}
	self_note(telling->self, SEVERITY_MAJOR, "Events were given up for want of room",
		  text_string(&observed), now);
	text_free(&observed);
}

/* After a start nobody knows, until who has something waiting has taken some of it: an alarm
 * of the time before is not over because we were away. */
static bool all_are_known(const struct telling *telling)
{
	for (size_t i = 0; i < telling->count; i++)
		if (!telling->tellers[i]->has_taken && store_untold_count(telling->store, i))
			return false;
	return true;
}

static void list_failing(const struct telling *telling, int64_t now_us, struct text *names,
			 struct text *observed)
{
	for (size_t i = 0; i < telling->count; i++) {
		const struct teller *teller = telling->tellers[i];

		if (failing_from_us(telling, i) > now_us)
			continue;
		text_add_item(names, "\n", teller->name);
		text_add_item(observed, "; ", teller->name);
		text_add_format(observed, ": %u failures in a row, %zu events wait",
				teller->outbox.failures,
				store_untold_count(telling->store, i));
	}
}

/* Said again only when others fail than before: what waits grows with each event, also with
 * the one of this alarm. */
static void say_failing(struct telling *telling, struct moment now)
{
	struct text names = { 0 }, observed = { 0 };
	bool news;

	list_failing(telling, now.monotonic_us, &names, &observed);
	news = telling->has_said
		       ? strcmp(text_string(&names), text_string(&telling->failing)) != 0
		       : names.length || all_are_known(telling);
	if (news) {
		self_say(telling->self, SELF_OUTBOX, !names.length,
			 names.length ? text_string(&observed) : NULL, now);
		text_clear(&telling->failing);
		text_add(&telling->failing, text_string(&names));
		telling->has_said = true;
	}
	text_free(&names);
	text_free(&observed);
}

/* What is due but was not to be had is not on disk yet, and its writing is a reason to call;
 * or it could not be read. */
static int64_t due_us(const struct telling *telling, size_t sink, int64_t now_us)
{
	const struct teller *teller = telling->tellers[sink];
	int64_t tell_us = outbox_due_us(&teller->outbox, telling->store, sink);
	int64_t fails_us = failing_from_us(telling, sink);

	if (tell_us <= now_us && !teller->has_more)
		tell_us = now_us + LOOK_AGAIN_US;
	return fails_us > now_us && fails_us < tell_us ? fails_us : tell_us;
}

void telling_hear(struct telling *telling, struct moment now)
{
	for (size_t i = 0; i < telling->count; i++)
		take_answer(telling, i, now);
}

int64_t telling_turn(struct telling *telling, struct moment now)
{
	int64_t next_us = INT64_MAX;

	telling_hear(telling, now);
	hold_bound(telling, now);
	for (size_t i = 0; i < telling->count; i++)
		tell(telling, i, now);
	say_failing(telling, now);
	for (size_t i = 0; i < telling->count; i++) {
		int64_t sink_us = due_us(telling, i, now.monotonic_us);

		next_us = sink_us < next_us ? sink_us : next_us;
	}
	return next_us;
}

struct telling_sums telling_sums(const struct telling *telling)
{
	struct telling_sums sums = { .told = telling->told, .given_up = telling->given_up };

	for (size_t i = 0; i < telling->count; i++)
		sums.untold += store_untold_count(telling->store, i);
	return sums;
}

size_t telling_count(const struct telling *telling)
{
	return telling->count;
}

struct telling_state telling_state(const struct telling *telling, size_t sink)
{
	const struct teller *teller = telling->tellers[sink];

	return (struct telling_state){
		.name = teller->name,
		.untold = store_untold_count(telling->store, sink),
		.failures = teller->outbox.failures,
		.last_wall_us = teller->last_wall_us,
	};
}
