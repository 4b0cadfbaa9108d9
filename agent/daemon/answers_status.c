/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "agent/daemon/answer_parts.h"
#include "agent/engine/check_json.h"
#include "ground/clock.h"

/* What stands at the moment. */
struct tally {
	struct score score;
	size_t down;				/* targets */
	unsigned alarms[VERDICT_COUNT];		/* as they are told */
	unsigned severities[SEVERITY_COUNT];
	unsigned flapping, held;
};

static void count_alarm(struct tally *tally, const struct alarm *alarm)
{
	tally->held += alarm->held;
	if (alarm->told == VERDICT_OK)
		return;
	tally->alarms[alarm->told]++;
	tally->severities[alarm->severity]++;
	tally->flapping += alarm->flaps;
}

static void count(const struct house *house, const struct plan *plan, struct tally *tally)
{
	const struct results *results = patrol_results(house->patrol);
	struct self_state self;

	for (size_t i = 0; i < plan->check_count; i++) {
		score_count(&tally->score, results->judgements[i].verdict,
			    (enum severity)plan->checks[i].severity);
		count_alarm(tally, patrol_check(house->patrol, i).alarm);
	}
	for (size_t i = 0; i < plan->config->target_count; i++) {
		const struct patrol_target target = patrol_target(house->patrol, i);

		tally->down += target.down;
		count_alarm(tally, target.alarm);
	}
	for (unsigned i = 0; i < SELF_COUNT; i++) {
		self_look(house->self, (enum self_check)i, &self);
		count_alarm(tally, &self.alarm);
	}
}

static void add_alarms(struct json *json, const struct tally *tally)
{
	static const enum verdict told[] = { VERDICT_CRITICAL, VERDICT_WARNING,
					     VERDICT_UNKNOWN };

	json_open_object(json, "alarms");
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		json_integer(json, verdict_word(told[i]), tally->alarms[told[i]]);
	json_open_object(json, "by_severity");
	for (unsigned i = 0; i < SEVERITY_COUNT; i++)
		json_integer(json, severity_word((enum severity)i), tally->severities[i]);
	json_close_object(json);
	json_integer(json, "flapping", tally->flapping);
	json_integer(json, "held", tally->held);
	json_close_object(json);
}

static void add_own(struct json *json, const struct self *self)
{
	json_open_array(json, "own");
	for (unsigned i = 0; i < SELF_COUNT; i++) {
		struct self_state state;

		self_look(self, (enum self_check)i, &state);
		json_open_object(json, NULL);
		json_string(json, "check", state.name);
		json_string(json, "verdict", verdict_word((enum verdict)state.alarm.seen));
		json_string(json, "title", state.title);
		json_string(json, "observed", state.observed);
		json_string(json, "remedy", state.remedy);
		answer_add_alarm(json, &state.alarm, state.raised);
		json_close_object(json);
	}
	json_close_array(json);
}

static void add_sinks(struct json *json, const struct telling *telling)
{
	json_open_array(json, "sinks");
	for (size_t i = 0; i < telling_count(telling); i++) {
		const struct telling_state state = telling_state(telling, i);

		json_open_object(json, NULL);
		json_string(json, "name", state.name);
		json_integer(json, "untold", (int64_t)state.untold);
		json_integer(json, "failures", state.failures);
		json_time(json, "last", state.last_wall_us);
		json_close_object(json);
	}
	json_close_array(json);
}

static void add_schedule(struct json *json, const struct patrol_health *health)
{
	json_open_object(json, "schedule");
	json_integer(json, "waiting", (int64_t)health->waiting);
	json_integer(json, "under_way", (int64_t)health->under_way);
	json_real(json, "late_seconds", (double)health->late_us / CLOCK_SECOND, 3);
	json_integer(json, "observed", (int64_t)health->observations);
	json_integer(json, "events", (int64_t)health->events);
	json_close_object(json);
}

static void add_probers(struct json *json, const struct crew *crew)
{
	struct fence_report fence;

	json_open_object(json, "probers");
	json_integer(json, "count", (int64_t)crew_size(crew));
	json_integer(json, "restarts", crew_restarts(crew));
	if (crew_fence(crew, &fence)) {
		json_open_object(json, "fence");
		json_boolean(json, "no_new_privileges", fence.no_new_privileges);
		json_integer(json, "seccomp", fence.seccomp);
		json_integer(json, "landlock", fence.landlock);
		json_integer(json, "user", fence.user);
		json_close_object(json);
	} else {
		json_null(json, "fence");
	}
	json_close_object(json);
}

static void add_agent(struct json *json, const struct house *house)
{
	int64_t up_us = clock_wall_us() - house->started_wall_us;

	json_integer(json, "pid", getpid());
	json_time(json, "started", house->started_wall_us);
	json_integer(json, "uptime_seconds", up_us > 0 ? up_us / CLOCK_SECOND : 0);
	json_open_object(json, "configuration");
	json_time(json, "since", house->loaded_wall_us);
	json_boolean(json, "reload_failed", house->reload_failed);
	json_close_object(json);
	json_open_object(json, "store");
	json_string(json, "failure", store_failure(house->store));
	json_close_object(json);
}

enum answer_state answer_status(struct answer *answer)
{
	const struct house *house = answer->house;
	const struct plan *plan = answer->plan;
	const struct patrol_health health = patrol_health(house->patrol);
	struct json *json = &answer->json;
	struct tally tally = { 0 };

	count(house, plan, &tally);
	answer_open(answer);
	add_agent(json, house);
	json_boolean(json, "uplink_down", health.uplink_down);
	json_integer(json, "targets", (int64_t)plan->config->target_count);
	json_integer(json, "targets_down", (int64_t)tally.down);
	json_integer(json, "checks", (int64_t)plan->check_count);
	json_integer(json, "observations", (int64_t)plan->observation_count);
	score_to_json(&tally.score, json);
	add_alarms(json, &tally);
	add_own(json, house->self);
	add_schedule(json, &health);
	add_sinks(json, house->telling);
	add_probers(json, house->crew);
	return answer_close(answer);
}
