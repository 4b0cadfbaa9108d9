/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/wire/certificates/shown.h"

/* Who is trusted, by whom, and why not. */
static const struct {
	const char *chain, *authorities;
	const char *error;		/* NULL: trusted */
	int complete;			/* -1: not told */
} truths[] = {
	{ "good", "root", NULL, 1 },
	{ "good", NULL, "unknown_issuer", 0 },
	{ "good", "other", "unknown_issuer", 0 },
	{ "good", "bundle", NULL, 1 },
	{ "good", "issuing", NULL, 0 },
	{ "good", "pinned", NULL, 0 },
	{ "good_with_root", "root", NULL, 1 },
	{ "good_with_root", NULL, "unknown_root", 1 },
	{ "good_with_root", "other", "unknown_root", 1 },
	{ "wrong_order", "root", NULL, 1 },
	{ "foreign_root", "root", NULL, 1 },
	{ "foreign_root", "other", "unknown_issuer", 0 },
	{ "alone", "root", "unknown_issuer", 0 },
	{ "alone", "issuing", NULL, 0 },
	{ "alone", "bundle", "unknown_issuer", 0 },
	{ "hundred", "root", NULL, 1 },
	{ "self_signed", NULL, "self_signed", 1 },
	{ "self_signed", "self_signed", NULL, 1 },
	{ "self_signed", "other", "self_signed", 1 },
	{ "expired", "root", "expired", 1 },
	{ "not_yet", "root", "not_yet_valid", 1 },
	{ "expired_issuing", "root", "expired", 1 },
	{ "expired_root", "expired_root", "expired", 1 },
	{ "year_9999", "root", NULL, 1 },
	{ "year_1950", "root", NULL, 1 },
	{ "month_13", "root", "malformed", 1 },
	{ "time_with_zone", "root", "malformed", 1 },
	{ "rsa_512", "root", "weak_key", 1 },
	{ "rsa_1024", "root", "weak_key", 1 },
	{ "rsa_2048", "root", NULL, 1 },
	{ "rsa_8192", "root", NULL, 1 },
	{ "rsa_32768", "root", "other", 1 },
	{ "rsa_large_exponent", "root", "other", -1 },
	{ "rsa_1024_issuing", "root", "weak_key", 1 },
	{ "p384", "root", NULL, 1 },
	{ "brainpool", "root", NULL, 1 },
	{ "ed25519", "root", NULL, 1 },
	{ "ed448", "root", NULL, 1 },
	{ "key_unheard_of", "root", "other", 1 },
	{ "dsa", "root", NULL, 1 },
	{ "dsa_self_signed", NULL, "self_signed", 1 },
	{ "sha1", "root", "weak_signature", 1 },
	{ "md5", "root", "weak_signature", 1 },
	{ "pss", "root", NULL, 1 },
	{ "sha1_root", "sha1_root", NULL, 1 },
	{ "sha1_issuing", "sha1_root", "weak_signature", 1 },
	{ "signed_ed25519", "root", NULL, 1 },
	{ "signature_unheard_of", "root", "other", -1 },
	{ "forged", "root", "bad_signature", 0 },
	{ "forged_self_signed", NULL, "bad_signature", 0 },
	{ "forged_issuing", "root", "bad_signature", 0 },
	{ "issuer_is_none", "root", "not_an_authority", 1 },
	{ "issuer_says_nothing", "root", "not_an_authority", 1 },
	{ "issuer_may_not_sign", "root", "not_an_authority", 1 },
	{ "issuer_for_mail", "root", "wrong_purpose", 1 },
	{ "path_too_long", "root", "not_an_authority", 1 },
	{ "constrained_within", "root", NULL, 1 },
	{ "constrained_outside", "root", "name_constrained", 1 },
	{ "for_clients", "root", "wrong_purpose", 1 },
	{ "for_servers", "root", NULL, 1 },
	{ "unknown_critical", "root", "other", 1 },
	{ "authority_itself", "root", NULL, 1 },
	{ "crossed", "root", NULL, 1 },
	{ "crossed", "other", NULL, 1 },
	{ "crossed_expired", "crossed_expired", NULL, 1 },
	{ "crossed_expired", "root", NULL, 1 },
	{ "circle", "root", "unknown_issuer", 0 },
	{ "namesake", NULL, "unknown_issuer", 0 },
	{ "namesake", "namesake", "other", 1 },
};

enum { TRUTHS = sizeof truths / sizeof *truths };

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_is_trusted_as_the_table_says),
		cmocka_unit_test(a_staple_says_what_the_table_says),
		cmocka_unit_test(work_is_done_once_for_each_chain),
	};
	return cmocka_run_group_tests_name("trust", tests, NULL, NULL);
}
