/* SPDX-License-Identifier: Apache-2.0
 *
 * What a web server answers to one GET without credentials, and to a second one where the
 * first is sent on to another path of the same place: /admin to /admin/. Two at most.
 */
#include "config.h"
#include "collectors/http.h"

#include <stdlib.h>

#include "collectors/certificate_facts.h"
#include "collectors/collector.h"
#include "collectors/http_facts.h"
#include "collectors/trust.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/pace.h"

enum { HEAD_MOST = 32 << 10, BODY_MOST = 16 << 10 };

struct visit {
	struct run *run;
	struct url url;
	struct route route;
	char address[ADDRESS_ROOM];
	struct http_place place;
	struct http_target target;
	struct pace pace;
	struct fetch *fetch;
	void (*done)(void *arg, const struct fetch_end *end);
};

static bool is_wanted(const struct run *run, const struct fact_descriptor *about)
{
	int row = collector_fact_row(run->request->collector, about);

	return !run->request->wanted || (run->request->wanted >> row & 1);
}

static void go(void *arg, struct outcome outcome)
{
	struct visit *visit = arg;
	struct run *run = visit->run;
	const struct fetch_plan plan = {
		.url = &visit->url, .route = &visit->route,
		.agent = "ucposture/" PACKAGE_VERSION, .deadline_us = run->deadline_us,
		.most_head_bytes = HEAD_MOST,
		.most_body_bytes = is_wanted(run, &http_fact_table[HTTP_TITLE]) ? BODY_MOST : 0
	};

	if (outcome.reason == REASON_NONE)
		visit->fetch = fetch_start(run_fetcher(run), &plan, visit->done, visit);
	else
		run_finish(run, outcome);
}

static void ask(struct visit *visit, void (*done)(void *arg, const struct fetch_end *end))
{
	const struct run *run = visit->run;

	visit->done = done;
	pace_start(&visit->pace, run_loop(run), &visit->route, run->deadline_us, go, visit);
}

/* Also of a server whose handshake has failed after it. */
static void tell_certificate(const struct visit *visit, const struct fetch_end *end)
{
	struct run *run = visit->run;
	const struct exhibit exhibit = {
		.chain = end->chain, .staple = end->staple, .staple_open = end->tls_us < 0,
		.name = request_verified_name(run->request),
		.authorities = run->request->authorities,
		.cut = end->chain_cut,
		.wall_us = clock_wall_us()
	};

	if (end->chain.length)
		trust_examine(run_trust(run), &exhibit, run->facts);
}

static void second_has_come(void *arg, const struct fetch_end *end)
{
	struct visit *visit = arg;

	visit->fetch = NULL;
	if (end->outcome.reason == REASON_NONE)
		http_tell_final(end->status, &visit->place, visit->run->facts);
	run_finish(visit->run, end->outcome);
}

static bool follow(struct visit *visit, const struct fetch_end *end)
{
	if (!http_leads_on(end, &visit->place, &visit->target))
		return false;
	visit->place.path = visit->url.path = visit->target.path;
	ask(visit, second_has_come);
	return true;
}

static void first_has_come(void *arg, const struct fetch_end *end)
{
	struct visit *visit = arg;
	struct run *run = visit->run;

	visit->fetch = NULL;
	tell_certificate(visit, end);
	if (end->outcome.reason == REASON_NONE) {
		http_tell(end, &visit->place, run->facts);
		if (follow(visit, end))
			return;
		http_tell_final(end->status, &visit->place, run->facts);
	} else if (end->proxy_status) {
		run_note(run, "the proxy answers %u", end->proxy_status);
	}
	run_finish(run, end->outcome);
}

/* The host as it is asked for. */
static void make_place(struct visit *visit)
{
	const struct route *route = &visit->route;
	struct address address = route->peer;

	/* The zone is nobody else's business. */
	address.scope = 0;
	address_format(&address, visit->address);
	visit->place = (struct http_place){
		.scheme = url_encrypted(&visit->url) ? HTTP_SECURE : HTTP_PLAIN,
		.host = route->name ? route->name : visit->address,
		.port = visit->url.port,
		.path = visit->url.path
	};
}

static void http_start(struct run *run)
{
	struct visit *visit = memory_new(1, sizeof *visit);

	run->work = visit;
	visit->run = run;
	request_url(run->request, &visit->url);
	if (!*visit->url.path)
		visit->url.path = "/";
	visit->route = run->route;
	visit->route.peer.port = visit->url.port;
	if (visit->url.scheme == URL_HTTP || visit->url.scheme == URL_HTTPS) {
		make_place(visit);
		ask(visit, first_has_come);
	} else {
		run_finish(run, (struct outcome){ .stage = STAGE_REQUEST,
						  .reason = REASON_UNSUPPORTED });
	}
}

static void http_stop(struct run *run)
{
	struct visit *visit = run->work;

	pace_stop(&visit->pace);
	if (visit->fetch)
		fetch_cancel(visit->fetch);
	free(visit);
}

const struct collector http_collector = {
	.name = "http",
	.answers = "what a web server answers: status, redirects, headers and cookies",
	.kinds = SUBJECT_URL | SUBJECT_PATH,
	.subject = "/",
	.facts = http_fact_table,
	.also = certificate_fact_table,
	.start = http_start,
	.stop = http_stop
};
