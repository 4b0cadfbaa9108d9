/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "agent/plan/syntax.h"
#include "ground/file.h"
#include "ground/memory.h"

/* A tree under construction. */
struct builder {
	yaml_parser_t parser;
	const char *file, *bytes;
	size_t length;
	struct arena *arena;
	struct problems *problems;
	bool failed; /* nothing more can be read */
};

static struct place place_of(const struct builder *builder, const yaml_mark_t *mark)
{
	return (struct place){ builder->file, (unsigned)mark->line + 1,
			       (unsigned)mark->column + 1 };
}

static bool next_event(struct builder *builder, yaml_event_t *event)
{
	if (builder->failed)
		return false;
	if (yaml_parser_parse(&builder->parser, event))
		return true;
	syntax_explain(&builder->parser, builder->file, builder->bytes, builder->length,
		       builder->problems);
	builder->failed = true;
	return false;
}

static struct node *
new_node(struct builder *builder, enum node_kind kind, const yaml_event_t *event)
{
	struct node *node = arena_take(builder->arena, sizeof *node);

	*node = (struct node){ .kind = kind, .place = place_of(builder, &event->start_mark) };
	return node;
}

static void refuse(struct builder *builder, const yaml_event_t *event, const char *why)
{
	problems_add(builder->problems, PROBLEM_ERROR, place_of(builder, &event->start_mark),
		     "%s", why);
}

static void refuse_properties(struct builder *builder, const yaml_event_t *event,
			      const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		refuse(builder, event,
		       "anchors ('&…') are not understood: write the value where "
		       "it is needed, or put the text in quotes");
	if (tag)
		refuse(builder, event,
		       "tags ('!…') are not understood: remove it, or put the "
		       "text in quotes");
}

static bool says_nothing(const yaml_event_t *event)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp((const char *)event->data.scalar.value, words[i]))
			return true;
	return false;
}

static bool has_control(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (((unsigned char)bytes[i] < ' ' && bytes[i] != '\n' && bytes[i] != '\t') ||
		    bytes[i] == 0x7f)
			return true;
	return false;
}

static struct node *build_text(struct builder *builder, const yaml_event_t *event)
{
	const char *bytes = (const char *)event->data.scalar.value;
	size_t length = event->data.scalar.length;
	struct node *node = new_node(builder, NODE_TEXT, event);

	refuse_properties(builder, event, event->data.scalar.anchor, event->data.scalar.tag);
	if (says_nothing(event)) {
		node->kind = NODE_NOTHING;
		return node;
	}
	if (has_control(bytes, length)) {
		refuse(builder, event, "a control character stands in this text");
		node->kind = NODE_NOTHING;
		return node;
	}
	/* A block of lines ends in a line break that nobody means. */
	while (length && bytes[length - 1] == '\n')
		length--;
	node->text = arena_copy_span(builder->arena, bytes, length);
	return node;
}

static struct node *build_node(struct builder *builder, yaml_event_t *event, unsigned depth);

static void append(struct node *parent, struct node ***tail, struct node *child)
{
	**tail = child;
	*tail = &child->next;
	parent->count++;
}

static void build_list(struct builder *builder, struct node *list, unsigned depth)
{
	struct node **tail = &list->first;
	yaml_event_t event;

	while (next_event(builder, &event)) {
		bool ended = event.type == YAML_SEQUENCE_END_EVENT;

		if (!ended)
			append(list, &tail, build_node(builder, &event, depth + 1));
		yaml_event_delete(&event);
		if (ended)
			return;
	}
}

static int compare_members(const void *a, const void *b)
{
	const struct node *left = *(struct node *const *)a, *right = *(struct node *const *)b;
	int order = strcmp(left->key, right->key);

	if (!order)
		order = left->key_place.line < right->key_place.line ||
					(left->key_place.line == right->key_place.line &&
					 left->key_place.column < right->key_place.column)
				? -1
				: 1;
	return order;
}

/* Sorts, since a hostile map may have hundred thousands of keys. */
static void refuse_repeated_keys(struct builder *builder, const struct node *map)
{
	struct node **members;
	size_t count = 0;

	if (map->count < 2)
		return;
	members = memory_new(map->count, sizeof *members);
	for (struct node *member = map->first; member; member = member->next)
		members[count++] = member;
	qsort(members, count, sizeof *members, compare_members);
	for (size_t i = 1; i < count; i++)
		if (!strcmp(members[i]->key, members[i - 1]->key))
			problems_add(builder->problems, PROBLEM_ERROR, members[i]->key_place,
				     "the key '%s' stands twice here: first in line %u",
				     members[i]->key, members[i - 1]->key_place.line);
	free(members);
}

/* False when the member cannot be used; that is a problem already. */
static bool key_is_usable(struct builder *builder, const struct node *key)
{
	if (key->kind == NODE_TEXT && !strcmp(key->text, "<<"))
		problems_add(
			builder->problems, PROBLEM_ERROR, key->place,
			"merge keys ('<<') are not understood: write the values where they "
			"are needed");
	else if (key->kind != NODE_TEXT)
		problems_add(builder->problems, PROBLEM_ERROR, key->place,
			     "a key must be a text: put it in quotes");
	else
		return true;
	return false;
}

static void build_map(struct builder *builder, struct node *map, unsigned depth)
{
	struct node **tail = &map->first;
	yaml_event_t event;

	while (next_event(builder, &event)) {
		bool ended = event.type == YAML_MAPPING_END_EVENT;
		struct node *key = ended ? NULL : build_node(builder, &event, depth + 1);
		struct node *value;

		yaml_event_delete(&event);
		if (ended)
			break;
		if (!next_event(builder, &event))
			return;
		value = build_node(builder, &event, depth + 1);
		yaml_event_delete(&event);
		if (!key_is_usable(builder, key))
			continue;
		value->key = key->text;
		value->key_place = key->place;
		append(map, &tail, value);
	}
	refuse_repeated_keys(builder, map);
}

static struct node *build_node(struct builder *builder, yaml_event_t *event, unsigned depth)
{
	struct node *node;

	if (depth > TREE_DEPTH_MOST) {
		refuse(builder, event, "nothing is nested as deep as this");
		builder->failed = true;
	}
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return build_text(builder, event);
	case YAML_SEQUENCE_START_EVENT:
		node = new_node(builder, NODE_LIST, event);
		refuse_properties(builder, event, event->data.sequence_start.anchor,
				  event->data.sequence_start.tag);
		build_list(builder, node, depth);
		return node;
	case YAML_MAPPING_START_EVENT:
		node = new_node(builder, NODE_MAP, event);
		refuse_properties(builder, event, event->data.mapping_start.anchor,
				  event->data.mapping_start.tag);
		build_map(builder, node, depth);
		return node;
	default:
		refuse(builder, event,
		       "aliases ('*…') are not understood: write the value itself, "
		       "or put the text in quotes");
		return new_node(builder, NODE_NOTHING, event);
	}
}

static struct node *build_document(struct builder *builder)
{
	struct node *root = arena_take(builder->arena, sizeof *root);
	unsigned documents = 0;
	bool ended = false;
	yaml_event_t event;

	*root = (struct node){ .place = { builder->file, 1, 1 } };
	while (!ended && next_event(builder, &event)) {
		ended = event.type == YAML_STREAM_END_EVENT;
		if (event.type == YAML_DOCUMENT_START_EVENT && ++documents > 1) {
			refuse(builder, &event,
			       "a second document begins here: one file holds one");
			ended = true;
		} else if (event.type != YAML_STREAM_START_EVENT && !ended &&
			   event.type != YAML_DOCUMENT_START_EVENT &&
			   event.type != YAML_DOCUMENT_END_EVENT) {
			root = build_node(builder, &event, 1);
		}
		yaml_event_delete(&event);
	}
	return root;
}

const struct node *tree_read(struct arena *arena, const char *file, const char *bytes,
			     size_t length, struct problems *problems)
{
	struct builder builder = { .file = file,
				   .bytes = bytes,
				   .length = length,
				   .arena = arena,
				   .problems = problems };
	struct node *root;

	if (length > TREE_BYTES_MOST) {
		problems_add(problems, PROBLEM_ERROR, (struct place){ file, 1, 1 },
			     "the file is larger than 4 MiB");
		return NULL;
	}
	if (!yaml_parser_initialize(&builder.parser))
		abort();
	yaml_parser_set_encoding(&builder.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&builder.parser, (const unsigned char *)bytes, length);
	root = build_document(&builder);
	yaml_parser_delete(&builder.parser);
	return builder.failed ? NULL : root;
}

const struct node *node_member(const struct node *map, const char *key)
{
	for (const struct node *member = map->first; member; member = member->next)
		if (!strcmp(member->key, key))
			return member->kind == NODE_NOTHING ? NULL : member;
	return NULL;
}

void node_describe(const struct node *node, struct text *out)
{
	static const char *const words[] = { "nothing", NULL, "a list", "a map" };
	static const char *const empty_words[] = { NULL, NULL, "an empty list", "an empty map" };

	if (!node->count && empty_words[node->kind])
		text_add(out, empty_words[node->kind]);
	else if (node->kind == NODE_TEXT)
		text_add_format(out, "'%.80s'", node->text);
	else
		text_add(out, words[node->kind]);
}

bool tree_load(const char *file, struct text *bytes, struct problems *problems)
{
	bool standard_input = !strcmp(file, "-");
	int fd = standard_input ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool read = fd >= 0 && file_read_all(fd, TREE_BYTES_MOST, bytes);

	if (!read)
		problems_add(problems, PROBLEM_ERROR, (struct place){ .file = file },
			     "cannot read the file: %s", strerror(errno));
	if (fd >= 0 && !standard_input)
		close(fd);
	return read;
}
