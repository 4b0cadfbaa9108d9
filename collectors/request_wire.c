/* SPDX-License-Identifier: Apache-2.0
 *
 * A request between processes: u8 collector, u8 family, u8 by address, u32 timeout, u32
 * packets per second, u64 wanted facts, then the strings, the access to SNMP and the two
 * strings of a document's terms. The subject travels as its text and is parsed again, so that
 * there is nothing in it that could contradict itself. The authorities, which many requests
 * have in common, travel by themselves.
 */
#include "collectors/collector.h"
#include "collectors/document.h"
#include "collectors/request.h"
#include "collectors/snmp_access.h"
#include "collectors/string_wire.h"
#include "ground/memory.h"

void request_encode(const struct request *request, struct writer *out)
{
	writer_put_u8(out, (uint8_t)collector_index(request->collector));
	writer_put_u8(out, request->family);
	writer_put_u8(out, request->by_address);
	writer_put_u32le(out, request->timeout_ms);
	writer_put_u32le(out, request->packets_per_second);
	writer_put_u64be(out, request->wanted);
	string_put(out, request->subject.text);
	string_put(out, request->host);
	string_put(out, request->name);
	string_put(out, request->verify_name);
	string_put(out, request->starttls);
	string_put(out, request->source);
	string_put(out, request->proxy);
	snmp_access_encode(request->snmp, out);
	string_put(out, request->terms ? request->terms->authorization : NULL);
	string_put(out, request->terms ? request->terms->etag : NULL);
}

static bool take_subject(struct reader *in, struct arena *arena, struct request *request)
{
	char text[SUBJECT_ROOM], room[SUBJECT_ROOM];
	const char *why;

	if (!string_take_into(in, text, sizeof text) ||
	    !subject_parse(text, request->collector->kinds, room, &request->subject, &why))
		return false;
	request->subject.text = arena_copy(arena, room);
	return true;
}

/* False when damaged; "" becomes NULL. */
static bool take_optional(struct reader *in, struct arena *arena, const char **string)
{
	const char *bytes;
	size_t length;

	if (!string_take(in, &bytes, &length))
		return false;
	*string = length ? arena_copy_span(arena, bytes, length) : NULL;
	return true;
}

static bool take_terms(struct reader *in, struct arena *arena, struct request *request)
{
	struct document_terms terms, *kept;

	if (!take_optional(in, arena, &terms.authorization) ||
	    !take_optional(in, arena, &terms.etag))
		return false;
	if (terms.authorization || terms.etag) {
		kept = arena_take(arena, sizeof *kept);
		*kept = terms;
		request->terms = kept;
	}
	return true;
}

bool request_decode(struct reader *in, struct arena *arena, struct request *request)
{
	*request = (struct request){ 0 };
	request->collector = collector_at(reader_take_u8(in));
	request->family = reader_take_u8(in);
	request->by_address = reader_take_u8(in) != 0;
	request->timeout_ms = reader_take_u32le(in);
	request->packets_per_second = reader_take_u32le(in);
	request->wanted = reader_take_u64be(in);
	if (!reader_ok(in) || !request->collector)
		return false;
	if (request->family != 0 && request->family != 4 && request->family != 6)
		return false;
	if (!take_subject(in, arena, request))
		return false;
	request->host = string_take_copy(in, arena);
	return request->host && take_optional(in, arena, &request->name) &&
	       take_optional(in, arena, &request->verify_name) &&
	       take_optional(in, arena, &request->starttls) &&
	       take_optional(in, arena, &request->source) &&
	       take_optional(in, arena, &request->proxy) &&
	       snmp_access_decode(in, arena, &request->snmp) &&
	       take_terms(in, arena, request);
}
