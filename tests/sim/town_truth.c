/* SPDX-License-Identifier: Apache-2.0
 *
 * What is true, what of it is seen, and what is right to say of that.
 */
#include <string.h>

#include "collectors/collector.h"
#include "collectors/tls_facts.h"
#include "tests/sim/town.h"
#include "tests/sim/world.h"

#define TIMEOUT_US (5 * SECOND)

static bool is_tls(enum town_rule rule)
{
	return rule == RULE_WEB || rule == RULE_PHONES;
}

void town_touch(struct town *town, size_t system, int rule)
{
	for (int i = 0; i < RULE_COUNT; i++)
		if (rule < 0 || rule == i)
			town->systems[system].changed_us[i] = world_now_us();
}

bool town_is_silent(const struct town *town, size_t number)
{
	const struct town_system *system = &town->systems[number];

	for (int i = 0; i < RULE_COUNT; i++)
		if (system->doors[i] != DOOR_SILENT && system->up && town->uplink)
			return false;
	return true;
}

static int64_t delay_of(struct town *town, const struct town_answer *answer,
			enum manner manner)
{
	if (answer->stuck || answer->seen == DOOR_SILENT)
		return TIMEOUT_US;
	if (manner == MANNER_SLOW)
		return chance_between(&town->chance, SECOND, TIMEOUT_US - 1);
	return chance_between(&town->chance, 500, 80000);
}

struct town_answer town_ask(struct town *town, const struct request *request)
{
	struct town_answer answer = {
		.place = town_place_of(town, request->host, request->subject.first)
	};
	const struct town_system *system = &town->systems[answer.place.system];

	answer.seen = system->doors[answer.place.rule];
	if (!system->up || !town->uplink)
		answer.seen = DOOR_SILENT;
	answer.stuck = system->manner == MANNER_TARPIT && is_tls(answer.place.rule) &&
		       answer.seen != DOOR_SILENT;
	answer.lost = system->manner == MANNER_LOSES && chance_percent(&town->chance, 30) &&
		      answer.seen != DOOR_SILENT;
	if (answer.lost) {
		answer.seen = DOOR_SILENT;
		town_touch(town, answer.place.system, (int)answer.place.rule);
	}
	answer.delay_us = delay_of(town, &answer, system->manner);
	return answer;
}

static void set_versions(struct facts *facts, bool good)
{
	static const char *const versions[] = { "TLS1.0", "TLS1.2", "TLS1.3" };

	facts_set_texts(facts, tls_fact(TLS_FACT_VERSIONS), versions + good, good ? 2 : 3);
}

struct observation *town_observation(const struct town_answer *answer, int64_t wall_us)
{
	struct observation *observation = observation_new();
	enum town_rule rule = answer->place.rule;
	const char *state = (answer->seen == DOOR_GOOD) == (rule == RULE_SIP) ? "open" : "closed";

	observation->started_wall_us = wall_us;
	observation->elapsed_us = answer->delay_us;
	if (!is_tls(rule)) {
		facts_set_text(observation->facts, fact_named("port.state"),
			       answer->seen == DOOR_SILENT ? "filtered" : state);
	} else if (answer->stuck || answer->seen == DOOR_SILENT) {
		observation->outcome = (struct outcome){
			.stage = answer->stuck ? STAGE_HANDSHAKE : STAGE_CONNECT,
			.reason = REASON_TIMED_OUT,
		};
	} else {
		set_versions(observation->facts, answer->seen == DOOR_GOOD);
	}
	return observation;
}

/* --- what is right ------------------------------------------------------------------------ */

enum verdict town_verdict(const struct town_system *system, enum town_rule rule, enum door seen,
			  bool stuck)
{
	static const enum verdict usual[RULE_COUNT][DOOR_COUNT] = {
		[RULE_SIP] = { VERDICT_OK, VERDICT_CRITICAL, VERDICT_CRITICAL },
		[RULE_TELNET] = { VERDICT_OK, VERDICT_WARNING, VERDICT_OK },
		[RULE_WEB] = { VERDICT_OK, VERDICT_CRITICAL, VERDICT_UNKNOWN },
		[RULE_PHONES] = { VERDICT_OK, VERDICT_CRITICAL, VERDICT_UNKNOWN },
	};
	enum verdict verdict = stuck ? VERDICT_UNKNOWN : usual[rule][seen];

	return verdict == VERDICT_CRITICAL && system->softer && rule <= RULE_WEB
		       ? VERDICT_WARNING
		       : verdict;
}

bool town_accepts(const struct town *town, size_t system, enum town_rule rule, int64_t wall_us)
{
	for (size_t i = 0; i < town->exception_count; i++) {
		const struct town_exception *exception = &town->exceptions[i];

		if ((exception->system < 0 || (size_t)exception->system == system) &&
		    exception->rule == rule && wall_us >= exception->from_day * DAY &&
		    wall_us < (exception->until_day + 1) * DAY)
			return true;
	}
	return false;
}
