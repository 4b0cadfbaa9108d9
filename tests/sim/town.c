/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/town.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/clock.h"
#include "ground/memory.h"
#include "tests/sim/world.h"

static const unsigned ports[RULE_COUNT] = { 5060, 23, 443, 5061 };
static const char *const rule_words[RULE_COUNT] = { "sip", "telnet", "web", "phones" };

const char *town_rule_word(enum town_rule rule)
{
	return rule_words[rule];
}

/* --- the configuration -------------------------------------------------------------------- */

static void choose_alarms(struct town *town)
{
	struct chance *chance = &town->chance;
	static const unsigned rates[] = { 1, 2, 10 }, storms[] = { 0, 0, 4, 10 };
	static const int64_t reminders[] = { 0, 6 * HOUR, 24 * HOUR };

	town->raise_after = 1 + chance_below(chance, 3);
	town->clear_after = 1 + chance_below(chance, 3);
	town->recheck_us = chance_percent(chance, 50) ? MINUTE : 30 * SECOND;
	town->remind_us = reminders[chance_below(chance, 3)];
	town->rate = rates[chance_below(chance, 3)];
	town->storm = storms[chance_below(chance, 4)];
	town->flapping = 3 + chance_below(chance, 4);
	town->calm_us = chance_between(chance, 10, 40) * MINUTE;
	town->outbox = chance_percent(chance, 20) ? 10 : 1000;
	town->probes_per_second = chance_percent(chance, 50) ? 500 : 2;
}

static void choose_exceptions(struct town *town)
{
	int today = (int)(world_moment().wall_us / DAY);

	town->exception_count = chance_below(&town->chance, EXCEPTIONS_MOST + 1);
	for (size_t i = 0; i < town->exception_count; i++) {
		int from = today + (int)chance_between(&town->chance, -2, 3);

		from = from < 1 ? 1 : from;
		town->exceptions[i] = (struct town_exception){
			.system = (int)chance_below(&town->chance, (uint32_t)town->count + 1) - 1,
			.rule = (enum town_rule)chance_below(&town->chance, RULE_COUNT),
			.from_day = from,
			.until_day = from + (int)chance_below(&town->chance, 4),
		};
	}
}

static void choose_system(struct town *town, struct town_system *system)
{
	static const int64_t intervals[] = { 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 20 * MINUTE };

	system->listed = chance_percent(&town->chance, 85);
	system->softer = chance_percent(&town->chance, 25);
	system->interval_us = intervals[chance_below(&town->chance, 4)];
}

static void list_one(struct town *town)
{
	for (size_t i = 0; i < town->count; i++)
		if (town->systems[i].listed)
			return;
	town->systems[0].listed = true;
}

static void choose_all(struct town *town)
{
	choose_alarms(town);
	for (size_t i = 0; i < town->count; i++)
		choose_system(town, &town->systems[i]);
	list_one(town);
	choose_exceptions(town);
	for (size_t i = 0; i < RECEIVERS_MOST; i++)
		town->sinks[i] = !i || chance_percent(&town->chance, 50);
}

void town_begin(struct town *town, struct chance chance)
{
	*town = (struct town){ .chance = chance, .uplink = true };
	town->count = 1 + chance_below(&town->chance, SYSTEMS_MOST);
	for (size_t i = 0; i < town->count; i++) {
		struct town_system *system = &town->systems[i];

		snprintf(system->name, sizeof system->name, "pbx%zu", i);
		snprintf(system->address, sizeof system->address, "192.0.2.%zu", i + 1);
		system->up = true;
		system->doors[RULE_SIP] = chance_percent(&town->chance, 20);
	}
	if (town->count > 1 && chance_percent(&town->chance, 50))
		town->systems[town->count - 1].guard = true;
	choose_all(town);
}

/* Half of what somebody changes is one thing, and half is a lot. */
void town_change(struct town *town)
{
	struct town_system *system =
		&town->systems[chance_below(&town->chance, (uint32_t)town->count)];

	switch (chance_below(&town->chance, 8)) {
	case 0:
		system->listed = !system->listed;
		break;
	case 1:
		system->softer = !system->softer;
		break;
	case 2:
		choose_system(town, system);
		break;
	case 3:
		choose_exceptions(town);
		break;
	case 4:
		town->sinks[2] = !town->sinks[2];
		break;
	case 5:
		break;
	default:
		choose_all(town);
	}
	list_one(town);
	for (size_t i = 0; i < town->count; i++)
		town_touch(town, i, -1);
}

static const char profile[] =
	"# SPDX-License-Identifier: Apache-2.0\n"
	"profile: simulated\n"
	"title: A simulated system\n"
	"source: { vendor: nobody, document: none }\n"
	"rules:\n"
	"  - { id: sip, title: SIP, observe: port, subject: tcp/5060,\n"
	"      expect: { port.state: { is: open } }, severity: critical,\n"
	"      because: telephones, remedy: open it }\n"
	"  - { id: telnet, title: Telnet, observe: port, subject: tcp/23,\n"
	"      expect: { port.state: { is_not: open } }, severity: minor,\n"
	"      because: passwords, remedy: close it }\n"
	"  - { id: web, title: Web, observe: tls, subject: tcp/443,\n"
	"      expect: { tls.versions: { none_of: [ TLS1.0 ] } }, severity: major,\n"
	"      because: old, remedy: switch it off }\n"
	"  - { id: phones, title: Phones, observe: tls, subject: tcp/5061,\n"
	"      expect: { tls.versions: { none_of: [ TLS1.0 ] } }, severity: critical,\n"
	"      because: old, remedy: switch it off }\n";

static void add_date(struct text *yaml, int day)
{
	char stamp[CLOCK_STAMP_ROOM];

	clock_format(day * DAY, stamp);
	text_add_format(yaml, "%.10s", stamp);
}

static void add_systems(const struct town *town, struct text *yaml)
{
	text_add(yaml, "targets:\n");
	for (size_t i = 0; i < town->count; i++) {
		const struct town_system *system = &town->systems[i];

		if (!system->listed)
			continue;
		text_add_format(yaml,
				"  - { name: %s, address: %s, profiles: [ simulated ],"
				" interval: %ds, timeout: 5s%s%s }\n",
				system->name, system->address,
				(int)(system->interval_us / SECOND),
				system->guard ? ", guard: true" : "",
				system->softer ? ", overrides: { sip: { severity: minor },"
						 " web: { severity: minor } }"
					       : "");
	}
}

static void add_exceptions(const struct town *town, struct text *yaml)
{
	text_add(yaml, town->exception_count ? "exceptions:\n" : "");
	for (size_t i = 0; i < town->exception_count; i++) {
		const struct town_exception *exception = &town->exceptions[i];

		text_add_format(yaml, "  - { target: \"%s\", check: \"*/tcp-%u/*\", reason: so, "
				      "owner: us, from: ",
				exception->system < 0
					? "*"
					: town->systems[exception->system].name,
				ports[exception->rule]);
		add_date(yaml, exception->from_day);
		text_add(yaml, ", until: ");
		add_date(yaml, exception->until_day);
		text_add(yaml, " }\n");
	}
}

static void add_alarms(const struct town *town, struct text *yaml)
{
	text_add_format(yaml, "alarms:\n  raise_after: %u\n  clear_after: %u\n  recheck: %ds\n",
			town->raise_after, town->clear_after,
			(int)(town->recheck_us / SECOND));
	if (town->remind_us)
		text_add_format(yaml, "  remind: %dh\n", (int)(town->remind_us / HOUR));
	else
		text_add(yaml, "  remind: never\n");
	text_add_format(yaml, "  rate: %u/s\n", town->rate);
	if (town->storm)
		text_add_format(yaml, "  storm: %u/m\n", town->storm);
	else
		text_add(yaml, "  storm: off\n");
	text_add_format(yaml,
			"  flapping: { changes: %u, within: 1h, calm: %dm }\n  outbox: %u\n"
			"  tell:\n",
			town->flapping, (int)(town->calm_us / MINUTE), town->outbox);
	for (size_t i = 0; i < RECEIVERS_MOST; i++)
		if (town->sinks[i])
			text_add_format(yaml, "    - { to: command, name: sink%zu, "
					      "run: [ /nowhere ] }\n", i);
}

/* --- the plan ----------------------------------------------------------------------------- */

static void accept_problems(struct problems *problems, const char *yaml)
{
	for (size_t i = 0; i < problems->count && problems->errors; i++)
		printf("%s:%u: %s\n", problems->items[i].place.file,
		       problems->items[i].place.line, problems->items[i].message);
	if (problems->errors)
		world_violated("configuration", "it must be good:\n%s", yaml);
	problems_free(problems);
}

struct charter *town_charter(const struct town *town)
{
	struct charter *charter = memory_new(1, sizeof *charter);
	struct problems problems = { 0 };
	struct text yaml = { 0 };

	text_add_format(&yaml, "agent: { limits: { probes_per_second: %u } }\n",
			town->probes_per_second);
	add_systems(town, &yaml);
	add_exceptions(town, &yaml);
	add_alarms(town, &yaml);
	charter->profiles = profiles_new();
	profiles_read_bytes(charter->profiles, "simulated.yaml", profile, sizeof profile - 1,
			    &problems);
	profiles_settle(charter->profiles, &problems);
	charter->config = config_read_bytes("ucposture.yaml", text_string(&yaml), yaml.length,
					    &problems);
	charter->plan = plan_make(charter->config, charter->profiles, &problems);
	accept_problems(&problems, text_string(&yaml));
	text_free(&yaml);
	return charter;
}

void charter_free(struct charter *charter)
{
	if (!charter)
		return;
	plan_free(charter->plan);
	config_free(charter->config);
	profiles_free(charter->profiles);
	free(charter);
}

struct town_place town_place_of(const struct town *town, const char *address, unsigned port)
{
	struct town_place place = { 0 };

	while (place.system < town->count &&
	       strcmp(town->systems[place.system].address, address) != 0)
		place.system++;
	while (place.rule < RULE_COUNT && ports[place.rule] != port)
		place.rule++;
	if (place.system == town->count || place.rule == RULE_COUNT)
		world_violated("plan", "nobody knows %s port %u", address, port);
	return place;
}
