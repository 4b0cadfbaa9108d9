/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "agent/cli/check.h"
#include "agent/cli/cli.h"
#include "agent/cli/firewall.h"
#include "agent/cli/output.h"
#include "agent/cli/setup.h"
#include "net/address.h"

struct firewall_settings {
	const char *profile_dir, *vantage, *format, *output, *language, *colour;
	struct strings features, scenarios, admins, addresses;
	struct peer_list peers;
};

#define AT(member) offsetof(struct firewall_settings, member)

/* For --feature: each that the profile knows. */
static const char every_feature[] = "all";

static const char *const *formats(void)
{
	static const char *const words[] = { "text", "nftables", NULL };

	return words;
}

static const char *const *vantages(void)
{
	static const char *const words[] = { "internal", "dmz", "external", NULL };

	return words;
}

/* Addresses and networks; names would have to be looked up when the rules are loaded. */
static bool set_networks(const struct setting *setting)
{
	struct strings list = { 0 };

	if (!option_set_list(&(struct setting){ .option = setting->option,
						.value = setting->value,
						.place = &list,
						.arena = setting->arena,
						.why = setting->why }))
		return false;
	for (size_t i = 0; i < list.count; i++) {
		struct address network;
		unsigned bits;

		if (!address_parse_network(list.items[i], &network, &bits) || network.scope) {
			text_add(setting->why, "give numeric addresses or networks, as in"
					       " 192.0.2.10,2001:db8::/64");
			return false;
		}
		strings_add(setting->place, setting->arena, list.items[i],
			    strlen(list.items[i]));
	}
	return true;
}

static const struct option options[] = {
	SETUP_PROFILE_DIR(AT(profile_dir)),
	{ "feature", 0, true, "NAME[,NAME]", NULL, COMPLETE_FEATURE,
	  "The system uses this part of the product; all: every part. Usually none.",
	  option_set_list, AT(features), "What the system is like" },
	{ "scenario", 0, true, "NAME[,NAME]", NULL, COMPLETE_SCENARIO,
	  "It is used like this.", option_set_list, AT(scenarios), NULL },
	{ "peer", 0, true, "NAME=HOST[:PORT]", NULL, COMPLETE_PEER,
	  "Another system that it talks to; again for its address of the other version of IP.",
	  check_set_peer, AT(peers), NULL },
	{ "vantage", 0, false, "WHERE", vantages, COMPLETE_WORDS,
	  "Where strangers stand: internal (the usual one) is about the firewall on the system"
	  " itself, dmz and external about one at the edge of its network.",
	  option_set_text, AT(vantage), "Where the firewall is" },
	{ "target", 0, true, "ADDRESS[,ADDRESS]", NULL, COMPLETE_NOTHING,
	  "The system's addresses, all of them, for rules at the edge.",
	  set_networks, AT(addresses), NULL },
	{ "admin", 0, true, "ADDRESS[,ADDRESS]", NULL, COMPLETE_NOTHING,
	  "Administrators come from these addresses or networks: all of it is let in.",
	  set_networks, AT(admins), NULL },
	{ "format", 0, false, "FORMAT", formats, COMPLETE_WORDS,
	  "A table (text, the usual one), or a file for nft -f (nftables).",
	  option_set_text, AT(format), "What to say" },
	{ "output", 0, false, "FILE", NULL, COMPLETE_FILE,
	  "Write it into this file, which is replaced only when it is complete.",
	  option_set_text, AT(output), NULL },
	SETUP_LANGUAGE(AT(language)),
	SETUP_COLOUR(AT(colour)),
	{ 0 }
};

static void choose_features(const struct firewall_settings *settings,
			    const struct profile *profile, struct arena *arena,
			    struct target *choice)
{
	choice->features = settings->features.items;
	choice->feature_count = settings->features.count;
	for (size_t i = 0; i < settings->features.count; i++) {
		if (strcmp(settings->features.items[i], every_feature) != 0)
			continue;
		choice->features = arena_take(arena, (profile->feature_count + 1) *
							     sizeof *choice->features);
		choice->feature_count = profile->feature_count;
		for (size_t at = 0; at < profile->feature_count; at++)
			choice->features[at] = profile->features[at].name;
		return;
	}
}

/* A target like it, as check would have: planning says which words the profile lacks. */
static const struct target *choose(const struct firewall_settings *settings,
				   const struct profile *profile, struct config *config)
{
	struct target *choice = config_add_target(config, profile->name, "pbx.example");

	choice->place = setup_command_line();
	choice->profiles = arena_take(config->arena, sizeof *choice->profiles);
	choice->profiles[0] = profile->name;
	choice->profile_count = 1;
	choose_features(settings, profile, config->arena, choice);
	choice->scenarios = settings->scenarios.items;
	choice->scenario_count = settings->scenarios.count;
	choice->peers = (struct peer *)settings->peers.items;
	choice->peer_count = settings->peers.count;
	if (settings->vantage)
		vantage_named(settings->vantage, &choice->vantage);
	return choice;
}

static bool is_for_nftables(const struct firewall_settings *settings)
{
	return settings->format && !strcmp(settings->format, "nftables");
}

static bool write_out(const struct firewall_settings *settings, struct firewall *firewall)
{
	struct text out = { 0 };
	bool good;

	firewall->german = language_is_german(settings->language);
	firewall->admins = settings->admins;
	firewall->addresses = settings->addresses;
	screen_of(settings->output ? -1 : STDOUT_FILENO, setup_colour(settings->colour),
		  &firewall->screen);
	if (is_for_nftables(settings))
		firewall_add_nftables(firewall, &out);
	else
		firewall_add_text(firewall, &out);
	good = settings->output ? output_replace(settings->output, &out) : cli_print(&out);
	text_free(&out);
	return good;
}

static bool is_well_used(const struct invocation *invocation, const struct profile *profile)
{
	const struct firewall_settings *settings = invocation->settings;
	bool outside = settings->vantage && strcmp(settings->vantage, "internal") != 0;
	bool at_edge = outside || profile->hosted;

	if (profile->hosted && (outside || settings->admins.count))
		cli_fail(invocation->command,
			 "%s is hosted elsewhere: the firewall is that of the site that uses it,"
			 " without --vantage and --admin", profile->name);
	else if (at_edge && is_for_nftables(settings) && !settings->addresses.count)
		cli_fail(invocation->command,
			 "--format=nftables at the edge needs --target=ADDRESS, the system's:"
			 " the rules decide about its traffic alone");
	else if (!at_edge && settings->addresses.count)
		cli_fail(invocation->command,
			 "--target is for a firewall at the edge: add --vantage=external");
	else
		return true;
	return false;
}

static int run(const struct invocation *invocation)
{
	const struct firewall_settings *settings = invocation->settings;
	struct problems problems = { 0 };
	struct profiles *profiles = load_profiles(
		setup_profile_folder(settings->profile_dir, invocation->arena), &problems);
	struct config *config = config_default();
	struct firewall firewall = {
		.profile = setup_profile_operand(invocation, profiles) };
	bool good = firewall.profile && is_well_used(invocation, firewall.profile);

	if (good) {
		firewall.choice = choose(settings, firewall.profile, config);
		plan_free(plan_make(config, profiles, &problems));
		good = setup_is_sound(&problems);
	}
	if (good) {
		struct openings *openings = openings_of(firewall.profile, firewall.choice);

		firewall.openings = openings;
		good = write_out(settings, &firewall);
		openings_free(openings);
	}
	config_free(config);
	profiles_free(profiles);
	problems_free(&problems);
	return good ? EXIT_OK : EXIT_UNKNOWN;
}

const struct command *profiles_firewall_command(void)
{
	static const struct command command = {
		.name = "profiles firewall",
		.usage = "[OPTION...] NAME",
		.summary = "Print the firewall rules that a profile implies.",
		.about = "Prints what a firewall has to let through for a system with this"
			 " profile: what it is asked at by others, with the features that are"
			 " switched on, and where it goes itself; each with its place in the"
			 " vendor's guide. Everything else is dropped. It is derived from a"
			 " document: read it before you use it.",
		.options = options,
		.settings_size = sizeof(struct firewall_settings),
		.most_operands = 1,
		.operands = COMPLETE_PROFILE,
		.run = run
	};

	return &command;
}
