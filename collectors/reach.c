/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a host elsewhere, a vendor's push or licence server, can be reached from here as a
 * telephone system would: directly or through the proxy, as far as the answer. Which status
 * an answer has does not matter for that; that it was the proxy's own does.
 */
#include "collectors/reach.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/certificate_facts.h"
#include "collectors/reach_knock.h"
#include "collectors/trust.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/fetch.h"
#include "net/pace.h"
#include "net/url.h"

/* A reply's first line is the answer. What follows is not waited for, nor are long heads. */
enum { HEAD_MOST = 32 << 10 };

enum {
	ROW_OK,
	ROW_STAGE,
	ROW_REASON,
	ROW_PATH,
	ROW_ADDRESS,
	ROW_STATUS,
	ROW_SECONDS,
	ROW_RESOLVE_SECONDS,
	ROW_CONNECT_SECONDS,
	ROW_TLS_SECONDS,
	ROWS
};

static const char *const stage_words[] = { "resolve", "connect", "proxy", "tls", "reply", NULL };
static const char *const path_words[] = { "direct", "proxy", NULL };
/* Those for which the host, its name servers or the way to it are to blame. What is not
 * here says nothing of the host: that it has no address of this family, or our own want. */
static const char *const reason_words[] = {
	"refused", "timed_out", "unreachable", "prohibited", "closed_early", "reset", "malformed",
	"not_this_protocol", "too_much", "no_address_at_all", "name_not_found",
	"name_server_failed", "proxy_refused", "proxy_authentication", "tls_failed", NULL
};

static const struct fact_descriptor facts[] = {
	[ROW_OK] = {
		.name = "reach.ok", .type = FACT_BOOLEAN, .metric = "reach_success",
		.help = "Whether the host was reached and has answered, whatever it said; absent"
			" when that could not be found out."
	},
	[ROW_STAGE] = {
		.name = "reach.stage", .type = FACT_TEXT, .words = stage_words,
		.help = "How far it came: the last stage that was entered."
	},
	[ROW_REASON] = {
		.name = "reach.reason", .type = FACT_TEXT, .words = reason_words,
		.help = "Why it was not reached; absent when it was."
	},
	[ROW_PATH] = {
		.name = "reach.path", .type = FACT_TEXT, .words = path_words,
		.help = "Which way was tried."
	},
	[ROW_ADDRESS] = {
		.name = "reach.address", .type = FACT_TEXT,
		.lasting = FACT_FLEETS,
		.help = "The host's address that was tried; absent when a proxy chose it."
	},
	[ROW_STATUS] = {
		.name = "reach.status", .type = FACT_INTEGER,
		.help = "The host's HTTP status."
	},
	[ROW_SECONDS] = {
		.name = "reach.seconds", .type = FACT_REAL, .unit = "seconds",
		.metric = "reach_duration_seconds", .lasting = FACT_FLEETS,
		.help = "How long all of it took."
	},
	[ROW_RESOLVE_SECONDS] = {
		.name = "reach.resolve_seconds", .type = FACT_REAL, .unit = "seconds",
		.lasting = FACT_FLEETS,
		.help = "How long it took to find the address, the proxy's if there is one."
	},
	[ROW_CONNECT_SECONDS] = {
		.name = "reach.connect_seconds", .type = FACT_REAL, .unit = "seconds",
		.lasting = FACT_FLEETS,
		.help = "How long it took to connect, with what the proxy did for it."
	},
	[ROW_TLS_SECONDS] = {
		.name = "reach.tls_seconds", .type = FACT_REAL, .unit = "seconds",
		.lasting = FACT_FLEETS,
		.help = "How long the TLS handshake took."
	},
	[ROWS] = { .name = NULL }
};

struct attempt {
	struct run *run;
	struct url url;
	struct route route;
	struct pace pace;
	struct fetch *fetch;
	struct knock *knock;
};

/* --- what is told ---------------------------------------------------------- */

static void tell_text(const struct run *run, size_t row, const char *text)
{
	facts_set_text(run->facts, &facts[row], text);
}

static void tell_seconds(const struct run *run, size_t row, int64_t us)
{
	facts_set_real(run->facts, &facts[row], (double)us / CLOCK_SECOND);
}

static int64_t since_request(const struct run *run)
{
	return clock_monotonic_us() -
	       (run->deadline_us - run->request->timeout_ms * CLOCK_MILLISECOND);
}

static bool is_to_blame(enum reason reason)
{
	for (size_t i = 0; reason_words[i]; i++)
		if (!strcmp(reason_words[i], reason_word(reason)))
			return true;
	return false;
}

static const char *word_of_stage(enum stage stage)
{
	switch (stage) {
	case STAGE_RESOLVE:
		return "resolve";
	case STAGE_CONNECT:
		return "connect";
	case STAGE_PROXY:
		return "proxy";
	case STAGE_HANDSHAKE:
		return "tls";
	default:
		return "reply";
	}
}

static void tell_path(const struct run *run)
{
	tell_text(run, ROW_PATH, run->request->proxy ? "proxy" : "direct");
}

static void tell_failure(const struct run *run, struct outcome outcome)
{
	tell_seconds(run, ROW_SECONDS, since_request(run));
	if (!is_to_blame(outcome.reason))
		return;
	facts_set_boolean(run->facts, &facts[ROW_OK], false);
	tell_text(run, ROW_STAGE, word_of_stage(outcome.stage));
	tell_text(run, ROW_REASON, reason_word(outcome.reason));
}

static void tell_success(const struct attempt *attempt)
{
	const struct run *run = attempt->run;
	bool through = run->route.proxy.address.family;

	facts_set_boolean(run->facts, &facts[ROW_OK], true);
	tell_seconds(run, ROW_SECONDS, since_request(run));
	switch (attempt->url.scheme) {
	case URL_TCP:
		tell_text(run, ROW_STAGE, through ? "proxy" : "connect");
		break;
	case URL_TLS:
		tell_text(run, ROW_STAGE, "tls");
		break;
	default:
		tell_text(run, ROW_STAGE, "reply");
	}
}

static void tell_address(const struct attempt *attempt)
{
	char string[ADDRESS_ROOM];

	if (attempt->run->route.proxy.address.family)
		return;
	address_format(&attempt->run->route.peer, string);
	tell_text(attempt->run, ROW_ADDRESS, string);
}

static void tell_times(const struct attempt *attempt, int64_t connect_us, int64_t tls_us)
{
	if (connect_us >= 0)
		tell_seconds(attempt->run, ROW_CONNECT_SECONDS, connect_us);
	if (tls_us >= 0)
		tell_seconds(attempt->run, ROW_TLS_SECONDS, tls_us - connect_us);
}

static bool wants_certificate(const struct request *request)
{
	return !request->wanted || request->wanted >> ROWS;
}

/* What was shown, however the conversation ended. */
static void examine(const struct attempt *attempt, struct exhibit exhibit)
{
	struct run *run = attempt->run;

	exhibit.name = request_verified_name(run->request);
	exhibit.authorities = run->request->authorities;
	exhibit.wall_us = clock_wall_us();
	if (!reader_left(&exhibit.chain) || !wants_certificate(run->request))
		return;
	if (!trust_examine(run_trust(run), &exhibit, run->facts))
		run_note(run, "the server's certificate cannot be read");
}

static void conclude(const struct attempt *attempt, struct outcome outcome,
		     unsigned proxy_status)
{
	if (outcome.stage == STAGE_PROXY && proxy_status)
		run_note(attempt->run, "the proxy answered with status %u", proxy_status);
	if (outcome.reason == REASON_NONE)
		tell_success(attempt);
	else
		tell_failure(attempt->run, outcome);
	run_finish(attempt->run, outcome);
}

/* --- asking ---------------------------------------------------------------- */

static void fetched(void *arg, const struct fetch_end *end)
{
	struct attempt *attempt = arg;
	struct run *run = attempt->run;

	attempt->fetch = NULL;
	tell_times(attempt, end->connect_us, end->tls_us);
	if (end->status && end->outcome.stage != STAGE_PROXY)
		facts_set_integer(run->facts, &facts[ROW_STATUS], end->status);
	examine(attempt, (struct exhibit){ .chain = end->chain, .staple = end->staple,
					   .staple_open = end->tls_us < 0,
					   .cut = end->chain_cut });
	conclude(attempt, end->outcome, end->proxy_status ? end->proxy_status : end->status);
}

static void knocked(void *arg, const struct knock_end *end)
{
	struct attempt *attempt = arg;

	attempt->knock = NULL;
	tell_times(attempt, end->connect_us, end->tls_us);
	if (end->alert >= 0)
		run_note(attempt->run, "the server broke TLS off with alert %d", end->alert);
	examine(attempt, (struct exhibit){ .chain = end->chain, .staple = end->staple,
					   .staple_open = end->tls_us < 0,
					   .cut = end->chain_cut });
	conclude(attempt, end->outcome, end->proxy_status);
}

static void ask(void *arg, struct outcome outcome)
{
	struct attempt *attempt = arg;
	const struct fetch_plan plan = {
		.url = &attempt->url,
		.route = &attempt->route,
		.agent = "ucposture",
		.deadline_us = attempt->run->deadline_us,
		.most_head_bytes = HEAD_MOST
	};

	if (outcome.reason != REASON_NONE) {
		run_finish(attempt->run, outcome);
		return;
	}
	if (attempt->url.scheme == URL_TCP || attempt->url.scheme == URL_TLS) {
		attempt->route.tls = url_encrypted(&attempt->url);
		attempt->knock = knock_start(run_loop(attempt->run), &attempt->route,
					     plan.deadline_us, knocked, attempt);
		return;
	}
	attempt->fetch = fetch_start(run_fetcher(attempt->run), &plan, fetched, attempt);
}

static void reach_start(struct run *run)
{
	struct attempt *attempt = memory_new(1, sizeof *attempt);

	run->work = attempt;
	attempt->run = run;
	request_url(run->request, &attempt->url);
	attempt->route = run->route;
	attempt->route.peer.port = attempt->url.port;
	tell_path(run);
	tell_address(attempt);
	tell_seconds(run, ROW_RESOLVE_SECONDS, since_request(run));
	pace_start(&attempt->pace, run_loop(run), &attempt->route, run->deadline_us, ask, attempt);
}

static void reach_stop(struct run *run)
{
	struct attempt *attempt = run->work;

	pace_stop(&attempt->pace);
	if (attempt->knock)
		knock_cancel(attempt->knock);
	if (attempt->fetch)
		fetch_cancel(attempt->fetch);
	free(attempt);
}

static void reach_unreached(struct run *run, struct outcome outcome)
{
	tell_path(run);
	tell_failure(run, outcome);
}

const struct collector reach_collector = {
	.name = "reach",
	.answers = "Can a host elsewhere be reached from here, directly or through a proxy?",
	.kinds = SUBJECT_URL,
	.subject = "https://push.starface.de",
	.facts = facts,
	.also = certificate_fact_table,
	.unreached = reach_unreached,
	.start = reach_start,
	.stop = reach_stop
};
