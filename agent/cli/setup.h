/* SPDX-License-Identifier: Apache-2.0
 *
 * What several commands begin with: configuration, hosts from the command line,
 * and saying what is wrong with them.
 */
#ifndef AGENT_CLI_SETUP_H
#define AGENT_CLI_SETUP_H

#include "agent/cli/options.h"
#include "agent/plan/load.h"

/* The profile that the first operand names; NULL after saying that there is none. */
const struct profile *setup_profile_operand(const struct invocation *invocation,
					    const struct profiles *profiles);
/* The given file, or the usual one. */
const char *setup_config_file(const char *given);
/* The user's profiles: the given folder, or agent.profile_dir of the usual file; or NULL. For
 * commands that have no configuration of their own. */
const char *setup_profile_folder(const char *given, struct arena *arena);
/* Of the agent that the machine starts. */
#define SETUP_SYSTEM_STATE_DIR "/var/lib/ucposture"
/* Where things are remembered when `given` is NULL; NULL when there is no such place. */
const char *setup_state_dir(const char *given, struct arena *arena);
/* Each problem on a line of its own, sorted. */
void setup_add_problems(struct text *out, struct problems *problems);
/* Shows them on standard error; true when no error is among them. */
bool setup_is_sound(struct problems *problems);
/* What the file of --snmp-access says; NULL leaves *access alone. False: what is wrong with the
 * file has been said. */
bool setup_read_snmp_access(struct arena *arena, const char *file,
			    const struct snmp_access **access);
/* A host as people write it, [::1] too; NULL and `why` when it cannot be one. */
const char *setup_host(struct arena *arena, const char *word, struct text *why);
/* Setters for values that both check and observe refuse before they begin. */
bool setup_set_name(const struct setting *setting);	/* a host name or an address */
bool setup_set_source(const struct setting *setting);
bool setup_set_proxy(const struct setting *setting);
bool setup_set_name_servers(const struct setting *setting);	/* const char *: a list */
bool setup_set_readable_file(const struct setting *setting);
/* In problems, where no file is at fault. */
struct place setup_command_line(void);

/* Rows that several commands have, so that they say the same; at: where it is kept. */
#define SETUP_PROFILE_DIR(at)                                                                 \
	{ "profile.dir", 0, false, "FOLDER", NULL, COMPLETE_FOLDER,                           \
	  "Read profiles from this folder too; they replace ours of the same name.",          \
	  option_set_text, at, NULL }
#define SETUP_LANGUAGE(at)                                                                    \
	{ "lang", 0, false, "LANGUAGE", setup_language_words, COMPLETE_WORDS,                 \
	  "The language of titles, where a profile has both. Usually en.",                    \
	  option_set_text, at, NULL }
#define SETUP_NAME_SERVER(at)                                                                 \
	{ "name-server", 0, true, "ADDRESS[:PORT]", NULL, COMPLETE_NOTHING,                   \
	  "Ask this name server, or several, instead of the system's.",                       \
	  setup_set_name_servers, at, NULL }
#define SETUP_COLOUR(at)                                                                      \
	{ "color", 0, false, "WHEN", setup_colour_words, COMPLETE_WORDS,                      \
	  "Usually auto: on a terminal, unless NO_COLOR is set.", option_set_text, at, NULL }

#define SETUP_SNMP_ACCESS(at)                                                                 \
	{ "snmp-access", 0, false, "FILE", NULL, COMPLETE_FILE,                               \
	  "Read this system over SNMP with the access that the file says; see snmp_access in"   \
	  " ucposture.yaml(5).",                                                              \
	  setup_set_readable_file, at, NULL }

/* What options can be. */
const char *const *setup_vantage_words(void);
const char *const *setup_family_words(void);
const char *const *setup_language_words(void);
const char *const *setup_colour_words(void);
enum colour_choice setup_colour(const char *word);

#endif
