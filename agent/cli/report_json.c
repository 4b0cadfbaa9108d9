/* SPDX-License-Identifier: Apache-2.0
 *
 * docs/check.schema.json describes what this writes.
 */
#include "agent/cli/report.h"
#include "agent/engine/check_json.h"

enum { SCHEMA = 1 };

static void write_check(const struct report *report, size_t index, struct json *json)
{
	const struct check *check = &report->plan->checks[index];

	json_open_object(json, NULL);
	/* Only an agent that remembers knows since when. */
	check_to_json(check, report_judgement(report, index), report_title(report, check), 0,
		      json);
	json_close_object(json);
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
	json_open_object(json, NULL);
	json_string(json, "name", target->about->name);
	json_string(json, "address", target->about->address);
	json_string(json, "vantage", vantage_word(target->about->vantage));
	write_assumed(target->about, json);
	score_to_json(&target->score, json);
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
	json_time(&json, "started", report->results->started_wall_us);
	json_time(&json, "finished", report->results->finished_wall_us);
	json_open_array(&json, "targets");
	while (report_next_target(report, &target))
		write_target(report, &target, &json);
	json_close_array(&json);
	json_close_object(&json);
	text_add_char(out, '\n');
}

const struct report_format report_json = { "json", write };
