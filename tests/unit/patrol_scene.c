/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include "tests/unit/patrol_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collectors/collector.h"
#include "ground/text.h"

/* --- the world ----------------------------------------------------------------------------- */

static struct moment now(void *arg)
{
	return ((struct scene *)arg)->now;
}

static const char *state_of(const struct scene *scene, const char *host, unsigned port)
{
	const char *state = "open";

	for (size_t i = 0; i < scene->oddity_count; i++)
		if (!strcmp(scene->oddities[i].host, host) &&
		    (!scene->oddities[i].port || scene->oddities[i].port == port))
			state = scene->oddities[i].state;
	return state;
}

static void add_facts(struct observation *observation, const struct request *request, bool good)
{
	if (!strcmp(request->collector->name, "http"))
		facts_set_integer(observation->facts, fact_named("http.status"),
				  good ? 200 : 500);
	else if (request->collector->looks_inside)
		facts_set_text(observation->facts, fact_named("host.exposure"),
			       good ? "none" : "exposed");
	else
		facts_set_text(observation->facts, fact_named("smb.signing"),
			       good ? "required" : "disabled");
}

static struct observation *seen_at(const struct scene *scene, const struct request *request)
{
	const char *state = state_of(scene, request->host, request->subject.first);
	struct observation *observation = observation_new();

	observation->started_wall_us = scene->now.wall_us;
	if (scene->unresolved)
		observation->outcome = (struct outcome){ .stage = STAGE_RESOLVE,
							 .reason = REASON_NAME_SERVER_FAILED };
	else if (!strcmp(request->collector->name, "port"))
		facts_set_text(observation->facts, fact_named("port.state"), state);
	else if (!strcmp(state, "filtered"))
		observation->outcome =
			(struct outcome){ .stage = STAGE_CONNECT, .reason = REASON_TIMED_OUT };
	else
		add_facts(observation, request, !strcmp(state, "open"));
	return observation;
}

static void observe(void *arg, uint32_t key, const struct request *request,
		    void (*done)(void *done_arg, struct observation *observation),
		    void *done_arg)
{
	struct scene *scene = arg;
	bool silent = !strcmp(state_of(scene, request->host, request->subject.first),
			      "filtered");

	assert_true(key < scene->world.probers);
	assert_true(scene->asked_count < SCENE_ASKED_MOST);
	scene->asked[scene->asked_count++] = (struct asked){
		request, done, done_arg,
		scene->now.monotonic_us + (silent ? 5 * SECOND : SECOND / 10)
	};
	scene->looks++;
	if (scene->asked_count > scene->at_once_most)
		scene->at_once_most = scene->asked_count;
}

static void released(void *arg, const struct plan *plan)
{
	struct scene *scene = arg;

	for (size_t i = 0; i < scene->plan_count; i++) {
		if (scene->plans[i]->papers.plan != plan)
			continue;
		assert_false(scene->plans[i]->released);
		scene->plans[i]->released = true;
		plan_free(scene->plans[i]->papers.plan);
		scene->plans[i]->papers.plan = NULL;
		return;
	}
	fail_msg("a plan was released that nobody had set");
}

static void changed(void *arg, uint32_t check)
{
	const struct scene *scene = arg;

	if (scene->changed)
		scene->changed(scene->changed_arg, check);
}

/* The first one that comes by then. */
static bool answer_one(struct scene *scene, int64_t until_us)
{
	size_t first = scene->asked_count;
	struct asked asked;

	for (size_t i = 0; i < scene->asked_count; i++)
		if (scene->asked[i].at_us <= until_us &&
		    (first == scene->asked_count ||
		     scene->asked[i].at_us < scene->asked[first].at_us))
			first = i;
	if (first == scene->asked_count)
		return false;
	asked = scene->asked[first];
	memmove(&scene->asked[first], &scene->asked[first + 1],
		(--scene->asked_count - first) * sizeof asked);
	asked.done(asked.arg, seen_at(scene, asked.request));
	return true;
}

static int64_t next_answer(const struct scene *scene)
{
	int64_t next_us = INT64_MAX;

	for (size_t i = 0; i < scene->asked_count; i++)
		if (scene->asked[i].at_us < next_us)
			next_us = scene->asked[i].at_us;
	return next_us;
}

static void pass(struct scene *scene, int64_t until_us)
{
	scene->now.wall_us += until_us - scene->now.monotonic_us;
	scene->now.monotonic_us = until_us;
}

void scene_run(struct scene *scene, int64_t us)
{
	int64_t end_us = scene->now.monotonic_us + us, next_us;

	for (;;) {
		next_us = patrol_turn(scene->patrol);
		scene->turns++;
		if (next_us <= scene->now.monotonic_us)
			next_us = scene->now.monotonic_us + 1;
		if (next_answer(scene) < next_us)
			next_us = next_answer(scene);
		if (next_us > end_us)
			break;
		pass(scene, next_us);
		while (answer_one(scene, scene->now.monotonic_us))
			;
	}
	pass(scene, end_us);
}

/* --- plans --------------------------------------------------------------------------------- */

static void read_papers(struct scene *scene, struct papers *papers, const char *rules,
			const char *config)
{
	struct text profile = { 0 };

	papers->profiles = profiles_new();
	text_add_format(&profile, HEAD("p") "rules:\n%s", rules);
	read_profile(papers, "p.yaml", text_string(&profile));
	text_free(&profile);
	papers->config =
		config_read_bytes("c", config, strlen(config), &papers->problems);
	papers->config->alarms = scene->alarms;
	papers->config->limits.probes_per_second = scene->probes_per_second;
	for (size_t i = 0; i < papers->config->target_count; i++) {
		if (papers->config->targets[i].interval_ms == papers->config->interval_ms)
			papers->config->targets[i].interval_ms = scene->interval_ms;
		papers->config->targets[i].guard =
			!strncmp(papers->config->targets[i].name, "guard", 5);
	}
	profiles_settle(papers->profiles, &papers->problems);
	papers->plan = plan_make(papers->config, papers->profiles, &papers->problems);
	assert_good(papers);
}

void scene_plan(struct scene *scene, const char *rules, const char *targets, const char *rest)
{
	struct scene_plan *made = memory_new(1, sizeof *made);
	struct text config = { 0 };

	assert_true(scene->plan_count < SCENE_PLANS_MOST);
	text_add_format(&config, "targets:\n%s%s", targets, rest);
	read_papers(scene, &made->papers, rules, text_string(&config));
	text_free(&config);
	scene->plans[scene->plan_count++] = made;
	patrol_set_plan(scene->patrol, made->papers.plan);
}

const struct plan *scene_plan_now(const struct scene *scene)
{
	return scene->plans[scene->plan_count - 1]->papers.plan;
}

static void start(struct scene *scene)
{
	struct text said = { 0 };

	if (!scene->store)
		scene->store = store_open(NULL, &said);
	scene->self = self_new(scene->store, scene->now);
	scene->patrol =
		patrol_new(&scene->world, scene->store, scene->self, scene->firsts);
	text_free(&said);
}

static void end(struct scene *scene)
{
	patrol_free(scene->patrol);
	self_free(scene->self);
	scene->asked_count = 0;
}

void scene_restart(struct scene *scene)
{
	struct scene_plan *made = scene->plans[scene->plan_count - 1];

	end(scene);
	start(scene);
	/* Its papers are still there. */
	made->released = false;
	made->papers.plan =
		plan_make(made->papers.config, made->papers.profiles, &made->papers.problems);
	patrol_set_plan(scene->patrol, made->papers.plan);
}

void scene_remember(struct scene *scene)
{
	struct text said = { 0 };

	snprintf(scene->folder, sizeof scene->folder, "/tmp/test_patrol.XXXXXX");
	assert_non_null(mkdtemp(scene->folder));
	scene->firsts = firsts_open(scene->folder, &said);
	text_free(&said);
	end(scene);
	start(scene);
}

static void forget(struct scene *scene)
{
	static const char *const files[] = { "first-seen", "first-seen.lock", "first-seen.new" };
	char path[64];

	firsts_free(scene->firsts);
	for (size_t i = 0; i < 3 && *scene->folder; i++) {
		snprintf(path, sizeof path, "%s/%s", scene->folder, files[i]);
		unlink(path);
	}
	if (*scene->folder)
		assert_int_equal(rmdir(scene->folder), 0);
}

int scene_set_up(void **state)
{
	struct scene *scene = memory_new(1, sizeof *scene);
	struct config *config = config_default();

	scene->world = (struct patrol_world){ scene, 2, now, observe, released, changed };
	scene->now = (struct moment){ 1000 * HOUR, WALL };
	scene->alarms = config->alarms;
	scene->interval_ms = 300000;
	scene->probes_per_second = config->limits.probes_per_second;
	config_free(config);
	start(scene);
	*state = scene;
	return 0;
}

int scene_tear_down(void **state)
{
	struct scene *scene = *state;

	end(scene);
	store_close(scene->store);
	forget(scene);
	for (size_t i = 0; i < scene->plan_count; i++) {
		struct papers *papers = &scene->plans[i]->papers;

		assert_true(scene->plans[i]->released);
		problems_free(&papers->problems);
		config_free(papers->config);
		profiles_free(papers->profiles);
		free(scene->plans[i]);
	}
	free(scene);
	return 0;
}

/* --- what happens -------------------------------------------------------------------------- */

void scene_port(struct scene *scene, const char *host, unsigned port, const char *state)
{
	struct oddity *oddity = scene->oddities;

	while (oddity < scene->oddities + scene->oddity_count &&
	       (strcmp(oddity->host, host) || oddity->port != port))
		oddity++;
	if (oddity == scene->oddities + scene->oddity_count)
		assert_true(++scene->oddity_count <= SCENE_HOSTS_MOST);
	snprintf(oddity->host, sizeof oddity->host, "%s", host);
	oddity->port = port;
	oddity->state = state;
}

void scene_host(struct scene *scene, const char *host, bool there)
{
	scene_port(scene, host, 0, there ? "open" : "filtered");
}

struct listing {
	struct text out;
	uint64_t after;
	uint64_t newest;
	char *lines[1000];
	size_t count;
};

static void list(void *arg, const struct event *event)
{
	struct listing *listing = arg;
	struct text line = { 0 };

	if (event->number <= listing->after || listing->count == 1000)
		return;
	if (event->number > listing->newest)
		listing->newest = event->number;
	text_add_format(&line, "%s %s %s%s%s; ", event_kind_word((enum event_kind)event->kind),
			event->target_name,
			event->kind == EVENT_AGENT ? event->title : event->check_name,
			event->flaps ? " flaps" : "", event->quiet ? " quietly" : "");
	listing->lines[listing->count++] = text_take(&line);
}

void expect_events(struct scene *scene, const char *expected)
{
	struct listing listing = { .after = scene->told, .newest = scene->told };

	store_events(scene->store, UINT64_MAX, 1000, list, &listing);
	for (size_t i = listing.count; i-- > 0;) {
		text_add(&listing.out, listing.lines[i]);
		free(listing.lines[i]);
	}
	assert_string_equal(text_string(&listing.out), expected);
	text_free(&listing.out);
	scene->told = listing.newest;
}

struct counting {
	const char *kind;
	bool quiet;
	size_t count;
};

static void count(void *arg, const struct event *event)
{
	struct counting *counting = arg;

	counting->count += event->quiet == counting->quiet &&
			   !strcmp(event_kind_word((enum event_kind)event->kind),
				   counting->kind);
}

size_t count_events(const struct scene *scene, const char *kind, bool quiet)
{
	struct counting counting = { kind, quiet, 0 };

	store_events(scene->store, UINT64_MAX, SIZE_MAX, count, &counting);
	return counting.count;
}

static size_t target_named(const struct scene *scene, const char *name)
{
	const struct config *config = scene_plan_now(scene)->config;

	for (size_t i = 0; i < config->target_count; i++)
		if (!strcmp(config->targets[i].name, name))
			return i;
	fail_msg("no target is called %s", name);
	return 0;
}

size_t scene_check(const struct scene *scene, const char *target, const char *name)
{
	const struct plan *plan = scene_plan_now(scene);
	size_t at = target_named(scene, target);

	for (size_t i = plan->first_check[at]; i < plan->first_check[at + 1]; i++)
		if (!strcmp(plan->checks[i].name, name))
			return i;
	fail_msg("no check of %s is called %s", target, name);
	return 0;
}

struct patrol_check scene_look(const struct scene *scene, const char *target, const char *name)
{
	return patrol_check(scene->patrol, scene_check(scene, target, name));
}

struct patrol_target scene_target(const struct scene *scene, const char *name)
{
	return patrol_target(scene->patrol, target_named(scene, name));
}
