/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls_survey_offers.h"

#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"
#include "net/address.h"

/* Silence costs seconds each time; a server that has never said a word gets so many. */
enum { SILENCES_MOST = 6, QUESTIONS_BESIDE = 96 };

static const struct part {
	bool (*ask)(struct tls_survey *survey);
	void (*hear)(struct tls_survey *survey, const struct survey_heard *heard);
} parts[SURVEY_PHASES] = {
	[SURVEY_MODERN] = { survey_modern_ask, survey_modern_hear },
	[SURVEY_LEGACY] = { survey_legacy_ask, survey_legacy_hear },
	[SURVEY_OLD] = { survey_old_ask, survey_old_hear },
	[SURVEY_AGAIN] = { NULL, NULL },
	[SURVEY_GROUPS_1_3] = { survey_groups_ask, survey_groups_hear },
	[SURVEY_GROUPS_ECDHE] = { survey_groups_ask, survey_groups_hear },
	[SURVEY_GROUPS_DHE] = { survey_groups_ask, survey_groups_hear },
	[SURVEY_PREFERENCE] = { survey_preference_ask, survey_preference_hear },
	[SURVEY_LOOK] = { survey_look_ask, survey_look_hear },
	[SURVEY_FALLBACK] = { survey_fallback_ask, survey_fallback_hear },
	[SURVEY_ALIVE] = { survey_alive_ask, survey_alive_hear },
};

bool survey_wants(const struct tls_survey *survey, enum tls_fact fact)
{
	return !survey->wanted || survey->wanted >> fact & 1;
}

static void set_goal(struct tls_survey *survey)
{
	const uint32_t anonymous = 1u << TLS_WEAK_ANONYMOUS;

	if (survey_wants(survey, TLS_FACT_WEAK_CIPHERS) ||
	    survey_wants(survey, TLS_FACT_WEAKNESSES))
		survey->goal_mask = (1u << TLS_WEAKNESS_COUNT) - 1;
	else if (survey_wants(survey, TLS_FACT_ANONYMOUS))
		survey->goal_mask = anonymous;
	/* Which groups there are shows only while suites are chosen that use them. */
	if (survey_wants(survey, TLS_FACT_CIPHERS) || survey_wants(survey, TLS_FACT_GROUPS))
		survey->goal = GOAL_ALL;
	else if (survey->goal_mask)
		survey->goal = survey_wants(survey, TLS_FACT_PREFERENCE) ? GOAL_ALL : GOAL_MASK;
	else if (survey_wants(survey, TLS_FACT_PREFERENCE))
		survey->goal = GOAL_TWO;
}

static bool is_address(const char *name)
{
	struct address address;

	return address_parse(name, &address);
}

struct tls_survey *tls_survey_new(const char *name, uint64_t wanted)
{
	struct tls_survey *survey = memory_new(1, sizeof *survey);

	if (name && *name && !is_address(name))
		survey->name = memory_copy(name);
	survey->wanted = wanted;
	survey->version = TLS_VERSION_1_2;
	survey->groups = tls_groups(&survey->group_count);
	survey->group_found = memory_new(survey->group_count, sizeof *survey->group_found);
	survey->offered_groups = memory_new(survey->group_count, sizeof *survey->offered_groups);
	survey->alpn = survey_wants(survey, TLS_FACT_ALPN) ? ALPN_OPEN : ALPN_DONE;
	survey_suites_init(survey);
	set_goal(survey);
	return survey;
}

void tls_survey_free(struct tls_survey *survey)
{
	if (!survey)
		return;
	free(survey->name);
	free(survey->group_found);
	free(survey->offered_groups);
	free(survey->suites);
	free(survey->order);
	free(survey->offered);
	free(survey->offered_at);
	free(survey->modern_choices.choices);
	free(survey->legacy_choices.choices);
	free(survey);
}

unsigned tls_survey_connections(const struct tls_survey *survey)
{
	return survey->connections;
}

unsigned tls_survey_connections_most(void)
{
	size_t groups, protocols = 0;

	tls_groups(&groups);
	while (survey_alpn_name(protocols))
		protocols++;
	return (unsigned)(tls_suite_count() + groups + protocols + QUESTIONS_BESIDE);
}

static enum tls_until how_far(const struct tls_survey *survey)
{
	bool is_1_3 = survey->question.offer.version == TLS_VERSION_1_3;

	if (survey_wants(survey, TLS_FACT_CLIENT_CERTIFICATE) &&
	    survey->requests == TRUTH_UNKNOWN && (!is_1_3 || survey->phase == SURVEY_LOOK))
		return TLS_UNTIL_DONE;
	if (is_1_3 && survey->phase == SURVEY_LOOK)
		return TLS_UNTIL_CERTIFICATE;
	return survey_wants(survey, TLS_FACT_GROUPS) ? TLS_UNTIL_GROUP : TLS_UNTIL_HELLO;
}

/* What rides along with any question. */
static void finish_question(struct tls_survey *survey)
{
	struct tls_question *question = &survey->question;
	struct tls_offer *offer = &question->offer;
	bool is_1_3 = offer->version == TLS_VERSION_1_3;

	offer->suites = survey->offered;
	offer->suite_count = survey->offered_count;
	offer->groups = survey->offered_groups;
	offer->group_count = survey->offered_group_count;
	offer->name = survey->nameless ? NULL : survey->name;
	offer->bare = offer->version == TLS_VERSION_SSL3 || survey->round == SURVEY_BARE;
	offer->compression = !is_1_3 && survey->compression == TRUTH_UNKNOWN &&
			     survey_wants(survey, TLS_FACT_COMPRESSION);
	if (survey->alpn == ALPN_OPEN && (!is_1_3 || survey->phase == SURVEY_LOOK))
		survey_offer_alpn(survey, false);
	else if (survey->insists_on_alpn)
		survey_offer_alpn(survey, true);
	question->until = how_far(survey);
}

/* When the usual hellos were all refused: other ones. */
static bool next_round(struct tls_survey *survey)
{
	if (survey->accepted || survey->round + 1 == SURVEY_ROUNDS)
		return false;
	survey->round++;
	if (survey->round == SURVEY_NAMELESS && (!survey->name || survey->nameless))
		survey->round++;
	survey->nameless = true;
	survey->version = TLS_VERSION_1_2;
	survey->modern_done = false;
	survey->old_index = 0;
	return true;
}

bool tls_survey_ask(struct tls_survey *survey, struct tls_question *question)
{
	while (!survey->over && survey->phase < SURVEY_PHASES) {
		survey->question = (struct tls_question){ 0 };
		if (survey->phase == SURVEY_AGAIN) {
			survey->phase = next_round(survey) ? SURVEY_MODERN : SURVEY_AGAIN + 1;
			continue;
		}
		if (parts[survey->phase].ask(survey)) {
			if (survey->connections == tls_survey_connections_most())
				break;
			finish_question(survey);
			survey->connections++;
			*question = survey->question;
			return true;
		}
		survey->phase++;
	}
	survey->over = true;
	return false;
}

/* How much an answer that is no hello says about what is wrong there. */
static unsigned rank_of(const struct tls_answer *answer)
{
	if (answer->flight->said == TLS_SAID_PLAIN_TEXT)
		return 6;
	if (answer->flight->said != TLS_SAID_NOTHING)
		return 5;
	switch (answer->end.outcome.reason) {
	case REASON_TIMED_OUT:
	case REASON_CANCELLED:
		return 1;
	case REASON_CLOSED_EARLY:
	case REASON_RESET:
		return 2;
	default:
		return 3;
	}
}

/* Not about what was asked: the server cannot be reached, or speaks no TLS at all. */
static bool breaks_off(struct tls_survey *survey, const struct tls_answer *answer)
{
	const struct outcome *outcome = &answer->end.outcome;
	bool silent = outcome->reason == REASON_TIMED_OUT;

	if (answer->flight->said == TLS_SAID_HELLO || answer->flight->said == TLS_SAID_RETRY)
		return false;
	survey->silences += silent;
	return answer->flight->said == TLS_SAID_PLAIN_TEXT ||
	       (outcome->reason != REASON_NONE && outcome->stage != STAGE_HANDSHAKE &&
		outcome->stage != STAGE_REPLY) ||
	       (silent && !survey->accepted && survey->silences >= SILENCES_MOST);
}

/* One that answers others may only have stalled: silence has to be heard twice. */
static bool may_have_stalled(struct tls_survey *survey)
{
	bool stalled = survey->wordless_last && survey->accepted && !survey->asked_twice &&
		       survey->last.reason == REASON_TIMED_OUT;

	survey->asked_twice = stalled;
	return stalled;
}

void tls_survey_hear(struct tls_survey *survey, const struct tls_answer *answer)
{
	struct survey_heard heard;
	unsigned ranking = rank_of(answer);

	survey->tells = ranking > survey->ranking;
	if (survey->tells)
		survey->ranking = ranking;
	survey->last = answer->end.outcome;
	if (breaks_off(survey, answer)) {
		survey->over = true;
		survey->broken = answer->end.outcome;
		return;
	}
	survey->wordless_last = answer->flight->said == TLS_SAID_NOTHING;
	if (may_have_stalled(survey) || survey_adapts(survey, answer))
		return;
	survey_judge(survey, answer, &heard);
	parts[survey->phase].hear(survey, &heard);
}

bool tls_survey_heard_tls(const struct tls_survey *survey)
{
	return survey->accepted;
}

bool tls_survey_answer_tells(const struct tls_survey *survey)
{
	return survey->tells;
}

struct outcome tls_survey_outcome(const struct tls_survey *survey)
{
	return survey->broken;
}

bool tls_survey_wants_handshake(const struct tls_survey *survey)
{
	return survey_wants(survey, TLS_FACT_CLIENT_CERTIFICATE) &&
	       survey->requests == TRUTH_YES && survey->requires == TRUTH_UNKNOWN;
}

bool tls_survey_is_nameless(const struct tls_survey *survey)
{
	return survey->nameless;
}

void tls_survey_hear_handshake(struct tls_survey *survey, bool required)
{
	survey->requires = required ? TRUTH_YES : TRUTH_NO;
}
