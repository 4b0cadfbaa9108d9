/* SPDX-License-Identifier: Apache-2.0
 *
 * What a check asks of a prober: whom, by which names, through what. Checks that need the
 * same thing seen share one observation.
 */
#include <string.h>

#include "agent/plan/planning.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/url.h"

static bool is_elsewhere(const struct subject *subject)
{
	return subject->kind & (SUBJECT_URL | SUBJECT_NAME);
}

static const char *host_of_url(struct planning *planning, const char *string)
{
	struct url url;
	const char *why;

	return url_parse(string, &url, &why) ? arena_copy(planning->arena, url.host) : "";
}

/* "" where nothing is looked up. */
static const char *host_of(struct planning *planning, const struct turn *turn,
			   const struct subject *subject, uint8_t family)
{
	if (turn->rule->collector->looks_inside || subject->kind == SUBJECT_NAME)
		return "";
	if (subject->kind == SUBJECT_URL)
		return host_of_url(planning, subject->text);
	return turn->peer ? dual_over(&turn->peer->hosts, family) : planning->target->address;
}

/* Nobody goes through a proxy to ask the name servers, or this machine. */
const char *planning_proxy(const struct planning *planning, const struct turn *turn,
			   const struct subject *subject, struct way way)
{
	if (planning_is_familyless(turn) || (turn->rule->via && !way.by_proxy))
		return NULL;
	if (planning->target->proxy || !is_elsewhere(subject))
		return planning->target->proxy;
	return planning->plan->config->proxy;
}

static bool is_name(const char *host)
{
	struct address address;

	return host && !address_parse(host, &address);
}

const char *planning_own_name(const struct target *target)
{
	if (is_name(target->server_name))
		return target->server_name;
	return is_name(target->address) ? target->address : NULL;
}

static uint8_t family_of_host(const char *string)
{
	struct address address;
	struct url url;
	const char *why;

	return url_parse(string, &url, &why) && address_parse(url.host, &address)
		       ? address.family
		       : 0;
}

/* Most checks are of no URL: those shall not pay for the room that one takes. */
uint8_t planning_family_of_url(const struct subject *subject)
{
	return subject->kind == SUBJECT_URL ? family_of_host(subject->text) : 0;
}

bool planning_is_familyless(const struct turn *turn)
{
	return turn->rule->collector->familyless || turn->rule->collector->looks_inside;
}

uint8_t planning_only_family(const struct planning *planning, const struct turn *turn,
			     const struct subject *subject)
{
	const struct peer *peer = turn->peer;
	uint8_t of_url = planning_family_of_url(subject);

	if (of_url)
		return of_url;
	if (peer && (!peer->hosts.four || !peer->hosts.six))
		return peer->hosts.six ? 6 : 4;
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

	request->by_address = rule->by_address;
	if (collector_asks_by_name(request->collector) && !rule->by_address)
		request->name = rule->server_name ? rule->server_name
				: own             ? target->server_name
						  : NULL;
	if (!turn->common.tells_certificate)
		return;
	request->authorities = target->authorities;
	request->verify_name = rule->verify_name ? rule->verify_name
			       : own             ? target->verify_name
						 : NULL;
}

static struct request make_request(struct planning *planning, const struct turn *turn,
				   const struct subject *subject, struct way way)
{
	const struct config *config = planning->plan->config;
	const struct target *target = planning->target;
	struct request request = {
		.collector = turn->rule->collector,
		.subject = *subject,
		.host = host_of(planning, turn, subject, way.family),
		.family = way.family,
		.starttls = turn->rule->starttls,
		.proxy = planning_proxy(planning, turn, subject, way),
		.timeout_ms = target->timeout_ms,
		.packets_per_second = config->limits.packets_per_second,
		.wanted = turn->common.wanted,
	};

	give_names(planning, turn, &request);
	if (turn->common.tells_snmp && !turn->peer)
		request.snmp = target->snmp;
	/* To a proxy we go over any version of IP; what looks inside goes nowhere. */
	if (way.family || way.by_proxy)
		request.source = planning_source(planning, turn, way.family);
	/* What the rule says holds; else some need longer than usual. */
	request.timeout_ms = turn->rule->timeout_us
				     ? (uint32_t)(turn->rule->timeout_us / CLOCK_MILLISECOND)
				     : collector_timeout_ms(&request);
	return request;
}

static bool same_texts(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

struct comparison {
	const struct plan *plan;
	const struct request *request;
};

bool request_same(const struct request *a, const struct request *b)
{
	return a->collector == b->collector && a->family == b->family &&
	       same_texts(a->host, b->host) && same_texts(a->subject.text, b->subject.text) &&
	       same_texts(a->starttls, b->starttls) && same_texts(a->name, b->name) &&
	       same_texts(a->verify_name, b->verify_name) && same_texts(a->proxy, b->proxy) &&
	       same_texts(a->source, b->source) && same_texts(a->authorities, b->authorities) &&
	       a->by_address == b->by_address;
}

static bool same_request(const void *arg, uint32_t number)
{
	const struct comparison *comparison = arg;

	return request_same(&comparison->plan->observations[number].request,
			    comparison->request);
}

uint64_t request_hash(const struct request *request)
{
	uint64_t hash = seen_hash_number(SEEN_HASH_BEGIN, (uintptr_t)request->collector);

	hash = seen_hash(seen_hash_number(hash, request->family), request->subject.text);
	hash = seen_hash(seen_hash(hash, request->starttls), request->host);
	hash = seen_hash(seen_hash(hash, request->name), request->verify_name);
	hash = seen_hash(seen_hash(hash, request->proxy), request->source);
	return seen_hash_number(hash, request->by_address);
}

bool request_is_elsewhere(const struct request *request)
{
	return is_elsewhere(&request->subject) || request->collector->looks_inside;
}

/* Nobody knows beforehand how many there will be. */
static void grow_elsewhere(struct planning *planning)
{
	struct seen *seen = &planning->seen_elsewhere;
	size_t count = planning->elsewhere_count;

	if (2 * (count + 1) <= seen->used)
		return;
	seen_reset(seen, 2 * (count + 1));
	for (size_t i = 0; i < count; i++) {
		uint32_t number = planning->elsewhere[i];
		const struct request *request = &planning->plan->observations[number].request;
		struct comparison comparison = { planning->plan, request };

		seen_number(seen, request_hash(request), number, same_request, &comparison);
	}
}

static void
append(struct planning *planning, const struct request *request, uint32_t interval_ms)
{
	struct plan *plan = planning->plan;

	if (request_is_elsewhere(request)) {
		planning->elsewhere = memory_room_for(
			planning->elsewhere, planning->elsewhere_count,
			&planning->elsewhere_room, sizeof *planning->elsewhere);
		planning->elsewhere[planning->elsewhere_count++] =
			(uint32_t)plan->observation_count;
	}
	plan->observations = memory_room_for(plan->observations, plan->observation_count,
					     &planning->observation_room,
					     sizeof *plan->observations);
	plan->observations[plan->observation_count++] = (struct plan_observation){
		.request = *request,
		.target = planning->index,
		.interval_ms = interval_ms,
	};
}

/* One look serves both. */
static void widen(struct plan_observation *observation, const struct request *other,
		  uint32_t interval_ms)
{
	struct request *request = &observation->request;

	if (observation->interval_ms > interval_ms)
		observation->interval_ms = interval_ms;
	if (request->timeout_ms < other->timeout_ms)
		request->timeout_ms = other->timeout_ms;
	/* All is more than any. */
	request->wanted = request->wanted && other->wanted ? request->wanted | other->wanted : 0;
}

static struct subject asked_for(const struct target *target, const struct subject *subject)
{
	if (subject->kind != SUBJECT_OWN_NAME)
		return *subject;
	return (struct subject){ .kind = SUBJECT_NAME, .text = planning_own_name(target) };
}

uint32_t planning_observe(struct planning *planning, const struct turn *turn,
			  const struct subject *subject, struct way way)
{
	const struct subject asked = asked_for(planning->target, subject);
	struct request request = make_request(planning, turn, &asked, way);
	struct comparison comparison = { planning->plan, &request };
	struct seen *seen = &planning->seen_observations;
	uint32_t number, next = (uint32_t)planning->plan->observation_count;

	if (request_is_elsewhere(&request)) {
		grow_elsewhere(planning);
		seen = &planning->seen_elsewhere;
	}
	number = seen_number(seen, request_hash(&request), next, same_request, &comparison);
	if (number == next)
		append(planning, &request, turn->interval_ms);
	else
		widen(&planning->plan->observations[number], &request, turn->interval_ms);
	return number;
}
