/* SPDX-License-Identifier: Apache-2.0
 *
 * docs/check.schema.json describes what this writes.
 */
#include "agent/cli/report.h"
#include "ground/clock.h"
#include "ground/json.h"

enum { SCHEMA = 1 };

static void write_time(struct json *json, const char *key, int64_t wall_us)
{
	char stamp[CLOCK_STAMP_ROOM];

	clock_format(wall_us, stamp);
	json_string(json, key, stamp);
}

static void write_check(const struct report *report, size_t index, struct json *json)
{
	const struct check *check = &report->plan->checks[index];
	const struct judgement *judgement = report_judgement(report, index);
	struct text rule = { 0 };

	report_add_rule(&rule, check->rule);
	json_open_object(json, NULL);
	json_string(json, "name", check->name);
	json_string(json, "rule", text_string(&rule));
	json_string(json, "collector", check->rule->collector->name);
	json_string(json, "subject", check->subject);
	if (check->family)
		json_integer(json, "family", check->family);
	else
		json_null(json, "family");
	json_string(json, "verdict", verdict_word(judgement->verdict));
	json_string(json, "severity", severity_word(check->severity));
	json_string(json, "expected", judgement->expected);
	json_string(json, "observed", judgement->observed);
	json_string(json, "reason", judgement->reason);
	if (judgement->provisional)
		json_boolean(json, "provisional", true);
	/* Only an agent that remembers knows since when. */
	json_null(json, "since");
	json_string(json, "title", report_title(report, check));
	json_string(json, "remedy", check_remedy(check));
	json_string(json, "reference", check->rule->reference);
	json_close_object(json);
	text_free(&rule);
}

static void write_names(struct json *json, const char *key, const char *const *names,
			size_t count)
{
	json_open_array(json, key);
	for (size_t i = 0; i < count; i++)
		json_string(json, NULL, names[i]);
	json_close_array(json);
}

/* What was taken for granted. */
static void write_assumed(const struct target *target, struct json *json)
{
	write_names(json, "profiles", target->profiles, target->profile_count);
	write_names(json, "features", target->features, target->feature_count);
	write_names(json, "scenarios", target->scenarios, target->scenario_count);
	json_open_array(json, "peers");
	for (size_t i = 0; i < target->peer_count; i++)
		json_string(json, NULL, target->peers[i].name);
	json_close_array(json);
}

static void write_target(const struct report *report, const struct report_target *target,
			 struct json *json)
{
	double ratio = score_ratio(&target->score);

	json_open_object(json, NULL);
	json_string(json, "name", target->about->name);
	json_string(json, "address", target->about->address);
	json_string(json, "vantage", vantage_word(target->about->vantage));
	write_assumed(target->about, json);
	if (ratio < 0)
		json_null(json, "score");
	else
		json_real(json, "score", ratio, 4);
	json_open_object(json, "counts");
	for (unsigned i = 0; i < VERDICT_COUNT; i++)
		json_integer(json, verdict_word(i), target->score.counts[i]);
	json_close_object(json);
	json_open_array(json, "checks");
	for (size_t i = 0; i < target->count; i++)
		write_check(report, target->first + i, json);
	json_close_array(json);
	json_close_object(json);
}

static void write(const struct report *report, struct text *out)
{
	struct report_target target = { 0 };
	struct json json;

	json_begin(&json, out, true);
	json_open_object(&json, NULL);
	json_integer(&json, "schema", SCHEMA);
	json_string(&json, "agent", report->agent);
	write_time(&json, "started", report->results->started_wall_us);
	write_time(&json, "finished", report->results->finished_wall_us);
	json_open_array(&json, "targets");
	while (report_next_target(report, &target))
		write_target(report, &target, &json);
	json_close_array(&json);
	json_close_object(&json);
	text_add_char(out, '\n');
}

const struct report_format report_json = { "json", write };
