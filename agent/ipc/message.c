/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "agent/ipc/frame.h"
#include "agent/ipc/messages.h"
#include "collectors/collector.h"
#include "collectors/string_wire.h"
#include "ground/log.h"

enum prober_kind prober_kind_for(const struct collector *collector)
{
	if (collector->looks_inside)
		return PROBER_INSIDE;
	return collector->fetches ? PROBER_FETCHING : PROBER_OUTSIDE;
}

/* All was there, and nothing else. */
static bool is_done(const struct reader *body)
{
	return reader_ok(body) && !reader_left(body);
}

void message_put_settings(struct writer *out, const struct prober_settings *settings)
{
	size_t at = frame_begin(out, MESSAGE_SETTINGS);

	string_put(out, settings->name_servers);
	string_put(out, settings->user);
	writer_put_u8(out, (uint8_t)settings->kind);
	frame_end(out, at);
}

bool message_take_settings(struct reader *body, struct prober_settings *settings)
{
	*settings = (struct prober_settings){ 0 };
	if (!string_take_into(body, settings->name_servers, sizeof settings->name_servers) ||
	    !string_take_into(body, settings->user, sizeof settings->user))
		return false;
	settings->kind = (enum prober_kind)reader_take_u8(body);
	return is_done(body) && settings->kind < PROBER_KINDS;
}

void message_put_observe(struct writer *out, uint32_t ticket, uint32_t authorities,
			 const struct request *request)
{
	size_t at = frame_begin(out, MESSAGE_OBSERVE);

	writer_put_u32le(out, ticket);
	writer_put_u32le(out, authorities);
	request_encode(request, out);
	frame_end(out, at);
}

bool message_take_observe(struct reader *body, uint32_t *ticket, uint32_t *authorities,
			  struct arena *arena, struct request *request)
{
	*ticket = reader_take_u32le(body);
	*authorities = reader_take_u32le(body);
	return request_decode(body, arena, request) && is_done(body);
}

void message_put_authorities(struct writer *out, uint32_t number, const char *pem)
{
	size_t at = frame_begin(out, MESSAGE_AUTHORITIES);

	writer_put_u32le(out, number);
	string_put_long(out, pem);
	frame_end(out, at);
}

bool message_take_authorities(struct reader *body, uint32_t *number, const char **pem,
			      size_t *length)
{
	*number = reader_take_u32le(body);
	return string_take_long(body, pem, length) && is_done(body);
}

void message_put_ready(struct writer *out, uint8_t kind, const struct fence_report *report)
{
	size_t at = frame_begin(out, kind);

	writer_put_u8(out, report->no_new_privileges);
	writer_put_u8(out, report->seccomp);
	writer_put_u8(out, report->landlock);
	writer_put_u32le(out, report->user);
	frame_end(out, at);
}

bool message_take_ready(struct reader *body, struct fence_report *report)
{
	report->no_new_privileges = reader_take_u8(body);
	report->seccomp = reader_take_u8(body);
	report->landlock = reader_take_u8(body);
	report->user = reader_take_u32le(body);
	return is_done(body);
}

void message_put_observation(struct writer *out, size_t frame,
			     const struct observation *observation)
{
	struct observation bare = *observation;
	size_t at = out->length;

	observation_encode(observation, out);
	if (out->length - frame <= FRAME_MOST || !writer_ok(out))
		return;
	out->length = at;
	bare.outcome = (struct outcome){ .stage = STAGE_PROBER, .reason = REASON_TOO_MUCH };
	bare.facts = facts_new();
	observation_encode(&bare, out);
	facts_free(bare.facts);
}

void message_put_observed(struct writer *out, uint32_t ticket,
			  const struct observation *observation)
{
	size_t at = frame_begin(out, MESSAGE_OBSERVED);

	writer_put_u32le(out, ticket);
	message_put_observation(out, at, observation);
	frame_end(out, at);
}

struct observation *message_take_observed(struct reader *body, uint32_t *ticket)
{
	struct observation *observation;

	*ticket = reader_take_u32le(body);
	observation = observation_decode(body);
	if (observation && is_done(body))
		return observation;
	observation_free(observation);
	return NULL;
}

void message_put_log(struct writer *out, uint8_t level, const char *topic, const char *line)
{
	size_t at = frame_begin(out, MESSAGE_LOG);
	char short_topic[32], short_line[1024];

	snprintf(short_topic, sizeof short_topic, "%s", topic);
	snprintf(short_line, sizeof short_line, "%s", line);
	writer_put_u8(out, level);
	string_put(out, short_topic);
	string_put(out, short_line);
	frame_end(out, at);
}

bool message_take_log(struct reader *body, uint8_t *level, char topic[static 32],
		      char line[static 1024])
{
	*level = reader_take_u8(body);
	return *level <= LOG_LEVEL_ERROR && string_take_into(body, topic, 32) &&
	       string_take_into(body, line, 1024) && is_done(body);
}
