/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/run.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/collector.h"
#include "collectors/tls/tls_secrets.h"
#include "collectors/trust.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/fetch.h"
#include "net/proxy.h"

enum { DETAIL_MOST = 480 };

/* A collector's dialogue ends at the deadline by itself and knows at which step it was
 * waiting. Ours comes a little later, for those that do not. */
#define GRACE_US (50 * CLOCK_MILLISECOND)

enum progress { FINDING_PROXY, FINDING_HOST, COLLECTING, FINISHED };

struct assignment {
	struct run run;			/* first: a run is its assignment */
	struct request request;
	struct arena *arena;
	enum progress progress;
	bool started;			/* the collector was, so it must be stopped */
	struct proxy_place proxy;
	int proxy_family;
	struct lookup *lookup;
	struct timer deadline;
	int64_t started_us;
	struct observation *observation;
	void (*deliver)(void *arg, struct observation *observation);
	void *arg;
	struct assignment *next, **place;	/* place: what points to us */
};

struct runner {
	struct loop *loop;
	struct resolver *resolver;
	struct paths *paths;
	struct spares *spares;
	struct tls_keys *tls_keys;
	struct trust *trust;
	struct machine *machine;
	struct fetcher *fetcher;
	struct assignment *active;
	struct assignment *finished, **finished_end;
	struct timer deliver;
	size_t busy;
};

struct runner *runner_new(struct loop *loop, struct resolver *resolver)
{
	struct runner *runner = memory_new(1, sizeof *runner);

	runner->loop = loop;
	runner->resolver = resolver;
	runner->paths = paths_new();
	runner->spares = spares_new();
	runner->tls_keys = tls_keys_new();
	runner->trust = trust_new(-1);
	/* Who looks no names up meets no servers either. */
	if (resolver)
		runner->fetcher = fetcher_new(loop);
	runner->finished_end = &runner->finished;
	return runner;
}

void runner_take_bundle(struct runner *runner, int bundle)
{
	assert(!runner->busy);
	trust_free(runner->trust);
	runner->trust = trust_new(bundle);
}

void runner_take_machine(struct runner *runner, struct machine *machine)
{
	runner->machine = machine;
}

size_t runner_busy(const struct runner *runner)
{
	return runner->busy;
}

struct loop *run_loop(const struct run *run)
{
	return run->runner->loop;
}

struct resolver *run_resolver(const struct run *run)
{
	return run->runner->resolver;
}

struct paths *run_paths(const struct run *run)
{
	return run->runner->paths;
}

struct fetcher *run_fetcher(const struct run *run)
{
	return run->runner->fetcher;
}

struct spares *run_spares(const struct run *run)
{
	return run->runner->spares;
}

struct tls_keys *run_tls_keys(const struct run *run)
{
	return run->runner->tls_keys;
}

struct trust *run_trust(const struct run *run)
{
	return run->runner->trust;
}

struct machine *run_machine(const struct run *run)
{
	return run->runner->machine;
}

static void stop_collector(struct assignment *assignment)
{
	if (assignment->started)
		assignment->request.collector->stop(&assignment->run);
	assignment->started = false;
}

static void deliver(struct runner *runner, struct assignment *assignment)
{
	stop_collector(assignment);
	runner->busy--;
	assignment->deliver(assignment->arg, assignment->observation);
	arena_free(assignment->arena);
	free(assignment);
}

/* Those that finish while these are delivered get a turn of their own. */
static void deliver_finished(void *arg)
{
	struct runner *runner = arg;
	struct assignment *list = runner->finished, *next;

	runner->finished = NULL;
	runner->finished_end = &runner->finished;
	for (; list; list = next) {
		next = list->next;
		deliver(runner, list);
	}
}

/* Delivered from the loop, so that nobody is called back, or freed, from below his feet. */
static void finish(struct assignment *assignment, struct outcome outcome)
{
	struct runner *runner = assignment->run.runner;
	struct observation *observation = assignment->observation;

	assert(assignment->progress != FINISHED);
	assignment->progress = FINISHED;
	timer_stop(&assignment->deadline);
	if (assignment->lookup)
		lookup_cancel(assignment->lookup);
	observation->outcome = outcome;
	observation->address = assignment->run.route.peer;
	observation->elapsed_us = clock_monotonic_us() - assignment->started_us;

	*assignment->place = assignment->next;
	if (assignment->next)
		assignment->next->place = assignment->place;
	assignment->next = NULL;
	*runner->finished_end = assignment;
	runner->finished_end = &assignment->next;
	if (!runner->deliver.running)
		timer_start(&runner->deliver, runner->loop, 0, deliver_finished, runner);
}

static void fail(struct assignment *assignment, enum stage stage, enum reason reason)
{
	const struct collector *collector = assignment->request.collector;
	const struct outcome outcome = { .stage = stage, .reason = reason };

	if (!assignment->started && collector->unreached)
		collector->unreached(&assignment->run, outcome);
	finish(assignment, outcome);
}

void run_finish(struct run *run, struct outcome outcome)
{
	/* No collector stops by itself before it has finished. */
	if (outcome.reason == REASON_CANCELLED)
		run_note(run, "packets_per_second allows no more within the timeout");
	finish((struct assignment *)run, outcome);
}

void run_note(struct run *run, const char *format, ...)
{
	struct observation *observation = ((struct assignment *)run)->observation;
	struct text raw = { .limit = DETAIL_MOST }, safe = { 0 };
	va_list list;

	va_start(list, format);
	text_add_format_list(&raw, format, list);
	va_end(list);
	if (observation->detail) {
		text_add(&safe, observation->detail);
		text_add(&safe, "; ");
	}
	if (safe.length < DETAIL_MOST) {
		text_add_foreign(&safe, text_string(&raw), raw.length, DETAIL_MOST);
		free(observation->detail);
		observation->detail = text_take(&safe);
	}
	text_free(&safe);
	text_free(&raw);
}

static void deadline_has_passed(void *arg)
{
	struct assignment *assignment = arg;
	static const enum stage stages[] = {
		[FINDING_PROXY] = STAGE_PROXY,
		[FINDING_HOST] = STAGE_RESOLVE,
		[COLLECTING] = STAGE_REPLY,
	};

	fail(assignment, stages[assignment->progress], REASON_TIMED_OUT);
	/* At once: in a late turn its own timers are due as well, and it would finish again. */
	stop_collector(assignment);
}

/* What conversations may send, whoever holds them. */
static void take_budget(struct assignment *assignment)
{
	struct route *route = &assignment->run.route;
	const struct address *next = route->proxy.address.family ? &route->proxy.address
								 : &route->peer;

	if (!next->family)
		return;
	route->path = path_to(assignment->run.runner->paths, next);
	route->packets_per_second = assignment->request.packets_per_second;
}

static void collect(struct assignment *assignment)
{
	take_budget(assignment);
	assignment->progress = COLLECTING;
	timer_start(&assignment->deadline, assignment->run.runner->loop,
		    assignment->run.deadline_us + GRACE_US, deadline_has_passed, assignment);
	assignment->started = true;
	assignment->request.collector->start(&assignment->run);
}

/* Starts the lookup of a name, or answers at once when the resolver can. */
static void look_up(struct assignment *assignment, const char *host, int family,
		    void (*done)(void *arg, const struct resolution *resolution))
{
	struct runner *runner = assignment->run.runner;
	struct resolution resolution;

	if (resolver_knows(runner->resolver, host, family, &resolution)) {
		done(assignment, &resolution);
		return;
	}
	if (!assignment->deadline.running)
		timer_start(&assignment->deadline, runner->loop, assignment->run.deadline_us,
			    deadline_has_passed, assignment);
	assignment->lookup = resolver_lookup(runner->resolver, host, family, done, assignment);
}

/* A proxy looks the name up itself; that we cannot is no reason not to ask it. */
static bool proxy_may_know_better(const struct assignment *assignment, enum reason reason)
{
	return assignment->run.route.proxy.address.family &&
	       (reason == REASON_NAME_NOT_FOUND || reason == REASON_NAME_SERVER_FAILED ||
		reason == REASON_TIMED_OUT);
}

static void host_was_found(void *arg, const struct resolution *resolution)
{
	struct assignment *assignment = arg;

	assignment->lookup = NULL;
	if (resolution->reason == REASON_NONE) {
		assignment->run.route.peer = resolution->addresses[0];
	} else if (!proxy_may_know_better(assignment, resolution->reason)) {
		fail(assignment, STAGE_RESOLVE, resolution->reason);
		return;
	}
	collect(assignment);
}

/* The name for SNI, Host and the proxy: the one asked for, else the host unless it is
 * numeric. */
static const char *name_of(const struct assignment *assignment, const char *host)
{
	const struct request *request = &assignment->request;
	struct address address;

	if (request->by_address)
		return NULL;
	if (request->name)
		return request->name;
	return address_parse(host, &address) ? NULL : arena_copy(assignment->arena, host);
}

/* A proxy finds the hosts of URLs by itself, so that no name is looked up twice. */
static bool is_for_proxy_to_find(const struct assignment *assignment, const char *host)
{
	struct address address;

	return assignment->request.subject.kind == SUBJECT_URL &&
	       assignment->run.route.proxy.address.family && !assignment->request.by_address &&
	       !address_parse(host, &address);
}

static void find_host(struct assignment *assignment)
{
	const struct request *request = &assignment->request;
	const char *host = request->host;

	assignment->progress = FINDING_HOST;
	if (request->subject.kind == SUBJECT_NAME) {
		collect(assignment);
		return;
	}
	assignment->run.route.name = name_of(assignment, host);
	if (is_for_proxy_to_find(assignment, host))
		collect(assignment);
	else if (request->family)
		look_up(assignment, host, request->family, host_was_found);
	else
		fail(assignment, STAGE_RESOLVE, REASON_UNSUPPORTED);
}

static void find_proxy(struct assignment *assignment, int family);

static void proxy_was_found(void *arg, const struct resolution *resolution)
{
	struct assignment *assignment = arg;
	struct route *route = &assignment->run.route;

	assignment->lookup = NULL;
	if (resolution->reason == REASON_NONE) {
		route->proxy.address = resolution->addresses[0];
		route->proxy.address.port = assignment->proxy.port;
		route->proxy.authorization = assignment->proxy.authorization;
		find_host(assignment);
	} else if (assignment->proxy_family == 4 && !route->source.family) {
		find_proxy(assignment, 6);
	} else {
		run_note(&assignment->run, "%s: %s", assignment->proxy.host,
			 reason_sentence(resolution->reason));
		fail(assignment, STAGE_PROXY, resolution->reason);
	}
}

static void find_proxy(struct assignment *assignment, int family)
{
	assignment->progress = FINDING_PROXY;
	assignment->proxy_family = family;
	look_up(assignment, assignment->proxy.host, family, proxy_was_found);
}

static const char *wanted_proxy(const struct request *request)
{
	return request->collector->looks_itself ? NULL : request->proxy;
}

/* False when the source is none for such a peer. With a proxy it is the proxy that we
 * connect to, whatever the family of the target. */
static bool take_source(struct assignment *assignment)
{
	const struct request *request = &assignment->request;
	struct address *source = &assignment->run.route.source;

	if (!request->source)
		return true;
	if (address_parse(request->source, source) &&
	    (wanted_proxy(request) || !request->family || source->family == request->family))
		return true;
	run_note(&assignment->run, "%s is not an IPv%u address to send from", request->source,
		 request->family);
	return false;
}

static void begin(struct assignment *assignment)
{
	const struct request *request = &assignment->request;
	const struct address *source = &assignment->run.route.source;
	const char *proxy = wanted_proxy(request);

	if (request->collector->looks_inside) {
		collect(assignment);
	} else if (!take_source(assignment)) {
		fail(assignment, STAGE_CONNECT, REASON_SOURCE_UNAVAILABLE);
	} else if (!proxy) {
		find_host(assignment);
	} else if (proxy_parse(proxy, assignment->arena, &assignment->proxy)) {
		find_proxy(assignment, source->family ? source->family : 4);
	} else {
		run_note(&assignment->run, "a proxy is written http://user:password@host:port");
		fail(assignment, STAGE_PROXY, REASON_UNSUPPORTED);
	}
}

void runner_start(struct runner *runner, struct arena *arena, const struct request *request,
		  void (*deliver_to)(void *arg, struct observation *observation), void *arg)
{
	struct assignment *assignment = memory_new(1, sizeof *assignment);
	struct run *run = &assignment->run;

	assignment->arena = arena;
	assignment->request = *request;
	assignment->deliver = deliver_to;
	assignment->arg = arg;
	assignment->started_us = clock_monotonic_us();
	assignment->observation = observation_new();
	assignment->observation->started_wall_us = clock_wall_us();
	run->runner = runner;
	run->request = &assignment->request;
	run->facts = assignment->observation->facts;
	run->deadline_us = assignment->started_us + request->timeout_ms * CLOCK_MILLISECOND;

	assignment->next = runner->active;
	if (assignment->next)
		assignment->next->place = &assignment->next;
	assignment->place = &runner->active;
	runner->active = assignment;
	runner->busy++;
	begin(assignment);
}

void runner_free(struct runner *runner)
{
	if (!runner)
		return;
	while (runner->active)
		fail(runner->active, STAGE_PROBER, REASON_CANCELLED);
	deliver_finished(runner);
	assert(!runner->busy);
	timer_stop(&runner->deliver);
	paths_free(runner->paths);
	spares_free(runner->spares);
	tls_keys_free(runner->tls_keys);
	trust_free(runner->trust);
	fetcher_free(runner->fetcher);
	free(runner);
}
