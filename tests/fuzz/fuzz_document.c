/* SPDX-License-Identifier: Apache-2.0
 *
 * The answer of a server that an inventory is fetched from: the lines of a head, then a body.
 */
#include <assert.h>
#include <string.h>

#include "collectors/document.h"
#include "net/fetch_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tell(struct fetch_end *end, enum reason cut)
{
	struct facts *facts = facts_new();
	const struct fact *etag, *body;
	enum reason reason;

	end->cut = cut;
	reason = document_tell(end, facts);
	body = facts_get(facts, document_fact(DOCUMENT_BODY));
	assert(!body == (reason != REASON_NONE || end->status != 200));
	assert(!body || (cut == REASON_NONE && strlen(body->text) == end->body.length));
	etag = facts_get(facts, document_fact(DOCUMENT_ETAG));
	assert(!etag || !strpbrk(etag->text, "\r\n\t\x7f"));
	facts_free(facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fetch_header headers[FETCH_HEADERS_MOST];
	const char *at = (const char *)data;
	struct fetch_end end = { 0 };
	struct fetch_head head;
	const char *line_end;

	fetch_head_init(&head, 4096);
	while (size && (line_end = memchr(at, '\n', size)) && !head.complete) {
		size_t length = (size_t)(line_end - at) + 1;

		if (!fetch_head_take(&head, at, length))
			break;
		at += length;
		size -= length;
	}
	end.status = head.status;
	end.header_count = fetch_head_list(&head, headers);
	end.headers = headers;
	reader_init(&end.body, at, size);
	tell(&end, REASON_NONE);
	tell(&end, REASON_TOO_MUCH);
	fetch_head_free(&head);
	return 0;
}
