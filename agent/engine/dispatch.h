/* SPDX-License-Identifier: Apache-2.0
 *
 * In which order what is due may begin: one after the other at one port of one host, so many
 * at once with one target, so many a second in all, and never so many with targets that keep
 * us waiting that the others would have to wait as well. Pure: the time is told, nothing is
 * looked at, nothing waits.
 */
#ifndef AGENT_ENGINE_DISPATCH_H
#define AGENT_ENGINE_DISPATCH_H

#include "agent/plan/plan.h"
#include "collectors/observation.h"

struct dispatch;

/* Of the plan's observations, for so many probers. */
struct dispatch *dispatch_new(const struct plan *plan, size_t probers, int64_t now_us);
void dispatch_free(struct dispatch *dispatch);
/* It is due; not to be said again before it has come. */
void dispatch_want(struct dispatch *dispatch, uint32_t number);
/* One that may begin now, and the key of its prober (crew_observe). false: none; *again_us:
 * when one may for the sake of time alone, INT64_MAX: not before something is wanted or comes. */
bool dispatch_take(struct dispatch *dispatch, int64_t now_us, uint32_t *number, uint32_t *key,
		   int64_t *again_us);
/* It is under way already, for the plan before: it counts as if it had been taken. */
void dispatch_adopt(struct dispatch *dispatch, uint32_t number);
/* What was taken has come. */
void dispatch_hear(struct dispatch *dispatch, uint32_t number,
		   const struct observation *observation);
/* After dispatch_hear(), until it is false: one that waited, and what it would find, which is
 * known: nobody answered there a moment ago. The observation is the caller's. */
bool dispatch_known(struct dispatch *dispatch, uint32_t *number,
		    struct observation **observation, int64_t wall_us);
size_t dispatch_waiting(const struct dispatch *dispatch);
size_t dispatch_under_way(const struct dispatch *dispatch);

#endif
