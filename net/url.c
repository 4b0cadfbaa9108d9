/* SPDX-License-Identifier: Apache-2.0 */
#include "net/url.h"

#include <string.h>

#include "net/address.h"

static const struct {
	const char *begin;
	uint16_t port;		/* 0: it must be written */
} schemes[] = {
	[URL_HTTP] = { "http://", 80 },
	[URL_HTTPS] = { "https://", 443 },
	[URL_TCP] = { "tcp://", 0 },
	[URL_TLS] = { "tls://", 443 },
};

enum { SCHEMES = sizeof schemes / sizeof *schemes };

static const char *take_scheme(const char *string, struct url *url)
{
	for (int i = 0; i < SCHEMES; i++) {
		size_t length = strlen(schemes[i].begin);

		if (strncmp(string, schemes[i].begin, length))
			continue;
		url->scheme = (enum url_scheme)i;
		url->port = schemes[i].port;
		return string + length;
	}
	return NULL;
}

bool url_is_host(const char *string)
{
	struct address address;

	if (address_parse(string, &address) || !strcmp(string, "*"))
		return true;
	return *string && !string[strspn(string, "abcdefghijklmnopqrstuvwxyz"
						 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")];
}

bool url_parse(const char *string, struct url *url, const char **why)
{
	const char *rest = take_scheme(string, url);
	char place[sizeof url->host + sizeof "[]:65535"];
	size_t length;

	*why = "a URL begins with http://, https://, tcp:// or tls://";
	if (!rest)
		return false;
	length = strcspn(rest, "/?#");
	url->path = rest + length;
	*why = "the host of a URL is a name or an address, perhaps with a port behind it";
	if (length >= sizeof place)
		return false;
	memcpy(place, rest, length);
	place[length] = '\0';
	if (!address_split_host(place, url->host, sizeof url->host, &url->port) ||
	    !url_is_host(url->host))
		return false;
	*why = "such a URL needs a port, as in tcp://sip.example:5061";
	if (!url->port)
		return false;
	*why = "a URL's path begins with / and has no #";
	if (strchr(url->path, '#') || *url->path == '?')
		return false;
	*why = "tcp:// and tls:// have no path";
	return url->scheme == URL_HTTP || url->scheme == URL_HTTPS || !*url->path;
}

bool url_encrypted(const struct url *url)
{
	return url->scheme == URL_HTTPS || url->scheme == URL_TLS;
}
