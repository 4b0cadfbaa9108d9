/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls_survey_offers.h"

#include <string.h>

/* So many choices that all follow our order are no accident. */
enum { CONVINCING_CHOICES = 8, ALIVE_MOST = 2 };

static bool speaks_1_3(const struct tls_survey *survey)
{
	return survey->accepted & survey_bit(TLS_VERSION_1_3);
}

static bool is_unknown(const struct tls_survey *survey, enum tls_fact fact,
		       enum survey_truth truth)
{
	return survey_wants(survey, fact) && truth == TRUTH_UNKNOWN;
}

/* Asks for nothing but suites the server is known to accept. */
static bool offer_found_of(struct tls_survey *survey, uint16_t version, uint32_t traits)
{
	const struct offer_wish wish = {
		.version = version,
		.which = OFFER_FOUND,
		.traits = traits
	};

	survey_offer_all_groups(survey);
	survey->question.keys = version == TLS_VERSION_1_3 && survey->keys;
	return survey_offer_suites(survey, &wish);
}

static bool offer_found(struct tls_survey *survey, uint32_t traits)
{
	return offer_found_of(survey, survey->top ? survey->top : TLS_VERSION_1_3, traits);
}

/* With ECDSA the certificate's curve has to be among the groups. Which it is we do not know:
 * one of these, and one of those found. */
static const uint16_t certificate_curves[] = { 23, 24, 25 };

enum { CERTIFICATE_CURVES = sizeof certificate_curves / sizeof *certificate_curves };

static void keep_certificate_curves(struct tls_survey *survey)
{
	for (size_t i = 0; i < CERTIFICATE_CURVES; i++)
		if (survey_group_found(survey, certificate_curves[i]) &&
		    !(survey->curves_dropped >> i & 1))
			survey_offer_group(survey, certificate_curves[i]);
}

/* One that hides others because the server likes it better; false when it is no such. */
static bool drop_curve(struct tls_survey *survey, uint16_t group)
{
	for (size_t i = 0; i < CERTIFICATE_CURVES; i++) {
		if (certificate_curves[i] != group || survey->curves_dropped >> i & 1)
			continue;
		survey->curves_dropped |= 1u << i;
		return survey->curves_kept;
	}
	return false;
}

static bool offer_curves(struct tls_survey *survey)
{
	struct offer_wish wish = {
		.version = survey->top,
		.which = OFFER_FOUND,
		.traits = TLS_SUITE_ECDHE,
		.without_ecdsa = true
	};

	if (survey->answered < TLS_VERSION_1_0)
		return false;
	wish.without_ecdsa = survey_count_found(survey, &wish);
	survey->curves_kept = !wish.without_ecdsa;
	if (!survey_offer_suites(survey, &wish) || !survey_offer_groups(survey, GROUPS_CURVES))
		return false;
	if (survey->curves_kept)
		keep_certificate_curves(survey);
	return true;
}

static bool offer_finite_groups(struct tls_survey *survey)
{
	return !speaks_1_3(survey) && survey->top &&
	       survey_any_group(survey, GROUPS_FINITE, true) &&
	       offer_found(survey, TLS_SUITE_DHE) &&
	       survey_offer_groups(survey, GROUPS_FINITE);
}

static bool offer_modern_groups(struct tls_survey *survey)
{
	const struct offer_wish wish = { .version = TLS_VERSION_1_3, .which = OFFER_FOUND };

	survey->question.keys = survey->keys;
	return speaks_1_3(survey) && survey_offer_suites(survey, &wish) &&
	       survey_offer_groups(survey, GROUPS_ANY);
}

bool survey_groups_ask(struct tls_survey *survey)
{
	if (!survey_wants(survey, TLS_FACT_GROUPS) || survey->round == SURVEY_BARE ||
	    survey->groups_ended[survey->phase - SURVEY_GROUPS_1_3])
		return false;
	if (survey->phase == SURVEY_GROUPS_1_3)
		return offer_modern_groups(survey);
	if (survey->phase == SURVEY_GROUPS_ECDHE)
		return survey->top && offer_curves(survey);
	return offer_finite_groups(survey);
}

void survey_groups_hear(struct tls_survey *survey, const struct survey_heard *heard)
{
	bool goes_on = heard->verdict == HEARD_YES &&
		       (heard->new_group || (survey->phase == SURVEY_GROUPS_ECDHE &&
					     drop_curve(survey, heard->group)));

	if (!goes_on)
		survey->groups_ended[survey->phase - SURVEY_GROUPS_1_3] = true;
}

static const struct survey_suite *chosen(const struct tls_survey *survey,
					 const struct survey_choices *choices, size_t index)
{
	return &survey->suites[choices->choices[index].at];
}

/* TLS_ECDHE_RSA and the like: with fewer groups others may have been impossible. */
static bool same_exchange(const struct survey_suite *a, const struct survey_suite *b)
{
	const char *end = strstr(a->suite->name, "_WITH_");
	size_t length = end ? (size_t)(end - a->suite->name) + strlen("_WITH_") : 0;

	return !strncmp(a->suite->name, b->suite->name, length);
}

/* A suite chosen although another acceptable one stood before it. ChaCha20 does not count:
 * some servers move it to where the client has it, and nothing else. */
static bool contradicts_our_order(const struct tls_survey *survey,
				  const struct survey_choices *choices, size_t index)
{
	const struct survey_choice *choice = &choices->choices[index];
	const struct survey_suite *taken = chosen(survey, choices, index);

	if (choice->limited || taken->chacha)
		return false;
	for (size_t later = index + 1; later < choices->count; later++) {
		const struct survey_suite *left = chosen(survey, choices, later);

		if (!left->chacha && (!choice->shrunk || same_exchange(taken, left)) &&
		    survey_is_before(survey, choices->choices[later].at, choice->at,
				     choice->reversed))
			return true;
	}
	return false;
}

static size_t count_without_chacha(const struct tls_survey *survey,
				   const struct survey_choices *choices)
{
	size_t count = 0;

	for (size_t i = 0; i < choices->count; i++)
		count += !chosen(survey, choices, i)->chacha;
	return count;
}

static const struct survey_choices *evidence(const struct tls_survey *survey)
{
	if (count_without_chacha(survey, &survey->legacy_choices) >= 2)
		return &survey->legacy_choices;
	return &survey->modern_choices;
}

static bool is_fair(const struct survey_choice *choice)
{
	return !choice->shrunk && !choice->limited;
}

static size_t count_fair(const struct tls_survey *survey, const struct survey_choices *choices)
{
	size_t count = 0;

	for (size_t i = 0; i < choices->count; i++)
		count += is_fair(&choices->choices[i]) && !chosen(survey, choices, i)->chacha;
	return count;
}

/* In the order in which the server gave them away, or in its opposite. */
static void offer_choices(struct tls_survey *survey, const struct survey_choices *choices,
			  bool backwards)
{
	survey->offered_count = 0;
	for (size_t turn = 0; turn < choices->count; turn++) {
		size_t i = backwards ? choices->count - 1 - turn : turn;

		if (chosen(survey, choices, i)->chacha ||
		    (survey->limit && survey->offered_count == survey->limit))
			continue;
		survey->offered_at[survey->offered_count] = choices->choices[i].at;
		survey->offered[survey->offered_count++] = chosen(survey, choices, i)->suite->value;
	}
	survey_offer_all_groups(survey);
	survey->question.offer.version = survey->top;
	if (choices == &survey->modern_choices) {
		survey->question.offer.version = TLS_VERSION_1_3;
		survey->question.keys = survey->keys;
	}
}

/* True when the answers so far are enough. */
static bool decide_preference(struct tls_survey *survey, const struct survey_choices *choices)
{
	for (size_t i = 0; i < choices->count; i++) {
		if (contradicts_our_order(survey, choices, i)) {
			survey->server_prefers = TRUTH_YES;
			return true;
		}
	}
	if (count_fair(survey, choices) < CONVINCING_CHOICES)
		return false;
	survey->server_prefers = TRUTH_NO;
	return true;
}

bool survey_preference_ask(struct tls_survey *survey)
{
	const struct survey_choices *choices = evidence(survey);

	if (!is_unknown(survey, TLS_FACT_PREFERENCE, survey->server_prefers) ||
	    survey->preference_ended || count_without_chacha(survey, choices) < 2 ||
	    decide_preference(survey, choices))
		return false;
	offer_choices(survey, choices, !survey->preference_asked);
	return true;
}

/* Who takes the first although it was the last to be given away follows our order, unless
 * it was the last for want of groups: then also the other way round. */
void survey_preference_hear(struct tls_survey *survey, const struct survey_heard *heard)
{
	const struct survey_choices *choices = evidence(survey);
	bool follows = heard->verdict == HEARD_YES && heard->at == survey->offered_at[0];

	if (heard->verdict == HEARD_YES && !follows)
		survey->server_prefers = TRUTH_YES;
	else if (follows && (survey->preference_asked ||
			     count_fair(survey, choices) ==
				     count_without_chacha(survey, choices)))
		survey->server_prefers = TRUTH_NO;
	survey->preference_ended = heard->verdict != HEARD_YES;
	survey->preference_asked = true;
}

static bool shows_protocols_below_1_3(const struct tls_survey *survey)
{
	return survey->answered >= TLS_VERSION_1_0 && survey->round != SURVEY_BARE;
}

/* TLS 1.3 encrypts what tells: there a share of ours is needed, once or as often as there
 * are protocols. */
static bool look_at_1_3(struct tls_survey *survey)
{
	if (survey->looked || !speaks_1_3(survey) ||
	    (!is_unknown(survey, TLS_FACT_CLIENT_CERTIFICATE, survey->requests) &&
	     (shows_protocols_below_1_3(survey) || survey->alpn != ALPN_OPEN)) ||
	    !offer_found_of(survey, TLS_VERSION_1_3, 0))
		return false;
	survey->question.keys = true;
	return true;
}

/* When not all suites were looked for, one of those may be among the others. */
static bool offer_certificate_suites(struct tls_survey *survey)
{
	const struct offer_wish wish = {
		.version = survey->top,
		.which = survey->goal == GOAL_ALL ? OFFER_FOUND : OFFER_ALL,
		.traits = TLS_SUITE_CERTIFICATE
	};

	survey_offer_all_groups(survey);
	return survey_offer_suites(survey, &wish);
}

static bool look_below(struct tls_survey *survey)
{
	if (survey->alpn == ALPN_OPEN && shows_protocols_below_1_3(survey))
		return offer_found(survey, 0);
	if (survey->looked_below)
		return false;
	if (is_unknown(survey, TLS_FACT_CLIENT_CERTIFICATE, survey->requests) &&
	    offer_certificate_suites(survey))
		return true;
	return (is_unknown(survey, TLS_FACT_COMPRESSION, survey->compression) ||
		is_unknown(survey, TLS_FACT_SECURE_RENEGOTIATION, survey->renegotiation)) &&
	       offer_found(survey, 0);
}

bool survey_look_ask(struct tls_survey *survey)
{
	return (survey->top && look_below(survey)) || look_at_1_3(survey);
}

void survey_look_hear(struct tls_survey *survey, const struct survey_heard *heard)
{
	bool is_1_3 = survey->question.offer.version == TLS_VERSION_1_3;
	bool for_protocols = survey->question.offer.alpn && !survey->insists_on_alpn;
	bool read = heard->verdict == HEARD_YES &&
		    (!is_1_3 ||
		     (heard->flight->complete && heard->flight->said == TLS_SAID_HELLO));

	survey->looked |= is_1_3 && (!read || survey->alpn != ALPN_OPEN);
	if (!is_1_3 && !for_protocols) {
		survey->looked_below = true;
		survey->no_certificate = heard->verdict == HEARD_NO;
	}
	if (!read && survey->alpn == ALPN_OPEN)
		survey->alpn = ALPN_UNKNOWN;
}

static uint16_t second_highest(const struct tls_survey *survey)
{
	bool first = true;

	for (uint16_t version = TLS_VERSION_1_3; version >= TLS_VERSION_SSL3; version--) {
		if (!(survey->accepted & survey_bit(version)))
			continue;
		if (!first)
			return version;
		first = false;
	}
	return 0;
}

bool survey_fallback_ask(struct tls_survey *survey)
{
	const struct offer_wish wish = {
		.version = second_highest(survey),
		.which = OFFER_ALL
	};

	if (!is_unknown(survey, TLS_FACT_FALLBACK_SCSV, survey->fallback) ||
	    survey->fallback_asked || !wish.version || !survey_offer_suites(survey, &wish))
		return false;
	survey_offer_all_groups(survey);
	survey->question.offer.fallback = true;
	return true;
}

/* Without the SCSV that hello was accepted, so however it is refused now, it is for that:
 * dovecot and slapd hang up before their alert is on its way. */
void survey_fallback_hear(struct tls_survey *survey, const struct survey_heard *heard)
{
	bool refused = heard->flight->said == TLS_SAID_ALERT ||
		       (heard->flight->said == TLS_SAID_NOTHING &&
			survey->last.reason != REASON_TIMED_OUT);

	survey->fallback_asked = true;
	if (refused)
		survey->fallback = TRUTH_YES;
	else if (heard->verdict == HEARD_YES)
		survey->fallback = TRUTH_NO;
}

/* Servers that say no by hanging up look like those that hang up on everybody because they
 * have had enough of us: only if it still answers what it has answered, it was a no. */
bool survey_alive_ask(struct tls_survey *survey)
{
	return survey->accepted && survey->wordless_last && survey->alive_asked < ALIVE_MOST &&
	       offer_found(survey, 0);
}

void survey_alive_hear(struct tls_survey *survey, const struct survey_heard *heard)
{
	(void)heard;
	if (!survey->wordless_last || ++survey->alive_asked < ALIVE_MOST)
		return;
	survey->over = true;
	survey->broken = survey->last;
	if (survey->broken.reason == REASON_NONE)
		survey->broken = (struct outcome){ STAGE_HANDSHAKE, REASON_CLOSED_EARLY, NULL };
}
