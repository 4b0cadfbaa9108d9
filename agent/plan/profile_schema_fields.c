/* SPDX-License-Identifier: Apache-2.0
 *
 * Keywords of the schema for each kind of field, and for fields that are read in a way of
 * their own.
 */
#include "agent/plan/profile_schema.h"

#include <stdlib.h>
#include <string.h>

#include "agent/plan/profile_file.h"
#include "agent/plan/profile_help.h"
#include "collectors/collector.h"
#include "collectors/starttls/starttls.h"
#include "ground/words.h"

#define PORT                                                                                  \
	"0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|"       \
	"6553[0-5])"
#define PORTS "/" PORT "(-" PORT ")?"
#define SCHEME "(https?|tcp|tls)://"

void schema_add_types(struct json *json, const char *const *types)
{
	if (types[0] && !types[1]) {
		json_string(json, "type", types[0]);
		return;
	}
	json_open_array(json, "type");
	for (size_t i = 0; types[i]; i++)
		json_string(json, NULL, types[i]);
	json_close_array(json);
}

/* How many digits stand behind its point; -1 when it is no plain number. */
static int decimals_of(const char *word)
{
	size_t whole = strspn(word, "0123456789"), rest;

	if (!whole || (word[whole] && word[whole] != '.'))
		return -1;
	if (!word[whole])
		return 0;
	rest = strspn(word + whole + 1, "0123456789");
	return rest && !word[whole + 1 + rest] ? (int)rest : -1;
}

static void add_each_word(struct json *json, const char *const *words)
{
	for (size_t i = 0; words[i]; i++) {
		int decimals = decimals_of(words[i]);

		json_string(json, NULL, words[i]);
		if (decimals >= 0)
			json_real(json, NULL, strtod(words[i], NULL), decimals);
	}
}

void schema_add_words(struct json *json, const char *const *words)
{
	json_open_array(json, "enum");
	add_each_word(json, words);
	json_close_array(json);
}

void schema_add_list(struct json *json, const struct schema_list *list)
{
	json_open_array(json, "anyOf");
	json_open_object(json, NULL);
	list->add_one(json, list->about);
	json_close_object(json);
	json_open_object(json, NULL);
	json_string(json, "type", "array");
	if (list->least)
		json_integer(json, "minItems", list->least);
	json_open_object(json, "items");
	list->add_one(json, list->about);
	json_close_object(json);
	json_close_object(json);
	if (list->optional) {
		json_open_object(json, NULL);
		json_string(json, "type", "null");
		json_close_object(json);
	}
	json_close_array(json);
}

void schema_add_reference(struct json *json, const char *key, const char *name)
{
	struct text reference = { 0 };

	text_add_format(&reference, "#/$defs/%s", name);
	json_open_object(json, key);
	json_string(json, "$ref", text_string(&reference));
	json_close_object(json);
	text_free(&reference);
}

static void add_name_of_ours(struct json *json)
{
	json_string(json, "pattern", "^[a-z0-9-]{1,64}$");
}

/* YAML takes 4.2 and true for more than texts; the reader does not. */
static void add_text_types(struct json *json, bool optional)
{
	const char *types[] = { "string", "number", "boolean", optional ? "null" : NULL, NULL };

	schema_add_types(json, types);
}

static void add_text(struct json *json, const struct field *field)
{
	add_text_types(json, !field->required);
	if (field->complain == complain_id) {
		add_name_of_ours(json);
	} else if (field->complain == complain_host) {
		json_string(json, "pattern", "^[0-9A-Za-z._:-]{1,253}$");
	} else {
		json_integer(json, "minLength", 1);
		json_integer(json, "maxLength", 4000);
	}
}

static void add_words_or_nothing(struct json *json, const char *const *words, bool optional)
{
	json_open_array(json, "enum");
	add_each_word(json, words);
	if (optional)
		json_null(json, NULL);
	json_close_array(json);
}

static void add_word_of_field(struct json *json, const void *about)
{
	schema_add_words(json, ((const struct field *)about)->words);
}

static void add_boolean(struct json *json, const struct field *field)
{
	json_open_array(json, "enum");
	json_boolean(json, NULL, true);
	json_boolean(json, NULL, false);
	json_string(json, NULL, "true");
	json_string(json, NULL, "false");
	if (!field->required)
		json_null(json, NULL);
	json_close_array(json);
}

static void add_duration(struct json *json, const struct field *field)
{
	const char *types[] = { "string", field->required ? NULL : "null", NULL };

	schema_add_types(json, types);
	json_string(json, "pattern", "^[0-9]{1,9}(ms|s|m|h|d|w)$");
}

static void add_field(struct json *json, const struct field *field);

/* The keys of a map; "type" stands there already. */
void schema_add_form(struct json *json, const struct form *form)
{
	json_boolean(json, "additionalProperties", false);
	json_open_array(json, "required");
	for (const struct field *field = form->fields; field->name; field++)
		if (field->required)
			json_string(json, NULL, field->name);
	json_close_array(json);
	json_open_object(json, "properties");
	for (const struct field *field = form->fields; field->name; field++) {
		const char *help = profile_help(form->what, field->name);

		json_open_object(json, field->name);
		if (help)
			json_string(json, "description", help);
		add_field(json, field);
		json_close_object(json);
	}
	json_close_object(json);
}

static void add_map_types(struct json *json, const struct field *field)
{
	const char *types[] = { "object", field->required ? NULL : "null", NULL };

	schema_add_types(json, types);
}

static void add_inner_form(struct json *json, const struct field *field)
{
	add_map_types(json, field);
	schema_add_form(json, field->form);
}

static void add_named(struct json *json, const struct field *field)
{
	add_map_types(json, field);
	json_open_object(json, "propertyNames");
	add_name_of_ours(json);
	json_close_object(json);
	json_open_object(json, "additionalProperties");
	add_field(json, field->form->value);
	json_close_object(json);
}

/* --- fields that are read in a way of their own ------------------------------------- */

/* A feature's title: a text, or a map of several. */
static void add_titles(struct json *json, const struct field *field)
{
	const char *types[] = { "string", "number", "boolean", "object", NULL };

	schema_add_types(json, types);
	json_integer(json, "minLength", 1);
	json_integer(json, "maxLength", 4000);
	schema_add_form(json, field->form);
}

static void add_name(struct json *json, const struct field *field)
{
	add_text_types(json, !field->required);
	add_name_of_ours(json);
}

static void add_one_name(struct json *json, const void *about)
{
	(void)about;
	add_text_types(json, false);
	add_name_of_ours(json);
}

static void add_names(struct json *json, const struct field *field)
{
	schema_add_list(json, &(struct schema_list){ .add_one = add_one_name,
						     .least = 1,
						     .optional = !field->required });
}

static void add_collectors(struct json *json, const struct field *field)
{
	(void)field;
	schema_add_words(json, collector_names());
}

static void add_protocols(struct json *json, const struct field *field)
{
	add_words_or_nothing(json, starttls_words(), !field->required);
}

static void add_one_subject(struct json *json, const void *about)
{
	(void)about;
	add_text_types(json, false);
	json_integer(json, "maxLength", SUBJECT_ROOM - 1);
}

/* Which there are is said for each collector. */
static void add_subjects(struct json *json, const struct field *field)
{
	schema_add_list(json, &(struct schema_list){ .add_one = add_one_subject,
						     .least = 1,
						     .optional = !field->required });
}

/* A collector's subjects, as an expression. */
void schema_add_subject(struct json *json, const void *about)
{
	static const struct {
		unsigned kind;
		const char *pattern;
	} parts[] = {
		{ SUBJECT_TCP, "tcp" PORTS },	     { SUBJECT_UDP, "udp" PORTS },
		{ SUBJECT_TLS, "tls" PORTS },	     { SUBJECT_ANY, "any" PORTS },
		{ SUBJECT_URL, SCHEME "[^* ][^ ]*" }, { SUBJECT_PATH, SCHEME "[*][^ ]*|/[^# ]*" },
		{ SUBJECT_NAME, "[^/: ]+" },
	};
	const struct collector *collector = about;
	struct text kinds = { 0 }, pattern = { 0 };

	/* A number by itself can be a name, but no port: 443 is short of its tcp/. */
	if (!(collector->kinds & SUBJECT_NAME))
		json_string(json, "type", "string");
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (collector->kinds & parts[i].kind)
			text_add_item(&kinds, "|", parts[i].pattern);
	text_add_format(&pattern, "^(%s)$", text_string(&kinds));
	json_string(json, "pattern", text_string(&pattern));
	text_free(&kinds);
	text_free(&pattern);
}

static void add_ports(struct json *json, const struct field *field)
{
	schema_add_list(json, &(struct schema_list){ .add_one = schema_add_subject,
						     .about = collector_named("port"),
						     .least = 1,
						     .optional = !field->required });
}

static void add_facts_or_nothing(struct json *json, const struct field *field)
{
	add_map_types(json, field);
	json_integer(json, "minProperties", 1);
}

static void add_list_of_forms(struct json *json, const char *name)
{
	const char *types[] = { "array", "null", NULL };

	schema_add_types(json, types);
	json_integer(json, "minItems", 1);
	schema_add_reference(json, "items", name);
}

static void add_rules(struct json *json, const struct field *field)
{
	(void)field;
	add_list_of_forms(json, "rule");
}

static void add_sentences(struct json *json, const struct field *field)
{
	(void)field;
	add_list_of_forms(json, "sentence");
}

static void add_own(struct json *json, const struct field *field)
{
	static const struct {
		const char *name;
		void (*add)(struct json *json, const struct field *field);
	} keys[] = {
		{ "title", add_titles },
		{ "extends", add_name },
		{ "rules", add_rules },
		{ "not_observable", add_sentences },
		{ "observe", add_collectors },
		{ "subject", add_subjects },
		{ "expect", add_facts_or_nothing },
		{ "otherwise", add_facts_or_nothing },
		{ "feature", add_names },
		{ "scenario", add_names },
		{ "interval", add_duration },
		{ "peer", add_name },
		{ "only_from", add_name },
		{ "not_from", add_name },
		{ "provisional_while", add_name },
		{ "starttls", add_protocols },
		{ "inbound", add_ports },
		{ "outbound", add_ports },
	};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (!strcmp(field->name, keys[i].name)) {
			keys[i].add(json, field);
			return;
		}
	}
	/* A new key that is missing above. */
	abort();
}

static void add_field(struct json *json, const struct field *field)
{
	switch (field->kind) {
	case FIELD_TEXT:
		add_text(json, field);
		break;
	case FIELD_WORD:
		add_words_or_nothing(json, field->words, !field->required);
		break;
	case FIELD_WORDS:
		schema_add_list(json, &(struct schema_list){ .add_one = add_word_of_field,
							     .about = field,
							     .least = 1,
							     .optional = !field->required });
		break;
	case FIELD_BOOLEAN:
		add_boolean(json, field);
		break;
	case FIELD_DURATION:
		add_duration(json, field);
		break;
	case FIELD_FORM:
		add_inner_form(json, field);
		break;
	case FIELD_NAMED:
		add_named(json, field);
		break;
	case FIELD_OWN:
		add_own(json, field);
		break;
	default:
		/* A kind that profiles had no use for so far. */
		abort();
	}
}
