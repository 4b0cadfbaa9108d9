/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration as the administrator wrote it, read and checked, with its defaults
 * filled in. Nothing here has been matched against profiles yet: plan.h does that.
 */
#ifndef AGENT_PLAN_CONFIG_H
#define AGENT_PLAN_CONFIG_H

#include "agent/plan/peer.h"
#include "agent/plan/problems.h"
#include "agent/plan/profile.h"
#include "net/own.h"

/* The target of the agent's alarms about itself; no other may be called so. */
#define CONFIG_OWN_TARGET "ucposture"

struct limits {
	uint32_t probes_per_second;	/* observations begun by the whole agent; 0: unlimited */
	uint32_t per_target;		/* conversations at once with one target */
	uint32_t packets_per_second;	/* towards one host; 0: unlimited */
};

struct label {
	const char *name, *value;
};

/* What a target changes about rules: by "profile.rule", "rule" or a pattern. */
struct override {
	const char *rule;
	struct place place;
	const char **subjects;		/* none: as in the rule */
	size_t subject_count;
	const struct place *subject_places;
	bool has_severity;
	enum severity severity;
	bool off;			/* the rule is not for this target */
	uint32_t interval_ms;		/* 0: as elsewhere */
};

struct target {
	const char *name, *address;
	struct place place;
	const char **profiles, **features, **scenarios;
	size_t profile_count, feature_count, scenario_count;
	/* Where each of them stands; NULL: as the target. */
	const struct place *profile_places, *feature_places, *scenario_places;
	struct peer *peers;
	size_t peer_count;
	struct label *labels;
	size_t label_count;
	struct override *overrides;
	size_t override_count;
	enum vantage vantage;
	uint8_t family;			/* 4, 6; 0: both */
	uint32_t timeout_ms;
	uint32_t interval_ms;		/* how often it is looked at; a rule may have its own */
	bool guard;			/* it stands for our own way out, see presence.h */
	struct dual source;		/* from where we look; the agent's when not given */
	const char *proxy;		/* for all that is looked at; NULL: the agent's is used for
					   what is elsewhere (URLs, names), and else none */
	const char *server_name, *verify_name;	/* a rule's own win; see plan_rule.c */
	const char *ca_file;		/* NULL: those of the system are enough */
	struct place ca_file_place;
	const char *authorities;	/* what was in it; see authorities.h */
	const struct snmp_access *snmp;	/* the agent's when not given; NULL: none */
};

struct exception {
	const char *target, *check;	/* patterns */
	const char *reason, *owner;
	int64_t from_us;		/* wall; 0: since ever */
	int64_t until_us;		/* wall; the end of that day */
	struct place place;
};

/* "50/m": so many within so long; 0: no limit. */
struct rate {
	uint32_t count;
	int64_t within_us;
};

enum { FLAPPING_CHANGES_MOST = 8, SINKS_MOST = 32, SOURCES_MOST = 100 };

enum sink_kind { SINK_JOURNAL, SINK_SYSLOG, SINK_COMMAND };

/* Whom events are told. */
struct sink_setting {
	const char *name;		/* given, or made from the rest; unique */
	enum sink_kind kind;
	const char **command;		/* SINK_COMMAND: the program and its words */
	size_t command_count;
	uint32_t timeout_ms;		/* of the command */
	const char *socket;		/* of the journal or syslog; NULL: the usual one */
	struct place place;
};

struct alarm_settings {
	uint32_t raise_after, clear_after;
	int64_t recheck_us;		/* in place of the interval, while something is wrong */
	int64_t remind_us;		/* 0: never */
	struct rate rate;		/* to each sink */
	struct rate storm;		/* more of them are told as one */
	struct rate flapping;		/* so many changes of one alarm … */
	int64_t calm_us;		/* … until it was calm for so long */
	int64_t keep_us;		/* events, when every sink has been told */
	uint32_t keep_events;
	uint32_t outbox;		/* events that may wait for one sink */
	struct sink_setting *sinks;
	size_t sink_count;
};

/* Where more targets stand: one of file and url. */
struct inventory_source {
	const char *file;		/* a path, or a pattern of glob(3) */
	const char *url;
	int64_t refresh_us;
	const char *ca_file;		/* for the URL; NULL: the system's authorities */
	struct place ca_file_place;
	const char *authorities;	/* what was in it */
	const char *authorization_file;	/* NULL: there is none */
	struct place authorization_file_place;
	const char *authorization;	/* a secret: what the URL's server is told in the header
					   of that name; NULL: nothing */
	const char *proxy;		/* NULL: directly, whatever the agent's is */
	/* What its targets have that do not say it themselves; its name and address are NULL. */
	struct target *defaults;
	struct place place;
};

struct config {
	enum vantage vantage;
	unsigned probers;		/* 0: one per CPU */
	const char *proxy;
	struct dual source;
	struct own_addresses own;	/* this machine's; see config_know_own_addresses() */
	const char *name_servers;	/* see config_add_name_server(); NULL: the system's */
	const char *profile_dir;	/* the user's own profiles, or NULL */
	const char *state_dir;		/* where things are remembered; NULL: the usual place */
	const char *user;		/* to become after starting as root */
	struct limits limits;
	uint32_t interval_ms;		/* of targets that do not say it */
	const struct snmp_access *snmp;	/* for targets without one of their own, or NULL */
	struct target *targets;
	size_t target_count, target_room;
	bool narrowed;			/* there are more targets: exceptions may match none */
	struct exception *exceptions;
	size_t exception_count;
	struct alarm_settings alarms;
	struct inventory_source *inventory;
	size_t inventory_count;
	struct arena *arena;		/* of all the above */
};

/* Never NULL; it is only usable while problems->errors is 0. The file "-" is standard input. */
struct config *config_read(const char *file, struct problems *problems);
struct config *config_read_bytes(const char *file, const char *bytes, size_t length,
				 struct problems *problems);
/* An empty one with all defaults, for `check --profile=… HOST`. */
struct config *config_default(void);
/* Adds a target with the defaults of the configuration; its lists may be filled from the
 * arena. What an earlier call returned is no longer valid. */
struct target *config_add_target(struct config *config, const char *name, const char *address);
/* Appends a numeric address, with or without its port, to a list as the resolver takes it.
 * NULL, or what is wrong, for people. */
const char *config_add_name_server(struct text *list, const char *server);
/* Before a plan is made for this machine: some rules hold from one address only. */
void config_know_own_addresses(struct config *config);
void config_free(struct config *config);

/* Whether the target has one of these switched on; what names none is always on. */
bool target_has_feature(const struct target *target, const char *const *features,
			size_t count);
bool target_has_scenario(const struct target *target, const char *const *scenarios,
			 size_t count);

/* For seen.h: whether the target of that number has this name; arg is a named_target. */
struct named_target {
	const struct config *config;
	const char *name;
};

bool named_target_is(const void *arg, uint32_t number);

#endif
