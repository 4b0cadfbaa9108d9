/* SPDX-License-Identifier: Apache-2.0
 *
 * One rule of one target: what the target changes about it, whether it applies, and the
 * checks for each subject and family.
 */
#include <stdio.h>
#include <string.h>

#include "agent/plan/names.h"
#include "agent/plan/planning.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/words.h"
#include "net/url.h"

/* A rule as it is for the target at hand. */
struct turn {
	const struct rule *rule;
	const char *profile; /* by which the target has the rule */
	const struct subject *subjects;
	size_t subject_count;
	const char *const *names; /* NULL: the subjects are not those of the rule */
	enum severity severity;
	enum inapplicable inapplicable;
	bool unused_feature;
	const struct peer *peer; /* to look at instead of the target, or NULL */
};

static bool any_of(const char *const *wanted, size_t wanted_count, const char *const *given,
		   size_t given_count)
{
	for (size_t i = 0; i < wanted_count; i++)
		for (size_t j = 0; j < given_count; j++)
			if (!strcmp(wanted[i], given[j]))
				return true;
	return false;
}

static const struct peer *find_peer(const struct target *target, const char *name)
{
	for (size_t i = 0; i < target->peer_count; i++)
		if (!strcmp(target->peers[i].name, name))
			return &target->peers[i];
	return NULL;
}

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
move_subject(struct planning *planning, const struct override *override, struct turn *turn)
{
	struct subject *moved = arena_take(planning->arena, sizeof *moved);
	char room[SUBJECT_ROOM];
	const char *why;

	if (!subject_parse(override->subject, turn->rule->collector->kinds, room, moved,
			   &why)) {
		problems_add(planning->problems, PROBLEM_ERROR, override->subject_place,
			     "the rule '%s' cannot look at '%.80s': %s", turn->rule->id,
			     override->subject, why);
		return;
	}
	moved->text = arena_copy(planning->arena, room);
	turn->subjects = moved;
	turn->subject_count = 1;
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
		if (override->subject)
			move_subject(planning, override, turn);
		if (override->has_severity)
			turn->severity = override->severity;
		if (override->off)
			turn->inapplicable = SWITCHED_OFF;
	}
}

static void decide(const struct target *target, struct turn *turn)
{
	const struct rule *rule = turn->rule;
	bool feature_on =
		!rule->feature_count || any_of(rule->features, rule->feature_count,
					       target->features, target->feature_count);

	turn->peer = rule->peer ? find_peer(target, rule->peer) : NULL;
	turn->unused_feature = !feature_on && rule->otherwise_count;
	if (turn->inapplicable == SWITCHED_OFF)
		return;
	if (!(rule->vantages & target->vantage))
		turn->inapplicable = OTHER_VANTAGE;
	else if (rule->scenario_count && !any_of(rule->scenarios, rule->scenario_count,
						 target->scenarios, target->scenario_count))
		turn->inapplicable = SCENARIO_OFF;
	else if (!feature_on && !turn->unused_feature)
		turn->inapplicable = FEATURE_OFF;
	else if (rule->peer && !turn->peer)
		turn->inapplicable = PEER_NOT_GIVEN;
}

static bool has_port(const struct subject *subject)
{
	return subject->kind & (SUBJECT_TCP | SUBJECT_UDP | SUBJECT_TLS);
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
	text_add_format(&planning->scratch, "%.*s/%u", (int)strcspn(turn->subjects->text, "/"),
			turn->subjects->text, moved->first);
	moved->text = arena_copy(planning->arena, text_string(&planning->scratch));
	turn->subjects = moved;
	turn->names = NULL;
}

static bool is_elsewhere(const struct subject *subject)
{
	return subject->kind & (SUBJECT_URL | SUBJECT_NAME);
}

/* The host of a URL, or NULL. */
static const char *host_of_url(struct planning *planning, const struct subject *subject)
{
	struct url url;
	const char *why;

	if (subject->kind != SUBJECT_URL || !url_parse(subject->text, &url, &why))
		return NULL;
	return arena_copy(planning->arena, url.host);
}

/* 4 or 6 when the URL names a numeric address. */
static uint8_t family_of_url(const char *string)
{
	struct address address;
	struct url url;
	const char *why;

	if (!url_parse(string, &url, &why) || !address_parse(url.host, &address))
		return 0;
	return address.family;
}

/* The only family a check can be for, or 0: a name may have addresses of both. */
static uint8_t only_family(const struct planning *planning, const struct turn *turn,
			   const struct subject *subject)
{
	struct address address;
	uint8_t of_url = subject->kind == SUBJECT_URL ? family_of_url(subject->text) : 0;

	if (of_url)
		return of_url;
	if (turn->peer && address_parse(turn->peer->host, &address))
		return address.family;
	if (planning->family && !turn->peer)
		return planning->family;
	return planning->target->family;
}

/* What a client asks for, and whom it expects there; the target's are not for its peers, nor
 * for what is elsewhere. */
static void give_names(const struct planning *planning, const struct turn *turn,
		       struct request *request)
{
	const struct rule *rule = turn->rule;
	const struct target *target = planning->target;
	bool own = !turn->peer && !is_elsewhere(&request->subject);

	if (!request->collector->looks_itself)
		request->name = rule->server_name ? rule->server_name
				: own             ? target->server_name
						  : NULL;
	if (!collector_tells(request->collector, "cert."))
		return;
	request->authorities = target->authorities;
	request->verify_name = rule->verify_name ? rule->verify_name
			       : own             ? target->verify_name
						 : NULL;
}

static struct request make_request(struct planning *planning, const struct turn *turn,
				   const struct subject *subject, uint8_t family)
{
	const struct config *config = planning->plan->config;
	const struct target *target = planning->target;
	struct request request = {
		.collector = turn->rule->collector,
		.subject = *subject,
		.host = is_elsewhere(subject) ? ""
			: turn->peer          ? turn->peer->host
					      : target->address,
		.family = family,
		.starttls = turn->rule->starttls,
		.proxy = target->proxy           ? target->proxy
			 : is_elsewhere(subject) ? config->proxy
						 : NULL,
		.timeout_ms = target->timeout_ms,
		.packets_per_second = config->limits.packets_per_second,
	};
	const char *host = host_of_url(planning, subject);
	struct address source;

	if (host)
		request.host = host;
	give_names(planning, turn, &request);
	if (target->source && address_parse(target->source, &source) && source.family == family)
		request.source = target->source;
	/* What the rule says holds; else some need longer than usual. */
	request.timeout_ms = turn->rule->timeout_us
				     ? (uint32_t)(turn->rule->timeout_us / CLOCK_MILLISECOND)
				     : collector_timeout_ms(&request);
	return request;
}

struct comparison {
	const struct plan *plan;
	const void *thing; /* a request, or a name */
};

static bool same_texts(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* Source, proxy and authorities follow from the rest within one target. */
static bool same_request(const void *arg, uint32_t number)
{
	const struct comparison *comparison = arg;
	const struct request *a = &comparison->plan->observations[number].request;
	const struct request *b = comparison->thing;

	return a->collector == b->collector && a->family == b->family &&
	       same_texts(a->host, b->host) && same_texts(a->subject.text, b->subject.text) &&
	       same_texts(a->starttls, b->starttls) && same_texts(a->name, b->name) &&
	       same_texts(a->verify_name, b->verify_name);
}

static uint32_t add_observation(struct planning *planning, const struct request *request)
{
	struct plan *plan = planning->plan;
	struct comparison comparison = { plan, request };
	uint64_t hash = seen_hash_number(SEEN_HASH_BEGIN, (uintptr_t)request->collector);
	uint32_t number, next = (uint32_t)plan->observation_count;

	hash = seen_hash(seen_hash_number(hash, request->family), request->subject.text);
	hash = seen_hash(seen_hash(hash, request->starttls), request->host);
	hash = seen_hash(seen_hash(hash, request->name), request->verify_name);
	number = seen_number(&planning->seen_observations, hash, next, same_request,
			     &comparison);
	if (number == next) {
		plan->observations = memory_room_for(
			plan->observations, plan->observation_count,
			&planning->observation_room, sizeof *plan->observations);
		plan->observations[plan->observation_count++] =
			(struct plan_observation){ *request, planning->index };
	} else if (plan->observations[number].request.timeout_ms < request->timeout_ms) {
		plan->observations[number].request.timeout_ms = request->timeout_ms;
	}
	return number;
}

static bool same_name(const void *arg, uint32_t number)
{
	const struct comparison *comparison = arg;

	return !strcmp(comparison->plan->checks[number].name, comparison->thing);
}

/* The check of this target that has the name, or the next one's number. */
static uint32_t find_name(struct planning *planning, const char *name)
{
	struct comparison comparison = { planning->plan, name };

	return seen_number(&planning->seen_names, seen_hash(SEEN_HASH_BEGIN, name),
			   (uint32_t)planning->plan->check_count, same_name, &comparison);
}

static const char *make_name(struct planning *planning, const struct turn *turn,
			     const struct subject *subject, const char *profile, uint8_t family)
{
	text_clear(&planning->scratch);
	name_add(&planning->scratch, turn->rule, subject, profile, family);
	return arena_copy(planning->arena, text_string(&planning->scratch));
}

static bool is_same_rule(const struct rule *a, const struct rule *b)
{
	return !strcmp(a->profile, b->profile) && !strcmp(a->id, b->id);
}

/* NULL when another profile of the target has brought the very check already. */
static const char *settle_name(struct planning *planning, const struct turn *turn,
			       const struct subject *subject, const char *name, uint8_t family)
{
	const struct plan *plan = planning->plan;
	uint32_t number = planning->names_may_clash ? find_name(planning, name)
						    : (uint32_t)plan->check_count;

	if (number == plan->check_count)
		return name;
	if (is_same_rule(plan->checks[number].rule, turn->rule) &&
	    !strcmp(plan->checks[number].subject, subject->text))
		return NULL;
	name = make_name(planning, turn, subject, turn->rule->profile, family);
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
add_check(struct planning *planning, const struct turn *turn, size_t subject, uint8_t family)
{
	const struct subject *about = &turn->subjects[subject];
	const struct rule *rule = turn->rule;
	struct plan *plan = planning->plan;
	struct check check = {
		.name = turn->names ? turn->names[2 * subject + (family == 6)]
				    : make_name(planning, turn, about, NULL, family),
		.rule = rule,
		.subject = about->text,
		.target = planning->index,
		.observation = NO_OBSERVATION,
		.expect = turn->unused_feature ? rule->otherwise : rule->expect,
		.expect_count = (uint16_t)(turn->unused_feature ? rule->otherwise_count
								: rule->expect_count),
		.family = family,
		.severity = (uint8_t)turn->severity,
		.inapplicable = (uint8_t)turn->inapplicable,
		.unused_feature = turn->unused_feature,
	};

	check.name = settle_name(planning, turn, about, check.name, family);
	if (!check.name)
		return;
	if (family) {
		struct request request = make_request(planning, turn, about, family);

		check.observation = add_observation(planning, &request);
	}
	plan->checks = memory_room_for(plan->checks, plan->check_count, &planning->check_room,
				       sizeof *plan->checks);
	plan->checks[plan->check_count++] = check;
}

void planning_add_rule(struct planning *planning, const struct menu *menu, size_t rule)
{
	struct turn turn = {
		.rule = &menu->profile->rules[rule],
		.profile = menu->profile->name,
		.names = menu->names[rule],
	};

	turn.subjects = turn.rule->subjects;
	turn.subject_count = turn.rule->subject_count;
	turn.severity = turn.rule->severity;
	apply_overrides(planning, &turn);
	decide(planning->target, &turn);
	move_to_port_of_peer(planning, &turn);
	for (size_t i = 0; i < turn.subject_count; i++) {
		uint8_t only = only_family(planning, &turn, &turn.subjects[i]);

		if (turn.inapplicable != APPLICABLE) {
			add_check(planning, &turn, i, 0);
			continue;
		}
		if (only != 6)
			add_check(planning, &turn, i, 4);
		if (only != 4)
			add_check(planning, &turn, i, 6);
	}
}
