/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/http_facts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/text.h"

enum {
	HEADERS_MOST = 64,	/* of each list; what follows is left out */
	HEADER_BYTES = 256,
	TITLE_BYTES = 200,
	NAME_BYTES = 64,
	STATUS_REDIRECTION = 3	/* hundred and some */
};

static const char *const same_site_words[] = {
	[SAME_SITE_UNSET] = "unset", [SAME_SITE_NONE] = "none", [SAME_SITE_LAX] = "lax",
	[SAME_SITE_STRICT] = "strict", NULL
};

enum { COOKIE_NAME, COOKIE_SECURE, COOKIE_HTTP_ONLY, COOKIE_SAME_SITE };

static const struct fact_descriptor cookie_columns[] = {
	[COOKIE_NAME] = {
		.name = "http.cookie", .type = FACT_TEXT,
		.help = "Its name; its value is not kept, for it may open a session."
	},
	[COOKIE_SECURE] = {
		.name = "http.cookie_secure", .type = FACT_BOOLEAN,
		.help = "Whether it is sent over https only."
	},
	[COOKIE_HTTP_ONLY] = {
		.name = "http.cookie_http_only", .type = FACT_BOOLEAN,
		.help = "Whether it is kept from the page's scripts."
	},
	[COOKIE_SAME_SITE] = {
		.name = "http.cookie_same_site", .type = FACT_TEXT, .words = same_site_words,
		.help = "What its attribute SameSite says."
	},
	{ .name = NULL }
};

const struct fact_descriptor http_fact_table[] = {
	[HTTP_STATUS] = {
		.name = "http.status", .type = FACT_INTEGER, .metric = "http_status",
		.help = "The status code of the answer."
	},
	[HTTP_VERSION] = {
		.name = "http.version", .type = FACT_TEXT,
		.help = "The version of HTTP of the answer, asked in 1.1."
	},
	[HTTP_LOCATION] = {
		.name = "http.location", .type = FACT_TEXT,
		.help = "Where the answer says to look instead, as it says it."
	},
	[HTTP_REDIRECTS_TO_HTTPS] = {
		.name = "http.redirects_to_https", .type = FACT_BOOLEAN,
		.help = "Whether the answer is a redirect to https, on whatever host."
	},
	[HTTP_FINAL_STATUS] = {
		.name = "http.final_status", .type = FACT_INTEGER,
		.help = "The status code behind one redirect on the same scheme, host and "
			"port, as from /admin to /admin/; of the answer itself if it is no such "
			"redirect."
	},
	[HTTP_FINAL_URL] = {
		.name = "http.final_url", .type = FACT_TEXT,
		.help = "Whose status code that is."
	},
	[HTTP_HSTS] = {
		.name = "http.hsts", .type = FACT_INTEGER, .unit = "seconds",
		.metric = "http_hsts_seconds",
		.help = "For how long browsers will insist on https (Strict-Transport-Security); "
			"absent without the header, and over http, where browsers take no "
			"notice of it."
	},
	[HTTP_HSTS_SUBDOMAINS] = {
		.name = "http.hsts_subdomains", .type = FACT_BOOLEAN,
		.help = "Whether that is for all names below this one, too."
	},
	[HTTP_SERVER] = {
		.name = "http.server", .type = FACT_TEXT,
		.help = "The header Server: which software answers."
	},
	[HTTP_POWERED_BY] = {
		.name = "http.powered_by", .type = FACT_TEXT,
		.help = "The header X-Powered-By: what the page is made with."
	},
	[HTTP_HEADERS] = {
		.name = "http.headers", .type = FACT_TEXTS,
		.lasting = FACT_NAMES_LAST,
		.help = "The headers, each as name: value, without the values of cookies."
	},
	[HTTP_COOKIES] = {
		.name = "http.cookies", .type = FACT_RECORDS, .columns = cookie_columns,
		.help = "The cookies that are set."
	},
	[HTTP_INSECURE_COOKIES] = {
		.name = "http.insecure_cookies", .type = FACT_TEXTS,
		.help = "Those of them without Secure or without HttpOnly; not those that are "
			"removed."
	},
	[HTTP_AUTHENTICATION] = {
		.name = "http.authentication", .type = FACT_TEXTS,
		.help = "The schemes by which a user may log in: basic, digest, negotiate and "
			"others."
	},
	[HTTP_TITLE] = {
		.name = "http.title", .type = FACT_TEXT,
		.help = "The title of the page."
	},
	[HTTP_SECONDS] = {
		.name = "http.seconds", .type = FACT_REAL, .unit = "seconds",
		.metric = "http_duration_seconds",
		.lasting = FACT_FLEETS,
		.help = "From the beginning to the end of the answer's head."
	},
	{ .name = NULL }
};

static const struct fact_descriptor *fact(enum http_fact row)
{
	return &http_fact_table[row];
}

/* Texts of a stranger on their way into a list. */
struct list {
	char *items[HEADERS_MOST];
	size_t count;
};

static void list_add(struct list *list, const char *bytes, size_t length, size_t most)
{
	struct text safe = { 0 };

	if (list->count == HEADERS_MOST)
		return;
	text_add_foreign(&safe, bytes, length, most);
	list->items[list->count++] = safe.length ? text_take(&safe) : memory_copy("");
	text_free(&safe);
}

static void list_tell(struct list *list, enum http_fact row, struct facts *facts)
{
	facts_set_texts(facts, fact(row), (const char *const *)list->items, list->count);
	while (list->count)
		free(list->items[--list->count]);
}

static bool is(const struct fetch_header *header, const char *name)
{
	return !strcmp(header->name, name);
}

static const char *value_of(const struct fetch_end *end, const char *name)
{
	for (size_t i = 0; i < end->header_count; i++)
		if (is(&end->headers[i], name))
			return end->headers[i].value;
	return NULL;
}

/* --- lists ----------------------------------------------------------------- */

static void add_header(const struct fetch_header *header, struct list *list)
{
	struct text line = { 0 };
	struct http_cookie cookie;

	text_add_format(&line, "%s: ", header->name);
	if (!is(header, "set-cookie")) {
		text_add(&line, header->value);
	} else if (http_take_cookie(header->value, &cookie)) {
		text_add_bytes(&line, cookie.name.bytes, cookie.name.length);
		text_add(&line, "=...");
		text_add_bytes(&line, cookie.attributes.bytes, cookie.attributes.length);
	}
	list_add(list, text_string(&line), line.length, HEADER_BYTES);
	text_free(&line);
}

static void tell_headers(const struct fetch_end *end, struct facts *facts)
{
	struct list list = { .count = 0 };

	for (size_t i = 0; i < end->header_count; i++)
		add_header(&end->headers[i], &list);
	list_tell(&list, HTTP_HEADERS, facts);
}

static void tell_cookie(const struct http_cookie *cookie, struct facts *facts)
{
	struct facts *record = facts_add_record(facts, fact(HTTP_COOKIES));
	struct text name = { 0 };

	text_add_foreign(&name, cookie->name.bytes, cookie->name.length, NAME_BYTES);
	facts_set_text(record, &cookie_columns[COOKIE_NAME], text_string(&name));
	text_free(&name);
	facts_set_boolean(record, &cookie_columns[COOKIE_SECURE], cookie->secure);
	facts_set_boolean(record, &cookie_columns[COOKIE_HTTP_ONLY], cookie->http_only);
	facts_set_text(record, &cookie_columns[COOKIE_SAME_SITE],
		       same_site_words[cookie->same_site]);
}

static void tell_cookies(const struct fetch_end *end, struct facts *facts)
{
	struct list insecure = { .count = 0 };
	size_t count = 0;

	for (size_t i = 0; i < end->header_count; i++) {
		struct http_cookie cookie;

		if (!is(&end->headers[i], "set-cookie") ||
		    !http_take_cookie(end->headers[i].value, &cookie))
			continue;
		if (count++ < HEADERS_MOST)
			tell_cookie(&cookie, facts);
		if (!cookie.removed && (!cookie.secure || !cookie.http_only))
			list_add(&insecure, cookie.name.bytes, cookie.name.length, NAME_BYTES);
	}
	list_tell(&insecure, HTTP_INSECURE_COOKIES, facts);
}

static bool list_has(const struct list *list, struct http_span word)
{
	for (size_t i = 0; i < list->count; i++)
		if (strlen(list->items[i]) == word.length &&
		    !strncasecmp(list->items[i], word.bytes, word.length))
			return true;
	return false;
}

static void tell_authentication(const struct fetch_end *end, struct facts *facts)
{
	struct list list = { .count = 0 };

	for (size_t i = 0; i < end->header_count; i++) {
		const char *at = end->headers[i].value;
		struct http_span scheme;

		while (is(&end->headers[i], "www-authenticate") && http_take_scheme(&at, &scheme)) {
			size_t before = list.count;

			if (!list_has(&list, scheme))
				list_add(&list, scheme.bytes, scheme.length, NAME_BYTES);
			for (char *c = list.count > before ? list.items[before] : ""; *c; c++)
				*c = *c >= 'A' && *c <= 'Z' ? (char)(*c | 0x20) : *c;
		}
	}
	list_tell(&list, HTTP_AUTHENTICATION, facts);
}

/* --- single ones ----------------------------------------------------------- */

static void tell_text(const struct fetch_end *end, const char *header, enum http_fact row,
		      struct facts *facts)
{
	const char *value = value_of(end, header);

	if (value)
		facts_set_foreign(facts, fact(row), value, strlen(value));
}

/* A browser heeds the first of them, and only where nobody on the way can have put it in. */
static void tell_hsts(const struct fetch_end *end, const struct http_place *place,
		      struct facts *facts)
{
	const char *value = value_of(end, "strict-transport-security");
	struct http_hsts hsts;

	if (!value || place->scheme != HTTP_SECURE || !http_take_hsts(value, &hsts))
		return;
	facts_set_integer(facts, fact(HTTP_HSTS), hsts.max_age);
	facts_set_boolean(facts, fact(HTTP_HSTS_SUBDOMAINS), hsts.subdomains);
}

/* Its lines and indents are of no interest. */
static void tell_title(const struct fetch_end *end, struct facts *facts)
{
	struct http_span title = http_title((const char *)end->body.bytes, end->body.length);
	struct text line = { 0 }, safe = { 0 };

	for (size_t i = 0; i < title.length; i++) {
		bool space = strchr(" \t\r\n", title.bytes[i]) && title.bytes[i];

		if (!space)
			text_add_char(&line, title.bytes[i]);
		else if (line.length && line.bytes[line.length - 1] != ' ')
			text_add_char(&line, ' ');
	}
	if (line.length && line.bytes[line.length - 1] == ' ')
		line.bytes[--line.length] = '\0';
	text_add_foreign(&safe, text_string(&line), line.length, TITLE_BYTES);
	if (safe.length)
		facts_set_text(facts, fact(HTTP_TITLE), text_string(&safe));
	text_free(&line);
	text_free(&safe);
}

static bool redirects(const struct fetch_end *end, const struct http_place *place,
		      struct http_target *target)
{
	const char *location = value_of(end, "location");

	return location && end->status / 100 == STATUS_REDIRECTION &&
	       http_resolve(place, location, target);
}

void http_tell(const struct fetch_end *end, const struct http_place *place, struct facts *facts)
{
	struct http_target target;

	facts_set_integer(facts, fact(HTTP_STATUS), end->status);
	facts_set_text(facts, fact(HTTP_VERSION), end->version);
	tell_text(end, "location", HTTP_LOCATION, facts);
	facts_set_boolean(facts, fact(HTTP_REDIRECTS_TO_HTTPS),
			  redirects(end, place, &target) && target.scheme == HTTP_SECURE);
	tell_hsts(end, place, facts);
	tell_text(end, "server", HTTP_SERVER, facts);
	tell_text(end, "x-powered-by", HTTP_POWERED_BY, facts);
	tell_headers(end, facts);
	tell_cookies(end, facts);
	tell_authentication(end, facts);
	tell_title(end, facts);
	facts_set_real(facts, fact(HTTP_SECONDS), (double)end->reply_us / (double)CLOCK_SECOND);
}

void http_tell_final(unsigned status, const struct http_place *place, struct facts *facts)
{
	struct text url = { 0 };

	facts_set_integer(facts, fact(HTTP_FINAL_STATUS), status);
	http_add_url(place, &url);
	facts_set_foreign(facts, fact(HTTP_FINAL_URL), text_string(&url), url.length);
	text_free(&url);
}

bool http_leads_on(const struct fetch_end *end, const struct http_place *place,
		   struct http_target *target)
{
	return redirects(end, place, target) && target->same_host &&
	       strcmp(target->path, place->path);
}
