/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/judge.h"

#include <stdlib.h>
#include <string.h>

#include "agent/engine/entries.h"
#include "agent/plan/operators.h"
#include "agent/engine/wording.h"
#include "ground/clock.h"
#include "ground/memory.h"

/* What one expectation makes of what was seen. */
enum finding {
	FINDING_HOLDS,
	FINDING_WARNS,		/* little time remains */
	FINDING_VIOLATED,	/* as bad as the check's severity says */
	FINDING_CRITICAL,	/* whatever the severity */
	FINDING_MISSING,	/* not seen: nobody knows */
	FINDING_FORGOTTEN,	/* never seen before, and nobody will know it the next time */
	FINDING_UNFIT		/* the operator cannot be asked of this fact */
};

/* All that is needed to judge one check. */
struct hearing {
	const struct check *check;
	const struct observation *observation;
	const struct circumstances *circumstances;
	unsigned found;		/* a bit for each finding */
};

static const char *const inapplicable_words[] = {
	[APPLICABLE] = "not_seen",
	[FEATURE_OFF] = "feature_off",
	[SCENARIO_OFF] = "scenario_off",
	[PEER_NOT_GIVEN] = "peer_not_given",
	[OTHER_VANTAGE] = "other_vantage",
	[OTHER_SOURCE] = "other_source",
	[NO_PROXY] = "no_proxy",
	[NO_NAME] = "no_name",
	[NO_ACCESS] = "no_access",
	[SWITCHED_OFF] = "switched_off",
};

static bool was_observed(const struct hearing *hearing)
{
	return hearing->observation->outcome.reason == REASON_NONE;
}

/* The fact in which a life began: cert.not_before for cert.not_after. */
static const struct fact *life_begin(const struct facts *facts,
				     const struct fact_descriptor *end)
{
	const char *stem_end = strstr(end->name, "not_after");
	size_t stem = stem_end ? (size_t)(stem_end - end->name) : 0;

	for (size_t i = 0; stem && i < facts_count(facts); i++) {
		const struct fact *fact = facts_at(facts, i);

		if (!strncmp(fact->about->name, end->name, stem) &&
		    !strcmp(fact->about->name + stem, "not_before"))
			return fact;
	}
	return NULL;
}

static enum finding find_remaining(const struct hearing *hearing, const struct fact *fact,
				   const struct expectation *expectation)
{
	const struct fact *begin = life_begin(hearing->observation->facts, fact->about);

	switch (operator_remaining(fact, begin, expectation,
				   hearing->circumstances->wall_us)) {
	case REMAINING_ENOUGH:
		return FINDING_HOLDS;
	case REMAINING_LITTLE:
		return FINDING_WARNS;
	case REMAINING_CRITICAL:
		return FINDING_CRITICAL;
	case REMAINING_ENDED:
		return FINDING_VIOLATED;
	default:
		return FINDING_MISSING;
	}
}

/* A fact that is not there although all was seen is itself a fact; after a failure it
 * only means that nobody came that far. */
static enum finding find_missing(const struct hearing *hearing, enum operator operator)
{
	if (!was_observed(hearing))
		return FINDING_MISSING;
	if (operator == OPERATOR_ABSENT)
		return FINDING_HOLDS;
	return operator == OPERATOR_PRESENT ? FINDING_VIOLATED : FINDING_MISSING;
}

const struct fact *judge_unchanged_fact(const struct observation *observation,
					const struct expectation *expectation)
{
	const struct fact *fact = facts_get(observation->facts, expectation->fact);

	/* A list that was broken off would be another one the next time. */
	if (fact && operator_sees_list(fact) && observation->outcome.reason != REASON_NONE)
		return NULL;
	return expectation->operator == OPERATOR_UNCHANGED ? fact : NULL;
}

static enum finding find_unchanged(const struct hearing *hearing,
				   const struct expectation *expectation)
{
	const struct fact *fact = judge_unchanged_fact(hearing->observation, expectation);
	const struct recollection *recollection = &hearing->circumstances->recollection;
	const struct first *first = firsts_recall(recollection, expectation->fact->name);
	struct text value = { 0 };
	bool same;

	if (!fact)
		return FINDING_MISSING;
	if (!first)
		return firsts_keep(recollection) ? FINDING_HOLDS : FINDING_FORGOTTEN;
	firsts_value(fact, &value);
	same = !strcmp(text_string(&value), first->value);
	text_free(&value);
	return same ? FINDING_HOLDS : FINDING_VIOLATED;
}

/* After a failure a list holds what was seen so far: a sweep that was broken off has not shown
 * that nothing else is open. */
static enum finding compare(const struct hearing *hearing, const struct fact *fact,
			    const struct expectation *expectation)
{
	if (!was_observed(hearing) && operator_sees_list(fact) &&
	    !operator_is_settled(fact, expectation))
		return FINDING_MISSING;
	if (!operator_elements(fact) && operator_speaks_of_each(expectation->operator))
		return FINDING_MISSING;
	return operator_holds(fact, expectation) ? FINDING_HOLDS : FINDING_VIOLATED;
}

static enum finding find_entries(const struct hearing *hearing, const struct fact *fact,
				 const struct expectation *expectation)
{
	enum finding finding;
	struct fact entries;

	entries_narrow(fact, expectation, &entries);
	finding = compare(hearing, &entries, expectation);
	entries_free(&entries);
	return finding;
}

static enum finding find(const struct hearing *hearing, const struct expectation *expectation)
{
	const struct fact *fact = facts_get(hearing->observation->facts, expectation->fact);

	if (!operator_fits(expectation->operator, expectation->fact->type))
		return FINDING_UNFIT;
	/* Where there is no list nobody knows what is on it. */
	if (!fact)
		return expectation->entry ? FINDING_MISSING
					  : find_missing(hearing, expectation->operator);
	if (expectation->entry)
		return find_entries(hearing, fact, expectation);
	if (expectation->operator == OPERATOR_REMAINING)
		return find_remaining(hearing, fact, expectation);
	if (expectation->operator == OPERATOR_UNCHANGED)
		return find_unchanged(hearing, expectation);
	return compare(hearing, fact, expectation);
}

static bool found(const struct hearing *hearing, enum finding finding)
{
	return hearing->found & 1u << finding;
}

static bool breaks(enum finding finding)
{
	return finding == FINDING_WARNS || finding == FINDING_VIOLATED ||
	       finding == FINDING_CRITICAL;
}

static bool any_breaks(const struct hearing *hearing)
{
	return found(hearing, FINDING_WARNS) || found(hearing, FINDING_VIOLATED) ||
	       found(hearing, FINDING_CRITICAL);
}

static enum verdict severity_verdict(enum severity severity)
{
	return severity == SEVERITY_CRITICAL || severity == SEVERITY_MAJOR ? VERDICT_CRITICAL
									   : VERDICT_WARNING;
}

static void decide_violated(const struct hearing *hearing, struct judgement *judgement)
{
	enum verdict verdict = VERDICT_WARNING;

	if (found(hearing, FINDING_VIOLATED))
		verdict = severity_verdict(hearing->check->severity);
	if (found(hearing, FINDING_CRITICAL))
		verdict = VERDICT_CRITICAL;
	judgement->verdict = verdict;
	judgement->reason = "violated";
}

/* Of a rule with `otherwise` it is that which asks for nobody: what a feature in use needs is
 * not as it should be when nobody serves it. */
static enum when_closed when_closed(const struct check *check)
{
	const struct rule *rule = check->rule;
	bool needed = rule->otherwise_count && !check->unused_feature;

	return needed && rule->when_closed == CLOSED_OK ? CLOSED_UNKNOWN : rule->when_closed;
}

/* At once: who has answered before does listen. A refusal comes from the target itself; that
 * nobody answers may also be a fault on the way, so only a rule that wants it so believes it. */
static bool nobody_serves(const struct hearing *hearing)
{
	const struct observation *observation = hearing->observation;
	enum when_closed meaning = when_closed(hearing->check);

	if (observation->outcome.stage != STAGE_CONNECT || facts_count(observation->facts))
		return false;
	switch (observation->outcome.reason) {
	case REASON_REFUSED:
		return meaning != CLOSED_UNKNOWN;
	case REASON_TIMED_OUT:
	case REASON_UNREACHABLE:
	case REASON_PROHIBITED:
	case REASON_RESET:
		return meaning == CLOSED_OK;
	default:
		return false;
	}
}

/* Nothing is broken as far as was seen, but something was not seen. */
static void decide_missing(const struct hearing *hearing, struct judgement *judgement)
{
	const struct observation *observation = hearing->observation;

	if (nobody_serves(hearing)) {
		judgement->verdict = when_closed(hearing->check) == CLOSED_OK
					     ? VERDICT_OK
					     : VERDICT_NOT_APPLICABLE;
		judgement->reason = "closed";
		return;
	}
	judgement->verdict =
		was_observed(hearing) && hearing->check->rule->not_applicable_when_absent
			? VERDICT_NOT_APPLICABLE
			: VERDICT_UNKNOWN;
	judgement->reason = was_observed(hearing) ? "not_seen"
						  : reason_word(observation->outcome.reason);
}

static void decide(const struct hearing *hearing, struct judgement *judgement)
{
	if (any_breaks(hearing)) {
		decide_violated(hearing, judgement);
	} else if (hearing->observation->outcome.reason == REASON_NO_ADDRESS) {
		judgement->verdict = VERDICT_NOT_APPLICABLE;
		judgement->reason = reason_word(REASON_NO_ADDRESS);
	} else if (found(hearing, FINDING_UNFIT) || !hearing->found) {
		/* The plan lets neither through; should it, nobody is told that all is well. */
		judgement->verdict = VERDICT_UNKNOWN;
		judgement->reason = reason_word(REASON_INTERNAL);
	} else if (found(hearing, FINDING_MISSING)) {
		decide_missing(hearing, judgement);
	} else if (found(hearing, FINDING_FORGOTTEN)) {
		judgement->verdict = VERDICT_UNKNOWN;
		judgement->reason = "not_remembered";
	} else {
		judgement->verdict = VERDICT_OK;
		judgement->reason = "satisfied";
	}
}

/* True when an earlier expectation of the check has shown this fact's value already. */
static bool shown_before(const struct check *check, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (check->expect[i].fact == check->expect[index].fact)
			return true;
	return false;
}

static void add_failure(const struct hearing *hearing, struct text *out)
{
	const struct outcome *outcome = &hearing->observation->outcome;

	text_add_item(out, "; ", nobody_serves(hearing) ? "closed (" : "no answer (");
	text_add_format(out, "%s at %s)", reason_word(outcome->reason),
			stage_word(outcome->stage));
}

static void add_observed(const struct hearing *hearing, size_t index, struct text *out)
{
	const struct expectation *expectation = &hearing->check->expect[index];
	const struct fact *fact = facts_get(hearing->observation->facts, expectation->fact);

	if (!fact && !was_observed(hearing))
		return;
	text_add_item(out, "; ", "");
	if (wording_needs_names(hearing->check->expect, hearing->check->expect_count))
		text_add_format(out, "%s: ", expectation->fact->name);
	if (fact)
		wording_observed(fact, expectation, &hearing->circumstances->recollection,
				 hearing->circumstances->wall_us, out);
	else
		text_add(out, find(hearing, expectation) == FINDING_MISSING ? "not seen"
									  : "absent");
}

/* What broke; while nothing did, everything, each value once. */
static bool shows(const struct hearing *hearing, size_t index)
{
	if (any_breaks(hearing))
		return breaks(find(hearing, &hearing->check->expect[index]));
	return !shown_before(hearing->check, index);
}

static char *describe_observed(const struct hearing *hearing)
{
	const struct outcome *outcome = &hearing->observation->outcome;
	struct text out = { 0 };

	for (size_t i = 0; i < hearing->check->expect_count; i++)
		if (shows(hearing, i))
			add_observed(hearing, i, &out);
	if (outcome->reason == REASON_NO_ADDRESS)
		text_add_item(&out, "; ", reason_sentence(REASON_NO_ADDRESS));
	else if (found(hearing, FINDING_MISSING) && !any_breaks(hearing) && !was_observed(hearing))
		add_failure(hearing, &out);
	return text_take(&out);
}

/* The end of an exception is the end of a day: the time of day would only confuse. */
static void add_exception(const struct exception *exception, struct text *out)
{
	char stamp[CLOCK_STAMP_ROOM];

	clock_format(exception->until_us, stamp);
	text_add_item(out, "; ", "accepted: ");
	text_add_format(out, "%s (", exception->reason);
	if (exception->owner)
		text_add_format(out, "%s, ", exception->owner);
	text_add_format(out, "until %.10s)", stamp);
}

static void add_stage(const struct observation *observation, struct text *out)
{
	const struct outcome *outcome = &observation->outcome;

	if (outcome->reason == REASON_NONE)
		return;
	if (outcome->step)
		text_add_format(out, "at %s", outcome->step);
	else
		text_add_format(out, "stage %s", stage_word(outcome->stage));
	if (observation->detail)
		text_add_format(out, ": %s", observation->detail);
}

/* An accepted risk hides a finding and nothing else. */
static bool excepts(const struct exception *exception, const struct judgement *judgement,
		    int64_t wall_us)
{
	return exception && wall_us >= exception->from_us && wall_us <= exception->until_us &&
	       (judgement->verdict == VERDICT_WARNING ||
		judgement->verdict == VERDICT_CRITICAL);
}

static void judge_unseen(const struct check *check, struct judgement *judgement)
{
	bool applicable = check->inapplicable == APPLICABLE;

	judgement->verdict = applicable ? VERDICT_UNKNOWN : VERDICT_NOT_APPLICABLE;
	judgement->reason = inapplicable_words[check->inapplicable];
	judgement->observed = memory_copy("not looked at");
}

static char *describe_expected(const struct check *check,
			       const struct recollection *recollection)
{
	const struct rule *rule = check->rule;
	struct text out = { 0 };

	if (check->expect)
		wording_expected(check->expect, check->expect_count, recollection, &out);
	else
		wording_expected(rule->expect, rule->expect_count, recollection, &out);
	if (when_closed(check) == CLOSED_OK)
		text_add(&out, ", or closed");
	return text_take(&out);
}

void judge(const struct check *check, const struct observation *observation,
	   const struct circumstances *circumstances, struct judgement *judgement)
{
	struct hearing hearing = { check, observation, circumstances, 0 };
	struct text detail = { 0 };

	*judgement = (struct judgement){
		.expected = describe_expected(check, &circumstances->recollection)
	};
	if (check->inapplicable != APPLICABLE || !observation) {
		judge_unseen(check, judgement);
		return;
	}
	for (size_t i = 0; i < check->expect_count; i++)
		hearing.found |= 1u << find(&hearing, &check->expect[i]);
	decide(&hearing, judgement);
	judgement->observed = describe_observed(&hearing);
	add_stage(observation, &detail);
	if (check->unused_feature)
		text_add_item(&detail, "; ", "its feature is not switched on");
	if (excepts(circumstances->exception, judgement, circumstances->wall_us)) {
		judgement->verdict = VERDICT_EXCEPTED;
		add_exception(circumstances->exception, &detail);
	}
	if (detail.length)
		judgement->detail = text_take(&detail);
}

void judgement_clear(struct judgement *judgement)
{
	free(judgement->expected);
	free(judgement->observed);
	free(judgement->detail);
	*judgement = (struct judgement){ 0 };
}

const char *verdict_word(enum verdict verdict)
{
	static const char *const words[] = {
#define VERDICT_WORD(constant, word) word,
		VERDICTS(VERDICT_WORD)
#undef VERDICT_WORD
	};

	return words[verdict];
}

enum verdict verdict_worse(enum verdict a, enum verdict b)
{
	static const unsigned badness[VERDICT_COUNT] = {
		[VERDICT_CRITICAL] = 4,
		[VERDICT_WARNING] = 3,
		[VERDICT_UNKNOWN] = 2,
		[VERDICT_OK] = 1,
	};

	return badness[b] > badness[a] ? b : a;
}
