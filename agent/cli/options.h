/* SPDX-License-Identifier: Apache-2.0
 *
 * What a command takes from its command line, as tables: the same rows read the words,
 * print --help and answer the shell's completion, and a test holds the manual to them.
 */
#ifndef AGENT_CLI_OPTIONS_H
#define AGENT_CLI_OPTIONS_H

#include "agent/cli/screen.h"
#include "ground/memory.h"

/* What the shell may offer for a value or an operand. */
enum completion {
	COMPLETE_NOTHING,
	COMPLETE_WORDS,		/* the option's own words */
	COMPLETE_FILE,
	COMPLETE_FOLDER,
	COMPLETE_PROFILE,
	COMPLETE_FEATURE,
	COMPLETE_SCENARIO,
	COMPLETE_PEER,
	COMPLETE_COLLECTOR,	/* and then its usual subject */
	COMPLETE_FACT,		/* of the collector that was named */
	COMPLETE_TARGET,	/* of the configuration; nothing once --profile is given */
	COMPLETE_RULE
};

/* One value on its way into the settings of a command. */
struct setting {
	const struct option *option;
	const char *value;	/* NULL for a switch */
	void *place;		/* the member of the settings */
	struct arena *arena;	/* lives as long as the invocation */
	struct text *why;	/* what is wrong with the value, for people */
};

struct option {
	const char *name;	/* "config.file"; a table ends with NULL */
	char letter;		/* 'v', or 0 */
	bool repeatable;
	const char *argument;	/* "FILE"; NULL: a switch */
	const char *const *(*words)(void);	/* the only values it can have, or NULL */
	enum completion completion;
	const char *help;
	bool (*set)(const struct setting *setting);
	size_t offset;		/* of the member `set` fills */
	const char *heading;	/* above it in --help, where a group begins; or NULL */
};

struct invocation {
	const struct command *command;
	const void *settings;
	const char **operands;
	size_t count;
	uint64_t seen;		/* a bit for each row of the command's table */
	struct arena *arena;
};

struct command {
	const char *name;	/* "config check" */
	const char *usage;	/* what follows the name; a line for each way to use it */
	const char *summary;	/* one line of the list of commands */
	const char *about;	/* what --help says under the usage */
	const struct option *options;
	size_t settings_size;
	size_t most_operands;
	enum completion operands;
	void (*more_help)(const struct screen *screen, struct text *out);	/* or NULL */
	int (*run)(const struct invocation *invocation);
};

/* A list that grows in the invocation's arena. */
struct strings {
	const char **items;
	size_t count;
};

enum parsed { PARSED, PARSED_HELP, PARSED_VERSION, PARSED_WRONG };

/* words: what follows the command's name. The settings start as zeroes. */
enum parsed options_parse(const struct command *command, const char *const *words,
			  size_t count, struct invocation *invocation, struct text *why);
bool invocation_has(const struct invocation *invocation, const char *name);
const struct option *option_named(const struct option *options, const char *name,
				  size_t length);
void options_help(const struct command *command, const struct screen *screen,
		  struct text *out);
/* Appends a copy. */
void strings_add(struct strings *strings, struct arena *arena, const char *string,
		 size_t length);

/* --help and --version: every command takes them without having them in its table. */
const struct option *options_of_all(void);

/* Setters, by the type of the member they fill. */
bool option_set_switch(const struct setting *setting);	/* bool */
bool option_set_count(const struct setting *setting);	/* unsigned: how often */
bool option_set_text(const struct setting *setting);	/* const char * */
bool option_set_number(const struct setting *setting);	/* uint32_t */
bool option_set_time(const struct setting *setting);	/* uint32_t: milliseconds */
bool option_set_list(const struct setting *setting);	/* struct strings, commas separate */
bool option_set_family(const struct setting *setting);	/* uint8_t: 4 or 6 */

#endif
