/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/openings.h"

#include <stdlib.h>
#include <string.h>

#include "agent/plan/demand.h"
#include "ground/memory.h"
#include "ground/words.h"
#include "net/address.h"
#include "net/url.h"

/* One port or range, one end, one reason; merged afterwards. */
struct atom {
	bool out, udp, service, all_but;
	bool implied;		/* by a rule about something else: one about the port wins */
	struct port_range ports;
	struct far_end end;
	struct demander reason;
	size_t order;		/* of the reason in the profile */
};

struct atoms {
	struct atom *items;
	size_t count, room;
};

struct deriving {
	const struct profile *profile;
	const struct target *choice;
	struct arena *arena;
	struct atoms open, closed;
	size_t order;
};

static void add_atom(struct atoms *atoms, const struct atom *atom)
{
	atoms->items = memory_room_for(atoms->items, atoms->count, &atoms->room,
				       sizeof *atoms->items);
	atoms->items[atoms->count++] = *atom;
}

/* --- which rules are in force --------------------------------------------------------- */

static bool at_system(const struct target *choice)
{
	return choice->vantage == VANTAGE_INTERNAL;
}

/* What is to be reached from outside has to get into the system, too; but what must not be
 * reached from outside may well be inside. */
static bool holds_inbound(const struct target *choice, unsigned vantages, enum demand demand)
{
	if (at_system(choice) && demand == DEMAND_OPEN)
		return vantages & (VANTAGE_INTERNAL | VANTAGE_DMZ | VANTAGE_EXTERNAL);
	return vantages & choice->vantage;
}

/* The hosts of URLs are outside whoever looks for them; who the peers are is known only where
 * the rule holds. What only strangers have to reach is nothing that the system goes to. */
static bool holds_outbound(const struct target *choice, const struct rule *rule)
{
	unsigned within = rule->vantages & (VANTAGE_INTERNAL | VANTAGE_HOST);

	if (at_system(choice))
		return within;
	return rule->peer ? within && rule->vantages & choice->vantage : rule->vantages != 0;
}

/* --- what rules demand ---------------------------------------------------------------- */

/* Of rules that are not about ports but cannot hold while theirs is closed. */
static enum demand demand_of_talk(const struct rule *rule, const struct expectation *expect,
				  size_t count)
{
	static const char *const talking[] = { "tls", "certificate", "http", "sip", NULL };

	if (!strcmp(rule->collector->name, "reach")) {
		for (size_t i = 0; i < count; i++)
			if (!strcmp(expect[i].fact->name, "reach.ok") && expect[i].count &&
			    expect[i].operator == OPERATOR_IS && !expect[i].operands[0].truth)
				return DEMAND_NOTHING;
		return DEMAND_OPEN;
	}
	return rule->when_closed == CLOSED_UNKNOWN &&
			       words_find(rule->collector->name, talking) >= 0
		       ? DEMAND_OPEN
		       : DEMAND_NOTHING;
}

/* The peer's addresses, or its name where it has none. */
static void add_to_peer(struct deriving *deriving, struct atoms *atoms, struct atom *atom,
			const char *name, bool may_move)
{
	const struct target *choice = deriving->choice;

	atom->end = (struct far_end){ .peer = name };
	for (size_t i = 0; i < choice->peer_count; i++) {
		const struct peer *peer = &choice->peers[i];

		if (strcmp(peer->name, name) != 0)
			continue;
		if (peer->port && may_move)
			atom->ports = (struct port_range){ peer->port, peer->port };
		atom->end.host = peer->hosts.four;
		if (atom->end.host)
			add_atom(atoms, atom);
		atom->end.host = peer->hosts.six;
		if (atom->end.host && !peer_is_host_name(peer))
			add_atom(atoms, atom);
		return;
	}
	add_atom(atoms, atom);
}

static void add_subject(struct deriving *deriving, const struct rule *rule,
			const struct subject *subject, enum demand demand)
{
	struct atoms *atoms = demand == DEMAND_OPEN ? &deriving->open : &deriving->closed;
	bool own = !rule->peer && subject->kind != SUBJECT_URL;
	struct atom atom = { .out = !own || deriving->profile->hosted,
			     .service = own && deriving->profile->hosted,
			     .udp = subject->kind == SUBJECT_UDP,
			     .implied = strcmp(rule->collector->name, "port") != 0,
			     .all_but = !rule->peer && rule->not_from,
			     .ports = { subject->first, subject->last },
			     .reason.rule = rule,
			     .order = deriving->order };
	const char *peer = rule->peer ? rule->peer
			   : rule->only_from ? rule->only_from
					     : rule->not_from;
	struct url url;
	const char *why;

	if (!subject->first)
		return;
	/* Whoever lets everybody but one in lets everybody in. */
	if (atom.all_but && demand == DEMAND_OPEN) {
		atom.all_but = false;
		peer = NULL;
	}
	if (peer) {
		add_to_peer(deriving, atoms, &atom, peer,
			    rule->peer && rule->subject_count == 1);
		return;
	}
	if (subject->kind == SUBJECT_URL && url_parse(subject->text, &url, &why))
		atom.end.host = arena_copy(deriving->arena, url.host);
	add_atom(atoms, &atom);
}

static void add_rule(struct deriving *deriving, const struct rule *rule)
{
	const struct target *choice = deriving->choice;
	bool on = target_has_feature(choice, rule->features, rule->feature_count);
	const struct expectation *expect = on ? rule->expect : rule->otherwise;
	size_t count = on ? rule->expect_count : rule->otherwise_count;
	enum demand demand;

	deriving->order++;
	if (!count || rule->collector->looks_inside ||
	    !target_has_scenario(choice, rule->scenarios, rule->scenario_count))
		return;
	demand = strcmp(rule->collector->name, "port") ? demand_of_talk(rule, expect, count)
						       : demand_of_port(expect, count);
	for (size_t i = 0; demand != DEMAND_NOTHING && i < rule->subject_count; i++) {
		bool out = rule->peer || rule->subjects[i].kind == SUBJECT_URL;

		/* What others should not offer is theirs to close. */
		if (deriving->profile->hosted && demand == DEMAND_CLOSED)
			continue;
		if (out ? demand == DEMAND_OPEN && holds_outbound(choice, rule)
			: holds_inbound(choice, rule->vantages, demand))
			add_subject(deriving, rule, &rule->subjects[i], demand);
	}
}

static void add_unseen(struct deriving *deriving, const struct not_observable *item, bool out,
		       const struct subject *subjects, size_t count)
{
	bool service = deriving->profile->hosted && !item->peer;
	struct atom atom = { .out = out != service,
			     .service = service,
			     .reason.item = item,
			     .order = deriving->order };

	for (size_t i = 0; i < count; i++) {
		atom.udp = subjects[i].kind == SUBJECT_UDP;
		atom.ports = (struct port_range){ subjects[i].first, subjects[i].last };
		if (item->peer)
			add_to_peer(deriving, &deriving->open, &atom, item->peer, count == 1);
		else
			add_atom(&deriving->open, &atom);
	}
}

static void add_item(struct deriving *deriving, const struct not_observable *item)
{
	const struct target *choice = deriving->choice;

	deriving->order++;
	if (!target_has_feature(choice, item->features, item->feature_count) ||
	    !target_has_scenario(choice, item->scenarios, item->scenario_count))
		return;
	if (holds_inbound(choice, item->vantages, DEMAND_OPEN))
		add_unseen(deriving, item, false, item->inbound, item->inbound_count);
	if (item->vantages & (at_system(choice) ? VANTAGE_INTERNAL | VANTAGE_HOST
						: choice->vantage))
		add_unseen(deriving, item, true, item->outbound, item->outbound_count);
}

/* --- what contradicts each other ------------------------------------------------------ */

static bool within(const struct atom *a, const struct atom *b)
{
	return a->out == b->out && a->udp == b->udp && a->ports.first >= b->ports.first &&
	       a->ports.last <= b->ports.last;
}

static bool is_for_anybody(const struct atom *atom)
{
	return !atom->end.peer && !atom->end.host;
}

/* Whether one of them decides otherwise about the port, for everybody. */
static bool is_overruled(const struct atom *atom, const struct atoms *others, bool by_implied)
{
	for (size_t i = 0; i < others->count; i++)
		if (within(atom, &others->items[i]) && is_for_anybody(&others->items[i]) &&
		    (by_implied || !others->items[i].implied))
			return true;
	return false;
}

/* What is only implied gives way to what says that it is closed. Of the others it is enough
 * that one feature needs a port; but a range, such as that of audio, says nothing about a
 * single port in it. */
static bool is_needed(const struct atom *closed, const struct atoms *open)
{
	for (size_t i = 0; i < open->count; i++) {
		const struct atom *atom = &open->items[i];

		if (is_for_anybody(atom) && within(closed, atom) && within(atom, closed))
			return true;
	}
	return false;
}

static void settle(struct deriving *deriving)
{
	struct atoms *open = &deriving->open, *closed = &deriving->closed;
	size_t kept = 0;

	for (size_t i = 0; i < open->count; i++)
		if (!open->items[i].implied || open->items[i].out ||
		    !is_overruled(&open->items[i], closed, true))
			open->items[kept++] = open->items[i];
	open->count = kept;
	kept = 0;
	for (size_t i = 0; i < closed->count; i++)
		if (!is_needed(&closed->items[i], open))
			closed->items[kept++] = closed->items[i];
	closed->count = kept;
}

/* --- merging -------------------------------------------------------------------------- */

static int compare_strings(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int compare_ends(const struct far_end *a, const struct far_end *b)
{
	int difference = compare_strings(a->peer, b->peer);

	return difference ? difference : compare_strings(a->host, b->host);
}

static int compare_places(const struct atom *a, const struct atom *b)
{
	if (a->out != b->out)
		return a->out - b->out;
	if (a->ports.first != b->ports.first)
		return a->ports.first - b->ports.first;
	if (a->ports.last != b->ports.last)
		return a->ports.last - b->ports.last;
	if (a->udp != b->udp)
		return a->udp - b->udp;
	if (a->service != b->service)
		return a->service - b->service;
	if (a->all_but != b->all_but)
		return a->all_but - b->all_but;
	return compare_ends(&a->end, &b->end);
}

static int compare_atoms(const void *a, const void *b)
{
	const struct atom *left = a, *right = b;
	int difference = compare_places(left, right);

	if (difference)
		return difference;
	return left->order < right->order ? -1 : left->order > right->order;
}

/* Lists are never longer than the atoms there are. */
static struct opening opening_from(const struct deriving *deriving, const struct atom *atoms,
				   size_t count, size_t room)
{
	const struct atom *first = &atoms[0];
	struct opening opening = { .out = first->out, .udp = first->udp,
				   .service = first->service, .all_but = first->all_but,
				   .port_count = 1 };

	opening.ports = arena_take(deriving->arena, room * sizeof *opening.ports);
	opening.ends = arena_take(deriving->arena, room * sizeof *opening.ends);
	opening.reasons = arena_take(deriving->arena, count * sizeof *opening.reasons);
	opening.ports[0] = first->ports;
	if (!is_for_anybody(first))
		opening.ends[opening.end_count++] = first->end;
	for (size_t i = 0; i < count; i++)
		if (!i || atoms[i].order != atoms[i - 1].order)
			opening.reasons[opening.reason_count++] = atoms[i].reason;
	return opening;
}

static bool same_cause(const struct opening *a, const struct opening *b)
{
	return a->out == b->out && a->udp == b->udp && a->service == b->service &&
	       a->all_but == b->all_but && a->reason_count == b->reason_count &&
	       !memcmp(a->reasons, b->reasons, a->reason_count * sizeof *a->reasons);
}

static bool same_ports(const struct opening *a, const struct opening *b)
{
	return a->port_count == b->port_count &&
	       !memcmp(a->ports, b->ports, a->port_count * sizeof *a->ports);
}

static bool same_ends(const struct opening *a, const struct opening *b)
{
	for (size_t i = 0; i < a->end_count && i < b->end_count; i++)
		if (compare_ends(&a->ends[i], &b->ends[i]))
			return false;
	return a->end_count == b->end_count;
}

static bool is_numeric(const struct far_end *end)
{
	struct address address;

	return end->host && address_parse(end->host, &address);
}

/* Addresses of one peer, or of servers that one rule lists; names keep lines of their own. */
static bool can_share_ends(const struct opening *a, const struct opening *b)
{
	return a->end_count && b->end_count && same_ports(a, b) && is_numeric(&a->ends[0]) &&
	       is_numeric(&b->ends[0]) &&
	       !compare_strings(a->ends[0].peer, b->ends[0].peer);
}

static bool join_ports(struct opening *opening, const struct opening *other)
{
	if (!same_cause(opening, other) || !same_ends(opening, other))
		return false;
	for (size_t i = 0; i < other->port_count; i++)
		opening->ports[opening->port_count++] = other->ports[i];
	return true;
}

static bool join_ends(struct opening *opening, const struct opening *other)
{
	if (!same_cause(opening, other) || !can_share_ends(opening, other))
		return false;
	for (size_t i = 0; i < other->end_count; i++)
		opening->ends[opening->end_count++] = other->ends[i];
	return true;
}

/* Each goes into the first before it that takes it. */
static size_t join(struct opening *items, size_t count,
		   bool (*takes)(struct opening *opening, const struct opening *other))
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		size_t at = 0;

		while (at < kept && !takes(&items[at], &items[i]))
			at++;
		if (at == kept)
			items[kept++] = items[i];
	}
	return kept;
}

static struct opening *merge(struct deriving *deriving, struct atoms *atoms, size_t *count)
{
	struct opening *made = arena_take(deriving->arena, (atoms->count + 1) * sizeof *made);

	*count = 0;
	if (atoms->count)
		qsort(atoms->items, atoms->count, sizeof *atoms->items, compare_atoms);
	for (size_t i = 0, next; i < atoms->count; i = next) {
		next = i + 1;
		while (next < atoms->count &&
		       !compare_places(&atoms->items[i], &atoms->items[next]))
			next++;
		made[(*count)++] =
			opening_from(deriving, &atoms->items[i], next - i, atoms->count);
	}
	*count = join(made, *count, join_ports);
	*count = join(made, *count, join_ends);
	free(atoms->items);
	return made;
}

static bool overlap(const struct opening *a, const struct opening *b)
{
	for (size_t i = 0; i < a->port_count; i++)
		for (size_t j = 0; j < b->port_count; j++)
			if (a->ports[i].first <= b->ports[j].last &&
			    b->ports[j].first <= a->ports[i].last)
				return true;
	return false;
}

/* Nobody has to close what no range opens. */
static void note_holes(struct openings *openings)
{
	for (size_t i = 0; i < openings->closed_count; i++) {
		struct opening *closed = &openings->closed[i];

		for (size_t j = 0; j < openings->open_count; j++) {
			const struct opening *open = &openings->open[j];

			closed->in_range |= open->out == closed->out &&
					    open->udp == closed->udp && !open->end_count &&
					    overlap(open, closed);
		}
	}
}

struct openings *openings_of(const struct profile *profile, const struct target *choice)
{
	struct openings *openings = memory_new(1, sizeof *openings);
	struct deriving deriving = { .profile = profile, .choice = choice };

	openings->arena = deriving.arena = arena_new();
	for (size_t i = 0; i < profile->rule_count; i++)
		add_rule(&deriving, &profile->rules[i]);
	for (size_t i = 0; i < profile->not_observable_count; i++)
		add_item(&deriving, &profile->not_observable[i]);
	settle(&deriving);
	openings->open = merge(&deriving, &deriving.open, &openings->open_count);
	openings->closed = merge(&deriving, &deriving.closed, &openings->closed_count);
	note_holes(openings);
	return openings;
}

void openings_free(struct openings *openings)
{
	if (openings)
		arena_free(openings->arena);
	free(openings);
}
