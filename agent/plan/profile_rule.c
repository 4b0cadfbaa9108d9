/* SPDX-License-Identifier: Apache-2.0
 *
 * The sentences of a document: rules, and what nobody can see from the network.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/plan/interval.h"
#include "agent/plan/overlap.h"
#include "agent/plan/profile_file.h"
#include "collectors/starttls/starttls.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/words.h"

static const char *const severity_words[] = {
#define SEVERITY_WORD(constant, word, weight) word,
	SEVERITIES(SEVERITY_WORD)
#undef SEVERITY_WORD
		NULL
};

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

static const char *const closed_words[] = { "unknown", "not_applicable", "ok", NULL };
static const char *const absent_words[] = { "unknown", "not_applicable", NULL };
static const char *const via_words[] = { "direct", "proxy", NULL };
static const int via_values[] = { VIA_DIRECT, VIA_PROXY };

const char *severity_word(enum severity severity)
{
	return severity_words[severity];
}

bool severity_named(const char *word, enum severity *severity)
{
	int index = words_find(word, severity_words);

	if (index >= 0)
		*severity = (enum severity)index;
	return index >= 0;
}

unsigned severity_weight(enum severity severity)
{
	static const unsigned weights[] = {
#define SEVERITY_WEIGHT(constant, word, weight) weight,
		SEVERITIES(SEVERITY_WEIGHT)
#undef SEVERITY_WEIGHT
	};

	return weights[severity];
}

const char *vantage_word(enum vantage vantage)
{
	for (size_t i = 0; vantage_words[i]; i++)
		if (vantage_values[i] == (int)vantage)
			return vantage_words[i];
	return "any";
}

bool vantage_named(const char *word, enum vantage *vantage)
{
	int index = words_find(word, vantage_words);

	if (index >= 0)
		*vantage = (enum vantage)vantage_values[index];
	return index >= 0;
}

static void mention(struct reading *reading, const char *what, const struct node *node)
{
	struct profile_file *made = reading->owner;
	struct mention *mention = arena_take(reading->arena, sizeof *mention);

	*mention = (struct mention){ what, node->text, node->place, made->mentions };
	made->mentions = mention;
}

static void mention_all(struct reading *reading, const char *what, const struct node *node)
{
	if (node->kind == NODE_TEXT)
		mention(reading, what, node);
	for (const struct node *n = node->first; n && node->kind == NODE_LIST; n = n->next)
		if (n->kind == NODE_TEXT)
			mention(reading, what, n);
}

/* Names that are looked up when all profiles are known. */
bool profile_read_names(struct reading *reading, const struct field *field,
			const struct node *node, void *base)
{
	struct field texts = *field;

	texts.kind = FIELD_TEXTS;
	/* Of none of them nobody could say whether it means always or never. */
	texts.required = true;
	mention_all(reading, field->name, node);
	return form_read_field(reading, &texts, node, base);
}

bool profile_read_name(struct reading *reading, const struct field *field,
		      const struct node *node, void *base)
{
	struct field text = *field;

	text.kind = FIELD_TEXT;
	if (node->kind == NODE_TEXT)
		mention(reading, field->name, node);
	return form_read_field(reading, &text, node, base);
}

static bool read_starttls(struct reading *reading, const struct field *field,
			  const struct node *node, void *base)
{
	struct rule *rule = base;
	int index = node->kind == NODE_TEXT ? words_find(node->text, starttls_words()) : 0;

	if (node->kind != NODE_TEXT)
		return form_refuse(reading, field->name, node, "the name of a protocol");
	if (index < 0)
		problems_add_unknown(reading->problems, node->place, "protocol", node->text,
				     starttls_words());
	else
		rule->starttls = starttls_words()[index];
	return index >= 0;
}

static bool read_collector(struct reading *reading, const struct field *field,
			   const struct node *node, void *base)
{
	struct rule *rule = base;

	if (node->kind != NODE_TEXT)
		return form_refuse(reading, field->name, node, "the name of a collector");
	rule->collector = collector_named(node->text);
	if (!rule->collector)
		problems_add_unknown(reading->problems, node->place, "collector", node->text,
				     collector_names());
	return rule->collector;
}

/* One subject, behind those that are there already. */
static bool read_subject(struct reading *reading, const struct collector *collector,
			 const char *key, const struct node *node, struct subject *subjects,
			 size_t *count)
{
	char room[SUBJECT_ROOM];
	struct subject subject;
	const char *why;

	if (node->kind != NODE_TEXT)
		return form_refuse(reading, key, node, "a text or a list of texts");
	if (!subject_parse(node->text, collector->kinds, room, &subject, &why)) {
		form_error(reading, node->place, "'%s' cannot look at '%.80s': %s",
			   collector->name, node->text, why);
		return false;
	}
	subject.text = arena_copy(reading->arena, subject.text);
	subjects[(*count)++] = subject;
	return true;
}

static bool read_subject_list(struct reading *reading, const struct collector *collector,
			      const struct field *field, const struct node *node, void *base)
{
	size_t room = node->kind == NODE_LIST ? node->count : 1;
	size_t *count = (size_t *)((char *)base + field->count_at);
	struct subject *subjects = arena_take(reading->arena, room * sizeof *subjects);
	struct written_subject *written = memory_new(room, sizeof *written);

	*(struct subject **)((char *)base + field->at) = subjects;
	if (!room)
		form_error(reading, node->place, "'%s' needs at least one element",
			   field->name);
	for (const struct node *n = node->kind == NODE_LIST ? node->first : node; n;
	     n = n == node ? NULL : n->next)
		if (read_subject(reading, collector, field->name, n, subjects, count))
			written[*count - 1] =
				(struct written_subject){ &subjects[*count - 1], n };
	overlap_refuse(reading, written, *count);
	free(written);
	return *count;
}

static bool read_subjects(struct reading *reading, const struct field *field,
			  const struct node *node, void *base)
{
	const struct rule *rule = base;

	/* Which subjects there are depends on the collector; an unknown one is said already. */
	return rule->collector &&
	       read_subject_list(reading, rule->collector, field, node, base);
}

/* tcp/443 and udp/10000-20000: whatever the collector of ports can look at. */
static bool read_ports(struct reading *reading, const struct field *field,
		       const struct node *node, void *base)
{
	return read_subject_list(reading, collector_named("port"), field, node, base);
}

static bool read_expectations(struct reading *reading, const struct field *field,
			      const struct node *node, void *base)
{
	const struct profile_file *made = reading->owner;
	const struct rule *rule = base;
	struct expectations list = { .collector = rule->collector, .patterns = made->patterns };
	bool good = expectations_read(reading, node, &list);

	*(struct expectation **)((char *)base + field->at) = list.items;
	*(size_t *)((char *)base + field->count_at) = list.count;
	return good;
}

static void prepare_rule(struct reading *reading, void *base)
{
	const struct profile_file *made = reading->owner;
	struct rule *rule = base;

	rule->profile = made->profile.name;
	rule->severity = SEVERITY_MAJOR;
	rule->vantages = VANTAGE_ANY;
}

static const struct field rule_fields[] = {
	{ "id", FIELD_TEXT, true, AT(struct rule, id), .complain = complain_id },
	{ "title", FIELD_TEXT, AT(struct rule, title) },
	{ "title_de", FIELD_TEXT, AT(struct rule, title_de) },
	{ "observe", FIELD_OWN, true, .read = read_collector },
	{ "subject", FIELD_OWN, true, AT(struct rule, subjects),
	  COUNT(struct rule, subject_count), .read = read_subjects },
	{ "expect", FIELD_OWN, true, AT(struct rule, expect), COUNT(struct rule, expect_count),
	  .read = read_expectations },
	{ "otherwise", FIELD_OWN, AT(struct rule, otherwise),
	  COUNT(struct rule, otherwise_count), .read = read_expectations },
	{ "severity", FIELD_WORD, AT(struct rule, severity), .words = severity_words },
	{ "vantage", FIELD_WORDS, AT(struct rule, vantages), .words = vantage_words,
	  .values = vantage_values },
	{ "feature", FIELD_OWN, AT(struct rule, features), COUNT(struct rule, feature_count),
	  .read = profile_read_names },
	{ "scenario", FIELD_OWN, AT(struct rule, scenarios), COUNT(struct rule, scenario_count),
	  .read = profile_read_names },
	{ "peer", FIELD_OWN, AT(struct rule, peer), .read = profile_read_name },
	{ "only_from", FIELD_OWN, AT(struct rule, only_from), .read = profile_read_name },
	{ "not_from", FIELD_OWN, AT(struct rule, not_from), .read = profile_read_name },
	{ "provisional_while", FIELD_OWN, AT(struct rule, provisional_while),
	  .read = profile_read_name },
	{ "starttls", FIELD_OWN, .read = read_starttls },
	{ "server_name", FIELD_TEXT, AT(struct rule, server_name), .complain = complain_host },
	{ "verify_name", FIELD_TEXT, AT(struct rule, verify_name), .complain = complain_host },
	{ "timeout", FIELD_DURATION, AT(struct rule, timeout_us),
	  .least = 100 * CLOCK_MILLISECOND, .most = 6 * 3600 * CLOCK_SECOND },
	{ "interval", FIELD_OWN, AT(struct rule, interval_ms), .read = interval_read_field },
	{ "via", FIELD_WORDS, AT(struct rule, via), .words = via_words, .values = via_values },
	{ "by_address", FIELD_BOOLEAN, AT(struct rule, by_address) },
	{ "when_closed", FIELD_WORD, AT(struct rule, when_closed), .words = closed_words },
	{ "when_absent", FIELD_WORD, AT(struct rule, not_applicable_when_absent),
	  .words = absent_words },
	{ "because", FIELD_TEXT, true, AT(struct rule, because) },
	{ "remedy", FIELD_TEXT, AT(struct rule, remedy) },
	{ "otherwise_remedy", FIELD_TEXT, AT(struct rule, otherwise_remedy) },
	{ "reference", FIELD_TEXT, AT(struct rule, reference) },
	{ .name = NULL },
};

static const struct form rule_form = {
	"a rule",
	rule_fields,
	sizeof(struct rule),
	.place_at = offsetof(struct rule, place),
	.prepare = prepare_rule,
	.check = profile_rule_makes_sense,
};

const struct form *profile_rule_form(void)
{
	return &rule_form;
}

static void prepare_not_observable(struct reading *reading, void *base)
{
	struct not_observable *item = base;

	(void)reading;
	item->vantages = VANTAGE_ANY;
}

static const struct field not_observable_fields[] = {
	{ "sentence", FIELD_TEXT, true, AT(struct not_observable, sentence) },
	{ "reason", FIELD_TEXT, true, AT(struct not_observable, reason) },
	{ "by_hand", FIELD_TEXT, AT(struct not_observable, by_hand) },
	{ "reference", FIELD_TEXT, AT(struct not_observable, reference) },
	{ "inbound", FIELD_OWN, AT(struct not_observable, inbound),
	  COUNT(struct not_observable, inbound_count), .read = read_ports },
	{ "outbound", FIELD_OWN, AT(struct not_observable, outbound),
	  COUNT(struct not_observable, outbound_count), .read = read_ports },
	{ "vantage", FIELD_WORDS, AT(struct not_observable, vantages), .words = vantage_words,
	  .values = vantage_values },
	{ "feature", FIELD_OWN, AT(struct not_observable, features),
	  COUNT(struct not_observable, feature_count), .read = profile_read_names },
	{ "scenario", FIELD_OWN, AT(struct not_observable, scenarios),
	  COUNT(struct not_observable, scenario_count), .read = profile_read_names },
	{ "peer", FIELD_OWN, AT(struct not_observable, peer), .read = profile_read_name },
	{ .name = NULL },
};

static const struct form not_observable_form = {
	"a sentence that is not observable",
	not_observable_fields,
	.size = sizeof(struct not_observable),
	.prepare = prepare_not_observable,
};

const struct form *profile_not_observable_form(void)
{
	return &not_observable_form;
}
