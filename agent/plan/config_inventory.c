/* SPDX-License-Identifier: Apache-2.0
 *
 * Where more targets stand than in the configuration.
 */
#include <string.h>

#include "agent/plan/config_parts.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/url.h"

#define MINUTE (60 * CLOCK_SECOND)

static const char *complain_url(const char *text)
{
	struct url url;
	const char *why;

	if (strncmp(text, "http://", 7) != 0 && strncmp(text, "https://", 8) != 0)
		return "an inventory is fetched over http:// or https://";
	return url_parse(text, &url, &why) ? NULL : why;
}

/* What is in it would stand in every log. */
static bool read_url(struct reading *reading, const struct field *field,
		     const struct node *node, void *base)
{
	struct field url = *field;

	if (node->kind == NODE_TEXT && strchr(node->text, '@')) {
		form_error(reading, node->place,
			   "a user and password cannot stand in the URL of 'http'");
		return false;
	}
	url.kind = FIELD_TEXT;
	url.complain = complain_url;
	return form_read_field(reading, &url, node, base);
}

static bool read_defaults(struct reading *reading, const struct field *field,
			  const struct node *node, void *base)
{
	struct inventory_source *source = base;

	(void)field;
	return config_read_defaults(reading, node, source->defaults);
}

static const struct field source_fields[] = {
	{ "file", FIELD_TEXT, AT(struct inventory_source, file) },
	{ "http", FIELD_OWN, AT(struct inventory_source, url), .read = read_url },
	{ "refresh", FIELD_DURATION, AT(struct inventory_source, refresh_us),
	  .least = 100 * CLOCK_MILLISECOND, .most = 24 * 60 * MINUTE },
	{ "ca_file", FIELD_TEXT, AT(struct inventory_source, ca_file) },
	{ "proxy", FIELD_TEXT, AT(struct inventory_source, proxy), .complain = complain_proxy },
	{ "defaults", FIELD_OWN, .read = read_defaults },
	{ .name = NULL },
};

static void prepare_source(struct reading *reading, void *base)
{
	struct inventory_source *source = base;

	source->refresh_us = 5 * MINUTE;
	source->defaults = arena_take(reading->arena, sizeof *source->defaults);
	*source->defaults = (struct target){ .place = source->place };
	config_give_usual(reading->owner, source->defaults);
}

/* Files are read when they change, so nothing of this is for them. */
static bool refuse_keys_of_url(struct reading *reading, const struct node *node)
{
	static const char *const keys[] = { "refresh", "ca_file", "proxy" };
	bool good = true;

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct node *member = node_member(node, keys[i]);

		if (!member)
			continue;
		form_error(reading, member->key_place, "'%s' does nothing for files: remove it",
			   keys[i]);
		good = false;
	}
	return good;
}

static bool check_source(struct reading *reading, const struct node *node, void *base)
{
	const struct node *file = node_member(node, "file"), *url = node_member(node, "http");
	const struct node *ca_file = node_member(node, "ca_file");
	struct inventory_source *source = base;

	if (!file == !url) {
		form_error(reading, node->place, "a source has either 'file' or 'http'");
		return false;
	}
	if (file && !refuse_keys_of_url(reading, node))
		return false;
	if (source->file)
		source->file = config_path(reading->arena, file->place.file, source->file);
	if (source->ca_file) {
		source->ca_file_place = ca_file->place;
		source->ca_file =
			config_path(reading->arena, ca_file->place.file, source->ca_file);
	}
	return source->file || source->url;
}

static const struct form source_form = {
	"a source",
	source_fields,
	.size = sizeof(struct inventory_source),
	.place_at = offsetof(struct inventory_source, place),
	.prepare = prepare_source,
	.check = check_source,
};

static void refuse_same_sources(struct reading *reading, const struct config *config)
{
	for (size_t i = 1; i < config->inventory_count; i++) {
		const struct inventory_source *source = &config->inventory[i];

		for (size_t j = 0; source->url && j < i; j++)
			if (config->inventory[j].url &&
			    !strcmp(config->inventory[j].url, source->url))
				form_error(reading, source->place,
					   "this URL stands in line %u already",
					   config->inventory[j].place.line);
	}
}

bool config_read_inventory(struct reading *reading, const struct field *field,
			   const struct node *node, void *base)
{
	const struct field sources = { field->name, FIELD_FORMS, AT(struct config, inventory),
				       COUNT(struct config, inventory_count),
				       .form = &source_form };
	struct config *config = base;

	if (node->kind == NODE_LIST && node->count > SOURCES_MOST) {
		form_error(reading, node->place, "'%s' has more than %d elements", field->name,
			   SOURCES_MOST);
		return false;
	}
	if (!form_read_field(reading, &sources, node, base))
		return false;
	refuse_same_sources(reading, config);
	return true;
}
