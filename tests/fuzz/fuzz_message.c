/* SPDX-License-Identifier: Apache-2.0
 *
 * A stream of messages as the other process sends it; whole ones are taken apart.
 */
#include "agent/ipc/frame.h"
#include "agent/ipc/messages.h"
#include "agent/ipc/shelf.h"
#include "ground/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take_request(struct reader *body)
{
	struct arena *arena = arena_new();
	struct request request;
	uint32_t ticket, authorities;

	if (message_take_observe(body, &ticket, &authorities, arena, &request)) {
		struct writer out;

		writer_grow_up_to(&out, 2 * FRAME_MOST);
		message_put_observe(&out, ticket, authorities, &request);
		writer_free(&out);
	}
	arena_free(arena);
}

static void take_observation(struct reader *body)
{
	uint32_t ticket;
	struct observation *observation = message_take_observed(body, &ticket);

	if (observation) {
		struct writer out;

		writer_grow_up_to(&out, 2 * FRAME_MOST);
		message_put_observed(&out, ticket, observation);
		writer_free(&out);
	}
	observation_free(observation);
}

static void take_authorities(struct reader *body)
{
	struct shelf shelf = { 0 };
	const char *pem;
	size_t length;
	uint32_t number;

	if (message_take_authorities(body, &number, &pem, &length) &&
	    shelf_put(&shelf, number, pem, length)) {
		struct writer out;

		writer_grow_up_to(&out, FRAME_MOST);
		message_put_authorities(&out, number, shelf_at(&shelf, number));
		writer_free(&out);
	}
	shelf_free(&shelf);
}

static void take_body(uint8_t kind, struct reader *body)
{
	struct prober_settings settings;
	struct fence_report report;
	char topic[32], line[1024];
	uint8_t level;

	if (kind == MESSAGE_SETTINGS)
		message_take_settings(body, &settings);
	else if (kind == MESSAGE_OBSERVE)
		take_request(body);
	else if (kind == MESSAGE_AUTHORITIES)
		take_authorities(body);
	else if (kind == MESSAGE_READY)
		message_take_ready(body, &report);
	else if (kind == MESSAGE_OBSERVED)
		take_observation(body);
	else
		message_take_log(body, &level, topic, line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t kind;
	struct reader in, body;

	reader_init(&in, data, size);
	while (frame_next(&in, &kind, &body) > 0)
		take_body(kind, &body);
	return 0;
}
