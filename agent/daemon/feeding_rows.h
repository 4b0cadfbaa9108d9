/* SPDX-License-Identifier: Apache-2.0
 *
 * What the engine knows, in the words of the feed: one message for one thing, made when it is to
 * be sent.
 */
#ifndef AGENT_DAEMON_FEEDING_ROWS_H
#define AGENT_DAEMON_FEEDING_ROWS_H

#include "agent/daemon/house.h"
#include "agent/mirror/feed.h"

struct feed_agent feeding_agent(const struct house *house);
struct feed_event feeding_event(const struct event *event);
void feeding_put_rule(struct writer *out, uint32_t number, const struct rule *rule);
/* By their indexes in the plan. */
void feeding_put_target(struct writer *out, const struct house *house, uint32_t target);
/* rule: the number of its rule. Its sight, if there is one, has the number of feeding_sight(). */
void feeding_put_check(struct writer *out, const struct house *house, uint32_t check,
		       uint32_t rule, int64_t wall_us);
/* 0 for NO_OBSERVATION. */
uint32_t feeding_sight(uint32_t observation);

#endif
