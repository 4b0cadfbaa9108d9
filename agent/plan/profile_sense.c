/* SPDX-License-Identifier: Apache-2.0
 *
 * What rules say must mean something: keys that would do nothing are named, and rules that
 * wait for each other.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/plan/profile_file.h"
#include "agent/plan/seen.h"
#include "ground/memory.h"

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

static void refuse_source(struct reading *reading, const struct node *key,
			  const struct rule *rule)
{
	if (!key || !rule->collector)
		return;
	if (rule->collector->looks_inside)
		form_error(reading, key->key_place,
			   "'%s' does nothing here: %s looks at the machine we run on", key->key,
			   rule->collector->name);
	else if (rule->collector->familyless)
		form_error(reading, key->key_place,
			   "'%s' does nothing here: %s asks servers that nobody can tell from"
			   " where", key->key, rule->collector->name);
}

/* From where it holds. */
static void check_source(struct reading *reading, const struct node *node,
			 const struct rule *rule)
{
	const struct node *only = node_member(node, "only_from");
	const struct node *not = node_member(node, "not_from");

	refuse_source(reading, only, rule);
	refuse_source(reading, not, rule);
	if (rule->only_from && rule->not_from && !strcmp(rule->only_from, rule->not_from))
		form_error(reading, not->key_place,
			   "'only_from' and 'not_from' name the same peer: nowhere would the rule"
			   " hold");
	if (rule->only_from && rule->peer && !strcmp(rule->only_from, rule->peer))
		form_error(reading, only->key_place,
			   "the rule would look at its own 'peer' from there: leave out one of"
			   " them");
}

/* The first subject of which nobody tells the fact, or NULL. */
static const struct subject *untold(const struct rule *rule, const struct fact_descriptor *fact)
{
	for (size_t i = 0; i < rule->subject_count; i++) {
		const struct subject *subject = &rule->subjects[i];
		bool range = subject->first != subject->last;

		if (fact->told_of == (range ? FACT_OF_ONE_PORT : FACT_OF_RANGE))
			return subject;
	}
	return NULL;
}

static void check_facts(struct reading *reading, const struct node *expect,
			const struct rule *rule)
{
	for (const struct node *n = expect ? expect->first : NULL; n; n = n->next) {
		const struct fact_descriptor *fact = n->key ? fact_named(n->key) : NULL;
		const struct subject *subject = fact ? untold(rule, fact) : NULL;

		if (subject)
			form_error(reading, n->key_place,
				   "%s is not told of %s, which is %s: such a rule would never be "
				   "judged",
				   fact->name, subject->text,
				   fact->told_of == FACT_OF_RANGE ? "one port" : "a range");
	}
}

/* Who only looks whether somebody is there says so: that is a fact, and no failure. */
static void check_closed(struct reading *reading, const struct node *node,
			 const struct rule *rule)
{
	const struct node *closed = node_member(node, "when_closed");

	if (closed && rule->collector && rule->collector->looks_itself)
		form_error(reading, closed->key_place,
			   "'when_closed' does nothing here: %s sees itself what is closed, so say"
			   " so in 'expect'", rule->collector->name);
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
	check_source(reading, node, rule);
	check_closed(reading, node, rule);
	check_facts(reading, node_member(node, "expect"), rule);
	check_facts(reading, otherwise, rule);
	if (rule->starttls && !has_transport(rule))
		form_error(reading, node_member(node, "starttls")->key_place,
			   "'starttls' is for subjects such as tcp/25");
	else if (rule->starttls && rule->collector && !collector_takes_starttls(rule->collector))
		form_error(reading, node_member(node, "starttls")->key_place,
			   "'starttls' does nothing here: %s does not use TLS",
			   rule->collector->name);
	return true;
}

struct comparison {
	const struct profile *profile;
	const char *id;
};

static bool same_id(const void *arg, uint32_t number)
{
	const struct comparison *comparison = arg;

	return !strcmp(comparison->profile->rules[number].id, comparison->id);
}

void profile_named_rules(const struct profile *profile, uint32_t *named)
{
	uint32_t count = (uint32_t)profile->rule_count;
	struct seen seen = { 0 };

	seen_reset(&seen, count);
	for (uint32_t i = 0; i < count; i++) {
		struct comparison comparison = { profile, profile->rules[i].id };

		seen_number(&seen, seen_hash(SEEN_HASH_BEGIN, comparison.id), i, same_id,
			    &comparison);
	}
	for (uint32_t i = 0; i < count; i++) {
		struct comparison comparison = { profile, profile->rules[i].provisional_while };

		named[i] = count;
		if (comparison.id)
			named[i] = seen_find(&seen, seen_hash(SEEN_HASH_BEGIN, comparison.id),
					     same_id, &comparison, count);
	}
	seen_free(&seen);
}

/* A circle is told of at its first rule, and one that the profile has inherited in the file
 * that it is from. */
static void refuse_circle(const struct profile *profile, const uint32_t *named, uint32_t at,
			  struct problems *problems)
{
	uint32_t first = at, next = at;
	const struct rule *rule;
	bool own = false;

	do {
		own |= !strcmp(profile->rules[next].profile, profile->name);
		next = named[next];
		first = next < first ? next : first;
	} while (next != at);
	rule = &profile->rules[first];
	if (own && named[first] == first)
		problems_add(problems, PROBLEM_ERROR, rule->place,
			     "the rule '%s' cannot be provisional while it finds something "
			     "itself: name another rule",
			     rule->id);
	else if (own)
		problems_add(problems, PROBLEM_ERROR, rule->place,
			     "the rule '%s' is provisional while '%s' finds something, which "
			     "in the end waits for '%s': one of them must stand for itself",
			     rule->id, rule->provisional_while, rule->id);
}

/* Follows each rule to the end, or to where it or an earlier one has been. */
static void check_circles(const struct profile *profile, const uint32_t *named,
			  struct problems *problems)
{
	uint32_t count = (uint32_t)profile->rule_count;
	uint32_t *walks = memory_new(count, sizeof *walks);

	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = i;

		for (; at < count && !walks[at]; at = named[at])
			walks[at] = i + 1;
		if (at < count && walks[at] == i + 1)
			refuse_circle(profile, named, at, problems);
	}
	free(walks);
}

/* Lists that nobody has written by hand are not compared. */
enum { PAIRS_MOST = 1000000 };

static bool meet_somewhere(const struct rule *a, const struct rule *b)
{
	if (b->subject_count && a->subject_count > PAIRS_MOST / b->subject_count)
		return true;
	for (size_t i = 0; i < a->subject_count; i++)
		for (size_t j = 0; j < b->subject_count; j++)
			if (subject_same_port(&a->subjects[i], &b->subjects[j]))
				return true;
	return false;
}

/* Both look at the target, or at the same peer, from the same place. */
static bool can_wait(const struct rule *rule, const struct rule *named)
{
	bool same_host = rule->peer && named->peer ? !strcmp(rule->peer, named->peer)
						   : rule->peer == named->peer;

	return same_host && rule->vantages & named->vantages && meet_somewhere(rule, named);
}

static void check_waiting(const struct profile *profile, const uint32_t *named,
			  struct problems *problems)
{
	for (uint32_t i = 0; i < profile->rule_count; i++) {
		const struct rule *rule = &profile->rules[i];

		/* What was inherited was told of in its own file. */
		if (named[i] == profile->rule_count || can_wait(rule, &profile->rules[named[i]]) ||
		    strcmp(rule->profile, profile->name) != 0)
			continue;
		problems_add(problems, PROBLEM_ERROR, rule->place,
			     "the rule '%s' never waits for '%s': they look at no port of one "
			     "host from one vantage",
			     rule->id, rule->provisional_while);
	}
}

void profile_makes_sense(const struct profile *profile, struct problems *problems)
{
	uint32_t *named = memory_new(profile->rule_count, sizeof *named);

	profile_named_rules(profile, named);
	check_circles(profile, named, problems);
	check_waiting(profile, named, problems);
	free(named);
}
