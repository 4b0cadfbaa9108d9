/* SPDX-License-Identifier: Apache-2.0
 *
 * One of each message of the feed, with something in all its fields.
 */
#ifndef TESTS_UNIT_FEED_SAMPLES_H
#define TESTS_UNIT_FEED_SAMPLES_H

#include "agent/mirror/feed.h"
#include "collectors/collector.h"

static const char sample_labels[] = "site\0hamburg\0floor\0";

static const struct feed_agent sample_agent = {
	.version = "1.2.3", .started_wall_us = 1763712000000000, .loaded_wall_us = -5,
	.config_valid = true, .store_writable = false, .uplink_up = true,
	.observations = UINT64_C(1) << 40, .late_s = 7, .told = 1, .untold = 2,
	.suppressed = 3, .last_event = UINT64_MAX,
};

static const struct feed_rule sample_rule = {
	.number = 17, .family = FEED_FAMILY_TLS, .name = "starface.tls-versions",
	.title = "No old TLS", .because = "It is broken", .remedy = "Switch it off",
	.otherwise_remedy = "", .reference = "Page 7",
};

static const struct feed_target sample_target = {
	.number = 3, .check = 44, .name = "pbx-hamburg", .address = "pbx.example",
	.profiles = "starface,uc-baseline", .labels = sample_labels,
	.labels_length = sizeof sample_labels, .vantage = VANTAGE_DMZ, .down = true,
	.told = VERDICT_CRITICAL, .raised = 12,
};

static const struct feed_check sample_check = {
	.number = 45, .target = 3, .rule = 17, .sight = 9, .name = "tls/tcp-443/tls-versions",
	.subject = "tcp/443", .expected = "no TLS1.0", .observed = "TLS1.0 TLS1.2",
	.reason = "violated", .exception_reason = "until the fair", .exception_owner = "jd",
	.exception_until_us = 1, .judged_wall_us = 2, .since_wall_us = 3, .raised = 13,
	.port = 443, .ip = 6, .verdict = VERDICT_EXCEPTED, .severity = SEVERITY_WARNING,
	.told = VERDICT_UNKNOWN, .expected_port = 2, .flaps = true, .held = false,
	.unused_feature = true,
};

static const struct feed_event sample_event = {
	.event = { .number = 99, .alarm = 98, .at_us = 1763712000000001, .target = 3,
		   .check = 45, .kind = EVENT_CHANGED, .from = VERDICT_WARNING,
		   .to = VERDICT_CRITICAL, .severity = SEVERITY_MINOR,
		   .cause = ALARM_BY_EXCEPTION, .flaps = false, .quiet = true,
		   .target_name = "pbx-hamburg", .check_name = "tls/tcp-443/tls-versions",
		   .title = "No old TLS", .expected = "no TLS1.0", .observed = "TLS1.0",
		   .reason = "violated", .remedy = "Switch it off" },
	.count = 20000, .storm = true,
};

static const struct fence_report sample_report = { 1, 2, 7, 65534 };

static inline void sample_put_sight(struct writer *out)
{
	struct observation *observation = observation_new();

	address_parse("2001:db8::5", &observation->address);
	observation->started_wall_us = 1763712000000000;
	observation->elapsed_us = 41234;
	observation->outcome.stage = STAGE_HANDSHAKE;
	observation->outcome.reason = REASON_CLOSED_EARLY;
	facts_set_text(observation->facts, fact_named("port.state"), "open");
	feed_put_sight(out, 9, observation);
	observation_free(observation);
}

static inline void sample_put(struct writer *out, enum feed_kind kind)
{
	switch (kind) {
	case FEED_SETTINGS:
		feed_put_settings(out, "\0settings", 9);
		break;
	case FEED_AGENT:
		feed_put_agent(out, &sample_agent);
		break;
	case FEED_RULE:
		feed_put_rule(out, &sample_rule);
		break;
	case FEED_TARGET:
		feed_put_target(out, &sample_target);
		break;
	case FEED_SIGHT:
		sample_put_sight(out);
		break;
	case FEED_CHECK:
		feed_put_check(out, &sample_check);
		break;
	case FEED_GONE:
		feed_put_gone(out, FEED_CHECK, 45);
		break;
	case FEED_EVENT:
		feed_put_event(out, &sample_event);
		break;
	case FEED_TELL:
		feed_put_tell(out, 2, &sample_event);
		break;
	case FEED_READY:
		feed_put_ready(out, &sample_report);
		break;
	case FEED_TOLD:
		feed_put_told(out, 2, 99, true);
		break;
	case FEED_STATE:
		feed_put_state(out, false, "no agentx socket");
		break;
	default:
		feed_put_mark(out, kind);
	}
}

/* Whether the body makes sense; what it says is given back at once. */
static inline bool sample_take(enum feed_kind kind, struct reader *body)
{
	union {
		struct feed_agent agent;
		struct feed_rule rule;
		struct feed_target target;
		struct feed_sight sight;
		struct feed_check check;
		struct feed_event event;
		struct fence_report report;
	} taken;
	struct text text = { 0 };
	enum feed_kind which;
	uint64_t number;
	uint32_t sink;
	bool truth;

#define TAKEN(call, give_back) ((call) && (give_back, true))
	switch (kind) {
	case FEED_SETTINGS:
		return true;
	case FEED_AGENT:
		return TAKEN(feed_take_agent(body, &taken.agent),
			     feed_free(taken.agent.version));
	case FEED_RULE:
		return TAKEN(feed_take_rule(body, &taken.rule), feed_free(taken.rule.name));
	case FEED_TARGET:
		return TAKEN(feed_take_target(body, &taken.target),
			     feed_free(taken.target.name));
	case FEED_SIGHT:
		return TAKEN(feed_take_sight(body, &taken.sight),
			     observation_free(taken.sight.observation));
	case FEED_CHECK:
		return TAKEN(feed_take_check(body, &taken.check), feed_free(taken.check.name));
	case FEED_GONE:
		return feed_take_gone(body, &which, &sink);
	case FEED_EVENT:
		return TAKEN(feed_take_event(body, &taken.event),
			     feed_free(taken.event.event.target_name));
	case FEED_TELL:
		return TAKEN(feed_take_tell(body, &sink, &taken.event),
			     feed_free(taken.event.event.target_name));
	case FEED_READY:
		return feed_take_ready(body, &taken.report);
	case FEED_TOLD:
		return feed_take_told(body, &sink, &number, &truth);
	case FEED_STATE:
		return TAKEN(feed_take_state(body, &truth, &text), text_free(&text));
	default:
		return feed_take_mark(body);
	}
#undef TAKEN
}

#endif
