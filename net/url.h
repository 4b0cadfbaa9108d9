/* SPDX-License-Identifier: Apache-2.0
 *
 * The URLs that we look at: http, https, and tcp or tls for a port at which somebody shall
 * merely be reachable. As written in profiles, so without user and password.
 */
#ifndef NET_URL_H
#define NET_URL_H

#include <stdbool.h>
#include <stdint.h>

enum url_scheme { URL_HTTP, URL_HTTPS, URL_TCP, URL_TLS };

struct url {
	enum url_scheme scheme;
	char host[256];		/* a name, or a numeric address without its brackets */
	uint16_t port;		/* the scheme's usual one when none is written */
	const char *path;	/* with its query; "" or "/…". Points into the string. */
};

/* "https://push.example:8443/path". On failure `why` says what is wrong, for people. */
bool url_parse(const char *string, struct url *url, const char **why);
/* Whether it can stand in a URL as its host: a name, an address, or the target's star. */
bool url_is_host(const char *string);
/* Whether a conversation there begins with TLS. */
bool url_encrypted(const struct url *url);

#endif
