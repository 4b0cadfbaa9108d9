/* SPDX-License-Identifier: Apache-2.0
 *
 * A run is one observation under way in a prober. The runner resolves the host and the
 * proxy, starts the collector, watches over the deadline, and delivers what was seen:
 * families, deadlines and budgets are its business, never a collector's.
 */
#ifndef COLLECTORS_RUN_H
#define COLLECTORS_RUN_H

#include "collectors/observation.h"
#include "net/loop.h"
#include "net/path.h"
#include "net/resolve.h"
#include "net/route.h"
#include "net/spares.h"

struct fetcher;
struct machine;
struct runner;
struct tls_keys;
struct trust;

struct run {
	struct runner *runner;
	const struct request *request;
	struct route route;		/* peer without port: subjects say the port. Family 0:
					   nothing was looked up, for no address is needed */
	struct facts *facts;		/* the observation's */
	int64_t deadline_us;		/* absolute, monotonic */
	void *work;			/* the collector's own */
};

struct loop *run_loop(const struct run *run);
struct resolver *run_resolver(const struct run *run);
struct paths *run_paths(const struct run *run);
struct fetcher *run_fetcher(const struct run *run);
struct spares *run_spares(const struct run *run);
struct tls_keys *run_tls_keys(const struct run *run);
struct trust *run_trust(const struct run *run);
/* For collectors that look inside; NULL in all other probers. */
struct machine *run_machine(const struct run *run);

/* The only way out: reason NONE means observed. The run is dead afterwards, so this is
 * the last statement of a path. */
void run_finish(struct run *run, struct outcome outcome);
/* A few words more for people; foreign text is escaped. */
void run_note(struct run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The prober's side. The runner takes the request's arena over with it. `deliver` is called
 * exactly once for each start and takes the observation over. */
struct runner *runner_new(struct loop *loop, struct resolver *resolver);
/* The system's authorities, see trust_new(); without this call there are none. To be called
 * before the first start. */
void runner_take_bundle(struct runner *runner, int bundle);
/* For collectors that look inside; it stays the caller's. */
void runner_take_machine(struct runner *runner, struct machine *machine);
void runner_free(struct runner *runner);
void runner_start(struct runner *runner, struct arena *arena, const struct request *request,
		  void (*deliver)(void *arg, struct observation *observation), void *arg);
size_t runner_busy(const struct runner *runner);

#endif
