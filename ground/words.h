/* SPDX-License-Identifier: Apache-2.0
 *
 * Words people type, and the ones they may have meant.
 */
#ifndef GROUND_WORDS_H
#define GROUND_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* The nearest of the candidates (ended by NULL), or NULL when none is near enough. */
const char *words_nearest(const char *word, const char *const *candidates);
/* The place of word in a list ended by NULL, or -1. */
int words_find(const char *word, const char *const *list);
/* Shell pattern with * and ?; both match a slash. */
bool words_match(const char *pattern, const char *string);
/* The same, whatever the case of letters. */
bool words_match_any_case(const char *pattern, const char *string);
/* Versions compared number by number: 1.8.0_232 < 1.8.0_300; <0, 0, >0. */
int words_compare_versions(const char *a, const char *b);

#endif
