/* SPDX-License-Identifier: Apache-2.0
 *
 * What a web server says: the lines of a head, and each value as each header; the last line
 * as a page.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/http_wire.h"
#include "net/fetch_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_value(const char *value)
{
	static const struct http_place from = { HTTP_SECURE, "pbx.example", 443, "/a/b" };
	const char *at = value;
	struct http_cookie cookie;
	struct http_target target;
	struct http_span scheme;
	struct http_hsts hsts;

	assert(!http_take_hsts(value, &hsts) || hsts.max_age >= 0);
	if (http_take_cookie(value, &cookie))
		assert(cookie.name.length <= strlen(value) &&
		       cookie.attributes.length <= strlen(value));
	while (http_take_scheme(&at, &scheme))
		assert(scheme.length && scheme.bytes + scheme.length <= value + strlen(value));
	if (http_resolve(&from, value, &target) && target.same_host)
		assert(target.path[0] == '/' && !strpbrk(target.path, " \r\n\t#"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fetch_header headers[FETCH_HEADERS_MOST];
	const char *at = (const char *)data;
	struct http_span title;
	struct fetch_head head;
	const char *end;
	size_t count;

	fetch_head_init(&head, 4096);
	while (size && (end = memchr(at, '\n', size)) && !head.complete) {
		size_t length = (size_t)(end - at) + 1;

		if (!fetch_head_take(&head, at, length))
			break;
		at += length;
		size -= length;
	}
	assert(!head.complete || head.reason == REASON_NONE);
	count = fetch_head_list(&head, headers);
	for (size_t i = 0; i < count; i++) {
		assert(*headers[i].name && !strpbrk(headers[i].value, "\r\n"));
		read_value(headers[i].value);
	}
	fetch_head_proxy_reason(head.status, headers, count);
	title = http_title(at, size);
	assert(title.length <= size);
	fetch_head_free(&head);
	return 0;
}
