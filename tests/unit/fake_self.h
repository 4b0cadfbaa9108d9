/* SPDX-License-Identifier: Apache-2.0
 *
 * The agent's own alarms, as far as sinks are concerned, in place of agent/engine/self.c: what
 * is said of them is an event, as it is with the real ones, and can be looked at.
 */
#ifndef TESTS_UNIT_FAKE_SELF_H
#define TESTS_UNIT_FAKE_SELF_H

#include "agent/engine/self.h"

struct self {
	struct store *store;
	uint32_t check;
	bool bad;
	struct text log;	/* [said] <noted> */
};

#endif
