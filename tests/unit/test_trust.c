/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"
#include "tests/unit/unit.h"
#include "tests/wire/certificates/shown.h"
#include "tests/wire/certificates/truths.h"

static struct facts *examine(struct shown *shown)
{
	struct trust *trust = trust_new(-1);
	struct facts *facts = facts_new();

	assert_true(trust_examine(trust, &shown->exhibit, facts));
	trust_free(trust);
	return facts;
}

static void a_chain_is_trusted_as_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < TRUTHS; i++) {
		struct shown shown;
		struct facts *facts;

		print_message("# %s by %s\n", truths[i].chain, truths[i].authorities);
		shown_init(&shown, truths[i].chain, truths[i].authorities, NULL);
		facts = examine(&shown);
		assert_int_equal(shown_truth(facts, CERT_TRUSTED), !truths[i].error);
		if (truths[i].error)
			assert_string_equal(shown_text(facts, CERT_TRUST_ERROR),
					    truths[i].error);
		else
			assert_null(shown_fact(facts, CERT_TRUST_ERROR));
		assert_int_equal(shown_truth(facts, CERT_CHAIN_COMPLETE), truths[i].complete);
		facts_free(facts);
		shown_free(&shown);
	}
}

static void a_staple_says_what_the_table_says(void **state)
{
	static const struct {
		const char *staple, *chain, *word;
	} rows[] = {
		{ NULL, "good", "none" },
		{ "good", "good", "good" },
		{ "good", "good_with_root", "good" },
		{ "good", "alone", NULL },
		{ "good", "expired", "invalid" },
		{ "sha256", "good", "good" },
		{ "revoked", "good", "revoked" },
		{ "revoked_long_ago", "good", "revoked" },
		{ "unknown", "good", "unknown" },
		{ "expired", "good", "expired" },
		{ "for_ever", "good", "good" },
		{ "from_tomorrow", "good", "invalid" },
		{ "forged", "good", "invalid" },
		{ "of_another", "good", "invalid" },
		{ "appointed", "good", "good" },
		{ "appointed_no_more", "good", "invalid" },
		{ "not_appointed", "good", "invalid" },
		{ "appointed_by_another", "good", "invalid" },
		{ "try_later", "good", "invalid" },
		{ "cut", "good", "invalid" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct shown shown;
		struct facts *facts;

		shown_init(&shown, rows[i].chain, "root", rows[i].staple);
		facts = examine(&shown);
		print_message("# %s on %s\n", rows[i].staple, rows[i].chain);
		if (rows[i].word)
			assert_string_equal(shown_text(facts, CERT_OCSP_STAPLE), rows[i].word);
		else
			assert_null(shown_fact(facts, CERT_OCSP_STAPLE));
		facts_free(facts);
		shown_free(&shown);
	}
}

static void work_is_done_once_for_each_chain(void **state)
{
	struct trust *trust = trust_new(shown_open("root", "pem"));
	struct shown shown;

	(void)state;
	shown_init(&shown, "good", NULL, NULL);
	for (size_t i = 0; i < 10; i++) {
		struct facts *facts = facts_new();

		assert_true(trust_examine(trust, &shown.exhibit, facts));
		assert_int_equal(shown_truth(facts, CERT_TRUSTED), true);
		facts_free(facts);
	}
	assert_int_equal(trust_work(trust).parsed, 2);
	assert_int_equal(trust_work(trust).verified, 1);
	shown_free(&shown);
	trust_free(trust);
}

/* A verdict is kept, and yet nothing outlives its own time. */
static void time_passes_over_what_is_kept(void **state)
{
	static const struct {
		int64_t seconds;		/* since SHOWN_AT */
		const char *error;
	} moments[] = {
		{ 0, NULL }, { 86400, NULL },
		{ 18489600 - 1, NULL },		/* the end of 2026 */
		{ 18489600, NULL }, { 18489601, "expired" },
		{ 40 * 365 * 86400L, "expired" }, { 86400, NULL },
		{ -13046400, NULL }, { -13046401, "not_yet_valid" },
		{ 0, NULL }
	};
	struct trust *trust = trust_new(-1);
	struct shown shown;

	(void)state;
	shown_init(&shown, "good", "root", NULL);
	for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
		struct facts *facts = facts_new();

		shown.exhibit.wall_us = SHOWN_AT + moments[i].seconds * 1000000;
		assert_true(trust_examine(trust, &shown.exhibit, facts));
		print_message("# after %ld seconds\n", (long)moments[i].seconds);
		assert_int_equal(shown_truth(facts, CERT_TRUSTED), !moments[i].error);
		if (moments[i].error)
			assert_string_equal(shown_text(facts, CERT_TRUST_ERROR),
					    moments[i].error);
		facts_free(facts);
	}
	assert_int_equal(trust_work(trust).parsed, 2);
	assert_int_equal(trust_work(trust).verified, 6);
	shown_free(&shown);
	trust_free(trust);
}

static void a_staple_grows_old_while_it_is_kept(void **state)
{
	struct trust *trust = trust_new(-1);
	struct shown shown;

	(void)state;
	shown_init(&shown, "good", "root", "good");
	for (int64_t day = 0; day < 10; day++) {
		struct facts *facts = facts_new();

		shown.exhibit.wall_us = SHOWN_AT + day * 86400 * 1000000 + 1;
		assert_true(trust_examine(trust, &shown.exhibit, facts));
		assert_string_equal(shown_text(facts, CERT_OCSP_STAPLE),
				    day < 6 ? "good" : "expired");
		facts_free(facts);
	}
	shown_free(&shown);
	trust_free(trust);
}

static int examine_by(struct trust *trust, struct shown *shown, const char *authorities)
{
	struct facts *facts = facts_new();
	int truth;

	shown->exhibit.authorities = authorities;
	assert_true(trust_examine(trust, &shown->exhibit, facts));
	truth = shown_truth(facts, CERT_TRUSTED);
	facts_free(facts);
	return truth;
}

static void one_target_s_authorities_are_not_another_s(void **state)
{
	struct trust *trust = trust_new(-1);
	struct shown_file root = shown_load("root", "pem"), other = shown_load("other", "pem");
	struct shown shown;

	(void)state;
	shown_init(&shown, "good", NULL, NULL);
	for (size_t i = 0; i < 3; i++) {
		assert_true(examine_by(trust, &shown, (const char *)root.bytes));
		assert_false(examine_by(trust, &shown, (const char *)other.bytes));
		assert_false(examine_by(trust, &shown, NULL));
		assert_false(examine_by(trust, &shown, ""));
		assert_false(examine_by(trust, &shown, "-----BEGIN CERTIFICATE-----\nAAAA\n"));
	}
	assert_int_equal(trust_work(trust).verified, 5);
	free(root.bytes);
	free(other.bytes);
	shown_free(&shown);
	trust_free(trust);
}

static void what_a_chain_lacks_may_be_in_the_part_that_is_not_here(void **state)
{
	struct shown shown;
	struct facts *facts;

	(void)state;
	shown_init(&shown, "alone", "root", NULL);
	shown.exhibit.cut = true;
	facts = examine(&shown);
	assert_null(shown_fact(facts, CERT_TRUSTED));
	assert_null(shown_fact(facts, CERT_TRUST_ERROR));
	assert_null(shown_fact(facts, CERT_CHAIN_COMPLETE));
	assert_string_equal(shown_text(facts, CERT_SUBJECT), "CN=pbx.example");
	facts_free(facts);
	shown_free(&shown);
}

/* What is examined when only the first bytes of a chain are there, or one is another. */
static void assert_never_trusted(struct trust *trust, struct shown *shown, size_t length)
{
	struct facts *facts = facts_new();
	uint8_t *copy = memory_new(length + 1, 1);

	memcpy(copy + 1, shown->chain.bytes, length);
	reader_init(&shown->exhibit.chain, copy + 1, length);
	if (trust_examine(trust, &shown->exhibit, facts))
		assert_int_equal(shown_truth(facts, CERT_TRUSTED), false);
	else
		assert_int_equal(facts_count(facts), 0);
	facts_free(facts);
	free(copy);
}

static void a_chain_cut_anywhere_is_never_trusted(void **state)
{
	struct trust *trust = trust_new(-1);
	struct shown shown;

	(void)state;
	shown_init(&shown, "good", "root", NULL);
	for (size_t length = 0; length < shown.chain.length; length++)
		assert_never_trusted(trust, &shown, length);
	shown_free(&shown);
	trust_free(trust);
}

static void a_chain_with_any_byte_changed_is_never_trusted(void **state)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff };
	struct trust *trust = trust_new(-1);
	struct shown shown;

	(void)state;
	shown_init(&shown, "good", "root", NULL);
	for (size_t at = 0; at < shown.chain.length; at++) {
		for (size_t i = 0; i < sizeof changes; i++) {
			shown.chain.bytes[at] ^= changes[i];
			assert_never_trusted(trust, &shown, shown.chain.length);
			shown.chain.bytes[at] ^= changes[i];
		}
	}
	shown_free(&shown);
	trust_free(trust);
}

static void a_staple_with_any_byte_changed_is_never_good(void **state)
{
	struct trust *trust = trust_new(-1);
	struct shown shown;

	(void)state;
	shown_init(&shown, "good", "root", "good");
	for (size_t at = 0; at < shown.staple.length; at++) {
		struct facts *facts = facts_new();

		shown.staple.bytes[at] ^= 0x01;
		assert_true(trust_examine(trust, &shown.exhibit, facts));
		shown.staple.bytes[at] ^= 0x01;
		assert_string_equal(shown_text(facts, CERT_OCSP_STAPLE), "invalid");
		facts_free(facts);
	}
	shown_free(&shown);
	trust_free(trust);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_is_trusted_as_the_table_says),
		cmocka_unit_test(a_staple_says_what_the_table_says),
		cmocka_unit_test(work_is_done_once_for_each_chain),
		cmocka_unit_test(time_passes_over_what_is_kept),
		cmocka_unit_test(a_staple_grows_old_while_it_is_kept),
		cmocka_unit_test(one_target_s_authorities_are_not_another_s),
		cmocka_unit_test(what_a_chain_lacks_may_be_in_the_part_that_is_not_here),
		cmocka_unit_test(a_chain_cut_anywhere_is_never_trusted),
		cmocka_unit_test(a_chain_with_any_byte_changed_is_never_trusted),
		cmocka_unit_test(a_staple_with_any_byte_changed_is_never_good),
	};
	return cmocka_run_group_tests_name("trust", tests, NULL, NULL);
}
