/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "agent/plan/profile_file.h"
#include "ground/memory.h"

static const struct field title_fields[] = {
	{ "title", FIELD_TEXT, true, AT(struct named, title) },
	{ "title_de", FIELD_TEXT, AT(struct named, title_de) },
	{ .name = NULL },
};

static const struct form titles_form = { "a feature, scenario or peer", title_fields, .size = 0 };

/* One title, or a map of it and the German one. */
static bool read_titles(struct reading *reading, const struct field *field,
			const struct node *node, void *base)
{
	struct named *named = base;

	if (node->kind == NODE_MAP)
		return form_read(reading, &titles_form, node, base);
	if (node->kind != NODE_TEXT)
		return form_refuse(reading, field->name, node,
				   "a text, or a map of title and title_de");
	named->title = node->text;
	return true;
}

static const struct field title_field = { "title", FIELD_OWN, true, .form = &titles_form,
					  .read = read_titles };

static bool begin_unused(struct reading *reading, const struct node *node, void *base)
{
	struct named *named = base;

	(void)node;
	named->used = arena_take(reading->arena, sizeof *named->used);
	*named->used = false;
	return true;
}

static const struct form feature_form = {
	"a feature",
	.size = sizeof(struct named),
	.place_at = offsetof(struct named, place),
	.name_at = offsetof(struct named, name),
	.complain = complain_id,
	.value = &title_field,
	.check = begin_unused,
};

static const struct form scenario_form = {
	"a scenario",
	.size = sizeof(struct named),
	.place_at = offsetof(struct named, place),
	.name_at = offsetof(struct named, name),
	.complain = complain_id,
	.value = &title_field,
	.check = begin_unused,
};

static const struct form peer_form = {
	"a peer",
	.size = sizeof(struct named),
	.place_at = offsetof(struct named, place),
	.name_at = offsetof(struct named, name),
	.complain = complain_id,
	.value = &title_field,
	.check = begin_unused,
};

static const struct field source_fields[] = {
	{ "vendor", FIELD_TEXT, AT(struct profile, vendor) },
	{ "document", FIELD_TEXT, AT(struct profile, document) },
	{ "version", FIELD_TEXT, AT(struct profile, version) },
	{ .name = NULL },
};

static const struct form source_form = { "a source", source_fields, .size = 0 };

static bool read_forms(struct reading *reading, const struct form *form,
		       const struct field *field, const struct node *node, void *base)
{
	struct field forms = *field;

	forms.kind = FIELD_FORMS;
	forms.form = form;
	forms.required = true;
	return form_read_field(reading, &forms, node, base);
}

static bool read_rules(struct reading *reading, const struct field *field,
		       const struct node *node, void *base)
{
	return read_forms(reading, profile_rule_form(), field, node, base);
}

static bool read_not_observable(struct reading *reading, const struct field *field,
				const struct node *node, void *base)
{
	return read_forms(reading, profile_not_observable_form(), field, node, base);
}

static const struct field profile_fields[] = {
	{ "profile", FIELD_TEXT, true, AT(struct profile, name), .complain = complain_id },
	{ "title", FIELD_TEXT, true, AT(struct profile, title) },
	{ "title_de", FIELD_TEXT, AT(struct profile, title_de) },
	{ "extends", FIELD_OWN, AT(struct profile, extends), .read = profile_read_name },
	{ "hosted", FIELD_BOOLEAN, AT(struct profile, hosted) },
	{ "source", FIELD_FORM, .form = &source_form },
	{ "features", FIELD_NAMED, AT(struct profile, features),
	  COUNT(struct profile, feature_count), .form = &feature_form },
	{ "scenarios", FIELD_NAMED, AT(struct profile, scenarios),
	  COUNT(struct profile, scenario_count), .form = &scenario_form },
	{ "peers", FIELD_NAMED, AT(struct profile, peers), COUNT(struct profile, peer_count),
	  .form = &peer_form },
	{ "rules", FIELD_OWN, AT(struct profile, rules), COUNT(struct profile, rule_count),
	  .read = read_rules },
	{ "not_observable", FIELD_OWN, AT(struct profile, not_observable),
	  COUNT(struct profile, not_observable_count), .read = read_not_observable },
	{ .name = NULL },
};

/* Rules name the profile they are of: it must not be that of another file. */
static void
check_file_name(struct reading *reading, const struct node *root, const char *expected)
{
	const struct node *name = node_member(root, "profile");

	if (name && name->kind == NODE_TEXT && strcmp(name->text, expected))
		form_error(
			reading, name->place,
			"the file %s.yaml must hold the profile '%s', not '%s': rename one of "
			"them",
			expected, expected, name->text);
}

static bool check_profile(struct reading *reading, const struct node *node, void *base)
{
	const struct profile *profile = base;

	if (!node_member(node, "rules") && !profile->extends)
		form_error(reading, node->place, "a profile needs 'rules'");
	return true;
}

static const struct form whole_form = {
	"a profile",
	profile_fields,
	sizeof(struct profile),
	.place_at = offsetof(struct profile, place),
	.check = check_profile,
};

const struct form *profile_form(void)
{
	return &whole_form;
}

/* "starface" of profiles/starface.yaml; false when the file is not called so. */
static bool name_of_file(struct arena *arena, const char *file, const char **name)
{
	const char *slash = strrchr(file, '/');
	const char *base = slash ? slash + 1 : file;
	const char *end = strrchr(base, '.');
	bool usual = end && end > base && !strcmp(end, ".yaml");

	*name = arena_copy_span(arena, base, usual ? (size_t)(end - base) : strlen(base));
	return usual;
}

void profile_file_read(struct profile_file *made, struct reading *reading, const char *file,
		       const char *bytes, size_t length)
{
	struct profile *profile = &made->profile;
	const struct node *root;
	bool usual;

	file = arena_copy(reading->arena, file);
	reading->owner = made;
	profile->place = (struct place){ file, 1, 1 };
	usual = name_of_file(reading->arena, file, &profile->name);
	root = tree_read(reading->arena, file, bytes, length, reading->problems);
	if (root && usual && root->kind == NODE_MAP)
		check_file_name(reading, root, profile->name);
	profile->broken = !root || root->kind != NODE_MAP;
	if (root)
		form_read(reading, &whole_form, root, profile);
	if (!profile->title)
		profile->title = profile->name;
}
