/* SPDX-License-Identifier: Apache-2.0
 *
 * How one source at a distance is asked: through the crew, over one version of IP and then the
 * other, and what its answer means.
 */
#ifndef AGENT_DAEMON_GATHERING_FETCH_H
#define AGENT_DAEMON_GATHERING_FETCH_H

#include "agent/ipc/crew.h"
#include "agent/plan/config.h"

struct fetching;

/* What came of it; lives until `done` returns. */
struct fetching_end {
	const char *why;	/* it could not be had, for people; NULL: it could */
	const char *body;	/* NULL: it is as before */
	const char *etag;	/* of the body; NULL: none */
};

/* Those that were given up while they waited; the crew has yet to answer them. */
struct fetching_waits {
	struct fetching *first;
};

/* Copies all of the source that it needs. */
struct fetching *fetching_new(struct crew *crew, const struct config *config,
			      const struct inventory_source *source);
/* `done` will not be called. */
void fetching_give_up(struct fetching *fetching, struct fetching_waits *waits);
/* When the crew answers no more. */
void fetching_free(struct fetching *fetching);
void fetching_free_waits(struct fetching_waits *waits);

/* The crew it asked is gone: whatever waits is asked of this one. */
void fetching_move(struct fetching *fetching, struct crew *crew);

const char *fetching_url(const struct fetching *fetching);
/* Whether this source would be asked in the same way. */
bool fetching_is_of(const struct fetching *fetching, const struct config *config,
		    const struct inventory_source *source);
/* A little less than that, so that not all agents of a house come at once. */
int64_t fetching_jitter(const struct fetching *fetching, int64_t us);
bool fetching_is_under_way(const struct fetching *fetching);
/* etag: of what is there; NULL: nothing. `done` is called once, never from inside. */
void fetching_start(struct fetching *fetching, const char *etag,
		    void (*done)(void *arg, const struct fetching_end *end), void *arg);

#endif
