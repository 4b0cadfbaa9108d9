/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/rule_text.h"

#include "agent/cli/language.h"
#include "agent/engine/wording.h"

/* "mobile-clients (Mobile clients) or ucc-clients (UCC clients)" */
static void add_names(struct text *out, const struct document *document,
		      const struct named *list, size_t list_count, const char *const *names,
		      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		text_add(out, i ? " or " : "");
		language_add_named(document->german, list, list_count, names[i], out);
	}
}

void rule_add_subjects(struct text *out, const struct rule *rule)
{
	for (size_t i = 0; i < rule->subject_count; i++)
		text_add_format(out, "%s%s", i ? ", " : "", rule->subjects[i].text);
}

static void add_vantages(struct text *out, unsigned vantages)
{
	bool begun = false;

	for (unsigned bit = VANTAGE_INTERNAL; bit <= VANTAGE_HOST; bit <<= 1) {
		if (!(vantages & bit))
			continue;
		text_add_format(out, "%s%s", begun ? " or " : "", vantage_word(bit));
		begun = true;
	}
}

/* A condition more: "; in scenario ". */
static struct text *further(struct text *out, const char *words)
{
	text_add_item(out, "; ", words);
	return out;
}

static void add_peer(struct text *out, const struct document *document, const char *words,
		     const char *peer, const char *rest)
{
	const struct profile *profile = document->profile;

	if (!peer)
		return;
	add_names(further(out, words), document, profile->peers, profile->peer_count, &peer, 1);
	text_add(out, rest);
}

/* When the rule applies, if not always. */
static void add_conditions(struct text *out, const struct document *document,
			   const struct rule *rule)
{
	const struct profile *profile = document->profile;

	if (rule->vantages != VANTAGE_ANY)
		add_vantages(further(out, "from vantage "), rule->vantages);
	if (rule->feature_count)
		add_names(further(out, "with feature "), document, profile->features,
			  profile->feature_count, rule->features, rule->feature_count);
	if (rule->scenario_count)
		add_names(further(out, "in scenario "), document, profile->scenarios,
			  profile->scenario_count, rule->scenarios, rule->scenario_count);
	add_peer(out, document, "when the peer ", rule->peer, " is given");
	add_peer(out, document, "only from the peer ", rule->only_from, "");
	add_peer(out, document, "from everywhere but the peer ", rule->not_from, "");
	if (rule->not_applicable_when_absent)
		further(out, "where there is such a thing");
	if (rule->when_closed == CLOSED_NOT_APPLICABLE)
		further(out, "while something listens there");
}

/* What it looks at, and as whom. */
static void add_look(struct text *out, const struct rule *rule)
{
	static const char *const paths[] = {
		[VIA_DIRECT] = " directly",
		[VIA_PROXY] = " through the proxy",
		[VIA_DIRECT | VIA_PROXY] = " directly and through the proxy",
	};

	text_add_format(out, "%s ", rule->collector->name);
	rule_add_subjects(out, rule);
	if (rule->starttls)
		text_add_format(out, " after STARTTLS (%s)", rule->starttls);
	if (rule->server_name)
		text_add_format(out, " as %s", rule->server_name);
	if (rule->verify_name)
		text_add_format(out, ", which must be for %s", rule->verify_name);
	if (rule->by_address)
		text_add(out, " by its address");
	if (rule->via)
		text_add(out, paths[rule->via]);
}

static void add_remedies(const struct screen *screen, struct text *out, unsigned indent,
			 const struct rule *rule)
{
	struct text line = { 0 };

	screen_add_pair(screen, out, indent, "Fix", rule->remedy);
	if (rule->otherwise_remedy)
		text_add_format(&line, "without the feature: %s", rule->otherwise_remedy);
	screen_add_pair(screen, out, indent, rule->remedy ? "" : "Fix", text_string(&line));
	text_free(&line);
}

void rule_add(const struct document *document, unsigned indent, const struct rule *rule)
{
	const struct screen *screen = &document->screen;
	struct text *out = document->out, line = { 0 };

	add_look(&line, rule);
	screen_add_pair(screen, out, indent, "Looks at", text_string(&line));
	text_clear(&line);
	wording_expected(rule->expect, rule->expect_count, NULL, &line);
	if (rule->when_closed == CLOSED_OK)
		text_add(&line, ", or closed");
	screen_add_pair(screen, out, indent, "Expects", text_string(&line));
	text_clear(&line);
	wording_expected(rule->otherwise, rule->otherwise_count, NULL, &line);
	screen_add_pair(screen, out, indent, "Otherwise", text_string(&line));
	text_clear(&line);
	add_conditions(&line, document, rule);
	screen_add_pair(screen, out, indent, "Applies", text_string(&line));
	text_clear(&line);
	if (rule->provisional_while)
		text_add_format(&line, "provisional while %s finds something at the same port",
				rule->provisional_while);
	screen_add_pair(screen, out, indent, "Meanwhile", text_string(&line));
	screen_add_pair(screen, out, indent, "Severity", severity_word(rule->severity));
	screen_add_pair(screen, out, indent, "Why", rule->because);
	add_remedies(screen, out, indent, rule);
	screen_add_pair(screen, out, indent, "Source", rule->reference);
	text_free(&line);
}
