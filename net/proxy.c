/* SPDX-License-Identifier: Apache-2.0 */
#include "net/proxy.h"

#include <string.h>

#include "ground/memory.h"
#include "net/address.h"

enum { CREDENTIALS_MOST = 512, REST_MOST = 300 };

static const char scheme[] = "http://";

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* user:password with its %XX resolved; the length, or -1 when an escape is not one. */
static int unescape(const char *string, size_t length, char out[static CREDENTIALS_MOST])
{
	int count = 0;

	if (length >= CREDENTIALS_MOST)
		return -1;
	for (size_t i = 0; i < length; i++) {
		if (string[i] == '%') {
			int high = i + 2 < length ? hex_digit(string[i + 1]) : -1;
			int low = i + 2 < length ? hex_digit(string[i + 2]) : -1;

			if (high < 0 || low < 0)
				return -1;
			out[count++] = (char)(high << 4 | low);
			i += 2;
		} else {
			out[count++] = string[i];
		}
	}
	return count;
}

static char *basic_authorization(struct arena *arena, const char *credentials, size_t length)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char prefix[] = "Basic ";
	char *value = arena_take(arena, sizeof prefix + (length + 2) / 3 * 4);
	char *place = value + sizeof prefix - 1;

	memcpy(value, prefix, sizeof prefix - 1);
	for (size_t i = 0; i < length; i += 3) {
		size_t have = length - i < 3 ? length - i : 3;
		uint32_t bits = 0;

		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 | (j < have ? (uint8_t)credentials[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			*place++ = j <= have ? digits[bits >> (18 - 6 * j) & 63] : '=';
	}
	*place = '\0';
	return value;
}

bool proxy_parse(const char *string, struct arena *arena, struct proxy_place *out)
{
	char credentials[CREDENTIALS_MOST], rest[REST_MOST];
	const char *at;
	size_t length;

	*out = (struct proxy_place){ .port = 80 };
	if (strncmp(string, scheme, sizeof scheme - 1))
		return false;
	string += sizeof scheme - 1;
	at = strrchr(string, '@');
	if (at) {
		int count = unescape(string, (size_t)(at - string), credentials);

		if (count < 0)
			return false;
		out->authorization = basic_authorization(arena, credentials, (size_t)count);
		string = at + 1;
	}
	length = strcspn(string, "/");
	if (length >= sizeof rest || (string[length] && string[length + 1]))
		return false;
	memcpy(rest, string, length);
	rest[length] = '\0';
	return address_split_host(rest, out->host, sizeof out->host, &out->port);
}
