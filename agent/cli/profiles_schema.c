/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/cli.h"
#include "agent/plan/profile_schema.h"

static const struct option options[] = { { 0 } };

static int run(const struct invocation *invocation)
{
	struct text out = { 0 };
	bool good;

	(void)invocation;
	profile_schema(&out);
	good = cli_print(&out);
	text_free(&out);
	return good ? EXIT_OK : EXIT_UNKNOWN;
}

const struct command *profiles_schema_command(void)
{
	static const struct command command = {
		.name = "profiles schema",
		.usage = "[>FILE]",
		.summary = "Print what a profile may look like, for editors.",
		.about = "Prints a JSON Schema of profiles. An editor that knows it completes"
			 " keys, facts and operators and marks what is wrong while you write;"
			 " 'ucposture config check' finds what a schema cannot know.",
		.options = options,
		.run = run
	};

	return &command;
}
