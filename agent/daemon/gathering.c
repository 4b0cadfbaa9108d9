/* SPDX-License-Identifier: Apache-2.0
 *
 * What has come is fresh until the user has said that it can be used: then it is in force, and
 * its copy is written. What was in force stays until then, and when nothing comes any more.
 */
#include "agent/daemon/gathering.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/daemon/gathering_copies.h"
#include "agent/daemon/gathering_fetch.h"
#include "agent/daemon/gathering_files.h"
#include "agent/engine/hiring.h"
#include "agent/plan/seen.h"
#include "ground/clock.h"
#include "ground/log.h"
#include "ground/memory.h"
#include "net/loop.h"

/* After a failure; twice as long after each further one, up to the usual time. */
#define AGAIN_LEAST_US (5 * CLOCK_SECOND)
#define WAIT_TURN_US (100 * CLOCK_MILLISECOND)
enum { DOUBLINGS_MOST = 20, SAID_MOST = 600 };

static const char useless[] = "what it says is of no use";

struct document {
	char *body, *etag;		/* body NULL: there is none */
};

struct source {
	struct gathering *gathering;
	struct fetching *fetching;
	int64_t refresh_us;
	struct timer next;
	struct document now;		/* in force, once it was offered */
	struct document fresh;		/* came, and has yet to be offered */
	bool offered;			/* `now` is; `fresh` is what it would replace */
	uint64_t refused;		/* hash of a body that was of no use; 0: none was */
	unsigned failures;		/* without a success since */
	bool answered;			/* at least once, in whichever way */
	char *why;			/* it could not be had; NULL: it could */
};

struct gathering {
	struct loop *loop;
	struct crew *crew;		/* with one prober, which fetches; NULL: none was needed */
	struct prober_settings settings;	/* of that */
	char *folder;			/* NULL: nothing is kept */
	struct gathering_user user;
	bool once;			/* there is no user */
	struct source **sources;
	size_t count;
	struct fetching_waits waits;
	struct timer offer;
	struct gathering_files *files;	/* NULL when nobody wants to know */
	char *files_why;		/* what the files hold now is of no use */
	char *told;			/* the user was; NULL: that nothing is wrong */
	bool has_told;			/* either */
	struct inventory_document *items;
	struct inventory_fetched fetched;
};

/* --- documents and sources ------------------------------------------------- */

static void document_clear(struct document *document)
{
	free(document->body);
	free(document->etag);
	*document = (struct document){ 0 };
}

static void exchange(struct source *source)
{
	struct document now = source->now;

	source->now = source->fresh;
	source->fresh = now;
	source->offered = !source->offered;
}

static void source_free(struct source *source)
{
	timer_stop(&source->next);
	fetching_give_up(source->fetching, &source->gathering->waits);
	document_clear(&source->now);
	document_clear(&source->fresh);
	free(source->why);
	free(source);
}

static const char *url_of(const struct source *source)
{
	return fetching_url(source->fetching);
}

static bool all_have_answered(const struct gathering *gathering)
{
	for (size_t i = 0; i < gathering->count; i++)
		if (!gathering->sources[i]->answered || gathering->sources[i]->fresh.body)
			return false;
	return true;
}

/* --- what is told ---------------------------------------------------------- */

static void tell(struct gathering *gathering)
{
	struct text why = { .limit = SAID_MOST };
	const char *first = gathering->files_why;
	size_t more = 0;
	for (size_t i = 0; i < gathering->count; i++) {
		if (!gathering->sources[i]->why)
			continue;
		more += first != NULL;
		first = first ? first : gathering->sources[i]->why;
	}
	if (first)
		text_add(&why, first);
	if (more)
		text_add_format(&why, " (and %zu more)", more);
	first = first ? text_string(&why) : NULL;
	if (!gathering->once && (!first != !gathering->told ||
				 (first && strcmp(first, gathering->told) != 0) ||
				 (!gathering->has_told && all_have_answered(gathering)))) {
		gathering->has_told = true;
		free(gathering->told);
		gathering->told = memory_copy(first);
		gathering->user.failed(gathering->user.arg, gathering->told);
	}
	text_free(&why);
}

static void source_fails(struct source *source, const char *why)
{
	struct text text = { .limit = SAID_MOST };
	const char *url = url_of(source);

	/* What the user says of a document has its place already. */
	if (strncmp(why, url, strlen(url)) != 0)
		text_add_format(&text, "%s: ", url);
	text_add_foreign(&text, why, strlen(why), SAID_MOST);
	free(source->why);
	source->why = text_take(&text);
}

static void source_succeeds(struct source *source)
{
	free(source->why);
	source->why = NULL;
}

/* --- documents come into force --------------------------------------------- */

static void keep_copy(const struct source *source)
{
	const struct gathering *gathering = source->gathering;
	const struct document *now = &source->now;

	if (!gathering->folder || gathering->once)
		return;
	if (!copies_write(gathering->folder, url_of(source), now->body, now->etag))
		log_warn("inventory", "%s: no copy could be written in %s: %s", url_of(source),
			 gathering->folder, strerror(errno));
}

/* Puts up to `most` fresh documents in place and asks whether they are of use. The user may
 * change the sources meanwhile, so nothing is kept across. False: they are fresh again. */
static bool offer(struct gathering *gathering, size_t most, struct text *said)
{
	bool good;

	for (size_t i = 0; i < gathering->count && most; i++)
		if (gathering->sources[i]->fresh.body) {
			exchange(gathering->sources[i]);
			most--;
		}
	good = gathering->once || gathering->user.changed(gathering->user.arg, said);
	for (size_t i = 0; i < gathering->count; i++) {
		struct source *source = gathering->sources[i];

		if (!source->offered)
			continue;
		if (!good) {
			exchange(source);
			continue;
		}
		source->offered = false;
		document_clear(&source->fresh);
		source_succeeds(source);
		keep_copy(source);
	}
	return good;
}

static struct source *first_fresh(const struct gathering *gathering)
{
	for (size_t i = 0; i < gathering->count; i++)
		if (gathering->sources[i]->fresh.body)
			return gathering->sources[i];
	return NULL;
}

static size_t count_fresh(const struct gathering *gathering)
{
	size_t count = 0;

	for (size_t i = 0; i < gathering->count; i++)
		count += gathering->sources[i]->fresh.body != NULL;
	return count;
}

static void refuse(struct source *source, const char *said)
{
	source->refused = seen_hash(SEEN_HASH_BEGIN, source->fresh.body);
	document_clear(&source->fresh);
	source_fails(source, *said ? said : useless);
}

/* All at once, which is one reload; when they are not good together, each by itself. */
static void offer_fresh(void *arg)
{
	struct gathering *gathering = arg;
	struct text said = { .limit = SAID_MOST };
	size_t most = count_fresh(gathering);

	for (; first_fresh(gathering); most = 1) {
		text_clear(&said);
		if (!offer(gathering, most, &said) && most == 1 && first_fresh(gathering))
			refuse(first_fresh(gathering), text_string(&said));
	}
	text_free(&said);
	tell(gathering);
}

/* --- fetching -------------------------------------------------------------- */

static void source_fetch(void *arg);

static int64_t pause_after(const struct source *source)
{
	unsigned doublings = source->failures ? source->failures - 1 : 0;
	int64_t us = AGAIN_LEAST_US << (doublings < DOUBLINGS_MOST ? doublings : DOUBLINGS_MOST);

	return source->failures && us < source->refresh_us ? us : source->refresh_us;
}

static void take_body(struct source *source, const struct fetching_end *end)
{
	struct gathering *gathering = source->gathering;

	document_clear(&source->fresh);
	/* Said again, it is refused again, and costs no more than having come. */
	if (source->refused == seen_hash(SEEN_HASH_BEGIN, end->body))
		return;
	source->refused = 0;
	if (source->now.body && !strcmp(source->now.body, end->body)) {
		free(source->now.etag);
		source->now.etag = memory_copy(end->etag);
		source_succeeds(source);
		return;
	}
	source->fresh = (struct document){ memory_copy(end->body), memory_copy(end->etag) };
	timer_start(&gathering->offer, gathering->loop, 0, offer_fresh, gathering);
}

static void source_has_answered(void *arg, const struct fetching_end *end)
{
	struct source *source = arg;
	struct gathering *gathering = source->gathering;

	source->answered = true;
	if (end->why) {
		source->failures++;
		source->refused = 0;
		source_fails(source, end->why);
	} else {
		source->failures = 0;
		if (end->body)
			take_body(source, end);
		else
			source_succeeds(source);
	}
	if (!gathering->once)
		timer_start(&source->next, gathering->loop,
			    clock_monotonic_us() +
				    fetching_jitter(source->fetching, pause_after(source)),
			    source_fetch, source);
	tell(gathering);
}

static void source_fetch(void *arg)
{
	struct source *source = arg;

	fetching_start(source->fetching, source->now.etag, source_has_answered, source);
}

static void files_have_changed(void *arg)
{
	struct gathering *gathering = arg;
	struct text said = { .limit = SAID_MOST };

	free(gathering->files_why);
	gathering->files_why = NULL;
	if (!gathering->user.changed(gathering->user.arg, &said))
		gathering->files_why = memory_copy(said.length ? text_string(&said) : useless);
	text_free(&said);
	tell(gathering);
}

/* --- which sources there are ----------------------------------------------- */

static struct source *source_new(struct gathering *gathering, const struct config *config,
				 const struct inventory_source *setting)
{
	struct source *source = memory_new(1, sizeof *source);
	struct text body = { 0 }, etag = { 0 };

	source->gathering = gathering;
	source->fetching = fetching_new(gathering->crew, config, setting);
	if (gathering->folder && copies_read(gathering->folder, setting->url, &body, &etag))
		source->now = (struct document){ memory_copy(text_string(&body)),
						 etag.length ? text_take(&etag) : NULL };
	text_free(&body);
	text_free(&etag);
	source_fetch(source);
	return source;
}

/* Out of those that there were; the one that is taken leaves a gap. */
static struct source *take_source(struct source **there, size_t count, const char *url)
{
	for (size_t i = 0; i < count; i++) {
		struct source *source = there[i];

		if (source && !strcmp(url_of(source), url)) {
			there[i] = NULL;
			return source;
		}
	}
	return NULL;
}

/* Asked in another way from now on, it is asked at once. */
static void source_change(struct source *source, const struct config *config,
			  const struct inventory_source *setting)
{
	if (!fetching_is_of(source->fetching, config, setting)) {
		timer_stop(&source->next);
		fetching_give_up(source->fetching, &source->gathering->waits);
		source->fetching = fetching_new(source->gathering->crew, config, setting);
		source->failures = 0;
		source_fetch(source);
	} else if (setting->refresh_us < source->refresh_us &&
		   !fetching_is_under_way(source->fetching)) {
		timer_start(&source->next, source->gathering->loop,
			    clock_monotonic_us() +
				    fetching_jitter(source->fetching, setting->refresh_us),
			    source_fetch, source);
	}
	/* What was of no use may be of some now. */
	source->refused = 0;
}

static void forget_others(const struct gathering *gathering)
{
	const char **urls = memory_new(gathering->count + 1, sizeof *urls);

	for (size_t i = 0; i < gathering->count; i++)
		urls[i] = url_of(gathering->sources[i]);
	if (gathering->folder && !gathering->once)
		copies_keep(gathering->folder, urls, gathering->count);
	free(urls);
}

/* Other name servers or another user are for other probers. */
static void hire(struct gathering *gathering, const struct config *config)
{
	const struct hiring has = { .settings = gathering->settings };
	struct hiring wants = { 0 };

	hiring_settings(config, &wants.settings);
	if (gathering->crew && hiring_is_alike(&has, &wants))
		return;
	crew_free(gathering->crew);
	fetching_free_waits(&gathering->waits);
	gathering->settings = wants.settings;
	gathering->crew = crew_new(gathering->loop, 1, &gathering->settings);
	for (size_t i = 0; i < gathering->count; i++)
		fetching_move(gathering->sources[i]->fetching, gathering->crew);
}

void gathering_set(struct gathering *gathering, const struct config *config)
{
	struct source **before = gathering->sources;
	size_t count = gathering->count;

	hire(gathering, config);
	gathering->sources = memory_new(config->inventory_count + 1, sizeof *before);
	gathering->count = 0;
	for (size_t i = 0; i < config->inventory_count; i++) {
		const struct inventory_source *setting = &config->inventory[i];
		struct source *source;

		if (!setting->url)
			continue;
		source = take_source(before, count, setting->url);
		if (source)
			source_change(source, config, setting);
		else
			source = source_new(gathering, config, setting);
		source->refresh_us = setting->refresh_us;
		gathering->sources[gathering->count++] = source;
	}
	for (size_t i = 0; i < count; i++)
		if (before[i])
			source_free(before[i]);
	free(before);
	forget_others(gathering);
	if (gathering->files)
		gathering_files_set(gathering->files, config);
	free(gathering->files_why);
	gathering->files_why = NULL;
	tell(gathering);
}

const struct inventory_fetched *gathering_fetched(struct gathering *gathering)
{
	size_t count = 0;

	gathering->items = memory_resize(gathering->items, gathering->count + 1,
					 sizeof *gathering->items);
	for (size_t i = 0; i < gathering->count; i++) {
		const struct source *source = gathering->sources[i];

		if (source->now.body)
			gathering->items[count++] = (struct inventory_document){
				url_of(source), source->now.body, strlen(source->now.body)
			};
	}
	gathering->fetched = (struct inventory_fetched){ gathering->items, count };
	return &gathering->fetched;
}

/* --- life ------------------------------------------------------------------ */

struct gathering *gathering_new(struct loop *loop, const char *folder,
				const struct gathering_user *user)
{
	struct gathering *gathering = memory_new(1, sizeof *gathering);

	gathering->loop = loop;
	gathering->folder = memory_copy(folder);
	gathering->once = !user;
	if (user) {
		gathering->user = *user;
		gathering->files = gathering_files_new(loop, files_have_changed, gathering);
	}
	return gathering;
}

void gathering_free(struct gathering *gathering)
{
	if (!gathering)
		return;
	crew_free(gathering->crew);
	timer_stop(&gathering->offer);
	for (size_t i = 0; i < gathering->count; i++)
		source_free(gathering->sources[i]);
	fetching_free_waits(&gathering->waits);
	gathering_files_free(gathering->files);
	free(gathering->sources);
	free(gathering->items);
	free(gathering->folder);
	free(gathering->files_why);
	free(gathering->told);
	free(gathering);
}

void gathering_wait(struct gathering *gathering, const struct config *config,
		    struct problems *problems)
{
	while (!all_have_answered(gathering))
		loop_turn(gathering->loop, WAIT_TURN_US);
	for (size_t i = 0, at = 0; i < config->inventory_count; i++) {
		const struct source *source;

		if (!config->inventory[i].url)
			continue;
		source = gathering->sources[at++];
		if (source->why)
			problems_add(problems, source->now.body ? PROBLEM_WARNING : PROBLEM_ERROR,
				     config->inventory[i].place, "%s; %s", source->why,
				     source->now.body ? "what the agent keeps of it is used"
						      : "so its targets are not known");
	}
}
