/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/daemon/answers.h"

#include <stdlib.h>
#include <string.h>

#include "agent/daemon/answer_parts.h"
#include "config.h"
#include "ground/words.h"

enum { SCHEMA = 1 };

static enum answer_state (*const makers[])(struct answer *answer) = {
	[QUESTION_STATUS] = answer_status,	[QUESTION_TARGETS] = answer_targets,
	[QUESTION_TARGET] = answer_target,	[QUESTION_ALARMS] = answer_alarms,
	[QUESTION_EVENTS] = answer_events,	[QUESTION_BASELINE] = answer_baseline,
	[QUESTION_DIFF] = answer_diff,		[QUESTION_RELOAD] = answer_reload,
};

static enum answer_state answer_misunderstood(struct answer *answer)
{
	return answer_refuse(answer, "%s", answer->question.words[0]);
}

struct answer *answer_new(struct house *house, const char *line, size_t length)
{
	struct answer *answer = memory_new(1, sizeof *answer);
	struct text why = { 0 };

	answer->house = house;
	answer->arena = arena_new();
	answer->plan = patrol_results(house->patrol)->plan;
	answer->loaded_wall_us = house->loaded_wall_us;
	if (question_read(&answer->question, answer->arena, line, length, &why)) {
		answer->add = makers[answer->question.kind];
	} else {
		answer->question = (struct question){ 0 };
		answer->question.words = arena_take(answer->arena, sizeof(char *));
		answer->question.words[0] = arena_copy(answer->arena, text_string(&why));
		answer->add = answer_misunderstood;
	}
	text_free(&why);
	return answer;
}

void answer_free(struct answer *answer)
{
	if (!answer)
		return;
	free(answer->numbers);
	arena_free(answer->arena);
	free(answer);
}

bool answer_follows(const struct answer *answer)
{
	return answer->question.follow;
}

/* Events have nothing to do with the plan. */
static bool has_moved(const struct answer *answer)
{
	const struct house *house = answer->house;

	return answer->question.kind != QUESTION_EVENTS &&
	       (answer->plan != patrol_results(house->patrol)->plan ||
		answer->loaded_wall_us != house->loaded_wall_us);
}

enum answer_state answer_continue(struct answer *answer, struct text *out)
{
	enum answer_state state;

	if (!answer->begun)
		json_begin(&answer->json, out, false);
	else if (has_moved(answer))
		return ANSWER_BREAKS;
	answer->json.out = out;
	state = answer->add(answer);
	answer->begun = true;
	return state;
}

void answer_open(struct answer *answer)
{
	json_open_object(&answer->json, NULL);
	json_integer(&answer->json, "schema", SCHEMA);
	json_string(&answer->json, "agent", PACKAGE_NAME " " PACKAGE_VERSION);
}

enum answer_state answer_close(struct answer *answer)
{
	json_close_object(&answer->json);
	text_add_char(answer->json.out, '\n');
	return ANSWER_ENDS;
}

enum answer_state answer_refuse(struct answer *answer, const char *format, ...)
{
	struct text error = { 0 };
	va_list list;

	va_start(list, format);
	text_add_format_list(&error, format, list);
	va_end(list);
	answer_open(answer);
	json_string(&answer->json, "error", text_string(&error));
	text_free(&error);
	return answer_close(answer);
}

bool answer_find_target(struct answer *answer, size_t *target)
{
	const struct config *config = answer->plan->config;
	const char *wanted = answer->question.words[0], *nearest;
	const char **names;

	for (*target = 0; *target < config->target_count; ++*target)
		if (!strcmp(config->targets[*target].name, wanted))
			return true;
	names = memory_new(config->target_count + 1, sizeof *names);
	for (size_t i = 0; i < config->target_count; i++)
		names[i] = config->targets[i].name;
	nearest = words_nearest(wanted, names);
	if (nearest)
		answer_refuse(answer, "the agent watches no target '%s' (did you mean '%s'?)",
			      wanted, nearest);
	else
		answer_refuse(answer, "the agent watches no target '%s'; 'ucposture targets'"
				      " lists them", wanted);
	free(names);
	return false;
}

void answer_add_alarm(struct json *json, const struct alarm *alarm, uint64_t raised)
{
	bool stands = alarm->told != VERDICT_OK;

	json_open_object(json, "alarm");
	json_string(json, "verdict", verdict_word((enum verdict)alarm->told));
	if (stands)
		json_string(json, "severity", severity_word((enum severity)alarm->severity));
	else
		json_null(json, "severity");
	json_time(json, "since", stands ? alarm->raised_wall_us : 0);
	json_time(json, "changed", alarm->changed_wall_us);
	if (raised)
		json_integer(json, "event", (int64_t)raised);
	else
		json_null(json, "event");
	json_boolean(json, "flapping", alarm->flaps);
	json_boolean(json, "held", alarm->held);
	json_close_object(json);
}

void answer_add_lines(struct json *json, const char *key, const struct text *lines)
{
	json_open_array(json, key);
	for (const char *line = text_string(lines); *line;) {
		size_t length = strcspn(line, "\n");
		char *copy = memory_copy_span(line, length);

		json_string(json, NULL, copy);
		free(copy);
		line += length + (line[length] == '\n');
	}
	json_close_array(json);
}

enum answer_state answer_reload(struct answer *answer)
{
	struct text said = { 0 };
	bool reloaded = answer->house->reload(answer->house, &said);

	answer_open(answer);
	json_boolean(&answer->json, "reloaded", reloaded);
	answer_add_lines(&answer->json, "problems", &said);
	text_free(&said);
	return answer_close(answer);
}
