/* SPDX-License-Identifier: Apache-2.0
 *
 * A numbered, durable record of what changed: of an alarm, of a target as a whole, or of the
 * agent itself. Its number is never given twice.
 */
#ifndef AGENT_ENGINE_EVENT_H
#define AGENT_ENGINE_EVENT_H

#include "agent/engine/alarm.h"
#include "ground/json.h"

/* X(constant, word) */
#define EVENT_KINDS(X)                                                                        \
	X(RAISED, "raised")                                                                   \
	X(CHANGED, "changed")                                                                 \
	X(CLEARED, "cleared")                                                                 \
	X(REMINDED, "reminded")                                                               \
	X(TARGET_DOWN, "target_down")                                                         \
	X(TARGET_UP, "target_up")                                                             \
	X(AGENT, "agent")		/* about ourselves: `title` says it */

enum event_kind {
#define EVENT_KIND_CONSTANT(constant, word) EVENT_##constant,
	EVENT_KINDS(EVENT_KIND_CONSTANT)
#undef EVENT_KIND_CONSTANT
	EVENT_KIND_COUNT
};

/* Numbers as in the store: stable for ever, 0 for none. */
struct event {
	uint64_t number;
	uint64_t alarm;		/* the number of the event that raised it */
	int64_t at_us;		/* wall */
	uint32_t target, check;
	uint8_t kind;		/* enum event_kind */
	uint8_t from, to;	/* enum verdict */
	uint8_t severity;	/* enum severity */
	uint8_t cause;		/* enum alarm_cause */
	bool flaps;
	bool quiet;		/* of recording: no sink is told, see storm.h */
	/* For people; never NULL once it comes from the store, "" for nothing. */
	const char *target_name, *check_name, *title, *expected, *observed, *reason, *remedy;
};

const char *event_kind_word(enum event_kind kind);
const char *event_cause_word(enum alarm_cause cause);
/* One JSON object, the same for every sink that takes JSON. */
void event_to_json(const struct event *event, struct json *json, const char *key);

#endif
