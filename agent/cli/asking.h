/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking the running agent: what the commands that do it have in common.
 */
#ifndef AGENT_CLI_ASKING_H
#define AGENT_CLI_ASKING_H

#include "agent/cli/answer.h"
#include "agent/cli/cli.h"
#include "agent/cli/setup.h"

/* The first member of the settings of each of them. */
struct asking_settings {
	const char *control, *config_file, *state_dir, *format, *colour;
};

/* Rows of their tables of options; type: of the settings, whose member `asking` it is. */
#define ASKING_OPTIONS(type)                                                                  \
	{ "control", 0, false, "SOCKET", NULL, COMPLETE_FILE,                                 \
	  "The agent's socket, if it was started with --control.", option_set_text,           \
	  offsetof(type, asking.control), NULL },                                             \
	{ "config.file", 0, false, "FILE", NULL, COMPLETE_FILE,                               \
	  "Find the socket in the state folder of this configuration instead of the"          \
	  " installed one.", option_set_text, offsetof(type, asking.config_file), NULL },     \
	{ "state-dir", 0, false, "FOLDER", NULL, COMPLETE_FOLDER,                             \
	  "Find the socket in this folder.", option_set_text,                                 \
	  offsetof(type, asking.state_dir), NULL },                                           \
	{ "format", 0, false, "FORMAT", asking_format_words, COMPLETE_WORDS,                  \
	  "How to tell it. Usually human.", option_set_text,                                  \
	  offsetof(type, asking.format), NULL },                                              \
	SETUP_COLOUR(offsetof(type, asking.colour))

const char *const *asking_format_words(void);
bool asking_wants_json(const struct invocation *invocation);
/* Of what is told for people. */
void asking_screen(const struct invocation *invocation, struct screen *screen);

/* A question: its first word, further ones, and name=value; nothing where the value is NULL. */
void asking_add_word(struct text *question, const char *word);
void asking_add_setting(struct text *question, const char *name, const char *value);

/* The whole answer, which lives in the invocation's arena, and was printed if JSON is wanted.
 * NULL after saying why there is none. The question is freed. */
const struct value *asking_ask(const struct invocation *invocation, struct text *question);
/* Does it for each of the agent's targets that the operands name or match; the worst code. */
int asking_each_target(const struct invocation *invocation,
		       int (*one)(const struct invocation *invocation, const char *target));

enum asking_end { ASKING_ENDED, ASKING_NOT_THERE, ASKING_REFUSED };

/* Each line of the answer as it comes, until the agent ends it, or `hear` is false.
 * ASKING_NOT_THERE: there was nobody to ask; ASKING_REFUSED: it may not be; `why` says more. */
enum asking_end asking_lines(const struct invocation *invocation, const struct text *question,
			     bool (*hear)(void *arg, const char *line, size_t length), void *arg,
			     struct text *why);

#endif
