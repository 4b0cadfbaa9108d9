/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls_survey_offers.h"

#include "net/address.h"

enum { ALPN_ALERTS_MOST = 4 };

static const char *const oddities[ODDITY_COUNT] = {
	[ODDITY_NAME_UNKNOWN] = "the server does not know the name asked for (unrecognized_name);"
				" observed without a name",
	[ODDITY_NAME_REFUSED] = "the server accepts no hello with that name in it;"
				" observed without a name",
	[ODDITY_BARE] = "the server accepts no hello with extensions; observed without any",
	[ODDITY_LIMIT] = "the server accepts no hello with many cipher suites;"
			 " asked for some at a time",
	[ODDITY_KEYS] = "the server accepts no TLS 1.3 hello without a key share",
	[ODDITY_VERSION] = "the server answers a hello with a version that was not offered",
	[ODDITY_SUITE] = "the server answers a hello with a cipher suite that was not offered",
};

void survey_note_oddity(struct tls_survey *survey, enum survey_oddity oddity)
{
	survey->oddities |= 1u << oddity;
}

const char *tls_survey_note(const struct tls_survey *survey, size_t index)
{
	for (size_t i = 0; i < ODDITY_COUNT; i++)
		if (survey->oddities >> i & 1 && index-- == 0)
			return oddities[i];
	return NULL;
}

static bool name_was_sent(const struct tls_survey *survey)
{
	return survey->question.offer.name && !survey->question.offer.bare;
}

bool survey_adapts(struct tls_survey *survey, const struct tls_answer *answer)
{
	const struct tls_flight *flight = answer->flight;

	if (flight->said != TLS_SAID_ALERT)
		return false;
	if (flight->alert == TLS_ALERT_UNRECOGNIZED_NAME && name_was_sent(survey)) {
		survey->nameless = true;
		survey_note_oddity(survey, ODDITY_NAME_UNKNOWN);
		return true;
	}
	if (flight->alert != TLS_ALERT_NO_APPLICATION_PROTOCOL ||
	    survey->alpn_alerts == ALPN_ALERTS_MOST)
		return false;
	/* With none of ours to its liking there are no more; without being asked it wants one. */
	survey->alpn_alerts++;
	if (survey->question.offer.alpn && survey->alpn == ALPN_OPEN)
		survey->alpn = ALPN_DONE;
	else
		survey->insists_on_alpn = !survey->question.offer.alpn;
	return true;
}

static bool version_was_offered(const struct tls_survey *survey, uint16_t version)
{
	uint16_t highest = survey->question.offer.version;

	if (highest == TLS_VERSION_1_3 || version == TLS_VERSION_1_3)
		return version == highest;
	return version >= TLS_VERSION_SSL3 && version <= highest;
}

static bool find_suite(const struct tls_survey *survey, uint16_t value, size_t *at)
{
	for (size_t i = 0; i < survey->offered_count; i++) {
		if (survey->offered[i] == value) {
			*at = survey->offered_at[i];
			return true;
		}
	}
	return false;
}

static bool group_was_offered(const struct tls_survey *survey, uint16_t group)
{
	for (size_t i = 0; i < survey->offered_group_count; i++)
		if (survey->offered_groups[i] == group)
			return true;
	return false;
}

static void judge_group(struct tls_survey *survey, struct survey_heard *heard)
{
	if (!heard->flight->group || !group_was_offered(survey, heard->flight->group))
		return;
	heard->group = heard->flight->group;
	for (size_t i = 0; i < survey->group_count; i++) {
		if (survey->groups[i] != heard->group)
			continue;
		heard->new_group = !survey->group_found[i];
		survey->group_found[i] = true;
	}
}

/* Of what was never offered neither version nor suite is believed. */
static enum survey_verdict judge_hello(struct tls_survey *survey, struct survey_heard *heard)
{
	const struct tls_flight *flight = heard->flight;

	if (!version_was_offered(survey, flight->version)) {
		survey_note_oddity(survey, ODDITY_VERSION);
		return HEARD_NO;
	}
	if (!find_suite(survey, flight->suite, &heard->at)) {
		survey_note_oddity(survey, ODDITY_SUITE);
		return HEARD_NO;
	}
	if (flight->alerted)
		return HEARD_BAD_CHOICE;
	heard->version = flight->version;
	return HEARD_YES;
}

static enum survey_verdict judge_alert(uint8_t alert)
{
	return alert == TLS_ALERT_HANDSHAKE_FAILURE || alert == TLS_ALERT_PROTOCOL_VERSION ||
			       alert == TLS_ALERT_INSUFFICIENT_SECURITY
		       ? HEARD_NO
		       : HEARD_ODD;
}

static void note_certificate_request(struct tls_survey *survey, const struct survey_heard *heard)
{
	const struct survey_suite *suite = &survey->suites[heard->at];
	bool could_ask = heard->version == TLS_VERSION_1_3
				 ? survey->question.keys
				 : suite->suite->traits & TLS_SUITE_CERTIFICATE;

	if (heard->flight->certificate_requested)
		survey->requests = TRUTH_YES;
	else if (could_ask && survey->question.until == TLS_UNTIL_DONE && heard->flight->complete &&
		 survey->requests == TRUTH_UNKNOWN)
		survey->requests = TRUTH_NO;
}

static void note_habits(struct tls_survey *survey, const struct survey_heard *heard)
{
	const struct tls_flight *flight = heard->flight;
	const struct tls_offer *offer = &survey->question.offer;

	note_certificate_request(survey, heard);
	if (heard->version == TLS_VERSION_1_3) {
		if (offer->alpn && survey->question.keys && flight->complete &&
		    flight->said == TLS_SAID_HELLO)
			survey_note_alpn(survey, flight->alpn);
		return;
	}
	if (offer->alpn && !offer->bare && heard->version > TLS_VERSION_SSL3)
		survey_note_alpn(survey, flight->alpn);
	if (offer->compression && survey->compression != TRUTH_YES)
		survey->compression = flight->compression ? TRUTH_YES : TRUTH_NO;
	if (survey->renegotiation != TRUTH_YES)
		survey->renegotiation = flight->secure_renegotiation ? TRUTH_YES : TRUTH_NO;
}

static void note_yes(struct tls_survey *survey, struct survey_heard *heard)
{
	survey->suites[heard->at].found = true;
	survey->accepted |= survey_bit(heard->version);
	judge_group(survey, heard);
	note_habits(survey, heard);
	if (survey->question.offer.version != TLS_VERSION_1_3 &&
	    survey->offered_count > survey->longest_taken)
		survey->longest_taken = survey->offered_count;
	if (survey->question.keys && survey->keys)
		survey_note_oddity(survey, ODDITY_KEYS);
	if (survey->limit && !survey->limit_in_vain)
		survey_note_oddity(survey, ODDITY_LIMIT);
	if (survey->round == SURVEY_BARE && survey->question.offer.version > TLS_VERSION_SSL3)
		survey_note_oddity(survey, ODDITY_BARE);
	if (survey->round == SURVEY_NAMELESS)
		survey_note_oddity(survey, ODDITY_NAME_REFUSED);
}

void survey_judge(struct tls_survey *survey, const struct tls_answer *answer,
		  struct survey_heard *heard)
{
	const struct tls_flight *flight = answer->flight;

	*heard = (struct survey_heard){ .verdict = HEARD_ODD, .flight = flight };
	if (flight->said == TLS_SAID_HELLO || flight->said == TLS_SAID_RETRY)
		heard->verdict = judge_hello(survey, heard);
	else if (flight->said == TLS_SAID_ALERT)
		heard->verdict = judge_alert(flight->alert);
	if (heard->verdict == HEARD_YES)
		note_yes(survey, heard);
}
