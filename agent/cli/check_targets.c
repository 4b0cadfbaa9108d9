/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/cli/check.h"
#include "agent/cli/setup.h"
#include "agent/daemon/gathering.h"
#include "agent/plan/access.h"
#include "agent/plan/authorities.h"
#include "ground/words.h"

/* The one of that name, or a new one; NULL when there is no room. */
static struct peer *peer_of(struct peer_list *peers, const char *name)
{
	for (size_t i = 0; i < peers->count; i++)
		if (!strcmp(peers->items[i].name, name))
			return &peers->items[i];
	if (peers->count == PEERS_MOST)
		return NULL;
	peers->items[peers->count] =
		(struct peer){ .name = name, .place = setup_command_line() };
	return &peers->items[peers->count++];
}

bool check_set_peer(const struct setting *setting)
{
	const char *equals = strchr(setting->value, '=');
	struct peer *peer;
	const char *wrong;

	if (!equals || equals == setting->value) {
		text_add(setting->why, "give NAME=HOST or NAME=HOST:PORT, as in"
				       " smtp=mail.example:25");
		return false;
	}
	peer = peer_of(setting->place, arena_copy_span(setting->arena, setting->value,
						       (size_t)(equals - setting->value)));
	wrong = peer ? peer_add_host(peer, equals + 1, setting->arena) : NULL;
	if (!peer)
		text_add_format(setting->why, "more than %d peers", PEERS_MOST);
	else if (wrong)
		text_add(setting->why, wrong);
	return peer && !wrong;
}

bool check_set_source(const struct setting *setting)
{
	const char *wrong = dual_add(setting->place, setting->value);

	text_add(setting->why, wrong ? wrong : "");
	return !wrong;
}

static void fill_target(struct target *target, const struct check_settings *settings)
{
	target->place = setup_command_line();
	target->profiles = settings->profiles.items;
	target->profile_count = settings->profiles.count;
	target->features = settings->features.items;
	target->feature_count = settings->features.count;
	target->scenarios = settings->scenarios.items;
	target->scenario_count = settings->scenarios.count;
	target->peers = (struct peer *)settings->peers.items;
	target->peer_count = settings->peers.count;
	target->family = settings->family;
	if (settings->vantage)
		vantage_named(settings->vantage, &target->vantage);
	if (settings->timeout_ms)
		target->timeout_ms = settings->timeout_ms;
	if (dual_over(&settings->source, 0))
		target->source = settings->source;
	if (settings->proxy)
		target->proxy = settings->proxy;
	target->server_name = settings->server_name;
	target->verify_name = settings->verify_name;
	target->ca_file = settings->ca_file;
	target->ca_file_place = setup_command_line();
}

static bool is_known(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->target_count; i++)
		if (!strcmp(config->targets[i].name, name))
			return true;
	return false;
}

static struct config *config_from_hosts(const struct invocation *invocation,
					struct problems *problems)
{
	const struct check_settings *settings = invocation->settings;
	struct config *config = config_default();
	struct text why = { 0 };

	if (settings->snmp_access)
		config->snmp = access_read(settings->snmp_access, config->arena, problems);
	for (size_t i = 0; i < invocation->count; i++) {
		const char *host = setup_host(config->arena, invocation->operands[i], &why);

		if (!host)
			problems_add(problems, PROBLEM_ERROR, setup_command_line(), "%s",
				     text_string(&why));
		else if (!is_known(config, host))
			fill_target(config_add_target(config, host, host), settings);
		text_clear(&why);
	}
	text_free(&why);
	authorities_read(config, problems);
	return config;
}

/* Whether a word of the command line, a name or a pattern, chooses the target. */
static bool is_chosen(const struct target *target, const struct invocation *invocation,
		      bool *used)
{
	bool chosen = !invocation->count;

	for (size_t i = 0; i < invocation->count; i++) {
		if (words_match(invocation->operands[i], target->name)) {
			used[i] = true;
			chosen = true;
		}
	}
	return chosen;
}

static void explain_unused(const struct config *config, const struct invocation *invocation,
			   const bool *used, struct problems *problems)
{
	const char **names = arena_take(config->arena,
					(config->target_count + 1) * sizeof *names);

	for (size_t i = 0; i < config->target_count; i++)
		names[i] = config->targets[i].name;
	names[config->target_count] = NULL;
	for (size_t i = 0; i < invocation->count; i++)
		if (!used[i])
			problems_add_unknown(problems, setup_command_line(), "target",
					     invocation->operands[i], names);
}

static void keep_chosen(struct config *config, const struct invocation *invocation,
			struct problems *problems)
{
	bool *used = arena_take(config->arena, invocation->count + 1);
	size_t kept = 0;

	memset(used, 0, invocation->count + 1);
	/* Chosen ones are marked before any is moved, for the names in the messages. */
	for (size_t i = 0; i < config->target_count; i++)
		is_chosen(&config->targets[i], invocation, used);
	explain_unused(config, invocation, used, problems);
	for (size_t i = 0; i < config->target_count; i++)
		if (is_chosen(&config->targets[i], invocation, used))
			config->targets[kept++] = config->targets[i];
	config->narrowed |= kept < config->target_count;
	config->target_count = kept;
}

static bool has_urls(const struct config *config)
{
	for (size_t i = 0; i < config->inventory_count; i++)
		if (config->inventory[i].url)
			return true;
	return false;
}

/* The same targets as the agent's, so what it keeps of an inventory that is away is good for us
 * as well; it stays the agent's. */
static void add_inventory(struct config *config, const struct check_settings *settings,
			  struct problems *problems)
{
	const char *given = settings->state_dir ? settings->state_dir : config->state_dir;
	struct gathering *gathering;
	struct loop *loop;

	if (problems->errors || !has_urls(config)) {
		inventory_add(config, NULL, problems);
		return;
	}
	loop = loop_new();
	gathering = gathering_new(loop, setup_state_dir(given, config->arena), NULL);
	gathering_set(gathering, config);
	gathering_wait(gathering, config, problems);
	inventory_add(config, gathering_fetched(gathering), problems);
	gathering_free(gathering);
	loop_free(loop);
}

static struct config *config_from_file(const struct invocation *invocation,
				       struct problems *problems)
{
	const struct check_settings *settings = invocation->settings;
	const char *file = setup_config_file(settings->config_file);

	if (!settings->config_file && access(file, F_OK) != 0) {
		problems_add(problems, PROBLEM_ERROR, setup_command_line(),
			     "there is no %s; write one, or give --profile=NAME and hosts", file);
		return config_default();
	}
	struct config *config = config_read(file, problems);
	if (settings->name_servers)
		config->name_servers = settings->name_servers;
	add_inventory(config, settings, problems);
	if (!problems->errors)
		keep_chosen(config, invocation, problems);
	if (!problems->errors && !config->target_count)
		problems_add(problems, PROBLEM_ERROR, (struct place){ .file = file },
			     config->inventory_count
				     ? "it names no targets, nor does its inventory"
				     : "it names no targets");
	return config;
}

struct config *check_config(const struct invocation *invocation, struct problems *problems)
{
	const struct check_settings *settings = invocation->settings;
	struct config *config = settings->profiles.count
					? config_from_hosts(invocation, problems)
					: config_from_file(invocation, problems);

	config_know_own_addresses(config);
	if (invocation_has(invocation, "probers"))
		config->probers = settings->probers;
	if (settings->name_servers)
		config->name_servers = settings->name_servers;
	if (invocation_has(invocation, "probes-per-second"))
		config->limits.probes_per_second = settings->probes_per_second;
	if (invocation_has(invocation, "packets-per-second"))
		config->limits.packets_per_second = settings->packets_per_second;
	return config;
}
