/* SPDX-License-Identifier: Apache-2.0
 *
 * A server's answer to the question for pbx.example, for IPv6 when the first byte is odd. What
 * is not a reply says nothing, and a reply no more than can be in so many bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "collectors/dns_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ID = 0x1234, LEAST_RECORD = 1 + 10 + 4 };

static void check_name(const struct dns_name *name)
{
	struct text text = { 0 }, again = { 0 };
	struct dns_name parsed;
	const char *why;

	dns_name_describe(name, &text);
	/* What needs no escapes comes back the same. */
	if (!strchr(text_string(&text), '\\') &&
	    dns_name_parse(text_string(&text), &parsed, &why)) {
		dns_name_describe(&parsed, &again);
		if (parsed.length != name->length ||
		    strcmp(text_string(&text), text_string(&again)) != 0)
			abort();
	}
	text_free(&text);
	text_free(&again);
}

static void check_reply(const struct dns_reply *reply, const struct dns_question *question,
			size_t size)
{
	if (reply->count > size / LEAST_RECORD || reply->alias_count > DNS_ALIASES_MOST)
		abort();
	if (reply->count && reply->rcode != DNS_RCODE_NOERROR)
		abort();
	if (reply->has_ttl ? reply->ttl_seconds > INT32_MAX
			   : reply->count || reply->alias_count)
		abort();
	for (size_t i = 0; i < reply->count; i++)
		if (reply->addresses[i].family != (question->type == DNS_TYPE_A ? 4 : 6))
			abort();
	for (size_t i = 0; i < reply->alias_count; i++)
		check_name(&reply->aliases[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_question question = { .id = ID };
	struct dns_reply reply;
	struct reader in;
	const char *why;

	if (size == 0)
		return 0;
	question.type = data[0] & 1 ? DNS_TYPE_AAAA : DNS_TYPE_A;
	dns_name_parse("pbx.example", &question.name, &why);
	reader_init(&in, data + 1, size - 1);
	if (dns_take_reply(&in, &question, &reply) == DNS_HEARD_REPLY)
		check_reply(&reply, &question, size);
	else if (reply.addresses || reply.alias_count)
		abort();
	dns_reply_clear(&reply);
	return 0;
}
