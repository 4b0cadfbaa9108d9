/* SPDX-License-Identifier: Apache-2.0
 *
 * A stream as the engine feeds a face, which goes into a mirror; and what only the engine hears.
 */
#include "agent/ipc/frame.h"
#include "agent/mirror/mirror.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EVENTS = 4 };

static void take_tell(struct reader *body)
{
	struct feed_event event;
	uint32_t sink;

	if (feed_take_tell(body, &sink, &event))
		feed_free(event.event.target_name);
}

static void take_body(struct mirror *mirror, uint8_t kind, struct reader *body)
{
	struct text text = { 0 };
	struct fence_report report;
	uint64_t number;
	uint32_t sink;
	bool truth;

	switch (kind) {
	case FEED_TELL:
		take_tell(body);
		break;
	case FEED_READY:
		feed_take_ready(body, &report);
		break;
	case FEED_TOLD:
		feed_take_told(body, &sink, &number, &truth);
		break;
	case FEED_STATE:
		feed_take_state(body, &truth, &text);
		text_free(&text);
		break;
	default:
		if (mirror_hear(mirror, kind, body) && kind == FEED_SETTLED)
			mirror_settle(mirror);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mirror *mirror = mirror_new(EVENTS);
	struct reader in, body;
	uint8_t kind;

	reader_init(&in, data, size);
	while (frame_next(&in, &kind, &body) > 0)
		take_body(mirror, kind, &body);
	mirror_settle(mirror);
	mirror_free(mirror);
	return 0;
}
