/* SPDX-License-Identifier: Apache-2.0
 *
 * JUnit's XML as continuous integration reads it: a suite for each target. What violates
 * a rule is a failure, what could not be found out an error, what does not apply or is an
 * accepted risk is skipped.
 */
#include <string.h>

#include "agent/cli/report.h"
#include "ground/clock.h"
#include "ground/memory.h"

static void add_escaped(struct text *out, const char *string)
{
	struct text safe = { 0 };

	screen_add_safe(&safe, string);
	for (const char *at = text_string(&safe); *at; at++) {
		/* U+FFFE and U+FFFF are UTF-8 but no characters of XML. */
		if (!strncmp(at, "\xef\xbf\xbe", 3) || !strncmp(at, "\xef\xbf\xbf", 3)) {
			text_add(out, "\xef\xbf\xbd");
			at += 2;
			continue;
		}
		switch (*at) {
		case '&':
			text_add(out, "&amp;");
			break;
		case '<':
			text_add(out, "&lt;");
			break;
		case '>':
			text_add(out, "&gt;");
			break;
		case '"':
			text_add(out, "&quot;");
			break;
		default:
			text_add_char(out, *at);
		}
	}
	text_free(&safe);
}

static void add_attribute(struct text *out, const char *name, const char *value)
{
	text_add_format(out, " %s=\"", name);
	add_escaped(out, value);
	text_add_char(out, '"');
}

static void add_line(struct text *out, const char *what, const char *string)
{
	if (!string || !*string)
		return;
	text_add_format(out, "%s: ", what);
	add_escaped(out, string);
	text_add_char(out, '\n');
}

static void add_seconds(struct text *out, int64_t us)
{
	text_add_format(out, " time=\"%.3f\"", us > 0 ? (double)us / 1e6 : 0.0);
}

/* failure, error or skipped, with what there is to say. */
static void add_outcome(const char *element, const struct report *report, size_t index,
			struct text *out)
{
	const struct check *check = &report->plan->checks[index];
	const struct rule *rule = check->rule;
	const struct judgement *judgement = report_judgement(report, index);
	struct text message = { 0 }, provisional = { 0 };

	report_add_provisional(&provisional, report, index);
	text_add_format(&message, "expected %s, observed %s", judgement->expected,
			judgement->observed);
	text_add_format(out, "      <%s", element);
	add_attribute(out, "message", text_string(&message));
	if (strcmp(element, "skipped") != 0)
		add_attribute(out, "type", verdict_word(judgement->verdict));
	text_add_char(out, '>');
	add_line(out, "reason", judgement->reason);
	add_line(out, "detail", judgement->detail);
	add_line(out, "meanwhile", text_string(&provisional));
	add_line(out, "why", rule->because);
	add_line(out, "remedy", check_remedy(check));
	add_line(out, "reference", rule->reference);
	text_add_format(out, "</%s>\n", element);
	text_free(&message);
	text_free(&provisional);
}

static const char *element_for(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_WARNING:
	case VERDICT_CRITICAL:
		return "failure";
	case VERDICT_NOT_APPLICABLE:
	case VERDICT_EXCEPTED:
		return "skipped";
	case VERDICT_OK:
		return NULL;
	default:
		return "error";
	}
}

static void add_case(const struct report *report, const struct report_target *target,
		     size_t index, struct text *out)
{
	const struct check *check = &report->plan->checks[index];
	const struct observation *observation = report_observation(report, index);
	const char *element = element_for(report_judgement(report, index)->verdict);
	struct text name = { 0 };

	text_add_format(&name, "%s: %s", check->name, report_title(report, check));
	text_add(out, "    <testcase");
	add_attribute(out, "classname", target->about->name);
	add_attribute(out, "name", text_string(&name));
	add_seconds(out, observation ? observation->elapsed_us : 0);
	text_free(&name);
	if (!element) {
		text_add(out, "/>\n");
		return;
	}
	text_add(out, ">\n");
	add_outcome(element, report, index, out);
	text_add(out, "    </testcase>\n");
}

static void add_counts(struct text *out, const struct score *score)
{
	const unsigned *counts = score->counts;
	unsigned all = 0;

	for (unsigned i = 0; i < VERDICT_COUNT; i++)
		all += counts[i];
	text_add_format(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\"", all,
			counts[VERDICT_CRITICAL] + counts[VERDICT_WARNING],
			counts[VERDICT_UNKNOWN]);
}

static void add_suite(const struct report *report, const struct report_target *target,
		      struct text *out)
{
	const struct results *results = report->results;
	char stamp[CLOCK_STAMP_ROOM];

	clock_format(results->started_wall_us, stamp);
	/* Its schema wants the time without a zone; it is UTC. */
	stamp[strcspn(stamp, "Z")] = '\0';
	text_add(out, "  <testsuite");
	add_attribute(out, "name", target->about->name);
	add_attribute(out, "hostname", target->about->address);
	add_counts(out, &target->score);
	text_add_format(out, " skipped=\"%u\"",
			target->score.counts[VERDICT_NOT_APPLICABLE] +
				target->score.counts[VERDICT_EXCEPTED]);
	add_attribute(out, "timestamp", stamp);
	add_seconds(out, results->finished_wall_us - results->started_wall_us);
	text_add(out, ">\n");
	for (size_t i = 0; i < target->count; i++)
		add_case(report, target, target->first + i, out);
	text_add(out, "  </testsuite>\n");
}

static void write(const struct report *report, struct text *out)
{
	struct report_target target = { 0 };
	struct score total;

	report_total(report, &total);
	text_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	add_attribute(out, "name", report->agent);
	add_counts(out, &total);
	add_seconds(out, report->results->finished_wall_us - report->results->started_wall_us);
	text_add(out, ">\n");
	while (report_next_target(report, &target))
		add_suite(report, &target, out);
	text_add(out, "</testsuites>\n");
}

const struct report_format report_junit = { "junit", write };
