/* SPDX-License-Identifier: Apache-2.0 */
#include "ground/words.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { WORD_MOST = 64 };

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters must be changed, added, left out or swapped, case aside. */
static unsigned distance(const char *a, const char *b)
{
	unsigned rows[3][WORD_MOST + 1];
	size_t width = strlen(b), height = strlen(a);

	if (width > WORD_MOST || height > WORD_MOST)
		return UINT32_MAX;
	for (size_t j = 0; j <= width; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= height; i++) {
		unsigned *now = rows[i % 3], *above = rows[(i - 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= width; j++) {
			int x = tolower((unsigned char)a[i - 1]);
			int y = tolower((unsigned char)b[j - 1]);

			now[j] = least(above[j] + 1, now[j - 1] + 1, above[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
			    y == tolower((unsigned char)a[i - 2]))
				now[j] = least(now[j], rows[(i - 2) % 3][j - 2] + 1, now[j]);
		}
	}
	return rows[height % 3][width];
}

const char *words_nearest(const char *word, const char *const *candidates)
{
	const char *nearest = NULL;
	/* A third of the letters wrong is a slip; more is another word. */
	unsigned best = (unsigned)strlen(word) / 3 + 1;

	for (; *candidates; candidates++) {
		unsigned d = distance(word, *candidates);

		if (d < best || (d == best && !nearest)) {
			best = d;
			nearest = *candidates;
		}
	}
	return nearest;
}

int words_find(const char *word, const char *const *list)
{
	for (int i = 0; list[i]; i++)
		if (!strcmp(list[i], word))
			return i;
	return -1;
}

static bool is_exactly(char a, char b)
{
	return a == b;
}

static bool is_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Goes back to the last star only, so that the work is at most pattern × string. */
static bool
match(const char *pattern, const char *string, bool (*is_same)(char a, char b))
{
	const char *star = NULL, *resume = NULL;

	while (*string) {
		if (*pattern == '*') {
			star = pattern++;
			resume = string;
		} else if (*pattern == '?' || is_same(*pattern, *string)) {
			pattern++;
			string++;
		} else if (star) {
			pattern = star + 1;
			string = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

bool words_match(const char *pattern, const char *string)
{
	return match(pattern, string, is_exactly);
}

bool words_match_any_case(const char *pattern, const char *string)
{
	return match(pattern, string, is_letter);
}

static size_t digits_at(const char **string)
{
	while (**string == '0' && isdigit((unsigned char)(*string)[1]))
		(*string)++;
	return strspn(*string, "0123456789");
}

int words_compare_versions(const char *a, const char *b)
{
	while (*a && *b) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			size_t wide_a = digits_at(&a), wide_b = digits_at(&b);
			int order = wide_a != wide_b ? (wide_a < wide_b ? -1 : 1)
						     : strncmp(a, b, wide_a);

			if (order)
				return order < 0 ? -1 : 1;
			a += wide_a;
			b += wide_b;
		} else if (*a != *b) {
			return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
		} else {
			a++;
			b++;
		}
	}
	return *a ? 1 : *b ? -1 : 0;
}
