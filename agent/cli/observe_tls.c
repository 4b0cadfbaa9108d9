/* SPDX-License-Identifier: Apache-2.0
 *
 * How the facts of a TLS peer are told to people: versions, suites by family, habits.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/cli/observe_text.h"
#include "collectors/tls/tls_suites.h"

/* RFC 7568 and 8996. */
static const struct {
	const char *word, *what;
} old_versions[] = {
	{ "SSLv3", "broken" },
	{ "TLS1.0", "out of date" },
	{ "TLS1.1", "out of date" },
};

enum { OLD_VERSIONS = sizeof old_versions / sizeof *old_versions };

static const char *what_is_old(const char *version)
{
	for (size_t i = 0; i < OLD_VERSIONS; i++)
		if (!strcmp(old_versions[i].word, version))
			return old_versions[i].what;
	return NULL;
}

static void add_versions(struct page *page)
{
	const struct fact *fact = page_fact(page, "tls.versions");
	struct text good = { 0 };

	for (size_t i = 0; i < fact->count; i++)
		if (!what_is_old(fact->texts[i]))
			text_add_item(&good, " ", fact->texts[i]);
	if (good.length || !fact->count)
		page_add(page, false, "%s", good.length ? text_string(&good) : "none");
	for (size_t i = 0; i < fact->count; i++)
		if (what_is_old(fact->texts[i]))
			page_add(page, true, "%s (%s)", fact->texts[i],
				 what_is_old(fact->texts[i]));
	text_free(&good);
}

/* NULL: not in the registry. */
static const struct tls_suite *suite_named(const char *name)
{
	for (size_t i = 0; i < tls_suite_count(); i++)
		if (!strcmp(tls_suite_at(i)->name, name))
			return tls_suite_at(i);
	return NULL;
}

static bool is_only_1_3(const char *name)
{
	const struct tls_suite *suite = suite_named(name);

	return suite && suite->traits & TLS_SUITE_ONLY_1_3;
}

/* "cbc_sha1, static_rsa": as profiles call them. */
static void add_weaknesses(const char *name, struct text *out)
{
	const struct tls_suite *suite = suite_named(name);

	for (unsigned i = 0; suite && i < TLS_WEAKNESS_COUNT; i++)
		if (suite->traits >> i & 1)
			text_add_item(out, ", ", tls_weakness_words()[i]);
}

static bool is_weak(const char *name)
{
	const struct tls_suite *suite = suite_named(name);

	return suite && suite->traits & ((1u << TLS_WEAKNESS_COUNT) - 1);
}

/* The suites of one fact that belong to TLS 1.3, or those that do not. */
struct family {
	size_t count, weak;
	unsigned widest;
};

static struct family measure(const struct fact *fact, bool only_1_3)
{
	struct family family = { 0 };

	for (size_t i = 0; i < fact->count; i++) {
		const char *name = fact->texts[i];

		if (is_only_1_3(name) != only_1_3)
			continue;
		family.count++;
		family.weak += is_weak(name);
		if (screen_columns(name) > family.widest)
			family.widest = screen_columns(name);
	}
	return family;
}

static void add_family(struct page *page, const struct fact *fact, bool only_1_3)
{
	struct family family = measure(fact, only_1_3);
	struct text count = { 0 };

	if (!family.count)
		return;
	text_add_format(&count, "%zu for %s", family.count,
			only_1_3 ? "TLS 1.3" : "TLS 1.2 and older");
	if (family.weak)
		text_add_format(&count, ", %zu of them weak", family.weak);
	page_add(page, false, "%s", text_string(&count));
	text_free(&count);
	for (size_t i = 0; i < fact->count; i++) {
		struct text classes = { 0 };

		if (is_only_1_3(fact->texts[i]) != only_1_3)
			continue;
		add_weaknesses(fact->texts[i], &classes);
		if (classes.length)
			page_add_with_note(page, true, fact->texts[i], family.widest,
					   text_string(&classes));
		else
			page_add_below(page, false, 0, fact->texts[i]);
		text_free(&classes);
	}
}

static void add_ciphers(struct page *page)
{
	const struct fact *fact = page_fact(page, "tls.ciphers");

	if (!fact->count)
		page_add(page, false, "none");
	add_family(page, fact, true);
	add_family(page, fact, false);
}

/* They are marked among the suites already; here they are when only they were asked for. */
static void add_weak_ciphers(struct page *page)
{
	const struct fact *fact = page_fact(page, "tls.weak_ciphers");

	if (page_fact(page, "tls.ciphers"))
		return;
	if (!fact->count)
		page_add(page, false, "none");
	else
		add_family(page, fact, false);
}

static void add_weaknesses_found(struct page *page)
{
	const struct fact *fact = page_fact(page, "tls.weaknesses");
	struct text words = { 0 };

	for (size_t i = 0; i < fact->count; i++)
		text_add_item(&words, ", ", fact->texts[i]);
	page_add(page, fact->count, "%s", fact->count ? text_string(&words) : "none");
	text_free(&words);
}

static void add_preference(struct page *page)
{
	page_add(page, false, "the %s's order of suites decides",
		 page_text(page, "tls.preference"));
}

/* What a habit is called, when it is as it should be and when it is not. */
static const struct habit {
	const char *fact;
	bool weak;		/* the value that is */
	const char *when_true, *when_false;
} habits[] = {
	{ "tls.anonymous", true, "accepts suites in which nobody proves who he is",
	  "every suite proves who the server is" },
	{ "tls.compression", true, "compresses what it encrypts, which can give secrets away",
	  "does not compress" },
	{ "tls.secure_renegotiation", false, "secure (RFC 5746)", "not secured (RFC 5746)" },
	{ "tls.fallback_scsv", false, "refuses clients that were made to fall back",
	  "lets clients be made to fall back to an older version" },
};

static void add_habit(struct page *page, const char *name)
{
	const struct habit *habit = habits;
	bool truth = page_truth(page, name);

	while (strcmp(habit->fact, name))
		habit++;
	page_add(page, truth == habit->weak, "%s", truth ? habit->when_true : habit->when_false);
}

static void add_anonymous(struct page *page)
{
	add_habit(page, "tls.anonymous");
}

static void add_compression(struct page *page)
{
	add_habit(page, "tls.compression");
}

static void add_renegotiation(struct page *page)
{
	add_habit(page, "tls.secure_renegotiation");
}

static void add_fallback(struct page *page)
{
	add_habit(page, "tls.fallback_scsv");
}

static void add_client_certificate(struct page *page)
{
	const char *word = page_text(page, "tls.client_certificate");

	page_add(page, false, "%s",
		 !strcmp(word, "none")	      ? "is not asked for"
		 : !strcmp(word, "requested") ? "is asked for, but not required"
					      : "is required");
}

static void add_starttls(struct page *page)
{
	const char *word = page_text(page, "tls.starttls");
	bool offered = !strcmp(word, "offered");

	page_add(page, !offered, "%s",
		 offered		     ? "offered"
		 : !strcmp(word, "absent")   ? "absent: neither offered nor taken"
		 : !strcmp(word, "stripped") ? "stripped: somebody on the way takes the offer out"
					     : "refused: offered, but not when asked for");
}

static void add_plain_text(struct page *page)
{
	page_add(page, true, "%s is spoken in plain text where TLS was expected",
		 page_text(page, "tls.plain_text"));
}

const struct row *observe_tls_rows(void)
{
	static const struct row rows[] = {
		{ "STARTTLS", { "tls.starttls" }, add_starttls },
		{ "Plain text", { "tls.plain_text" }, add_plain_text },
		{ "Versions", { "tls.versions" }, add_versions },
		{ "Suites", { "tls.ciphers" }, add_ciphers },
		{ "Weak suites", { "tls.weak_ciphers" }, add_weak_ciphers },
		{ "Weaknesses", { "tls.weaknesses" }, add_weaknesses_found },
		{ "Anonymity", { "tls.anonymous" }, add_anonymous },
		{ "Preference", { "tls.preference" }, add_preference },
		{ "Groups", { "tls.groups" }, NULL },
		{ "ALPN", { "tls.alpn" }, NULL },
		{ "Client cert.", { "tls.client_certificate" }, add_client_certificate },
		{ "Compression", { "tls.compression" }, add_compression },
		{ "Renegotiation", { "tls.secure_renegotiation" }, add_renegotiation },
		{ "Fallback", { "tls.fallback_scsv" }, add_fallback },
		{ .label = NULL }
	};

	return rows;
}
