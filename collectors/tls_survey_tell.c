/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls_survey_offers.h"

#include <stdlib.h>

#include "ground/memory.h"

struct telling {
	const struct tls_survey *survey;
	struct facts *facts;
	const char **words;	/* room for the longest list */
	size_t count;
};

/* Who did not answer last may have gone, wherever the survey ended: then it may be for that,
 * and not for what was asked, that there were no answers. */
static bool may_have_gone(const struct tls_survey *survey)
{
	return survey->wordless_last;
}

/* What a phase finds out is all there is as soon as the phase is over. */
static bool is_past(const struct tls_survey *survey, enum survey_phase phase)
{
	return survey->accepted && survey->phase > phase && !may_have_gone(survey);
}

static void tell_list(struct telling *telling, enum tls_fact fact, bool complete)
{
	if (survey_wants(telling->survey, fact) && (complete || telling->count))
		facts_set_texts(telling->facts, tls_fact(fact), telling->words, telling->count);
	telling->count = 0;
}

static void tell_boolean(struct telling *telling, enum tls_fact fact, enum survey_truth truth)
{
	if (survey_wants(telling->survey, fact) && truth != TRUTH_UNKNOWN)
		facts_set_boolean(telling->facts, tls_fact(fact), truth == TRUTH_YES);
}

static void tell_versions(struct telling *telling)
{
	for (uint16_t version = TLS_VERSION_SSL3; version <= TLS_VERSION_1_3; version++)
		if (telling->survey->accepted & survey_bit(version))
			telling->words[telling->count++] = tls_version_word(version);
	tell_list(telling, TLS_FACT_VERSIONS, is_past(telling->survey, SURVEY_OLD));
}

/* Those of TLS 1.3 first. */
static void add_suites(struct telling *telling, uint32_t mask)
{
	const struct tls_survey *survey = telling->survey;

	for (unsigned pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < survey->suite_count; i++) {
			const struct tls_suite *suite = survey->suites[i].suite;
			bool modern = suite->traits & TLS_SUITE_ONLY_1_3;

			if (survey->suites[i].found && modern == !pass &&
			    (!mask || suite->traits & mask))
				telling->words[telling->count++] = suite->name;
		}
	}
}

static void tell_suites(struct telling *telling)
{
	const uint32_t weak = (1u << TLS_WEAKNESS_COUNT) - 1;
	bool complete = is_past(telling->survey, SURVEY_OLD);

	add_suites(telling, 0);
	tell_list(telling, TLS_FACT_CIPHERS, complete);
	add_suites(telling, weak);
	tell_list(telling, TLS_FACT_WEAK_CIPHERS, complete);
}

static void tell_weaknesses(struct telling *telling)
{
	const struct tls_survey *survey = telling->survey;
	bool complete = is_past(survey, SURVEY_OLD);
	uint32_t seen = 0;

	for (size_t i = 0; i < survey->suite_count; i++)
		if (survey->suites[i].found)
			seen |= survey->suites[i].suite->traits;
	for (unsigned i = 0; i < TLS_WEAKNESS_COUNT; i++)
		if (seen >> i & 1)
			telling->words[telling->count++] = tls_weakness_words()[i];
	tell_list(telling, TLS_FACT_WEAKNESSES, complete);
	tell_boolean(telling, TLS_FACT_ANONYMOUS,
		     seen >> TLS_WEAK_ANONYMOUS & 1 ? TRUTH_YES :
		     complete			    ? TRUTH_NO :
						      TRUTH_UNKNOWN);
}

/* Without extensions nobody knows what else the server would have chosen; SSLv3 has none. */
static bool was_asked_blindly(const struct tls_survey *survey)
{
	return survey->round == SURVEY_BARE &&
	       survey->accepted != survey_bit(TLS_VERSION_SSL3);
}

static void tell_groups(struct telling *telling)
{
	const struct tls_survey *survey = telling->survey;

	for (size_t i = 0; i < survey->group_count; i++)
		if (survey->group_found[i])
			telling->words[telling->count++] = tls_group_name(survey->groups[i]);
	if (was_asked_blindly(survey))
		telling->count = 0;
	else
		tell_list(telling, TLS_FACT_GROUPS, is_past(survey, SURVEY_GROUPS_DHE));
}

static void tell_alpn(struct telling *telling)
{
	const struct tls_survey *survey = telling->survey;

	for (size_t i = 0; survey_alpn_name(i); i++)
		if (survey->alpn_found >> i & 1)
			telling->words[telling->count++] = survey_alpn_name(i);
	if (was_asked_blindly(survey) || survey->alpn == ALPN_UNKNOWN)
		telling->count = 0;
	else
		tell_list(telling, TLS_FACT_ALPN, is_past(survey, SURVEY_LOOK));
}

static void tell_preference(struct telling *telling)
{
	const struct tls_survey *survey = telling->survey;

	if (survey_wants(survey, TLS_FACT_PREFERENCE) && survey->server_prefers != TRUTH_UNKNOWN)
		facts_set_text(telling->facts, tls_fact(TLS_FACT_PREFERENCE),
			       survey->server_prefers == TRUTH_YES ? "server" : "client");
}

/* Who shows no certificate may not ask for one (RFC 5246 7.4.4). */
static bool cannot_ask(const struct tls_survey *survey)
{
	const struct offer_wish wish = {
		.version = TLS_VERSION_1_2,
		.traits = TLS_SUITE_CERTIFICATE
	};

	return is_past(survey, SURVEY_LOOK) &&
	       !(survey->accepted & survey_bit(TLS_VERSION_1_3)) &&
	       (survey->goal == GOAL_ALL || survey->no_certificate) &&
	       !survey_count_found(survey, &wish);
}

static void tell_client_certificate(struct telling *telling)
{
	const struct tls_survey *survey = telling->survey;
	const char *word = NULL;

	if (survey->requests == TRUTH_NO || cannot_ask(survey))
		word = "none";
	else if (survey->requests == TRUTH_YES && survey->requires != TRUTH_UNKNOWN)
		word = survey->requires == TRUTH_YES ? "required" : "requested";
	if (word && survey_wants(survey, TLS_FACT_CLIENT_CERTIFICATE))
		facts_set_text(telling->facts, tls_fact(TLS_FACT_CLIENT_CERTIFICATE), word);
}

/* TLS 1.3 has no compression at all. */
static enum survey_truth compresses(const struct tls_survey *survey)
{
	bool only_1_3 = is_past(survey, SURVEY_OLD) &&
			survey->accepted == survey_bit(TLS_VERSION_1_3);

	return only_1_3 ? TRUTH_NO : survey->compression;
}

/* Some refuse it by hanging up. */
static enum survey_truth refuses_fallback(const struct tls_survey *survey)
{
	return may_have_gone(survey) ? TRUTH_UNKNOWN : survey->fallback;
}

void tls_survey_tell(const struct tls_survey *survey, struct facts *facts)
{
	struct telling telling = { .survey = survey, .facts = facts };
	size_t room = survey->suite_count + survey->group_count + SURVEY_ALPN_MOST;

	telling.words = memory_new(room, sizeof *telling.words);
	tell_versions(&telling);
	tell_suites(&telling);
	tell_weaknesses(&telling);
	tell_preference(&telling);
	tell_groups(&telling);
	tell_alpn(&telling);
	tell_client_certificate(&telling);
	tell_boolean(&telling, TLS_FACT_COMPRESSION, compresses(survey));
	tell_boolean(&telling, TLS_FACT_SECURE_RENEGOTIATION, survey->renegotiation);
	tell_boolean(&telling, TLS_FACT_FALLBACK_SCSV, refuses_fallback(survey));
	free(telling.words);
}
