/* SPDX-License-Identifier: Apache-2.0
 *
 * The facts that `ucposture observe --facts` names.
 */
#ifndef AGENT_CLI_WANTED_H
#define AGENT_CLI_WANTED_H

#include "agent/cli/options.h"
#include "collectors/request.h"

struct facts;

/* As request.wanted has them; false, and `why`, when the collector knows no such fact. */
bool wanted_read(const struct strings *words, const struct collector *collector,
		 uint64_t *wanted, struct text *why);
/* A collector may have seen more on its way than was asked for. */
void wanted_keep(const struct request *request, struct facts *facts);

#endif
