/* SPDX-License-Identifier: Apache-2.0
 *
 * One target: in the configuration, in the defaults of an inventory, and in the inventory.
 */
#include "agent/plan/config_parts.h"

#include <string.h>

#include "agent/plan/access.h"
#include "agent/plan/interval.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/words.h"

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

bool config_read_vantage(struct reading *reading, const struct field *field,
			 const struct node *node, void *base)
{
	struct field word = *field;

	word.kind = FIELD_WORD;
	word.words = vantage_words;
	word.values = vantage_values;
	return form_read_field(reading, &word, node, base);
}

/* The agent's alarms about itself are of a target of that name. */
static const char *complain_target(const char *text)
{
	return strcmp(text, CONFIG_OWN_TARGET) ? complain_name(text)
					       : "the agent itself is called so";
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
	{ "interval", FIELD_OWN, AT(struct override, interval_ms), .read = interval_read_field },
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

/* Of targets everywhere. */
#define NAME { "name", FIELD_TEXT, true, AT(struct target, name), .complain = complain_target }
#define ADDRESS                                                                               \
	{ "address", FIELD_TEXT, true, AT(struct target, address), .complain = complain_host }
#define PROFILES(needed)                                                                      \
	{ "profiles", FIELD_TEXTS, needed, AT(struct target, profiles),                       \
	  COUNT(struct target, profile_count),                                                \
	  .places_at = offsetof(struct target, profile_places) }
#define WHAT_ELSE                                                                             \
	{ "features", FIELD_TEXTS, AT(struct target, features),                               \
	  COUNT(struct target, feature_count),                                                \
	  .places_at = offsetof(struct target, feature_places) },                             \
	{ "scenarios", FIELD_TEXTS, AT(struct target, scenarios),                             \
	  COUNT(struct target, scenario_count),                                               \
	  .places_at = offsetof(struct target, scenario_places) },                            \
	{ "peers", FIELD_NAMED, AT(struct target, peers), COUNT(struct target, peer_count),   \
	  .form = &peer_form },                                                               \
	{ "labels", FIELD_NAMED, AT(struct target, labels),                                   \
	  COUNT(struct target, label_count), .form = &label_form },                           \
	{ "overrides", FIELD_NAMED, AT(struct target, overrides),                             \
	  COUNT(struct target, override_count), .form = &override_form },                     \
	{ "vantage", FIELD_OWN, AT(struct target, vantage), .read = config_read_vantage },    \
	{ "family", FIELD_WORD, AT(struct target, family), .words = family_words,             \
	  .values = family_values },                                                          \
	{ "interval", FIELD_OWN, AT(struct target, interval_ms),                              \
	  .read = interval_read_field },                                                      \
	{ "guard", FIELD_BOOLEAN, AT(struct target, guard) },                                 \
	{ "timeout", FIELD_DURATION, AT(struct target, timeout_ms),                           \
	  .least = 100 * CLOCK_MILLISECOND, .most = 600 * CLOCK_SECOND,                       \
	  .unit = CLOCK_MILLISECOND },                                                        \
	{ "source", FIELD_OWN, AT(struct target, source), .read = dual_read_field },          \
	{ "proxy", FIELD_TEXT, AT(struct target, proxy), .complain = complain_proxy },        \
	{ "server_name", FIELD_TEXT, AT(struct target, server_name),                          \
	  .complain = complain_host },                                                        \
	{ "verify_name", FIELD_TEXT, AT(struct target, verify_name),                          \
	  .complain = complain_host },                                                        \
	{ "ca_file", FIELD_TEXT, AT(struct target, ca_file) },                                \
	{ "snmp_access", FIELD_OWN, AT(struct target, snmp), .read = access_read_field }

static const struct field target_fields[] = {
	NAME, ADDRESS, PROFILES(true), WHAT_ELSE, { .name = NULL }
};

static const struct field defaults_fields[] = {
	PROFILES(false), WHAT_ELSE, { .name = NULL }
};

static const struct field listed_fields[] = {
	NAME, ADDRESS, PROFILES(false), WHAT_ELSE, { .name = NULL }
};

void config_give_usual(const struct config *config, struct target *target)
{
	target->vantage = config->vantage;
	target->timeout_ms = 10000;
	target->interval_ms = config->interval_ms;
	target->source = config->source;
	target->snmp = config->snmp;
}

static void prepare_target(struct reading *reading, void *base)
{
	config_give_usual(reading->owner, base);
}

static bool keep_ca_file(struct reading *reading, const struct node *node, void *base)
{
	const struct node *member = node_member(node, "ca_file");
	struct target *target = base;

	if (!member || !target->ca_file)
		return true;
	target->ca_file_place = member->place;
	target->ca_file = config_path(reading->arena, member->place.file, target->ca_file);
	return true;
}

/* Where a key stands, be it in the defaults of a source. */
static struct place place_of(const struct node *node, const char *key)
{
	const struct node *member = node_member(node, key);

	return member ? member->place : node->place;
}

/* An address of one family is never reached over the other. */
static bool check_target(struct reading *reading, const struct node *node, void *base)
{
	struct target *target = base;
	struct address address;

	keep_ca_file(reading, node, base);
	if (!address_parse(target->address, &address))
		return true;
	if (target->family && target->family != address.family)
		form_error(reading, place_of(node, "family"),
			   "the address %s is IPv%u: remove 'family'", target->address,
			   address.family);
	if (node_member(node, "source") && dual_over(&target->source, 0) &&
	    !dual_over(&target->source, address.family))
		form_error(reading, place_of(node, "source"),
			   "%s is reached over IPv%u: this is IPv%u", target->address,
			   address.family, address.family == 6 ? 4 : 6);
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

bool config_read_targets(struct reading *reading, const struct field *field,
			 const struct node *node, void *base)
{
	const struct field targets = { field->name, FIELD_FORMS, AT(struct config, targets),
				       COUNT(struct config, target_count),
				       .form = &target_form };

	return form_read_field(reading, &targets, node, base);
}

static const struct form defaults_form = {
	"defaults",
	defaults_fields,
	.size = sizeof(struct target),
	.place_at = offsetof(struct target, place),
	.check = keep_ca_file,
};

bool config_read_defaults(struct reading *reading, const struct node *node,
			  struct target *defaults)
{
	return form_read(reading, &defaults_form, node, defaults);
}

static void prepare_listed(struct reading *reading, void *base)
{
	const struct inventory_source *source = reading->owner;
	struct target *target = base;
	struct place place = target->place;

	*target = *source->defaults;
	target->place = place;
}

static bool has_name(const struct form *form, const void *items, size_t count, const char *name)
{
	const char *other;

	for (size_t i = 0; i < count; i++) {
		memcpy(&other, (const char *)items + i * form->size + form->name_at,
		       sizeof other);
		if (!strcmp(other, name))
			return true;
	}
	return false;
}

/* The target's own, behind those of the defaults that it has not. */
static void *add_usual(struct reading *reading, const struct form *form, const void *usual,
		       size_t usual_count, void *own, size_t *count)
{
	size_t size = form->size, kept = 0;
	const char *name;
	char *both;

	if (own == usual || !usual_count)
		return own;
	both = arena_take(reading->arena, (usual_count + *count) * size);
	for (size_t i = 0; i < usual_count; i++) {
		const char *item = (const char *)usual + i * size;

		memcpy(&name, item + form->name_at, sizeof name);
		if (!has_name(form, own, *count, name))
			memcpy(both + kept++ * size, item, size);
	}
	if (*count)
		memcpy(both + kept * size, own, *count * size);
	*count += kept;
	return both;
}

static bool add_defaults(struct reading *reading, const struct node *node, void *base)
{
	const struct inventory_source *source = reading->owner;
	const struct target *usual = source->defaults;
	struct target *target = base;

	(void)node;
	target->peers = add_usual(reading, &peer_form, usual->peers, usual->peer_count,
				  target->peers, &target->peer_count);
	target->labels = add_usual(reading, &label_form, usual->labels, usual->label_count,
				   target->labels, &target->label_count);
	target->overrides = add_usual(reading, &override_form, usual->overrides,
				      usual->override_count, target->overrides,
				      &target->override_count);
	return true;
}

static const struct form group_form = {
	"a group",
	defaults_fields,
	.size = sizeof(struct target),
	.place_at = offsetof(struct target, place),
	.prepare = prepare_listed,
	.check = add_defaults,
};

bool config_read_group(struct reading *reading, const struct node *node, struct target *usual)
{
	return form_read(reading, &group_form, node, usual);
}

static bool check_listed(struct reading *reading, const struct node *node, void *base)
{
	const struct inventory_source *source = reading->owner;
	struct target *target = base;

	/* What is fetched must not make us open files of its choice. */
	if (source->url && node_member(node, "ca_file")) {
		form_error(reading, place_of(node, "ca_file"),
			   "an inventory at a distance cannot name files: give 'ca_file' in the"
			   " defaults of its source");
		return false;
	}
	if (!target->profile_count && !node_member(node, "profiles"))
		form_error(reading, node->place, "a target needs 'profiles', if not here, then in"
						 " the defaults of its source");
	add_defaults(reading, node, target);
	return check_target(reading, node, base) && target->profile_count;
}

static const struct form listed_form = {
	"a target",
	listed_fields,
	.size = sizeof(struct target),
	.place_at = offsetof(struct target, place),
	.prepare = prepare_listed,
	.check = check_listed,
};

bool config_read_listed(struct reading *reading, const struct node *node,
			struct target *target)
{
	return form_read(reading, &listed_form, node, target);
}
