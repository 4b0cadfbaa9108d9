/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/asking.h"

struct baseline_settings {
	struct asking_settings asking;
};

static const struct option options[] = {
	ASKING_OPTIONS(struct baseline_settings),
	{ 0 }
};

static unsigned number(const struct value *answer, const char *key)
{
	return (unsigned)answer_number(answer, key);
}

/* False when there was nothing to record. */
static bool add_recorded(const struct screen *screen, const struct value *answer,
			 struct text *out)
{
	struct text line = { 0 };

	if (!number(answer, "observations"))
		text_add(&line, "nothing was seen yet, so nothing is recorded");
	else
		text_add_format(&line, "recorded %u facts of %u observations",
				number(answer, "facts"), number(answer, "observations"));
	if (number(answer, "not_looked_at"))
		text_add_format(&line, "; %u observations were not made yet",
				number(answer, "not_looked_at"));
	screen_add_styled(screen, out, STYLE_BOLD, answer_text(answer, "target"));
	text_add(out, ": ");
	screen_add_safe(out, text_string(&line));
	text_add_char(out, '\n');
	for (const struct value *at = answer_list(answer, "said"); at; at = at->next) {
		text_add(out, "  ");
		screen_add_safe(out, at->kind == VALUE_TEXT ? at->text : "");
		text_add_char(out, '\n');
	}
	text_free(&line);
	return number(answer, "observations");
}

static int record(const struct invocation *invocation, const char *target)
{
	struct text question = { 0 }, out = { 0 };
	const struct value *answer;
	struct screen screen;
	bool good;

	asking_add_word(&question, "baseline");
	asking_add_word(&question, target);
	answer = asking_ask(invocation, &question);
	if (!answer)
		return EXIT_UNKNOWN;
	asking_screen(invocation, &screen);
	good = add_recorded(&screen, answer, &out);
	if (!asking_wants_json(invocation))
		good = cli_print(&out) && good;
	text_free(&out);
	return good ? EXIT_OK : EXIT_UNKNOWN;
}

static int run(const struct invocation *invocation)
{
	return asking_each_target(invocation, record);
}

const struct command *baseline_command(void)
{
	static const struct command command = {
		.name = "baseline",
		.usage = "[OPTION...] TARGET...",
		.summary = "Record how a target is today, as what it should be.",
		.about = "Has the running agent record all that it sees of the target (* stands for"
			 " any part of a name), in place of what was recorded before."
			 " 'ucposture diff' shows what differs from that later. What rules with"
			 " 'unchanged' compare with is accepted as well.",
		.options = options,
		.settings_size = sizeof(struct baseline_settings),
		.most_operands = 64,
		.operands = COMPLETE_TARGET,
		.run = run
	};

	return &command;
}
