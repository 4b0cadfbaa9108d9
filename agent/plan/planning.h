/* SPDX-License-Identifier: Apache-2.0
 *
 * A plan being made: what the parts of plan.c share while they go through the targets.
 */
#ifndef AGENT_PLAN_PLANNING_H
#define AGENT_PLAN_PLANNING_H

#include "agent/plan/names.h"
#include "agent/plan/plan.h"
#include "agent/plan/seen.h"
#include "ground/text.h"

/* What requests for a rule have in common. */
struct common {
	uint64_t wanted;		/* as in a request */
	bool tells_certificate, tells_snmp;
	bool needs_access, otherwise_needs_access;	/* an expectation, to be seen */
};

/* What is the same for every target that has the profile, so made once. */
struct menu {
	const struct profile *profile;
	const char *const **names;	/* of checks: by rule, then by subject: IPv4, IPv6 */
	struct common *common;		/* by rule */
	uint32_t *named_rules;		/* by rule: that of provisional_while, or rule_count */
	bool any_provisional;
};

/* An expectation with allowed-ports filled in; targets alike share it. */
struct filled {
	const struct expectation *source;
	struct expectation *made;
	const struct port_range *ranges;
	size_t range_count;
};

struct planning {
	struct plan *plan;
	struct problems *problems;
	struct arena *arena;		/* the plan's */
	size_t check_room, observation_room;
	struct seen seen_observations, seen_names;
	/* What is elsewhere is the same for every target: numbers of observations. */
	struct seen seen_elsewhere;
	uint32_t *elsewhere;
	size_t elsewhere_count, elsewhere_room;
	struct menu *menus;
	size_t menu_count, menu_room;
	struct filled *filled;
	size_t filled_count, filled_room;
	struct text scratch;

	/* Of the target at hand. */
	const struct target *target;
	uint32_t index;
	uint8_t family;			/* of its address when that is numeric; else 0 */
	size_t *chosen;			/* its profiles, by place among the menus */
	size_t chosen_count, chosen_room;
	bool guesses;			/* a profile is not known: nobody can say what it names */
	bool names_may_clash;
	bool *override_used;
	size_t *first_of_rule;		/* of a profile: where its checks begin; one more behind */
	size_t first_room;
	unsigned *origins;		/* by peer: over what we look from its address */
	size_t origin_room;
};

/* Versions of IP, or-ed. */
enum { OVER_IPV4 = 1, OVER_IPV6 = 2, OVER_ANY = OVER_IPV4 | OVER_IPV6 };

/* A rule as it is for the target at hand. */
struct turn {
	const struct rule *rule;
	const char *profile;		/* by which the target has the rule */
	const struct subject *subjects;
	size_t subject_count;
	const char *const *names;	/* NULL: the subjects are not those of the rule */
	struct common common;
	enum severity severity;
	uint32_t interval_ms;
	enum inapplicable inapplicable;
	bool unused_feature;
	const struct peer *peer;	/* to look at instead of the target, or NULL */
	unsigned families;		/* over which we look from where the rule holds */
};

/* plan_target.c */
void planning_add_target(struct planning *planning, uint32_t index);
/* plan_rule.c */
void planning_add_rule(struct planning *planning, const struct menu *menu, size_t rule);
/* plan_request.c */
bool planning_is_familyless(const struct turn *turn);
/* The only family a check can be for, or 0: a name may have addresses of both. */
uint8_t planning_only_family(const struct planning *planning, const struct turn *turn,
			     const struct subject *subject);
/* 4 or 6 when it is a URL that names a numeric address. */
uint8_t planning_family_of_url(const struct subject *subject);
/* NULL: directly. */
const char *planning_proxy(const struct planning *planning, const struct turn *turn,
			   const struct subject *subject, struct way way);
/* By which clients find the target; NULL when it is known by its address alone. */
const char *planning_own_name(const struct target *target);
/* The number of the observation, which may have been asked for before. */
uint32_t planning_observe(struct planning *planning, const struct turn *turn,
			  const struct subject *subject, struct way way);
/* plan_source.c: planning_note_origins() first, when the target's profiles are chosen. */
void planning_note_origins(struct planning *planning);
/* The target's, or NULL. */
const struct peer *planning_peer(const struct planning *planning, const char *name);
unsigned planning_families_from_here(const struct planning *planning, const struct rule *rule);
bool planning_looks_from_there(const struct turn *turn, uint8_t family);
/* NULL: the kernel may choose. */
const char *planning_source(const struct planning *planning, const struct turn *turn,
			    uint8_t family);
/* plan_provisional.c: when all rules of the profile are planned, and first_of_rule is filled. */
void planning_link_provisional(struct planning *planning, const struct menu *menu);
/* plan_wanted.c */
struct common planning_common(const struct rule *rule);
/* plan_ports.c: fills allowed-ports in for the checks from `first` on. */
void planning_fill_ports(struct planning *planning, size_t first);
/* plan_exceptions.c */
void planning_add_exceptions(struct plan *plan, struct problems *problems);

#endif
