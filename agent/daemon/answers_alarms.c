/* SPDX-License-Identifier: Apache-2.0
 *
 * What is raised: about the agent itself, about targets as a whole, about checks.
 */
#include "agent/daemon/answer_parts.h"
#include "ground/words.h"

/* Checks that are looked through in one piece. */
enum { PIECE = 2048 };

/* What one alarm is about. */
struct about {
	const char *target, *check, *title, *expected, *observed, *remedy;
	enum verdict verdict;		/* now, raised or not */
	const struct alarm *alarm;
	uint64_t raised;
};

static bool is_finding(enum verdict verdict)
{
	return verdict == VERDICT_WARNING || verdict == VERDICT_CRITICAL ||
	       verdict == VERDICT_UNKNOWN;
}

static void add_if_wanted(struct answer *answer, const struct about *about)
{
	const struct question *question = &answer->question;
	struct json *json = &answer->json;

	if (about->alarm->told == VERDICT_OK &&
	    !(question->all && is_finding(about->verdict)))
		return;
	if ((question->target && !words_match(question->target, about->target)) ||
	    (question->check && !words_match(question->check, about->check)))
		return;
	json_open_object(json, NULL);
	json_string(json, "target", about->target);
	json_string(json, "check", about->check);
	json_string(json, "verdict", verdict_word(about->verdict));
	answer_add_alarm(json, about->alarm, about->raised);
	json_string(json, "title", about->title);
	json_string(json, "expected", about->expected);
	json_string(json, "observed", about->observed);
	json_string(json, "remedy", about->remedy);
	json_close_object(json);
}

static void add_own(struct answer *answer)
{
	for (unsigned i = 0; i < SELF_COUNT; i++) {
		struct self_state state;

		self_look(answer->house->self, (enum self_check)i, &state);
		add_if_wanted(answer, &(struct about){ .target = SELF_TARGET,
						       .check = state.name,
						       .title = state.title,
						       .observed = state.observed,
						       .remedy = state.remedy,
						       .verdict = (enum verdict)state.alarm.seen,
						       .alarm = &state.alarm,
						       .raised = state.raised });
	}
}

static void add_presence(struct answer *answer, size_t target)
{
	const struct patrol_target state = patrol_target(answer->house->patrol, target);

	add_if_wanted(answer,
		      &(struct about){ .target = answer->plan->config->targets[target].name,
				       .check = PATROL_TARGET_CHECK,
				       .title = PATROL_TARGET_TITLE,
				       .expected = PATROL_TARGET_EXPECTED,
				       .observed = state.down ? PATROL_TARGET_DOWN
							      : PATROL_TARGET_UP,
				       .remedy = PATROL_TARGET_REMEDY,
				       .verdict = state.down ? VERDICT_CRITICAL : VERDICT_OK,
				       .alarm = state.alarm,
				       .raised = state.raised });
}

static void add_check(struct answer *answer, size_t index)
{
	const struct patrol_check state = patrol_check(answer->house->patrol, index);
	const struct check *check = &answer->plan->checks[index];
	const struct judgement *judgement =
		&patrol_results(answer->house->patrol)->judgements[index];

	if (index == answer->plan->first_check[check->target])
		add_presence(answer, check->target);
	add_if_wanted(answer,
		      &(struct about){ .target = plan_target(answer->plan, check)->name,
				       .check = check->name,
				       .title = check->rule->title,
				       .expected = judgement->expected,
				       .observed = judgement->observed,
				       .remedy = check_remedy(check),
				       .verdict = judgement->verdict,
				       .alarm = state.alarm,
				       .raised = state.raised });
}

enum answer_state answer_alarms(struct answer *answer)
{
	size_t end = answer->next + PIECE;

	if (!answer->begun) {
		answer_open(answer);
		json_open_array(&answer->json, "alarms");
		add_own(answer);
	}
	for (; answer->next < answer->plan->check_count && answer->next < end; answer->next++)
		add_check(answer, answer->next);
	if (answer->next < answer->plan->check_count)
		return ANSWER_GOES_ON;
	json_close_array(&answer->json);
	return answer_close(answer);
}
