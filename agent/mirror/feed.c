/* SPDX-License-Identifier: Apache-2.0
 *
 * What is said. A text is a u16 length and its bytes; labels are the same with NULs inside.
 */
#include "agent/mirror/feed.h"

#include <string.h>

#include "agent/ipc/frame.h"

/* No character is cut in two. */
static size_t length_within(const char *text, size_t most)
{
	size_t length = strnlen(text, most + 1);

	if (length <= most)
		return length;
	for (length = most; length && ((uint8_t)text[length] & 0xc0) == 0x80;)
		length--;
	return length;
}

static void put_text_within(struct writer *out, const char *text, size_t most)
{
	size_t length = text ? length_within(text, most) : 0;

	writer_put_u16le(out, (uint16_t)length);
	writer_put(out, text, length);
}

static void put_text(struct writer *out, const char *text)
{
	put_text_within(out, text, FEED_TEXT_MOST);
}

static void put_time(struct writer *out, int64_t wall_us)
{
	writer_put_u64le(out, (uint64_t)wall_us);
}

void feed_put_settings(struct writer *out, const void *settings, size_t length)
{
	size_t at = frame_begin(out, FEED_SETTINGS);

	writer_put(out, settings, length);
	frame_end(out, at);
}

void feed_put_mark(struct writer *out, enum feed_kind kind)
{
	frame_end(out, frame_begin(out, (uint8_t)kind));
}

void feed_put_agent(struct writer *out, const struct feed_agent *agent)
{
	size_t at = frame_begin(out, FEED_AGENT);

	put_text(out, agent->version);
	put_time(out, agent->started_wall_us);
	put_time(out, agent->loaded_wall_us);
	writer_put_u8(out, agent->config_valid);
	writer_put_u8(out, agent->store_writable);
	writer_put_u8(out, agent->uplink_up);
	writer_put_u64le(out, agent->observations);
	writer_put_u32le(out, agent->late_s);
	writer_put_u64le(out, agent->told);
	writer_put_u64le(out, agent->untold);
	writer_put_u64le(out, agent->suppressed);
	writer_put_u64le(out, agent->last_event);
	frame_end(out, at);
}

void feed_put_rule(struct writer *out, const struct feed_rule *rule)
{
	size_t at = frame_begin(out, FEED_RULE);

	writer_put_u32le(out, rule->number);
	writer_put_u8(out, rule->family);
	put_text(out, rule->name);
	put_text(out, rule->title);
	put_text(out, rule->because);
	put_text(out, rule->remedy);
	put_text(out, rule->otherwise_remedy);
	put_text(out, rule->reference);
	frame_end(out, at);
}

/* Whole pairs, as many as there is room for. */
static size_t labels_within(const char *labels, size_t length)
{
	size_t fits = 0;

	for (size_t at = 0, ends = 0; at < length && at < FEED_LABELS_MOST; at++) {
		ends += !labels[at];
		if (!labels[at] && ends % 2 == 0)
			fits = at + 1;
	}
	return fits;
}

void feed_put_target(struct writer *out, const struct feed_target *target)
{
	size_t at = frame_begin(out, FEED_TARGET);
	size_t labels = labels_within(target->labels, target->labels_length);

	writer_put_u32le(out, target->number);
	writer_put_u32le(out, target->check);
	put_text(out, target->name);
	put_text(out, target->address);
	put_text(out, target->profiles);
	writer_put_u16le(out, (uint16_t)labels);
	writer_put(out, target->labels, labels);
	writer_put_u8(out, target->vantage);
	writer_put_u8(out, target->down);
	writer_put_u8(out, target->told);
	writer_put_u64le(out, target->raised);
	frame_end(out, at);
}

void feed_put_sight(struct writer *out, uint32_t number, const struct observation *observation)
{
	size_t at = frame_begin(out, FEED_SIGHT);

	writer_put_u32le(out, number);
	message_put_observation(out, at, observation);
	frame_end(out, at);
}

void feed_put_check(struct writer *out, const struct feed_check *check)
{
	size_t at = frame_begin(out, FEED_CHECK);

	writer_put_u32le(out, check->number);
	writer_put_u32le(out, check->target);
	writer_put_u32le(out, check->rule);
	writer_put_u32le(out, check->sight);
	put_text(out, check->name);
	put_text(out, check->subject);
	put_text(out, check->expected);
	put_text(out, check->observed);
	put_text(out, check->reason);
	put_text(out, check->exception_reason);
	put_text(out, check->exception_owner);
	put_time(out, check->exception_until_us);
	put_time(out, check->judged_wall_us);
	put_time(out, check->since_wall_us);
	writer_put_u64le(out, check->raised);
	writer_put_u16le(out, check->port);
	writer_put_u8(out, check->ip);
	writer_put_u8(out, check->verdict);
	writer_put_u8(out, check->severity);
	writer_put_u8(out, check->told);
	writer_put_u8(out, check->expected_port);
	writer_put_u8(out, check->flaps);
	writer_put_u8(out, check->held);
	writer_put_u8(out, check->unused_feature);
	frame_end(out, at);
}

void feed_put_gone(struct writer *out, enum feed_kind which, uint32_t number)
{
	size_t at = frame_begin(out, FEED_GONE);

	writer_put_u8(out, (uint8_t)which);
	writer_put_u32le(out, number);
	frame_end(out, at);
}

static void put_event(struct writer *out, const struct feed_event *fed)
{
	const struct event *event = &fed->event;

	writer_put_u64le(out, event->number);
	writer_put_u64le(out, event->alarm);
	put_time(out, event->at_us);
	writer_put_u32le(out, event->target);
	writer_put_u32le(out, event->check);
	writer_put_u8(out, event->kind);
	writer_put_u8(out, event->from);
	writer_put_u8(out, event->to);
	writer_put_u8(out, event->severity);
	writer_put_u8(out, event->cause);
	writer_put_u8(out, event->flaps);
	writer_put_u8(out, event->quiet);
	put_text(out, event->target_name);
	put_text(out, event->check_name);
	put_text(out, event->title);
	put_text(out, event->expected);
	put_text(out, event->observed);
	put_text(out, event->reason);
	put_text(out, event->remedy);
	writer_put_u32le(out, fed->count);
	writer_put_u8(out, fed->storm);
}

void feed_put_event(struct writer *out, const struct feed_event *event)
{
	size_t at = frame_begin(out, FEED_EVENT);

	put_event(out, event);
	frame_end(out, at);
}

void feed_put_tell(struct writer *out, uint32_t sink, const struct feed_event *event)
{
	size_t at = frame_begin(out, FEED_TELL);

	writer_put_u32le(out, sink);
	put_event(out, event);
	frame_end(out, at);
}

void feed_put_ready(struct writer *out, const struct fence_report *report)
{
	message_put_ready(out, FEED_READY, report);
}

void feed_put_told(struct writer *out, uint32_t sink, uint64_t number, bool acknowledged)
{
	size_t at = frame_begin(out, FEED_TOLD);

	writer_put_u32le(out, sink);
	writer_put_u64le(out, number);
	writer_put_u8(out, acknowledged);
	frame_end(out, at);
}

void feed_put_state(struct writer *out, bool good, const char *text)
{
	size_t at = frame_begin(out, FEED_STATE);

	writer_put_u8(out, good);
	put_text_within(out, text, FEED_STATE_MOST);
	frame_end(out, at);
}
