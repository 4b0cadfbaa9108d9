/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/http_wire.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void is_span(struct http_span span, const char *expected)
{
	assert_int_equal(span.length, strlen(expected));
	assert_memory_equal(span.bytes, expected, span.length);
}

static void hsts_is_what_a_browser_would_follow(void **state)
{
	static const struct {
		const char *value;
		int64_t max_age;	/* -1: none */
		bool subdomains;
	} values[] = {
		{ "max-age=31536000", 31536000, false },
		{ "max-age=31536000; includeSubDomains; preload", 31536000, true },
		{ "INCLUDESUBDOMAINS ;MAX-AGE=\"60\"", 60, true },
		{ " max-age = 0 ", 0, false },
		{ "max-age=1;;", 1, false },
		{ "max-age=99999999999999999999999999", 999999999999, false },
		{ "max-age=1; other=\"x\"", 1, false },
		{ "", -1, false }, { "includeSubDomains", -1, false }, { "max-age", -1, false },
		{ "max-age=", -1, false }, { "max-age=-1", -1, false }, { "max-age=1x", -1, false },
		{ "max-age=\"1", -1, false }, { "max-age=1; max-age=2", -1, false },
		{ "max-age=1; includeSubDomains=yes", -1, false }, { "xmax-age=1", -1, false },
		{ "max-age=1, max-age=2", -1, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		struct http_hsts hsts;

		assert_int_equal(http_take_hsts(values[i].value, &hsts), values[i].max_age >= 0);
		if (values[i].max_age < 0)
			continue;
		assert_int_equal(hsts.max_age, values[i].max_age);
		assert_int_equal(hsts.subdomains, values[i].subdomains);
	}
}

static void a_cookie_is_read_as_browsers_do(void **state)
{
	static const struct {
		const char *value, *name;
		bool secure, http_only, removed;
		enum http_same_site same_site;
	} values[] = {
		{ "sid=a; Secure; HttpOnly; SameSite=Lax", "sid", true, true, false,
		  SAME_SITE_LAX },
		{ " sid = a=b ;SECURE;httponly ; samesite = strict", "sid", true, true, false,
		  SAME_SITE_STRICT },
		{ "sid=a; Path=/; secured", "sid", false, false, false, SAME_SITE_UNSET },
		{ "sid=; Max-Age=0", "sid", false, false, true, SAME_SITE_UNSET },
		{ "sid=x; Max-Age=-1", "sid", false, false, true, SAME_SITE_UNSET },
		{ "sid=x; Expires; Max-Age; SameSite", "sid", false, false, false,
		  SAME_SITE_UNSET },
		{ "sid=x; Max-Age=10", "sid", false, false, false, SAME_SITE_UNSET },
		{ "sid=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT", "sid", false, false, true,
		  SAME_SITE_UNSET },
		{ "sid=Secure; HttpOnly", "sid", false, true, false, SAME_SITE_UNSET },
		{ "secret", "", false, false, false, SAME_SITE_UNSET },
		{ "=secret; Secure", "", true, false, false, SAME_SITE_UNSET },
		{ "a=b; SameSite=None;Secure=", "a", true, false, false, SAME_SITE_NONE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		struct http_cookie cookie;

		assert_true(http_take_cookie(values[i].value, &cookie));
		is_span(cookie.name, values[i].name);
		assert_int_equal(cookie.secure, values[i].secure);
		assert_int_equal(cookie.http_only, values[i].http_only);
		assert_int_equal(cookie.removed, values[i].removed);
		assert_int_equal(cookie.same_site, values[i].same_site);
	}
}

static void a_cookie_without_name_and_value_is_none(void **state)
{
	struct http_cookie cookie;

	(void)state;
	assert_false(http_take_cookie("", &cookie));
	assert_false(http_take_cookie("=", &cookie));
	assert_false(http_take_cookie("; Secure", &cookie));
}

static void offers(const char *value, const char *expected)
{
	struct text found = { 0 };
	struct http_span scheme;

	while (http_take_scheme(&value, &scheme)) {
		text_add(&found, found.length ? " " : "");
		text_add_bytes(&found, scheme.bytes, scheme.length);
	}
	assert_string_equal(text_string(&found), expected);
	text_free(&found);
}

static void schemes_are_told_apart_from_their_parameters(void **state)
{
	(void)state;
	offers("Basic realm=\"pbx\"", "Basic");
	offers("Digest realm=\"a, Basic b\", nonce=\"x\\\", NTLM y\", qop=\"auth\", Basic realm=x",
	       "Digest Basic");
	offers("Negotiate, NTLM", "Negotiate NTLM");
	offers("Negotiate YIIabc==", "Negotiate");
	offers("Newauth realm = \"a\", type=1 , title=\"Log in\", Basic", "Newauth Basic");
	offers(",, Basic ,,", "Basic");
	offers("", "");
	offers("realm=\"x\"", "");
	offers("\"Basic\"", "");
	offers("Digest realm=\"never ends, Basic x", "Digest");
}

static void leads(const struct http_place *from, const char *location, enum http_scheme scheme,
		  const char *path)
{
	struct http_target target;

	assert_true(http_resolve(from, location, &target));
	assert_int_equal(target.scheme, scheme);
	assert_int_equal(target.same_host, path != NULL);
	if (path)
		assert_string_equal(target.path, path);
}

static void leads_nowhere(const struct http_place *from, const char *location)
{
	struct http_target target;

	assert_false(http_resolve(from, location, &target));
}

static const struct http_place admin = { HTTP_SECURE, "pbx.example", 443, "/a/admin?x=1" };

static void a_location_is_resolved_as_browsers_do(void **state)
{
	(void)state;
	leads(&admin, "/admin/", HTTP_SECURE, "/admin/");
	leads(&admin, "admin/", HTTP_SECURE, "/a/admin/");
	leads(&admin, "?y=2", HTTP_SECURE, "/a/admin?y=2");
	leads(&admin, "", HTTP_SECURE, "/a/admin");
	leads(&admin, "#top", HTTP_SECURE, "/a/admin");
	leads(&admin, "../x/./y/../z#top", HTTP_SECURE, "/x/z");
	leads(&admin, "../../../../x", HTTP_SECURE, "/x");
	leads(&admin, "/..", HTTP_SECURE, "/");
	leads(&admin, ".", HTTP_SECURE, "/a/");
	leads(&admin, "/\xc3\xa4 b\"?c d", HTTP_SECURE, "/%C3%A4%20b%22?c%20d");
	leads(&admin, " https://PBX.example:443/b", HTTP_SECURE, "/b");
	leads(&admin, "HTTPS://pbx.example", HTTP_SECURE, "/");
	leads(&admin, "https://pbx.example?q", HTTP_SECURE, "/?q");
	leads(&admin, "//pbx.example/b", HTTP_SECURE, "/b");
}

static void another_place_is_not_the_same(void **state)
{
	(void)state;
	leads(&admin, "http://pbx.example/", HTTP_PLAIN, NULL);
	leads(&admin, "http://pbx.example:443/", HTTP_PLAIN, NULL);
	leads(&admin, "https://pbx.example:8443/", HTTP_SECURE, NULL);
	leads(&admin, "https://www.pbx.example/", HTTP_SECURE, NULL);
	leads(&admin, "//evil.example/b", HTTP_SECURE, NULL);
	leads(&admin, "https://user@pbx.example/", HTTP_SECURE, NULL);
	leads(&admin, "https://pbx.example@evil.example/", HTTP_SECURE, NULL);
	leads(&admin, "javascript:alert(1)", HTTP_OTHER, NULL);
	leads(&admin, "mailto:a@b", HTTP_OTHER, NULL);
	leads_nowhere(&admin, "https:admin");
	leads_nowhere(&admin, "https:///admin");
}

static void addresses_are_the_same_however_written(void **state)
{
	static const struct http_place six = { HTTP_PLAIN, "2001:db8::1", 8080, "/" };

	(void)state;
	leads(&six, "http://[2001:DB8:0:0::1]:8080/b", HTTP_PLAIN, "/b");
	leads(&six, "http://[2001:db8::2]:8080/b", HTTP_PLAIN, NULL);
	leads(&six, "http://[2001:db8::1]/b", HTTP_PLAIN, NULL);
}

static void a_location_too_long_leads_nowhere(void **state)
{
	char location[4 * HTTP_PATH_ROOM];

	(void)state;
	memset(location, 'a', sizeof location);
	location[0] = '/';
	location[sizeof location - 1] = '\0';
	leads_nowhere(&admin, location);
	location[HTTP_PATH_ROOM - 1] = '\0';
	leads(&admin, location, HTTP_SECURE, location);
	location[HTTP_PATH_ROOM - 1] = 'a';
	location[HTTP_PATH_ROOM] = '\0';
	leads_nowhere(&admin, location);
	/* Each becomes three. */
	memset(location + 1, '"', HTTP_PATH_ROOM / 2);
	location[HTTP_PATH_ROOM / 2] = '\0';
	leads_nowhere(&admin, location);
}

static void a_title_is_found_whatever_its_case(void **state)
{
	static const struct {
		const char *body, *title;
	} pages[] = {
		{ "<html><head><TITLE lang=de>PBX</Title>", "PBX" },
		{ "<title>a < b</title>", "a < b" },
		{ "<title\n>x</title>", "x" },
		{ "<titles>x</titles><title>y</title>", "" },
		{ "<title>never ends", "" }, { "<title", "" }, { "<title>", "" }, { "", "" },
		{ "<title></title>", "" }, { "<<title>z</title>", "z" }, { "<t", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(pages); i++)
		is_span(http_title(pages[i].body, strlen(pages[i].body)), pages[i].title);
}

static void a_place_is_written_as_a_url(void **state)
{
	static const struct {
		struct http_place place;
		const char *url;
	} places[] = {
		{ { HTTP_SECURE, "pbx.example", 443, "/" }, "https://pbx.example/" },
		{ { HTTP_PLAIN, "pbx.example", 443, "/a" }, "http://pbx.example:443/a" },
		{ { HTTP_PLAIN, "2001:db8::1", 80, "/" }, "http://[2001:db8::1]/" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(places); i++) {
		struct text url = { 0 };

		http_add_url(&places[i].place, &url);
		assert_string_equal(text_string(&url), places[i].url);
		text_free(&url);
	}
}

/* Each reader over a string in memory that ends right behind it. */
static void read_as_everything(const char *bytes, size_t length)
{
	char *copy = strndup(bytes, length);
	const char *at = copy;
	struct http_cookie cookie;
	struct http_target target;
	struct http_span scheme;
	struct http_hsts hsts;

	if (http_take_hsts(copy, &hsts))
		assert_true(hsts.max_age >= 0);
	if (http_take_cookie(copy, &cookie))
		assert_true(cookie.name.length <= length);
	while (http_take_scheme(&at, &scheme))
		assert_true(scheme.length > 0);
	if (http_resolve(&admin, copy, &target) && target.same_host)
		assert_int_equal(target.path[0], '/');
	assert_true(http_title(copy, strlen(copy)).length <= length);
	free(copy);
}

static void any_value_cut_or_changed_harms_nobody(void **state)
{
	static const char *const values[] = {
		"max-age=\"31536000\"; includeSubDomains",
		"sid=abc; Path=/; Expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0; SameSite=Lax",
		"Digest realm=\"a\\\"b\", nonce=x, Basic realm=\"c\", Negotiate abc==",
		"https://[2001:db8::1]:8443/a/../b/./c?d=e#f",
		"<html><title lang=\"x\"> a &amp; b </title>",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		size_t length = strlen(values[i]);
		char changed[256];

		for (size_t cut = 0; cut <= length; cut++)
			read_as_everything(values[i], cut);
		for (size_t at = 0; at < length; at++) {
			for (int value = 1; value < 256; value++) {
				memcpy(changed, values[i], length + 1);
				changed[at] = (char)value;
				read_as_everything(changed, length);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hsts_is_what_a_browser_would_follow),
		cmocka_unit_test(a_cookie_is_read_as_browsers_do),
		cmocka_unit_test(a_cookie_without_name_and_value_is_none),
		cmocka_unit_test(schemes_are_told_apart_from_their_parameters),
		cmocka_unit_test(a_location_is_resolved_as_browsers_do),
		cmocka_unit_test(another_place_is_not_the_same),
		cmocka_unit_test(addresses_are_the_same_however_written),
		cmocka_unit_test(a_location_too_long_leads_nowhere),
		cmocka_unit_test(a_title_is_found_whatever_its_case),
		cmocka_unit_test(a_place_is_written_as_a_url),
		cmocka_unit_test(any_value_cut_or_changed_harms_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
