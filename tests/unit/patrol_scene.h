/* SPDX-License-Identifier: Apache-2.0
 *
 * A patrol in a made-up world: its clock, its hosts, and what was told. Hosts answer at all
 * their ports until somebody says otherwise.
 */
#ifndef TESTS_UNIT_PATROL_SCENE_H
#define TESTS_UNIT_PATROL_SCENE_H

#include "agent/engine/patrol.h"
#include "tests/unit/papers.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
/* 2039: configurations are read by the real clock, which shall not find exceptions ended. */
#define WALL (INT64_C(2200000000) * SECOND)

enum { SCENE_ASKED_MOST = 4096, SCENE_HOSTS_MOST = 256, SCENE_PLANS_MOST = 8 };

struct asked {
	const struct request *request;
	void (*done)(void *arg, struct observation *observation);
	void *arg;
	int64_t at_us;			/* when it comes */
};

/* What is different about a port; port 0: about all of the host. */
struct oddity {
	char host[32];
	unsigned port;
	const char *state;		/* "open", "closed", "filtered" */
};

/* One plan with what it was made of, freed when the patrol has released it. */
struct scene_plan {
	struct papers papers;
	bool released;
};

struct scene {
	char folder[40];		/* of what is remembered; "": nothing is */
	struct store *store;
	struct self *self;
	struct firsts *firsts;
	struct patrol *patrol;
	struct patrol_world world;
	void (*changed)(void *arg, uint32_t check);	/* NULL: nobody listens */
	void *changed_arg;
	struct moment now;
	struct asked asked[SCENE_ASKED_MOST];
	size_t asked_count;
	struct oddity oddities[SCENE_HOSTS_MOST];
	size_t oddity_count;
	struct scene_plan *plans[SCENE_PLANS_MOST];
	size_t plan_count;
	struct alarm_settings alarms;	/* of the plans to come */
	uint32_t interval_ms;
	uint32_t probes_per_second;
	bool unresolved;		/* the name server does not answer for any host */
	uint64_t told;			/* events up to this number were expected */
	size_t looks, turns, at_once_most;
};

/* Rules of a profile that all targets have. */
#define SCENE_RULE(port, keys)                                                                \
	RULE("p" #port, "observe: port, subject: tcp/" #port ", expect: { port.state: "       \
			"{ is: open } }" keys)
/* One that is about something else than a port's state: silence makes it unknown. */
#define SCENE_SHARE(port)                                                                     \
	RULE("s" #port, "observe: smb, subject: tcp/" #port ", expect: { smb.signing: "       \
			"{ is: required } }")

/* From now on in a folder of its own; before the first plan. */
void scene_remember(struct scene *scene);
int scene_set_up(void **state);
int scene_tear_down(void **state);

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

/* A plan of these rules and targets ("  - { name: a, address: 10.0.0.1, … }\n", all of them of
 * the profile "p"), exceptions and the like behind them. Targets whose names begin with "guard"
 * are guards. */
void scene_plan(struct scene *scene, const char *rules, const char *targets, const char *rest);
const struct plan *scene_plan_now(const struct scene *scene);
/* Ends the agent and starts it again with the newest plan. */
void scene_restart(struct scene *scene);
void scene_port(struct scene *scene, const char *host, unsigned port, const char *state);
void scene_host(struct scene *scene, const char *host, bool there);
void scene_run(struct scene *scene, int64_t us);
/* The events since the last time: "raised a port/tcp-443/p443; ". Then none of them counts any
 * more. */
void expect_events(struct scene *scene, const char *expected);
/* All of them since the store began. */
size_t count_events(const struct scene *scene, const char *kind, bool quiet);
size_t scene_check(const struct scene *scene, const char *target, const char *name);
struct patrol_check scene_look(const struct scene *scene, const char *target,
			       const char *name);
struct patrol_target scene_target(const struct scene *scene, const char *name);

#define A "  - { name: a, address: 10.0.0.1, profiles: p }\n"
#define B "  - { name: b, address: 10.0.0.2, profiles: p }\n"
#define C "  - { name: c, address: 10.0.0.3, profiles: p }\n"
#define D "  - { name: d, address: 10.0.0.4, profiles: p }\n"
#define GUARD "  - { name: guard, address: 10.0.0.9, profiles: p }\n"
#define HOURLY_GUARD "  - { name: guard, address: 10.0.0.9, profiles: p, interval: 1h }\n"

#endif
