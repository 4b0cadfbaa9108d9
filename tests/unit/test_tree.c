/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "agent/plan/form.h"
#include "ground/memory.h"

struct scene {
	struct arena *arena;
	struct problems problems;
	const struct node *root;
};

static int set_up(void **state)
{
	struct scene *scene = memory_new(1, sizeof *scene);

	scene->arena = arena_new();
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	problems_free(&scene->problems);
	arena_free(scene->arena);
	free(scene);
	return 0;
}

static void read_yaml(struct scene *scene, const char *yaml)
{
	scene->root = tree_read(scene->arena, "t.yaml", yaml, strlen(yaml), &scene->problems);
}

/* The first problem, whole. */
static void assert_problem(struct scene *scene, const char *expected)
{
	struct text out = { 0 };

	assert_true(scene->problems.count > 0);
	problem_describe(&scene->problems.items[0], &out);
	assert_string_equal(text_string(&out), expected);
	text_free(&out);
}

static void assert_place(struct place place, unsigned line, unsigned column)
{
	assert_string_equal(place.file, "t.yaml");
	assert_int_equal(place.line, line);
	assert_int_equal(place.column, column);
}

static void every_node_knows_its_place(void **state)
{
	struct scene *scene = *state;
	const struct node *list;

	read_yaml(scene, "a: b\nlist:\n  - x\n  - { k: v }\n");
	assert_int_equal(scene->problems.count, 0);
	assert_int_equal(scene->root->kind, NODE_MAP);
	assert_int_equal(scene->root->count, 2);
	assert_place(node_member(scene->root, "a")->place, 1, 4);
	list = node_member(scene->root, "list");
	assert_place(list->key_place, 2, 1);
	assert_int_equal(list->kind, NODE_LIST);
	assert_int_equal(list->count, 2);
	assert_string_equal(list->first->text, "x");
	assert_place(list->first->place, 3, 5);
	assert_place(node_member(list->first->next, "k")->place, 4, 10);
}

static void columns_count_characters_and_not_bytes(void **state)
{
	struct scene *scene = *state;

	read_yaml(scene, "{ \"ü\": x }\n");
	assert_place(node_member(scene->root, "ü")->place, 1, 8);
}

static void null_is_as_if_the_key_were_not_there(void **state)
{
	struct scene *scene = *state;

	read_yaml(scene, "a: null\nb: ~\nc:\nd: ''\ne: 'null'\n");
	assert_null(node_member(scene->root, "a"));
	assert_null(node_member(scene->root, "b"));
	assert_null(node_member(scene->root, "c"));
	assert_string_equal(node_member(scene->root, "d")->text, "");
	assert_string_equal(node_member(scene->root, "e")->text, "null");
}

static void an_empty_file_is_nothing(void **state)
{
	struct scene *scene = *state;

	read_yaml(scene, "# only a remark\n");
	assert_int_equal(scene->problems.count, 0);
	assert_int_equal(scene->root->kind, NODE_NOTHING);
}

static void a_block_of_lines_loses_its_last_line_break(void **state)
{
	struct scene *scene = *state;

	read_yaml(scene, "a: >\n  one\n  two\nb: |\n  one\n  two\n");
	assert_string_equal(node_member(scene->root, "a")->text, "one two");
	assert_string_equal(node_member(scene->root, "b")->text, "one\ntwo");
}

static void a_key_that_stands_twice_is_refused(void **state)
{
	struct scene *scene = *state;

	read_yaml(scene, "a: 1\nb: 2\na: 3\n");
	assert_problem(scene,
		       "t.yaml:3:1: error: the key 'a' stands twice here: first in line 1");
}

static void all_repeated_keys_are_found_at_once(void **state)
{
	struct scene *scene = *state;

	read_yaml(scene, "a: 1\na: 2\na: 3\nm: { x: 1, x: 2 }\n");
	assert_int_equal(scene->problems.count, 3);
}

static void anchors_and_aliases_are_refused(void **state)
{
	struct scene *scene = *state;

	read_yaml(scene, "a: &here 1\nb: *here\nc: &m { d: 1 }\ne: &l [ 1 ]\n");
	assert_int_equal(scene->problems.errors, 4);
	assert_problem(scene,
		       "t.yaml:1:4: error: anchors ('&…') are not understood: write the value "
		       "where it is needed, or put the text in quotes");
	assert_non_null(strstr(scene->problems.items[1].message, "aliases"));
	assert_int_equal(scene->problems.items[1].place.line, 2);
}

static void tags_are_refused(void **state)
{
	struct scene *scene = *state;

	read_yaml(scene, "a: !!str 1\nb: !x [ 1 ]\nc: !y { d: 1 }\n");
	assert_int_equal(scene->problems.errors, 3);
	assert_problem(scene,
		       "t.yaml:1:4: error: tags ('!…') are not understood: remove it, or put "
		       "the text in quotes");
}

static void merge_keys_are_refused(void **state)
{
	struct scene *scene = *state;

	read_yaml(scene, "<<: { a: 1 }\n");
	assert_problem(scene,
		       "t.yaml:1:1: error: merge keys ('<<') are not understood: write the "
		       "values where they are needed");
}

static void a_second_document_is_refused(void **state)
{
	struct scene *scene = *state;

	read_yaml(scene, "a: 1\n---\nb: 1\n");
	assert_problem(scene,
		       "t.yaml:2:1: error: a second document begins here: one file holds one");
}

static void a_key_must_be_a_text(void **state)
{
	struct scene *scene = *state;

	read_yaml(scene, "[ a ]: 1\n");
	assert_problem(scene, "t.yaml:1:1: error: a key must be a text: put it in quotes");
}

static void nothing_is_nested_deeper_than_32(void **state)
{
	struct scene *scene = *state;
	char yaml[128];

	memset(yaml, '[', 32);
	memset(yaml + 32, ']', 32);
	yaml[64] = '\0';
	read_yaml(scene, yaml);
	assert_int_equal(scene->problems.count, 0);
	memset(yaml, '[', 33);
	memset(yaml + 33, ']', 33);
	yaml[66] = '\0';
	read_yaml(scene, yaml);
	assert_null(scene->root);
	assert_problem(scene, "t.yaml:1:33: error: nothing is nested as deep as this");
}

static void ten_thousand_brackets_do_no_harm(void **state)
{
	struct scene *scene = *state;
	char *yaml = memory_new(10001, 1);

	memset(yaml, '[', 10000);
	read_yaml(scene, yaml);
	free(yaml);
	assert_null(scene->root);
	assert_int_equal(scene->problems.count, 1);
}

static void more_than_four_mebibytes_are_refused(void **state)
{
	struct scene *scene = *state;
	size_t length = TREE_BYTES_MOST + 1;
	char *yaml = memory_new(length, 1);

	memset(yaml, '#', length);
	assert_null(tree_read(scene->arena, "t.yaml", yaml, length, &scene->problems));
	free(yaml);
	assert_problem(scene, "t.yaml:1:1: error: the file is larger than 4 MiB");
}

static void a_hundred_thousand_keys_are_read_in_no_time(void **state)
{
	struct scene *scene = *state;
	struct text yaml = { 0 };

	for (unsigned i = 0; i < 100000; i++)
		text_add_format(&yaml, "k%u: 1\n", i);
	read_yaml(scene, text_string(&yaml));
	text_free(&yaml);
	assert_int_equal(scene->problems.count, 0);
	assert_int_equal(scene->root->count, 100000);
}

static void a_tab_that_indents_is_named(void **state)
{
	struct scene *scene = *state;

	read_yaml(scene, "a:\n  b: 1\n \tc: 2\n");
	assert_null(scene->root);
	assert_problem(scene, "t.yaml:3:2: error: a tab cannot indent a line: use spaces");
}

static void broken_syntax_is_explained_where_it_is(void **state)
{
	static const struct {
		const char *yaml, *begin;
	} cases[] = {
		{ "a: b: c\n", "t.yaml:1:5: error: a ':' cannot stand here" },
		{ "a: [ 1, 2\nb: 3\n", "t.yaml:2:2: error: a ',' or the closing ']' of the "
				       "list was expected here (it begins in line 1)" },
		{ "a: { b: 1\nc: 3\n", "t.yaml:2:2: error: a ',' or the closing '}'" },
		{ "a: 'x\n", "t.yaml:2:1: error: the file ends inside a text in quotes" },
		{ "a:\n  - 1\n b: 2\n", "t.yaml:3:2: error: a key was expected here" },
		{ "a: @b\n", "t.yaml:1:4: error: a text cannot begin with this character" },
		{ "a: *\n", "t.yaml:1:5: error: a text cannot begin with '&' or '*'" },
		{ "a: \"\\q\"\n", "t.yaml:1:5: error: no such escape exists" },
		{ "a: 1\nb\nc: 2\n", "t.yaml:3:1: error: a ':' is missing behind a key" },
		{ "a: - b\n", "t.yaml:1:4: error: a '- …' cannot stand here" },
		{ "a: 1\n\xff: 2\n", "t.yaml:2:1: error: the file is not UTF-8" },
		{ "ab\x01: 1\n", "t.yaml:1:3: error: a control character stands here" },
		{ "a: \"\\0\"\n",
		  "t.yaml:1:4: error: a control character stands in this text" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scene *scene = *state;
		struct text out = { 0 };

		problems_free(&scene->problems);
		read_yaml(scene, cases[i].yaml);
		assert_int_equal(scene->problems.count, 1);
		problem_describe(&scene->problems.items[0], &out);
		if (strncmp(text_string(&out), cases[i].begin, strlen(cases[i].begin)))
			fail_msg("%s\ninstead of\n%s", text_string(&out), cases[i].begin);
		text_free(&out);
	}
}

static void a_file_cut_anywhere_does_no_harm(void **state)
{
	static const char yaml[] = "a: &x [ 1, { b: \"\\u00fc\" } ]\n? c\n: |\n  d\n--- e\n";
	struct scene *scene = *state;

	for (size_t length = 0; length < sizeof yaml; length++)
		tree_read(scene->arena, "t.yaml", yaml, length, &scene->problems);
	for (size_t i = 0; i < scene->problems.count; i++) {
		assert_true(scene->problems.items[i].place.line >= 1);
		assert_true(scene->problems.items[i].place.column >= 1);
	}
}

static void a_file_that_cannot_be_read_says_why(void **state)
{
	struct scene *scene = *state;
	struct text bytes = { 0 };

	assert_false(tree_load("/nowhere/t.yaml", &bytes, &scene->problems));
	assert_problem(scene, "/nowhere/t.yaml: error: cannot read the file: "
			      "No such file or directory");
	assert_false(tree_load("/", &bytes, &scene->problems));
	text_free(&bytes);
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(every_node_knows_its_place),
		SCENE_TEST(columns_count_characters_and_not_bytes),
		SCENE_TEST(null_is_as_if_the_key_were_not_there),
		SCENE_TEST(an_empty_file_is_nothing),
		SCENE_TEST(a_block_of_lines_loses_its_last_line_break),
		SCENE_TEST(a_key_that_stands_twice_is_refused),
		SCENE_TEST(all_repeated_keys_are_found_at_once),
		SCENE_TEST(anchors_and_aliases_are_refused),
		SCENE_TEST(tags_are_refused),
		SCENE_TEST(merge_keys_are_refused),
		SCENE_TEST(a_second_document_is_refused),
		SCENE_TEST(a_key_must_be_a_text),
		SCENE_TEST(nothing_is_nested_deeper_than_32),
		SCENE_TEST(ten_thousand_brackets_do_no_harm),
		SCENE_TEST(more_than_four_mebibytes_are_refused),
		SCENE_TEST(a_hundred_thousand_keys_are_read_in_no_time),
		SCENE_TEST(a_tab_that_indents_is_named),
		SCENE_TEST(broken_syntax_is_explained_where_it_is),
		SCENE_TEST(a_file_cut_anywhere_does_no_harm),
		SCENE_TEST(a_file_that_cannot_be_read_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
