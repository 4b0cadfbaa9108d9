/* SPDX-License-Identifier: Apache-2.0
 *
 * When alarms are raised and cleared, and whom they are told.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/plan/config_parts.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/words.h"

#define MINUTE (60 * CLOCK_SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* SOCKET_MOST: what fits into a struct sockaddr_un with its NUL. */
enum { RATE_MOST = 1000000, EVENTS_MOST = 10000000, SOCKET_MOST = 107 };

static bool is_word(const struct node *node, const char *word)
{
	return node->kind == NODE_TEXT && !strcmp(node->text, word);
}

/* "10/s", "100/5m": the number may be left out in front of the unit. */
static bool parse_rate(const char *string, struct rate *rate)
{
	size_t digits = strspn(string, "0123456789");
	const char *unit = string + digits + 1;
	char within[16] = "1";

	if (!digits || digits > 7 || string[digits] != '/' || strlen(unit) > 12)
		return false;
	rate->count = (uint32_t)strtoul(string, NULL, 10);
	memcpy(within + (*unit < '0' || *unit > '9'), unit, strlen(unit) + 1);
	return rate->count && rate->count <= RATE_MOST &&
	       clock_parse_duration(within, &rate->within_us) && rate->within_us &&
	       rate->within_us <= DAY;
}

static bool read_rate(struct reading *reading, const struct field *field,
		      const struct node *node, void *base)
{
	struct rate *place = (struct rate *)((char *)base + field->at), rate;

	if (is_word(node, "off"))
		rate = (struct rate){ 0 };
	else if (node->kind != NODE_TEXT || !parse_rate(node->text, &rate))
		return form_refuse(reading, field->name, node,
				   "'off', or so many within a time of up to 1d, as in 10/s, 100/m"
				   " or 20/5m");
	*place = rate;
	return true;
}

/* A duration, or 0s and the word for it. */
static bool read_remind(struct reading *reading, const struct field *field,
			const struct node *node, void *base)
{
	struct alarm_settings *alarms = base;
	struct field duration = *field;
	bool never = is_word(node, "never");
	int64_t us = 0;

	if (!never && (node->kind != NODE_TEXT || !clock_parse_duration(node->text, &us)))
		return form_refuse(reading, field->name, node,
				   "'never', or a duration such as 30m or 24h");
	if (!us) {
		alarms->remind_us = 0;
		return true;
	}
	duration.kind = FIELD_DURATION;
	duration.least = CLOCK_SECOND;
	duration.most = 365 * DAY;
	return form_read_field(reading, &duration, node, base);
}

static const struct field flapping_fields[] = {
	{ "changes", FIELD_NUMBER, AT(struct alarm_settings, flapping.count), .least = 1,
	  .most = FLAPPING_CHANGES_MOST },
	{ "within", FIELD_DURATION, AT(struct alarm_settings, flapping.within_us),
	  .least = CLOCK_SECOND, .most = 30 * DAY },
	{ "calm", FIELD_DURATION, AT(struct alarm_settings, calm_us), .least = CLOCK_SECOND,
	  .most = 30 * DAY },
	{ .name = NULL },
};

static const struct form flapping_form = { "flapping", flapping_fields,
					   .size = sizeof(struct alarm_settings) };

static bool read_flapping(struct reading *reading, const struct field *field,
			  const struct node *node, void *base)
{
	struct alarm_settings *alarms = base;

	if (is_word(node, "off")) {
		alarms->flapping = (struct rate){ 0 };
		return true;
	}
	if (node->kind != NODE_MAP)
		return form_refuse(reading, field->name, node,
				   "'off', or a map such as { changes: 6, within: 1h, calm: 30m }");
	return form_read(reading, &flapping_form, node, base);
}

static const char *const sink_words[] = { "journal", "syslog", "command", NULL };

static const char *complain_socket(const char *text)
{
	return strlen(text) > SOCKET_MOST ? "the path of a socket has at most 107 characters"
					  : complain_path(text);
}

static bool read_kind(struct reading *reading, const struct field *field,
		      const struct node *node, void *base)
{
	static const struct field kind = { "sink", FIELD_WORD, AT(struct sink_setting, kind),
					   .words = sink_words };

	(void)field;
	return form_read_field(reading, &kind, node, base);
}

static const struct field sink_fields[] = {
	{ "to", FIELD_OWN, true, .read = read_kind },
	{ "name", FIELD_TEXT, AT(struct sink_setting, name), .complain = complain_id },
	{ "run", FIELD_TEXTS, AT(struct sink_setting, command),
	  COUNT(struct sink_setting, command_count) },
	{ "timeout", FIELD_DURATION, AT(struct sink_setting, timeout_ms),
	  .least = 100 * CLOCK_MILLISECOND, .most = 10 * MINUTE, .unit = CLOCK_MILLISECOND },
	{ "socket", FIELD_TEXT, AT(struct sink_setting, socket), .complain = complain_socket },
	{ .name = NULL },
};

/* Keys that would do nothing. */
static bool refuse_keys(struct reading *reading, const struct node *node, const char *kind,
			const char *const *keys)
{
	bool good = true;

	for (; *keys; keys++) {
		const struct node *member = node_member(node, *keys);

		if (!member)
			continue;
		form_error(reading, member->key_place, "'%s' does nothing for %s: remove it", *keys,
			   kind);
		good = false;
	}
	return good;
}

/* Looking for it along a path would be a way to run another. */
static bool is_program(const char *path)
{
	return *path == '/' && path[strlen(path) - 1] != '/';
}

static bool check_command(struct reading *reading, const struct node *node,
			  const struct sink_setting *sink)
{
	static const char *const others[] = { "socket", NULL };
	const struct node *run = node_member(node, "run");
	bool good = refuse_keys(reading, node, "a command", others);

	if (!run)
		form_error(reading, node->place,
			   "a command needs 'run', as in run: [ /usr/local/bin/page, --urgent ]");
	else if (run->kind == NODE_LIST && !run->count)
		form_error(reading, run->place, "'run' needs at least one element");
	else if (sink->command_count && !is_program(sink->command[0]))
		form_error(reading, run->first ? run->first->place : run->place,
			   "'run' cannot be '%.80s': a program is given by its path from the root,"
			   " such as /usr/local/bin/page, and its words as further elements of a"
			   " list",
			   sink->command[0]);
	else
		return good && sink->command_count;
	return false;
}

/* That of the program, when it can be one. */
static bool name_command(struct reading *reading, const struct node *node,
			 struct sink_setting *sink)
{
	sink->name = strrchr(sink->command[0], '/') + 1;
	if (!complain_id(sink->name))
		return true;
	form_error(reading, node->place, "no sink can be called '%.80s': give it a name, as in"
					 " name: page", sink->name);
	return false;
}

static bool check_sink(struct reading *reading, const struct node *node, void *base)
{
	static const char *const others[] = { "run", "timeout", NULL };
	struct sink_setting *sink = base;
	bool good = sink->kind == SINK_COMMAND ? check_command(reading, node, sink)
					       : refuse_keys(reading, node,
							     sink_words[sink->kind], others);

	if (!good || sink->name)
		return good;
	if (sink->kind == SINK_COMMAND)
		return name_command(reading, node, sink);
	sink->name = sink_words[sink->kind];
	return true;
}

static void prepare_sink(struct reading *reading, void *base)
{
	struct sink_setting *sink = base;

	(void)reading;
	sink->timeout_ms = 30000;
}

static const struct form sink_form = {
	"a sink",
	sink_fields,
	.size = sizeof(struct sink_setting),
	.place_at = offsetof(struct sink_setting, place),
	.prepare = prepare_sink,
	.check = check_sink,
};

/* `journal` alone is short for { to: journal }. */
static bool read_sink(struct reading *reading, const struct node *node,
		      struct sink_setting *sink)
{
	struct node to = *node, map = { .kind = NODE_MAP, .place = node->place, .count = 1 };

	if (node->kind == NODE_MAP)
		return form_read(reading, &sink_form, node, sink);
	if (node->kind != NODE_TEXT)
		return form_refuse(reading, "tell", node,
				   "a list of words and maps, such as [ journal, { to: command,"
				   " run: /usr/local/bin/page } ]");
	to.key = "to";
	to.key_place = node->place;
	to.next = NULL;
	map.first = &to;
	return form_read(reading, &sink_form, &map, sink);
}

static void refuse_same_names(struct reading *reading, const struct alarm_settings *alarms)
{
	for (size_t i = 1; i < alarms->sink_count; i++)
		for (size_t j = 0; j < i; j++)
			if (!strcmp(alarms->sinks[i].name, alarms->sinks[j].name)) {
				form_error(reading, alarms->sinks[i].place,
					   "two sinks are called '%s': give one of them a name,"
					   " as in { to: %s, name: … }",
					   alarms->sinks[i].name,
					   sink_words[alarms->sinks[i].kind]);
				break;
			}
}

static bool read_sinks(struct reading *reading, const struct field *field,
		       const struct node *node, void *base)
{
	struct alarm_settings *alarms = base;
	size_t room = node->kind == NODE_LIST ? node->count : 1;
	const struct node *first = node->kind == NODE_LIST ? node->first : node;

	if (room > SINKS_MOST) {
		form_error(reading, node->place, "'%s' has more than %d elements", field->name,
			   SINKS_MOST);
		return false;
	}
	alarms->sinks = arena_take(reading->arena, room * sizeof *alarms->sinks);
	for (const struct node *n = first; n; n = n == node ? NULL : n->next) {
		struct sink_setting *sink = &alarms->sinks[alarms->sink_count];

		*sink = (struct sink_setting){ 0 };
		alarms->sink_count += read_sink(reading, n, sink);
	}
	refuse_same_names(reading, alarms);
	return true;
}

static const struct field alarms_fields[] = {
	{ "raise_after", FIELD_NUMBER, AT(struct alarm_settings, raise_after), .least = 1,
	  .most = 100 },
	{ "clear_after", FIELD_NUMBER, AT(struct alarm_settings, clear_after), .least = 1,
	  .most = 100 },
	{ "recheck", FIELD_DURATION, AT(struct alarm_settings, recheck_us),
	  .least = 100 * CLOCK_MILLISECOND, .most = DAY },
	{ "remind", FIELD_OWN, AT(struct alarm_settings, remind_us), .read = read_remind },
	{ "rate", FIELD_OWN, AT(struct alarm_settings, rate), .read = read_rate },
	{ "storm", FIELD_OWN, AT(struct alarm_settings, storm), .read = read_rate },
	{ "flapping", FIELD_OWN, .read = read_flapping },
	{ "keep", FIELD_DURATION, AT(struct alarm_settings, keep_us), .least = CLOCK_SECOND,
	  .most = 3650 * DAY },
	{ "keep_events", FIELD_NUMBER, AT(struct alarm_settings, keep_events), .least = 1,
	  .most = EVENTS_MOST },
	{ "outbox", FIELD_NUMBER, AT(struct alarm_settings, outbox), .least = 1,
	  .most = EVENTS_MOST },
	{ "tell", FIELD_OWN, .read = read_sinks },
	{ .name = NULL },
};

static const struct form alarms_form = { "alarms", alarms_fields,
					 .size = sizeof(struct alarm_settings) };

bool config_read_alarms(struct reading *reading, const struct field *field,
			const struct node *node, void *base)
{
	struct config *config = base;

	(void)field;
	return form_read(reading, &alarms_form, node, &config->alarms);
}

void config_give_usual_alarms(struct alarm_settings *alarms)
{
	*alarms = (struct alarm_settings){
		.raise_after = 2,
		.clear_after = 2,
		.recheck_us = 30 * CLOCK_SECOND,
		.remind_us = DAY,
		.rate = { 10, CLOCK_SECOND },
		.storm = { 100, MINUTE },
		.flapping = { 6, HOUR },
		.calm_us = 30 * MINUTE,
		.keep_us = 90 * DAY,
		.keep_events = 100000,
		.outbox = 100000,
	};
}

void config_look_for_programs(const struct config *config, struct problems *problems)
{
	const struct alarm_settings *alarms = &config->alarms;

	for (size_t i = 0; i < alarms->sink_count; i++) {
		const struct sink_setting *sink = &alarms->sinks[i];

		if (sink->kind == SINK_COMMAND && access(sink->command[0], X_OK) != 0)
			problems_add(problems, PROBLEM_WARNING, sink->place,
				     "the program '%.200s' cannot be run: %s", sink->command[0],
				     strerror(errno));
	}
}
