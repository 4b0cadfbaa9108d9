/* SPDX-License-Identifier: Apache-2.0
 *
 * One rule of one target: what the target changes about it, whether it applies, and the
 * checks for each subject and family.
 */
#include <string.h>

#include "agent/plan/planning.h"
#include "ground/memory.h"
#include "ground/words.h"

static bool matches_full_name(struct planning *planning, const char *pattern,
			      const char *profile, const char *id)
{
	text_clear(&planning->scratch);
	text_add_format(&planning->scratch, "%s.%s", profile, id);
	return words_match(pattern, text_string(&planning->scratch));
}

/* An inherited rule goes by the name of either profile: people know the one they listed. */
static bool override_is_for(struct planning *planning, const struct override *override,
			    const struct turn *turn)
{
	const struct rule *rule = turn->rule;

	return words_match(override->rule, rule->id) ||
	       matches_full_name(planning, override->rule, rule->profile, rule->id) ||
	       matches_full_name(planning, override->rule, turn->profile, rule->id);
}

static void
move_subjects(struct planning *planning, const struct override *override, struct turn *turn)
{
	struct subject *moved =
		arena_take(planning->arena, override->subject_count * sizeof *moved);
	unsigned kinds = turn->rule->via ? SUBJECT_URL : turn->rule->collector->kinds;
	size_t count = 0;

	for (size_t i = 0; i < override->subject_count; i++) {
		char room[SUBJECT_ROOM];
		const char *why;

		if (subject_parse(override->subjects[i], kinds, room, &moved[count], &why)) {
			moved[count++].text = arena_copy(planning->arena, room);
			continue;
		}
		problems_add(planning->problems, PROBLEM_ERROR, override->subject_places[i],
			     "the rule '%s' cannot look at '%.80s': %s", turn->rule->id,
			     override->subjects[i], why);
	}
	turn->subjects = moved;
	turn->subject_count = count;
	turn->names = NULL;
}

static void apply_overrides(struct planning *planning, struct turn *turn)
{
	const struct target *target = planning->target;

	for (size_t i = 0; i < target->override_count; i++) {
		const struct override *override = &target->overrides[i];

		if (!override_is_for(planning, override, turn))
			continue;
		planning->override_used[i] = true;
		if (override->subject_count)
			move_subjects(planning, override, turn);
		if (override->has_severity)
			turn->severity = override->severity;
		if (override->interval_ms)
			turn->interval_ms = override->interval_ms;
		if (override->off)
			turn->inapplicable = SWITCHED_OFF;
	}
}

/* Nobody gives us access to peers. */
static bool lacks_access(const struct target *target, const struct turn *turn)
{
	bool needed = turn->unused_feature ? turn->common.otherwise_needs_access
					   : turn->common.needs_access;

	return needed && (!target->snmp || turn->peer);
}

static void decide(const struct planning *planning, struct turn *turn)
{
	const struct target *target = planning->target;
	const struct rule *rule = turn->rule;
	bool feature_on = target_has_feature(target, rule->features, rule->feature_count);

	turn->peer = planning_peer(planning, rule->peer);
	turn->families = planning_families_from_here(planning, rule);
	turn->unused_feature = !feature_on && rule->otherwise_count;
	if (turn->inapplicable == SWITCHED_OFF)
		return;
	if (!(rule->vantages & target->vantage))
		turn->inapplicable = OTHER_VANTAGE;
	else if (!target_has_scenario(target, rule->scenarios, rule->scenario_count))
		turn->inapplicable = SCENARIO_OFF;
	else if (!feature_on && !turn->unused_feature)
		turn->inapplicable = FEATURE_OFF;
	else if ((rule->peer && !turn->peer) ||
		 (rule->only_from && !planning_peer(planning, rule->only_from)))
		turn->inapplicable = PEER_NOT_GIVEN;
	else if (!turn->families)
		turn->inapplicable = OTHER_SOURCE;
	else if (lacks_access(target, turn))
		turn->inapplicable = NO_ACCESS;
}

/* tcp/443 and /admin are asked of the host at hand, at a port. */
static bool has_port(const struct subject *subject)
{
	return subject->kind & (SUBJECT_TCP | SUBJECT_UDP | SUBJECT_TLS | SUBJECT_PATH);
}

/* A path is written with the port that it is asked at, unless that is the usual one. */
static void add_moved(struct text *out, const struct subject *subject, uint16_t port)
{
	const char *text = subject->text, *mark = strstr(text, "://*");

	if (subject->kind != SUBJECT_PATH)
		text_add_format(out, "%.*s/%u", (int)strcspn(text, "/"), text, port);
	else if (!mark)
		text_add_format(out, "https://*:%u%s", port, text);
	else
		text_add_format(out, "%.*s://*:%u%s", (int)(mark - text), text, port,
				mark + strlen("://*") + strcspn(mark + strlen("://*"), "/"));
}

/* The peer may listen at another port than the document says. */
static void move_to_port_of_peer(struct planning *planning, struct turn *turn)
{
	struct subject *moved;

	if (!turn->peer || !turn->peer->port || turn->subject_count != 1 ||
	    !has_port(turn->subjects) || turn->subjects->first == turn->peer->port)
		return;
	moved = arena_take(planning->arena, sizeof *moved);
	*moved = (struct subject){ .kind = turn->subjects->kind,
				   .first = turn->peer->port,
				   .last = turn->peer->port };
	text_clear(&planning->scratch);
	add_moved(&planning->scratch, turn->subjects, moved->first);
	moved->text = arena_copy(planning->arena, text_string(&planning->scratch));
	turn->subjects = moved;
	turn->names = NULL;
}

struct comparison {
	const struct plan *plan;
	const char *name;
};

static bool same_name(const void *arg, uint32_t number)
{
	const struct comparison *comparison = arg;

	return !strcmp(comparison->plan->checks[number].name, comparison->name);
}

/* The check of this target that has the name, or the next one's number. */
static uint32_t find_name(struct planning *planning, const char *name)
{
	struct comparison comparison = { planning->plan, name };

	return seen_number(&planning->seen_names, seen_hash(SEEN_HASH_BEGIN, name),
			   (uint32_t)planning->plan->check_count, same_name, &comparison);
}

static const char *make_name(struct planning *planning, const struct turn *turn,
			     const struct subject *subject, const char *profile, struct way way)
{
	text_clear(&planning->scratch);
	name_add(&planning->scratch, turn->rule, subject, profile, way);
	return arena_copy(planning->arena, text_string(&planning->scratch));
}

static bool is_same_rule(const struct rule *a, const struct rule *b)
{
	return !strcmp(a->profile, b->profile) && !strcmp(a->id, b->id);
}

/* NULL when another profile of the target has brought the very check already. */
static const char *settle_name(struct planning *planning, const struct turn *turn,
			       const struct subject *subject, const char *name, struct way way)
{
	const struct plan *plan = planning->plan;
	uint32_t number = planning->names_may_clash ? find_name(planning, name)
						    : (uint32_t)plan->check_count;

	if (number == plan->check_count)
		return name;
	if (is_same_rule(plan->checks[number].rule, turn->rule) &&
	    !strcmp(plan->checks[number].subject, subject->text))
		return NULL;
	name = make_name(planning, turn, subject, turn->rule->profile, way);
	number = find_name(planning, name);
	if (number == plan->check_count)
		return name;
	if (!is_same_rule(plan->checks[number].rule, turn->rule))
		problems_add(planning->problems, PROBLEM_ERROR, planning->target->place,
			     "the target '%s' would have two checks called '%s'",
			     planning->target->name, name);
	return NULL;
}

static void
add_check(struct planning *planning, const struct turn *turn, size_t subject, struct way way)
{
	const struct subject *about = &turn->subjects[subject];
	const struct rule *rule = turn->rule;
	struct plan *plan = planning->plan;
	struct check check = {
		.name = turn->names && !way.by_proxy
				? turn->names[2 * subject + (way.family == 6)]
				: make_name(planning, turn, about, NULL, way),
		.rule = rule,
		.subject = about->text,
		.target = planning->index,
		.observation = NO_OBSERVATION,
		.provisional_while = NO_CHECK,
		.expect = turn->unused_feature ? rule->otherwise : rule->expect,
		.expect_count = (uint16_t)(turn->unused_feature ? rule->otherwise_count
								: rule->expect_count),
		.family = way.family,
		.severity = (uint8_t)turn->severity,
		.inapplicable = (uint8_t)turn->inapplicable,
		.unused_feature = turn->unused_feature,
	};

	check.name = settle_name(planning, turn, about, check.name, way);
	if (!check.name)
		return;
	if (way.by_proxy && turn->inapplicable == APPLICABLE &&
	    !planning_proxy(planning, turn, about, way))
		check.inapplicable = NO_PROXY;
	if (check.inapplicable == APPLICABLE && !planning_looks_from_there(turn, way.family))
		check.inapplicable = OTHER_SOURCE;
	if (about->kind == SUBJECT_OWN_NAME && check.inapplicable == APPLICABLE &&
	    !planning_own_name(planning->target))
		check.inapplicable = NO_NAME;
	if (check.inapplicable == APPLICABLE)
		check.observation = planning_observe(planning, turn, about, way);
	plan->checks = memory_room_for(plan->checks, plan->check_count, &planning->check_room,
				       sizeof *plan->checks);
	plan->checks[plan->check_count++] = check;
}

/* One for each version of IP, where they make a difference. */
static void
add_usual_checks(struct planning *planning, const struct turn *turn, size_t subject)
{
	uint8_t only;

	if (turn->inapplicable != APPLICABLE || planning_is_familyless(turn)) {
		add_check(planning, turn, subject, (struct way){ 0, false });
		return;
	}
	only = planning_only_family(planning, turn, &turn->subjects[subject]);
	if (only != 6)
		add_check(planning, turn, subject, (struct way){ 4, false });
	if (only != 4)
		add_check(planning, turn, subject, (struct way){ 6, false });
}

/* The proxy finds the host by itself, unless that is an address. */
static void
add_proxy_check(struct planning *planning, const struct turn *turn, size_t subject)
{
	struct way way = { 0, true };

	if (turn->inapplicable == APPLICABLE)
		way.family = planning_family_of_url(&turn->subjects[subject]);
	add_check(planning, turn, subject, way);
}

void planning_add_rule(struct planning *planning, const struct menu *menu, size_t rule)
{
	struct turn turn = {
		.rule = &menu->profile->rules[rule],
		.profile = menu->profile->name,
		.names = menu->names[rule],
		.common = menu->common[rule],
	};

	turn.subjects = turn.rule->subjects;
	turn.subject_count = turn.rule->subject_count;
	turn.severity = turn.rule->severity;
	turn.interval_ms = turn.rule->interval_ms ? turn.rule->interval_ms
						  : planning->target->interval_ms;
	apply_overrides(planning, &turn);
	decide(planning, &turn);
	move_to_port_of_peer(planning, &turn);
	for (size_t i = 0; i < turn.subject_count; i++) {
		if (turn.rule->via != VIA_PROXY)
			add_usual_checks(planning, &turn, i);
		if (turn.rule->via & VIA_PROXY)
			add_proxy_check(planning, &turn, i);
	}
}
