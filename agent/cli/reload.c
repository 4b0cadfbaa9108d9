/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "agent/cli/asking.h"
#include "agent/cli/output.h"

struct reload_settings {
	struct asking_settings asking;
};

static const struct option options[] = {
	ASKING_OPTIONS(struct reload_settings),
	{ 0 }
};

static void add_problems(const struct value *first, struct text *out)
{
	for (const struct value *at = first; at; at = at->next) {
		if (at->kind != VALUE_TEXT)
			continue;
		screen_add_safe(out, at->text);
		text_add_char(out, '\n');
	}
}

static int run(const struct invocation *invocation)
{
	struct text question = { 0 }, said = { 0 };
	const struct value *answer;
	bool reloaded;

	asking_add_word(&question, "reload");
	answer = asking_ask(invocation, &question);
	if (!answer)
		return EXIT_UNKNOWN;
	reloaded = answer_truth(answer, "reloaded");
	if (!asking_wants_json(invocation)) {
		add_problems(answer_list(answer, "problems"), &said);
		output_write(STDERR_FILENO, "standard error", &said);
	}
	text_free(&said);
	if (reloaded)
		return EXIT_OK;
	return cli_fail(invocation->command, "what was in force before stays in force");
}

const struct command *reload_command(void)
{
	static const struct command command = {
		.name = "reload",
		.usage = "[OPTION...]",
		.summary = "Have the running agent read its configuration anew.",
		.about = "Has the running agent read configuration, profiles and inventory anew, as"
			 " SIGHUP does, and says what is wrong with them. Then nothing changes, and"
			 " the exit status is 3.",
		.options = options,
		.settings_size = sizeof(struct reload_settings),
		.run = run
	};

	return &command;
}
