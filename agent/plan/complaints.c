/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be wrong with a text of a form, said so that it can be put right.
 */
#include <ctype.h>
#include <string.h>

#include "agent/plan/form.h"
#include "ground/memory.h"
#include "net/address.h"
#include "net/proxy.h"

enum { ID_MOST = 64, NAME_MOST = 64, HOST_MOST = 253, LABEL_MOST = 63 };

const char *complain_id(const char *text)
{
	if (!*text || strlen(text) > ID_MOST ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(text))
		return "1 to 64 small letters, digits and '-' can stand here";
	return NULL;
}

const char *complain_name(const char *text)
{
	if (!*text || strlen(text) > NAME_MOST)
		return "a name has 1 to 64 characters";
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c <= ' ' || strchr("*?/\\\"'`,|{}", *c))
			return "a name has no blanks, quotes, slashes or any of * ? , | { }";
	return NULL;
}

static bool label_is_good(const char *label, size_t length)
{
	if (!length || length > LABEL_MOST || label[0] == '-' || label[length - 1] == '-')
		return false;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)label[i]) && label[i] != '-' && label[i] != '_')
			return false;
	return true;
}

/* Letters of other scripts are left to whoever knows their ASCII form. */
static const char *complain_characters(const char *text)
{
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c >= 0x80)
			return "write a name with such letters in its ASCII form (xn--…)";
	if (strstr(text, "://"))
		return "only the host belongs here, not a URL";
	if (strchr(text, ':') || strchr(text, '['))
		return "only the host belongs here, without port or brackets";
	return "this is neither a host name nor an address";
}

const char *complain_host(const char *text)
{
	struct address literal;
	const char *label = text;
	size_t length = strlen(text);

	if (address_parse(text, &literal))
		return NULL;
	if (length > HOST_MOST)
		return "a host name has at most 253 characters";
	/* 10.0.0.300 would be looked up as a name otherwise. */
	if (strspn(text, "0123456789.") == length)
		return "an IPv4 address has four numbers from 0 to 255";
	while (label < text + length) {
		size_t width = strcspn(label, ".");

		if (!label_is_good(label, width))
			return complain_characters(text);
		label += width + 1;
	}
	return NULL;
}

const char *complain_path(const char *text)
{
	return *text == '/' ? NULL
			    : "a path from the root such as /var/lib/ucposture is needed";
}

const char *complain_proxy(const char *text)
{
	struct arena *arena = arena_new();
	struct proxy_place place;
	bool good = proxy_parse(text, arena, &place);

	arena_free(arena);
	return good ? NULL
		    : "a proxy is written http://host:port or http://user:password@host:port";
}
