/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/check_json.h"

#include "collectors/collector.h"

void check_to_json(const struct check *check, const struct judgement *judgement,
		   const char *title, int64_t since_us, struct json *json)
{
	struct text rule = { 0 };

	text_add_format(&rule, "%s.%s", check->rule->profile, check->rule->id);
	json_string(json, "name", check->name);
	json_string(json, "rule", text_string(&rule));
	json_string(json, "collector", check->rule->collector->name);
	json_string(json, "subject", check->subject);
	if (check->family)
		json_integer(json, "family", check->family);
	else
		json_null(json, "family");
	json_string(json, "verdict", verdict_word(judgement->verdict));
	json_string(json, "severity", severity_word((enum severity)check->severity));
	json_string(json, "expected", judgement->expected);
	json_string(json, "observed", judgement->observed);
	json_string(json, "reason", judgement->reason);
	if (judgement->provisional)
		json_boolean(json, "provisional", true);
	json_time(json, "since", since_us);
	json_string(json, "title", title);
	json_string(json, "remedy", check_remedy(check));
	json_string(json, "reference", check->rule->reference);
	text_free(&rule);
}

void score_to_json(const struct score *score, struct json *json)
{
	double ratio = score_ratio(score);

	if (ratio < 0)
		json_null(json, "score");
	else
		json_real(json, "score", ratio, 4);
	json_open_object(json, "counts");
	for (unsigned i = 0; i < VERDICT_COUNT; i++)
		json_integer(json, verdict_word((enum verdict)i), score->counts[i]);
	json_close_object(json);
}
