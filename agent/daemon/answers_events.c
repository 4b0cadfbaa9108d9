/* SPDX-License-Identifier: Apache-2.0
 *
 * Events, oldest first. Their numbers are gathered first, from the newest on; then each is read
 * and told, as fast as whoever asked takes it.
 */
#include "agent/daemon/answer_parts.h"
#include "ground/words.h"

/* Looked through in one piece, and told in one. */
enum { GATHERED = 512, TOLD = 32, USUAL_COUNT = 20 };

struct gathering_events {
	struct answer *answer;
	uint64_t oldest;	/* that was looked at; 0: none */
	bool ended;
};

static bool is_wanted(const struct question *question, const struct event *event)
{
	return (!question->target || words_match(question->target, event->target_name)) &&
	       (!question->check || words_match(question->check, event->check_name));
}

static void gather(void *arg, const struct event *event)
{
	struct gathering_events *gathering = arg;
	struct answer *answer = gathering->answer;
	const struct question *question = &answer->question;

	gathering->oldest = event->number;
	gathering->ended = gathering->ended || event->number <= question->after ||
			   event->at_us < question->since_us ||
			   answer->number_count == question->count;
	/* It may be too new to be told. */
	if (gathering->ended || event->number > answer->told || !is_wanted(question, event))
		return;
	answer->numbers = memory_room_for(answer->numbers, answer->number_count,
					  &answer->number_room, sizeof *answer->numbers);
	answer->numbers[answer->number_count++] = event->number;
}

struct telling_event {
	struct answer *answer;
	uint64_t wanted;
};

static void tell(void *arg, const struct event *event)
{
	struct telling_event *telling = arg;
	struct answer *answer = telling->answer;

	/* One that was dropped meanwhile would be followed by another one. */
	if (event->number != telling->wanted || !is_wanted(&answer->question, event))
		return;
	event_to_json(event, &answer->json, NULL);
	if (answer->question.follow)
		text_add_char(answer->json.out, '\n');
}

static void tell_number(struct answer *answer, uint64_t number)
{
	struct telling_event telling = { answer, number };

	store_events(answer->house->store, number + 1, 1, tell, &telling);
}

static enum answer_state follow(struct answer *answer)
{
	uint64_t newest = store_newest(answer->house->store);

	for (size_t i = 0; i < TOLD && answer->told < newest; i++)
		tell_number(answer, ++answer->told);
	return answer->told < newest ? ANSWER_GOES_ON : ANSWER_WAITS;
}

static void begin(struct answer *answer)
{
	struct question *question = &answer->question;

	if (!question->count)
		question->count = question->after || question->since_us ? QUESTION_EVENTS_MOST
									: USUAL_COUNT;
	answer->told = store_newest(answer->house->store);
	answer->next = answer->told;
	if (question->follow)
		return;
	answer_open(answer);
	json_open_array(&answer->json, "events");
}

/* False: there are more. */
static bool gather_all(struct answer *answer)
{
	struct gathering_events gathering = { .answer = answer };

	store_events(answer->house->store, answer->next + 1, GATHERED, gather, &gathering);
	answer->next = gathering.oldest ? gathering.oldest - 1 : 0;
	if (!gathering.ended && answer->next)
		return false;
	answer->next = 0;
	return true;
}

enum answer_state answer_events(struct answer *answer)
{
	if (!answer->begun)
		begin(answer);
	if (answer->next && !gather_all(answer))
		return ANSWER_GOES_ON;
	for (size_t i = 0; i < TOLD && answer->number_count; i++)
		tell_number(answer, answer->numbers[--answer->number_count]);
	if (answer->number_count)
		return ANSWER_GOES_ON;
	if (answer->question.follow)
		return follow(answer);
	json_close_array(&answer->json);
	return answer_close(answer);
}
