/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/daemon/feeding_rows.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/collector.h"
#include "config.h"
#include "ground/clock.h"

struct feed_agent feeding_agent(const struct house *house)
{
	struct patrol_health health = patrol_health(house->patrol);
	struct telling_sums sums = telling_sums(house->telling);

	return (struct feed_agent){
		.version = PACKAGE_VERSION,
		.started_wall_us = house->started_wall_us,
		.loaded_wall_us = house->loaded_wall_us,
		.config_valid = !house->reload_failed,
		.store_writable = !store_failure(house->store),
		.uplink_up = !health.uplink_down,
		.observations = health.observations,
		.late_s = (uint32_t)(health.late_us / CLOCK_SECOND),
		.told = sums.told,
		.untold = sums.untold,
		.suppressed = health.hidden + sums.given_up,
		.last_event = store_newest(house->store),
	};
}

/* Events are texts once they are recorded: how many were hidden stands in one of them. */
struct feed_event feeding_event(const struct event *event)
{
	struct feed_event fed = { .event = *event };
	bool ends = event->kind == EVENT_AGENT && !strcmp(event->title, PATROL_STORM_ENDS);

	fed.storm = ends || (event->kind == EVENT_AGENT &&
			     !strcmp(event->title, PATROL_STORM_BEGINS));
	fed.count = ends ? (uint32_t)strtoul(event->observed, NULL, 10) : 0;
	return fed;
}

static enum feed_family family_of(const struct collector *collector)
{
	static const char *const names[] = {
#define FAMILY_NAME(constant, name) name,
		FEED_FAMILY_LIST(FAMILY_NAME)
#undef FAMILY_NAME
	};

	for (unsigned i = 0; i < FEED_FAMILIES; i++)
		if (!strcmp(names[i], collector->name))
			return (enum feed_family)i;
	return FEED_FAMILY_OTHER;
}

void feeding_put_rule(struct writer *out, uint32_t number, const struct rule *rule)
{
	struct text name = { 0 };
	struct feed_rule fed = {
		.number = number,
		.family = (uint8_t)family_of(rule->collector),
		.title = rule->title,
		.because = rule->because,
		.remedy = rule->remedy,
		.otherwise_remedy = rule->otherwise_remedy,
		.reference = rule->reference,
	};

	text_add_format(&name, "%s.%s", rule->profile, rule->id);
	fed.name = text_string(&name);
	feed_put_rule(out, &fed);
	text_free(&name);
}

/* --- targets ------------------------------------------------------------------------------- */

static void add_labels(struct text *labels, const struct target *target)
{
	for (size_t i = 0; i < target->label_count; i++) {
		text_add(labels, target->labels[i].name);
		text_add_char(labels, '\0');
		text_add(labels, target->labels[i].value);
		text_add_char(labels, '\0');
	}
}

void feeding_put_target(struct writer *out, const struct house *house, uint32_t number)
{
	const struct target *target =
		&patrol_results(house->patrol)->plan->config->targets[number];
	const struct patrol_target state = patrol_target(house->patrol, number);
	struct text profiles = { 0 }, labels = { 0 };
	struct feed_target fed = {
		.number = state.number,
		.check = state.check,
		.name = target->name,
		.address = target->address,
		.vantage = (uint8_t)target->vantage,
		.down = state.down,
		.told = state.alarm->told,
		.raised = state.raised,
	};

	for (size_t i = 0; i < target->profile_count; i++)
		text_add_item(&profiles, ",", target->profiles[i]);
	add_labels(&labels, target);
	fed.profiles = text_string(&profiles);
	fed.labels = text_string(&labels);
	fed.labels_length = (uint32_t)labels.length;
	feed_put_target(out, &fed);
	text_free(&profiles);
	text_free(&labels);
}

/* --- checks -------------------------------------------------------------------------------- */

uint32_t feeding_sight(uint32_t observation)
{
	return observation + 1;
}

/* The one that it is about; 0: none, or several. */
static uint16_t port_of(const struct plan *plan, const struct check *check)
{
	char room[SUBJECT_ROOM];
	struct subject subject;
	const char *why;

	if (check->observation != NO_OBSERVATION)
		subject = plan->observations[check->observation].request.subject;
	else if (!subject_parse(check->subject, check->rule->collector->kinds, room, &subject,
				&why))
		return 0;
	return subject.first == subject.last ? subject.first : 0;
}

/* As struct feed_check has it. */
static uint8_t expected_port(const struct check *check)
{
	for (size_t i = 0; i < check->expect_count; i++) {
		const struct expectation *expect = &check->expect[i];

		if (strcmp(expect->fact->name, "port.state") != 0 ||
		    expect->operator != OPERATOR_IS || expect->count != 1)
			continue;
		if (!strcmp(expect->operands[0].text, "open"))
			return 1;
		if (!strcmp(expect->operands[0].text, "closed"))
			return 2;
	}
	return 0;
}

static void add_exception(struct feed_check *fed, const struct plan *plan,
			  const struct check *check, int64_t wall_us)
{
	const struct exception *exception = plan_exception(plan, check, wall_us);

	if (!exception)
		return;
	fed->exception_reason = exception->reason;
	fed->exception_owner = exception->owner;
	fed->exception_until_us = exception->until_us;
}

void feeding_put_check(struct writer *out, const struct house *house, uint32_t number,
		       uint32_t rule, int64_t wall_us)
{
	const struct results *results = patrol_results(house->patrol);
	const struct plan *plan = results->plan;
	const struct check *check = &plan->checks[number];
	const struct judgement *judgement = &results->judgements[number];
	const struct patrol_check state = patrol_check(house->patrol, number);
	const struct observation *seen = check->observation == NO_OBSERVATION
						 ? NULL
						 : results->observations[check->observation];
	struct feed_check fed = {
		.number = state.number,
		.target = patrol_target(house->patrol, check->target).number,
		.rule = rule,
		.sight = seen ? feeding_sight(check->observation) : 0,
		.name = check->name,
		.subject = check->subject,
		.expected = judgement->expected,
		.observed = judgement->observed,
		.reason = judgement->reason,
		.judged_wall_us = seen ? seen->started_wall_us + seen->elapsed_us
				       : state.since_wall_us,
		.since_wall_us = state.since_wall_us,
		.raised = state.raised,
		.port = port_of(plan, check),
		.ip = check->family,
		.verdict = (uint8_t)judgement->verdict,
		.severity = check->severity,
		.told = state.alarm->told,
		.expected_port = expected_port(check),
		.flaps = state.alarm->flaps,
		.held = state.alarm->held,
		.unused_feature = check->unused_feature,
	};

	if (judgement->verdict == VERDICT_EXCEPTED)
		add_exception(&fed, plan, check, wall_us);
	feed_put_check(out, &fed);
}
