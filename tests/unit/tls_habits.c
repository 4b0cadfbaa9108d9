/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/tls_habits.h"

#include <string.h>

#include "collectors/tls/tls_suites.h"

static unsigned bit(uint16_t version)
{
	return 1u << (version & 7);
}

static void refuse(struct habit_answer *answer, int manner)
{
	struct dialogue_end *end = &answer->answer.end;

	answer->flight.said = TLS_SAID_NOTHING;
	end->outcome = (struct outcome){ STAGE_HANDSHAKE, REASON_CLOSED_EARLY, "hello" };
	if (manner == MANNER_RESET) {
		end->outcome.reason = REASON_RESET;
	} else if (manner == MANNER_SILENCE) {
		end->outcome.reason = REASON_TIMED_OUT;
	} else if (manner == MANNER_PLAIN) {
		answer->flight.said = TLS_SAID_PLAIN_TEXT;
		end->outcome.reason = REASON_NOT_THIS_PROTOCOL;
	} else if (manner == MANNER_REFUSE) {
		end->outcome = (struct outcome){ STAGE_CONNECT, REASON_REFUSED, NULL };
	} else if (manner != MANNER_CLOSE) {
		answer->flight.said = TLS_SAID_ALERT;
		answer->flight.alerted = true;
		answer->flight.alert = (uint8_t)manner;
		end->outcome.reason = REASON_NONE;
	}
}

static bool fits(const struct habit_suite *suite, uint16_t version)
{
	uint32_t traits = tls_suite_of(suite->value)->traits;

	if (traits & TLS_SUITE_ONLY_1_3)
		return version == TLS_VERSION_1_3;
	if (version == TLS_VERSION_1_3 || (suite->age == AGE_SSL3 && version != TLS_VERSION_SSL3))
		return false;
	if (version == TLS_VERSION_1_2)
		return suite->age == AGE_ANY;
	if (version == TLS_VERSION_SSL3 && traits & TLS_SUITE_ECDHE)
		return false;
	return !(traits & TLS_SUITE_SINCE_1_2);
}

static bool contains(const uint16_t *list, size_t count, uint16_t value)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == value)
			return true;
	return false;
}

static bool is_finite(uint16_t group)
{
	return group >> 8 == 1;
}

/* With both lists of groups in hand; 0: none in common. */
static uint16_t choose_group(const struct habits *habits, const struct tls_offer *offer,
			     bool finite, bool curves)
{
	const uint16_t *first = habits->groups_by_server ? habits->groups : offer->groups;
	size_t first_count = habits->groups_by_server ? habits->group_count : offer->group_count;
	const uint16_t *second = habits->groups_by_server ? offer->groups : habits->groups;
	size_t second_count =
		habits->groups_by_server ? offer->group_count : habits->group_count;

	for (size_t i = 0; i < first_count; i++)
		if (contains(second, second_count, first[i]) &&
		    (is_finite(first[i]) ? finite : curves))
			return first[i];
	return 0;
}

/* SSLv3 knows no extensions, and passes over those it is sent. */
static bool reads_groups(const struct tls_offer *offer, uint16_t version)
{
	return offer->group_count && !offer->bare && version != TLS_VERSION_SSL3;
}

static bool is_ecdsa(uint16_t suite)
{
	return strstr(tls_suite_of(suite)->name, "_ECDSA_");
}

static bool is_possible(const struct habits *habits, const struct tls_offer *offer,
			const struct habit_suite *suite, uint16_t version)
{
	uint32_t traits = tls_suite_of(suite->value)->traits;

	if (!fits(suite, version))
		return false;
	if (version == TLS_VERSION_1_3)
		return choose_group(habits, offer, true, true);
	if (traits & TLS_SUITE_DHE && habits->named_dh)
		return !reads_groups(offer, version) || choose_group(habits, offer, true, false);
	if (!(traits & TLS_SUITE_ECDHE) || !reads_groups(offer, version))
		return true;
	return choose_group(habits, offer, false, true) &&
	       (!is_ecdsa(suite->value) || !habits->certificate_curve ||
		contains(offer->groups, offer->group_count, habits->certificate_curve));
}

static bool is_chacha(uint16_t suite)
{
	return strstr(tls_suite_of(suite)->name, "CHACHA20");
}

static const struct habit_suite *habit_of(const struct habits *habits, uint16_t suite)
{
	for (size_t i = 0; i < habits->suite_count; i++)
		if (habits->suites[i].value == suite)
			return &habits->suites[i];
	return NULL;
}

/* Whether the first of the client's suites that the server knows is ChaCha20. */
static bool begins_with_chacha(const struct habits *habits, const struct tls_offer *offer)
{
	for (size_t i = 0; i < offer->suite_count; i++)
		if (habit_of(habits, offer->suites[i]))
			return is_chacha(offer->suites[i]);
	return false;
}

static uint16_t choose_by_server(const struct habits *habits, const struct tls_offer *offer,
				 uint16_t version, bool chacha_only)
{
	for (size_t i = 0; i < habits->suite_count; i++) {
		const struct habit_suite *suite = &habits->suites[i];

		if (contains(offer->suites, offer->suite_count, suite->value) &&
		    is_possible(habits, offer, suite, version) &&
		    (!chacha_only || is_chacha(suite->value)))
			return suite->value;
	}
	return 0;
}

static uint16_t choose_suite(const struct habits *habits, const struct tls_offer *offer,
			     uint16_t version)
{
	uint16_t chosen = 0;

	for (size_t i = offer->suite_count; habits->always_new && i-- > 0;)
		if (offer->suites[i])
			return offer->suites[i];
	if (habits->by_server) {
		if (habits->promotes_chacha && begins_with_chacha(habits, offer))
			chosen = choose_by_server(habits, offer, version, true);
		return chosen ? chosen : choose_by_server(habits, offer, version, false);
	}
	for (size_t i = 0; i < offer->suite_count; i++) {
		const struct habit_suite *suite = habit_of(habits, offer->suites[i]);

		if (suite && is_possible(habits, offer, suite, version))
			return suite->value;
	}
	return 0;
}

static bool breaks_on(const struct habits *habits, uint16_t suite)
{
	return habits->breaks_on_dhe && suite && tls_suite_of(suite)->traits & TLS_SUITE_DHE;
}

static uint16_t highest_up_to(const struct habits *habits, uint16_t version)
{
	for (; version >= TLS_VERSION_SSL3; version--)
		if (habits->versions & bit(version))
			return version;
	return 0;
}

static void choose_alpn(const struct habits *habits, const struct tls_offer *offer,
			struct tls_flight *flight)
{
	for (size_t i = 0; habits->alpn && habits->alpn[i]; i++)
		for (size_t j = 0; offer->alpn && offer->alpn[j]; j++)
			if (!strcmp(habits->alpn[i], offer->alpn[j]) && !flight->alpn[0])
				memcpy(flight->alpn, offer->alpn[j], strlen(offer->alpn[j]) + 1);
}

static void say_hello(const struct habits *habits, const struct tls_question *question,
		      uint16_t version, struct tls_flight *flight)
{
	const struct tls_offer *offer = &question->offer;
	uint32_t traits = tls_suite_of(flight->suite)->traits;
	bool is_1_3 = version == TLS_VERSION_1_3;

	flight->said = is_1_3 && !question->keys ? TLS_SAID_RETRY : TLS_SAID_HELLO;
	flight->version = version;
	flight->complete = true;
	if (is_1_3) {
		flight->group = choose_group(habits, offer, true, true);
	} else if (question->until >= TLS_UNTIL_GROUP && reads_groups(offer, version)) {
		if (traits & TLS_SUITE_ECDHE)
			flight->group = choose_group(habits, offer, false, true);
		else if (traits & TLS_SUITE_DHE && habits->named_dh)
			flight->group = choose_group(habits, offer, true, false);
	}
	if (!is_1_3 || question->keys) {
		choose_alpn(habits, offer, flight);
		flight->certificate_requested =
			habits->asks_certificate && question->until == TLS_UNTIL_DONE &&
			(is_1_3 || traits & TLS_SUITE_CERTIFICATE);
	}
	if (!is_1_3) {
		flight->compression = habits->compresses && offer->compression;
		flight->secure_renegotiation = habits->renegotiates;
	}
}

static void answer_version(struct habits *habits, const struct tls_question *question,
			   uint16_t version, struct habit_answer *answer)
{
	const struct tls_offer *offer = &question->offer;
	bool is_1_3 = version == TLS_VERSION_1_3;
	struct tls_flight alpn = { 0 };

	choose_alpn(habits, offer, &alpn);
	if (offer->fallback && habits->knows_fallback &&
	    highest_up_to(habits, TLS_VERSION_1_3) > offer->version) {
		refuse(answer, habits->fallback_refusal ? habits->fallback_refusal
							: TLS_ALERT_INAPPROPRIATE_FALLBACK);
	} else if (habits->alpn_strict && offer->alpn && !offer->bare && !alpn.alpn[0]) {
		refuse(answer, TLS_ALERT_NO_APPLICATION_PROTOCOL);
	} else if (habits->alpn_insists && !offer->alpn) {
		refuse(answer, TLS_ALERT_NO_APPLICATION_PROTOCOL);
	} else if (is_1_3 && habits->wants_share && !question->keys) {
		refuse(answer, habits->list_refusal);
	} else {
		answer->flight.suite = choose_suite(habits, offer, version);
		if (habits->invents_suite)
			answer->flight.suite = 0x0005;
		if (breaks_on(habits, answer->flight.suite))
			refuse(answer, MANNER_CLOSE);
		else if (answer->flight.suite)
			say_hello(habits, question, version, &answer->flight);
		else
			refuse(answer, habits->refusal);
	}
}

void habits_answer(struct habits *habits, const struct tls_question *question,
		   struct habit_answer *answer)
{
	const struct tls_offer *offer = &question->offer;
	bool is_1_3 = offer->version == TLS_VERSION_1_3;
	uint16_t version = highest_up_to(habits, offer->version);

	if (is_1_3 && version != TLS_VERSION_1_3)
		version = highest_up_to(habits, TLS_VERSION_1_2);
	*answer = (struct habit_answer){ 0 };
	answer->answer.flight = &answer->flight;
	habits->connections++;
	if (offer->suite_count > habits->longest_list)
		habits->longest_list = offer->suite_count;
	if (habits->stalls_at == habits->connections)
		refuse(answer, MANNER_SILENCE);
	else if (habits->dies_after && habits->connections > habits->dies_after)
		refuse(answer, habits->death);
	else if (habits->answers_everything)
		refuse(answer, habits->answers_everything);
	else if (habits->list_most && offer->suite_count > habits->list_most)
		refuse(answer, habits->list_refusal);
	else if (habits->chokes_on_extensions && !offer->bare)
		refuse(answer, habits->list_refusal);
	else if (offer->name && !offer->bare && habits->knows_no_name)
		refuse(answer, TLS_ALERT_UNRECOGNIZED_NAME);
	else if (offer->name && !offer->bare && habits->refuses_name)
		refuse(answer, habits->refusal);
	else if (!version && habits->answers_higher && !is_1_3) {
		answer->flight.said = TLS_SAID_HELLO;
		answer->flight.version = highest_up_to(habits, TLS_VERSION_1_3);
		answer->flight.suite = offer->suites[0];
	} else if (!version ||
		   (habits->intolerant && version != offer->version)) {
		refuse(answer, habits->version_refusal);
	} else {
		answer_version(habits, question, version, answer);
	}
}

bool habits_accept(const struct habits *habits, uint16_t suite)
{
	const struct habit_suite *habit = habit_of(habits, suite);

	for (uint16_t version = TLS_VERSION_SSL3; habit && version <= TLS_VERSION_1_3; version++)
		if (habits->versions & bit(version) && fits(habit, version))
			return true;
	return false;
}

static bool accepts_trait(const struct habits *habits, uint32_t trait, bool but_ecdsa)
{
	for (size_t i = 0; i < habits->suite_count; i++)
		if (tls_suite_of(habits->suites[i].value)->traits & trait &&
		    habits_accept(habits, habits->suites[i].value) &&
		    !(but_ecdsa && is_ecdsa(habits->suites[i].value)))
			return true;
	return false;
}

/* With ECDSA alone the certificate's curve has to be offered, and hides those that the
 * server likes less. */
bool habits_reach_group(const struct habits *habits, uint16_t group)
{
	if (!contains(habits->groups, habits->group_count, group))
		return false;
	if (habits->versions & bit(TLS_VERSION_1_3))
		return true;
	if (!(habits->versions & 0xe))
		return false;
	if (is_finite(group))
		return habits->named_dh && accepts_trait(habits, TLS_SUITE_DHE, false);
	if (!accepts_trait(habits, TLS_SUITE_ECDHE, false))
		return false;
	if (!habits->certificate_curve || accepts_trait(habits, TLS_SUITE_ECDHE, true) ||
	    !habits->groups_by_server)
		return true;
	for (size_t i = 0; i < habits->group_count; i++) {
		if (habits->groups[i] == group)
			return true;
		if (habits->groups[i] == habits->certificate_curve)
			return false;
	}
	return true;
}
