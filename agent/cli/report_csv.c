/* SPDX-License-Identifier: Apache-2.0
 *
 * RFC 4180, and harmless in a spreadsheet: a cell that would begin a formula gets an
 * apostrophe before it.
 */
#include <string.h>

#include "agent/cli/report.h"
#include "agent/cli/report_labels.h"
#include "ground/memory.h"

static void add_doubling_quotes(struct text *out, const char *string)
{
	while (*string) {
		size_t length = strcspn(string, "\"");

		text_add_bytes(out, string, length);
		string += length;
		if (*string) {
			text_add(out, "\"\"");
			string++;
		}
	}
}

static void add_cell(struct text *out, const char *string)
{
	struct text safe = { 0 };

	if (string)
		screen_add_safe(&safe, string);
	const char *at = text_string(&safe);
	bool formula = *at && strchr("=+-@", *at);
	bool quoted = formula || at[strcspn(at, ",\"")];

	if (out->length && out->bytes[out->length - 1] != '\n')
		text_add_char(out, ',');
	if (quoted)
		text_add_char(out, '"');
	if (formula)
		text_add_char(out, '\'');
	add_doubling_quotes(out, at);
	if (quoted)
		text_add_char(out, '"');
	text_free(&safe);
}

static void add_check(const struct report *report, const struct target *target,
		      size_t index, struct text *out)
{
	const struct check *check = &report->plan->checks[index];
	const struct judgement *judgement = report_judgement(report, index);
	struct text rule = { 0 };

	report_add_rule(&rule, check->rule);
	add_cell(out, target->name);
	add_cell(out, target->address);
	add_cell(out, vantage_word(target->vantage));
	add_cell(out, check->name);
	add_cell(out, text_string(&rule));
	add_cell(out, check->rule->collector->name);
	add_cell(out, check->subject);
	add_cell(out, family_word(check->family));
	add_cell(out, verdict_word(judgement->verdict));
	add_cell(out, severity_word(check->severity));
	add_cell(out, judgement->expected);
	add_cell(out, judgement->observed);
	add_cell(out, judgement->reason);
	add_cell(out, report_title(report, check));
	add_cell(out, check_remedy(check));
	add_cell(out, check->rule->reference);
	text_add(out, "\r\n");
	text_free(&rule);
}

static void write(const struct report *report, struct text *out)
{
	struct report_target target = { 0 };

	text_add(out, "target,address,vantage,check,rule,collector,subject,family,verdict,"
		      "severity,expected,observed,reason,title,remedy,reference\r\n");
	while (report_next_target(report, &target))
		for (size_t i = 0; i < target.count; i++)
			add_check(report, target.about, target.first + i, out);
}

const struct report_format report_csv = { "csv", write };
