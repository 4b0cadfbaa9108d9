/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "agent/cli/cli.h"
#include "agent/cli/setup.h"
#include "agent/daemon/daemon.h"
#include "agent/daemon/manager.h"
#include "ground/log.h"
#include "ground/words.h"

struct agent_settings {
	const char *config_file, *profile_dir, *state_dir, *control;
	const char *log_level, *log_format;
};

#define AT(member) offsetof(struct agent_settings, member)

/* In the order of enum log_level. */
static const char *const *level_words(void)
{
	static const char *const words[] = { "debug", "info", "warn", "error", NULL };

	return words;
}

static const char *const *format_words(void)
{
	static const char *const words[] = { "logfmt", "json", NULL };

	return words;
}

static const struct option options[] = {
	{ "config.file", 0, false, "FILE", NULL, COMPLETE_FILE,
	  "Watch the targets of this file instead of the installed configuration.",
	  option_set_text, AT(config_file), NULL },
	SETUP_PROFILE_DIR(AT(profile_dir)),
	{ "state-dir", 0, false, "DIR", NULL, COMPLETE_FOLDER,
	  "Remember everything in this folder, which no other agent may use; in place of"
	  " agent.state_dir.", option_set_text, AT(state_dir), NULL },
	{ "control", 0, false, "SOCKET", NULL, COMPLETE_FILE,
	  "Answer 'ucposture status' and the like at this socket. Usually " DAEMON_CONTROL
	  " in the state folder.", option_set_text, AT(control), NULL },
	{ "log.level", 0, false, "LEVEL", level_words, COMPLETE_WORDS,
	  "Log this and what is worse. Usually info.",
	  option_set_text, AT(log_level), NULL },
	{ "log.format", 0, false, "FORMAT", format_words, COMPLETE_WORDS,
	  "Usually logfmt.", option_set_text, AT(log_format), NULL },
	{ 0 }
};

static void begin_log(const struct agent_settings *settings)
{
	const char *level = settings->log_level ? settings->log_level : "info";

	log_configure((enum log_level)words_find(level, level_words()),
		      settings->log_format && !strcmp(settings->log_format, "json"));
	log_for_journal(manager_keeps_the_log());
}

static int run(const struct invocation *invocation)
{
	const struct agent_settings *settings = invocation->settings;
	const struct daemon_settings daemon = {
		.config_file = setup_config_file(settings->config_file),
		.profile_dir = settings->profile_dir,
		.state_dir = settings->state_dir,
		.usual_state_dir = setup_state_dir(NULL, invocation->arena),
		.control = settings->control,
	};

	if (!strcmp(daemon.config_file, "-"))
		return cli_fail(invocation->command,
				"--config.file: standard input cannot be read again for a"
				" reload; name a file");
	begin_log(settings);
	return daemon_run(&daemon);
}

const struct command *agent_command(void)
{
	static const struct command command = {
		.name = "agent",
		.usage = "[--config.file=FILE] [OPTION...]",
		.summary = "Watch all the time, remember, and tell what changes.",
		.about = "Watches the targets of the configuration until it is told to end:"
			 " looks at each when it is due, raises and clears alarms, and tells the"
			 " configured sinks. It stays in the foreground and logs on standard"
			 " error. SIGHUP makes it read its configuration, profiles and inventory"
			 " anew; when something is wrong with them, what was in force stays in"
			 " force. SIGTERM and SIGINT end it. See ucposture-agent(8).",
		.options = options,
		.settings_size = sizeof(struct agent_settings),
		.run = run
	};

	return &command;
}
