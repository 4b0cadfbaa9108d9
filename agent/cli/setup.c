/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/cli/cli.h"
#include "agent/cli/output.h"
#include "agent/plan/access.h"
#include "ground/words.h"
#include "net/address.h"
#include "net/proxy.h"

const struct profile *setup_profile_operand(const struct invocation *invocation,
					    const struct profiles *profiles)
{
	const char *name = invocation->count ? invocation->operands[0] : "";
	const struct profile *profile = profiles_named(profiles, name);
	const char *nearest = words_nearest(name, profiles_names(profiles));
	struct text safe = { 0 };

	text_add_foreign(&safe, name, strlen(name), 80);
	if (!*name)
		cli_fail(invocation->command, "which profile? 'ucposture profiles' lists them");
	else if (!profile && nearest)
		cli_fail(invocation->command, "unknown profile '%s' (did you mean '%s'?)",
			 text_string(&safe), nearest);
	else if (!profile)
		cli_fail(invocation->command, "unknown profile '%s'; 'ucposture profiles'"
					      " lists them", text_string(&safe));
	text_free(&safe);
	return profile;
}

const char *setup_config_file(const char *given)
{
	return given ? given : SYSCONF_DIR "/ucposture.yaml";
}

const char *setup_profile_folder(const char *given, struct arena *arena)
{
	const char *file = setup_config_file(NULL), *folder = given;
	struct problems problems = { 0 };
	struct config *config;

	if (given || access(file, R_OK) != 0)
		return given;
	/* What is wrong with the rest of it is the business of others. */
	config = config_read(file, &problems);
	if (config->profile_dir)
		folder = arena_copy(arena, config->profile_dir);
	config_free(config);
	problems_free(&problems);
	return folder;
}

const char *setup_state_dir(const char *given, struct arena *arena)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct text path = { 0 };
	const char *usual = NULL;

	if (given || geteuid() == 0)
		return given ? given : SETUP_SYSTEM_STATE_DIR;
	/* A relative one is to be ignored (XDG base directory specification). */
	if (state && *state == '/')
		text_add_format(&path, "%s/ucposture", state);
	else if (home && *home == '/')
		text_add_format(&path, "%s/.local/state/ucposture", home);
	if (path.length)
		usual = arena_copy(arena, text_string(&path));
	text_free(&path);
	return usual;
}

static void add_left_out(struct text *out, size_t count, const char *what)
{
	if (count)
		text_add_format(out, "ucposture: %zu more %s%s, not shown\n", count, what,
				count == 1 ? "" : "s");
}

void setup_add_problems(struct text *out, struct problems *problems)
{
	problems_sort(problems);
	for (size_t i = 0; i < problems->count; i++) {
		if (!problems->items[i].place.file)
			text_add(out, "ucposture: ");
		problem_describe(&problems->items[i], out);
		text_add_char(out, '\n');
	}
	add_left_out(out, problems->left_out[PROBLEM_ERROR], "error");
	add_left_out(out, problems->left_out[PROBLEM_WARNING], "warning");
}

bool setup_is_sound(struct problems *problems)
{
	struct text out = { 0 };

	setup_add_problems(&out, problems);
	output_write(STDERR_FILENO, "standard error", &out);
	text_free(&out);
	return !problems->errors;
}

bool setup_read_snmp_access(struct arena *arena, const char *file,
			    const struct snmp_access **access)
{
	struct problems problems = { 0 };
	bool good;

	if (file)
		*access = access_read(file, arena, &problems);
	good = setup_is_sound(&problems);
	problems_free(&problems);
	return good;
}

const char *setup_host(struct arena *arena, const char *word, struct text *why)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.-_";
	size_t length = strlen(word);
	struct address address;

	if (word[0] == '[' && word[length - 1] == ']') {
		word = arena_copy_span(arena, word + 1, length - 2);
		length -= 2;
	}
	if (address_parse(word, &address))
		return word;
	if (length && length <= 253 && word[0] != '-' && strspn(word, letters) == length)
		return word;
	text_add_char(why, '\'');
	text_add_foreign(why, word, strlen(word), 80);
	text_add(why, "' is neither a host name nor an address");
	if (strstr(word, "://"))
		text_add(why, "; give the host of that URL alone");
	else if (strchr(word, '/'))
		text_add(why, "; networks cannot be given, only single hosts");
	else if (strchr(word, ':'))
		text_add(why, "; ports belong to the profile's rules, not to the host");
	return NULL;
}

bool setup_set_name(const struct setting *setting)
{
	const char *host = setup_host(setting->arena, setting->value, setting->why);

	*(const char **)setting->place = host;
	return host;
}

bool setup_set_source(const struct setting *setting)
{
	struct address address;

	if (address_parse(setting->value, &address))
		return option_set_text(setting);
	text_add(setting->why, "give a numeric address of this machine");
	return false;
}

bool setup_set_proxy(const struct setting *setting)
{
	struct proxy_place place;

	if (proxy_parse(setting->value, setting->arena, &place))
		return option_set_text(setting);
	text_add(setting->why, "give http://HOST:PORT or http://USER:PASSWORD@HOST:PORT");
	return false;
}

bool setup_set_name_servers(const struct setting *setting)
{
	const char **place = setting->place, *item = setting->value, *wrong;
	struct text list = { 0 };
	size_t length;

	if (*place)
		text_add(&list, *place);
	do {
		length = strcspn(item, ",");
		wrong = config_add_name_server(
			&list, arena_copy_span(setting->arena, item, length));
		item += length + (item[length] == ',');
	} while (!wrong && *item);
	*place = arena_copy(setting->arena, text_string(&list));
	text_free(&list);
	text_add(setting->why, wrong ? wrong : "");
	return !wrong;
}

bool setup_set_readable_file(const struct setting *setting)
{
	if (access(setting->value, R_OK) == 0)
		return option_set_text(setting);
	text_add_format(setting->why, "%s", strerror(errno));
	return false;
}

struct place setup_command_line(void)
{
	return (struct place){ .file = "command line" };
}

const char *const *setup_vantage_words(void)
{
	static const char *const words[] = { "internal", "dmz", "external", "host", NULL };

	return words;
}

const char *const *setup_family_words(void)
{
	static const char *const words[] = { "4", "6", NULL };

	return words;
}

const char *const *setup_language_words(void)
{
	static const char *const words[] = { "en", "de", NULL };

	return words;
}

const char *const *setup_colour_words(void)
{
	static const char *const words[] = { "auto", "always", "never", NULL };

	return words;
}

enum colour_choice setup_colour(const char *word)
{
	if (!word || !strcmp(word, "auto"))
		return COLOUR_AUTO;
	return !strcmp(word, "always") ? COLOUR_ALWAYS : COLOUR_NEVER;
}
