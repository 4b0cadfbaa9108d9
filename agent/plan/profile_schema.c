/* SPDX-License-Identifier: Apache-2.0
 *
 * The schema as a whole, and what in a rule depends on its collector.
 */
#include "agent/plan/profile_schema.h"

#include "agent/plan/profile_file.h"
#include "collectors/collector.h"

/* A key that would do nothing may be there only with nothing behind it. */
static void forbid(struct json *json, const char *key)
{
	json_open_object(json, key);
	json_string(json, "type", "null");
	json_close_object(json);
}

static void forbid_by_address(struct json *json)
{
	json_open_object(json, "by_address");
	json_open_array(json, "enum");
	json_boolean(json, NULL, false);
	json_string(json, NULL, "false");
	json_null(json, NULL);
	json_close_array(json);
	json_close_object(json);
}

/* Of the machine we run on. */
static void forbid_elsewhere(struct json *json)
{
	forbid(json, "peer");
	json_open_object(json, "vantage");
	json_open_array(json, "enum");
	json_string(json, NULL, "host");
	json_open_array(json, NULL);
	json_string(json, NULL, "host");
	json_close_array(json);
	json_null(json, NULL);
	json_close_array(json);
	json_close_object(json);
}

static void forbid_what_does_nothing(struct json *json, const struct collector *collector)
{
	if (!collector_asks_by_name(collector)) {
		forbid(json, "server_name");
		forbid_by_address(json);
	}
	if (!collector_tells(collector, "cert."))
		forbid(json, "verify_name");
	if (!collector_takes_starttls(collector))
		forbid(json, "starttls");
	if (!(collector->kinds & SUBJECT_URL))
		forbid(json, "via");
	if (collector->looks_inside)
		forbid_elsewhere(json);
}

/* "if" the key is there, and is what is written between the two. */
static void begin_condition(struct json *json, const char *key)
{
	json_open_object(json, "if");
	json_open_object(json, "properties");
	json_open_object(json, key);
}

static void add_required(struct json *json, const char *key)
{
	json_open_array(json, "required");
	json_string(json, NULL, key);
	json_close_array(json);
}

static void end_condition(struct json *json, const char *key)
{
	json_close_object(json);
	json_close_object(json);
	add_required(json, key);
	json_close_object(json);
	json_open_object(json, "then");
}

/* One key does nothing without the other. */
static void add_need(struct json *json, const char *key, const char *needed)
{
	json_open_object(json, NULL);
	begin_condition(json, key);
	forbid(json, "not");
	end_condition(json, key);
	add_required(json, needed);
	json_close_object(json);
	json_close_object(json);
}

static void add_rule_of(struct json *json, const struct collector *collector)
{
	struct text facts = { 0 };

	text_add_format(&facts, "facts_of_%s", collector->name);
	json_open_object(json, NULL);
	begin_condition(json, "observe");
	json_string(json, "const", collector->name);
	end_condition(json, "observe");
	json_open_object(json, "properties");
	json_open_object(json, "observe");
	json_string(json, "description", collector->answers);
	json_close_object(json);
	json_open_object(json, "subject");
	schema_add_list(json, &(struct schema_list){ .add_one = schema_add_subject,
						     .about = collector });
	json_close_object(json);
	schema_add_reference(json, "expect", text_string(&facts));
	schema_add_reference(json, "otherwise", text_string(&facts));
	forbid_what_does_nothing(json, collector);
	json_close_object(json);
	json_close_object(json);
	json_close_object(json);
	text_free(&facts);
}

static void add_rule(struct json *json)
{
	json_open_object(json, "rule");
	json_string(json, "type", "object");
	schema_add_form(json, profile_rule_form());
	json_open_array(json, "allOf");
	add_need(json, "otherwise", "feature");
	add_need(json, "otherwise_remedy", "otherwise");
	for (size_t i = 0; collector_at(i); i++)
		add_rule_of(json, collector_at(i));
	json_close_array(json);
	json_close_object(json);
}

/* Rules of its own, or those of another. */
static void add_need_of_rules(struct json *json)
{
	static const char *const keys[] = { "rules", "extends" };

	json_open_array(json, "anyOf");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		json_open_object(json, NULL);
		add_required(json, keys[i]);
		json_close_object(json);
	}
	json_close_array(json);
}

void profile_schema(struct text *out)
{
	struct json json;

	json_begin(&json, out, true);
	json_open_object(&json, NULL);
	json_string(&json, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_string(&json, "title", "profile of ucposture");
	json_string(&json, "type", "object");
	schema_add_form(&json, profile_form());
	add_need_of_rules(&json);
	json_open_object(&json, "$defs");
	add_rule(&json);
	json_open_object(&json, "sentence");
	json_string(&json, "type", "object");
	schema_add_form(&json, profile_not_observable_form());
	json_close_object(&json);
	schema_add_facts(&json);
	json_close_object(&json);
	json_close_object(&json);
	text_add_char(out, '\n');
}
