/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plan/config.h"

#include <stdlib.h>
#include <string.h>

#include "agent/plan/access.h"
#include "agent/plan/authorities.h"
#include "agent/plan/form.h"
#include "agent/plan/seen.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/words.h"
#include "net/proxy.h"

#define MINUTE (60 * CLOCK_SECOND)
#define HOUR (60 * MINUTE)

enum { NAME_SERVERS_MOST = 8, PORT_OF_DNS = 53 };

static const char *const vantage_words[] = {
#define VANTAGE_WORD(constant, word, bit) word,
	VANTAGES(VANTAGE_WORD)
#undef VANTAGE_WORD
		NULL
};
static const int vantage_values[] = {
#define VANTAGE_VALUE(constant, word, bit) bit,
	VANTAGES(VANTAGE_VALUE)
#undef VANTAGE_VALUE
};
static const char *const family_words[] = { "4", "6", NULL };
static const int family_values[] = { 4, 6 };
static const char *const severity_words[] = {
#define SEVERITY_WORD(constant, word, weight) word,
	SEVERITIES(SEVERITY_WORD)
#undef SEVERITY_WORD
		NULL
};

static const char *complain_path(const char *text)
{
	return *text == '/' ? NULL
			    : "a path from the root such as /var/lib/ucposture is needed";
}

/* The label names of Prometheus, less those that every series of ours has. */
static const char *complain_label(const char *text)
{
	static const char *const taken[] = { "target", "check",    "subject", "family",
					     "job",    "instance", NULL };

	if ((*text >= '0' && *text <= '9') || !*text || !strncmp(text, "__", 2) ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") !=
		    strlen(text))
		return "a label is named by letters, digits and '_', and does not begin with a "
		       "digit or '__'";
	return words_find(text, taken) < 0 ? NULL
					   : "every series has a label of that name already";
}

static const char *complain_proxy(const char *text)
{
	struct arena *arena = arena_new();
	struct proxy_place place;
	bool good = proxy_parse(text, arena, &place);

	arena_free(arena);
	return good ? NULL
		    : "a proxy is written http://host:port or http://user:password@host:port";
}

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
	{ "vantage", FIELD_WORD, AT(struct config, vantage), .words = vantage_words,
	  .values = vantage_values },
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

static const struct field peer_field = { "peer", FIELD_OWN, .read = peer_read_field };

static const struct form peer_form = {
	"a peer",
	.size = sizeof(struct peer),
	.place_at = offsetof(struct peer, place),
	.name_at = offsetof(struct peer, name),
	.complain = complain_id,
	.value = &peer_field,
};

static const struct field label_field = { "label", FIELD_TEXT, AT(struct label, value) };

static const struct form label_form = {
	"a label",
	.size = sizeof(struct label),
	.name_at = offsetof(struct label, name),
	.complain = complain_label,
	.value = &label_field,
};

static const struct field override_fields[] = {
	/* What a subject is depends on the rule: the plan looks. */
	{ "subject", FIELD_TEXTS, AT(struct override, subjects),
	  COUNT(struct override, subject_count),
	  .places_at = offsetof(struct override, subject_places) },
	{ "severity", FIELD_WORD, AT(struct override, severity), .words = severity_words,
	  .given_at = offsetof(struct override, has_severity) },
	{ "off", FIELD_BOOLEAN, AT(struct override, off) },
	{ .name = NULL },
};

static bool check_override(struct reading *reading, const struct node *node, void *base)
{
	const struct node *subject = node_member(node, "subject");

	(void)base;
	if (subject && subject->kind == NODE_LIST && !subject->count)
		form_error(reading, subject->place, "'subject' needs at least one element");
	return true;
}

static const struct form override_form = {
	"an override",
	override_fields,
	.check = check_override,
	.size = sizeof(struct override),
	.place_at = offsetof(struct override, place),
	.name_at = offsetof(struct override, rule),
};

static const struct field target_fields[] = {
	{ "name", FIELD_TEXT, true, AT(struct target, name), .complain = complain_name },
	{ "address", FIELD_TEXT, true, AT(struct target, address), .complain = complain_host },
	{ "profiles", FIELD_TEXTS, true, AT(struct target, profiles),
	  COUNT(struct target, profile_count),
	  .places_at = offsetof(struct target, profile_places) },
	{ "features", FIELD_TEXTS, AT(struct target, features),
	  COUNT(struct target, feature_count),
	  .places_at = offsetof(struct target, feature_places) },
	{ "scenarios", FIELD_TEXTS, AT(struct target, scenarios),
	  COUNT(struct target, scenario_count),
	  .places_at = offsetof(struct target, scenario_places) },
	{ "peers", FIELD_NAMED, AT(struct target, peers), COUNT(struct target, peer_count),
	  .form = &peer_form },
	{ "labels", FIELD_NAMED, AT(struct target, labels), COUNT(struct target, label_count),
	  .form = &label_form },
	{ "overrides", FIELD_NAMED, AT(struct target, overrides),
	  COUNT(struct target, override_count), .form = &override_form },
	{ "vantage", FIELD_WORD, AT(struct target, vantage), .words = vantage_words,
	  .values = vantage_values },
	{ "family", FIELD_WORD, AT(struct target, family), .words = family_words,
	  .values = family_values },
	{ "interval", .kind = FIELD_LATER },
	{ "timeout", FIELD_DURATION, AT(struct target, timeout_ms),
	  .least = 100 * CLOCK_MILLISECOND, .most = 10 * MINUTE, .unit = CLOCK_MILLISECOND },
	{ "source", FIELD_OWN, AT(struct target, source), .read = dual_read_field },
	{ "proxy", FIELD_TEXT, AT(struct target, proxy), .complain = complain_proxy },
	{ "server_name", FIELD_TEXT, AT(struct target, server_name), .complain = complain_host },
	{ "verify_name", FIELD_TEXT, AT(struct target, verify_name), .complain = complain_host },
	{ "ca_file", FIELD_TEXT, AT(struct target, ca_file) },
	{ "snmp_access", FIELD_OWN, AT(struct target, snmp), .read = access_read_field },
	{ .name = NULL },
};

static void target_defaults(const struct config *config, struct target *target)
{
	target->vantage = config->vantage;
	target->timeout_ms = 10000;
	target->interval_ms = 5 * MINUTE / CLOCK_MILLISECOND;
	target->source = config->source;
	target->snmp = config->snmp;
}

static void prepare_target(struct reading *reading, void *base)
{
	target_defaults(reading->owner, base);
}

/* An address of one family is never reached over the other. */
static bool check_target(struct reading *reading, const struct node *node, void *base)
{
	struct target *target = base;
	const struct node *source = node_member(node, "source");
	struct address address;

	if (target->ca_file)
		target->ca_file_place = node_member(node, "ca_file")->place;
	if (!address_parse(target->address, &address))
		return true;
	if (target->family && target->family != address.family)
		form_error(reading, node_member(node, "family")->place,
			   "the address %s is IPv%u: remove 'family'", target->address,
			   address.family);
	if (source && dual_over(&target->source, 0) &&
	    !dual_over(&target->source, address.family))
		form_error(reading, source->place, "%s is reached over IPv%u: this is IPv%u",
			   target->address, address.family, address.family == 6 ? 4 : 6);
	return true;
}

static const struct form target_form = {
	"a target",
	target_fields,
	.size = sizeof(struct target),
	.place_at = offsetof(struct target, place),
	.prepare = prepare_target,
	.check = check_target,
};

static const struct field exception_fields[] = {
	{ "target", FIELD_TEXT, true, AT(struct exception, target) },
	{ "check", FIELD_TEXT, true, AT(struct exception, check) },
	{ "reason", FIELD_TEXT, true, AT(struct exception, reason) },
	{ "owner", FIELD_TEXT, true, AT(struct exception, owner) },
	{ "until", FIELD_DATE, true, AT(struct exception, until_us) },
	{ .name = NULL },
};

static bool check_exception(struct reading *reading, const struct node *node, void *base)
{
	const struct exception *exception = base;

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
	{ "targets", FIELD_FORMS, AT(struct config, targets),
	  COUNT(struct config, target_count), .form = &target_form },
	{ "exceptions", FIELD_FORMS, AT(struct config, exceptions),
	  COUNT(struct config, exception_count), .form = &exception_form },
	{ "alarms", .kind = FIELD_LATER },
	{ "inventory", .kind = FIELD_LATER },
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

static void refuse_same_targets(const struct config *config, struct problems *problems)
{
	struct seen seen = { 0 };

	seen_reset(&seen, config->target_count);
	for (uint32_t i = 0; i < config->target_count; i++) {
		const struct target *target = &config->targets[i];
		struct named_target named = { config, target->name };
		uint32_t first = seen_number(&seen, seen_hash(SEEN_HASH_BEGIN, target->name), i,
					     named_target_is, &named);

		if (first != i)
			problems_add(problems, PROBLEM_ERROR, target->place,
				     "a second target is called '%s': the first is in line %u",
				     target->name, config->targets[first].place.line);
	}
	seen_free(&seen);
}

struct config *config_default(void)
{
	struct config *config = memory_new(1, sizeof *config);

	*config = (struct config){
		.vantage = VANTAGE_INTERNAL,
		.limits = { .probes_per_second = 500,
			    .per_target = 4,
			    .packets_per_second = 500 },
		.alarms = { .raise_after = 2,
			    .clear_after = 2,
			    .recheck_us = 30 * CLOCK_SECOND,
			    .remind_us = 24 * HOUR,
			    .rate = { 10, CLOCK_SECOND },
			    .storm = { 100, MINUTE },
			    .flapping = { 6, HOUR },
			    .calm_us = 30 * MINUTE,
			    .keep_us = 90 * 24 * HOUR,
			    .keep_events = 100000,
			    .outbox = 100000 },
		.arena = arena_new(),
	};
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
	refuse_same_targets(config, problems);
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
	authorities_read(config, file, problems);
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
	target_defaults(config, target);
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
