/* SPDX-License-Identifier: Apache-2.0
 *
 * What rules say must mean something: keys that would do nothing are named, and rules that
 * wait for each other.
 */
#include <string.h>

#include "agent/plan/profile_file.h"

static bool all_are(const struct rule *rule, unsigned kinds)
{
	for (size_t i = 0; i < rule->subject_count; i++)
		if (!(rule->subjects[i].kind & kinds))
			return false;
	return true;
}

static bool has_transport(const struct rule *rule)
{
	return all_are(rule, SUBJECT_TCP | SUBJECT_UDP | SUBJECT_TLS);
}

/* At the machine itself there is nobody else to look at, and nowhere else to look from. */
static void check_inside(struct reading *reading, const struct node *node, struct rule *rule)
{
	const struct node *vantage = node_member(node, "vantage");

	if (!rule->collector || !rule->collector->looks_inside)
		return;
	if (vantage && rule->vantages != VANTAGE_HOST)
		form_error(reading, vantage->place,
			   "%s looks at the machine we run on: its vantage is host, and no other",
			   rule->collector->name);
	if (rule->peer)
		form_error(reading, node_member(node, "peer")->key_place,
			   "'peer' does nothing here: %s looks at the machine we run on",
			   rule->collector->name);
	rule->vantages = VANTAGE_HOST;
}

/* A name that nobody is asked for, or compares, would do nothing. */
static void check_server_names(struct reading *reading, const struct node *node,
			       const struct rule *rule)
{
	if (!rule->collector)
		return;
	if (rule->server_name && !collector_asks_by_name(rule->collector))
		form_error(reading, node_member(node, "server_name")->key_place,
			   "'server_name' does nothing here: %s asks for no name",
			   rule->collector->name);
	if (rule->verify_name && !collector_tells(rule->collector, "cert."))
		form_error(reading, node_member(node, "verify_name")->key_place,
			   "'verify_name' does nothing here: %s looks at no certificate",
			   rule->collector->name);
}

/* By which path, and as whom. */
static void check_path(struct reading *reading, const struct node *node,
		       const struct rule *rule)
{
	const struct node *by_address = node_member(node, "by_address");

	if (rule->via && !all_are(rule, SUBJECT_URL))
		form_error(reading, node_member(node, "via")->key_place,
			   "'via' is for URLs elsewhere such as https://push.example");
	if (!rule->by_address || !rule->collector)
		return;
	if (!collector_asks_by_name(rule->collector))
		form_error(reading, by_address->key_place,
			   "'by_address' does nothing here: %s asks for no name",
			   rule->collector->name);
	else if (rule->server_name)
		form_error(reading, by_address->key_place,
			   "a rule asks by address or for a server_name, not both");
	else if (rule->via & VIA_PROXY)
		form_error(reading, by_address->key_place,
			   "through a proxy hosts are asked by their names");
}

bool profile_rule_makes_sense(struct reading *reading, const struct node *node, void *base)
{
	struct rule *rule = base;
	const struct node *otherwise = node_member(node, "otherwise");

	if (!rule->title)
		rule->title = rule->id;
	if (otherwise && !rule->feature_count)
		form_error(
			reading, otherwise->key_place,
			"'otherwise' is for rules with a 'feature': it holds while that is off");
	if (rule->otherwise_remedy && !otherwise)
		form_error(reading, node_member(node, "otherwise_remedy")->key_place,
			   "'otherwise_remedy' is told when 'otherwise' is violated: give both, or"
			   " write 'remedy'");
	check_inside(reading, node, rule);
	check_server_names(reading, node, rule);
	check_path(reading, node, rule);
	if (rule->starttls && !has_transport(rule))
		form_error(reading, node_member(node, "starttls")->key_place,
			   "'starttls' is for subjects such as tcp/25");
	else if (rule->starttls && rule->collector && !collector_takes_starttls(rule->collector))
		form_error(reading, node_member(node, "starttls")->key_place,
			   "'starttls' does nothing here: %s does not use TLS",
			   rule->collector->name);
	return true;
}

size_t profile_named_rule(const struct profile *profile, const struct rule *rule)
{
	size_t named = 0;

	if (!rule->provisional_while)
		return profile->rule_count;
	while (named < profile->rule_count &&
	       strcmp(profile->rules[named].id, rule->provisional_while) != 0)
		named++;
	return named;
}

/* Whether the rule waits for itself in the end. A circle is told of once, at its first rule,
 * and of one that the profile has inherited in the file that it is from. */
static bool begins_circle(const struct profile *profile, size_t first)
{
	bool own = false;
	size_t at = first;

	for (size_t steps = 0; steps < profile->rule_count; steps++) {
		const struct rule *rule = &profile->rules[at];

		own |= !strcmp(rule->profile, profile->name);
		at = profile_named_rule(profile, rule);
		if (at == first)
			return own;
		if (at < first || at == profile->rule_count)
			return false;
	}
	return false;
}

void profile_makes_sense(const struct profile *profile, struct problems *problems)
{
	for (size_t i = 0; i < profile->rule_count; i++) {
		const struct rule *rule = &profile->rules[i];

		if (!begins_circle(profile, i))
			continue;
		if (!strcmp(rule->provisional_while, rule->id))
			problems_add(problems, PROBLEM_ERROR, rule->place,
				     "the rule '%s' cannot be provisional while it finds "
				     "something itself: name another rule",
				     rule->id);
		else
			problems_add(problems, PROBLEM_ERROR, rule->place,
				     "the rule '%s' is provisional while '%s' finds something, "
				     "which in the end waits for '%s': one of them must stand "
				     "for itself",
				     rule->id, rule->provisional_while, rule->id);
	}
}
