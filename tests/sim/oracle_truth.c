/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether what is told is founded on what was seen, and whether it is true once the truth has
 * stood for a while.
 */
#include <inttypes.h>
#include <string.h>

#include "tests/sim/disk.h"
#include "tests/sim/oracle_parts.h"

#define WALLED_US (2 * HOUR)

static struct watched *watched_of(size_t system, size_t subject)
{
	return &oracle_itself()->watched[system][subject];
}

static const struct town *the_town(void)
{
	return &oracle_itself()->keeper->town;
}

static unsigned badness(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_CRITICAL:
		return 3;
	case VERDICT_WARNING:
		return 2;
	case VERDICT_UNKNOWN:
		return 1;
	default:
		return 0;
	}
}

bool oracle_guards(const struct town *town)
{
	for (size_t i = 0; i < town->count; i++)
		if (town->systems[i].guard && town->systems[i].listed)
			return true;
	return false;
}

/* Whether the agent must think that its own way out is gone. */
static bool uplink_seems_down(const struct town *town)
{
	size_t listed = 0, silent = 0;
	bool guards = oracle_guards(town);

	for (size_t i = 0; i < town->count; i++) {
		if (!town->systems[i].listed || (guards && !town->systems[i].guard))
			continue;
		listed++;
		silent += town_is_silent(town, i);
	}
	return listed == silent && (guards || listed >= 3);
}

/* Of a system that a firewall hides in part nobody can say at once whether it is there. */
static bool is_walled(size_t system)
{
	const struct oracle *oracle = oracle_itself();

	return oracle->walled_us[system] &&
	       world_now_us() - oracle->walled_us[system] < WALLED_US;
}

static bool guards_are_walled(void)
{
	for (size_t i = 0; i < the_town()->count; i++)
		if (the_town()->systems[i].guard && is_walled(i))
			return true;
	return false;
}

static void look_at_walls(void)
{
	const struct town *town = the_town();

	for (size_t i = 0; i < town->count; i++)
		for (int j = 0; j < RULE_COUNT; j++)
			if (town->systems[i].doors[j] == DOOR_SILENT)
				oracle_itself()->walled_us[i] = world_now_us();
}

/* --- what is seen ------------------------------------------------------------------------- */

static void keep_pace(void)
{
	struct oracle *oracle = oracle_itself();
	int64_t now_us = world_now_us();
	size_t most = the_town()->probes_per_second, within = 0;

	most += most / 10 > 1 ? most / 10 : 1;
	oracle->asks_us[oracle->ask_count++ % 1024] = now_us;
	for (size_t i = 0; i < oracle->ask_count && i < 1024; i++)
		within += oracle->asks_us[i] > now_us - SECOND;
	if (within > most)
		world_violated("no burst", "%zu observations begin within a second", within);
}

void oracle_asked(const struct town_place *place)
{
	watched_of(place->system, place->rule)->asked_us = world_now_us();
	oracle_itself()->sums.observations++;
	keep_pace();
}

void oracle_seen(const struct town_answer *answer)
{
	struct watched *watched = watched_of(answer->place.system, answer->place.rule);
	enum verdict verdict = town_verdict(&the_town()->systems[answer->place.system],
					    answer->place.rule, answer->seen, answer->stuck);

	watched->heard[watched->heard_count++ % HEARD_MOST] =
		(struct heard){ (uint8_t)verdict, answer->seen == DOOR_SILENT,
				oracle_itself()->occasions };
}

/* --- whether an event is founded ---------------------------------------------------------- */

/* So many results in a row, from the newest back, speak for going from one to the other; an
 * unknown between others speaks neither way. */
static unsigned speak_for(const struct watched *watched, enum verdict from, enum verdict to,
			  unsigned *occasion)
{
	unsigned count = 0;

	*occasion = 0;
	for (size_t i = 0; i < HEARD_MOST && i < watched->heard_count; i++) {
		const struct heard *heard =
			&watched->heard[(watched->heard_count - 1 - i) % HEARD_MOST];
		enum verdict verdict = heard->verdict;

		bool speaks = verdict != from &&
			      (to == VERDICT_UNKNOWN ? verdict == to
						     : (badness(verdict) > badness(from)) ==
							       (badness(to) > badness(from)));

		*occasion = heard->occasion;
		if (!speaks && (heard->silent || (verdict == VERDICT_UNKNOWN && verdict != from)))
			continue;
		if (!speaks)
			break;
		count++;
	}
	return count;
}

static void weigh_result(const struct known *known, const struct event *event)
{
	const struct oracle *oracle = oracle_itself();
	const struct town *town = the_town();
	const struct watched *watched =
		watched_of((size_t)known->system, (size_t)known->subject);
	enum verdict from = event->from, to = event->to;
	unsigned needed = badness(to) > badness(from) || to == VERDICT_UNKNOWN
				  ? town->raise_after
				  : town->clear_after;
	unsigned occasion, count = speak_for(watched, from, to, &occasion);

	/* Told as before: it flaps, or is of another severity. */
	if (from == to || (event->flaps && known->flaps))
		return;
	if (count + (oracle->occasions - occasion) < needed)
		world_violated("no event without a cause",
			       "%s %s goes from %s to %s, and %u results speak for it",
			       known->target, known->name, verdict_word(from),
			       verdict_word(to), count);
}

/* Nobody is blamed for what is our own fault. */
static void weigh_blame(const struct known *known, const struct event *event)
{
	const struct town *town = the_town();
	const struct town_system *system = &town->systems[known->system];
	const struct known *uplink = NULL;

	for (size_t i = 1; i < KNOWN_MOST; i++)
		if (!strcmp(oracle_itself()->known[i].name, "agent/uplink"))
			uplink = &oracle_itself()->known[i];
	if (event->cause == ALARM_BY_ABSENCE || event->kind == EVENT_REMINDED)
		return;
	if (uplink && uplink->raised && uplink->changed_us > oracle_itself()->settled_us)
		world_violated("nobody is blamed for our own way out",
			       "%s %s while that is known to be down", known->target,
			       known->name);
	if (town->uplink || !system->up || !oracle_guards(town) || !uplink_seems_down(town) ||
	    guards_are_walled() || is_walled((size_t)known->system) ||
	    town_is_silent(town, (size_t)known->system) != !town->uplink)
		return;
	if (known->subject == PRESENCE && event->kind == EVENT_TARGET_DOWN)
		world_violated("nobody is blamed for our own way out", "%s is up",
			       known->target);
}

static void weigh_hold(const struct known *known, const struct event *event)
{
	const struct known *presence = oracle_known_of(known->system, PRESENCE);

	if (presence && presence->raised && !presence->flaps && event->cause != ALARM_BY_ABSENCE &&
	    event->cause != ALARM_BY_EXCEPTION)
		world_violated("a system that is down has one alarm", "%s %s", known->target,
			       known->name);
}

void oracle_weigh(const struct known *known, const struct event *event)
{
	bool listed = the_town()->systems[known->system].listed;

	weigh_blame(known, event);
	if (event->cause == ALARM_BY_ABSENCE) {
		if (listed)
			world_violated("no event without a cause",
				       "%s %s ends as if it were gone", known->target,
				       known->name);
		return;
	}
	if (known->subject == PRESENCE)
		return;
	weigh_hold(known, event);
	if (event->cause == ALARM_BY_RESULT)
		weigh_result(known, event);
	if (event->cause == ALARM_BY_EXCEPTION &&
	    !town_accepts(the_town(), (size_t)known->system, (enum town_rule)known->subject,
			  world_moment().wall_us))
		world_violated("no event without a cause", "nobody accepts %s %s",
			       known->target, known->name);
	if (event->cause == ALARM_BY_TIME && event->kind != EVENT_REMINDED && !known->flaps)
		world_violated("no event without a cause", "%s %s does not flap",
			       known->target, known->name);
}

/* --- whether it is true ------------------------------------------------------------------- */

static enum verdict right_of_rule(size_t system, enum town_rule rule)
{
	const struct town *town = the_town();
	const struct town_system *truth = &town->systems[system];
	bool stuck = truth->manner == MANNER_TARPIT && rule >= RULE_WEB &&
		     truth->doors[rule] != DOOR_SILENT;
	enum verdict verdict = town_verdict(truth, rule, truth->doors[rule], stuck);

	if (badness(verdict) >= 2 && town_accepts(town, system, rule, world_moment().wall_us))
		return VERDICT_OK;
	return verdict;
}

static void set_right(struct watched *watched, enum verdict right)
{
	if (watched->right == right)
		return;
	watched->right = (uint8_t)right;
	watched->right_us = world_now_us();
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* How long it may take until all is as it should be. */
static int64_t patience(size_t system)
{
	const struct town *town = the_town();
	int64_t looks = 3 + later(town->raise_after, town->clear_after);

	return 2 * looks * town->systems[system].interval_us + town->calm_us + 10 * MINUTE;
}

static void look_at_subject(size_t system, int subject)
{
	const struct oracle *oracle = oracle_itself();
	const struct town *town = the_town();
	const struct town_system *truth = &town->systems[system];
	struct watched *watched = watched_of(system, (size_t)subject);
	const struct known *known = oracle_known_of((int)system, subject);
	int64_t since_us = later(oracle->settled_us, oracle->believed_us);
	enum verdict told = known ? (enum verdict)known->told : VERDICT_OK;

	if (subject == PRESENCE) {
		set_right(watched, town_is_silent(town, system) ? VERDICT_CRITICAL : VERDICT_OK);
		for (int i = 0; i < RULE_COUNT; i++)
			since_us = later(since_us, truth->changed_us[i]);
	} else {
		set_right(watched, right_of_rule(system, (enum town_rule)subject));
		since_us = later(since_us, later(oracle->silent_us[system],
						 truth->changed_us[subject]));
	}
	since_us = later(since_us, watched->right_us);
	if (oracle->believed_down || truth->manner == MANNER_LOSES || told == watched->right ||
	    world_now_us() - since_us < patience(system))
		return;
	world_violated("the truth is told",
		       "%s %s is %s since %" PRId64 " minutes, and told as %s", truth->name,
		       subject == PRESENCE ? "itself" : town_rule_word((enum town_rule)subject),
		       verdict_word(watched->right), (world_now_us() - since_us) / MINUTE,
		       verdict_word(told));
}

static void look_at_uplink(void)
{
	struct oracle *oracle = oracle_itself();
	bool down = uplink_seems_down(the_town());
	int64_t slowest_us = 0;
	const struct known *known = NULL;

	if (down != oracle->believed_down) {
		oracle->believed_down = down;
		oracle->believed_us = world_now_us();
	}
	for (size_t i = 0; i < the_town()->count; i++)
		slowest_us = later(slowest_us, later(patience(i),
						     world_now_us() - oracle->believed_us <
								     patience(i)
							     ? INT64_MAX / 2
							     : 0));
	for (size_t i = 1; i < KNOWN_MOST; i++)
		if (!strcmp(oracle->known[i].name, "agent/uplink"))
			known = &oracle->known[i];
	if (!oracle->keeper->patrol || oracle->keeper->asleep ||
	    world_now_us() - later(oracle->believed_us, oracle->settled_us) < slowest_us)
		return;
	for (size_t i = 0; i < the_town()->count; i++)
		for (int j = 0; j < RULE_COUNT; j++)
			if (world_now_us() - the_town()->systems[i].changed_us[j] < slowest_us ||
			    is_walled(i))
				return;
	if ((known && known->raised) != down)
		world_violated("the truth is told", "our own way out seems %s",
			       down ? "down" : "up");
}

static void look_at_interval(size_t system, int rule)
{
	const struct town_system *truth = &the_town()->systems[system];
	int64_t since_us = world_now_us() - watched_of(system, (size_t)rule)->asked_us;

	if (since_us > 2 * truth->interval_us + 30 * SECOND)
		world_violated("no check is missed", "%s %s was not looked at for %" PRId64 " s",
			       truth->name, town_rule_word((enum town_rule)rule),
			       since_us / SECOND);
}

/* The engine's own idea of each alarm, and what its events say. */
static void look_at_alarms(void)
{
	const struct keeper *keeper = oracle_itself()->keeper;
	const struct plan *plan = keeper->charter->plan;

	for (size_t i = 0; i < plan->check_count; i++) {
		struct patrol_check check = patrol_check(keeper->patrol, i);
		const struct known *known =
			check.number < KNOWN_MOST ? &oracle_itself()->known[check.number] : NULL;

		if (!known)
			world_violated("numbers of checks", "%u is not the next one",
				       check.number);
		if (known->told != check.alarm->told || known->raised != check.raised)
			world_violated("every change is an event",
				       "%s is told as %s (alarm %" PRIu64 "), and is %s",
				       plan->checks[i].name, verdict_word(known->told),
				       known->raised, verdict_word(check.alarm->told));
	}
}

void oracle_look(void)
{
	struct oracle *oracle = oracle_itself();
	const struct keeper *keeper = oracle->keeper;
	int64_t day = world_moment().wall_us / DAY;

	if (day != oracle->wall_day)
		oracle->occasions++;
	oracle->wall_day = day;
	if (world_clock_questions())
		world_violated("time is told", "the engine has asked the clock itself");
	for (size_t i = 0; keeper->telling && i < telling_count(keeper->telling); i++)
		if (telling_state(keeper->telling, i).untold > keeper->town.outbox + 64)
			world_violated("memory is bounded", "%zu events wait for a sink",
				       telling_state(keeper->telling, i).untold);
}

void oracle_look_around(void)
{
	struct oracle *oracle = oracle_itself();
	const struct town *town = the_town();

	for (size_t i = 0; i < town->count; i++)
		if (town_is_silent(town, i))
			oracle->silent_us[i] = world_now_us();
	look_at_walls();
	if (disk_mood() == DISK_BROKEN)
		oracle->broken_us = world_now_us();
	look_at_uplink();
	if (!oracle->keeper->patrol || oracle->keeper->asleep || oracle->keeper->dead)
		return;
	look_at_alarms();
	oracle_look_at_sinks(false);
	if (oracle->lost && world_now_us() - later(oracle->lost_us, oracle->settled_us) > MINUTE)
		world_violated("what was lost is said", "nobody knows of it");
	for (size_t i = 0; i < town->count; i++) {
		if (!town->systems[i].listed)
			continue;
		for (int j = 0; j < RULE_COUNT; j++) {
			look_at_interval(i, j);
			if (!town_is_silent(town, i))
				look_at_subject(i, j);
		}
		look_at_subject(i, PRESENCE);
	}
}

void oracle_settled(void)
{
	oracle_look_around();
	oracle_look_at_sinks(true);
}
