/* SPDX-License-Identifier: Apache-2.0
 *
 * Below TLS 1.3 a server shows its certificates in plain text: a hello is all it takes, and
 * nobody on our side computes anything. Only a server that refuses such a hello is asked
 * into a handshake of 1.3, as far as its certificate.
 */
#include "collectors/certificate.h"

#include <assert.h>
#include <stdlib.h>

#include "collectors/certificate_facts.h"
#include "collectors/tls/tls_secrets.h"
#include "collectors/tls/tls_suites.h"
#include "collectors/tls_talk.h"
#include "collectors/trust.h"
#include "ground/clock.h"
#include "ground/memory.h"

enum { SUITES_MOST = 512, GROUPS_USUAL = 12 };

/* What clients of today ask for first, in their order: from a server with several
 * certificates we want the one that they see. */
static const uint16_t usual_suites[] = {
	0xc02b, 0xc02f, 0xcca9, 0xcca8, 0xc02c, 0xc030,	/* ECDHE with AEAD */
	0xc00a, 0xc009, 0xc013, 0xc014,			/* ECDHE with CBC */
	0x009e, 0x009f, 0xccaa, 0x0033, 0x0039,		/* DHE-RSA */
	0x009c, 0x009d, 0x002f, 0x0035, 0x000a		/* RSA */
};
/* Those for which we can derive keys: tls_secrets.c. */
static const uint16_t suites_of_1_3[] = { 0x1301, 0x1302, 0x1303, 0x1304, 0x1305 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Which suites below 1.3 a hello has. */
enum breadth { BREADTH_COMMON, BREADTH_ALL, BREADTH_UNCERTIFIED };

/* One hello after another, until one is answered with a certificate. */
struct attempt {
	uint16_t version;
	enum breadth breadth;
	bool bare;
	bool for_silent;	/* also for a peer that has never said a byte */
};

static const struct attempt attempts[] = {
	{ TLS_VERSION_1_2, BREADTH_COMMON, false, true },
	{ TLS_VERSION_1_3, BREADTH_COMMON, false, true },
	/* Old servers that hang up where they hear of something new. */
	{ TLS_VERSION_1_0, BREADTH_COMMON, true, true },
	{ TLS_VERSION_1_2, BREADTH_ALL, false, false },
	{ TLS_VERSION_1_0, BREADTH_COMMON, false, false },
	{ TLS_VERSION_SSL3, BREADTH_COMMON, true, false },
	/* Who has none to show: to say so. */
	{ TLS_VERSION_1_2, BREADTH_UNCERTIFIED, false, false },
};

struct search {
	struct run *run;
	struct tls_peer peer;
	struct tls_talk *talk;		/* NULL: none is under way */
	struct tls_question question;
	uint16_t suites[SUITES_MOST];
	size_t at;			/* which attempt */
	bool nameless;			/* ask without SNI */
	/* the answer by which a failure is told */
	struct tls_answer heard;
	struct tls_flight heard_flight;
};

/* --- what to ask ----------------------------------------------------------- */

static bool belongs(const struct tls_suite *suite, const struct attempt *attempt)
{
	bool certified = suite->traits & TLS_SUITE_CERTIFICATE;

	if (suite->traits & TLS_SUITE_ONLY_1_3)
		return false;
	if (attempt->version < TLS_VERSION_1_2 && suite->traits & TLS_SUITE_SINCE_1_2)
		return false;
	if (attempt->breadth == BREADTH_UNCERTIFIED)
		return !certified;
	return certified && (attempt->breadth == BREADTH_ALL || suite->traits & TLS_SUITE_COMMON);
}

/* The usual ones first, the others in the order of the registry. */
static void choose_suites(struct search *search, const struct attempt *attempt)
{
	struct tls_offer *offer = &search->question.offer;
	const struct tls_suite *registry = tls_suite_at(0);
	bool usual[SUITES_MOST] = { false };
	size_t count = 0;

	assert(tls_suite_count() <= SUITES_MOST);
	for (size_t i = 0; i < COUNT(usual_suites); i++) {
		const struct tls_suite *suite = tls_suite_of(usual_suites[i]);

		usual[suite - registry] = true;
		if (belongs(suite, attempt))
			search->suites[count++] = suite->value;
	}
	for (size_t i = 0; i < tls_suite_count(); i++)
		if (!usual[i] && belongs(&registry[i], attempt))
			search->suites[count++] = registry[i].value;
	offer->suites = search->suites;
	offer->suite_count = count;
	offer->groups = tls_groups(&offer->group_count);
	if (attempt->breadth == BREADTH_COMMON && offer->group_count > GROUPS_USUAL)
		offer->group_count = GROUPS_USUAL;
}

static bool wants_staple(const struct request *request)
{
	return !request->wanted || request->wanted >> CERT_OCSP_STAPLE & 1;
}

static void make_question(struct search *search)
{
	const struct attempt *attempt = &attempts[search->at];
	struct tls_offer *offer = &search->question.offer;

	search->question = (struct tls_question){
		.until = attempt->breadth == BREADTH_UNCERTIFIED ? TLS_UNTIL_HELLO
								 : TLS_UNTIL_CERTIFICATE,
		.keys = attempt->version == TLS_VERSION_1_3
	};
	offer->version = attempt->version;
	offer->bare = attempt->bare;
	offer->staple = !attempt->bare && wants_staple(search->run->request);
	offer->name = search->nameless ? NULL : search->run->route.name;
	if (attempt->version == TLS_VERSION_1_3) {
		offer->suites = suites_of_1_3;
		offer->suite_count = COUNT(suites_of_1_3);
		offer->groups = tls_keys_groups(&offer->group_count);
	} else {
		choose_suites(search, attempt);
	}
}

/* --- what was answered ----------------------------------------------------- */

static void take_answer(void *arg, const struct tls_answer *answer);

static void ask(struct search *search)
{
	make_question(search);
	search->talk = tls_talk_start(search->run, &search->peer, &search->question, take_answer,
				      search);
}

static bool examine(const struct search *search, const struct tls_answer *answer)
{
	const struct tls_flight *flight = answer->flight;
	struct run *run = search->run;
	struct exhibit exhibit = {
		.name = request_verified_name(run->request),
		.authorities = run->request->authorities,
		.cut = flight->chain_cut || !flight->complete,
		.staple_open = !search->question.offer.staple || !flight->complete,
		.wall_us = clock_wall_us()
	};

	reader_init(&exhibit.chain, flight->chain.bytes, flight->chain.length);
	reader_init(&exhibit.staple, flight->staple.bytes, flight->staple.length);
	return trust_examine(run_trust(run), &exhibit, run->facts);
}

static struct outcome handshake_failed(enum reason reason)
{
	return (struct outcome){
		.stage = STAGE_HANDSHAKE, .reason = reason, .step = "certificate"
	};
}

/* What was shown is told, however the conversation ended. */
static void conclude(struct search *search, const struct tls_answer *answer)
{
	const struct tls_flight *flight = answer->flight;
	struct run *run = search->run;
	bool readable = flight->chain_elements && examine(search, answer);
	struct outcome outcome = { .reason = REASON_NONE };

	tls_talk_tell_starttls(search->run, answer);
	if (flight->chain_cut) {
		run_note(run, "the server sends more certificates, or larger ones, than the %zu"
			      " that were taken", flight->chain_elements);
		outcome = handshake_failed(REASON_TOO_MUCH);
	} else if (!readable) {
		run_note(run, "the server's certificate cannot be read");
		outcome = handshake_failed(REASON_MALFORMED);
	} else if (!flight->complete) {
		outcome = tls_talk_failure(run, &search->peer, answer);
	}
	run_finish(run, outcome);
}

/* A hello that led to nothing says more than an alert, and an alert more than silence; of
 * two alike the first is what a usual client gets. */
static int telling(const struct tls_flight *flight)
{
	switch (flight->said) {
	case TLS_SAID_HELLO:
		return 3;
	case TLS_SAID_RETRY:
		return 2;
	case TLS_SAID_ALERT:
		return 1;
	default:
		return 0;
	}
}

static void remember(struct search *search, const struct tls_answer *answer)
{
	const struct tls_flight *flight = answer->flight;

	if (telling(flight) <= telling(&search->heard_flight))
		return;
	search->heard.end = answer->end;
	search->heard.flight = &search->heard_flight;
	search->heard_flight = (struct tls_flight){
		.said = flight->said,
		.alerted = flight->alerted,
		.alert = flight->alert,
		.version = flight->version,
		.suite = flight->suite
	};
}

static bool is_uncertified(const struct tls_flight *flight)
{
	const struct tls_suite *suite = tls_suite_of(flight->suite);

	return flight->said == TLS_SAID_HELLO && suite &&
	       !(suite->traits & (TLS_SUITE_CERTIFICATE | TLS_SUITE_ONLY_1_3));
}

static void fail(struct search *search, const struct tls_answer *answer)
{
	struct run *run = search->run;
	const struct tls_answer *told = search->heard.flight ? &search->heard : answer;
	struct outcome outcome;

	tls_talk_tell_starttls(search->run, answer);
	if (is_uncertified(told->flight)) {
		run_note(run, "TLS is spoken here, but only with suites in which a server shows no"
			      " certificate, such as %s", tls_suite_of(told->flight->suite)->name);
		outcome = handshake_failed(REASON_TLS_FAILED);
	} else {
		outcome = tls_talk_failure(run, &search->peer, told);
	}
	run_finish(run, outcome);
}

/* Nobody there with whom another hello could be tried. */
static bool is_hopeless(const struct tls_answer *answer)
{
	return answer->flight->said == TLS_SAID_PLAIN_TEXT || answer->end.connect_us < 0 ||
	       answer->end.outcome.stage == STAGE_PROXY ||
	       (answer->starttls && !answer->starttls->secured);
}

static bool dislikes_the_name(const struct search *search, const struct tls_answer *answer)
{
	const struct tls_flight *flight = answer->flight;

	return !search->nameless && search->question.offer.name && flight->alerted &&
	       flight->alert == TLS_ALERT_UNRECOGNIZED_NAME;
}

/* Silent peers get few chances; and whether it can do without a certificate is no question
 * for who has agreed to show one. */
static bool is_worth_asking(const struct search *search, const struct attempt *attempt)
{
	if (attempt->breadth == BREADTH_UNCERTIFIED)
		return search->peer.spoke && search->heard_flight.said != TLS_SAID_HELLO;
	return search->peer.spoke || attempt->for_silent;
}

/* False: nothing is left to be asked. */
static bool ask_otherwise(struct search *search, const struct tls_answer *answer)
{
	if (dislikes_the_name(search, answer)) {
		search->nameless = true;
		ask(search);
		return true;
	}
	do
		search->at++;
	while (search->at < COUNT(attempts) && !is_worth_asking(search, &attempts[search->at]));
	if (search->at == COUNT(attempts))
		return false;
	ask(search);
	return true;
}

static void take_answer(void *arg, const struct tls_answer *answer)
{
	struct search *search = arg;

	search->talk = NULL;
	remember(search, answer);
	if (answer->flight->chain_elements || answer->flight->chain_cut)
		conclude(search, answer);
	else if (is_hopeless(answer) || !ask_otherwise(search, answer))
		fail(search, answer);
}

static void certificate_start(struct run *run)
{
	struct search *search = memory_new(1, sizeof *search);

	run->work = search;
	search->run = run;
	if (run->request->subject.first == run->request->subject.last)
		ask(search);
	else
		run_finish(run, (struct outcome){ STAGE_REQUEST, REASON_UNSUPPORTED, NULL });
}

static void certificate_stop(struct run *run)
{
	struct search *search = run->work;

	if (search->talk)
		tls_talk_cancel(search->talk);
	free(search);
}

const struct collector certificate_collector = {
	.name = "certificate",
	.answers = "Whose certificate does a TLS server show, until when, and who trusts it?",
	.kinds = SUBJECT_TCP | SUBJECT_TLS,
	.subject = "tcp/443",
	.facts = certificate_fact_table,
	.start = certificate_start,
	.stop = certificate_stop
};
