/* SPDX-License-Identifier: Apache-2.0
 *
 * The columns against the text of the MIB, object by object, and their values.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp/tree.h"
#include "ground/memory.h"
#include "ground/text.h"
#include "tests/unit/made_mirror.h"

enum { OBJECTS_MOST = 400, ARCS_MOST = 8 };

/* As the MIB has it: of anything that has a number. */
struct object {
	char name[64], parent[64], syntax[128], access[32];
	uint32_t arc;
};

struct module {
	struct object objects[OBJECTS_MOST];
	size_t count;
};

static char *read_mib(void)
{
	const char *top = getenv("top_srcdir");
	struct text path = { 0 };
	FILE *file;
	char *text = memory_new(1, 1 << 20);
	size_t length;

	text_add_format(&path, "%s/mibs/UC-POSTURE-MIB.txt", top ? top : ".");
	file = fopen(text_string(&path), "r");
	assert_non_null(file);
	length = fread(text, 1, (1 << 20) - 1, file);
	assert_true(length > 10000);
	fclose(file);
	text_free(&path);
	return text;
}

/* Words, with a space between two; nothing of comments and of what is between quotes. */
static char *plain(const char *mib)
{
	char *words = memory_new(1, strlen(mib) * 2 + 1), *out = words;

	while (*mib) {
		if (!strncmp(mib, "--", 2))
			mib += strcspn(mib, "\n");
		else if (*mib == '"')
			mib += strcspn(mib + 1, "\"") + 2;
		else if (strchr(" \t\n", *mib))
			mib += strspn(mib, " \t\n");
		else {
			size_t length = strcspn(mib, " \t\n\"");

			memcpy(out, mib, length);
			out += length;
			*out++ = ' ';
			mib += length;
		}
	}
	return words;
}

/* What is between two of the text; false: that is not there. */
static bool between(const char *text, const char *end, const char *from, const char *to,
		    char *room, size_t most)
{
	const char *begin = strstr(text, from), *stop;

	if (!begin || begin >= end)
		return false;
	begin += strlen(from);
	stop = strstr(begin, to);
	if (!stop || stop >= end)
		return false;
	snprintf(room, most, "%.*s", (int)(stop - begin), begin);
	return true;
}

/* "name OBJECT-TYPE SYNTAX … ::= { parent arc } ", and the same with other words. */
static void add_object(struct module *module, const char *name, const char *text)
{
	const char *end = strstr(text, "::= {");
	struct object *object = &module->objects[module->count++];

	assert_true(module->count <= OBJECTS_MOST);
	assert_non_null(end);
	snprintf(object->name, sizeof object->name, "%s", name);
	assert_int_equal(sscanf(end, "::= { %63s %u }", object->parent, &object->arc), 2);
	between(text, end, "SYNTAX ", " MAX-ACCESS", object->syntax, sizeof object->syntax);
	between(text, end, "MAX-ACCESS ", " STATUS", object->access, sizeof object->access);
}

static struct module *read_module(void)
{
	struct module *module = memory_new(1, sizeof *module);
	char *mib = read_mib(), *words = plain(mib), *at = strstr(words, "; ");
	char name[64] = "";

	assert_non_null(at);
	for (at += 2; *at; at += strcspn(at, " ") + 1) {
		if (!strncmp(at, "OBJECT-TYPE ", 12) || !strncmp(at, "OBJECT IDENTIFIER ", 18))
			add_object(module, name, at);
		snprintf(name, sizeof name, "%.*s", (int)strcspn(at, " "), at);
	}
	free(mib);
	free(words);
	return module;
}

static const struct object *object_named(const struct module *module, const char *name)
{
	for (size_t i = 0; i < module->count; i++)
		if (!strcmp(module->objects[i].name, name))
			return &module->objects[i];
	return NULL;
}

/* Below ucPostureMIB. */
static size_t arcs_of(const struct module *module, const struct object *object,
		      uint32_t arcs[static ARCS_MOST])
{
	const struct object *parent = object_named(module, object->parent);
	size_t count = parent ? arcs_of(module, parent, arcs) : 0;

	if (!parent)
		assert_string_equal(object->parent, "ucPostureMIB");
	assert_true(count < ARCS_MOST);
	arcs[count] = object->arc;
	return count + 1;
}

static void column_is_as_the_mib_says(const struct module *module, const struct table *table,
				      const struct column *column)
{
	const struct object *object = object_named(module, column->name);
	uint32_t arcs[ARCS_MOST];
	size_t length = strlen(syntax_word(column->syntax)), count;
	unsigned most;

	if (!object)
		fail_msg("%s is not in the MIB", column->name);
	count = arcs_of(module, object, arcs);
	assert_int_equal(count, table->arc_count + 1);
	assert_memory_equal(arcs, table->arcs, table->arc_count * sizeof *arcs);
	assert_int_equal(arcs[table->arc_count], column->arc);
	assert_string_equal(object->access,
			    table->rows == ROWS_TOLD ? "accessible-for-notify" : "read-only");
	if (strncmp(object->syntax, syntax_word(column->syntax), length) ||
	    (object->syntax[length] && object->syntax[length] != ' '))
		fail_msg("%s is %s", column->name, object->syntax);
	if (sscanf(object->syntax + length, " (SIZE (0..%u))", &most) == 1 ||
	    sscanf(object->syntax + length, " (SIZE (0 | %u))", &most) == 1)
		assert_int_equal(column->most, most);
	else
		assert_int_equal(column->most, 0);
}

static void every_column_is_an_object_of_the_mib(void **state)
{
	struct module *module = read_module();

	(void)state;
	for (size_t i = 0; i < TABLE_COUNT; i++)
		for (size_t j = 0; j < columns_table(i)->column_count; j++)
			column_is_as_the_mib_says(module, columns_table(i),
						  &columns_table(i)->columns[j]);
	free(module);
}

static bool is_column(const char *name)
{
	for (size_t i = 0; i < TABLE_COUNT; i++)
		for (size_t j = 0; j < columns_table(i)->column_count; j++)
			if (!strcmp(columns_table(i)->columns[j].name, name))
				return true;
	return false;
}

static void every_object_of_the_mib_that_can_be_read_is_a_column(void **state)
{
	struct module *module = read_module();
	unsigned readable = 0;

	(void)state;
	for (size_t i = 0; i < module->count; i++) {
		const struct object *object = &module->objects[i];

		if (!*object->access || !strcmp(object->access, "not-accessible"))
			continue;
		readable++;
		if (!is_column(object->name))
			fail_msg("%s is in no table", object->name);
	}
	assert_true(readable > 100);
	free(module);
}

static void tables_and_their_columns_are_in_the_order_of_names(void **state)
{
	const struct table *before = NULL;

	(void)state;
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		const struct table *table = columns_table(i);
		uint32_t arcs[2][TABLE_ARCS + 1] = { { 0 } };

		for (size_t j = 1; j < table->column_count; j++)
			assert_true(table->columns[j - 1].arc < table->columns[j].arc);
		if (before) {
			memcpy(arcs[0], before->arcs, sizeof before->arcs);
			memcpy(arcs[1], table->arcs, sizeof table->arcs);
			arcs[0][before->arc_count] =
				before->columns[before->column_count - 1].arc;
			arcs[1][table->arc_count] = table->columns[0].arc;
			for (size_t j = 0; arcs[0][j] >= arcs[1][j]; j++)
				assert_int_equal(arcs[0][j], arcs[1][j]);
		}
		before = table;
	}
}

static void every_fact_that_is_shown_is_one_that_collectors_tell(void **state)
{
	struct shown_facts facts;

	(void)state;
	columns_look_up(&facts);
	for (size_t i = 0; i < SHOWN_COUNT; i++)
		assert_non_null(facts.about[i]);
}

/* The labels of a textual convention, "name(1),name(2)", with what they stand for. */
static void convention_has(const char *words, const char *convention, unsigned number,
			   const char *word)
{
	char head[64], label[64], *end;
	const char *at;
	size_t length = 0;

	snprintf(head, sizeof head, "%s ::= TEXTUAL-CONVENTION", convention);
	at = strstr(words, head);
	assert_non_null(at);
	at = strchr(at, '{');
	assert_non_null(at);
	end = strchr(at, '}');
	for (; *word && length + 1 < sizeof label; word++) {
		bool next = *word == '_';

		word += next;
		label[length++] = next ? (char)(*word - 'a' + 'A') : *word;
	}
	snprintf(label + length, sizeof label - length, "(%u)", number);
	at = strstr(at, label);
	if (!at || at > end || at[-1] != ' ')
		fail_msg("%s has no %s", convention, label);
}

static void labels_of_the_mib_are_our_words(void **state)
{
	char *mib = read_mib(), *words = plain(mib);

	(void)state;
	for (unsigned i = 0; i < VERDICT_COUNT; i++)
		convention_has(words, "UcpState", i + 1, verdict_word((enum verdict)i));
	for (unsigned i = 0; i < SEVERITY_COUNT; i++)
		convention_has(words, "UcpSeverity", i + 3, severity_word((enum severity)i));
	for (unsigned i = 0; i < EVENT_KIND_COUNT; i++)
		convention_has(words, "UcpChangeKind", i + 1,
			       event_kind_word((enum event_kind)i));
	for (unsigned i = 0; i < ALARM_CAUSE_COUNT; i++)
		convention_has(words, "UcpChangeCause", i + 1,
			       event_cause_word((enum alarm_cause)i));
#define FAMILY(constant, word)                                                                \
	if (FEED_FAMILY_##constant != FEED_FAMILY_OTHER &&                                    \
	    FEED_FAMILY_##constant != FEED_FAMILY_REACH)                                      \
		convention_has(words, "UcpCheckFamily", FEED_FAMILY_##constant + 1, word);
	FEED_FAMILY_LIST(FAMILY)
#undef FAMILY
	convention_has(words, "UcpCheckFamily", FEED_FAMILY_OTHER + 1, "other");
	convention_has(words, "UcpCheckFamily", FEED_FAMILY_REACH + 1, "reachability");
	free(mib);
	free(words);
}

/* "2", "text" or hexadecimal digits of what a name has at a day after all was observed. */
static const char *shown(struct mib *mib, const uint32_t *arcs, size_t count,
			 struct text *room)
{
	const int64_t now_us = (INT64_C(1795219200) + 86400) * 1000000;
	struct value value;
	bool binary = false;

	text_clear(room);
	if (mib_get(mib, arcs, count, now_us, &value) != MIB_FOUND)
		return "-";
	if (value.type == VALUE_INTEGER)
		text_add_format(room, "%d", value.integer);
	else if (value.type != VALUE_OCTETS)
		text_add_format(room, "%u", value.natural);
	for (size_t i = 0; value.type == VALUE_OCTETS && i < value.length; i++)
		binary |= value.bytes[i] < ' ';
	for (size_t i = 0; binary && i < value.length; i++)
		text_add_format(room, "%02x", (uint8_t)value.bytes[i]);
	if (value.type == VALUE_OCTETS && !binary)
		text_add_bytes(room, value.bytes, value.length);
	return text_string(room);
}

struct expected {
	uint32_t table, column;
	unsigned check;		/* of the made ones, of the first target */
	const char *value;
};

static void checks_show(const struct expected *rows, size_t count)
{
	struct mirror *mirror = made_mirror(2, 24, 7);
	struct mib *mib = mib_new(mirror);
	struct text room = { 0 };

	for (size_t i = 0; i < count; i++) {
		const uint32_t name[] = { 1, rows[i].table, 1, rows[i].column,
					  made_target_number(0),
					  made_check_number(0, rows[i].check) };
		const char *value = shown(mib, name, 6, &room);

		if (strcmp(value, rows[i].value))
			fail_msg("%u.%u of %u is %s, not %s", rows[i].table, rows[i].column,
				 rows[i].check, value, rows[i].value);
	}
	text_free(&room);
	mib_free(mib);
	mirror_free(mirror);
}

#define CHECKS_SHOW(rows) checks_show(rows, sizeof rows / sizeof *rows)

static void a_check_has_what_the_engine_says(void **state)
{
	static const struct expected rows[] = {
		{ 4, 2, 0, "made/tcp-443/so" }, { 4, 3, 0, "1" }, { 4, 3, 5, "6" },
		{ 4, 4, 0, "443" }, { 4, 5, 0, "1" }, { 4, 5, 5, "6" }, { 4, 6, 0, "1" },
		{ 4, 6, 1, "5" }, { 4, 6, 2, "5" }, { 4, 6, 3, "1" },
		{ 4, 9, 0, "TLS1.0 TLS1.2" }, { 4, 10, 0, "07ea0b15000000002b0000" },
		{ 4, 12, 0, "90000" }, { 4, 13, 0, "0" }, { 4, 14, 0, "TLS1.2 TLS1.3" },
		{ 4, 15, 0, "violated" }, { 4, 16, 0, "It is so" },
		{ 4, 17, 0, "Make it so." }, { 4, 17, 1, "Leave it." },
		{ 4, 18, 0, "Guide, 4.2" }, { 4, 19, 0, "1" }, { 4, 20, 0, "1" },
		{ 4, 21, 0, "7" }, { 4, 22, 0, "2" }, { 4, 23, 0, "2" },
		/* Values with their units: none, milliseconds, days, a count. */
		{ 4, 7, 0, "0" }, { 4, 8, 0, "1" }, { 4, 7, 1, "13" }, { 4, 8, 1, "3" },
		{ 4, 7, 2, "89" }, { 4, 8, 2, "4" }, { 4, 7, 3, "1" }, { 4, 8, 3, "6" },
		{ 4, 7, 5, "250" }, { 4, 8, 5, "3" },
		{ 12, 1, 3, "The old phones need it" }, { 12, 2, 3, "Somebody" },
		{ 12, 3, 3, "07ea0c15000000002b0000" }, { 12, 4, 3, "29" }, { 12, 1, 4, "-" }
	};

	(void)state;
	CHECKS_SHOW(rows);
}

static void sparse_rows_have_what_was_seen(void **state)
{
	static const struct expected rows[] = {
		{ 5, 1, 2, "CN=pbx.example" }, { 5, 2, 2, "CN=Made Authority" },
		{ 5, 3, 2, "07eb0213000000002b0000" }, { 5, 4, 2, "89" }, { 5, 5, 2, "2048" },
		{ 5, 6, 2, "2" }, { 5, 7, 2, "1" }, { 5, 8, 2, "07ea0b15000000002b0000" },
		{ 5, 9, 2, "2" }, { 5, 10, 2, "1" }, { 5, 11, 2, "0badcafe" },
		{ 5, 12, 2, "00112233445566778899aabbccddeeff"
			    "00112233445566778899aabbccddeeff" },
		{ 5, 1, 3, "-" },
		{ 8, 1, 1, "2" }, { 8, 2, 1, "443" }, { 8, 3, 1, "2" }, { 8, 4, 1, "4" },
		{ 8, 5, 1, "12500" }, { 8, 1, 2, "-" },
		{ 9, 1, 3, "X" }, { 9, 2, 3, "2" }, { 9, 3, 3, "1" }, { 9, 4, 3, "2" },
		{ 10, 1, 4, "3" }, { 10, 2, 4, "1" }, { 10, 3, 4, "1" },
		{ 10, 4, 4, "c4" }, { 10, 5, 4, "1" }, { 10, 1, 3, "-" },
		{ 11, 1, 5, "1" }, { 11, 2, 5, "reply" }, { 11, 3, 5, "3" },
		{ 11, 4, 5, "250" }, { 11, 5, 5, "204" }, { 11, 1, 6, "-" }
	};

	(void)state;
	CHECKS_SHOW(rows);
}

static void scalars_targets_and_events_have_theirs(void **state)
{
	static const struct {
		uint32_t arcs[6];
		size_t count;
		const char *value;
	} rows[] = {
		{ { 1, 1, 1, 0 }, 4, "1.0" }, { { 1, 1, 4, 0 }, 4, "1" },
		{ { 1, 1, 6, 0 }, 4, "5" }, { { 1, 1, 13, 0 }, 4, "1098" },
		{ { 1, 2, 1, 0 }, 4, "3" }, { { 1, 2, 2, 0 }, 4, "2" },
		{ { 1, 2, 3, 0 }, 4, "48" }, { { 1, 2, 4, 1, 3, 2 }, 6, "-" },
		{ { 1, 3, 1, 2, 1 }, 5, "pbx-00000" }, { { 1, 3, 1, 3, 1 }, 5, "1" },
		{ { 1, 3, 1, 3, 4 }, 5, "2" },
		{ { 1, 3, 1, 4, 4 }, 5, "20010db8000000000000000000000001" },
		{ { 1, 3, 1, 5, 1 }, 5, "starface,uc-baseline" },
		{ { 1, 3, 1, 6, 1 }, 5, "1" }, { { 1, 3, 1, 7, 1 }, 5, "3" },
		{ { 1, 3, 1, 8, 1 }, 5, "1" }, { { 1, 3, 1, 9, 1 }, 5, "4" },
		{ { 1, 3, 1, 16, 1 }, 5, "2" }, { { 1, 3, 1, 17, 1 }, 5, "333" },
		{ { 1, 6, 1, 3, 1000 }, 5, "pbx-00001" }, { { 1, 6, 1, 6, 1000 }, 5, "3" },
		{ { 1, 6, 1, 7, 1000 }, 5, "3" }, { { 1, 6, 1, 7, 1004 }, 5, "1" },
		{ { 1, 6, 1, 9, 1000 }, 5, "1" }, { { 1, 6, 1, 10, 1012 }, 5, "7" },
		{ { 1, 6, 1, 12, 1000 }, 5, "7" }
	};
	struct mirror *mirror = made_mirror(2, 24, 7);
	struct mib *mib = mib_new(mirror);
	struct text room = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *value = shown(mib, rows[i].arcs, rows[i].count, &room);

		if (strcmp(value, rows[i].value))
			fail_msg("row %zu is %s, not %s", i, value, rows[i].value);
	}
	text_free(&room);
	mib_free(mib);
	mirror_free(mirror);
}

static void long_texts_are_cut_between_two_characters(void **state)
{
	struct value value;

	(void)state;
	value_set_text(&value, "gr\xc3\xbc\xc3\x9f");
	assert_false(value_cut(&value, 6));
	assert_true(value_cut(&value, 5));
	assert_int_equal(value.length, 4);
	assert_true(value_cut(&value, 3));
	assert_int_equal(value.length, 2);
}

static void times_are_eleven_octets_or_never(void **state)
{
	static const uint8_t before[] = { 0x07, 0xb1, 12, 31, 23, 59, 59, 9, '+', 0, 0 };
	static const uint8_t never[8];
	struct value value;

	(void)state;
	value_set_time(&value, -100000);
	assert_int_equal(value.length, sizeof before);
	assert_memory_equal(value.bytes, before, sizeof before);
	value_set_time(&value, 0);
	assert_int_equal(value.length, sizeof never);
	assert_memory_equal(value.bytes, never, sizeof never);
	value_set_time(&value, INT64_MAX);
	assert_int_equal(value.length, sizeof never);
}

static void addresses_have_their_types(void **state)
{
	static const struct {
		const char *address;
		int32_t type;
		size_t length;
	} rows[] = {
		{ "192.0.2.1", 1, 4 }, { "2001:db8::1", 2, 16 }, { "pbx.example", 16, 11 },
	};
	struct value value;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		value_set_address_type(&value, rows[i].address);
		assert_int_equal(value.integer, rows[i].type);
		value_set_address(&value, rows[i].address);
		assert_int_equal(value.length, rows[i].length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_column_is_an_object_of_the_mib),
		cmocka_unit_test(every_object_of_the_mib_that_can_be_read_is_a_column),
		cmocka_unit_test(tables_and_their_columns_are_in_the_order_of_names),
		cmocka_unit_test(every_fact_that_is_shown_is_one_that_collectors_tell),
		cmocka_unit_test(labels_of_the_mib_are_our_words),
		cmocka_unit_test(a_check_has_what_the_engine_says),
		cmocka_unit_test(sparse_rows_have_what_was_seen),
		cmocka_unit_test(scalars_targets_and_events_have_theirs),
		cmocka_unit_test(long_texts_are_cut_between_two_characters),
		cmocka_unit_test(times_are_eleven_octets_or_never),
		cmocka_unit_test(addresses_have_their_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
