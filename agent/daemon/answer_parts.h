/* SPDX-License-Identifier: Apache-2.0
 *
 * How answers are made, for the files answers*.c only.
 */
#ifndef AGENT_DAEMON_ANSWER_PARTS_H
#define AGENT_DAEMON_ANSWER_PARTS_H

#include "agent/daemon/answers.h"
#include "ground/json.h"

struct answer {
	struct house *house;
	struct question question;
	struct arena *arena;
	struct json json;		/* its text is the one that is being added to */
	enum answer_state (*add)(struct answer *answer);	/* the next piece */
	/* Indexes are those of this plan; one that came into force later ends the answer. */
	const struct plan *plan;
	int64_t loaded_wall_us;
	bool begun;
	size_t next;			/* what comes next, as each counts it */
	bool *matched;			/* by word of the question */
	uint64_t *numbers;		/* of events to be told, newest first */
	size_t number_count, number_room;
	uint64_t told;			/* no event behind this one was looked at */
};

/* Opens the object that every answer is, and what all of them begin with. */
void answer_open(struct answer *answer);
enum answer_state answer_close(struct answer *answer);
/* In place of an answer: {"error":…} */
enum answer_state answer_refuse(struct answer *answer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The index of the target that the question names first; false after refusing. */
bool answer_find_target(struct answer *answer, size_t *target);
/* What is raised, as the member "alarm". */
void answer_add_alarm(struct json *json, const struct alarm *alarm, uint64_t raised);
/* An array of what stands in lines. */
void answer_add_lines(struct json *json, const char *key, const struct text *lines);

enum answer_state answer_status(struct answer *answer);
enum answer_state answer_targets(struct answer *answer);
enum answer_state answer_target(struct answer *answer);
enum answer_state answer_alarms(struct answer *answer);
enum answer_state answer_events(struct answer *answer);
enum answer_state answer_baseline(struct answer *answer);
enum answer_state answer_diff(struct answer *answer);
enum answer_state answer_reload(struct answer *answer);

#endif
