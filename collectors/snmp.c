/* SPDX-License-Identifier: Apache-2.0
 *
 * SNMP: who is let in with the community everybody tries first, which versions answer, and,
 * with the access an administrator has given us, what software is installed.
 *
 * The versions are asked at the same time, each from a socket of its own. A wrong community
 * is met with silence, and so is every community by an agent of version 3: only who has been
 * heard otherwise is said not to let `public` in (docs/decisions/0012).
 */
#include "collectors/snmp.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/snmp_facts.h"
#include "collectors/snmp_software.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "net/snmp.h"

enum { SOFTWARE_MOST = 4096, SOFTWARE_BYTES_MOST = 256 << 10, SOFTWARE_NEEDS_MS = 30000 };

static const struct snmp_name system_names[] = {
	{ 9, { 1, 3, 6, 1, 2, 1, 1, 1, 0 } },	/* sysDescr */
	{ 9, { 1, 3, 6, 1, 2, 1, 1, 2, 0 } },	/* sysObjectID */
	{ 9, { 1, 3, 6, 1, 2, 1, 1, 3, 0 } },	/* sysUpTime */
	{ 9, { 1, 3, 6, 1, 2, 1, 1, 5, 0 } }	/* sysName */
};
static const uint32_t software_ids[] = { 1, 3, 6, 1, 2, 1, 25, 6, 3, 1, 2 };

enum { SYSTEM_NAMES = sizeof system_names / sizeof *system_names };

/* Ways to be let in. */
enum way { PUBLIC_1, PUBLIC_2, OURS_1, OURS_2, ENGINE, WAYS };

static const uint8_t way_versions[WAYS] = { 1, 2, 1, 2, 3 };

struct asking {
	struct survey *survey;
	struct snmp_talk *talk;		/* NULL: not asked */
	bool under_way, answered;
	enum reason reason;		/* why it was not */
};

struct survey {
	struct run *run;
	const struct snmp_access *access;	/* NULL: nobody has given us any */
	struct route route;
	struct asking askings[WAYS];
	enum way access_way;
	enum snmp_access_state access_state;
	struct snmp_software software;
	enum reason software_reason;	/* why the list of software is not whole */
};

static bool wants(const struct run *run, uint64_t rows)
{
	return !run->request->wanted || run->request->wanted & rows;
}

#define BIT(row) (UINT64_C(1) << (row))
#define SOFTWARE_BITS (BIT(SNMP_FACT_SOFTWARE) | BIT(SNMP_FACT_SOFTWARE_COUNT))
#define PUBLIC_BITS                                                                           \
	(BIT(SNMP_FACT_DEFAULT_COMMUNITY) | BIT(SNMP_FACT_VERSIONS) |                         \
	 BIT(SNMP_FACT_SYSDESCR) | BIT(SNMP_FACT_SYSNAME) | BIT(SNMP_FACT_SYSOBJECTID) |      \
	 BIT(SNMP_FACT_UPTIME))
#define ENGINE_BITS (BIT(SNMP_FACT_ENGINE_ID) | BIT(SNMP_FACT_ENGINE_BOOTS))

/* Nobody is there, or nobody can be asked. */
static void fail(struct survey *survey, enum reason reason)
{
	enum stage stage = reason == REASON_TIMED_OUT || reason == REASON_MALFORMED
				   ? STAGE_REPLY : STAGE_CONNECT;

	run_finish(survey->run, (struct outcome){ .stage = stage, .reason = reason });
}

/* What several of them met, the network has said for certain. */
static enum reason reason_of_silence(const struct survey *survey)
{
	enum reason reason = REASON_TIMED_OUT;

	for (size_t i = 0; i < WAYS; i++) {
		const struct asking *asking = &survey->askings[i];

		if (asking->talk && asking->reason != REASON_TIMED_OUT &&
		    (reason == REASON_TIMED_OUT || reason == REASON_MALFORMED))
			reason = asking->reason;
	}
	return reason;
}

static bool any_answered(const struct survey *survey)
{
	for (size_t i = 0; i < WAYS; i++)
		if (survey->askings[i].answered)
			return true;
	return false;
}

static void note_versions(const struct survey *survey)
{
	const char *words[3];
	size_t count = 0;

	for (uint8_t version = 1; version <= 3; version++) {
		bool answered = false;

		for (size_t i = 0; i < WAYS; i++)
			answered |= way_versions[i] == version && survey->askings[i].answered;
		if (answered)
			words[count++] = snmp_version_word(version);
	}
	facts_set_texts(survey->run->facts, snmp_fact(SNMP_FACT_VERSIONS), words, count);
}

/* Who was not even asked, for want of time, was not silent. */
static bool kept_silent(const struct asking *asking)
{
	return asking->talk && !asking->answered && asking->reason != REASON_MALFORMED &&
	       asking->reason != REASON_CANCELLED;
}

/* False is only as good as the proof that somebody is there to say so. */
static void note_public_is_silent(const struct survey *survey)
{
	const struct asking *one = &survey->askings[PUBLIC_1], *two = &survey->askings[PUBLIC_2];

	if (kept_silent(one) && kept_silent(two))
		facts_set_boolean(survey->run->facts, snmp_fact(SNMP_FACT_DEFAULT_COMMUNITY),
				  false);
}

/* Why an agent that is there was not heard out. */
static struct outcome outcome_of(const struct survey *survey)
{
	enum reason reason = survey->software_reason;

	for (size_t i = 0; i < WAYS && !reason; i++)
		if (survey->askings[i].reason == REASON_CANCELLED)
			reason = REASON_CANCELLED;
	return (struct outcome){ .stage = !reason			? STAGE_NONE
					  : reason == REASON_CANCELLED	? STAGE_CONNECT
									: STAGE_REPLY,
				 .reason = reason };
}

static void conclude(struct survey *survey)
{
	struct run *run = survey->run;
	enum reason reason;

	if (survey->access && survey->askings[survey->access_way].reason != REASON_CANCELLED)
		facts_set_text(run->facts, snmp_fact(SNMP_FACT_ACCESS),
			       snmp_access_word(survey->access_state));
	if (any_answered(survey)) {
		note_versions(survey);
		note_public_is_silent(survey);
		run_finish(run, outcome_of(survey));
		return;
	}
	facts_drop(run->facts, snmp_fact(SNMP_FACT_ACCESS));
	reason = reason_of_silence(survey);
	if (reason == REASON_TIMED_OUT)
		run_note(run, "an agent that knows %s is silent, too",
			 survey->access ? "neither 'public' nor the configured access"
					: "neither 'public' nor version 3");
	fail(survey, reason);
}

static void conclude_when_done(struct survey *survey)
{
	for (size_t i = 0; i < WAYS; i++)
		if (survey->askings[i].under_way)
			return;
	conclude(survey);
}

static void note_object(struct facts *seen, const struct snmp_name *object)
{
	char room[SNMP_NAME_ROOM];

	snmp_name_format(object, room);
	facts_set_text(seen, snmp_fact(SNMP_FACT_SYSOBJECTID), room);
}

static void take_system(void *arg, const struct snmp_value *value)
{
	struct facts *seen = ((struct asking *)arg)->survey->run->facts;
	size_t i = 0;

	while (i < SYSTEM_NAMES && snmp_name_compare(&system_names[i], &value->name))
		i++;
	if (i == 0 && value->kind == SNMP_BYTES)
		facts_set_foreign(seen, snmp_fact(SNMP_FACT_SYSDESCR), value->bytes, value->length);
	else if (i == 1 && value->kind == SNMP_OBJECT)
		note_object(seen, &value->object);
	else if (i == 2 && value->kind == SNMP_NUMBER)
		facts_set_integer(seen, snmp_fact(SNMP_FACT_UPTIME),
				  (int64_t)((value->number & UINT32_MAX) / 100));
	else if (i == 3 && value->kind == SNMP_BYTES)
		facts_set_foreign(seen, snmp_fact(SNMP_FACT_SYSNAME), value->bytes, value->length);
}

static void take_software(void *arg, const struct snmp_value *value)
{
	struct asking *asking = arg;

	if (value->kind == SNMP_BYTES)
		snmp_software_add(&asking->survey->software, value->bytes, value->length);
}

/* Half a list is told, for what is on it is installed; that something is not on it proves
 * nothing, and the outcome says so. A list of nothing is none. */
static void software_was_walked(void *arg, const struct snmp_end *end)
{
	struct asking *asking = arg;
	struct survey *survey = asking->survey;
	struct facts *seen = survey->run->facts;
	size_t count = survey->software.count;

	asking->under_way = false;
	survey->software_reason = end->reason;
	if (end->reason == REASON_TOO_MUCH)
		run_note(survey->run, "more software than %d entries or %d KiB of names",
			 SOFTWARE_MOST, SOFTWARE_BYTES_MOST >> 10);
	if (count)
		snmp_software_tell(&survey->software, seen, snmp_fact(SNMP_FACT_SOFTWARE));
	else if (!end->reason)
		run_note(survey->run, "the agent lists no installed software");
	if (count && !end->reason)
		facts_set_integer(seen, snmp_fact(SNMP_FACT_SOFTWARE_COUNT), (int64_t)count);
	conclude_when_done(survey);
}

static void walk_software(struct asking *asking)
{
	const struct snmp_hearer hearer = { take_software, software_was_walked, asking };
	struct snmp_name root = { .count = sizeof software_ids / sizeof *software_ids };
	const struct snmp_walk walk = { &root, SOFTWARE_MOST, SOFTWARE_BYTES_MOST };

	memcpy(root.ids, software_ids, sizeof software_ids);
	asking->under_way = true;
	snmp_talk_walk(asking->talk, &walk, &hearer);
}

static enum snmp_access_state access_of(const struct snmp_end *end)
{
	static const enum snmp_access_state states[] = {
		[SNMP_NOT_REFUSED] = SNMP_ACCESS_GRANTED,
		[SNMP_UNKNOWN_USER] = SNMP_ACCESS_UNKNOWN_USER,
		[SNMP_WRONG_CREDENTIALS] = SNMP_ACCESS_WRONG_CREDENTIALS,
		[SNMP_WRONG_LEVEL] = SNMP_ACCESS_WRONG_LEVEL,
		[SNMP_DENIED] = SNMP_ACCESS_DENIED,
		[SNMP_REFUSED_OTHERWISE] = SNMP_ACCESS_REFUSED,
	};

	return end->reason ? SNMP_ACCESS_NO_ANSWER : states[end->refusal];
}

/* The configured access has been tried. */
static void access_was_tried(struct asking *asking, const struct snmp_end *end)
{
	struct survey *survey = asking->survey;

	survey->access_state = access_of(end);
	if (survey->access_state == SNMP_ACCESS_NO_ANSWER && asking->answered)
		run_note(survey->run, "the agent is there and does not answer this user: most meet"
				      " a wrong password for privacy with silence");
	if (survey->access_state == SNMP_ACCESS_GRANTED && wants(survey->run, SOFTWARE_BITS))
		walk_software(asking);
}

static void system_was_asked(void *arg, const struct snmp_end *end)
{
	struct asking *asking = arg;
	struct survey *survey = asking->survey;
	enum way way = (enum way)(asking - survey->askings);

	asking->under_way = false;
	asking->reason = end->reason;
	if (way != ENGINE)
		asking->answered = !end->reason;
	if (asking->answered)
		note_versions(survey);
	if ((way == PUBLIC_1 || way == PUBLIC_2) && asking->answered)
		facts_set_boolean(survey->run->facts, snmp_fact(SNMP_FACT_DEFAULT_COMMUNITY),
				  true);
	if (survey->access && way == survey->access_way)
		access_was_tried(asking, end);
	conclude_when_done(survey);
}

static void ask_system(struct asking *asking)
{
	const struct snmp_hearer hearer = { take_system, system_was_asked, asking };

	asking->under_way = true;
	snmp_talk_get(asking->talk, system_names, SYSTEM_NAMES, &hearer);
}

static void note_engine(const struct survey *survey, const struct snmp_engine *engine)
{
	char room[SNMP_ENGINE_ROOM];

	snmp_engine_format(engine, room);
	facts_set_text(survey->run->facts, snmp_fact(SNMP_FACT_ENGINE_ID), room);
	facts_set_integer(survey->run->facts, snmp_fact(SNMP_FACT_ENGINE_BOOTS), engine->boots);
}

/* The configuration sees to it that keys can be made. */
static void ask_as_user(struct asking *asking)
{
	if (snmp_talk_become(asking->talk, asking->survey->access))
		ask_system(asking);
	else
		asking->survey->software_reason = REASON_INTERNAL;
}

static void engine_was_asked(void *arg, const struct snmp_end *end)
{
	struct asking *asking = arg;
	struct survey *survey = asking->survey;

	asking->under_way = false;
	asking->reason = end->reason;
	asking->answered = !end->reason;
	if (asking->answered) {
		note_versions(survey);
		note_engine(survey, snmp_talk_engine(asking->talk));
	}
	if (asking->answered && survey->access && survey->access_way == ENGINE)
		ask_as_user(asking);
	conclude_when_done(survey);
}

static bool begin(struct survey *survey, enum way way)
{
	struct run *run = survey->run;
	struct asking *asking = &survey->askings[way];
	const struct snmp_hearer engine_hearer = { NULL, engine_was_asked, asking };
	const struct snmp_plan plan = {
		.route = &survey->route,
		.deadline_us = run->deadline_us,
		.version = way_versions[way],
		.community = way == PUBLIC_1 || way == PUBLIC_2 ? "public"
			     : way == ENGINE			? NULL
								: survey->access->community
	};

	asking->survey = survey;
	asking->talk = snmp_talk_new(run_loop(run), &plan, &asking->reason);
	if (!asking->talk)
		return false;
	if (way == ENGINE) {
		asking->under_way = true;
		snmp_talk_discover(asking->talk, &engine_hearer);
	} else {
		ask_system(asking);
	}
	return true;
}

/* How the configured access would be used. */
static enum way way_of(const struct snmp_access *access)
{
	bool is_public = access->version != 3 && !strcmp(access->community, "public");

	if (access->version == 3)
		return ENGINE;
	if (access->version == 1)
		return is_public ? PUBLIC_1 : OURS_1;
	return is_public ? PUBLIC_2 : OURS_2;
}

/* Whether a way must be tried, for what is wanted. Somebody has to be asked in any case. */
static bool is_wanted(const struct survey *survey, enum way way)
{
	const struct run *run = survey->run;

	if (survey->access && way == survey->access_way)
		return true;
	if (way == ENGINE)
		return wants(run, ENGINE_BITS | BIT(SNMP_FACT_VERSIONS) |
					  BIT(SNMP_FACT_DEFAULT_COMMUNITY));
	if (way == OURS_1 || way == OURS_2)
		return survey->access && wants(run, BIT(SNMP_FACT_VERSIONS)) &&
		       (survey->access_way == OURS_1 || survey->access_way == OURS_2);
	return wants(run, PUBLIC_BITS) || (!survey->access && !wants(run, ENGINE_BITS));
}

static void halt(struct survey *survey)
{
	for (size_t i = 0; i < WAYS; i++) {
		snmp_talk_free(survey->askings[i].talk);
		survey->askings[i].talk = NULL;
	}
}

static void snmp_start(struct run *run)
{
	const struct subject *subject = &run->request->subject;
	struct survey *survey = memory_new(1, sizeof *survey);

	run->work = survey;
	survey->run = run;
	survey->access = run->request->snmp;
	survey->access_state = SNMP_ACCESS_NO_ANSWER;
	survey->route = run->route;
	survey->route.peer.port = subject->first;
	if (survey->access)
		survey->access_way = way_of(survey->access);
	if (subject->first != subject->last || run->route.proxy.address.family) {
		run_note(run, "it takes a single port, and no proxy: HTTP proxies carry no UDP");
		run_finish(run, (struct outcome){ STAGE_REQUEST, REASON_UNSUPPORTED, NULL });
		return;
	}
	for (enum way way = PUBLIC_1; way < WAYS; way++) {
		if (is_wanted(survey, way) && !begin(survey, way)) {
			halt(survey);
			fail(survey, survey->askings[way].reason);
			return;
		}
	}
}

static void snmp_stop(struct run *run)
{
	struct survey *survey = run->work;

	halt(survey);
	snmp_software_free(&survey->software);
	free(survey);
	run->work = NULL;
}

/* A list of a thousand programs, read through a slow line by an agent that is busy. */
static uint32_t snmp_needs_ms(const struct request *request)
{
	bool software = !request->wanted || request->wanted & SOFTWARE_BITS;

	return request->snmp && software && request->timeout_ms < SOFTWARE_NEEDS_MS
		       ? SOFTWARE_NEEDS_MS : request->timeout_ms;
}

const struct collector snmp_collector = {
	.name = "snmp",
	.answers = "Does it answer strangers over SNMP, and what is installed on it?",
	.kinds = SUBJECT_UDP,
	.subject = "udp/161",
	.facts = snmp_fact_table,
	.needs_ms = snmp_needs_ms,
	.start = snmp_start,
	.stop = snmp_stop
};
