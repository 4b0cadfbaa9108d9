/* SPDX-License-Identifier: Apache-2.0
 *
 * What somebody declares to be right, and what differs from that.
 */
#include "agent/daemon/answer_parts.h"
#include "agent/engine/baseline.h"

static uint32_t number_of(const struct answer *answer, size_t target)
{
	return patrol_target(answer->house->patrol, target).number;
}

enum answer_state answer_baseline(struct answer *answer)
{
	const struct house *house = answer->house;
	struct json *json = &answer->json;
	int64_t now_us = house_now().wall_us;
	struct text document = { 0 }, said = { 0 };
	struct baseline *seen;
	size_t target, facts = 0;

	if (!answer_find_target(answer, &target))
		return ANSWER_ENDS;
	seen = baseline_of(patrol_results(house->patrol), target);
	for (size_t i = 0; i < seen->count; i++)
		facts += seen->looks[i].fact_count;
	baseline_format(seen, &document);
	if (seen->count) {
		store_set_baseline(house->store, number_of(answer, target), now_us,
				   text_string(&document));
		patrol_accept(house->patrol, (uint32_t)target, &said);
		house->nudge(answer->house);
	}
	answer_open(answer);
	json_string(json, "target", answer->question.words[0]);
	json_time(json, "at", seen->count ? now_us : 0);
	json_integer(json, "observations", (int64_t)seen->count);
	json_integer(json, "facts", (int64_t)facts);
	json_integer(json, "not_looked_at", (int64_t)seen->unseen);
	answer_add_lines(json, "said", &said);
	baseline_free(seen);
	text_free(&document);
	text_free(&said);
	return answer_close(answer);
}

struct counted {
	struct json *json;
	bool differs;
};

static void add_difference(void *arg, const struct difference *difference)
{
	struct counted *counted = arg;
	struct json *json = counted->json;

	counted->differs = counted->differs || difference_counts(difference);
	json_open_object(json, NULL);
	json_string(json, "kind", baseline_kind_word(difference->kind));
	json_string(json, "observation", difference->look);
	json_string(json, "fact", difference->fact);
	json_string(json, "then", difference->then);
	json_string(json, "now", difference->now);
	json_close_object(json);
}

static void add_differences(struct answer *answer, const struct baseline *then,
			    const struct baseline *now)
{
	struct json *json = &answer->json;
	struct counted counted = { .json = json };

	json_open_array(json, "differences");
	baseline_compare(then, now, add_difference, &counted);
	json_close_array(json);
	json_boolean(json, "differs", counted.differs);
	json_integer(json, "not_looked_at", (int64_t)now->unseen);
}

enum answer_state answer_diff(struct answer *answer)
{
	const char *name = answer->question.words[0];
	struct baseline *then = NULL, *now;
	struct text document = { 0 };
	enum answer_state state;
	int64_t at_us = 0;
	size_t target;
	bool found;

	if (!answer_find_target(answer, &target))
		return ANSWER_ENDS;
	found = store_baseline(answer->house->store, number_of(answer, target), &at_us,
			       &document);
	if (found)
		then = baseline_parse(text_string(&document), document.length);
	text_free(&document);
	if (!then)
		return found ? answer_refuse(answer, "the baseline of '%s' cannot be read; record"
						     " it anew with 'ucposture baseline'", name)
			     : answer_refuse(answer, "'%s' has no baseline; 'ucposture baseline'"
						     " records one", name);
	now = baseline_of(patrol_results(answer->house->patrol), target);
	answer_open(answer);
	json_string(&answer->json, "target", name);
	json_time(&answer->json, "at", at_us);
	add_differences(answer, then, now);
	state = answer_close(answer);
	baseline_free(then);
	baseline_free(now);
	return state;
}
