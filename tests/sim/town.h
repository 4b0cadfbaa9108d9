/* SPDX-License-Identifier: Apache-2.0
 *
 * What is watched: a few systems, the truth about each, and the configuration that names them.
 * The truth changes as chance has it; who asks gets an answer by the truth of that moment, or
 * none.
 */
#ifndef TESTS_SIM_TOWN_H
#define TESTS_SIM_TOWN_H

#include "agent/plan/plan.h"
#include "collectors/observation.h"
#include "agent/engine/judge.h"
#include "tests/sim/chance.h"

enum { SYSTEMS_MOST = 6, RECEIVERS_MOST = 3, EXCEPTIONS_MOST = 3 };

/* The rules of the simulation's own profile: a port that must be open, one that must not be,
 * and two TLS services. */
enum town_rule { RULE_SIP, RULE_TELNET, RULE_WEB, RULE_PHONES, RULE_COUNT };

/* How one service is. */
enum door {
	DOOR_GOOD,	/* as the rule wants it */
	DOOR_BAD,
	DOOR_SILENT,	/* a firewall swallows what is sent there */
	DOOR_COUNT
};

enum manner { MANNER_PROMPT, MANNER_SLOW, MANNER_LOSES, MANNER_TARPIT, MANNER_COUNT };

struct town_system {
	char name[8], address[16];
	/* in the configuration */
	bool listed, guard;
	bool softer;			/* its severities are lower */
	int64_t interval_us;
	/* in truth */
	bool up;
	enum door doors[RULE_COUNT];
	enum manner manner;
	int64_t changed_us[RULE_COUNT];	/* true time; its answers may have been others before */
};

struct town_exception {
	int system;			/* -1: of all */
	enum town_rule rule;
	int from_day, until_day;	/* of the wall clock, since 1970, both included */
};

struct town {
	struct chance chance;
	struct town_system systems[SYSTEMS_MOST];
	size_t count;
	bool uplink;			/* our own way out */
	struct town_exception exceptions[EXCEPTIONS_MOST];
	size_t exception_count;
	bool sinks[RECEIVERS_MOST];		/* in the configuration */
	unsigned raise_after, clear_after, rate, storm, flapping, outbox, probes_per_second;
	int64_t recheck_us, remind_us, calm_us;
};

void town_begin(struct town *town, struct chance chance);
/* Another configuration of the same systems. */
void town_change(struct town *town);

/* What a plan is made from, and the plan. */
struct charter {
	struct config *config;
	struct profiles *profiles;
	struct plan *plan;
};

struct charter *town_charter(const struct town *town);
void charter_free(struct charter *charter);

/* Which system and rule are meant. */
struct town_place {
	size_t system;
	enum town_rule rule;
};

struct town_place town_place_of(const struct town *town, const char *address, unsigned port);
const char *town_rule_word(enum town_rule rule);

/* An answer by the truth of now. */
struct town_answer {
	struct town_place place;
	enum door seen;
	bool stuck;			/* it took the connection and then said nothing */
	bool lost;			/* on the way: not the truth */
	int64_t delay_us;
};

struct town_answer town_ask(struct town *town, const struct request *request);
struct observation *town_observation(const struct town_answer *answer, int64_t wall_us);

/* --- what is right, in a table of its own: nothing of the engine is asked ----------------- */

enum verdict town_verdict(const struct town_system *system, enum town_rule rule,
			  enum door seen, bool stuck);
/* Whether somebody has accepted that at this time. */
bool town_accepts(const struct town *town, size_t system, enum town_rule rule, int64_t wall_us);
/* Nothing of it answers, in truth. */
bool town_is_silent(const struct town *town, size_t system);
/* The truth about a rule, or about all of a system, is another from now on. */
void town_touch(struct town *town, size_t system, int rule);

#endif
