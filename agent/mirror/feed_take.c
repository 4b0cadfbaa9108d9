/* SPDX-License-Identifier: Apache-2.0
 *
 * What is heard: bytes that nobody vouches for.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/mirror/feed.h"
#include "ground/memory.h"
#include "ground/text.h"

enum { TEXTS_MOST = 8 };

/* The texts of one message, until all of it was read. */
struct texts {
	struct span {
		const char **place;
		const char *bytes;
		size_t length;
	} spans[TEXTS_MOST];
	size_t count;
};

static void take_span(struct reader *in, struct span *span, size_t most)
{
	span->length = reader_take_u16le(in);
	span->bytes = (const char *)reader_take(in, span->length);
	if (!span->bytes || span->length > most) {
		in->failed = true;
		span->length = 0;
	}
}

/* Nothing is written to its place before keep(). */
static void take_text(struct reader *in, struct texts *texts, const char **place)
{
	struct span *span = &texts->spans[texts->count++];

	span->place = place;
	take_span(in, span, FEED_TEXT_MOST);
	if (span->length && memchr(span->bytes, '\0', span->length))
		in->failed = true;
}

/* Pairs of texts, each of which ends in NUL. */
static void take_labels(struct reader *in, struct texts *texts, const char **place)
{
	struct span *span = &texts->spans[texts->count++];
	size_t ends = 0;

	span->place = place;
	take_span(in, span, FEED_LABELS_MOST);
	for (size_t i = 0; i < span->length; i++)
		ends += !span->bytes[i];
	if (ends % 2 || (span->length && span->bytes[span->length - 1]))
		in->failed = true;
}

/* All was there, and nothing else. */
static bool is_done(const struct reader *body)
{
	return reader_ok(body) && !reader_left(body);
}

static bool keep(struct texts *texts, const struct reader *body)
{
	size_t bytes = 1;
	char *at;

	if (!is_done(body))
		return false;
	for (size_t i = 0; i < texts->count; i++)
		bytes += texts->spans[i].length + 1;
	at = memory_new(bytes, 1);
	for (size_t i = 0; i < texts->count; i++) {
		const struct span *span = &texts->spans[i];

		*span->place = at;
		if (span->length)
			memcpy(at, span->bytes, span->length);
		at += span->length + 1;
	}
	return true;
}

void feed_free(const char *first_text)
{
	free((char *)first_text);
}

/* --- numbers ------------------------------------------------------------------------------- */

static int64_t take_time(struct reader *in)
{
	return (int64_t)reader_take_u64le(in);
}

/* One of so many. */
static uint8_t take_below(struct reader *in, unsigned count)
{
	uint8_t value = reader_take_u8(in);

	if (value < count)
		return value;
	in->failed = true;
	return 0;
}

static bool take_truth(struct reader *in)
{
	return take_below(in, 2);
}

static uint8_t take_vantage(struct reader *in)
{
	uint8_t value = reader_take_u8(in);

	switch (value) {
#define VANTAGE_CASE(constant, word, bit) case VANTAGE_##constant:
	VANTAGES(VANTAGE_CASE)
#undef VANTAGE_CASE
		return value;
	default:
		in->failed = true;
		return VANTAGE_INTERNAL;
	}
}

static uint8_t take_ip(struct reader *in)
{
	uint8_t value = reader_take_u8(in);

	if (value && value != 4 && value != 6)
		in->failed = true;
	return value;
}

/* --- from the engine ----------------------------------------------------------------------- */

bool feed_take_mark(struct reader *body)
{
	return is_done(body);
}

bool feed_take_agent(struct reader *body, struct feed_agent *agent)
{
	struct texts texts = { 0 };

	take_text(body, &texts, &agent->version);
	agent->started_wall_us = take_time(body);
	agent->loaded_wall_us = take_time(body);
	agent->config_valid = take_truth(body);
	agent->store_writable = take_truth(body);
	agent->uplink_up = take_truth(body);
	agent->observations = reader_take_u64le(body);
	agent->late_s = reader_take_u32le(body);
	agent->told = reader_take_u64le(body);
	agent->untold = reader_take_u64le(body);
	agent->suppressed = reader_take_u64le(body);
	agent->last_event = reader_take_u64le(body);
	return keep(&texts, body);
}

bool feed_take_rule(struct reader *body, struct feed_rule *rule)
{
	struct texts texts = { 0 };

	rule->number = reader_take_u32le(body);
	rule->family = take_below(body, FEED_FAMILIES);
	take_text(body, &texts, &rule->name);
	take_text(body, &texts, &rule->title);
	take_text(body, &texts, &rule->because);
	take_text(body, &texts, &rule->remedy);
	take_text(body, &texts, &rule->otherwise_remedy);
	take_text(body, &texts, &rule->reference);
	return keep(&texts, body);
}

bool feed_take_target(struct reader *body, struct feed_target *target)
{
	struct texts texts = { 0 };

	target->number = reader_take_u32le(body);
	target->check = reader_take_u32le(body);
	take_text(body, &texts, &target->name);
	take_text(body, &texts, &target->address);
	take_text(body, &texts, &target->profiles);
	take_labels(body, &texts, &target->labels);
	target->labels_length = (uint32_t)texts.spans[3].length;
	target->vantage = take_vantage(body);
	target->down = take_truth(body);
	target->told = take_below(body, VERDICT_COUNT);
	target->raised = reader_take_u64le(body);
	return keep(&texts, body);
}

bool feed_take_sight(struct reader *body, struct feed_sight *sight)
{
	sight->number = reader_take_u32le(body);
	sight->observation = observation_decode(body);
	if (sight->observation && is_done(body))
		return true;
	observation_free(sight->observation);
	return false;
}

bool feed_take_check(struct reader *body, struct feed_check *check)
{
	struct texts texts = { 0 };

	check->number = reader_take_u32le(body);
	check->target = reader_take_u32le(body);
	check->rule = reader_take_u32le(body);
	check->sight = reader_take_u32le(body);
	take_text(body, &texts, &check->name);
	take_text(body, &texts, &check->subject);
	take_text(body, &texts, &check->expected);
	take_text(body, &texts, &check->observed);
	take_text(body, &texts, &check->reason);
	take_text(body, &texts, &check->exception_reason);
	take_text(body, &texts, &check->exception_owner);
	check->exception_until_us = take_time(body);
	check->judged_wall_us = take_time(body);
	check->since_wall_us = take_time(body);
	check->raised = reader_take_u64le(body);
	check->port = reader_take_u16le(body);
	check->ip = take_ip(body);
	check->verdict = take_below(body, VERDICT_COUNT);
	check->severity = take_below(body, SEVERITY_COUNT);
	check->told = take_below(body, VERDICT_COUNT);
	check->expected_port = take_below(body, 3);
	check->flaps = take_truth(body);
	check->held = take_truth(body);
	check->unused_feature = take_truth(body);
	return keep(&texts, body);
}

bool feed_take_gone(struct reader *body, enum feed_kind *which, uint32_t *number)
{
	*which = (enum feed_kind)reader_take_u8(body);
	*number = reader_take_u32le(body);
	return is_done(body) && (*which == FEED_TARGET || *which == FEED_CHECK ||
				 *which == FEED_SIGHT || *which == FEED_RULE);
}

static void take_event_texts(struct reader *body, struct texts *texts, struct event *event)
{
	take_text(body, texts, &event->target_name);
	take_text(body, texts, &event->check_name);
	take_text(body, texts, &event->title);
	take_text(body, texts, &event->expected);
	take_text(body, texts, &event->observed);
	take_text(body, texts, &event->reason);
	take_text(body, texts, &event->remedy);
}

bool feed_take_event(struct reader *body, struct feed_event *fed)
{
	struct event *event = &fed->event;
	struct texts texts = { 0 };

	event->number = reader_take_u64le(body);
	event->alarm = reader_take_u64le(body);
	event->at_us = take_time(body);
	event->target = reader_take_u32le(body);
	event->check = reader_take_u32le(body);
	event->kind = take_below(body, EVENT_KIND_COUNT);
	event->from = take_below(body, VERDICT_COUNT);
	event->to = take_below(body, VERDICT_COUNT);
	event->severity = take_below(body, SEVERITY_COUNT);
	event->cause = take_below(body, ALARM_CAUSE_COUNT);
	event->flaps = take_truth(body);
	event->quiet = take_truth(body);
	take_event_texts(body, &texts, event);
	fed->count = reader_take_u32le(body);
	fed->storm = take_truth(body);
	return keep(&texts, body);
}

bool feed_take_tell(struct reader *body, uint32_t *sink, struct feed_event *event)
{
	*sink = reader_take_u32le(body);
	return feed_take_event(body, event);
}

/* --- from a face --------------------------------------------------------------------------- */

bool feed_take_ready(struct reader *body, struct fence_report *report)
{
	return message_take_ready(body, report);
}

bool feed_take_told(struct reader *body, uint32_t *sink, uint64_t *number, bool *acknowledged)
{
	*sink = reader_take_u32le(body);
	*number = reader_take_u64le(body);
	*acknowledged = take_truth(body);
	return is_done(body);
}

bool feed_take_state(struct reader *body, bool *good, struct text *text)
{
	struct span span;

	*good = take_truth(body);
	take_span(body, &span, FEED_STATE_MOST);
	if (!is_done(body))
		return false;
	text_add_foreign(text, span.bytes, span.length, FEED_STATE_MOST);
	return true;
}
