/* SPDX-License-Identifier: Apache-2.0
 *
 * Carries the questions of a survey to the server, one connection after another, and tells
 * what it found out.
 */
#include "collectors/tls.h"

#include <stdlib.h>

#include "collectors/tls_facts.h"
#include "collectors/tls_insistence.h"
#include "collectors/tls_survey.h"
#include "collectors/tls_talk.h"
#include "ground/clock.h"
#include "ground/memory.h"

enum { PATIENCE_FACTOR = 3, CONNECTIONS_USUAL = 64 };

struct inquiry {
	struct run *run;
	struct tls_survey *survey;
	struct tls_peer peer;
	struct tls_talk *talk;
	struct tls_question question;
	struct tls_insisting *insisting;
	bool starttls_told;
	/* the answer that says most about why no TLS was heard */
	struct tls_answer telling;
	struct tls_flight telling_flight;
	struct starttls telling_starttls;
};

uint32_t tls_needs_ms(const struct request *request)
{
	uint64_t ms = (uint64_t)request->timeout_ms * PATIENCE_FACTOR;

	if (request->packets_per_second)
		ms += CONNECTIONS_USUAL * UINT64_C(1000) / request->packets_per_second;
	return ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

/* What it points to is gone when the talk is; what a failure is told by is not there. */
static void remember(struct inquiry *inquiry, const struct tls_answer *answer)
{
	const struct tls_flight *flight = answer->flight;

	inquiry->telling = *answer;
	inquiry->telling_flight = (struct tls_flight){
		.said = flight->said,
		.alerted = flight->alerted,
		.alert = flight->alert,
		.version = flight->version,
		.suite = flight->suite
	};
	for (size_t i = 0; i < sizeof flight->words; i++)
		inquiry->telling_flight.words[i] = flight->words[i];
	inquiry->telling.flight = &inquiry->telling_flight;
	if (!answer->starttls)
		return;
	inquiry->telling_starttls = *answer->starttls;
	inquiry->telling.starttls = &inquiry->telling_starttls;
}

/* The first that led to TLS counts: a later one may only have been too busy. */
static void tell_starttls(struct inquiry *inquiry, const struct tls_answer *answer)
{
	if (inquiry->starttls_told || !answer->starttls || !answer->starttls->secured)
		return;
	inquiry->starttls_told = true;
	tls_talk_tell_starttls(inquiry->run, answer);
}

static bool is_too_late(const struct inquiry *inquiry)
{
	return clock_monotonic_us() >= inquiry->run->deadline_us;
}

/* Whatever broke off a survey that had begun well is a failure of handshakes. */
static struct outcome outcome_of(const struct inquiry *inquiry)
{
	struct outcome outcome = tls_survey_outcome(inquiry->survey);

	if (outcome.reason == REASON_NONE && is_too_late(inquiry))
		outcome.reason = REASON_TIMED_OUT;
	if (outcome.reason != REASON_NONE && outcome.reason != REASON_CANCELLED)
		outcome.stage = STAGE_HANDSHAKE;
	return outcome;
}

static void conclude(struct inquiry *inquiry)
{
	struct run *run = inquiry->run;
	struct outcome outcome = outcome_of(inquiry);
	const char *note;

	if (!tls_survey_heard_tls(inquiry->survey)) {
		run_finish(run, tls_talk_failure(run, &inquiry->peer, &inquiry->telling));
		return;
	}
	for (size_t i = 0; (note = tls_survey_note(inquiry->survey, i)); i++)
		run_note(run, "%s", note);
	if (outcome.reason != REASON_NONE)
		run_note(run, "broken off at the %u. connection", inquiry->peer.connections);
	tls_survey_tell(inquiry->survey, run->facts);
	run_finish(run, outcome);
}

static void was_insisted(void *arg, enum tls_insistence found)
{
	struct inquiry *inquiry = arg;

	inquiry->insisting = NULL;
	if (found == TLS_INSISTS_UNKNOWN)
		run_note(inquiry->run, "the server asks for a certificate; whether it insists "
				       "could not be found out");
	else
		tls_survey_hear_handshake(inquiry->survey, found == TLS_INSISTS);
	conclude(inquiry);
}

static void ask(struct inquiry *inquiry);

static void was_answered(void *arg, const struct tls_answer *answer)
{
	struct inquiry *inquiry = arg;

	inquiry->talk = NULL;
	tls_survey_hear(inquiry->survey, answer);
	tell_starttls(inquiry, answer);
	if (tls_survey_answer_tells(inquiry->survey))
		remember(inquiry, answer);
	ask(inquiry);
}

static void ask(struct inquiry *inquiry)
{
	struct run *run = inquiry->run;
	struct tls_survey *survey = inquiry->survey;
	bool late = is_too_late(inquiry);

	if (!late && tls_survey_ask(survey, &inquiry->question))
		inquiry->talk = tls_talk_start(run, &inquiry->peer, &inquiry->question,
					       was_answered, inquiry);
	else if (!late && tls_survey_wants_handshake(survey) &&
		 tls_survey_outcome(survey).reason == REASON_NONE)
		inquiry->insisting = tls_insisting_start(
			run, tls_survey_is_nameless(survey) ? NULL : run->route.name,
			was_insisted, inquiry);
	else
		conclude(inquiry);
}

static void tls_start(struct run *run)
{
	struct inquiry *inquiry = memory_new(1, sizeof *inquiry);

	run->work = inquiry;
	inquiry->run = run;
	inquiry->survey = tls_survey_new(run->route.name, run->request->wanted);
	inquiry->telling.flight = &inquiry->telling_flight;
	if (run->request->subject.first == run->request->subject.last)
		ask(inquiry);
	else
		run_finish(run, (struct outcome){ STAGE_REQUEST, REASON_UNSUPPORTED, NULL });
}

static void tls_stop(struct run *run)
{
	struct inquiry *inquiry = run->work;

	if (inquiry->talk)
		tls_talk_cancel(inquiry->talk);
	if (inquiry->insisting)
		tls_insisting_cancel(inquiry->insisting);
	tls_survey_free(inquiry->survey);
	free(inquiry);
}

const struct collector tls_collector = {
	.name = "tls",
	.answers = "which versions, cipher suites and groups of TLS a server accepts",
	.kinds = SUBJECT_TCP | SUBJECT_TLS,
	.subject = "tcp/443",
	.facts = tls_fact_table,
	.needs_ms = tls_needs_ms,
	.start = tls_start,
	.stop = tls_stop
};
