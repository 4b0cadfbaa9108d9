/* SPDX-License-Identifier: Apache-2.0
 *
 * Says in words for administrators what libyaml found wrong. Only the tree calls it.
 */
#ifndef AGENT_PLAN_SYNTAX_H
#define AGENT_PLAN_SYNTAX_H

#include <yaml.h>

#include "agent/plan/problems.h"

/* The bytes are those that the parser was given. */
void syntax_explain(const yaml_parser_t *parser, const char *file, const char *bytes,
		    size_t length, struct problems *problems);

#endif
