/* SPDX-License-Identifier: Apache-2.0
 *
 * What the values of HTTP headers and the beginning of a page say: pure functions over bytes
 * of a stranger. What they hand out points into those bytes.
 */
#ifndef COLLECTORS_HTTP_WIRE_H
#define COLLECTORS_HTTP_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ground/text.h"

struct http_span {
	const char *bytes;
	size_t length;
};

/* Strict-Transport-Security, RFC 6797 section 6.1. */
struct http_hsts {
	int64_t max_age;	/* seconds */
	bool subdomains;
};

/* False when it is none that a browser would follow. */
bool http_take_hsts(const char *value, struct http_hsts *out);

enum http_same_site { SAME_SITE_UNSET, SAME_SITE_NONE, SAME_SITE_LAX, SAME_SITE_STRICT };

/* Set-Cookie as browsers read it, RFC 6265 section 5.2. */
struct http_cookie {
	struct http_span name;		/* may be empty */
	bool secure, http_only;
	bool removed;			/* the browser shall forget it */
	enum http_same_site same_site;
	struct http_span attributes;	/* behind the value, from its semicolon on */
};

bool http_take_cookie(const char *value, struct http_cookie *out);

/* The next scheme that a WWW-Authenticate offers, RFC 9110 section 11.6.1; *at moves behind
 * it. False: there are no more. */
bool http_take_scheme(const char **at, struct http_span *scheme);

/* What <title> holds, as it is; an empty one when there is none. */
struct http_span http_title(const char *body, size_t length);

/* Where a Location leads, RFC 9110 section 10.2.2. */
enum http_scheme { HTTP_OTHER, HTTP_PLAIN, HTTP_SECURE };

struct http_place {
	enum http_scheme scheme;
	const char *host;	/* without brackets */
	uint16_t port;
	const char *path;	/* "/…", with its query */
};

enum { HTTP_HOST_ROOM = 256, HTTP_PATH_ROOM = 2048 };

struct http_target {
	enum http_scheme scheme;
	bool same_host;		/* scheme, host and port are those of the place it is from */
	char path[HTTP_PATH_ROOM];	/* fit for a request; only when same_host */
};

/* Seen from `from`, whose path is fit for a request. False: it leads nowhere that we can
 * make out. */
bool http_resolve(const struct http_place *from, const char *location,
		  struct http_target *out);
/* https://pbx.example:8443/admin */
void http_add_url(const struct http_place *place, struct text *out);

#endif
