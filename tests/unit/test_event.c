/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "agent/engine/event.h"

static char *told(const struct event *event)
{
	struct text out = { 0 };
	struct json json;

	json_begin(&json, &out, false);
	event_to_json(event, &json, NULL);
	return text_take(&out);
}

static void an_event_is_one_object(void **state)
{
	const struct event event = {
		.number = 12,
		.alarm = 7,
		.at_us = INT64_C(1790000000000000),
		.kind = EVENT_CHANGED,
		.from = VERDICT_WARNING,
		.to = VERDICT_CRITICAL,
		.severity = SEVERITY_MAJOR,
		.cause = ALARM_BY_RESULT,
		.flaps = true,
		.target_name = "pbx",
		.check_name = "tls/tcp-443/versions",
		.title = "a \"title\"\nof two lines",
		.expected = "no TLS1.0",
		.observed = "",
	};
	char *json = told(&event);

	(void)state;
	assert_string_equal(json,
			    "{\"number\":12,\"kind\":\"changed\",\"at\":\"2026-09-21T14:13:20Z\","
			    "\"alarm\":7,\"target\":\"pbx\",\"check\":\"tls/tcp-443/versions\","
			    "\"from\":\"warning\",\"to\":\"critical\",\"severity\":\"major\","
			    "\"cause\":\"result\",\"flapping\":true,"
			    "\"title\":\"a \\\"title\\\"\\u000aof two lines\","
			    "\"expected\":\"no TLS1.0\",\"observed\":null,\"reason\":null,"
			    "\"remedy\":null}");
	free(json);
}

static void one_of_no_alarm_says_so(void **state)
{
	const struct event event = { .number = 1, .kind = EVENT_AGENT, .title = "a storm" };
	char *json = told(&event);

	(void)state;
	assert_non_null(strstr(json, "\"kind\":\"agent\""));
	assert_non_null(strstr(json, "\"alarm\":null,\"target\":null"));
	free(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_one_object),
		cmocka_unit_test(one_of_no_alarm_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
