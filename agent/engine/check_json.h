/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks and scores as JSON: the same members wherever they stand, in the report of a round and
 * in what the agent answers. docs/check.schema.json describes them.
 */
#ifndef AGENT_ENGINE_CHECK_JSON_H
#define AGENT_ENGINE_CHECK_JSON_H

#include "agent/engine/judge.h"
#include "ground/json.h"

/* Members of an object that is open. since_us: it has this verdict; 0: nobody knows. */
void check_to_json(const struct check *check, const struct judgement *judgement,
		   const char *title, int64_t since_us, struct json *json);
void score_to_json(const struct score *score, struct json *json);

#endif
