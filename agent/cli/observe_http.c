/* SPDX-License-Identifier: Apache-2.0
 *
 * How the answer of a web server is told to people.
 */
#include <inttypes.h>
#include <string.h>

#include "agent/cli/observe_text.h"

static int64_t page_integer(const struct page *page, const char *name)
{
	const struct fact *fact = page_fact(page, name);

	return fact ? fact->integer : 0;
}

static void add_status(struct page *page)
{
	page_add(page, false, "%" PRId64 ", HTTP/%s", page_integer(page, "http.status"),
		 page_text(page, "http.version"));
}

/* That it is no https is what is worth a look. */
static void add_location(struct page *page)
{
	if (!page_fact(page, "http.location"))
		page_add(page, false, "nowhere");
	else
		page_add(page, false, "%s%s", page_text(page, "http.location"),
			 page_truth(page, "http.redirects_to_https") ? " (https)" : "");
}

static void add_final(struct page *page)
{
	page_add(page, false, "%" PRId64 " at %s", page_integer(page, "http.final_status"),
		 page_text(page, "http.final_url"));
}

static void add_hsts(struct page *page)
{
	int64_t seconds = page_integer(page, "http.hsts");

	page_add(page, !seconds, "%" PRId64 " seconds%s", seconds,
		 page_truth(page, "http.hsts_subdomains") ? ", for names below it, too" : "");
}

static const struct fact *column(const struct facts *record, const char *name)
{
	for (size_t i = 0; i < facts_count(record); i++)
		if (!strcmp(facts_at(record, i)->about->name, name))
			return facts_at(record, i);
	return NULL;
}

static bool truth_of(const struct facts *record, const char *name)
{
	const struct fact *fact = column(record, name);

	return fact && fact->truth;
}

static const char *text_of(const struct facts *record, const char *name)
{
	const struct fact *fact = column(record, name);

	return fact ? fact->text : "";
}

static bool is_listed(const struct fact *list, const char *text)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (!strcmp(list->texts[i], text))
			return true;
	return false;
}

static void add_cookies(struct page *page)
{
	const struct fact *cookies = page_fact(page, "http.cookies");
	const struct fact *insecure = page_fact(page, "http.insecure_cookies");

	if (!cookies)
		page_add(page, false, "none");
	for (size_t i = 0; cookies && i < cookies->count; i++) {
		const struct facts *cookie = cookies->records[i];
		const char *name = text_of(cookie, "http.cookie");

		page_add(page, is_listed(insecure, name), "%s: %s, %s, SameSite %s", name,
			 truth_of(cookie, "http.cookie_secure") ? "Secure" : "not Secure",
			 truth_of(cookie, "http.cookie_http_only") ? "HttpOnly" : "not HttpOnly",
			 text_of(cookie, "http.cookie_same_site"));
	}
}

static void add_headers(struct page *page)
{
	const struct fact *headers = page_fact(page, "http.headers");

	page_add(page, false, "%zu", headers->count);
	for (size_t i = 0; i < headers->count; i++)
		page_add_below(page, false, 0, headers->texts[i]);
}

const struct row *observe_http_rows(void)
{
	static const struct row rows[] = {
		{ "Status", { "http.status", "http.version" }, add_status },
		{ "Leads to", { "http.redirects_to_https", "http.location" }, add_location },
		{ "In the end", { "http.final_status", "http.final_url" }, add_final },
		{ "HSTS", { "http.hsts", "http.hsts_subdomains" }, add_hsts },
		{ "Server", { "http.server" }, NULL },
		{ "Powered by", { "http.powered_by" }, NULL },
		{ "Title", { "http.title" }, NULL },
		{ "Log in by", { "http.authentication" }, NULL },
		{ "Cookies", { "http.insecure_cookies", "http.cookies" }, add_cookies },
		{ "Headers", { "http.headers" }, add_headers },
		{ .label = NULL }
	};

	return rows;
}
