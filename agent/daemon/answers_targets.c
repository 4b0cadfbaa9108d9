/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "agent/daemon/answer_parts.h"
#include "agent/engine/check_json.h"
#include "ground/words.h"

/* Targets that are looked through in one piece. */
enum { PIECE = 64 };

/* Whether the question is about it; notes which patterns have found something. */
static bool is_wanted(struct answer *answer, const char *name)
{
	const struct question *question = &answer->question;
	bool wanted = !question->word_count;

	for (size_t i = 0; i < question->word_count; i++) {
		bool matches = words_match(question->words[i], name);

		answer->matched[i] = answer->matched[i] || matches;
		wanted = wanted || matches;
	}
	return wanted;
}

static void add_words(struct json *json, const char *key, const char *const *words,
		      size_t count)
{
	json_open_array(json, key);
	for (size_t i = 0; i < count; i++)
		json_string(json, NULL, words[i]);
	json_close_array(json);
}

/* Members of an object that is open. */
static void add_target(struct answer *answer, size_t index)
{
	const struct patrol *patrol = answer->house->patrol;
	const struct results *results = patrol_results(patrol);
	const struct target *about = &answer->plan->config->targets[index];
	const struct patrol_target state = patrol_target(patrol, index);
	struct json *json = &answer->json;
	struct score score = { 0 };
	unsigned alarms = 0;

	for (size_t i = answer->plan->first_check[index];
	     i < answer->plan->first_check[index + 1]; i++) {
		score_count(&score, results->judgements[i].verdict,
			    (enum severity)answer->plan->checks[i].severity);
		alarms += patrol_check(patrol, i).alarm->told != VERDICT_OK;
	}
	json_string(json, "name", about->name);
	json_string(json, "address", about->address);
	json_string(json, "vantage", vantage_word(about->vantage));
	add_words(json, "profiles", about->profiles, about->profile_count);
	json_string(json, "verdict", verdict_word(score_worst(&score)));
	score_to_json(&score, json);
	json_boolean(json, "down", state.down);
	json_integer(json, "alarms", alarms);
	answer_add_alarm(json, state.alarm, state.raised);
}

static void add_unmatched(struct answer *answer)
{
	json_open_array(&answer->json, "unmatched");
	for (size_t i = 0; i < answer->question.word_count; i++)
		if (!answer->matched[i])
			json_string(&answer->json, NULL, answer->question.words[i]);
	json_close_array(&answer->json);
}

enum answer_state answer_targets(struct answer *answer)
{
	const struct config *config = answer->plan->config;
	size_t end = answer->next + PIECE;

	if (!answer->begun) {
		answer->matched = arena_take(answer->arena,
					     (answer->question.word_count + 1) * sizeof(bool));
		memset(answer->matched, 0, answer->question.word_count * sizeof(bool));
		answer_open(answer);
		json_open_array(&answer->json, "targets");
	}
	for (; answer->next < config->target_count && answer->next < end; answer->next++) {
		if (!is_wanted(answer, config->targets[answer->next].name))
			continue;
		json_open_object(&answer->json, NULL);
		add_target(answer, answer->next);
		json_close_object(&answer->json);
	}
	if (answer->next < config->target_count)
		return ANSWER_GOES_ON;
	json_close_array(&answer->json);
	add_unmatched(answer);
	return answer_close(answer);
}

static void add_check(struct answer *answer, size_t index, struct moment now)
{
	const struct patrol *patrol = answer->house->patrol;
	const struct results *results = patrol_results(patrol);
	const struct patrol_check state = patrol_check(patrol, index);
	const struct check *check = &answer->plan->checks[index];
	const struct judgement *judgement = &results->judgements[index];
	const struct observation *seen = check->observation == NO_OBSERVATION
						 ? NULL
						 : results->observations[check->observation];
	struct json *json = &answer->json;

	json_open_object(json, NULL);
	check_to_json(check, judgement, check->rule->title, state.since_wall_us, json);
	json_string(json, "detail", judgement->detail);
	json_time(json, "looked", seen ? seen->started_wall_us : 0);
	json_time(json, "next", state.next_us == INT64_MAX
					? 0
					: now.wall_us + state.next_us - now.monotonic_us);
	answer_add_alarm(json, state.alarm, state.raised);
	json_close_object(json);
}

enum answer_state answer_target(struct answer *answer)
{
	struct moment now = house_now();
	size_t target;

	if (!answer_find_target(answer, &target))
		return ANSWER_ENDS;
	answer_open(answer);
	json_open_object(&answer->json, "target");
	add_target(answer, target);
	json_open_array(&answer->json, "checks");
	for (size_t i = answer->plan->first_check[target];
	     i < answer->plan->first_check[target + 1]; i++)
		add_check(answer, i, now);
	json_close_array(&answer->json);
	json_close_object(&answer->json);
	return answer_close(answer);
}
