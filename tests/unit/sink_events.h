/* SPDX-License-Identifier: Apache-2.0
 *
 * Events for those who tell sinks: one that is plain, and hostile ones.
 */
#ifndef TESTS_UNIT_SINK_EVENTS_H
#define TESTS_UNIT_SINK_EVENTS_H

#include <stdio.h>

#include "agent/engine/event.h"
#include "tests/unit/hostile.h"

#define SINK_EVENT_AT INT64_C(1790000000000000)

/* "tls/tcp-443/versions" of "pbx-hamburg" is critical; number 17. */
static inline struct event sink_event(void)
{
	return (struct event){
		.number = 17,
		.alarm = 12,
		.at_us = SINK_EVENT_AT,
		.target = 1,
		.check = 2,
		.kind = EVENT_CHANGED,
		.from = VERDICT_WARNING,
		.to = VERDICT_CRITICAL,
		.severity = SEVERITY_CRITICAL,
		.cause = ALARM_BY_RESULT,
		.target_name = "pbx-hamburg",
		.check_name = "tls/tcp-443/versions",
		.title = "TLS 1.0 cannot be used",
		.expected = "no TLS1.0",
		.observed = "TLS1.0 TLS1.2",
		.reason = "violated",
		.remedy = "Switch it off",
	};
}

/* A word of the table, the long one, or three words in a row. */
static inline const char *hostile_text(uint32_t *chance, char room[static 256])
{
	const char *words[3];

	for (int i = 0; i < 3; i++) {
		*chance = *chance * 1664525 + 1013904223;
		words[i] = hostile_words[(*chance >> 8) % HOSTILE_WORDS];
	}
	if (*chance >> 29 == 0)
		return *chance >> 24 & 1 ? hostile_long() : "";
	if (*chance >> 29 < 4)
		return words[0];
	snprintf(room, 256, "%s%s%s", words[0], words[1], words[2]);
	return room;
}

/* Each of its texts is a hostile word, or some of them. Valid until the next call. */
static inline struct event hostile_event(unsigned number)
{
	static char rooms[7][256];
	struct event event = sink_event();
	const char **texts[] = { &event.target_name, &event.check_name, &event.title,
				 &event.expected,    &event.observed,	&event.reason,
				 &event.remedy };
	uint32_t chance = number * 2654435761U + 1;

	event.number = number;
	event.kind = (uint8_t)(number % EVENT_KIND_COUNT);
	event.from = (uint8_t)(number % VERDICT_COUNT);
	event.to = (uint8_t)(number / 7 % VERDICT_COUNT);
	event.severity = (uint8_t)(number / 3 % SEVERITY_COUNT);
	event.cause = (uint8_t)(number / 5 % ALARM_CAUSE_COUNT);
	event.flaps = number % 11 == 0;
	for (size_t i = 0; i < 7; i++)
		*texts[i] = hostile_text(&chance, rooms[i]);
	return event;
}

#endif
