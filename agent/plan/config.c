/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/config.h"

#include <stdlib.h>
#include <string.h>

#include "agent/plan/access.h"
#include "agent/plan/authorities.h"
#include "agent/plan/config_parts.h"
#include "agent/plan/interval.h"
#include "agent/plan/seen.h"
#include "ground/clock.h"
#include "ground/memory.h"

#define DAY (24 * 3600 * CLOCK_SECOND)

enum { NAME_SERVERS_MOST = 8, PORT_OF_DNS = 53 };

static size_t count_items(const char *list)
{
	size_t count = *list != '\0';

	for (; *list; list++)
		count += *list == ',';
	return count;
}

const char *config_add_name_server(struct text *list, const char *server)
{
	struct address address;
	char host[ADDRESS_ROOM], place[ADDRESS_ROOM];
	uint16_t port = PORT_OF_DNS;

	if (count_items(text_string(list)) == NAME_SERVERS_MOST)
		return "these are more than 8 name servers";
	if (!address_split_host(server, host, sizeof host, &port) ||
	    !address_parse(host, &address) || address.scope)
		return "a name server is a numeric address, with :port if need be";
	address.port = port;
	address_format_with_port(&address, place);
	text_add_item(list, ",", place);
	return NULL;
}

static const char *complain_name_server(const char *text)
{
	struct text list = { 0 };
	const char *wrong = config_add_name_server(&list, text);

	text_free(&list);
	return wrong;
}

static bool read_name_servers(struct reading *reading, const struct field *field,
			      const struct node *node, void *base)
{
	struct {
		const char **texts;
		size_t count;
	} list = { NULL, 0 };
	const struct field texts = { .name = field->name,
				     .kind = FIELD_TEXTS,
				     .complain = complain_name_server,
				     .count_at = sizeof list.texts };
	struct config *config = base;
	struct text joined = { 0 };
	bool good = form_read_field(reading, &texts, node, &list);

	for (size_t i = 0; good && i < list.count; i++) {
		const char *wrong = config_add_name_server(&joined, list.texts[i]);

		if (wrong) {
			form_error(reading, node->place, "%s", wrong);
			good = false;
		}
	}
	if (good)
		config->name_servers = arena_copy(reading->arena, text_string(&joined));
	text_free(&joined);
	return good;
}

static const struct field limits_fields[] = {
	{ "probes_per_second", FIELD_NUMBER, AT(struct limits, probes_per_second),
	  .most = 1000000 },
	{ "per_target", FIELD_NUMBER, AT(struct limits, per_target), .least = 1, .most = 1000 },
	{ "packets_per_second", FIELD_NUMBER, AT(struct limits, packets_per_second),
	  .most = 1000000 },
	{ .name = NULL },
};

static const struct form limits_form = { "limits", limits_fields,
					 .size = sizeof(struct limits) };

static const struct field agent_fields[] = {
	{ "state_dir", FIELD_TEXT, AT(struct config, state_dir), .complain = complain_path },
	{ "vantage", FIELD_OWN, AT(struct config, vantage), .read = config_read_vantage },
	{ "interval", FIELD_OWN, AT(struct config, interval_ms), .read = interval_read_field },
	{ "probers", FIELD_NUMBER, AT(struct config, probers), .most = 256 },
	{ "proxy", FIELD_TEXT, AT(struct config, proxy), .complain = complain_proxy },
	{ "source", FIELD_OWN, AT(struct config, source), .read = dual_read_field },
	{ "name_servers", FIELD_OWN, .read = read_name_servers },
	{ "profile_dir", FIELD_TEXT, AT(struct config, profile_dir),
	  .complain = complain_path },
	{ "user", FIELD_TEXT, AT(struct config, user) },
	{ "limits", FIELD_FORM, AT(struct config, limits), .form = &limits_form },
	{ "snmp_access", FIELD_OWN, AT(struct config, snmp), .read = access_read_field },
	{ .name = NULL },
};

static const struct form agent_form = { "agent", agent_fields, .size = sizeof(struct config) };

/* From its begin on, where any other date means the end of a day. */
static bool read_begin(struct reading *reading, const struct field *field,
		       const struct node *node, void *base)
{
	struct exception *exception = base;
	struct field date = *field;

	date.kind = FIELD_DATE;
	if (!form_read_field(reading, &date, node, base))
		return false;
	if (!strchr(node->text, 'T'))
		exception->from_us -= DAY - 1;
	return true;
}

static const struct field exception_fields[] = {
	{ "target", FIELD_TEXT, true, AT(struct exception, target) },
	{ "check", FIELD_TEXT, true, AT(struct exception, check) },
	{ "reason", FIELD_TEXT, true, AT(struct exception, reason) },
	{ "owner", FIELD_TEXT, true, AT(struct exception, owner) },
	{ "from", FIELD_OWN, AT(struct exception, from_us), .read = read_begin },
	{ "until", FIELD_DATE, true, AT(struct exception, until_us) },
	{ .name = NULL },
};

static bool check_exception(struct reading *reading, const struct node *node, void *base)
{
	const struct exception *exception = base;

	if (exception->from_us > exception->until_us) {
		form_error(reading, node_member(node, "from")->place,
			   "this exception would end before it begins: 'from' comes before"
			   " 'until'");
		return false;
	}
	if (exception->until_us < clock_wall_us())
		problems_add(reading->problems, PROBLEM_WARNING,
			     node_member(node, "until")->place,
			     "this exception ended on %s: remove it, or give it a later date",
			     node_member(node, "until")->text);
	return true;
}

static const struct form exception_form = {
	"an exception",
	exception_fields,
	.size = sizeof(struct exception),
	.place_at = offsetof(struct exception, place),
	.check = check_exception,
};

/* agent stands first: targets take their defaults from it, wherever it is in the file. */
static const struct field config_fields[] = {
	{ "agent", FIELD_FORM, .form = &agent_form },
	{ "targets", FIELD_OWN, .read = config_read_targets },
	{ "exceptions", FIELD_FORMS, AT(struct config, exceptions),
	  COUNT(struct config, exception_count), .form = &exception_form },
	{ "alarms", FIELD_OWN, .read = config_read_alarms },
	{ "inventory", FIELD_OWN, .read = config_read_inventory },
	{ "snmp", .kind = FIELD_LATER },
	{ "web", .kind = FIELD_LATER },
	{ .name = NULL },
};

static const struct form config_form = { "the configuration", config_fields,
					 .size = sizeof(struct config) };

bool named_target_is(const void *arg, uint32_t number)
{
	const struct named_target *named = arg;

	return !strcmp(named->config->targets[number].name, named->name);
}

static void
refuse_same(const struct target *target, const struct target *first, struct problems *problems)
{
	struct text where = { 0 };

	if (!first->place.file || strcmp(first->place.file, target->place.file))
		text_add_format(&where, "%s:", first->place.file ? first->place.file : "");
	else
		text_add(&where, "line ");
	text_add_unsigned(&where, first->place.line);
	problems_add(problems, PROBLEM_ERROR, target->place,
		     "a second target is called '%s': the first is in %s", target->name,
		     text_string(&where));
	text_free(&where);
}

void config_refuse_same_targets(const struct config *config, size_t from,
				struct problems *problems)
{
	struct seen seen = { 0 };

	seen_reset(&seen, config->target_count);
	for (uint32_t i = 0; i < config->target_count; i++) {
		const struct target *target = &config->targets[i];
		struct named_target named = { config, target->name };
		uint32_t first = seen_number(&seen, seen_hash(SEEN_HASH_BEGIN, target->name), i,
					     named_target_is, &named);

		if (first != i && i >= from)
			refuse_same(target, &config->targets[first], problems);
	}
	seen_free(&seen);
}

const char *config_path(struct arena *arena, const char *file, const char *path)
{
	const char *slash = strrchr(file, '/'), *whole;
	struct text both = { 0 };

	if (*path == '/' || !slash)
		return path;
	text_add_bytes(&both, file, (size_t)(slash + 1 - file));
	text_add(&both, path);
	whole = arena_copy(arena, text_string(&both));
	text_free(&both);
	return whole;
}

struct config *config_default(void)
{
	struct config *config = memory_new(1, sizeof *config);

	*config = (struct config){
		.vantage = VANTAGE_INTERNAL,
		.limits = { .probes_per_second = 500,
			    .per_target = 4,
			    .packets_per_second = 500 },
		.interval_ms = 5 * 60 * 1000,
		.arena = arena_new(),
	};
	config_give_usual_alarms(&config->alarms);
	return config;
}

struct config *
config_read_bytes(const char *file, const char *bytes, size_t length, struct problems *problems)
{
	struct config *config = config_default();
	struct reading reading = { config->arena, problems, config };
	const struct node *root;

	file = arena_copy(config->arena, file);
	root = tree_read(config->arena, file, bytes, length, problems);
	if (root)
		form_read(&reading, &config_form, root, config);
	config->target_room = config->target_count;
	config_refuse_same_targets(config, 0, problems);
	return config;
}

struct config *config_read(const char *file, struct problems *problems)
{
	struct text bytes = { 0 };
	struct config *config;

	config = tree_load(file, &bytes, problems)
			 ? config_read_bytes(file, text_string(&bytes), bytes.length, problems)
			 : config_default();
	text_free(&bytes);
	authorities_read(config, problems);
	config_read_authorizations(config, problems);
	config_look_for_programs(config, problems);
	return config;
}

/* The arena cannot give back: the room doubles, so that the waste stays bounded. */
static void make_room(struct config *config)
{
	size_t room = config->target_room ? 2 * config->target_room : 8;
	struct target *targets;

	if (config->target_count < config->target_room)
		return;
	targets = arena_take(config->arena, room * sizeof *targets);
	if (config->target_count)
		memcpy(targets, config->targets, config->target_count * sizeof *targets);
	config->targets = targets;
	config->target_room = room;
}

struct target *config_add_target(struct config *config, const char *name, const char *address)
{
	struct target *target;

	make_room(config);
	target = &config->targets[config->target_count++];
	*target = (struct target){ .name = arena_copy(config->arena, name),
				   .address = arena_copy(config->arena, address) };
	config_give_usual(config, target);
	return target;
}

void config_know_own_addresses(struct config *config)
{
	config->own = own_addresses_now(config->arena);
}

void config_free(struct config *config)
{
	if (!config)
		return;
	arena_free(config->arena);
	free(config);
}

static bool any_of(const char *const *wanted, size_t wanted_count, const char *const *given,
		   size_t given_count)
{
	for (size_t i = 0; i < wanted_count; i++)
		for (size_t j = 0; j < given_count; j++)
			if (!strcmp(wanted[i], given[j]))
				return true;
	return !wanted_count;
}

bool target_has_feature(const struct target *target, const char *const *features, size_t count)
{
	return any_of(features, count, target->features, target->feature_count);
}

bool target_has_scenario(const struct target *target, const char *const *scenarios,
			 size_t count)
{
	return any_of(scenarios, count, target->scenarios, target->scenario_count);
}
