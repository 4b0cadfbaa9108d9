/* SPDX-License-Identifier: Apache-2.0
 *
 * Each target becomes the tree that it would be in our own form, and is read as such: then the
 * same things are refused, in the same words.
 */
#include "agent/plan/inventory_group.h"

#include <string.h>

#include "agent/plan/config_parts.h"
#include "ground/memory.h"
#include "ground/words.h"
#include "net/address.h"

#define OURS "__ucposture_"

struct group {
	const struct node *targets, *labels;
};

static bool read_targets(struct reading *reading, const struct field *field,
			 const struct node *node, void *base)
{
	if (node->kind != NODE_LIST)
		return form_refuse(reading, field->name, node, "a list");
	((struct group *)base)->targets = node;
	return true;
}

static bool read_labels(struct reading *reading, const struct field *field,
			const struct node *node, void *base)
{
	if (node->kind != NODE_MAP)
		return form_refuse(reading, field->name, node, "a map");
	((struct group *)base)->labels = node;
	return true;
}

static const struct field group_fields[] = {
	{ "targets", FIELD_OWN, true, .read = read_targets },
	{ "labels", FIELD_OWN, .read = read_labels },
	{ .name = NULL },
};

static const struct form group_form = { "a group", group_fields,
					.size = sizeof(struct group) };

/* The key is that of the target: it stands where the label does. */
static struct node *copy_node(struct arena *arena, const struct node *like, const char *key)
{
	struct node *node = arena_take(arena, sizeof *node);

	*node = *like;
	node->key = key;
	node->next = NULL;
	return node;
}

/* An empty one. */
static struct node *
new_node(struct arena *arena, enum node_kind kind, const struct node *like, const char *key)
{
	struct node *node = arena_take(arena, sizeof *node);

	*node = (struct node){ .kind = kind, .place = like->place, .key = key,
			       .key_place = like->key_place };
	return node;
}

static struct node *new_text(struct arena *arena, const struct node *like, const char *key,
			     const char *begin, size_t length)
{
	struct node *node = new_node(arena, NODE_TEXT, like, key);

	node->text = arena_copy_span(arena, begin, length);
	return node;
}

enum { ELEMENTS_MOST = 1000 };

static void put_first(struct node *parent, struct node *child)
{
	child->next = parent->first;
	parent->first = child;
	parent->count++;
}

static void put_last(struct node *parent, struct node *child)
{
	struct node **last = &parent->first;

	while (*last)
		last = &(*last)->next;
	*last = child;
	parent->count++;
}

/* The next element of "a, b", without blanks around it; NULL at the end. Empty ones are none. */
static const char *next_element(const char **rest, size_t *length)
{
	const char *element;

	do {
		*rest += strspn(*rest, ", ");
		element = *rest;
		*length = strcspn(element, ",");
		*rest += *length;
		while (*length && element[*length - 1] == ' ')
			--*length;
	} while (!*length && **rest);
	return *length ? element : NULL;
}

/* What is longer nobody has written by hand, and each is looked at beside the others. */
static bool is_too_long(struct reading *reading, const struct node *label)
{
	size_t commas = 0;

	for (const char *c = label->text; *c; c++)
		commas += *c == ',';
	if (commas >= ELEMENTS_MOST)
		form_error(reading, label->place, "'%s' has more than %d elements", label->key,
			   ELEMENTS_MOST);
	return commas >= ELEMENTS_MOST;
}

static struct node *
make_list(struct reading *reading, const struct node *label, const char *key)
{
	struct node *list = new_node(reading->arena, NODE_LIST, label, key);
	const char *rest = label->text, *element;
	size_t length;

	while ((element = next_element(&rest, &length)))
		put_last(list, new_text(reading->arena, label, NULL, element, length));
	return list;
}

static struct node *find_member(const struct node *map, const char *key)
{
	struct node *member = map->first;

	while (member && strcmp(member->key, key) != 0)
		member = member->next;
	return member;
}

/* smtp=mail.example:25; a name that stands twice has an address of each version of IP. */
static void
add_peer(struct reading *reading, struct node *peers, const struct node *label, const char *element,
	 size_t length)
{
	const char *equals = memchr(element, '=', length);
	size_t width = equals ? (size_t)(equals - element) : 0;
	struct arena *arena = reading->arena;
	struct node *value, *before;
	const char *name;

	if (!width) {
		form_error(reading, label->place,
			   "'%.*s' is no peer: they are written as in smtp=mail.example:25,"
			   "nas=10.0.0.7",
			   (int)(length < 80 ? length : 80), element);
		return;
	}
	name = arena_copy_span(arena, element, width);
	value = new_text(arena, label, name, equals + 1, length - width - 1);
	value->key_place = label->place;
	before = find_member(peers, name);
	if (!before) {
		put_last(peers, value);
		return;
	}
	if (before->kind == NODE_TEXT) {
		put_first(before, new_text(arena, before, NULL, before->text,
					   strlen(before->text)));
		before->kind = NODE_LIST;
	}
	put_last(before, value);
}

static struct node *
make_peers(struct reading *reading, const struct node *label, const char *key)
{
	struct node *peers = new_node(reading->arena, NODE_MAP, label, key);
	const char *rest = label->text, *element;
	size_t length;

	while ((element = next_element(&rest, &length)))
		add_peer(reading, peers, label, element, length);
	return peers;
}

/* A label by which we are told something, as the key of a target that it stands for; or NULL. */
static struct node *translate(struct reading *reading, const struct node *label)
{
	static const char *const names[] = {
		OURS "name",	 OURS "profiles", OURS "features",    OURS "scenarios",
		OURS "peers",	 OURS "vantage",  OURS "family",      OURS "interval",
		OURS "timeout",	 OURS "guard",	  OURS "source",      OURS "proxy",
		OURS "server_name", OURS "verify_name", NULL
	};
	static const char *const lists[] = { OURS "profiles", OURS "features", OURS "scenarios",
					     OURS "source", NULL };
	const char *key = label->key + strlen(OURS);

	if (words_find(label->key, names) < 0) {
		problems_add_unknown(reading->problems, label->key_place, "label", label->key,
				     names);
		return NULL;
	}
	if (label->kind == NODE_TEXT && is_too_long(reading, label))
		return NULL;
	if (label->kind == NODE_TEXT && words_find(label->key, lists) >= 0)
		return make_list(reading, label, key);
	if (label->kind == NODE_TEXT && !strcmp(label->key, OURS "peers"))
		return make_peers(reading, label, key);
	return copy_node(reading->arena, label, key);
}

/* An empty label is none; and these Prometheus makes itself, for purposes of its own. */
static bool is_nothing_to_us(const struct node *label)
{
	static const char *const made[] = { "job", "instance", NULL };

	return label->kind == NODE_NOTHING || (label->kind == NODE_TEXT && !*label->text) ||
	       words_find(label->key, made) >= 0 ||
	       (!strncmp(label->key, "__", 2) && strncmp(label->key, OURS, strlen(OURS)) != 0);
}

/* What the labels say, as a map of the keys of a target; but its name goes to *name. */
static const struct node *
make_keys(struct reading *reading, const struct node *group, const struct node *labels,
	  const struct node **name)
{
	struct node *keys = new_node(reading->arena, NODE_MAP, group, NULL);
	struct node *rest = new_node(reading->arena, NODE_MAP, labels ? labels : group, "labels");
	struct node **last = &rest->first;

	for (const struct node *n = labels ? labels->first : NULL; n; n = n->next) {
		struct node *made;

		if (is_nothing_to_us(n))
			continue;
		if (strncmp(n->key, OURS, strlen(OURS)) != 0) {
			*last = copy_node(reading->arena, n, n->key);
			last = &(*last)->next;
			rest->count++;
			continue;
		}
		made = translate(reading, n);
		if (made && !strcmp(made->key, "name"))
			*name = made;
		else if (made)
			put_first(keys, made);
	}
	if (rest->count)
		put_first(keys, rest);
	return keys;
}

/* The port is for somebody else. */
static void add_target(struct reading *reading, struct config *config, const struct node *element,
		       const struct node *given_name)
{
	struct arena *arena = reading->arena;
	struct node *keys = new_node(arena, NODE_MAP, element, NULL), *address, *name;
	struct target target = { 0 };
	char host[256];
	uint16_t port;

	if (element->kind != NODE_TEXT) {
		form_refuse(reading, "targets", element, "a list of texts");
		return;
	}
	address = copy_node(arena, element, "address");
	if (address_split_host(element->text, host, sizeof host, &port))
		address->text = arena_copy(arena, host);
	name = copy_node(arena, given_name ? given_name : address, "name");
	put_first(keys, name);
	put_first(keys, address);
	if (config_read_listed(reading, keys, &target))
		*config_add_target(config, target.name, target.address) = target;
}

void inventory_add_group(struct reading *reading, struct config *config,
			 const struct node *group)
{
	const struct inventory_source *source = reading->owner;
	struct inventory_source with_labels = *source;
	struct reading inner = { reading->arena, reading->problems, &with_labels };
	struct target *usual = arena_take(reading->arena, sizeof *usual);
	struct group parts = { NULL, NULL };
	const struct node *name = NULL, *keys;

	if (!form_read(reading, &group_form, group, &parts))
		return;
	*usual = (struct target){ 0 };
	keys = make_keys(reading, group, parts.labels, &name);
	if (!config_read_group(reading, keys, usual))
		return;
	with_labels.defaults = usual;
	for (const struct node *n = parts.targets->first; n; n = n->next)
		add_target(&inner, config, n, name);
}
