/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <string.h>

#include "collectors/tls/tls_suites.h"
#include "tests/unit/unit.h"

enum { WEAK_BITS = (1 << TLS_WEAKNESS_COUNT) - 1 };

#define WEAK(constant) (1u << TLS_WEAK_##constant)

static const struct tls_suite *suite_named(const char *name)
{
	for (size_t i = 0; i < tls_suite_count(); i++)
		if (strcmp(tls_suite_at(i)->name, name) == 0)
			return tls_suite_at(i);
	fail_msg("no suite is called %s", name);
	return NULL;
}

static bool name_has(const struct tls_suite *suite, const char *part)
{
	return strstr(suite->name, part) != NULL;
}

static bool name_ends(const struct tls_suite *suite, const char *end)
{
	size_t length = strlen(suite->name), tail = strlen(end);

	return length >= tail && strcmp(suite->name + length - tail, end) == 0;
}

static void suites_are_sorted_by_value_and_none_is_twice(void **state)
{
	(void)state;
	assert_int_equal(tls_suite_count(), 350);
	for (size_t i = 1; i < tls_suite_count(); i++)
		assert_true(tls_suite_at(i - 1)->value < tls_suite_at(i)->value);
	assert_null(tls_suite_at(tls_suite_count()));
}

static void each_name_is_there_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < tls_suite_count(); i++) {
		const struct tls_suite *suite = tls_suite_at(i);

		assert_ptr_equal(suite_named(suite->name), suite);
		assert_true(strncmp(suite->name, "TLS_", 4) == 0);
		assert_false(name_has(suite, "SCSV"));
	}
}

static void a_suite_is_found_by_its_value(void **state)
{
	(void)state;
	for (unsigned value = 0; value <= UINT16_MAX; value++) {
		const struct tls_suite *suite = tls_suite_of((uint16_t)value);

		if (suite)
			assert_int_equal(suite->value, value);
	}
	for (size_t i = 0; i < tls_suite_count(); i++)
		assert_ptr_equal(tls_suite_of(tls_suite_at(i)->value), tls_suite_at(i));
}

static void signals_and_grease_are_no_suites(void **state)
{
	(void)state;
	assert_null(tls_suite_of(0x00ff));
	assert_null(tls_suite_of(0x5600));
	assert_null(tls_suite_of(0x0a0a));
	assert_null(tls_suite_of(0xfafa));
	assert_null(tls_suite_of(0xffff));
}

static void suites_have_the_traits_they_are_known_for(void **state)
{
	static const struct {
		uint16_t value;
		uint32_t traits;	/* but for COMMON */
		const char *name;
	} known[] = {
		{ 0x0000, WEAK(NULL) | WEAK(ANONYMOUS), "TLS_NULL_WITH_NULL_NULL" },
		{ 0x0001, WEAK(NULL) | WEAK(MD5) | WEAK(STATIC_RSA) | TLS_SUITE_CERTIFICATE,
		  "TLS_RSA_WITH_NULL_MD5" },
		{ 0x0003,
		  WEAK(EXPORT) | WEAK(RC4) | WEAK(MD5) | WEAK(STATIC_RSA) |
			  TLS_SUITE_CERTIFICATE,
		  "TLS_RSA_EXPORT_WITH_RC4_40_MD5" },
		{ 0x0005, WEAK(RC4) | WEAK(STATIC_RSA) | TLS_SUITE_CERTIFICATE,
		  "TLS_RSA_WITH_RC4_128_SHA" },
		{ 0x0006,
		  WEAK(EXPORT) | WEAK(RC2) | WEAK(MD5) | WEAK(STATIC_RSA) |
			  TLS_SUITE_CERTIFICATE,
		  "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5" },
		{ 0x000a,
		  WEAK(TRIPLE_DES) | WEAK(CBC_SHA1) | WEAK(STATIC_RSA) | TLS_SUITE_CERTIFICATE,
		  "TLS_RSA_WITH_3DES_EDE_CBC_SHA" },
		{ 0x000b,
		  WEAK(EXPORT) | WEAK(DES) | WEAK(CBC_SHA1) | WEAK(STATIC_DH) |
			  TLS_SUITE_CERTIFICATE,
		  "TLS_DH_DSS_EXPORT_WITH_DES40_CBC_SHA" },
		{ 0x0015, WEAK(DES) | WEAK(CBC_SHA1) | TLS_SUITE_DHE | TLS_SUITE_CERTIFICATE,
		  "TLS_DHE_RSA_WITH_DES_CBC_SHA" },
		{ 0x0034, WEAK(ANONYMOUS) | WEAK(CBC_SHA1) | TLS_SUITE_DHE,
		  "TLS_DH_anon_WITH_AES_128_CBC_SHA" },
		{ 0x003c, WEAK(STATIC_RSA) | TLS_SUITE_SINCE_1_2 | TLS_SUITE_CERTIFICATE,
		  "TLS_RSA_WITH_AES_128_CBC_SHA256" },
		{ 0x009e, TLS_SUITE_DHE | TLS_SUITE_SINCE_1_2 | TLS_SUITE_CERTIFICATE,
		  "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256" },
		{ 0x00ac, TLS_SUITE_PSK | TLS_SUITE_SINCE_1_2 | TLS_SUITE_CERTIFICATE,
		  "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256" },
		{ 0x00ae, TLS_SUITE_PSK, "TLS_PSK_WITH_AES_128_CBC_SHA256" },
		{ 0x1301, TLS_SUITE_ONLY_1_3, "TLS_AES_128_GCM_SHA256" },
		{ 0x1306, TLS_SUITE_ONLY_1_3, "TLS_AEGIS_256_SHA512" },
		{ 0xc004, WEAK(STATIC_DH) | WEAK(CBC_SHA1) | TLS_SUITE_CERTIFICATE,
		  "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA" },
		{ 0xc013, WEAK(CBC_SHA1) | TLS_SUITE_ECDHE | TLS_SUITE_CERTIFICATE,
		  "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" },
		{ 0xc018, WEAK(ANONYMOUS) | WEAK(CBC_SHA1) | TLS_SUITE_ECDHE,
		  "TLS_ECDH_anon_WITH_AES_128_CBC_SHA" },
		{ 0xc01e, WEAK(CBC_SHA1) | TLS_SUITE_CERTIFICATE,
		  "TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA" },
		{ 0xc02f, TLS_SUITE_ECDHE | TLS_SUITE_SINCE_1_2 | TLS_SUITE_CERTIFICATE,
		  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" },
		{ 0xc0aa, TLS_SUITE_PSK | TLS_SUITE_DHE | TLS_SUITE_SINCE_1_2,
		  "TLS_PSK_DHE_WITH_AES_128_CCM_8" },
		{ 0xc0b4, WEAK(NULL) | TLS_SUITE_ONLY_1_3, "TLS_SHA256_SHA256" },
		{ 0xc103, TLS_SUITE_ONLY_1_3, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_L" },
		{ 0xcca8, TLS_SUITE_ECDHE | TLS_SUITE_SINCE_1_2 | TLS_SUITE_CERTIFICATE,
		  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		const struct tls_suite *suite = tls_suite_of(known[i].value);

		assert_non_null(suite);
		assert_string_equal(suite->name, known[i].name);
		assert_int_equal(suite->traits & ~(uint32_t)TLS_SUITE_COMMON, known[i].traits);
	}
}

/* The other way round: a name that says it, and a trait that does. */
static void every_weakness_is_in_the_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < tls_suite_count(); i++) {
		const struct tls_suite *suite = tls_suite_at(i);
		uint32_t traits = suite->traits;
		bool integrity_only = suite->value == 0xc0b4 || suite->value == 0xc0b5;
		bool cbc_sha1 = name_has(suite, "_CBC_") && name_ends(suite, "_SHA");
		bool des = name_has(suite, "_DES_") || name_has(suite, "_DES40_");

		assert_int_equal(!!(traits & WEAK(NULL)), name_has(suite, "_NULL_") ||
							  integrity_only);
		assert_int_equal(!!(traits & WEAK(ANONYMOUS)),
				 name_has(suite, "_anon_") || suite->value == 0);
		assert_int_equal(!!(traits & WEAK(EXPORT)), name_has(suite, "_EXPORT_"));
		assert_int_equal(!!(traits & WEAK(RC4)), name_has(suite, "_RC4_"));
		assert_int_equal(!!(traits & WEAK(RC2)), name_has(suite, "_RC2_"));
		assert_int_equal(!!(traits & WEAK(DES)), des);
		assert_int_equal(!!(traits & WEAK(TRIPLE_DES)), name_has(suite, "_3DES_"));
		assert_int_equal(!!(traits & WEAK(MD5)), name_ends(suite, "_MD5"));
		assert_int_equal(!!(traits & WEAK(CBC_SHA1)), cbc_sha1);
	}
}

static void a_key_exchange_is_either_static_or_ephemeral(void **state)
{
	(void)state;
	for (size_t i = 0; i < tls_suite_count(); i++) {
		const struct tls_suite *suite = tls_suite_at(i);
		uint32_t traits = suite->traits;
		bool fixed = traits & (WEAK(STATIC_RSA) | WEAK(STATIC_DH));
		bool fresh = traits & (TLS_SUITE_ECDHE | TLS_SUITE_DHE);

		assert_false(fixed && fresh);
		assert_int_equal(!!(traits & TLS_SUITE_ECDHE),
				 name_has(suite, "_ECDHE_") || name_has(suite, "_ECDH_anon_"));
		assert_int_equal(!!(traits & TLS_SUITE_DHE),
				 name_has(suite, "_DHE_") || name_has(suite, "_DH_anon_"));
		assert_true(!fixed || (traits & TLS_SUITE_CERTIFICATE));
		if (traits & WEAK(ANONYMOUS))
			assert_false(traits & TLS_SUITE_CERTIFICATE);
		if (traits & TLS_SUITE_ONLY_1_3)
			assert_int_equal(traits & ~(WEAK(NULL) | TLS_SUITE_ONLY_1_3 |
						    TLS_SUITE_COMMON), 0);
	}
}

static void what_is_offered_first_is_a_handful_and_has_every_class(void **state)
{
	uint32_t seen = 0;
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < tls_suite_count(); i++) {
		if (!(tls_suite_at(i)->traits & TLS_SUITE_COMMON))
			continue;
		seen |= tls_suite_at(i)->traits;
		count++;
	}
	assert_int_equal(count, 80);
	assert_int_equal(seen & WEAK_BITS, WEAK_BITS);
	assert_true(seen & TLS_SUITE_ONLY_1_3);
}

/* The suites that a vendor's hardening guide allows. */
static void every_suite_that_asc_neo_allows_is_there(void **state)
{
	static const char *const allowed[] = {
		"TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
		"TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
		"TLS_DHE_RSA_WITH_AES_128_CBC_SHA", "TLS_DHE_DSS_WITH_AES_128_CBC_SHA256",
		"TLS_DHE_DSS_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
		"TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA256",
		"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA",
		"TLS_ECDH_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDH_anon_WITH_AES_128_CBC_SHA"
	};

	(void)state;
	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		assert_true(suite_named(allowed[i])->traits & TLS_SUITE_COMMON);
}

static void each_weakness_has_its_word(void **state)
{
	const char *const *words = tls_weakness_words();

	(void)state;
	assert_string_equal(words[TLS_WEAK_NULL], "null");
	assert_string_equal(words[TLS_WEAK_TRIPLE_DES], "3des");
	assert_string_equal(words[TLS_WEAK_STATIC_DH], "static_dh");
	assert_null(words[TLS_WEAKNESS_COUNT]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suites_are_sorted_by_value_and_none_is_twice),
		cmocka_unit_test(each_name_is_there_once),
		cmocka_unit_test(a_suite_is_found_by_its_value),
		cmocka_unit_test(signals_and_grease_are_no_suites),
		cmocka_unit_test(suites_have_the_traits_they_are_known_for),
		cmocka_unit_test(every_weakness_is_in_the_name),
		cmocka_unit_test(a_key_exchange_is_either_static_or_ephemeral),
		cmocka_unit_test(what_is_offered_first_is_a_handful_and_has_every_class),
		cmocka_unit_test(every_suite_that_asc_neo_allows_is_there),
		cmocka_unit_test(each_weakness_has_its_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
