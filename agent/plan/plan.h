/* SPDX-License-Identifier: Apache-2.0
 *
 * What to ask: targets × rules × subjects × families become checks with stable names, and
 * all checks of a target that need the same thing seen share one observation. So do all targets
 * what is elsewhere: a push server is asked once, not once for each of 500 systems.
 */
#ifndef AGENT_PLAN_PLAN_H
#define AGENT_PLAN_PLAN_H

#include "agent/plan/config.h"

enum { NO_OBSERVATION = UINT32_MAX, NO_CHECK = UINT32_MAX };

/* Why a check is not applicable from the start. */
enum inapplicable {
	APPLICABLE,
	FEATURE_OFF,		/* the feature is not switched on, and nothing else is demanded */
	SCENARIO_OFF,
	PEER_NOT_GIVEN,
	OTHER_VANTAGE,
	OTHER_SOURCE,		/* we look from the address of a peer, or not from it */
	NO_PROXY,		/* the rule asks for that path */
	NO_NAME,		/* the target is given by its address alone */
	NO_ACCESS,		/* only who may read the system sees that */
	SWITCHED_OFF		/* by an override of the target */
};

struct check {
	const char *name;		/* "tls/tcp-443/versions" or "…/versions/ipv6" */
	const struct rule *rule;
	const char *subject;
	uint32_t target;		/* index */
	uint32_t observation;		/* index, or NO_OBSERVATION */
	uint32_t provisional_while;	/* index of the check it waits for, or NO_CHECK */
	const struct expectation *expect;	/* the rule's, its `otherwise`, or a copy with
						   allowed-ports filled in */
	uint16_t expect_count;
	uint8_t family;			/* 4 or 6; 0: of none in particular, or inapplicable */
	uint8_t severity;		/* enum severity, after overrides */
	uint8_t inapplicable;		/* enum inapplicable */
	bool unused_feature;		/* judged by `otherwise`: the feature is off */
};

struct plan_observation {
	struct request request;
	uint32_t target;		/* index; of what is elsewhere the first that needs it */
	uint32_t interval_ms;		/* the shortest that one of its checks asks for */
};

struct plan {
	const struct config *config;
	const struct profiles *profiles;
	struct check *checks;		/* in the order of targets, then of rules */
	size_t check_count;
	struct plan_observation *observations;
	size_t observation_count;
	/* The checks of target t are checks[first_check[t]] up to checks[first_check[t + 1]],
	 * and the exceptions that may cover them exceptions[first_exception[t]] and on. */
	size_t *first_check, *first_exception;
	const struct exception **exceptions;
	struct arena *arena;
};

/* Unknown profiles, features, peers … become problems; the plan is never NULL. */
struct plan *plan_make(const struct config *config, const struct profiles *profiles,
		       struct problems *problems);
void plan_free(struct plan *plan);
const struct target *plan_target(const struct plan *plan, const struct check *check);
/* The exception that covers the check at that time, or NULL. */
const struct exception *plan_exception(const struct plan *plan, const struct check *check,
				       int64_t wall_us);
/* What it finds says nothing about the target itself, and is the same for all. */
bool request_is_elsewhere(const struct request *request);
/* Whether one look serves both, as far as access to the system is the same; and a hash that is
 * the same then. */
bool request_same(const struct request *a, const struct request *b);
uint64_t request_hash(const struct request *request);
/* What to do when it is violated, or NULL. */
const char *check_remedy(const struct check *check);
const char *inapplicable_sentence(enum inapplicable why);

#endif
