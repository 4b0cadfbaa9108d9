/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls_survey_offers.h"

enum { LIMIT_LONG = 64, LIMIT_SHORT = 32 };

static void note_choice(struct tls_survey *survey, struct survey_choices *choices,
			const struct survey_heard *heard)
{
	if (choices->count < survey->suite_count)
		choices->choices[choices->count++] = (struct survey_choice){
			.at = (uint16_t)heard->at,
			.reversed = survey->reversed,
			/* Any suite of 1.3 goes with any group. */
			.shrunk = survey->shrunk && choices == &survey->legacy_choices,
			.limited = survey->cut
		};
	survey->reversed = !survey->reversed;
}

/* Groups already found are left out while that is likely to lead to another suite. */
static bool may_shrink(const struct tls_survey *survey, uint16_t version)
{
	return survey_wants(survey, TLS_FACT_GROUPS) &&
	       survey_likely_is_open(survey, version);
}

bool survey_modern_ask(struct tls_survey *survey)
{
	const struct offer_wish wish = {
		.version = TLS_VERSION_1_3,
		.which = OFFER_OPEN,
		.reversed = survey->reversed
	};

	if (survey->round == SURVEY_BARE || survey->modern_done ||
	    !survey_needs_suites(survey, TLS_VERSION_1_3) ||
	    !survey_offer_suites(survey, &wish))
		return false;
	if (survey->modern_all_groups || !may_shrink(survey, TLS_VERSION_1_3) ||
	    !survey_offer_groups(survey, GROUPS_ANY))
		survey_offer_all_groups(survey);
	survey->question.keys = survey->keys;
	return true;
}

void survey_modern_hear(struct tls_survey *survey, const struct survey_heard *heard)
{
	bool accepted = survey->accepted & survey_bit(TLS_VERSION_1_3);

	if (heard->verdict == HEARD_YES) {
		note_choice(survey, &survey->modern_choices, heard);
	} else if (heard->verdict == HEARD_BAD_CHOICE) {
		survey->suites[heard->at].refused = true;
	} else if (heard->verdict == HEARD_ODD && !accepted && !survey->keys &&
		   survey->last.reason != REASON_TIMED_OUT) {
		survey->keys = true;
	} else if (survey->shrunk) {
		survey->modern_all_groups = true;
	} else {
		survey->keys &= accepted;
		survey->modern_done = true;
		survey->reversed = false;
	}
}

static bool needs_every_version(const struct tls_survey *survey)
{
	return survey->goal == GOAL_ALL || survey->goal == GOAL_MASK ||
	       survey_wants(survey, TLS_FACT_VERSIONS) ||
	       survey_wants(survey, TLS_FACT_FALLBACK_SCSV);
}

static bool legacy_is_wanted(const struct tls_survey *survey, uint16_t version)
{
	if (survey->top == version)
		return survey_needs_suites(survey, version);
	/* Its hello has never had anything in it that could be left out. */
	if (version == TLS_VERSION_SSL3 && !survey->top && survey->round != SURVEY_USUAL)
		return survey->ssl3_waits &&
		       (survey->accepted || survey->round == SURVEY_BARE);
	if (survey->round == SURVEY_BARE && !survey->top)
		return version == TLS_VERSION_1_2 || version == TLS_VERSION_1_0;
	if (survey->accepted & survey_bit(version) ||
	    (version == TLS_VERSION_SSL3 && survey->nothing_below))
		return false;
	return !survey->top || needs_every_version(survey);
}

static bool legacy_offer(struct tls_survey *survey)
{
	bool enumerates = survey->top == survey->version;

	if (!survey->top)
		survey->reversed = false;
	const struct offer_wish wish = {
		.version = survey->version,
		.which = enumerates ? OFFER_OPEN : OFFER_ALL,
		.without_dhe = survey->without_dhe,
		.reversed = enumerates && survey->reversed
	};

	if (!survey->top && survey->limit_in_vain)
		survey->limit = LIMIT_SHORT;
	if (!survey_offer_suites(survey, &wish))
		return false;
	survey_offer_all_groups(survey);
	if (survey->top == survey->version && !survey->shrink_ended &&
	    may_shrink(survey, survey->version) &&
	    survey_any_group(survey, GROUPS_CURVES, true) &&
	    survey_any_group(survey, GROUPS_CURVES, false))
		survey_offer_shrunk_groups(survey);
	return true;
}

static void next_version(struct tls_survey *survey)
{
	survey->version--;
	survey->without_dhe &= survey->top != 0;
	survey_forget_refusals(survey);
}

bool survey_legacy_ask(struct tls_survey *survey)
{
	for (; survey->version >= TLS_VERSION_SSL3; next_version(survey))
		if (legacy_is_wanted(survey, survey->version) && legacy_offer(survey))
			return true;
	return false;
}

/* A hello of SSLv3 has no extensions. That nothing else was accepted may be for those, and
 * then hellos without them say more. */
static void ssl3_shall_wait(struct tls_survey *survey)
{
	if (survey->accepted == survey_bit(TLS_VERSION_SSL3)) {
		survey->accepted = 0;
		survey_forget_found(survey);
		next_version(survey);
	}
	survey->ssl3_waits = true;
}

static void legacy_hear_yes(struct tls_survey *survey, const struct survey_heard *heard)
{
	uint32_t traits = survey->suites[heard->at].suite->traits;

	if (!survey->top && survey->version == TLS_VERSION_SSL3 &&
	    survey->round != SURVEY_BARE && !survey->ssl3_waits) {
		ssl3_shall_wait(survey);
		if (!survey->accepted)
			return;
	}
	if (!survey->top) {
		survey->top = survey->version;
		survey->answered = heard->version;
		/* Whether it was the length is still to be seen. */
		if (survey->limit_in_vain)
			survey->limit = 0;
		survey->limit_in_vain = false;
	}
	if (survey->top != survey->version) {
		next_version(survey);
		return;
	}
	note_choice(survey, &survey->legacy_choices, heard);
	if (survey->shrunk && !(traits & TLS_SUITE_ECDHE))
		survey->shrink_ended = true;
}

/* Only a list longer than any that was taken so far can have been too long. */
static bool list_may_be_too_long(const struct tls_survey *survey)
{
	return !survey->limit_in_vain && survey->offered_count > LIMIT_SHORT &&
	       survey->offered_count > survey->longest_taken;
}

/* Dovecot without DH parameters chooses the client's first suite, and hangs up when that is
 * DHE. Who hangs up without an alert, and has never shown that it can, is asked without. */
static bool may_be_for_dhe(const struct tls_survey *survey, const struct survey_heard *heard)
{
	const struct offer_wish dhe = { .version = survey->version, .traits = TLS_SUITE_DHE };

	return heard->verdict == HEARD_ODD && survey->wordless_last && !survey->without_dhe &&
	       survey->last.reason != REASON_TIMED_OUT &&
	       (!survey->top || survey->top == survey->version) &&
	       survey_offers_dhe_and_others(survey) && !survey_count_found(survey, &dhe);
}

/* Who can speak SSLv3 would have said so to a hello of TLS 1.0. */
static void note_nothing_below(struct tls_survey *survey, const struct survey_heard *heard)
{
	if (survey->version == TLS_VERSION_1_0 && survey->accepted &&
	    heard->flight->said == TLS_SAID_ALERT &&
	    heard->flight->alert == TLS_ALERT_PROTOCOL_VERSION)
		survey->nothing_below = true;
}

/* The version is refused, unless it was only the part of the list that was offered. */
static void version_was_refused(struct tls_survey *survey, const struct survey_heard *heard)
{
	bool by_version = heard->flight->said == TLS_SAID_ALERT &&
			  heard->flight->alert == TLS_ALERT_PROTOCOL_VERSION;

	if (survey->cut && heard->verdict == HEARD_NO && !by_version &&
	    !survey_offers_found(survey)) {
		survey_refuse_offered(survey, 0);
		return;
	}
	if (!survey->top && survey->limit && heard->verdict == HEARD_ODD) {
		survey->limit_in_vain = true;
		survey->limit = 0;
	}
	note_nothing_below(survey, heard);
	next_version(survey);
}

void survey_legacy_hear(struct tls_survey *survey, const struct survey_heard *heard)
{
	if (heard->verdict == HEARD_YES) {
		legacy_hear_yes(survey, heard);
	} else if (heard->verdict == HEARD_BAD_CHOICE) {
		survey->suites[heard->at].refused = true;
	} else if (heard->verdict == HEARD_ODD && list_may_be_too_long(survey)) {
		survey->limit = survey->offered_count > LIMIT_LONG &&
						survey->last.reason != REASON_TIMED_OUT
					? LIMIT_LONG
					: LIMIT_SHORT;
	} else if (may_be_for_dhe(survey, heard)) {
		survey->without_dhe = true;
	} else if (survey->shrunk) {
		survey->shrink_ended = true;
		survey_refuse_offered(survey, TLS_SUITE_ECDHE);
	} else if (survey->top == survey->version) {
		survey_refuse_offered(survey, 0);
	} else {
		version_was_refused(survey, heard);
	}
}

/* The lowest version of TLS, and SSLv3, unless suites were enumerated with it. 0: neither. */
static uint16_t old_version(const struct tls_survey *survey)
{
	if (survey->old_index == 1) {
		bool accepted = survey->accepted & survey_bit(TLS_VERSION_SSL3);

		return accepted && survey->answered != TLS_VERSION_SSL3 ? TLS_VERSION_SSL3 : 0;
	}
	for (uint16_t version = TLS_VERSION_1_0; version < survey->answered; version++)
		if (survey->accepted & survey_bit(version))
			return version;
	return 0;
}

bool survey_old_ask(struct tls_survey *survey)
{
	for (; survey->old_index < 2; survey->old_index++) {
		const struct offer_wish wish = {
			.version = old_version(survey),
			.which = OFFER_OPEN,
			.without_dhe = survey->without_dhe
		};

		if (wish.version && (survey->goal == GOAL_ALL || survey->goal == GOAL_MASK) &&
		    survey_needs_suites(survey, wish.version) &&
		    survey_offer_suites(survey, &wish)) {
			survey_offer_all_groups(survey);
			return true;
		}
		survey_forget_refusals(survey);
	}
	return false;
}

void survey_old_hear(struct tls_survey *survey, const struct survey_heard *heard)
{
	if (heard->verdict == HEARD_BAD_CHOICE)
		survey->suites[heard->at].refused = true;
	else if (heard->verdict != HEARD_YES)
		survey_refuse_offered(survey, 0);
}
