/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "ground/text.h"
#include "tests/unit/unit.h"
#include "tests/wire/certificates/shown.h"

static struct facts *facts_of(const char *chain)
{
	struct trust *trust = trust_new(-1);
	struct facts *facts = facts_new();
	struct shown shown;

	shown_init(&shown, chain, "root", NULL);
	assert_true(trust_examine(trust, &shown.exhibit, facts));
	trust_free(trust);
	shown_free(&shown);
	return facts;
}

/* NULL: the fact shall be absent. */
struct expected {
	const char *chain;
	enum certificate_fact fact;
	const char *value;
};

static void assert_all(const struct expected *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct facts *facts = facts_of(rows[i].chain);
		const struct fact *fact = shown_fact(facts, rows[i].fact);
		struct text text = { 0 };

		print_message("# %s of %s\n", certificate_fact(rows[i].fact)->name,
			      rows[i].chain);
		if (fact)
			fact_describe(fact, &text);
		assert_int_equal(fact != NULL, rows[i].value != NULL);
		assert_string_equal(text_string(&text), rows[i].value ? rows[i].value : "");
		text_free(&text);
		facts_free(facts);
	}
}

#define ASSERT_ALL(rows) assert_all(rows, sizeof(rows) / sizeof *(rows))

static void names_are_told_escaped_and_whole(void **state)
{
	static const struct expected rows[] = {
		{ "good", CERT_SUBJECT, "CN=pbx.example" },
		{ "good", CERT_ISSUER, "CN=Issuing" },
		{ "good", CERT_NAMES, "pbx.example" },
		{ "no_names", CERT_NAMES, "" },
		{ "two_lists", CERT_NAMES, NULL },
		{ "other_kinds", CERT_NAMES, "" },
		{ "addresses", CERT_NAMES, "10.0.0.5 2001:db8::1 10.0.0.6" },
		{ "nul_in_name", CERT_NAMES, "pbx.example\\x00.evil.test" },
		{ "controls", CERT_NAMES,
		  "pbx\\x1B[31m.example\\x0A pbx.exämple xn--pbx-tna.example" },
		{ "invalid_utf8", CERT_NAMES, "\\xFF\\xFE.example" },
		{ "nul_in_subject", CERT_SUBJECT,
		  "CN=pbx.example\\00.evil.test, O=A\\, B=C\\+D" },
		{ "subject_bmp", CERT_SUBJECT, "CN=Telefonbüro ☎" },
		{ "subject_controls", CERT_SUBJECT,
		  "CN=\\1B]0\\;title\\07\\xE2\\x80\\xAEgnp.exe" },
		{ "subject_none", CERT_SUBJECT, "" },
	};

	(void)state;
	ASSERT_ALL(rows);
}

static void a_name_in_the_wrong_letters_is_told_and_not_trusted(void **state)
{
	static const struct expected rows[] = {
		{ "subject_latin", CERT_SUBJECT, "CN=Telefonbüro" },
		{ "subject_latin", CERT_NOT_AFTER, "2027-01-01T00:00:00Z" },
		{ "subject_latin", CERT_TRUST_ERROR, "malformed" },
		{ "subject_latin", CERT_CHAIN_COMPLETE, NULL },
		{ "subject_bmp_odd", CERT_SUBJECT, "CN=\\00p\\00b\\00" },
		{ "subject_bmp_odd", CERT_TRUSTED, "false" },
		{ "subject_invalid", CERT_SUBJECT, "CN=Ã(ÿ, 1.3.6.1.4.1.99999.3=x" },
		{ "subject_invalid", CERT_NAME_MATCH, "true" },
	};

	(void)state;
	ASSERT_ALL(rows);
}

static void keys_and_signatures_have_their_names(void **state)
{
	static const struct expected rows[] = {
		{ "good", CERT_KEY, "EC" },
		{ "good", CERT_KEY_BITS, "256" },
		{ "good", CERT_CURVE, "prime256v1" },
		{ "good", CERT_SIGNATURE, "ecdsa-with-SHA256" },
		{ "p384", CERT_CURVE, "secp384r1" },
		{ "brainpool", CERT_CURVE, "brainpoolP256r1" },
		{ "rsa_512", CERT_KEY_BITS, "512" },
		{ "rsa_2048", CERT_KEY, "RSA" },
		{ "rsa_2048", CERT_CURVE, NULL },
		{ "rsa_32768", CERT_KEY_BITS, "32768" },
		{ "ed25519", CERT_KEY, "Ed25519" },
		{ "ed25519", CERT_KEY_BITS, "256" },
		{ "ed448", CERT_KEY, "Ed448" },
		{ "dsa", CERT_KEY, "DSA" },
		{ "dsa", CERT_KEY_BITS, "2048" },
		{ "key_unheard_of", CERT_KEY, "other" },
		{ "key_unheard_of", CERT_KEY_BITS, NULL },
		{ "sha1", CERT_SIGNATURE, "sha1WithRSAEncryption" },
		{ "md5", CERT_SIGNATURE, "md5WithRSAEncryption" },
		{ "pss", CERT_SIGNATURE, "rsassaPss" },
		{ "signed_ed25519", CERT_SIGNATURE, "ED25519" },
		{ "signature_unheard_of", CERT_SIGNATURE, "1.3.6.1.4.1.99999.7" },
	};

	(void)state;
	ASSERT_ALL(rows);
}

static void times_are_told_when_they_are_written_well(void **state)
{
	static const struct expected rows[] = {
		{ "good", CERT_NOT_BEFORE, "2026-01-01T00:00:00Z" },
		{ "good", CERT_NOT_AFTER, "2027-01-01T00:00:00Z" },
		{ "good", CERT_EXPIRED, "false" },
		{ "good", CERT_NOT_YET_VALID, "false" },
		{ "expired", CERT_EXPIRED, "true" },
		{ "not_yet", CERT_NOT_YET_VALID, "true" },
		{ "expired_issuing", CERT_EXPIRED, "false" },
		{ "year_9999", CERT_NOT_AFTER, "9999-12-31T23:59:59Z" },
		{ "year_9999", CERT_EXPIRED, "false" },
		{ "year_1950", CERT_NOT_BEFORE, "1950-01-01T00:00:00Z" },
		{ "month_13", CERT_NOT_AFTER, NULL },
		{ "month_13", CERT_EXPIRED, NULL },
		{ "month_13", CERT_NOT_BEFORE, "2026-01-01T00:00:00Z" },
		{ "time_with_zone", CERT_NOT_AFTER, NULL },
	};

	(void)state;
	ASSERT_ALL(rows);
}

static void the_rest_is_told_too(void **state)
{
	static const struct expected rows[] = {
		{ "good", CERT_USAGES, NULL },
		{ "for_servers", CERT_USAGES, "serverAuth clientAuth 1.3.6.1.4.1.99999.1" },
		{ "good", CERT_SELF_SIGNED, "false" },
		{ "self_signed", CERT_SELF_SIGNED, "true" },
		{ "forged_self_signed", CERT_SELF_SIGNED, "false" },
		{ "dsa_self_signed", CERT_SELF_SIGNED, "true" },
		{ "rsa_32768_self_signed", CERT_SELF_SIGNED, NULL },
		{ "negative_serial", CERT_SERIAL, "-ff" },
		{ "zero_serial", CERT_SERIAL, "00" },
		{ "long_serial", CERT_SERIAL,
		  "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f"
		  "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f…" },
	};

	(void)state;
	ASSERT_ALL(rows);
}

static void a_list_of_names_that_is_too_long_says_so(void **state)
{
	struct facts *facts = facts_of("many_names");
	const struct fact *names = shown_fact(facts, CERT_NAMES);

	(void)state;
	assert_int_equal(names->count, 257);
	assert_string_equal(names->texts[255], "host-255.example");
	assert_string_equal(names->texts[256], "…");
	facts_free(facts);
}

static void a_name_that_is_too_long_is_cut(void **state)
{
	struct facts *facts = facts_of("subject_large");

	(void)state;
	assert_int_equal(strlen(shown_text(facts, CERT_SUBJECT)), 512 + strlen("…"));
	facts_free(facts);
}

/* As make.py had them written down by openssl dgst. */
static void fingerprints_are_those_of_openssl(void **state)
{
	struct facts *facts = facts_of("good");
	struct shown_file told = shown_load("good", "sums");
	struct text text = { 0 };

	(void)state;
	text_add_format(&text, "%s %s\n", shown_text(facts, CERT_SHA256),
			shown_text(facts, CERT_SPKI_SHA256));
	assert_string_equal(text_string(&text), (const char *)told.bytes);
	text_free(&text);
	free(told.bytes);
	facts_free(facts);
}

static void every_element_of_the_chain_is_told(void **state)
{
	static const char *const subjects[] = { "CN=pbx.example", "CN=Root", "CN=Issuing" };
	struct facts *facts = facts_of("wrong_order");
	const struct fact *chain = shown_fact(facts, CERT_CHAIN);

	(void)state;
	assert_int_equal(chain->count, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct facts *element = chain->records[i];

		assert_int_equal(facts_count(element), CHAIN_COLUMN_COUNT);
		assert_string_equal(facts_get(element, certificate_column(CHAIN_SUBJECT))->text,
				    subjects[i]);
		assert_int_equal(facts_get(element, certificate_column(CHAIN_AUTHORITY))->truth,
				 i > 0);
		assert_int_equal(facts_get(element, certificate_column(CHAIN_SELF_SIGNED))->truth,
				 i == 1);
	}
	facts_free(facts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_told_escaped_and_whole),
		cmocka_unit_test(a_name_in_the_wrong_letters_is_told_and_not_trusted),
		cmocka_unit_test(keys_and_signatures_have_their_names),
		cmocka_unit_test(times_are_told_when_they_are_written_well),
		cmocka_unit_test(the_rest_is_told_too),
		cmocka_unit_test(a_list_of_names_that_is_too_long_says_so),
		cmocka_unit_test(a_name_that_is_too_long_is_cut),
		cmocka_unit_test(fingerprints_are_those_of_openssl),
		cmocka_unit_test(every_element_of_the_chain_is_told),
	};
	return cmocka_run_group_tests_name("certificate_read", tests, NULL, NULL);
}
