/* SPDX-License-Identifier: Apache-2.0
 *
 * From where we look. Some rules hold only from the address of a peer, or from everywhere but
 * there; that differs between the versions of IP, over which nobody is the same.
 */
#include <string.h>

#include "agent/plan/planning.h"
#include "ground/memory.h"

static unsigned bit_of(uint8_t family)
{
	return family == 6 ? OVER_IPV6 : family ? OVER_IPV4 : OVER_ANY;
}

static size_t find_peer(const struct target *target, const char *name)
{
	size_t at = 0;

	while (at < target->peer_count && strcmp(target->peers[at].name, name) != 0)
		at++;
	return at;
}

const struct peer *planning_peer(const struct planning *planning, const char *name)
{
	const struct target *target = planning->target;
	size_t at = name ? find_peer(target, name) : target->peer_count;

	return at < target->peer_count ? &target->peers[at] : NULL;
}

/* Where it is not said from which of our addresses we look, we can look from each. */
static bool can_be(const struct planning *planning, const char *address, uint8_t family)
{
	const char *given = dual_over(&planning->target->source, family);
	struct address wanted, source;

	if (!address || !address_parse(address, &wanted))
		return false;
	if (given)
		return address_parse(given, &source) && address_same_host(&source, &wanted);
	return own_addresses_have(&planning->plan->config->own, &wanted);
}

static bool decides(const struct rule *rule, const char *peer)
{
	return (rule->only_from && !strcmp(rule->only_from, peer)) ||
	       (rule->not_from && !strcmp(rule->not_from, peer));
}

/* Whose address decides cannot be a name: nothing is looked up while we plan. */
static void refuse_host_name(struct planning *planning, const struct peer *peer)
{
	for (size_t i = 0; i < planning->chosen_count; i++) {
		const struct profile *profile = planning->menus[planning->chosen[i]].profile;

		for (size_t j = 0; j < profile->rule_count; j++) {
			if (!decides(&profile->rules[j], peer->name))
				continue;
			problems_add(planning->problems, PROBLEM_ERROR, peer->place,
				     "the peer '%s' must be given by its addresses, not as "
				     "'%.80s': whether the rule '%s' holds depends on whether "
				     "we look from there",
				     peer->name, peer->hosts.four, profile->rules[j].id);
			return;
		}
	}
}

void planning_note_origins(struct planning *planning)
{
	const struct target *target = planning->target;

	while (planning->origin_room < target->peer_count)
		planning->origins =
			memory_room_for(planning->origins, planning->origin_room,
					&planning->origin_room, sizeof *planning->origins);
	for (size_t i = 0; i < target->peer_count; i++) {
		const struct peer *peer = &target->peers[i];
		bool over_ipv4 = can_be(planning, peer->hosts.four, 4);
		bool over_ipv6 = can_be(planning, peer->hosts.six, 6);

		planning->origins[i] =
			(over_ipv4 ? OVER_IPV4 : 0) | (over_ipv6 ? OVER_IPV6 : 0);
		if (peer_is_host_name(peer))
			refuse_host_name(planning, peer);
	}
}

static unsigned origin_of(const struct planning *planning, const char *peer)
{
	size_t at = find_peer(planning->target, peer);

	return at < planning->target->peer_count ? planning->origins[at] : 0;
}

unsigned planning_families_from_here(const struct planning *planning, const struct rule *rule)
{
	unsigned families = OVER_ANY;

	if (rule->only_from)
		families &= origin_of(planning, rule->only_from);
	if (rule->not_from)
		families &= ~origin_of(planning, rule->not_from);
	return families;
}

bool planning_looks_from_there(const struct turn *turn, uint8_t family)
{
	return turn->families & bit_of(family);
}

const char *planning_source(const struct planning *planning, const struct turn *turn,
			    uint8_t family)
{
	const struct peer *from = planning_peer(planning, turn->rule->only_from);

	if (!from)
		return dual_over(&planning->target->source, family);
	/* To a proxy over whichever version the peer's address is ours in. */
	if (!family)
		family = turn->families & OVER_IPV4 ? 4 : 6;
	return dual_over(&from->hosts, family);
}
