/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields of lines: what would end one of them is escaped. What the agent writes down for itself
 * as text is made of them.
 */
#ifndef AGENT_ENGINE_FIELDS_H
#define AGENT_ENGINE_FIELDS_H

#include "ground/memory.h"
#include "ground/text.h"
#include "net/bytes.h"

/* end: '\t' or '\n'. */
void fields_add(struct text *out, const char *field, char end);
/* The field as it was; NULL when fields_add() cannot have written it. */
const char *fields_take(struct reader *line, struct arena *arena, char end);

#endif
