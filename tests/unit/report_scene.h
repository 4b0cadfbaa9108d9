/* SPDX-License-Identifier: Apache-2.0
 *
 * What tests of reports share: a made round for each, and words that a report must have.
 */
#ifndef TESTS_UNIT_REPORT_SCENE_H
#define TESTS_UNIT_REPORT_SCENE_H

#include <string.h>

#include "tests/unit/made.h"
#include "tests/unit/unit.h"

static inline int made_set_up(void **state)
{
	*state = made_new();
	return 0;
}

static inline int made_tear_down(void **state)
{
	made_free(*state);
	return 0;
}

static inline void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in:\n%s", part, text);
}

static inline void lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' is in:\n%s", part, text);
}

#endif
