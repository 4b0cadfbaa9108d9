/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cli/rule_text.h"

#include "agent/engine/wording.h"

static void add_list(struct text *out, const char *const *items, size_t count,
		     const char *separator)
{
	for (size_t i = 0; i < count; i++)
		text_add_format(out, "%s%s", i ? separator : "", items[i]);
}

static void add_subjects(struct text *out, const struct rule *rule)
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

/* When the rule applies, if not always. */
static void add_conditions(struct text *out, const struct rule *rule)
{
	if (rule->vantages != VANTAGE_ANY) {
		text_add(out, "from vantage ");
		add_vantages(out, rule->vantages);
	}
	if (rule->feature_count) {
		text_add(out, out->length ? "; with feature " : "with feature ");
		add_list(out, rule->features, rule->feature_count, " or ");
	}
	if (rule->scenario_count) {
		text_add(out, out->length ? "; in scenario " : "in scenario ");
		add_list(out, rule->scenarios, rule->scenario_count, " or ");
	}
	if (rule->peer)
		text_add_format(out, "%swhen the peer %s is given", out->length ? "; " : "",
				rule->peer);
	if (rule->only_from)
		text_add_format(out, "%sonly from the peer %s", out->length ? "; " : "",
				rule->only_from);
	if (rule->not_from)
		text_add_format(out, "%sfrom everywhere but the peer %s",
				out->length ? "; " : "", rule->not_from);
	if (rule->not_applicable_when_absent)
		text_add_format(out, "%swhere there is such a thing", out->length ? "; " : "");
	if (rule->when_closed == CLOSED_NOT_APPLICABLE)
		text_add_format(out, "%swhile something listens there",
				out->length ? "; " : "");
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

void rule_add(const struct screen *screen, struct text *out, unsigned indent,
	      const struct rule *rule)
{
	static const char *const paths[] = {
		[VIA_DIRECT] = " directly",
		[VIA_PROXY] = " through the proxy",
		[VIA_DIRECT | VIA_PROXY] = " directly and through the proxy",
	};
	struct text line = { 0 };

	text_add_format(&line, "%s ", rule->collector->name);
	add_subjects(&line, rule);
	if (rule->starttls)
		text_add_format(&line, " after STARTTLS (%s)", rule->starttls);
	if (rule->server_name)
		text_add_format(&line, " as %s", rule->server_name);
	if (rule->verify_name)
		text_add_format(&line, ", which must be for %s", rule->verify_name);
	if (rule->by_address)
		text_add(&line, " by its address");
	if (rule->via)
		text_add(&line, paths[rule->via]);
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
	add_conditions(&line, rule);
	screen_add_pair(screen, out, indent, "Applies", text_string(&line));
	screen_add_pair(screen, out, indent, "Severity", severity_word(rule->severity));
	screen_add_pair(screen, out, indent, "Why", rule->because);
	add_remedies(screen, out, indent, rule);
	screen_add_pair(screen, out, indent, "Source", rule->reference);
	text_free(&line);
}
