/* SPDX-License-Identifier: Apache-2.0
 *
 * The agent's alarms about itself. They are raised and cleared like those of targets, as checks
 * of a target that bears the agent's name, which no target of the configuration may have.
 */
#ifndef AGENT_ENGINE_SELF_H
#define AGENT_ENGINE_SELF_H

#include "agent/engine/store.h"

#define SELF_TARGET CONFIG_OWN_TARGET

/* X(constant, name of the check, severity, title, remedy) */
#define SELF_CHECKS(X)                                                                        \
	X(STORE, "agent/store", MAJOR, "What the agent remembers can be written down",        \
	  "Make room on the disk of agent.state_dir, or let the agent write there")           \
	X(LOST, "agent/memory", MAJOR, "What the agent remembered is whole",                  \
	  "The damaged database was set aside; see the log for its name")                     \
	X(CONFIG, "agent/configuration", MAJOR, "The configuration is in force as written",   \
	  "Run 'ucposture config check', mend what it names, and reload")                     \
	X(INVENTORY, "agent/inventory", MAJOR, "The inventory can be read",                   \
	  "See the observed text for the source and what is wrong with it")                   \
	X(UPLINK, "agent/uplink", CRITICAL, "Our own way out works",                          \
	  "Look at the network of the machine the agent runs on")                             \
	X(OUTBOX, "agent/outbox", MAJOR, "Every sink takes what it is told",                  \
	  "See the observed text for the sink, and mend it")                                  \
	X(SCHEDULE, "agent/schedule", MINOR, "Every check is made in time",                   \
	  "Raise agent.limits or agent.probers, or the intervals")

enum self_check {
#define SELF_CONSTANT(constant, name, severity, title, remedy) SELF_##constant,
	SELF_CHECKS(SELF_CONSTANT)
#undef SELF_CONSTANT
	SELF_COUNT
};

struct self;

struct self *self_new(struct store *store, struct moment now);
void self_free(struct self *self);
/* observed: for people; NULL: nothing to say. Said again with nothing changed it does nothing. */
void self_say(struct self *self, enum self_check which, bool good, const char *observed,
	      struct moment now);
/* An event that nothing will clear: `title` says it. */
void self_note(struct self *self, enum severity severity, const char *title,
	       const char *observed, struct moment now);

struct self_state {
	const char *name, *title, *remedy, *observed;	/* observed: "" when it is good */
	struct alarm alarm;
	uint32_t number;	/* of the check */
	uint64_t raised;
	enum severity severity;
};

void self_look(const struct self *self, enum self_check which, struct self_state *state);

#endif
