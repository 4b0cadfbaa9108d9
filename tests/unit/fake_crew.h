/* SPDX-License-Identifier: Apache-2.0
 *
 * A crew that answers from the loop, a few at a time and oldest first, and notes how much it
 * was asked for at once.
 */
#ifndef TESTS_UNIT_FAKE_CREW_H
#define TESTS_UNIT_FAKE_CREW_H

#include "agent/ipc/crew.h"

enum { TARGETS_MOST = 40, WAITING_MOST = 8192 };

struct errand {
	void (*done)(void *arg, struct observation *observation);
	void *arg;
	uint32_t target, key;
	bool wide;
	uint16_t port;
};

struct crew {
	struct loop *loop;
	size_t size;
	struct timer answer;
	size_t answers_per_turn;	/* 0: never answers */
	bool silent;			/* its answers: nobody has answered */
	struct errand waiting[WAITING_MOST];
	size_t count;
	uint32_t order[WAITING_MOST];	/* targets, as they were asked for */
	size_t asked, forgotten;
	size_t narrow[TARGETS_MOST], wide[TARGETS_MOST], of_prober[TARGETS_MOST];
	size_t narrow_most, wide_most, prober_most;
	size_t at_port[UINT16_MAX + 1], port_most;
};

#endif
