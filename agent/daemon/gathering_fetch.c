/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/daemon/gathering_fetch.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "agent/plan/seen.h"
#include "collectors/document.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/text.h"
#include "net/url.h"

enum { TIMEOUT_MS = 20000, FAMILIES = 2, SHOWN_MOST = 300, JITTER_PARTS = 10 };
enum {
	STATUS_OK = 200,
	STATUS_NOT_MODIFIED = 304,
	STATUS_UNAUTHORIZED = 401,
	STATUS_FORBIDDEN = 403
};

struct fetching {
	struct crew *crew;
	struct arena *arena;
	struct url url;
	const char *sources[FAMILIES];	/* over IPv4 and IPv6 */
	struct document_terms terms;
	char *etag;
	struct request request;
	uint8_t preferred;		/* the version of IP that has worked last */
	bool second;			/* the other one is being tried */
	char *first_why;		/* why the first has failed */
	enum stage first_stage;
	bool under_way;
	void (*done)(void *arg, const struct fetching_end *end);
	void *arg;
	struct fetching *next, **place;	/* once it was given up; place: what points to us */
};

static const char *copy(struct arena *arena, const char *string)
{
	return string ? arena_copy(arena, string) : NULL;
}

struct fetching *fetching_new(struct crew *crew, const struct config *config,
			      const struct inventory_source *source)
{
	struct fetching *fetching = memory_new(1, sizeof *fetching);
	struct arena *arena = arena_new();
	const char *text = arena_copy(arena, source->url), *why;

	fetching->crew = crew;
	fetching->arena = arena;
	fetching->sources[0] = copy(arena, config->source.four);
	fetching->sources[1] = copy(arena, config->source.six);
	fetching->terms.authorization = copy(arena, source->authorization);
	if (!url_parse(text, &fetching->url, &why))
		abort();
	fetching->request = (struct request){
		.collector = &document_collector,
		.subject = { .kind = SUBJECT_URL, .first = fetching->url.port,
			     .last = fetching->url.port, .text = text },
		.host = fetching->url.host,
		.authorities = copy(arena, source->authorities),
		.proxy = copy(arena, source->proxy),
		.timeout_ms = TIMEOUT_MS,
		.packets_per_second = config->limits.packets_per_second,
		.terms = &fetching->terms,
	};
	return fetching;
}

void fetching_free(struct fetching *fetching)
{
	if (!fetching)
		return;
	free(fetching->first_why);
	free(fetching->etag);
	arena_free(fetching->arena);
	free(fetching);
}

/* The request must live until the crew has answered. */
void fetching_give_up(struct fetching *fetching, struct fetching_waits *waits)
{
	if (!fetching->under_way) {
		fetching_free(fetching);
		return;
	}
	fetching->done = NULL;
	fetching->next = waits->first;
	fetching->place = &waits->first;
	if (fetching->next)
		fetching->next->place = &fetching->next;
	waits->first = fetching;
}

void fetching_free_waits(struct fetching_waits *waits)
{
	while (waits->first) {
		struct fetching *fetching = waits->first;

		waits->first = fetching->next;
		fetching_free(fetching);
	}
}

const char *fetching_url(const struct fetching *fetching)
{
	return fetching->request.subject.text;
}

bool fetching_is_under_way(const struct fetching *fetching)
{
	return fetching->under_way;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

bool fetching_is_of(const struct fetching *fetching, const struct config *config,
		    const struct inventory_source *source)
{
	const struct request *request = &fetching->request;

	return same(request->subject.text, source->url) &&
	       same(request->authorities, source->authorities) &&
	       same(request->proxy, source->proxy) &&
	       same(fetching->terms.authorization, source->authorization) &&
	       same(fetching->sources[0], config->source.four) &&
	       same(fetching->sources[1], config->source.six) &&
	       request->packets_per_second == config->limits.packets_per_second;
}

int64_t fetching_jitter(const struct fetching *fetching, int64_t us)
{
	uint64_t hash = seen_hash(SEEN_HASH_BEGIN, fetching_url(fetching));

	hash = seen_hash_number(hash, (uint64_t)clock_wall_us());
	hash = seen_hash_number(hash, (uint64_t)getpid());
	return us - (int64_t)((hash >> 16) % (uint64_t)(us / JITTER_PARTS + 1));
}

/* --- what an answer means -------------------------------------------------- */

static const char *text_of(const struct observation *observation, enum document_fact which)
{
	const struct fact *fact = facts_get(observation->facts, document_fact(which));

	return fact ? fact->text : NULL;
}

static int64_t status_of(const struct observation *observation)
{
	const struct fact *fact =
		facts_get(observation->facts, document_fact(DOCUMENT_STATUS));

	return fact ? fact->integer : 0;
}

static void say_failure(const struct observation *observation, struct text *why)
{
	const struct outcome *outcome = &observation->outcome;

	if (outcome->stage == STAGE_REPLY && outcome->reason == REASON_TOO_MUCH)
		text_add_format(why, "the document is larger than %d MB", DOCUMENT_MOST >> 20);
	else if (outcome->stage == STAGE_REPLY && outcome->reason == REASON_MALFORMED)
		text_add(why, "what came is not a whole document");
	else
		text_add(why, observation->detail ? observation->detail
						  : reason_sentence(outcome->reason));
}

static void say_status(const struct observation *observation, struct text *why)
{
	const char *location = text_of(observation, DOCUMENT_LOCATION);
	int64_t status = status_of(observation);

	text_add_format(why, "the server answers with status %d", (int)status);
	if (status >= 300 && status < 400 && location)
		text_add_format(why, " and sends us to %s, where we do not follow: name the"
				" place itself", location);
	else if (status == STATUS_UNAUTHORIZED || status == STATUS_FORBIDDEN)
		text_add(why, ": see authorization_file");
}

/* A page where people log in comes with status 200 as well. */
static bool is_page(const struct observation *observation)
{
	const char *type = text_of(observation, DOCUMENT_TYPE);

	return type && !strncasecmp(type, "text/html", strlen("text/html"));
}

/* What is wrong with it, or nothing. */
static void judge(const struct observation *observation, bool asked_for_change,
		  struct text *why)
{
	int64_t status = status_of(observation);

	if (observation->outcome.reason != REASON_NONE)
		say_failure(observation, why);
	else if (status != STATUS_OK && !(status == STATUS_NOT_MODIFIED && asked_for_change))
		say_status(observation, why);
	else if (status == STATUS_OK && is_page(observation))
		text_add(why, "the server answers with a web page, which is no inventory");
	else if (status == STATUS_OK && !text_of(observation, DOCUMENT_BODY))
		text_add(why, "the answer is damaged");
}

/* --- asking ---------------------------------------------------------------- */

static void ask(struct fetching *fetching);

static void leave_waits(struct fetching *fetching)
{
	*fetching->place = fetching->next;
	if (fetching->next)
		fetching->next->place = fetching->place;
	fetching_free(fetching);
}

/* Numeric hosts have one, and a proxy finds its own. */
static bool has_other_family(const struct fetching *fetching)
{
	struct address address;

	return fetching->request.family && !address_parse(fetching->url.host, &address);
}

/* With two failures the one counts that came further: a name without an IPv6 address is not
 * what is wrong with its server. */
static void finish(struct fetching *fetching, const struct observation *observation,
		   const char *why)
{
	struct fetching_end end = { .why = why };
	char *first = fetching->first_why;

	fetching->first_why = NULL;
	if (why && first && fetching->first_stage > observation->outcome.stage)
		end.why = first;
	if (!why) {
		end.body = text_of(observation, DOCUMENT_BODY);
		end.etag = text_of(observation, DOCUMENT_ETAG);
		fetching->preferred = fetching->request.family;
	}
	fetching->under_way = false;
	fetching->done(fetching->arg, &end);
	free(first);
}

static void has_answered(void *arg, struct observation *observation)
{
	struct fetching *fetching = arg;
	struct text why = { .limit = SHOWN_MOST };

	if (!fetching->done) {
		leave_waits(fetching);
		observation_free(observation);
		return;
	}
	judge(observation, fetching->terms.etag, &why);
	if (observation->outcome.reason != REASON_NONE && !fetching->second &&
	    has_other_family(fetching)) {
		fetching->second = true;
		fetching->first_why = text_take(&why);
		fetching->first_stage = observation->outcome.stage;
		ask(fetching);
	} else {
		finish(fetching, observation, why.length ? text_string(&why) : NULL);
	}
	text_free(&why);
	observation_free(observation);
}

static uint8_t family_of(const struct fetching *fetching)
{
	uint8_t first = fetching->preferred ? fetching->preferred : 6;
	struct address address;

	if (address_parse(fetching->url.host, &address))
		return address.family;
	if (fetching->request.proxy)
		return 0;
	return fetching->second ? (uint8_t)(4 + 6 - first) : first;
}

static const char *source_for(const struct fetching *fetching, uint8_t family)
{
	const char *four = fetching->sources[0], *six = fetching->sources[1];

	if (!family)
		return four ? four : six;
	return family == 4 ? four : six;
}

static void ask(struct fetching *fetching)
{
	fetching->request.family = family_of(fetching);
	fetching->request.source = source_for(fetching, fetching->request.family);
	crew_observe(fetching->crew, 0, &fetching->request, has_answered, fetching);
}

void fetching_move(struct fetching *fetching, struct crew *crew)
{
	fetching->crew = crew;
	if (fetching->under_way)
		ask(fetching);
}

void fetching_start(struct fetching *fetching, const char *etag,
		    void (*done)(void *arg, const struct fetching_end *end), void *arg)
{
	free(fetching->etag);
	fetching->terms.etag = fetching->etag = memory_copy(etag);
	fetching->done = done;
	fetching->arg = arg;
	fetching->second = false;
	fetching->under_way = true;
	ask(fetching);
}
