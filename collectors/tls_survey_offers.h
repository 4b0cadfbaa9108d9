/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the survey: which suites, groups and protocols a hello offers. Each
 * of these fills a part of the question that is about to be asked.
 */
#ifndef COLLECTORS_TLS_SURVEY_OFFERS_H
#define COLLECTORS_TLS_SURVEY_OFFERS_H

#include "collectors/tls_surveying.h"

struct offer_wish {
	uint16_t version;
	enum { OFFER_OPEN, OFFER_FOUND, OFFER_ALL } which;	/* ALL: those found first */
	uint32_t traits;	/* all of these; 0: any */
	bool without_ecdsa, without_dhe;
	bool reversed;
};
void survey_suites_init(struct tls_survey *survey);
/* Fills survey->offered; false when nothing is left to offer. */
bool survey_offer_suites(struct tls_survey *survey, const struct offer_wish *wish);
/* In the order of the offers; common ones first also in reverse. */
bool survey_is_before(const struct tls_survey *survey, size_t a, size_t b, bool reversed);
bool survey_suite_fits(const struct survey_suite *suite, uint16_t version);
size_t survey_count_found(const struct tls_survey *survey, const struct offer_wish *wish);
/* A suite that names a group, and that most servers have. */
bool survey_likely_is_open(const struct tls_survey *survey, uint16_t version);
/* Whether more suites of the version need be found. */
bool survey_needs_suites(const struct tls_survey *survey, uint16_t version);
void survey_refuse_offered(struct tls_survey *survey, uint32_t but_traits);
bool survey_offers_found(const struct tls_survey *survey);
bool survey_offers_dhe_and_others(const struct tls_survey *survey);
void survey_forget_found(struct tls_survey *survey);
void survey_forget_refusals(struct tls_survey *survey);

enum group_kind { GROUPS_ANY, GROUPS_CURVES, GROUPS_FINITE };
bool survey_group_is_finite(uint16_t group);
/* Those of the kind that are not found yet; how many. */
size_t survey_offer_groups(struct tls_survey *survey, enum group_kind kind);
void survey_offer_group(struct tls_survey *survey, uint16_t group);
bool survey_group_found(const struct tls_survey *survey, uint16_t group);
void survey_offer_all_groups(struct tls_survey *survey);
/* In a hello below 1.3: curves not found yet, and all finite fields, without which some
 * servers have no DHE. */
void survey_offer_shrunk_groups(struct tls_survey *survey);
bool survey_any_group(const struct tls_survey *survey, enum group_kind kind, bool found);
const char *survey_alpn_name(size_t index);
/* Those not found yet, or all. */
void survey_offer_alpn(struct tls_survey *survey, bool all);
void survey_note_alpn(struct tls_survey *survey, const char *chosen);

#endif
