/* SPDX-License-Identifier: Apache-2.0
 *
 * How the facts of a certificate are told to people: whose it is, how long it lasts, who
 * trusts it and why not, and the chain it came with.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cli/observe_text.h"
#include "collectors/certificate_facts.h"
#include "ground/clock.h"

#define DAY (24 * 60 * 60 * CLOCK_SECOND)

enum { RSA_BITS_LEAST = 2048, CURVE_BITS_LEAST = 224 };

struct words {
	const char *word, *sentence;
};

static const struct words trust_errors[] = {
	{ "self_signed", "it is signed with its own key, and nobody here knows it" },
	{ "unknown_root", "its chain is complete, but nobody here knows the root" },
	{ "unknown_issuer", "its issuer was not sent along and is not known here" },
	{ "expired", "its time, or that of one of its issuers, is over" },
	{ "not_yet_valid", "its time, or that of one of its issuers, has not come yet" },
	{ "bad_signature", "a signature of its chain is wrong" },
	{ "not_an_authority", "somebody signed it who may not issue certificates" },
	{ "wrong_purpose", "it is not for servers" },
	{ "weak_key", "a key of its chain is too weak" },
	{ "weak_signature", "a signature of its chain is of a weak kind" },
	{ "name_constrained", "one of its issuers may not issue for such names" },
	{ "malformed", "it, or one of its issuers, is not as it must be" },
	{ "other", "for a reason that has no name here" },
	{ NULL, NULL }
};

static const struct words staples[] = {
	{ "none", "nothing was sent along" },
	{ "good", "its authority says it is good" },
	{ "revoked", "its authority has revoked it" },
	{ "unknown", "its authority does not know it" },
	{ "expired", "one was sent along, but is too old" },
	{ "invalid", "one was sent along, but proves nothing" },
	{ NULL, NULL }
};

static const char *sentence_of(const struct words *words, const char *word)
{
	while (words->word && strcmp(words->word, word))
		words++;
	return words->word ? words->sentence : word;
}

static void add_issuer(struct page *page)
{
	if (page_fact(page, "cert.issuer"))
		page_add(page, false, "%s", page_text(page, "cert.issuer"));
	if (page_truth(page, "cert.self_signed"))
		page_add(page, false, "signed with its own key");
	else if (!page_fact(page, "cert.issuer"))
		page_add(page, false, "not signed with its own key");
}

static void add_names(struct page *page)
{
	const struct fact *names = page_fact(page, "cert.names");

	for (size_t i = 0; names && i < names->count; i++)
		page_add(page, false, "%s", names->texts[i]);
	if (names && !names->count)
		page_add(page, false, "none");
	if (page_truth(page, "cert.wildcard"))
		page_add(page, false, "for every name of a domain");
	else if (!names)
		page_add(page, false, "not for every name of a domain");
}

static void add_days(struct text *out, int64_t us)
{
	int64_t days = us / DAY;

	if (!days)
		text_add(out, "less than a day");
	else
		text_add_format(out, "%" PRId64 " day%s", days, days == 1 ? "" : "s");
}

/* Seen from when it was observed, which is not always when it is told. */
static bool describe_end(const struct page *page, const struct fact *after, struct text *out)
{
	int64_t left_us = after->integer - page->seen->started_wall_us;

	fact_describe(after, out);
	text_add(out, left_us < 0 ? " (over for " : " (");
	add_days(out, left_us < 0 ? -left_us : left_us);
	text_add(out, left_us < 0 ? ")" : " left)");
	return left_us < 0;
}

static bool describe_begin(const struct page *page, const struct fact *before,
			   struct text *out)
{
	bool early = before->integer > page->seen->started_wall_us;

	fact_describe(before, out);
	if (early) {
		text_add(out, " (in ");
		add_days(out, before->integer - page->seen->started_wall_us);
		text_add_char(out, ')');
	}
	return early;
}

static void add_times(struct page *page)
{
	const struct fact *before = page_fact(page, "cert.not_before");
	const struct fact *after = page_fact(page, "cert.not_after");
	struct text begin = { 0 }, end = { 0 };

	if (before) {
		bool early = describe_begin(page, before, &begin);

		page_add(page, early, "from %s", text_string(&begin));
	}
	if (after) {
		bool late = describe_end(page, after, &end);

		page_add(page, late, "until %s", text_string(&end));
	}
	if (!before && page_fact(page, "cert.not_yet_valid"))
		page_add(page, page_truth(page, "cert.not_yet_valid"), "%s",
			 page_truth(page, "cert.not_yet_valid") ? "not yet" : "has begun");
	if (!after && page_fact(page, "cert.expired"))
		page_add(page, page_truth(page, "cert.expired"), "%s",
			 page_truth(page, "cert.expired") ? "no longer" : "not over yet");
	text_free(&begin);
	text_free(&end);
}

static bool key_is_weak(const char *kind, int64_t bits)
{
	if (!strcmp(kind, "EC"))
		return bits < CURVE_BITS_LEAST;
	return (!strncmp(kind, "RSA", 3) || !strcmp(kind, "DSA")) && bits < RSA_BITS_LEAST;
}

static void add_key(struct page *page)
{
	const struct fact *bits = page_fact(page, "cert.key_bits");
	const char *kind = page_text(page, "cert.key"), *curve = page_text(page, "cert.curve");
	struct text words = { 0 };

	if (*kind)
		text_add_item(&words, " ", kind);
	if (bits) {
		text_add(&words, words.length ? " " : "");
		text_add_format(&words, "%" PRId64 " bits", bits->integer);
	}
	if (*curve)
		text_add_item(&words, ", ", curve);
	page_add(page, bits && key_is_weak(kind, bits->integer), "%s", text_string(&words));
	text_free(&words);
}

static bool signature_is_weak(const char *signature)
{
	static const char *const weak[] = { "md2", "md4", "md5", "sha1" };

	for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
		if (strcasestr(signature, weak[i]))
			return true;
	return false;
}

/* Nobody relies on what a certificate says of itself. */
static void add_signature(struct page *page)
{
	const char *signature = page_text(page, "cert.signature");

	page_add(page, signature_is_weak(signature) && !page_truth(page, "cert.self_signed"),
		 "%s", signature);
}

static void add_trust(struct page *page)
{
	const char *error = page_text(page, "cert.trust_error");

	if (page_truth(page, "cert.trusted"))
		page_add(page, false, "trusted");
	else if (*error)
		page_add(page, true, "not trusted, %s: %s", error,
			 sentence_of(trust_errors, error));
	else
		page_add(page, true, "not trusted");
}

static void add_name_match(struct page *page)
{
	bool match = page_truth(page, "cert.name_match");

	page_add(page, !match, "%s %s", match ? "is for" : "is not for",
		 request_verified_name(page->request));
}

static void add_staple(struct page *page)
{
	const char *word = page_text(page, "cert.ocsp_staple");

	page_add(page, strcmp(word, "none") != 0 && strcmp(word, "good") != 0, "%s: %s", word,
		 sentence_of(staples, word));
}

static const struct fact *cell_of(const struct facts *element, enum certificate_column column)
{
	return facts_get(element, certificate_column(column));
}

static const char *text_of(const struct facts *element, enum certificate_column column)
{
	const struct fact *fact = cell_of(element, column);

	return fact ? fact->text : "";
}

static bool truth_of(const struct facts *element, enum certificate_column column)
{
	const struct fact *fact = cell_of(element, column);

	return fact && fact->truth;
}

static void add_element_times(struct page *page, const struct facts *element)
{
	const struct fact *before = cell_of(element, CHAIN_NOT_BEFORE);
	const struct fact *after = cell_of(element, CHAIN_NOT_AFTER);
	struct text words = { 0 };
	bool weak = false;

	if (before) {
		text_add(&words, "from ");
		weak = describe_begin(page, before, &words);
	}
	if (after) {
		text_add_item(&words, " ", "until ");
		weak = describe_end(page, after, &words) || weak;
	}
	if (words.length)
		page_add_below(page, weak, 1, text_string(&words));
	text_free(&words);
}

static void add_element_key(struct page *page, const struct facts *element)
{
	const char *kind = text_of(element, CHAIN_KEY);
	const char *signature = text_of(element, CHAIN_SIGNATURE);
	const struct fact *bits = cell_of(element, CHAIN_KEY_BITS);
	struct text words = { 0 };
	bool weak = bits && key_is_weak(kind, bits->integer);

	text_add(&words, kind);
	if (bits)
		text_add_format(&words, " %" PRId64 " bits", bits->integer);
	if (*signature)
		text_add_item(&words, ", ", signature);
	weak = weak || (signature_is_weak(signature) && !truth_of(element, CHAIN_SELF_SIGNED));
	if (words.length)
		page_add_below(page, weak, 1, text_string(&words));
	text_free(&words);
}

static void add_labelled(struct page *page, unsigned depth, const char *label,
			 const char *value)
{
	struct text words = { 0 };

	text_add_format(&words, "%s %s", label, value);
	if (*value)
		page_add_below(page, false, depth, text_string(&words));
	text_free(&words);
}

/* Too long to stand behind their label on most screens. */
static void add_fingerprints(struct page *page)
{
	page_add(page, false, "of the certificate, and of its public key alone");
	add_labelled(page, 0, "SHA-256", page_text(page, "cert.sha256"));
	add_labelled(page, 0, "its key", page_text(page, "cert.spki_sha256"));
}

static void add_element(struct page *page, size_t number, const struct facts *element)
{
	bool itself = truth_of(element, CHAIN_SELF_SIGNED);
	struct text head = { 0 };

	text_add_format(&head, "%zu. %s", number, text_of(element, CHAIN_SUBJECT));
	page_add_below(page, false, 0, text_string(&head));
	text_free(&head);
	if (itself)
		page_add_below(page, false, 1, "signed with its own key");
	else
		add_labelled(page, 1, "issued by", text_of(element, CHAIN_ISSUER));
	if (number > 1 && cell_of(element, CHAIN_AUTHORITY) &&
	    !truth_of(element, CHAIN_AUTHORITY))
		page_add_below(page, true, 1, "may not issue certificates");
	add_element_times(page, element);
	add_element_key(page, element);
	add_labelled(page, 1, "serial", text_of(element, CHAIN_SERIAL));
	add_labelled(page, 1, "SHA-256", text_of(element, CHAIN_SHA256));
	add_labelled(page, 1, "its key", text_of(element, CHAIN_SPKI_SHA256));
}

static void add_chain(struct page *page)
{
	const struct fact *chain = page_fact(page, "cert.chain");
	const struct fact *complete = page_fact(page, "cert.chain_complete");
	size_t count = chain ? chain->count : 0;
	struct text words = { 0 };

	if (complete)
		text_add(&words, complete->truth ? "complete" : "incomplete: an issuer is missing");
	if (chain) {
		text_add(&words, words.length ? ", " : "");
		text_add_format(&words, "%zu certificate%s sent", count, count == 1 ? "" : "s");
	}
	page_add(page, complete && !complete->truth, "%s", text_string(&words));
	for (size_t i = 0; i < count; i++)
		add_element(page, i + 1, chain->records[i]);
	text_free(&words);
}

const struct row *observe_certificate_rows(void)
{
	static const struct row rows[] = {
		{ "Subject", { "cert.subject" }, NULL },
		{ "Issuer", { "cert.issuer", "cert.self_signed" }, add_issuer },
		{ "Names", { "cert.names", "cert.wildcard" }, add_names },
		{ "Serial", { "cert.serial" }, NULL },
		{ "Valid", { "cert.not_before", "cert.not_after", "cert.not_yet_valid",
			     "cert.expired" }, add_times },
		{ "Key", { "cert.key", "cert.key_bits", "cert.curve" }, add_key },
		{ "Signature", { "cert.signature" }, add_signature },
		{ "Usages", { "cert.usages" }, NULL },
		{ "Trust", { "cert.trusted", "cert.trust_error" }, add_trust },
		{ "Name", { "cert.name_match" }, add_name_match },
		{ "OCSP staple", { "cert.ocsp_staple" }, add_staple },
		{ "Fingerprints", { "cert.sha256", "cert.spki_sha256" }, add_fingerprints },
		{ "Chain", { "cert.chain", "cert.chain_complete" }, add_chain },
		{ .label = NULL }
	};

	return rows;
}
