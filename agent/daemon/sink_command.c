/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/daemon/program.h"
#include "agent/daemon/sink_text.h"
#include "agent/daemon/sinks.h"
#include "ground/clock.h"
#include "ground/log.h"
#include "ground/memory.h"

/* Of what a program that failed has said, so much is logged. */
enum { LOGGED_MOST = 1024, VARIABLES_MOST = 7 };

struct command {
	struct loop *loop;
	char *name;
	char **words;		/* ended by NULL */
	int64_t timeout_us;
	struct program *running;
	uint64_t number;	/* of the event it is told */
	void (*done)(void *done_arg, bool acknowledged);
	void *done_arg;
};

/* --- how it ended -------------------------------------------------------------------------- */

static void log_failure(const struct command *command, const struct program_end *end)
{
	static const char *const fates[] = {
		[PROGRAM_EXITED] = "it ended with",
		[PROGRAM_SIGNALLED] = "it was ended by signal",
		[PROGRAM_LATE] = "its time was over",
		[PROGRAM_LOUD] = "it wrote without end",
	};
	struct text line = { 0 };

	text_add_format(&line, "%s: event %" PRIu64 " was not taken by %s: %s", command->name,
			command->number, command->words[0], fates[end->fate]);
	if (end->fate == PROGRAM_EXITED || end->fate == PROGRAM_SIGNALLED)
		text_add_format(&line, " %d", end->code);
	if (end->said_length) {
		text_add(&line, ", and said: ");
		sink_add_line(&line, end->said, end->said_length, LOGGED_MOST);
	}
	log_warn("sinks", "%s", text_string(&line));
	text_free(&line);
}

static void command_ended(void *arg, const struct program_end *end)
{
	struct command *command = arg;
	bool taken = end->fate == PROGRAM_EXITED && !end->code;

	command->running = NULL;
	if (!taken)
		log_failure(command, end);
	command->done(command->done_arg, taken);
}

/* --- what it is told ----------------------------------------------------------------------- */

static char *variable(const char *name, const char *value)
{
	struct text line = { 0 };

	text_add_format(&line, "%s=", name);
	text_add_foreign(&line, value, strlen(value), strlen(value));
	return text_take(&line);
}

/* What a script wants to decide by without reading JSON. */
static void make_environment(const struct event *event, char *made[static VARIABLES_MOST + 1])
{
	const char *path = getenv("PATH"), *language = getenv("LANG");
	size_t count = 0;
	char number[24];

	snprintf(number, sizeof number, "%" PRIu64, event->number);
	made[count++] = variable("PATH", path ? path : "/usr/local/bin:/usr/bin:/bin");
	if (language)
		made[count++] = variable("LANG", language);
	made[count++] = variable("UCPOSTURE_EVENT", number);
	made[count++] = variable("UCPOSTURE_KIND",
				 event_kind_word((enum event_kind)event->kind));
	made[count++] = variable("UCPOSTURE_SEVERITY",
				 severity_word((enum severity)event->severity));
	made[count++] = variable("UCPOSTURE_TARGET", event->target_name);
	made[count++] = variable("UCPOSTURE_CHECK", event->check_name);
	made[count] = NULL;
}

static void make_input(const struct event *event, struct text *out)
{
	struct json json;

	json_begin(&json, out, false);
	event_to_json(event, &json, NULL);
	text_add_char(out, '\n');
}

static void command_tell(void *arg, const struct event *event,
			 void (*done)(void *done_arg, bool acknowledged), void *done_arg)
{
	struct command *command = arg;
	char *environment[VARIABLES_MOST + 1];
	struct text input = { 0 };
	struct program_order order = {
		.words = (const char *const *)command->words,
		.environment = (const char *const *)environment,
		.timeout_us = command->timeout_us,
	};

	make_environment(event, environment);
	make_input(event, &input);
	order.input = input.bytes;
	order.input_length = input.length;
	command->number = event->number;
	command->done = done;
	command->done_arg = done_arg;
	command->running = program_start(command->loop, &order, command_ended, command);
	if (!command->running)
		log_warn("sinks", "%s: %s cannot be run: %s", command->name, command->words[0],
			 strerror(errno));
	text_free(&input);
	for (char **line = environment; *line; line++)
		free(*line);
	if (!command->running)
		done(done_arg, false);
}

static void command_close(void *arg)
{
	struct command *command = arg;

	if (command->running)
		program_abandon(command->running);
	for (char **word = command->words; *word; word++)
		free(*word);
	free(command->words);
	free(command->name);
	free(command);
}

struct voice sink_command(struct loop *loop, const struct sink_setting *setting)
{
	struct command *command = memory_new(1, sizeof *command);

	command->loop = loop;
	command->name = memory_copy(setting->name);
	command->timeout_us = setting->timeout_ms * CLOCK_MILLISECOND;
	command->words = memory_new(setting->command_count + 1, sizeof *command->words);
	for (size_t i = 0; i < setting->command_count; i++)
		command->words[i] = memory_copy(setting->command[i]);
	return (struct voice){ command->name, command, command_tell, command_close };
}
