/* SPDX-License-Identifier: Apache-2.0
 *
 * A YAML file as a tree of texts, lists and maps, each node with its place. What makes
 * such files surprising is refused, with place: anchors, aliases, tags, merge keys, keys
 * that stand twice, several documents. form.h turns trees into structs. All nodes belong
 * to the arena.
 */
#ifndef AGENT_PLAN_TREE_H
#define AGENT_PLAN_TREE_H

#include "agent/plan/problems.h"
#include "ground/text.h"

enum { TREE_DEPTH_MOST = 32, TREE_BYTES_MOST = 4 << 20 };

enum node_kind {
	NODE_NOTHING,		/* null, ~, or a key with nothing behind it */
	NODE_TEXT,
	NODE_LIST,
	NODE_MAP
};

struct node {
	enum node_kind kind;
	struct place place;
	const char *text;	/* NODE_TEXT */
	const char *key;	/* of a member of a map */
	struct place key_place;
	struct node *first;	/* elements or members, as they stand in the file */
	struct node *next;	/* of the same list or map */
	size_t count;
};

/* Appends a file's bytes; "-" is standard input. False when that failed: then it is a
 * problem already. */
bool tree_load(const char *file, struct text *bytes, struct problems *problems);
/* NULL when the syntax is broken. Smaller faults are problems too, but leave a tree, so
 * that whatever else is wrong can be found in the same go. */
const struct node *tree_read(struct arena *arena, const char *file, const char *bytes,
			     size_t length, struct problems *problems);
/* NULL when the map has no such member, or nothing stands behind its key. */
const struct node *node_member(const struct node *map, const char *key);
/* "a list", "an empty map", "nothing", and of a text itself: "'open'". */
void node_describe(const struct node *node, struct text *out);

#endif
