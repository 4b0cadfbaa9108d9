/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/event.h"

const char *event_kind_word(enum event_kind kind)
{
	static const char *const words[] = {
#define EVENT_KIND_WORD(constant, word) word,
		EVENT_KINDS(EVENT_KIND_WORD)
#undef EVENT_KIND_WORD
	};

	return words[kind];
}

const char *event_cause_word(enum alarm_cause cause)
{
	static const char *const words[] = { "result", "exception", "absence", "time" };

	return words[cause];
}

/* A name that is not there is null, not "". */
static void add_text(struct json *json, const char *key, const char *text)
{
	json_string(json, key, text && *text ? text : NULL);
}

void event_to_json(const struct event *event, struct json *json, const char *key)
{
	json_open_object(json, key);
	json_integer(json, "number", (int64_t)event->number);
	json_string(json, "kind", event_kind_word((enum event_kind)event->kind));
	json_time(json, "at", event->at_us);
	if (event->alarm)
		json_integer(json, "alarm", (int64_t)event->alarm);
	else
		json_null(json, "alarm");
	add_text(json, "target", event->target_name);
	add_text(json, "check", event->check_name);
	json_string(json, "from", verdict_word((enum verdict)event->from));
	json_string(json, "to", verdict_word((enum verdict)event->to));
	json_string(json, "severity", severity_word((enum severity)event->severity));
	json_string(json, "cause", event_cause_word((enum alarm_cause)event->cause));
	json_boolean(json, "flapping", event->flaps);
	add_text(json, "title", event->title);
	add_text(json, "expected", event->expected);
	add_text(json, "observed", event->observed);
	add_text(json, "reason", event->reason);
	add_text(json, "remedy", event->remedy);
	json_close_object(json);
}
