/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/form.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/words.h"

enum { FIELDS_MOST = 40, TEXT_MOST = 4000 };

void form_error(struct reading *reading, struct place place, const char *format, ...)
{
	struct text message = { 0 };
	va_list list;

	va_start(list, format);
	text_add_format_list(&message, format, list);
	va_end(list);
	problems_add(reading->problems, PROBLEM_ERROR, place, "%s", text_string(&message));
	text_free(&message);
}

bool form_refuse(struct reading *reading, const char *name, const struct node *node,
		 const char *wanted)
{
	struct text found = { 0 };

	node_describe(node, &found);
	form_error(reading, node->place, "'%s' must be %s, not %s", name, wanted,
		   text_string(&found));
	text_free(&found);
	return false;
}

static void *member_at(void *base, size_t at)
{
	return (char *)base + at;
}

/* An enum, a byte, a bool or a wide integer: whatever the struct has there. */
static void store_number(const struct field *field, void *base, int64_t number)
{
	void *member = member_at(base, field->at);

	switch (field->width) {
	case 1:
		*(uint8_t *)member = (uint8_t)number;
		break;
	case 2:
		*(uint16_t *)member = (uint16_t)number;
		break;
	case 4:
		*(uint32_t *)member = (uint32_t)number;
		break;
	default:
		assert(field->width == 8);
		*(int64_t *)member = number;
	}
}

static void store_array(const struct field *field, void *base, void *array, size_t count)
{
	*(void **)member_at(base, field->at) = array;
	*(size_t *)member_at(base, field->count_at) = count;
}

/* Of a URL, or what was meant as one, nothing that may be somebody's password. */
static void add_text(struct text *out, const char *text)
{
	const char *inside = strstr(text, "//"), *host = strrchr(text, '@');
	const char *rest = inside ? strchr(inside, ':') : NULL;

	inside = inside ? inside + 2 : text;
	if (host) {
		text_add_bytes(out, text, (size_t)(inside < host ? inside - text : 0));
		text_add_format(out, "…%s", host);
	} else if (rest && strspn(rest + 1, "0123456789") != strcspn(rest + 1, "/")) {
		text_add_bytes(out, text, (size_t)(rest + 1 - text));
		text_add(out, "…");
	} else {
		text_add(out, text);
	}
}

static bool text_is_good(struct reading *reading, const struct field *field,
			 const struct node *node, const char *wanted)
{
	const char *complaint = NULL;

	if (node->kind != NODE_TEXT)
		return form_refuse(reading, field->name, node, wanted);
	if (strlen(node->text) > TEXT_MOST)
		complaint = "a text has at most 4000 bytes";
	else if (!*node->text)
		complaint = "something must stand here";
	else if (field->complain)
		complaint = field->complain(node->text);
	if (complaint) {
		struct text text = { 0 };

		add_text(&text, node->text);
		form_error(reading, node->place, "'%s' cannot be '%.80s': %s", field->name,
			   text_string(&text), complaint);
		text_free(&text);
	}
	return !complaint;
}

static bool read_text(struct reading *reading, const struct field *field,
		      const struct node *node, void *base)
{
	if (!text_is_good(reading, field, node, "a text"))
		return false;
	*(const char **)member_at(base, field->at) = node->text;
	return true;
}

/* The texts of a list, or the one text: what a loop over them starts with. */
static const struct node *first_text(const struct node *node)
{
	return node->kind == NODE_LIST ? node->first : node;
}

static bool read_texts(struct reading *reading, const struct field *field,
		       const struct node *node, void *base)
{
	size_t room = node->kind == NODE_LIST ? node->count : 1, count = 0;
	const char **texts = arena_take(reading->arena, room * sizeof *texts);
	struct place *places = arena_take(reading->arena, room * sizeof *places);

	for (const struct node *n = first_text(node); n; n = node == n ? NULL : n->next) {
		if (!text_is_good(reading, field, n, "a text or a list of texts"))
			continue;
		places[count] = n->place;
		texts[count++] = n->text;
	}
	if (field->places_at)
		*(const struct place **)member_at(base, field->places_at) = places;
	store_array(field, base, texts, count);
	if (!room && field->required)
		form_error(reading, node->place, "'%s' needs at least one element",
			   field->name);
	return count > 0;
}

static bool take_word(struct reading *reading, const struct field *field,
		      const struct node *node, int *value)
{
	int index;

	if (node->kind != NODE_TEXT)
		return form_refuse(reading, field->name, node, "a word");
	index = words_find(node->text, field->words);
	if (index < 0) {
		problems_add_unknown(reading->problems, node->place, field->name, node->text,
				     field->words);
		return false;
	}
	*value = field->values ? field->values[index] : index;
	return true;
}

static bool read_word(struct reading *reading, const struct field *field,
		      const struct node *node, void *base)
{
	int value;

	if (!take_word(reading, field, node, &value))
		return false;
	store_number(field, base, value);
	return true;
}

static bool read_words(struct reading *reading, const struct field *field,
		       const struct node *node, void *base)
{
	int value, all = 0;

	if (!first_text(node))
		form_error(reading, node->place, "'%s' needs at least one element",
			   field->name);
	for (const struct node *n = first_text(node); n; n = node == n ? NULL : n->next)
		if (take_word(reading, field, n, &value))
			all |= value;
	if (all)
		store_number(field, base, all);
	return all;
}

static bool read_boolean(struct reading *reading, const struct field *field,
			 const struct node *node, void *base)
{
	static const char *const words[] = { "false", "true", NULL };
	int value = node->kind == NODE_TEXT ? words_find(node->text, words) : -1;

	if (value < 0)
		return form_refuse(reading, field->name, node, "true or false");
	store_number(field, base, value);
	return true;
}

static bool read_number(struct reading *reading, const struct field *field,
			const struct node *node, void *base)
{
	char wanted[80];
	int64_t number = -1;

	if (node->kind == NODE_TEXT && *node->text && strlen(node->text) <= 18 &&
	    strspn(node->text, "0123456789") == strlen(node->text))
		number = strtoll(node->text, NULL, 10);
	if (number < field->least || number > field->most) {
		snprintf(wanted, sizeof wanted, "a number from %" PRId64 " to %" PRId64,
			 field->least, field->most);
		return form_refuse(reading, field->name, node, wanted);
	}
	store_number(field, base, number);
	return true;
}

static void format_duration(int64_t us, char *out, size_t room)
{
	static const struct {
		const char *unit;
		int64_t us;
	} units[] = {
		{ "d", 24 * 3600 * CLOCK_SECOND }, { "h", 3600 * CLOCK_SECOND },
		{ "m", 60 * CLOCK_SECOND },        { "s", CLOCK_SECOND },
		{ "ms", CLOCK_MILLISECOND },
	};
	size_t i = 0;

	while (i + 1 < sizeof units / sizeof *units && us % units[i].us)
		i++;
	snprintf(out, room, "%" PRId64 "%s", us / units[i].us, units[i].unit);
}

static bool read_duration(struct reading *reading, const struct field *field,
			  const struct node *node, void *base)
{
	char least[32], most[32], wanted[128];
	int64_t us = -1;

	if (node->kind != NODE_TEXT || !clock_parse_duration(node->text, &us))
		return form_refuse(reading, field->name, node,
				   "a duration such as 30s, 5m, 24h or 30d");
	if (us < field->least || us > field->most) {
		format_duration(field->least, least, sizeof least);
		format_duration(field->most, most, sizeof most);
		snprintf(wanted, sizeof wanted, "a duration from %s to %s", least, most);
		return form_refuse(reading, field->name, node, wanted);
	}
	store_number(field, base, us / (field->unit ? field->unit : 1));
	return true;
}

static bool read_date(struct reading *reading, const struct field *field,
		      const struct node *node, void *base)
{
	int64_t us;

	if (node->kind != NODE_TEXT || !clock_parse(node->text, &us))
		return form_refuse(reading, field->name, node, "a date such as 2027-06-30");
	store_number(field, base, us);
	return true;
}

static bool read_form(struct reading *reading, const struct field *field,
		      const struct node *node, void *base)
{
	return form_read(reading, field->form, node, member_at(base, field->at));
}

static void set_place(const struct form *form, struct place place, void *base)
{
	if (form->place_at)
		*(struct place *)member_at(base, form->place_at) = place;
}

static bool read_forms(struct reading *reading, const struct field *field,
		       const struct node *node, void *base)
{
	const struct form *form = field->form;
	size_t count = 0;
	char *array;

	if (node->kind != NODE_LIST)
		return form_refuse(reading, field->name, node, "a list");
	if (!node->count && field->required)
		form_error(reading, node->place, "'%s' needs at least one element",
			   field->name);
	array = arena_take(reading->arena, node->count * form->size);
	for (const struct node *n = node->first; n; n = n->next) {
		void *element = array + count * form->size;

		memset(element, 0, form->size);
		if (form_read(reading, form, n, element))
			count++;
	}
	store_array(field, base, array, count);
	return count > 0;
}

/* One member of NAMED: its key is the name. */
static bool read_member(struct reading *reading, const struct form *form,
			const struct node *node, void *element)
{
	const char *complaint = form->complain ? form->complain(node->key) : NULL;

	if (complaint) {
		form_error(reading, node->key_place, "the name of %s cannot be '%.80s': %s",
			   form->what, node->key, complaint);
		return false;
	}
	*(const char **)member_at(element, form->name_at) = node->key;
	if (!form->value) {
		bool good = form_read(reading, form, node, element);

		set_place(form, node->key_place, element);
		return good;
	}
	set_place(form, node->key_place, element);
	if (node->kind == NODE_NOTHING) {
		form_error(reading, node->key_place, "nothing stands behind '%s'", node->key);
		return false;
	}
	return form_read_field(reading, form->value, node, element) &&
	       (!form->check || form->check(reading, node, element));
}

static bool read_named(struct reading *reading, const struct field *field,
		       const struct node *node, void *base)
{
	const struct form *form = field->form;
	size_t count = 0;
	char *array;

	if (node->kind != NODE_MAP)
		return form_refuse(reading, field->name, node, "a map of names");
	array = arena_take(reading->arena, node->count * form->size);
	for (const struct node *n = node->first; n; n = n->next) {
		void *element = array + count * form->size;

		memset(element, 0, form->size);
		if (read_member(reading, form, n, element))
			count++;
	}
	store_array(field, base, array, count);
	return count > 0;
}

static bool read_own(struct reading *reading, const struct field *field,
		     const struct node *node, void *base)
{
	return field->read(reading, field, node, base);
}

/* An option that did nothing would be worse than an error. */
static bool read_later(struct reading *reading, const struct field *field,
		       const struct node *node, void *base)
{
	(void)base;
	form_error(reading, node->key_place,
		   "this version of ucposture has no '%s' yet: remove it", field->name);
	return false;
}

bool form_read_field(struct reading *reading, const struct field *field,
		     const struct node *node, void *base)
{
	static const struct {
		bool (*read)(struct reading *reading, const struct field *field,
			     const struct node *node, void *base);
	} readers[] = {
		[FIELD_TEXT] = { read_text },         [FIELD_TEXTS] = { read_texts },
		[FIELD_WORD] = { read_word },         [FIELD_WORDS] = { read_words },
		[FIELD_BOOLEAN] = { read_boolean },   [FIELD_NUMBER] = { read_number },
		[FIELD_DURATION] = { read_duration }, [FIELD_DATE] = { read_date },
		[FIELD_FORM] = { read_form },         [FIELD_FORMS] = { read_forms },
		[FIELD_NAMED] = { read_named },       [FIELD_OWN] = { read_own },
		[FIELD_LATER] = { read_later },
	};

	if (field->given_at)
		*(bool *)member_at(base, field->given_at) = true;
	return readers[field->kind].read(reading, field, node, base);
}

static bool is_known_key(const struct form *form, const char *key)
{
	for (const struct field *field = form->fields; field->name; field++)
		if (!strcmp(field->name, key))
			return true;
	return false;
}

static void
refuse_unknown_keys(struct reading *reading, const struct form *form, const struct node *node)
{
	const char *names[FIELDS_MOST + 1];
	size_t count = 0;

	/* What this version has not is no help to anybody who mistyped. */
	for (const struct field *field = form->fields; field->name; field++) {
		assert(count < FIELDS_MOST);
		if (field->kind != FIELD_LATER)
			names[count++] = field->name;
	}
	names[count] = NULL;
	for (const struct node *n = node->first; n; n = n->next)
		if (!is_known_key(form, n->key))
			problems_add_unknown(reading->problems, n->key_place, "key", n->key,
					     names);
}

static void refuse_missing(struct reading *reading, const struct form *form,
			   const struct field *field, const struct node *node)
{
	for (const struct node *n = node->first; n; n = n->next) {
		if (!strcmp(n->key, field->name)) {
			form_error(reading, n->key_place, "nothing stands behind '%s'", n->key);
			return;
		}
	}
	form_error(reading, node->place, "%s needs '%s'", form->what, field->name);
}

bool form_read(struct reading *reading, const struct form *form, const struct node *node,
	       void *base)
{
	bool good = true;

	if (node->kind != NODE_MAP) {
		struct text found = { 0 };

		node_describe(node, &found);
		form_error(reading, node->place, "%s is a map of keys and values, not %s",
			   form->what, text_string(&found));
		text_free(&found);
		return false;
	}
	set_place(form, node->place, base);
	if (form->prepare)
		form->prepare(reading, base);
	refuse_unknown_keys(reading, form, node);
	for (const struct field *field = form->fields; field->name; field++) {
		const struct node *member = node_member(node, field->name);

		if (!member && field->required)
			refuse_missing(reading, form, field, node);
		if (member ? !form_read_field(reading, field, member, base) && field->required
			   : field->required)
			good = false;
	}
	return good && (!form->check || form->check(reading, node, base));
}
