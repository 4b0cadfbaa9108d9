/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands of ucposture. Each is one file with its options, its settings and its row;
 * cli.c has the table of them.
 */
#ifndef AGENT_CLI_CLI_H
#define AGENT_CLI_CLI_H

#include "agent/cli/options.h"

/* Worst first is 2, 1, 3, 0: what we know to be wrong matters more than what we don't know. */
enum exit_code { EXIT_OK = 0, EXIT_WARNING = 1, EXIT_CRITICAL = 2, EXIT_UNKNOWN = 3 };

int cli_main(int argc, char **argv);

/* In the table's order; NULL behind the last. */
const struct command *command_at(size_t index);
/* The command the words begin with, and how many words name it; a group's name alone means
 * its first command. */
const struct command *command_find(const char *const *words, size_t count, size_t *used);

const struct command *agent_command(void);
const struct command *check_command(void);
const struct command *observe_command(void);
const struct command *config_check_command(void);
const struct command *profiles_list_command(void);
const struct command *profiles_show_command(void);
const struct command *profiles_firewall_command(void);
const struct command *profiles_schema_command(void);
const struct command *explain_command(void);
/* Those that ask the running agent. */
const struct command *status_command(void);
const struct command *targets_command(void);
const struct command *alarms_command(void);
const struct command *events_command(void);
const struct command *baseline_command(void);
const struct command *diff_command(void);
const struct command *reload_command(void);

/* complete.c: what the shell may offer at the end of these words, a line each. */
int complete_words(const char *const *words, size_t count);

/* "ucposture check: …" on standard error; returns EXIT_UNKNOWN. */
int cli_fail(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The text on standard output, all of it; false after saying why not. */
bool cli_print(const struct text *text);

#endif
