/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine's side of its probers: starts them, hands them work, and starts another when
 * one dies. What a dead prober was busy with is answered `prober_died`.
 */
#ifndef AGENT_IPC_CREW_H
#define AGENT_IPC_CREW_H

#include "agent/ipc/messages.h"
#include "net/loop.h"

struct crew;

/* One prober for each CPU that we may use. */
unsigned crew_usual_size(void);
/* probers: 0: the usual size. Each is started when it is first needed; what looks
 * inside the machine, and what fetches documents, is done by one more of each kind. */
struct crew *crew_new(struct loop *loop, unsigned probers, const struct prober_settings *settings);
/* All that look at the network, now: crew_fence() then says whether they could be. */
void crew_start(struct crew *crew);
/* Ends the probers and waits for them; not to be called from a `done`. */
void crew_free(struct crew *crew);
/* key: the same key goes to the same prober, which then resolves a name and learns a path
 * once; keys below crew_size() each have a prober of their own. `done` is called exactly
 * once, never from inside this call, and takes the observation over. The request must live
 * until then. */
void crew_observe(struct crew *crew, uint32_t key, const struct request *request,
		  void (*done)(void *arg, struct observation *observation), void *arg);
/* Forgets all that is under way; their `done` will not be called. */
void crew_forget(struct crew *crew);
/* So many have yet to be answered, or were forgotten. */
size_t crew_under_way(const struct crew *crew);
size_t crew_size(const struct crew *crew);
/* What the weakest prober that looks at the network said of its fence; false while one has
 * not reported. */
bool crew_fence(const struct crew *crew, struct fence_report *report);
unsigned crew_restarts(const struct crew *crew);

#endif
