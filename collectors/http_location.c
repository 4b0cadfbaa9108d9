/* SPDX-License-Identifier: Apache-2.0
 *
 * References as RFC 3986 section 5 resolves them, for http and https.
 */
#include <string.h>
#include <strings.h>

#include "collectors/http_wire.h"
#include "net/address.h"

enum { PORT_OF_HTTP = 80, PORT_OF_HTTPS = 443 };

static uint16_t usual_port(enum http_scheme scheme)
{
	return scheme == HTTP_SECURE ? PORT_OF_HTTPS : PORT_OF_HTTP;
}

/* The length of "https:", or 0 where a reference has no scheme. */
static size_t scheme_length(const char *location, enum http_scheme *scheme)
{
	size_t length = strcspn(location, ":/?#");

	if (location[length] != ':' || !length)
		return 0;
	*scheme = HTTP_OTHER;
	if (length == strlen("https") && !strncasecmp(location, "https", length))
		*scheme = HTTP_SECURE;
	else if (length == strlen("http") && !strncasecmp(location, "http", length))
		*scheme = HTTP_PLAIN;
	return length + 1;
}

static bool same_name(const char *one, const char *other)
{
	struct address first, second;

	if (address_parse(one, &first) && address_parse(other, &second))
		return address_same_host(&first, &second);
	return !strcasecmp(one, other);
}

/* "host:port" between the slashes. A user before the host is nobody we know. */
static bool is_authority(const char *bytes, size_t length, const struct http_place *place)
{
	char string[HTTP_HOST_ROOM + sizeof "[]:65535"], host[HTTP_HOST_ROOM];
	uint16_t port = usual_port(place->scheme);

	if (length >= sizeof string)
		return false;
	memcpy(string, bytes, length);
	string[length] = '\0';
	return address_split_host(string, host, sizeof host, &port) && port == place->port &&
	       same_name(host, place->host);
}

struct path {
	char *bytes;
	size_t length;
	bool cut;
};

static void put(struct path *path, const char *bytes, size_t length)
{
	if (length >= HTTP_PATH_ROOM - path->length) {
		path->cut = true;
		return;
	}
	memcpy(path->bytes + path->length, bytes, length);
	path->length += length;
}

/* As browsers do: what cannot stand in a request is escaped. */
static void put_escaped(struct path *path, const char *bytes, size_t length)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];
		const char escape[] = { '%', digits[c >> 4], digits[c & 15] };

		if (c <= ' ' || c >= 0x7f || strchr("\"<>\\^`{|}", c))
			put(path, escape, sizeof escape);
		else
			put(path, bytes + i, 1);
	}
}

static bool segment_is(const char *segment, size_t length, const char *word)
{
	return length == strlen(word) && !memcmp(segment, word, length);
}

static void drop_last_segment(struct path *path)
{
	while (path->length && path->bytes[--path->length] != '/')
		;
}

/* "/a/./b/../c" is "/a/c", RFC 3986 section 5.2.4. */
static void put_segments(struct path *path, const char *at, size_t length)
{
	const char *end = at + length;

	while (at < end) {
		const char *next = memchr(at, '/', (size_t)(end - at));
		size_t segment = (size_t)((next ? next : end) - at);

		if (segment_is(at, segment, "..")) {
			if (path->length)
				path->length--;
			drop_last_segment(path);
			put(path, "/", 1);
		} else if (!segment_is(at, segment, ".")) {
			put_escaped(path, at, segment);
			if (next)
				put(path, "/", 1);
		}
		at += segment + (next != NULL);
	}
}

static void put_base(struct path *path, const struct http_place *from, bool with_file)
{
	size_t length = strcspn(from->path, "?");

	put(path, from->path, length);
	if (!with_file) {
		drop_last_segment(path);
		put(path, "/", 1);
	}
}

static bool make_path(const struct http_place *from, const char *reference, char *room)
{
	struct path path = { .bytes = room };
	size_t length = strcspn(reference, "?#"), query;

	if (*reference == '/') {
		put(&path, "/", 1);
		put_segments(&path, reference + 1, length - 1);
	} else {
		put_base(&path, from, !length);
		put_segments(&path, reference, length);
	}
	reference += length;
	query = strcspn(reference, "#");
	put_escaped(&path, reference, query);
	room[path.length] = '\0';
	return !path.cut;
}

bool http_resolve(const struct http_place *from, const char *location, struct http_target *out)
{
	struct http_place root = *from;
	enum http_scheme scheme = from->scheme;
	size_t length;
	bool relative;

	*out = (struct http_target){ 0 };
	location += strspn(location, " \t");
	length = scheme_length(location, &scheme);
	relative = !length;
	location += length;
	out->scheme = scheme;
	if (scheme == HTTP_OTHER)
		return true;
	if (strncmp(location, "//", 2)) {
		/* "https:admin" is read in as many ways as there are clients. */
		out->same_host = relative;
		return relative && make_path(from, location, out->path);
	}
	location += 2;
	length = strcspn(location, "/?#");
	out->same_host = scheme == from->scheme && is_authority(location, length, from);
	root.path = "/";
	return length && (!out->same_host || make_path(&root, location + length, out->path));
}

void http_add_url(const struct http_place *place, struct text *out)
{
	text_add_format(out, strchr(place->host, ':') ? "%s://[%s]" : "%s://%s",
			place->scheme == HTTP_SECURE ? "https" : "http", place->host);
	if (place->port != usual_port(place->scheme))
		text_add_format(out, ":%u", place->port);
	text_add(out, place->path);
}
