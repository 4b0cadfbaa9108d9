/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls_survey_offers.h"

#include <string.h>

#include "ground/memory.h"

/* IANA's, those of telephone systems and what stands beside them first. acme-tls/1 is left
 * out: who is asked for it shows another certificate. */
static const char *const alpn_names[] = {
	"h2", "http/1.1", "http/1.0", "sip/2", "xmpp-client", "xmpp-server", "imap", "pop3",
	"managesieve", "ftp", "postgresql", "tds/8.0", "mqtt", "stun.turn",
	"stun.nat-discovery", "webrtc", "c-webrtc", "dot", "smb", "radius/1.0", "radius/1.1",
	"irc", "nntp", "nnsp", "http/0.9", "h2c", "h3", "spdy/1", "spdy/2", "spdy/3", "coap",
	"co", "ntske/1", "sunrpc", "doq", "dicom"
};

enum { ALPN_NAMES = sizeof alpn_names / sizeof *alpn_names };

/* Of these nearly every server that has ever been seen accepts one: they have to be in the
 * first short list. Those that name a group come first also in reverse, so that groups are
 * found before they run out. */
static const uint16_t likely_with_group[] = {
	0x1301, 0x1302, 0x1303, 0xc02f, 0xc030, 0xc02b, 0xc02c, 0xcca8, 0xcca9,
	0xc027, 0xc028, 0xc023, 0xc024, 0xc013, 0xc014, 0xc009, 0xc00a
};
static const uint16_t likely[] = {
	0x009e, 0x009f, 0x009c, 0x009d, 0x003c, 0x003d, 0x0067, 0x006b,
	0x0033, 0x0039, 0x002f, 0x0035, 0x0016, 0x000a, 0x0005, 0x0004
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { BLOCK_WITH_GROUP, BLOCK_LIKELY, BLOCK_COMMON, BLOCK_RARE };

static bool contains(const uint16_t *list, size_t count, uint16_t value)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == value)
			return true;
	return false;
}

static uint8_t block_of(const struct tls_suite *suite)
{
	if (contains(likely_with_group, COUNT(likely_with_group), suite->value))
		return BLOCK_WITH_GROUP;
	if (contains(likely, COUNT(likely), suite->value))
		return BLOCK_LIKELY;
	return suite->traits & TLS_SUITE_COMMON ? BLOCK_COMMON : BLOCK_RARE;
}

static void put_in_order(struct tls_survey *survey)
{
	size_t next = 0;

	for (unsigned block = 0; block < SURVEY_BLOCKS; block++) {
		for (size_t i = 0; i < survey->suite_count; i++) {
			if (survey->suites[i].block != block)
				continue;
			survey->suites[i].place = (uint16_t)next;
			survey->order[next++] = (uint16_t)i;
		}
		survey->block_ends[block] = next;
	}
}

void survey_suites_init(struct tls_survey *survey)
{
	size_t count = tls_suite_count();

	survey->suite_count = count;
	survey->suites = memory_new(count, sizeof *survey->suites);
	survey->order = memory_new(count, sizeof *survey->order);
	survey->offered = memory_new(count, sizeof *survey->offered);
	survey->offered_at = memory_new(count, sizeof *survey->offered_at);
	survey->modern_choices.choices = memory_new(count, sizeof(struct survey_choice));
	survey->legacy_choices.choices = memory_new(count, sizeof(struct survey_choice));
	for (size_t i = 0; i < count; i++) {
		survey->suites[i].suite = tls_suite_at(i);
		survey->suites[i].block = block_of(tls_suite_at(i));
		survey->suites[i].chacha = strstr(tls_suite_at(i)->name, "CHACHA20");
	}
	put_in_order(survey);
}

bool survey_suite_fits(const struct survey_suite *suite, uint16_t version)
{
	uint32_t traits = suite->suite->traits;

	if (version == TLS_VERSION_1_3 || traits & TLS_SUITE_ONLY_1_3)
		return version == TLS_VERSION_1_3 && traits & TLS_SUITE_ONLY_1_3;
	return version == TLS_VERSION_1_2 || !(traits & TLS_SUITE_SINCE_1_2);
}

bool survey_is_before(const struct tls_survey *survey, size_t a, size_t b, bool reversed)
{
	uint8_t block_a = survey->suites[a].block, block_b = survey->suites[b].block;

	if (block_a != block_b)
		return block_a < block_b;
	return (survey->suites[a].place < survey->suites[b].place) != reversed;
}

static bool is_ecdsa(const struct survey_suite *suite)
{
	return strstr(suite->suite->name, "_ECDSA_");
}

static bool suite_matches(const struct survey_suite *suite, const struct offer_wish *wish)
{
	return survey_suite_fits(suite, wish->version) &&
	       (suite->suite->traits & wish->traits) == wish->traits &&
	       !(wish->without_ecdsa && is_ecdsa(suite)) &&
	       !(wish->without_dhe && suite->suite->traits & TLS_SUITE_DHE);
}

size_t survey_count_found(const struct tls_survey *survey, const struct offer_wish *wish)
{
	size_t count = 0;

	for (size_t i = 0; i < survey->suite_count; i++)
		count += survey->suites[i].found && suite_matches(&survey->suites[i], wish);
	return count;
}

static bool any_found(const struct tls_survey *survey, uint16_t version)
{
	for (size_t i = 0; i < survey->suite_count; i++)
		if (survey->suites[i].found && survey_suite_fits(&survey->suites[i], version))
			return true;
	return false;
}

static bool is_worth_finding(const struct tls_survey *survey, const struct survey_suite *suite,
			     bool first)
{
	return first || survey->goal != GOAL_MASK || suite->suite->traits & survey->goal_mask;
}

static void offer_suite(struct tls_survey *survey, size_t at)
{
	survey->offered_at[survey->offered_count] = (uint16_t)at;
	survey->offered[survey->offered_count++] = survey->suites[at].suite->value;
}

/* Each block by itself is turned round when the order is reversed. */
static void offer_matching(struct tls_survey *survey, const struct offer_wish *wish, bool found)
{
	bool first = wish->which != OFFER_OPEN || !any_found(survey, wish->version);
	size_t begin = 0;

	for (unsigned block = 0; block < SURVEY_BLOCKS; block++) {
		size_t end = survey->block_ends[block];

		for (size_t i = begin; i < end; i++) {
			size_t at = survey->order[wish->reversed ? end - 1 - (i - begin) : i];
			const struct survey_suite *suite = &survey->suites[at];

			if (suite->found == found && !suite->refused &&
			    suite_matches(suite, wish) &&
			    (found || is_worth_finding(survey, suite, first)))
				offer_suite(survey, at);
		}
		begin = end;
	}
}

bool survey_offer_suites(struct tls_survey *survey, const struct offer_wish *wish)
{
	survey->offered_count = 0;
	if (wish->which != OFFER_OPEN)
		offer_matching(survey, wish, true);
	if (wish->which != OFFER_FOUND)
		offer_matching(survey, wish, false);
	survey->cut = survey->limit && survey->offered_count > survey->limit;
	if (survey->cut)
		survey->offered_count = survey->limit;
	survey->question.offer.version = wish->version;
	return survey->offered_count;
}

bool survey_likely_is_open(const struct tls_survey *survey, uint16_t version)
{
	const struct offer_wish wish = { .version = version };

	for (size_t i = 0; i < survey->block_ends[BLOCK_WITH_GROUP]; i++) {
		const struct survey_suite *suite = &survey->suites[survey->order[i]];

		if (!suite->found && !suite->refused && suite_matches(suite, &wish))
			return true;
	}
	return false;
}

bool survey_needs_suites(const struct tls_survey *survey, uint16_t version)
{
	const uint32_t anonymous = 1u << TLS_WEAK_ANONYMOUS;
	size_t enough = 0;

	if (survey->goal == GOAL_ALL || !any_found(survey, version))
		return true;
	if (survey->goal == GOAL_NONE)
		return false;
	if (survey->goal == GOAL_MASK && survey->goal_mask != anonymous)
		return true;
	for (size_t i = 0; i < survey->suite_count; i++) {
		const struct survey_suite *suite = &survey->suites[i];

		if (!suite->found)
			continue;
		if (survey->goal == GOAL_MASK)
			enough += suite->suite->traits & anonymous ? 2 : 0;
		else
			enough += survey_suite_fits(suite, version) && !suite->chacha;
	}
	return enough < 2;
}

void survey_refuse_offered(struct tls_survey *survey, uint32_t but_traits)
{
	for (size_t i = 0; i < survey->offered_count; i++) {
		struct survey_suite *suite = &survey->suites[survey->offered_at[i]];

		if (!(suite->suite->traits & but_traits))
			suite->refused = true;
	}
}

bool survey_offers_found(const struct tls_survey *survey)
{
	for (size_t i = 0; i < survey->offered_count; i++)
		if (survey->suites[survey->offered_at[i]].found)
			return true;
	return false;
}

bool survey_offers_dhe_and_others(const struct tls_survey *survey)
{
	size_t dhe = 0;

	for (size_t i = 0; i < survey->offered_count; i++)
		dhe += survey->suites[survey->offered_at[i]].suite->traits & TLS_SUITE_DHE ? 1 : 0;
	return dhe && dhe < survey->offered_count;
}

void survey_forget_found(struct tls_survey *survey)
{
	for (size_t i = 0; i < survey->suite_count; i++)
		survey->suites[i].found = false;
}

void survey_forget_refusals(struct tls_survey *survey)
{
	for (size_t i = 0; i < survey->suite_count; i++)
		survey->suites[i].refused = false;
}

/* RFC 7919: codepoints 256 to 511. */
bool survey_group_is_finite(uint16_t group)
{
	return group >> 8 == 1;
}

static bool group_is_of_kind(uint16_t group, enum group_kind kind)
{
	return kind == GROUPS_ANY || survey_group_is_finite(group) == (kind == GROUPS_FINITE);
}

bool survey_any_group(const struct tls_survey *survey, enum group_kind kind, bool found)
{
	for (size_t i = 0; i < survey->group_count; i++)
		if (survey->group_found[i] == found && group_is_of_kind(survey->groups[i], kind))
			return true;
	return false;
}

static void add_groups(struct tls_survey *survey, enum group_kind kind, bool found)
{
	for (size_t i = 0; i < survey->group_count; i++)
		if (survey->group_found[i] == found && group_is_of_kind(survey->groups[i], kind))
			survey->offered_groups[survey->offered_group_count++] = survey->groups[i];
}

size_t survey_offer_groups(struct tls_survey *survey, enum group_kind kind)
{
	survey->offered_group_count = 0;
	add_groups(survey, kind, false);
	survey->shrunk = survey_any_group(survey, kind, true);
	return survey->offered_group_count;
}

void survey_offer_group(struct tls_survey *survey, uint16_t group)
{
	survey->offered_groups[survey->offered_group_count++] = group;
}

bool survey_group_found(const struct tls_survey *survey, uint16_t group)
{
	for (size_t i = 0; i < survey->group_count; i++)
		if (survey->groups[i] == group)
			return survey->group_found[i];
	return false;
}

void survey_offer_all_groups(struct tls_survey *survey)
{
	memcpy(survey->offered_groups, survey->groups,
	       survey->group_count * sizeof *survey->groups);
	survey->offered_group_count = survey->group_count;
	survey->shrunk = false;
}

void survey_offer_shrunk_groups(struct tls_survey *survey)
{
	survey_offer_groups(survey, GROUPS_CURVES);
	add_groups(survey, GROUPS_FINITE, false);
	add_groups(survey, GROUPS_FINITE, true);
}

const char *survey_alpn_name(size_t index)
{
	return index < ALPN_NAMES ? alpn_names[index] : NULL;
}

void survey_offer_alpn(struct tls_survey *survey, bool all)
{
	size_t count = 0;

	_Static_assert(sizeof alpn_names / sizeof *alpn_names <= SURVEY_ALPN_MOST,
		       "a bit for each");
	for (size_t i = 0; i < ALPN_NAMES; i++)
		if (all || !(survey->alpn_found >> i & 1))
			survey->offered_alpn[count++] = alpn_names[i];
	survey->offered_alpn[count] = NULL;
	survey->question.offer.alpn = survey->offered_alpn;
	survey->offered_all_alpn = all;
}

void survey_note_alpn(struct tls_survey *survey, const char *chosen)
{
	bool is_new = false;

	for (size_t i = 0; i < ALPN_NAMES; i++) {
		if (strcmp(alpn_names[i], chosen) != 0)
			continue;
		is_new = !(survey->alpn_found >> i & 1);
		survey->alpn_found |= UINT64_C(1) << i;
	}
	if (survey->alpn == ALPN_OPEN && !survey->offered_all_alpn &&
	    (!is_new || survey->alpn_found == (UINT64_C(1) << ALPN_NAMES) - 1))
		survey->alpn = ALPN_DONE;
}
