/* SPDX-License-Identifier: Apache-2.0
 *
 * The set of all profiles: folders of files, and what `extends` makes of them.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/plan/mentions.h"
#include "agent/plan/names.h"
#include "agent/plan/seen.h"
#include "ground/memory.h"

struct entry {
	struct profile_file file;
	enum { ENTRY_READ, ENTRY_UNDER_WAY, ENTRY_SETTLED } state;
};

struct profiles {
	struct arena *arena;
	struct patterns patterns;
	struct entry **entries; /* by name */
	size_t count, room;
	const char **names; /* for messages; NULL while there is none */
};

struct profiles *profiles_new(void)
{
	struct profiles *profiles = memory_new(1, sizeof *profiles);

	profiles->arena = arena_new();
	return profiles;
}

void profiles_free(struct profiles *profiles)
{
	if (!profiles)
		return;
	patterns_free(&profiles->patterns);
	arena_free(profiles->arena);
	free(profiles->entries);
	free(profiles->names);
	free(profiles);
}

/* Where the name is, or belongs. */
static size_t find_place(const struct profiles *profiles, const char *name)
{
	size_t low = 0, high = profiles->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(profiles->entries[middle]->file.profile.name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct entry *find_entry(const struct profiles *profiles, const char *name)
{
	size_t at = find_place(profiles, name);

	if (at < profiles->count && !strcmp(profiles->entries[at]->file.profile.name, name))
		return profiles->entries[at];
	return NULL;
}

static void keep_entry(struct profiles *profiles, struct entry *entry)
{
	size_t at = find_place(profiles, entry->file.profile.name);

	if (find_entry(profiles, entry->file.profile.name)) {
		entry->file.profile.replaces = profiles->entries[at]->file.profile.place.file;
		profiles->entries[at] = entry;
		return;
	}
	profiles->entries = memory_room_for(profiles->entries, profiles->count, &profiles->room,
					    sizeof *profiles->entries);
	memmove(profiles->entries + at + 1, profiles->entries + at,
		(profiles->count - at) * sizeof *profiles->entries);
	profiles->entries[at] = entry;
	profiles->count++;
	profiles->names =
		memory_resize(profiles->names, profiles->count + 1, sizeof *profiles->names);
	for (size_t i = 0; i < profiles->count; i++)
		profiles->names[i] = profiles->entries[i]->file.profile.name;
	profiles->names[profiles->count] = NULL;
}

void profiles_read_bytes(struct profiles *profiles, const char *file, const char *bytes,
			 size_t length, struct problems *problems)
{
	struct entry *entry = arena_take(profiles->arena, sizeof *entry);
	struct reading reading = { .arena = profiles->arena, .problems = problems };

	*entry = (struct entry){ .file.patterns = &profiles->patterns };
	profile_file_read(&entry->file, &reading, file, bytes, length);
	keep_entry(profiles, entry);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool ends_in(const char *name, const char *end)
{
	size_t length = strlen(name), tail = strlen(end);

	return length > tail && !strcmp(name + length - tail, end);
}

/* The files of a folder, sorted, so that messages come in the same order everywhere. */
static size_t list_folder(struct arena *arena, DIR *folder, const char *path,
			  const char ***files, struct problems *problems)
{
	size_t count = 0, room = 0;
	struct dirent *item;

	while ((item = readdir(folder))) {
		struct text file = { 0 };

		if (item->d_name[0] == '.')
			continue;
		text_add_format(&file, "%s/%s", path, item->d_name);
		if (ends_in(item->d_name, ".yaml")) {
			*files = memory_room_for(*files, count, &room, sizeof **files);
			(*files)[count++] = arena_copy(arena, text_string(&file));
		} else if (ends_in(item->d_name, ".yml")) {
			problems_add(problems, PROBLEM_WARNING,
				     (struct place){ .file = text_string(&file) },
				     "not read: the names of profiles end in .yaml");
		}
		text_free(&file);
	}
	if (count)
		qsort(*files, count, sizeof **files, compare_strings);
	return count;
}

void profiles_read_folder(struct profiles *profiles, const char *folder,
			  struct problems *problems)
{
	DIR *open_folder = opendir(folder);
	const char **files = NULL;
	size_t count;

	if (!open_folder) {
		problems_add(problems, PROBLEM_ERROR, (struct place){ .file = folder },
			     "cannot read the folder of profiles: %s", strerror(errno));
		return;
	}
	count = list_folder(profiles->arena, open_folder, folder, &files, problems);
	closedir(open_folder);
	for (size_t i = 0; i < count; i++) {
		struct text bytes = { 0 };

		if (tree_load(files[i], &bytes, problems))
			profiles_read_bytes(profiles, files[i], text_string(&bytes),
					    bytes.length, problems);
		text_free(&bytes);
	}
	free(files);
}

struct id_comparison {
	const struct rule *rules;
	const char *id;
};

static bool same_id(const void *arg, uint32_t number)
{
	const struct id_comparison *comparison = arg;

	return !strcmp(comparison->rules[number].id, comparison->id);
}

/* The rules of the parent, each replaced by the child's of the same id; then the rest. */
static void inherit_rules(struct profiles *profiles, struct profile *child,
			  const struct profile *parent, struct problems *problems)
{
	size_t inherited = parent ? parent->rule_count : 0,
	       most = inherited + child->rule_count;
	struct rule *rules = arena_take(profiles->arena, most * sizeof *rules);
	struct seen seen = { 0 };
	uint32_t count = 0;

	seen_reset(&seen, most);
	for (size_t i = 0; i < most; i++) {
		const struct rule *rule =
			i < inherited ? &parent->rules[i] : &child->rules[i - inherited];
		struct id_comparison comparison = { rules, rule->id };
		uint32_t at = seen_number(&seen, seen_hash(SEEN_HASH_BEGIN, rule->id), count,
					  same_id, &comparison);

		if (at < count && !strcmp(rules[at].profile, rule->profile)) {
			problems_add(problems, PROBLEM_ERROR, rule->place,
				     "the id '%s' stands twice: first in line %u", rule->id,
				     rules[at].place.line);
			continue;
		}
		rules[at] = *rule;
		count += at == count;
	}
	seen_free(&seen);
	child->rules = rules;
	child->rule_count = count;
}

static void
inherit_not_observable(struct arena *arena, struct profile *child, const struct profile *parent)
{
	size_t own = child->not_observable_count, inherited = parent->not_observable_count;
	struct not_observable *all = arena_take(arena, (own + inherited) * sizeof *all);

	if (own)
		memcpy(all, child->not_observable, own * sizeof *all);
	if (inherited)
		memcpy(all + own, parent->not_observable, inherited * sizeof *all);
	child->not_observable = all;
	child->not_observable_count = own + inherited;
}

static void
inherit(struct profiles *profiles, struct profile *child, const struct profile *parent)
{
	struct arena *arena = profiles->arena;

	mentions_inherit(arena, &child->features, &child->feature_count, parent->features,
		      parent->feature_count);
	mentions_inherit(arena, &child->scenarios, &child->scenario_count, parent->scenarios,
		      parent->scenario_count);
	mentions_inherit(arena, &child->peers, &child->peer_count, parent->peers,
		      parent->peer_count);
	inherit_not_observable(arena, child, parent);
	child->broken |= parent->broken;
	child->hosted |= parent->hosted;
}

static struct place place_of_extends(const struct profile_file *file)
{
	for (const struct mention *m = file->mentions; m; m = m->next)
		if (!strcmp(m->what, "extends"))
			return m->place;
	return file->profile.place;
}

/* NULL when there is none, or none that can be used. */
static struct entry *
find_parent(struct profiles *profiles, struct entry *child, struct problems *problems)
{
	struct profile *profile = &child->file.profile;
	struct entry *parent = profile->extends ? find_entry(profiles, profile->extends) : NULL;

	if (profile->extends && !parent) {
		problems_add_unknown(problems, place_of_extends(&child->file), "profile",
				     profile->extends, profiles_names(profiles));
		profile->broken = true;
	} else if (parent && parent->state == ENTRY_UNDER_WAY) {
		problems_add(problems, PROBLEM_ERROR, place_of_extends(&child->file),
			     "'%s' extends '%s', which extends it in turn", profile->name,
			     profile->extends);
		parent = NULL;
	}
	return parent;
}

static void settle(struct profiles *profiles, struct entry *entry, struct problems *problems)
{
	struct entry *parent;

	if (entry->state == ENTRY_SETTLED)
		return;
	entry->state = ENTRY_UNDER_WAY;
	parent = find_parent(profiles, entry, problems);
	if (parent) {
		settle(profiles, parent, problems);
		inherit(profiles, &entry->file.profile, &parent->file.profile);
	}
	inherit_rules(profiles, &entry->file.profile, parent ? &parent->file.profile : NULL,
		      problems);
	mentions_check(&entry->file, problems);
	names_check(&entry->file.profile, problems);
	profile_makes_sense(&entry->file.profile, problems);
	entry->state = ENTRY_SETTLED;
}

void profiles_settle(struct profiles *profiles, struct problems *problems)
{
	for (size_t i = 0; i < profiles->count; i++)
		settle(profiles, profiles->entries[i], problems);
}

void profiles_find_unused(const struct profiles *profiles, struct problems *problems)
{
	bool broken = false;

	/* Nobody knows what those name that could not be read. */
	for (size_t i = 0; i < profiles->count; i++)
		broken |= profiles->entries[i]->file.profile.broken;
	for (size_t i = 0; i < profiles->count && !broken; i++)
		mentions_find_unused(&profiles->entries[i]->file.profile, problems);
}

size_t profiles_count(const struct profiles *profiles)
{
	return profiles->count;
}

const struct profile *profiles_at(const struct profiles *profiles, size_t index)
{
	return &profiles->entries[index]->file.profile;
}

const struct profile *profiles_named(const struct profiles *profiles, const char *name)
{
	const struct entry *entry = find_entry(profiles, name);

	return entry ? &entry->file.profile : NULL;
}

const char *const *profiles_names(const struct profiles *profiles)
{
	static const char *const none[] = { NULL };

	return profiles->names ? profiles->names : none;
}
