/* SPDX-License-Identifier: Apache-2.0
 *
 * The survey against ten thousand servers whose habits are left to chance: it finds exactly
 * what they accept, with as few connections as it promises.
 */
#include "tests/unit/tls_habits.h"

#include <string.h>

#include "collectors/tls_facts.h"
#include "collectors/tls/tls_suites.h"
#include "ground/text.h"

enum { SERVERS = 10000, FEWER = 2000, VERSIONS = 5, OLD_SUITE = 0x002f };

static const char *const protocols[] = { "http/1.1", "h2", "unheard-of", "imap", "sip/2", NULL };

struct chance {
	uint64_t state;
};

static uint64_t draw(struct chance *chance)
{
	uint64_t x = chance->state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static size_t below(struct chance *chance, size_t most)
{
	return (size_t)(draw(chance) % most);
}

static bool one_in(struct chance *chance, size_t most)
{
	return !below(chance, most);
}

static bool has(const struct habits *habits, uint16_t version)
{
	return habits->versions >> (version & 7) & 1;
}

static void add_suite(struct habits *habits, uint16_t value, enum habit_age age)
{
	for (size_t i = 0; i < habits->suite_count; i++)
		if (habits->suites[i].value == value)
			return;
	habits->suites[habits->suite_count++] = (struct habit_suite){ value, age };
}

static enum habit_age draw_age(struct chance *chance, uint32_t traits)
{
	if (traits & (TLS_SUITE_SINCE_1_2 | TLS_SUITE_ECDHE | TLS_SUITE_DHE) || !one_in(chance, 6))
		return AGE_ANY;
	return one_in(chance, 2) ? AGE_SSL3 : AGE_BELOW_1_2;
}

static void draw_suites(struct chance *chance, struct habits *habits)
{
	size_t wanted = 1 + below(chance, 30), modern = 1 + below(chance, 5);

	while (wanted || modern) {
		const struct tls_suite *suite = tls_suite_at(below(chance, tls_suite_count()));
		bool is_1_3 = suite->traits & TLS_SUITE_ONLY_1_3;
		size_t *left = is_1_3 ? &modern : &wanted;

		if (!suite->value || suite->value == OLD_SUITE || !*left ||
		    (!(suite->traits & TLS_SUITE_COMMON) && !one_in(chance, 5)))
			continue;
		--*left;
		add_suite(habits, suite->value, draw_age(chance, suite->traits));
	}
	add_suite(habits, OLD_SUITE, AGE_ANY);
	for (size_t i = habits->suite_count; i-- > 1;) {
		size_t other = below(chance, i + 1);
		struct habit_suite kept = habits->suites[i];

		habits->suites[i] = habits->suites[other];
		habits->suites[other] = kept;
	}
}

static void draw_groups(struct chance *chance, struct habits *habits)
{
	size_t count, wanted = below(chance, 10);
	const uint16_t *groups = tls_groups(&count);

	habits->groups[habits->group_count++] = 23;
	while (wanted--) {
		uint16_t group = groups[below(chance, 20)];
		bool there = false;

		for (size_t i = 0; i < habits->group_count; i++)
			there |= habits->groups[i] == group;
		if (!there)
			habits->groups[habits->group_count++] = group;
	}
	if (one_in(chance, 2)) {
		habits->groups[0] = habits->groups[habits->group_count - 1];
		habits->groups[habits->group_count - 1] = 23;
	}
	habits->certificate_curve = one_in(chance, 4) ? 23 : 0;
	for (size_t i = 0; i < habits->group_count; i++)
		habits->named_dh |= habits->groups[i] >> 8 == 1 && one_in(chance, 2);
}

static int draw_manner(struct chance *chance, int usual)
{
	static const int others[] = { TLS_ALERT_HANDSHAKE_FAILURE, TLS_ALERT_INSUFFICIENT_SECURITY,
				      TLS_ALERT_INTERNAL_ERROR, MANNER_CLOSE, MANNER_RESET };

	return one_in(chance, 4) ? others[below(chance, 5)] : usual;
}

static void draw_oddities(struct chance *chance, struct habits *habits)
{
	habits->knows_no_name = one_in(chance, 15);
	habits->refuses_name = one_in(chance, 15);
	habits->wants_share = one_in(chance, 10);
	habits->answers_higher = one_in(chance, 15);
	habits->intolerant = one_in(chance, 10);
	/* A no without words, and a list that is too long, look the same. */
	if (one_in(chance, 10)) {
		habits->list_most = 32 + below(chance, 150);
		habits->refusal = TLS_ALERT_HANDSHAKE_FAILURE;
	}
	/* Who has a version of TLS that hides behind one it has not, says so at least. */
	if (habits->intolerant && has(habits, TLS_VERSION_SSL3) && !has(habits, TLS_VERSION_1_0))
		habits->version_refusal = MANNER_CLOSE;
	if (one_in(chance, 20) && habits->versions != 1 << 4) {
		habits->chokes_on_extensions = true;
		habits->versions &= 0xf;
		habits->intolerant = habits->alpn_insists = false;
	}
}

static void draw_habits(struct chance *chance, struct habits *habits)
{
	*habits = (struct habits){
		.versions = 1 + (unsigned)below(chance, 31),
		.refusal = draw_manner(chance, TLS_ALERT_HANDSHAKE_FAILURE),
		.version_refusal = draw_manner(chance, TLS_ALERT_PROTOCOL_VERSION),
		.list_refusal = draw_manner(chance, TLS_ALERT_DECODE_ERROR),
		.by_server = one_in(chance, 2),
		.groups_by_server = one_in(chance, 2),
		.promotes_chacha = one_in(chance, 4),
		.compresses = one_in(chance, 4),
		.renegotiates = !one_in(chance, 4),
		.knows_fallback = one_in(chance, 2),
		.asks_certificate = one_in(chance, 4)
	};
	if (habits->list_refusal == TLS_ALERT_HANDSHAKE_FAILURE ||
	    habits->list_refusal == TLS_ALERT_INSUFFICIENT_SECURITY)
		habits->list_refusal = TLS_ALERT_ILLEGAL_PARAMETER;
	if (one_in(chance, 2)) {
		habits->alpn = protocols + below(chance, 5);
		habits->alpn_strict = one_in(chance, 2);
		habits->alpn_insists = one_in(chance, 8);
	}
	draw_suites(chance, habits);
	draw_groups(chance, habits);
	draw_oddities(chance, habits);
}

static void survey_whole(struct habits *habits, uint64_t wanted, struct facts *facts)
{
	struct tls_survey *survey = tls_survey_new("pbx.example", wanted);
	struct tls_question question;
	struct habit_answer answer;

	while (tls_survey_ask(survey, &question)) {
		habits_answer(habits, &question, &answer);
		tls_survey_hear(survey, &answer.answer);
	}
	if (tls_survey_wants_handshake(survey))
		tls_survey_hear_handshake(survey, false);
	assert_int_equal(tls_survey_outcome(survey).reason, REASON_NONE);
	tls_survey_tell(survey, facts);
	tls_survey_free(survey);
}

static void assert_told(const struct facts *facts, enum tls_fact row, const char *expected)
{
	const struct fact *fact = facts_get(facts, tls_fact(row));
	struct text text = { 0 };

	if (fact)
		fact_describe(fact, &text);
	else
		text_add(&text, "-");
	assert_string_equal(text_string(&text), expected);
	text_free(&text);
}

static void expect_suites(const struct habits *habits, uint32_t mask, struct text *text)
{
	for (unsigned pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < tls_suite_count(); i++) {
			const struct tls_suite *suite = tls_suite_at(i);
			bool is_1_3 = suite->traits & TLS_SUITE_ONLY_1_3;

			if (is_1_3 != pass && habits_accept(habits, suite->value) &&
			    (!mask || suite->traits & mask))
				text_add_item(text, " ", suite->name);
		}
	}
}

static void assert_versions_and_suites(const struct habits *habits, const struct facts *facts)
{
	struct text text = { 0 };

	for (uint16_t version = TLS_VERSION_SSL3; version <= TLS_VERSION_1_3; version++)
		if (has(habits, version))
			text_add_item(&text, " ", tls_version_word(version));
	assert_told(facts, TLS_FACT_VERSIONS, text_string(&text));
	text_free(&text);
	expect_suites(habits, 0, &text);
	assert_told(facts, TLS_FACT_CIPHERS, text_string(&text));
	text_free(&text);
}

static void assert_weaknesses(const struct habits *habits, const struct facts *facts)
{
	struct text text = { 0 };
	bool anonymous;

	expect_suites(habits, (1u << TLS_WEAKNESS_COUNT) - 1, &text);
	assert_told(facts, TLS_FACT_WEAK_CIPHERS, text_string(&text));
	text_free(&text);
	expect_suites(habits, 1u << TLS_WEAK_ANONYMOUS, &text);
	anonymous = text.length;
	assert_told(facts, TLS_FACT_ANONYMOUS, anonymous ? "true" : "false");
	text_free(&text);
}

static void assert_groups(const struct habits *habits, const struct facts *facts)
{
	struct text text = { 0 };
	size_t count;
	const uint16_t *groups = tls_groups(&count);

	for (size_t i = 0; i < count; i++)
		if (habits_reach_group(habits, groups[i]))
			text_add_item(&text, " ", tls_group_name(groups[i]));
	assert_told(facts, TLS_FACT_GROUPS,
		    habits->chokes_on_extensions && habits->versions != 1 ? "-"
									  : text_string(&text));
	text_free(&text);
}

static size_t comparable_suites(const struct habits *habits, bool modern)
{
	size_t count = 0;

	for (size_t i = 0; i < habits->suite_count; i++) {
		const struct tls_suite *suite = tls_suite_of(habits->suites[i].value);
		bool is_1_3 = suite->traits & TLS_SUITE_ONLY_1_3;

		count += is_1_3 == modern && habits->suites[i].age == AGE_ANY &&
			 (modern || !(suite->traits & TLS_SUITE_SINCE_1_2) ||
			  has(habits, TLS_VERSION_1_2)) &&
			 (modern || !(suite->traits & TLS_SUITE_ECDHE) ||
			  habits->versions & 0xe) &&
			 habits_accept(habits, suite->value) && !strstr(suite->name, "CHACHA20");
	}
	return count;
}

static void assert_preference(const struct habits *habits, const struct facts *facts)
{
	const struct fact *fact = facts_get(facts, tls_fact(TLS_FACT_PREFERENCE));
	bool comparable = comparable_suites(habits, false) >= 2 ||
			  comparable_suites(habits, true) >= 2;
	bool certain = comparable && !habits->chokes_on_extensions &&
		       !has(habits, TLS_VERSION_SSL3);

	if (certain)
		assert_non_null(fact);
	if (fact)
		assert_string_equal(fact->text, habits->by_server ? "server" : "client");
}

static void assert_protocols(const struct habits *habits, const struct facts *facts)
{
	static const char *const in_order[] = { "h2", "http/1.1", "sip/2", "imap" };
	struct text text = { 0 };
	bool extensions = !habits->chokes_on_extensions && habits->versions != 1;

	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; habits->alpn && habits->alpn[j]; j++)
			if (!strcmp(in_order[i], habits->alpn[j]))
				text_add_item(&text, " ", in_order[i]);
	if (extensions)
		assert_told(facts, TLS_FACT_ALPN, text_string(&text));
	text_free(&text);
}

static bool shows_certificate(const struct habits *habits)
{
	for (size_t i = 0; i < habits->suite_count; i++)
		if (habits_accept(habits, habits->suites[i].value) &&
		    tls_suite_of(habits->suites[i].value)->traits &
			    (TLS_SUITE_CERTIFICATE | TLS_SUITE_ONLY_1_3))
			return true;
	return false;
}

static void assert_habits(const struct habits *habits, const struct facts *facts)
{
	bool only_1_3 = habits->versions == 1 << 4;
	bool several = habits->versions & (habits->versions - 1);

	assert_told(facts, TLS_FACT_CLIENT_CERTIFICATE,
		    habits->asks_certificate && shows_certificate(habits) ? "requested" : "none");
	assert_told(facts, TLS_FACT_COMPRESSION,
		    habits->compresses && !only_1_3 ? "true" : "false");
	assert_told(facts, TLS_FACT_SECURE_RENEGOTIATION,
		    only_1_3 ? "-" : habits->renegotiates ? "true" : "false");
	assert_told(facts, TLS_FACT_FALLBACK_SCSV,
		    !several ? "-" : habits->knows_fallback ? "true" : "false");
}

static unsigned count_suites(const struct habits *habits)
{
	unsigned count = 0;

	for (size_t i = 0; i < habits->suite_count; i++)
		count += habits_accept(habits, habits->suites[i].value);
	return count;
}

static unsigned count_versions(const struct habits *habits)
{
	unsigned count = 0;

	for (unsigned i = 0; i < VERSIONS; i++)
		count += habits->versions >> i & 1;
	return count;
}

static bool is_wordless(int manner)
{
	return manner != TLS_ALERT_HANDSHAKE_FAILURE && manner != TLS_ALERT_PROTOCOL_VERSION &&
	       manner != TLS_ALERT_INSUFFICIENT_SECURITY;
}

/* What oddities cost beyond the promise. */
static unsigned price_of(const struct habits *habits)
{
	unsigned price = 0;

	price += is_wordless(habits->refusal) ? 4 : 0;
	price += habits->version_refusal == TLS_ALERT_PROTOCOL_VERSION ? 0 : 1;
	price += is_wordless(habits->version_refusal) ? 8 : 0;
	price += habits->answers_higher || habits->wants_share || habits->knows_no_name ? 2 : 0;
	price += !habits->intolerant ? 0 : habits->versions == 1 ? 24 : 4;
	price += habits->list_most ? 40 : 0;
	price += habits->refuses_name ? 16 : 0;
	price += habits->chokes_on_extensions ? 40 : 0;
	price += habits->alpn_insists ? 3 : 0;
	return price;
}

static void a_server_of_any_habits_is_known_exactly(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < SERVERS; seed++) {
		struct chance chance = { .state = seed };
		struct facts *facts = facts_new();
		struct habits habits;

		draw_habits(&chance, &habits);
		survey_whole(&habits, 0, facts);
		assert_versions_and_suites(&habits, facts);
		assert_weaknesses(&habits, facts);
		assert_groups(&habits, facts);
		assert_preference(&habits, facts);
		assert_protocols(&habits, facts);
		assert_habits(&habits, facts);
		/* suites + versions + 3 here too, and what is not free beside them */
		assert_in_range(habits.connections, 1,
				count_suites(&habits) + count_versions(&habits) + 3 +
					price_of(&habits) + (unsigned)habits.group_count + 4 + 12);
		facts_free(facts);
	}
}

static void versions_and_suites_alone_cost_one_connection_each_and_three(void **state)
{
	const uint64_t wanted = 1 << TLS_FACT_VERSIONS | 1 << TLS_FACT_CIPHERS;

	(void)state;
	for (unsigned seed = 0; seed < SERVERS; seed++) {
		struct chance chance = { .state = seed };
		struct facts *facts = facts_new();
		struct habits habits;

		draw_habits(&chance, &habits);
		survey_whole(&habits, wanted, facts);
		assert_versions_and_suites(&habits, facts);
		assert_in_range(habits.connections, 1,
				count_suites(&habits) + count_versions(&habits) + 3 +
					price_of(&habits));
		facts_free(facts);
	}
}

static void each_fact_alone_is_the_same_as_among_all(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < FEWER; seed++) {
		struct chance chance = { .state = seed };
		struct facts *all = facts_new(), *alone = facts_new();
		enum tls_fact row = (enum tls_fact)(seed % TLS_FACT_STARTTLS);
		struct habits habits;
		const struct fact *expected;
		struct text text = { 0 };

		draw_habits(&chance, &habits);
		survey_whole(&habits, 0, all);
		survey_whole(&habits, UINT64_C(1) << row, alone);
		expected = facts_get(all, tls_fact(row));
		if (expected)
			fact_describe(expected, &text);
		else
			text_add(&text, "-");
		if (row != TLS_FACT_PREFERENCE || facts_get(alone, tls_fact(row)))
			assert_told(alone, row, text_string(&text));
		assert_in_range(facts_count(alone), 0, 1);
		text_free(&text);
		facts_free(all);
		facts_free(alone);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_of_any_habits_is_known_exactly),
		cmocka_unit_test(versions_and_suites_alone_cost_one_connection_each_and_three),
		cmocka_unit_test(each_fact_alone_is_the_same_as_among_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
