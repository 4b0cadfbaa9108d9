/* SPDX-License-Identifier: Apache-2.0
 *
 * An observation between processes: the address (u8 family and, unless that is 0, u16
 * port, u32 scope and its bytes), u64 start, u64 duration, u8 stage, u8 reason, the step,
 * the detail, and the facts.
 */
#include <stdlib.h>
#include <string.h>

#include "collectors/observation.h"
#include "collectors/string_wire.h"
#include "ground/text.h"

enum { WORDS_MOST = 1024 };

static size_t address_width(uint8_t family)
{
	return family == 4 ? 4 : 16;
}

static void put_address(struct writer *out, const struct address *address)
{
	writer_put_u8(out, address->family);
	if (!address->family)
		return;
	writer_put_u16le(out, address->port);
	writer_put_u32le(out, address->scope);
	writer_put(out, address->bytes, address_width(address->family));
}

static bool take_address(struct reader *in, struct address *address)
{
	const uint8_t *bytes;

	address->family = reader_take_u8(in);
	if (!address->family)
		return reader_ok(in);
	if (address->family != 4 && address->family != 6)
		return false;
	address->port = reader_take_u16le(in);
	address->scope = reader_take_u32le(in);
	bytes = reader_take(in, address_width(address->family));
	if (!bytes)
		return false;
	memcpy(address->bytes, bytes, address_width(address->family));
	return true;
}

void observation_encode(const struct observation *observation, struct writer *out)
{
	put_address(out, &observation->address);
	writer_put_u64le(out, (uint64_t)observation->started_wall_us);
	writer_put_u64le(out, (uint64_t)observation->elapsed_us);
	writer_put_u8(out, (uint8_t)observation->outcome.stage);
	writer_put_u8(out, (uint8_t)observation->outcome.reason);
	string_put(out, observation->outcome.step);
	string_put(out, observation->detail);
	facts_encode(observation->facts, out);
}

/* The prober has escaped its words already; but who speaks here may be somebody who has
 * taken a prober over. */
static bool take_words(struct reader *in, char **words)
{
	struct text safe = { 0 };
	const char *bytes;
	size_t length;

	if (!string_take(in, &bytes, &length))
		return false;
	if (length) {
		text_add_foreign(&safe, bytes, length, WORDS_MOST);
		*words = text_take(&safe);
	}
	return true;
}

static bool take_outcome(struct reader *in, struct outcome *outcome)
{
	uint8_t stage = reader_take_u8(in), reason = reader_take_u8(in);

	if (stage >= STAGE_COUNT || reason >= REASON_COUNT)
		return false;
	outcome->stage = (enum stage)stage;
	outcome->reason = (enum reason)reason;
	return reader_ok(in);
}

struct observation *observation_decode(struct reader *in)
{
	struct observation *observation = observation_new();
	bool good = take_address(in, &observation->address);

	observation->started_wall_us = (int64_t)reader_take_u64le(in);
	observation->elapsed_us = (int64_t)reader_take_u64le(in);
	good = good && take_outcome(in, &observation->outcome) &&
	       take_words(in, &observation->step) && take_words(in, &observation->detail) &&
	       facts_decode(in, observation->facts);
	observation->outcome.step = observation->step;
	if (good)
		return observation;
	observation_free(observation);
	return NULL;
}
