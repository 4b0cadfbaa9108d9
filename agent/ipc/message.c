/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "agent/ipc/messages.h"
#include "collectors/collector.h"
#include "collectors/string_wire.h"
#include "ground/log.h"

int message_next(struct reader *in, enum message_kind *kind, struct reader *body)
{
	struct reader ahead = *in;
	uint32_t length;
	uint8_t number;

	if (reader_left(in) < MESSAGE_HEAD)
		return 0;
	length = reader_take_u32le(&ahead);
	number = reader_take_u8(&ahead);
	if (!length || length > MESSAGE_MOST || !number || number >= MESSAGE_KINDS)
		return -1;
	if (reader_left(&ahead) < length - 1)
		return 0;
	*kind = (enum message_kind)number;
	*body = reader_part(&ahead, length - 1);
	*in = ahead;
	return 1;
}

/* The place of the length, which message_end() fills in. */
static size_t message_begin(struct writer *out, enum message_kind kind)
{
	size_t at = out->length;

	writer_put_u32le(out, 0);
	writer_put_u8(out, (uint8_t)kind);
	return at;
}

static void message_end(struct writer *out, size_t at)
{
	writer_patch_u32le(out, at, (uint32_t)(out->length - at - sizeof(uint32_t)));
}

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
	size_t at = message_begin(out, MESSAGE_SETTINGS);

	string_put(out, settings->name_servers);
	string_put(out, settings->user);
	writer_put_u8(out, (uint8_t)settings->kind);
	message_end(out, at);
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
	size_t at = message_begin(out, MESSAGE_OBSERVE);

	writer_put_u32le(out, ticket);
	writer_put_u32le(out, authorities);
	request_encode(request, out);
	message_end(out, at);
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
	size_t at = message_begin(out, MESSAGE_AUTHORITIES);

	writer_put_u32le(out, number);
	string_put_long(out, pem);
	message_end(out, at);
}

bool message_take_authorities(struct reader *body, uint32_t *number, const char **pem,
			      size_t *length)
{
	*number = reader_take_u32le(body);
	return string_take_long(body, pem, length) && is_done(body);
}

void message_put_ready(struct writer *out, const struct fence_report *report)
{
	size_t at = message_begin(out, MESSAGE_READY);

	writer_put_u8(out, report->no_new_privileges);
	writer_put_u8(out, report->seccomp);
	writer_put_u8(out, report->landlock);
	writer_put_u32le(out, report->user);
	message_end(out, at);
}

bool message_take_ready(struct reader *body, struct fence_report *report)
{
	report->no_new_privileges = reader_take_u8(body);
	report->seccomp = reader_take_u8(body);
	report->landlock = reader_take_u8(body);
	report->user = reader_take_u32le(body);
	return is_done(body);
}

/* An observation no frame can hold is answered without its facts, so that one endless list
 * does not cost all the others their answers. */
void message_put_observed(struct writer *out, uint32_t ticket,
			  const struct observation *observation)
{
	size_t at = message_begin(out, MESSAGE_OBSERVED);
	struct observation bare = *observation;

	writer_put_u32le(out, ticket);
	observation_encode(observation, out);
	if (out->length - at > MESSAGE_MOST && writer_ok(out)) {
		out->length = at;
		message_begin(out, MESSAGE_OBSERVED);
		writer_put_u32le(out, ticket);
		bare.outcome = (struct outcome){ .stage = STAGE_PROBER,
						 .reason = REASON_TOO_MUCH };
		bare.facts = facts_new();
		observation_encode(&bare, out);
		facts_free(bare.facts);
	}
	message_end(out, at);
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
	size_t at = message_begin(out, MESSAGE_LOG);
	char short_topic[32], short_line[1024];

	snprintf(short_topic, sizeof short_topic, "%s", topic);
	snprintf(short_line, sizeof short_line, "%s", line);
	writer_put_u8(out, level);
	string_put(out, short_topic);
	string_put(out, short_line);
	message_end(out, at);
}

bool message_take_log(struct reader *body, uint8_t *level, char topic[static 32],
		      char line[static 1024])
{
	*level = reader_take_u8(body);
	return *level <= LOG_LEVEL_ERROR && string_take_into(body, topic, 32) &&
	       string_take_into(body, line, 1024) && is_done(body);
}
