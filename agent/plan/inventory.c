/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/inventory.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/plan/authorities.h"
#include "agent/plan/config_parts.h"
#include "agent/plan/inventory_group.h"
#include "agent/plan/seen.h"
#include "ground/file.h"
#include "ground/memory.h"

/* Adds what one node of a list says: a target of our form, or a group as Prometheus has it. */
static void
add_element(struct reading *reading, struct config *config, const struct node *element)
{
	struct target target = { 0 };

	if (element->kind == NODE_MAP && node_member(element, "targets"))
		inventory_add_group(reading, config, element);
	else if (config_read_listed(reading, element, &target))
		*config_add_target(config, target.name, target.address) = target;
}

struct document {
	const struct node *targets;
};

static bool read_targets(struct reading *reading, const struct field *field,
			 const struct node *node, void *base)
{
	struct document *document = base;

	if (node->kind != NODE_LIST)
		return form_refuse(reading, field->name, node, "a list");
	document->targets = node;
	return true;
}

static const struct field document_fields[] = {
	{ "targets", FIELD_OWN, true, .read = read_targets },
	{ .name = NULL },
};

static const struct form document_form = { "an inventory", document_fields,
					   .size = sizeof(struct document) };

/* A list, or a map with one. */
static const struct node *find_list(struct reading *reading, const struct node *root)
{
	struct document document = { NULL };
	struct text found = { 0 };

	if (root->kind == NODE_LIST)
		return root;
	if (root->kind == NODE_MAP) {
		form_read(reading, &document_form, root, &document);
		return document.targets;
	}
	node_describe(root, &found);
	form_error(reading, root->place,
		   "an inventory is a list of targets, or a map with 'targets', not %s",
		   text_string(&found));
	text_free(&found);
	return NULL;
}

/* What stands behind the question mark of a URL may be a secret. */
static const char *name_of(struct arena *arena, const char *from)
{
	return arena_copy_span(arena, from,
			       strstr(from, "://") ? strcspn(from, "?") : strlen(from));
}

/* The half of a pair that "\\ud83d" is, when it begins so. */
static bool is_half(const char *bytes, uint32_t from, uint32_t *code)
{
	char digits[5] = { 0 }, *end;

	if (bytes[0] != '\\' || bytes[1] != 'u')
		return false;
	memcpy(digits, bytes + 2, 4);
	*code = (uint32_t)strtoul(digits, &end, 16) - from;
	return end == digits + 4 && *code < 0x400;
}

/* JSON writes a character beyond 16 bits as two (RFC 8259 section 7), which are none in YAML. */
static void join_pairs(const char *bytes, size_t length, struct text *out)
{
	enum { HALF = 6 };
	uint32_t high, low;

	for (size_t i = 0; i < length; i++) {
		if (bytes[i] != '\\' || i + 1 == length) {
			text_add_char(out, bytes[i]);
		} else if (i + 2 * HALF <= length && is_half(bytes + i, 0xd800, &high) &&
			   is_half(bytes + i + HALF, 0xdc00, &low)) {
			text_add_format(out, "\\U%08x", 0x10000 + (high << 10) + low);
			i += 2 * HALF - 1;
		} else {
			text_add_bytes(out, bytes + i++, 2);
		}
	}
}

static bool looks_like_json(const struct text *bytes)
{
	const char *begin = text_string(bytes);

	begin += strspn(begin, " \t\r\n");
	return *begin == '[' || *begin == '{';
}

static void add_bytes(struct config *config, const struct inventory_source *source,
		      const char *from, const struct text *bytes, struct problems *problems)
{
	struct inventory_source owner = *source;
	struct reading reading = { config->arena, problems, &owner };
	const struct node *root, *list = NULL;
	struct text joined = { 0 };

	if (bytes->length <= TREE_BYTES_MOST && looks_like_json(bytes)) {
		join_pairs(bytes->bytes, bytes->length, &joined);
		bytes = &joined;
	}
	root = tree_read(config->arena, name_of(config->arena, from), text_string(bytes),
			 bytes->length, problems);
	text_free(&joined);
	if (root)
		list = find_list(&reading, root);
	for (const struct node *n = list ? list->first : NULL; n; n = n->next)
		add_element(&reading, config, n);
}

void inventory_add_bytes(struct config *config, const struct inventory_source *source,
			 const char *from, const char *bytes, size_t length,
			 struct problems *problems)
{
	size_t first = config->target_count;
	struct text copy = { 0 };

	text_add_bytes(&copy, bytes, length);
	add_bytes(config, source, from, &copy, problems);
	text_free(&copy);
	config_refuse_same_targets(config, first, problems);
}

static void add_file(struct config *config, const struct inventory_source *source,
		     const char *file, struct problems *problems)
{
	struct text bytes = { 0 }, why = { 0 };

	if (file_read_ordinary(file, TREE_BYTES_MOST, &bytes, &why))
		add_bytes(config, source, file, &bytes, problems);
	else
		problems_add(problems, PROBLEM_ERROR, (struct place){ .file = file },
			     "cannot read the file: %s", text_string(&why));
	text_free(&bytes);
	text_free(&why);
}

/* What has no pattern in it matches itself, be it there or not. False: nothing matches. */
static bool find_files(const char *pattern, glob_t *found)
{
	return glob(pattern, GLOB_NOMAGIC, NULL, found) == 0;
}

/* Somebody has made room for files that are to come: that is no slip. */
static bool folder_is_empty(const char *pattern)
{
	const char *slash = strrchr(pattern, '/');
	struct text path = { 0 };
	glob_t found = { 0 };
	bool is_empty;

	text_add_bytes(&path, pattern, slash ? (size_t)(slash + 1 - pattern) : 0);
	is_empty = glob(path.length ? text_string(&path) : "./", 0, NULL, &found) == 0;
	globfree(&found);
	text_add(&path, "*");
	is_empty = is_empty && glob(text_string(&path), 0, NULL, &found) == GLOB_NOMATCH;
	globfree(&found);
	text_free(&path);
	return is_empty;
}

static void add_files(struct config *config, const struct inventory_source *source,
		      struct problems *problems)
{
	glob_t found = { 0 };

	if (!find_files(source->file, &found) && !folder_is_empty(source->file))
		problems_add(problems, PROBLEM_WARNING, source->place,
			     "no file is called '%.200s'", source->file);
	for (size_t i = 0; i < found.gl_pathc; i++)
		add_file(config, source, found.gl_pathv[i], problems);
	globfree(&found);
}

static void add_fetched(struct config *config, const struct inventory_source *source,
			const struct inventory_fetched *fetched, struct problems *problems)
{
	struct text bytes = { 0 };
	bool found = false;

	for (size_t i = 0; fetched && i < fetched->count; i++) {
		const struct inventory_document *document = &fetched->items[i];

		if (strcmp(document->url, source->url) != 0)
			continue;
		text_add_bytes(&bytes, document->bytes, document->length);
		add_bytes(config, source, source->url, &bytes, problems);
		text_clear(&bytes);
		found = true;
	}
	/* What exceptions are for may be among those that nobody knows yet. */
	config->narrowed |= !found;
	text_free(&bytes);
}

void inventory_add(struct config *config, const struct inventory_fetched *fetched,
		   struct problems *problems)
{
	size_t first = config->target_count;

	for (size_t i = 0; i < config->inventory_count; i++) {
		const struct inventory_source *source = &config->inventory[i];

		if (source->file)
			add_files(config, source, problems);
		else
			add_fetched(config, source, fetched, problems);
	}
	config_refuse_same_targets(config, first, problems);
	authorities_read(config, problems);
}

static uint64_t hash_file(uint64_t hash, const char *file)
{
	struct stat about;

	hash = seen_hash(hash, file);
	if (stat(file, &about) < 0)
		return seen_hash_number(hash, 0);
	hash = seen_hash_number(hash, (uint64_t)about.st_ino);
	hash = seen_hash_number(hash, (uint64_t)about.st_size);
	hash = seen_hash_number(hash, (uint64_t)about.st_mtim.tv_sec);
	return seen_hash_number(hash, (uint64_t)about.st_mtim.tv_nsec);
}

uint64_t inventory_state(const struct config *config)
{
	uint64_t hash = SEEN_HASH_BEGIN;

	for (size_t i = 0; i < config->inventory_count; i++) {
		const char *pattern = config->inventory[i].file;
		glob_t found = { 0 };

		hash = seen_hash(hash, pattern);
		if (pattern)
			find_files(pattern, &found);
		for (size_t j = 0; j < found.gl_pathc; j++)
			hash = hash_file(hash, found.gl_pathv[j]);
		globfree(&found);
	}
	return hash;
}
