/* SPDX-License-Identifier: Apache-2.0
 *
 * How it is told to people whether a host elsewhere was reached: which way, how far, and
 * what took how long.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/cli/observe_text.h"
#include "ground/clock.h"

static const char *way(const struct page *page)
{
	return strcmp(page_text(page, "reach.path"), "proxy") ? "directly" : "through the proxy";
}

static void add_reached(struct page *page)
{
	const struct fact *ok = page_fact(page, "reach.ok");
	const struct fact *status = page_fact(page, "reach.status");

	if (!ok)
		page_add(page, false, "cannot be said; %s", way(page));
	else if (!ok->truth)
		page_add(page, true, "no, %s: %s at %s", way(page),
			 page_text(page, "reach.reason"), page_text(page, "reach.stage"));
	else if (status)
		page_add(page, false, "yes, %s, with status %d", way(page), (int)status->integer);
	else
		page_add(page, false, "yes, %s", way(page));
}

static void add_part(const struct page *page, const char *name, const char *words,
		     struct text *out)
{
	const struct fact *fact = page_fact(page, name);

	if (!fact)
		return;
	text_add(out, words);
	screen_add_duration(out, (int64_t)(fact->real * CLOCK_SECOND + 0.5));
}

static void add_time(struct page *page)
{
	struct text line = { 0 };

	add_part(page, "reach.seconds", "", &line);
	add_part(page, "reach.resolve_seconds", "; the name ", &line);
	add_part(page, "reach.connect_seconds", "; connecting ", &line);
	add_part(page, "reach.tls_seconds", "; TLS ", &line);
	page_add(page, false, "%s", text_string(&line));
	text_free(&line);
}

const struct row *observe_reach_rows(void)
{
	static const struct row rows[] = {
		{ "Reached",
		  { "reach.ok", "reach.stage", "reach.reason", "reach.path", "reach.status" },
		  add_reached },
		{ "Address", { "reach.address" }, NULL },
		{ "Time",
		  { "reach.seconds", "reach.resolve_seconds", "reach.connect_seconds",
		    "reach.tls_seconds" },
		  add_time },
		{ NULL, { NULL }, NULL }
	};

	return rows;
}
