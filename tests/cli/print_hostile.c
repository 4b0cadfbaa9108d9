/* SPDX-License-Identifier: Apache-2.0
 *
 * print_hostile FORMAT: the report of a round that is made of hostile strings, for
 * tests/cli/hostile.sh to have it read by programs that know the format.
 */
#include <stdio.h>

#include "tests/unit/hostile.h"

int main(int argc, char **argv)
{
	struct made_results *made = hostile_round();

	if (argc != 2 || !report_format_named(argv[1]))
		return 2;
	fputs(made_write(made, argv[1]), stdout);
	hostile_free(made);
	return 0;
}
