/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/version.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* More digits than a number can have are the largest there is. */
static uint64_t take_number(const char **at)
{
	uint64_t number = 0;

	for (; is_digit(**at); ++*at)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(**at - '0'), &number))
			number = UINT64_MAX / 10;
	return number;
}

static void keep(struct version *version, uint64_t number)
{
	if (version->count < VERSION_NUMBERS_MOST)
		version->numbers[version->count++] = number;
}

/* The letter of 1.1.1n, but not those of 1.2rc1 or 5.0b2. */
static bool is_single_letter(const char *at)
{
	return islower((unsigned char)*at) && !isalnum((unsigned char)at[1]);
}

static const char *behind_update(const char *at)
{
	static const char word[] = " Update ";

	return strncasecmp(at, word, strlen(word)) ? NULL : at + strlen(word);
}

/* What separates this number from the next, or NULL when it is the last. */
static const char *next_number(const char *at, struct version *version)
{
	const char *update = behind_update(at);

	if (update && is_digit(*update) && version->count == 1) {
		version->java = true;
		return update;
	}
	if (!*at || !strchr("._u", *at) || !is_digit(at[1]))
		return NULL;
	if (*at != '.' && (*at == 'u' ? version->count == 1 : version->count == 3))
		version->java = true;
	return at + 1;
}

/* Reads from a digit on; the end. */
static const char *read_numbers(const char *at, struct version *version)
{
	const char *next = at;

	*version = (struct version){ .count = 0 };
	while (next) {
		at = next;
		keep(version, take_number(&at));
		next = next_number(at, version);
	}
	if (is_single_letter(at))
		keep(version, (uint64_t)(*at++ - 'a' + 1));
	return at;
}

/* A package's own version may have an epoch before it: 1:2.4.38-3. */
static void read_package(const char *at, struct version *version)
{
	size_t digits = strspn(at, "0123456789");

	read_numbers(at[digits] == ':' && is_digit(at[digits + 1]) ? at + digits + 1 : at,
		     version);
}

/* Behind the first _ before a digit: no other part of a Debian package's name has one. But
 * 1.8.0_232 has. */
static const char *find_debian(const char *name)
{
	static const char java[] = ".0_";

	for (const char *at = name; (at = strchr(at, '_')); at++)
		if (is_digit(at[1]))
			return at - name > 2 && !strncmp(at - 2, java, strlen(java)) ? NULL
										   : at + 1;
	return NULL;
}

/* Between the last two hyphens, and a digit behind each. */
static const char *find_rpm(const char *name)
{
	const char *release = strrchr(name, '-'), *at = release;

	if (!release || !is_digit(release[1]))
		return NULL;
	while (at > name && at[-1] != '-')
		at--;
	if (at == name || !is_digit(*at))
		return NULL;
	for (const char *c = name; c < at; c++)
		if (*c == '_' && is_digit(c[1]))
			return NULL;
	return at;
}

static const char *find_package(const char *name)
{
	const char *rpm;

	if (strchr(name, ' '))
		return NULL;
	rpm = find_rpm(name);
	return rpm ? rpm : find_debian(name);
}

bool version_read(const char *name, struct version *version)
{
	const char *package = find_package(name);
	struct version other;

	*version = (struct version){ .count = 0 };
	if (package) {
		read_package(package, version);
		return true;
	}
	while (*name) {
		if (!is_digit(*name)) {
			name++;
			continue;
		}
		name = read_numbers(name, &other);
		if (other.count > version->count)
			*version = other;
	}
	return version->count;
}

/* 1.8.0_232 is 8u232, and so is 8.0.232, as AdoptOpenJDK's installer for Windows says it. */
static struct version as_java(const struct version *version)
{
	size_t major = version->count >= 2 && version->numbers[0] == 1;
	size_t update = major + 1;
	struct version plain = *version;

	if (update < version->count && version->numbers[update] == 0)
		update++;
	plain.numbers[0] = version->numbers[major];
	plain.count = 1;
	for (size_t i = update; i < version->count; i++)
		plain.numbers[plain.count++] = version->numbers[i];
	return plain;
}

static int compare_numbers(const struct version *a, const struct version *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++)
		if (a->numbers[i] != b->numbers[i])
			return a->numbers[i] < b->numbers[i] ? -1 : 1;
	return (a->count > b->count) - (a->count < b->count);
}

int version_compare(const struct version *a, const struct version *b)
{
	struct version left, right;

	if (!a->java && !b->java)
		return compare_numbers(a, b);
	left = as_java(a);
	right = as_java(b);
	return compare_numbers(&left, &right);
}

int version_compare_names(const char *a, const char *b)
{
	struct version left, right;

	version_read(a, &left);
	version_read(b, &right);
	return version_compare(&left, &right);
}
