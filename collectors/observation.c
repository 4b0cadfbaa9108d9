/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/observation.h"

#include <stdlib.h>

#include "collectors/collector.h"
#include "ground/clock.h"
#include "ground/memory.h"

struct observation *observation_new(void)
{
	struct observation *observation = memory_new(1, sizeof *observation);

	observation->facts = facts_new();
	return observation;
}

void observation_free(struct observation *observation)
{
	if (!observation)
		return;
	facts_free(observation->facts);
	free(observation->detail);
	free(observation->step);
	free(observation);
}

static void outcome_to_json(const struct outcome *outcome, struct json *json)
{
	if (outcome->reason == REASON_NONE) {
		json_string(json, "outcome", "observed");
		json_null(json, "stage");
		json_null(json, "reason");
		return;
	}
	json_string(json, "outcome", "failed");
	json_string(json, "stage", stage_word(outcome->stage));
	json_string(json, "reason", reason_word(outcome->reason));
}

void observation_to_json(const struct observation *observation, const struct request *request,
			 struct json *json, const char *key)
{
	char address[ADDRESS_ROOM], started[CLOCK_STAMP_ROOM];

	json_open_object(json, key);
	json_string(json, "collector", request->collector->name);
	json_string(json, "subject", request->subject.text);
	json_string(json, "host", *request->host ? request->host : NULL);
	if (observation->address.family)
		address_format(&observation->address, address);
	json_string(json, "address", observation->address.family ? address : NULL);
	if (request->family)
		json_integer(json, "family", request->family);
	else
		json_null(json, "family");
	clock_format(observation->started_wall_us, started);
	json_string(json, "started", started);
	json_real(json, "seconds", (double)observation->elapsed_us / CLOCK_SECOND, 6);
	outcome_to_json(&observation->outcome, json);
	json_string(json, "step", observation->outcome.step);
	json_string(json, "detail", observation->detail);
	facts_to_json(observation->facts, json, "facts");
	json_close_object(json);
}
