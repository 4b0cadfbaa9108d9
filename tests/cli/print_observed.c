/* SPDX-License-Identifier: Apache-2.0
 *
 * print_observed NAME WIDTH [colour] [verbose] [json]: an observation that was never made, as
 * `ucposture observe` would tell it, for tests/cli/observe_text.sh to compare.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cli/observe_text.h"
#include "tests/unit/made_observations.h"

static bool is_given(int argc, char **argv, const char *word)
{
	for (int i = 3; i < argc; i++)
		if (!strcmp(argv[i], word))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	struct made_observation *made = argc < 3 ? NULL : made_observation(argv[1]);
	struct screen screen = { 0 };
	struct text out = { 0 };
	struct json json;

	if (!made)
		return 2;
	screen.width = (unsigned)strtoul(argv[2], NULL, 10);
	screen.utf8 = true;
	screen.colour = is_given(argc, argv, "colour");
	json_begin(&json, &out, true);
	if (is_given(argc, argv, "json"))
		observation_to_json(made->seen, &made->request, &json, NULL);
	else
		observe_add_text(&screen, &made->request, made->seen,
				 is_given(argc, argv, "verbose"), &out);
	fputs(text_string(&out), stdout);
	text_free(&out);
	made_observation_free(made);
	return 0;
}
