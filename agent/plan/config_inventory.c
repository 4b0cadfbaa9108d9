/* SPDX-License-Identifier: Apache-2.0
 *
 * Where more targets stand than in the configuration.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/plan/config_parts.h"
#include "collectors/subject.h"
#include "ground/clock.h"
#include "ground/file.h"
#include "ground/memory.h"
#include "net/url.h"

#define MINUTE (60 * CLOCK_SECOND)
enum { AUTHORIZATION_MOST = 8 << 10 };

static const char *complain_url(const char *text)
{
	char room[SUBJECT_ROOM];
	struct subject subject;
	struct url url;
	const char *why;

	if (strncmp(text, "http://", 7) != 0 && strncmp(text, "https://", 8) != 0)
		return "an inventory is fetched over http:// or https://";
	if (!url_parse(text, &url, &why))
		return why;
	return subject_parse(text, SUBJECT_URL, room, &subject, &why)
		       ? NULL
		       : "it has a host of its own, no blanks, and at most 511 characters";
}

/* What is in it would stand in every log. */
static bool read_url(struct reading *reading, const struct field *field,
		     const struct node *node, void *base)
{
	struct field url = *field;

	if (node->kind == NODE_TEXT && strchr(node->text, '@')) {
		form_error(reading, node->place,
			   "a user and password cannot stand in the URL of 'http': see"
			   " authorization_file");
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
	{ "authorization_file", FIELD_TEXT, AT(struct inventory_source, authorization_file) },
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
	static const char *const keys[] = { "refresh", "ca_file", "authorization_file",
					    "proxy" };
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

static bool is_of_this_machine(const char *host)
{
	struct address address;

	return address_parse(host, &address) ? address_is_loopback(&address)
					     : !strcmp(host, "localhost");
}

/* What goes over http can be read and changed by everybody on the way. */
static bool check_plain(struct reading *reading, const struct node *node,
			const struct inventory_source *source)
{
	const struct node *file = node_member(node, "authorization_file");
	struct url url;
	const char *why;

	if (!source->url || !url_parse(source->url, &url, &why) || url_encrypted(&url) ||
	    is_of_this_machine(url.host))
		return true;
	if (file) {
		form_error(reading, file->key_place,
			   "'authorization_file' needs https://: over http:// everybody on the"
			   " way hears what is in it");
		return false;
	}
	problems_add(reading->problems, PROBLEM_WARNING, node_member(node, "http")->place,
		     "over http:// everybody on the way can say what the targets are; use"
		     " https://");
	return true;
}

static void place_files(struct reading *reading, const struct node *node,
			struct inventory_source *source)
{
	const struct node *file = node_member(node, "authorization_file");

	if (!source->authorization_file)
		return;
	source->authorization_file_place = file->place;
	source->authorization_file =
		config_path(reading->arena, file->place.file, source->authorization_file);
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
	place_files(reading, node, source);
	return check_plain(reading, node, source) && (source->file || source->url);
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

/* --- what their servers want to hear --------------------------------------- */

/* One line of what a header can hold, or what is wrong. */
static const char *take_authorization(struct arena *arena, const struct text *bytes,
				      const char **line)
{
	const char *text = text_string(bytes);
	size_t length = bytes->length;

	while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
		length--;
	if (!length)
		return "it is empty";
	if (length > AUTHORIZATION_MOST)
		return "it is longer than 8 KB";
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			return "it holds more than one line of ASCII characters";
	*line = arena_copy_span(arena, text, length);
	return NULL;
}

static void read_authorization(struct config *config, struct inventory_source *source,
			       struct problems *problems)
{
	const struct place place = source->authorization_file_place;
	int fd = open(source->authorization_file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct text bytes = { 0 };
	const char *wrong = NULL;
	struct stat about;

	if (fd < 0 || fstat(fd, &about) || !file_read_all(fd, AUTHORIZATION_MOST, &bytes))
		wrong = strerror(errno);
	else
		wrong = take_authorization(config->arena, &bytes, &source->authorization);
	if (wrong)
		problems_add(problems, PROBLEM_ERROR, place,
			     "cannot use the authorization_file '%.200s': %s",
			     source->authorization_file, wrong);
	else if (about.st_mode & S_IROTH)
		problems_add(problems, PROBLEM_WARNING, place,
			     "everybody on this machine can read '%.200s': chmod o-r",
			     source->authorization_file);
	if (fd >= 0)
		close(fd);
	text_free(&bytes);
}

void config_read_authorizations(struct config *config, struct problems *problems)
{
	for (size_t i = 0; i < config->inventory_count; i++)
		if (config->inventory[i].authorization_file)
			read_authorization(config, &config->inventory[i], problems);
}
