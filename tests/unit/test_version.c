/* SPDX-License-Identifier: Apache-2.0
 *
 * Versions in the names of programs, as systems really list them.
 */
#include "tests/unit/unit.h"

#include <string.h>

#include "agent/plan/version.h"
#include "ground/text.h"

static void numbers_are(const char *name, const char *expected)
{
	struct version version;
	struct text numbers = { 0 };

	assert_int_equal(version_read(name, &version), *expected != '\0');
	for (size_t i = 0; i < version.count; i++) {
		if (i)
			text_add_char(&numbers, ' ');
		text_add_unsigned(&numbers, version.numbers[i]);
	}
	assert_string_equal(text_string(&numbers), expected);
	text_free(&numbers);
}

static int compare(const char *a, const char *b)
{
	struct version left, right;

	assert_true(version_read(a, &left));
	assert_true(version_read(b, &right));
	assert_int_equal(version_compare(&left, &right), -version_compare(&right, &left));
	return version_compare(&left, &right);
}

static void the_part_with_the_most_numbers_is_the_version(void **state)
{
	(void)state;
	numbers_are("EMET 5.52", "5 52");
	numbers_are("WinPcap 4.1.3", "4 1 3");
	numbers_are("7-Zip 19.00 (x64)", "19 0");
	numbers_are("Microsoft Visual C++ 2015-2019 Redistributable (x64) - 14.24.28127",
		    "14 24 28127");
	numbers_are("Acrobat 11 (64-bit)", "11");
	numbers_are("jdk1.8.0_231", "1 8 0 231");
	numbers_are("Mozilla Maintenance Service", "");
	numbers_are("", "");
}

static void java_has_three_spellings(void **state)
{
	(void)state;
	numbers_are("OpenJDK 1.8.0_232", "1 8 0 232");
	numbers_are("Java 8 Update 231 (64-bit)", "8 231");
	numbers_are("Java(TM) 8 update 231", "8 231");
	numbers_are("Java 8 Update", "8");
	numbers_are("Java 8 Update b", "8");
	numbers_are("Driver 2.1 Update 3", "2 1");
	numbers_are("8u232", "8 232");
}

static void packages_have_their_version_in_the_middle(void **state)
{
	(void)state;
	numbers_are("openjdk-8-jre_8u232-b09", "8 232");
	numbers_are("openjdk-8-jre_8u232-b09-1~deb9u1_amd64", "8 232");
	numbers_are("libssl1.1_1.1.1n-0+deb11u5_amd64", "1 1 1 14");
	numbers_are("apache2_1:2.4.38-3+deb10u5_amd64", "2 4 38");
	numbers_are("python3-x_2.0-1-3_all", "2 0");
	numbers_are("java-1.8.0-openjdk-1.8.0.232.b09-0.el7_7.x86_64", "1 8 0 232");
	numbers_are("bash-5.1.8-6.el9.x86_64", "5 1 8");
	numbers_are("mod_ssl-2.4.37-39.el8", "2 4 37");
	numbers_are("linux_headers", "");
	numbers_are("x_1:y", "1");
	/* No package: a hyphen too few, or no digit behind one. */
	numbers_are("tool-1.2.3", "1 2 3");
	numbers_are("1.2.3-4", "1 2 3");
	numbers_are("openjdk-8-jre-8u232-b09", "8 232");
	numbers_are("tool-2.0-beta", "2 0");
	numbers_are("tool-x-1", "1");
}

static void what_is_no_number_ends_it(void **state)
{
	(void)state;
	numbers_are("a 1.2rc1", "1 2");
	numbers_are("a 5.0b2", "5 0");
	numbers_are("a 5.0B", "5 0");
	numbers_are("a 5.", "5");
	numbers_are("a 1.2.3.4.5.6.7.8.9.10", "1 2 3 4 5 6 7 8");
	numbers_are("a 99999999999999999999999", "1844674407370955161");
	numbers_are("a 18446744073709551616", "1844674407370955161");
}

static void versions_compare_number_by_number(void **state)
{
	(void)state;
	assert_true(compare("OpenJDK 1.8.0_232", "1.8.0_242") < 0);
	assert_true(compare("1.8.0_242", "11.0.5") < 0);
	assert_true(compare("1.9", "1.10") < 0);
	assert_true(compare("1.1.1", "1.1.1n") < 0);
	assert_true(compare("1.1.1k", "1.1.1n") < 0);
	assert_true(compare("5.52", "EMET 5.52") == 0);
	assert_true(compare("5.52.1", "5.52") > 0);
}

static void one_java_is_the_same_in_every_spelling(void **state)
{
	static const char *const spellings[] = {
		"OpenJDK 1.8.0_232", "openjdk-8-jre_8u232-b09", "Java 8 Update 232",
		"jdk1.8.0_232"
	};

	(void)state;
	for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
		for (size_t j = 0; j < sizeof spellings / sizeof *spellings; j++)
			assert_int_equal(compare(spellings[i], spellings[j]), 0);
		assert_true(compare(spellings[i], "1.8.0_231") > 0);
		assert_true(compare(spellings[i], "8u242") < 0);
		assert_true(compare(spellings[i], "1.8.0") > 0);
		assert_true(compare(spellings[i], "11.0.5") < 0);
		assert_true(compare(spellings[i], "17") < 0);
		assert_int_equal(
			compare(spellings[i], "java-1.8.0-openjdk-1.8.0.232.b09-0.el7_7.x86_64"),
			0);
	}
	assert_true(compare("AdoptOpenJDK JDK with Hotspot 8.0.231.11 (x64)", "1.8.0_232") < 0);
	assert_true(compare("AdoptOpenJDK JDK with Hotspot 8.0.232.09 (x64)", "1.8.0_232") > 0);
	assert_true(compare("AdoptOpenJDK JDK with Hotspot 11.0.5.10 (x64)", "1.8.0_232") > 0);
	assert_int_equal(compare("8.0.232", "8u232"), 0);
	/* Others have such numbers, too, and mean something else. */
	assert_true(compare("tool 1.5.0.3", "1.5.1") < 0);
	assert_true(compare("tool 1_5", "tool 1.5") == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_part_with_the_most_numbers_is_the_version),
		cmocka_unit_test(java_has_three_spellings),
		cmocka_unit_test(packages_have_their_version_in_the_middle),
		cmocka_unit_test(what_is_no_number_ends_it),
		cmocka_unit_test(versions_compare_number_by_number),
		cmocka_unit_test(one_java_is_the_same_in_every_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
