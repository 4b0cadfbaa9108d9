/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/http_wire.h"

#include <string.h>
#include <strings.h>

enum { TITLE_TAG_MOST = 512 };

/* More than 30,000 years are as many. */
#define AGE_MOST INT64_C(999999999999)

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct http_span trimmed(const char *bytes, size_t length)
{
	while (length && is_blank(*bytes)) {
		bytes++;
		length--;
	}
	while (length && is_blank(bytes[length - 1]))
		length--;
	return (struct http_span){ bytes, length };
}

static bool span_is(struct http_span span, const char *word)
{
	return span.length == strlen(word) && !strncasecmp(span.bytes, word, span.length);
}

/* name=value up to the next semicolon; a value may stand in quotes. */
struct directive {
	struct http_span name, value;
	bool has_value;
};

static void split_directive(struct http_span part, struct directive *out)
{
	const char *equals = memchr(part.bytes, '=', part.length);
	size_t name = equals ? (size_t)(equals - part.bytes) : part.length;

	*out = (struct directive){ .name = trimmed(part.bytes, name), .value = { "", 0 },
				   .has_value = equals };
	if (equals)
		out->value = trimmed(equals + 1, part.length - name - 1);
}

/* --- Strict-Transport-Security --------------------------------------------- */

static struct http_span unquoted(struct http_span value)
{
	if (value.length >= 2 && value.bytes[0] == '"' && value.bytes[value.length - 1] == '"')
		return (struct http_span){ value.bytes + 1, value.length - 2 };
	return value;
}

static bool take_seconds(struct http_span value, int64_t *seconds)
{
	int64_t sum = 0;

	value = unquoted(value);
	for (size_t i = 0; i < value.length; i++) {
		if (!is_digit(value.bytes[i]))
			return false;
		sum = sum * 10 + (value.bytes[i] - '0');
		sum = sum < AGE_MOST ? sum : AGE_MOST;
	}
	*seconds = sum;
	return value.length;
}

bool http_take_hsts(const char *value, struct http_hsts *out)
{
	bool has_age = false;

	*out = (struct http_hsts){ 0 };
	for (const char *at = value;; at++) {
		size_t length = strcspn(at, ";");
		struct directive directive;

		split_directive(trimmed(at, length), &directive);
		if (span_is(directive.name, "max-age")) {
			/* Each directive once at most: a browser takes no notice else. */
			if (has_age || !take_seconds(directive.value, &out->max_age))
				return false;
			has_age = true;
		} else if (span_is(directive.name, "includeSubDomains")) {
			if (out->subdomains || directive.has_value)
				return false;
			out->subdomains = true;
		}
		at += length;
		if (!*at)
			return has_age;
	}
}

/* --- Set-Cookie ------------------------------------------------------------ */

static enum http_same_site same_site_of(struct http_span value)
{
	if (span_is(value, "strict"))
		return SAME_SITE_STRICT;
	if (span_is(value, "lax"))
		return SAME_SITE_LAX;
	return span_is(value, "none") ? SAME_SITE_NONE : SAME_SITE_UNSET;
}

static bool has_part(struct http_span span, const char *part)
{
	return memmem(span.bytes, span.length, part, strlen(part));
}

/* Servers remove a cookie by letting it end: at once, or in 1970. */
static bool is_removal(const struct directive *attribute)
{
	const struct http_span value = attribute->value;

	if (span_is(attribute->name, "max-age"))
		return value.length && (value.bytes[0] == '-' || span_is(value, "0"));
	return span_is(attribute->name, "expires") &&
	       (has_part(value, "1970") || has_part(value, "-70 "));
}

static void take_attribute(const struct directive *attribute, struct http_cookie *out)
{
	if (span_is(attribute->name, "secure"))
		out->secure = true;
	else if (span_is(attribute->name, "httponly"))
		out->http_only = true;
	else if (span_is(attribute->name, "samesite"))
		out->same_site = same_site_of(attribute->value);
	else if (is_removal(attribute))
		out->removed = true;
}

bool http_take_cookie(const char *value, struct http_cookie *out)
{
	size_t length = strcspn(value, ";");
	struct directive pair;

	split_directive(trimmed(value, length), &pair);
	if (!pair.name.length && !pair.value.length)
		return false;
	*out = (struct http_cookie){ .name = pair.name };
	/* What has no name is all value, and that is nobody's business. */
	if (!pair.has_value)
		out->name.length = 0;
	value += length;
	out->attributes = (struct http_span){ value, strlen(value) };
	while (*value) {
		struct directive attribute;

		length = strcspn(++value, ";");
		split_directive(trimmed(value, length), &attribute);
		take_attribute(&attribute, out);
		value += length;
	}
	return true;
}

/* --- WWW-Authenticate ------------------------------------------------------ */

/* RFC 9110 section 5.6.2. */
static size_t token_length(const char *at)
{
	return strspn(at, "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			  "abcdefghijklmnopqrstuvwxyz");
}

/* To the comma behind this element, past those in quotes. */
static const char *element_end(const char *at)
{
	bool quoted = false;

	for (; *at && (quoted || *at != ','); at++) {
		if (*at == '"')
			quoted = !quoted;
		else if (quoted && *at == '\\' && at[1])
			at++;
	}
	return at;
}

bool http_take_scheme(const char **at, struct http_span *scheme)
{
	while (**at) {
		const char *begin = *at + strspn(*at, " \t,");
		size_t length = token_length(begin);
		const char *behind = begin + length + strspn(begin + length, " \t");

		*at = element_end(begin);
		/* realm="…" belongs to the scheme before it. */
		if (length && *behind != '=' &&
		    (behind > begin + length || !*behind || *behind == ',')) {
			*scheme = (struct http_span){ begin, length };
			return true;
		}
	}
	return false;
}

/* --- the title of a page --------------------------------------------------- */

static const char *find_tag(const char *at, const char *end, const char *tag)
{
	size_t length = strlen(tag);

	for (; (size_t)(end - at) >= length; at++) {
		at = memchr(at, '<', (size_t)(end - at));
		if (!at || (size_t)(end - at) < length)
			return NULL;
		if (!strncasecmp(at, tag, length))
			return at;
	}
	return NULL;
}

struct http_span http_title(const char *body, size_t length)
{
	static const char opening[] = "<title";
	static const struct http_span none = { "", 0 };
	const char *end, *begin, *close;

	if (!length)
		return none;
	end = body + length;
	begin = find_tag(body, end, opening);
	if (!begin)
		return none;
	begin += sizeof opening - 1;
	if (begin == end || !*begin || !strchr("> \t\r\n", *begin))
		return none;
	length = (size_t)(end - begin) < TITLE_TAG_MOST ? (size_t)(end - begin) : TITLE_TAG_MOST;
	begin = memchr(begin, '>', length);
	close = begin ? find_tag(++begin, end, "</title") : NULL;
	return close ? (struct http_span){ begin, (size_t)(close - begin) } : none;
}
