/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/oracle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"
#include "tests/sim/disk.h"
#include "tests/sim/disk_look.h"
#include "tests/sim/oracle_parts.h"

static struct oracle oracle;

struct oracle *oracle_itself(void)
{
	return &oracle;
}

void oracle_begin(struct keeper *keeper)
{
	oracle_end();
	oracle.keeper = keeper;
	oracle.wall_day = world_moment().wall_us / DAY;
}

void oracle_end(void)
{
	free(oracle.notes);
	memset(&oracle, 0, sizeof oracle);
}

struct oracle_sums oracle_sums(void)
{
	return oracle.sums;
}

/* --- events ------------------------------------------------------------------------------- */

const struct note *oracle_note(uint64_t number)
{
	size_t low = 0, high = oracle.note_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (oracle.notes[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < oracle.note_count && oracle.notes[low].number == number
		       ? &oracle.notes[low]
		       : NULL;
}

struct known *oracle_known_of(int system, int subject)
{
	for (size_t i = 1; i < KNOWN_MOST; i++)
		if (oracle.known[i].name[0] && oracle.known[i].system == system &&
		    oracle.known[i].subject == subject)
			return &oracle.known[i];
	return NULL;
}

/* "tls/tcp-443/web" of "pbx2" */
static void place_known(struct known *known)
{
	const char *port = strstr(known->name, "tcp-");

	known->system = -1;
	known->subject = -1;
	if (sscanf(known->target, "pbx%d", &known->system) != 1)
		return;
	known->subject = PRESENCE;
	if (port)
		known->subject = (int)town_place_of(&oracle.keeper->town,
						    oracle.keeper->town.systems[0].address,
						    (unsigned)strtoul(port + 4, NULL, 10))
					 .rule;
}

/* A number stays with its check for ever. */
static struct known *know(const struct event *event)
{
	struct known *known;

	if (event->check >= KNOWN_MOST)
		world_violated("numbers of checks", "%u is not the next one", event->check);
	known = &oracle.known[event->check];
	if (!known->name[0]) {
		for (size_t i = 1; i < KNOWN_MOST; i++)
			if (!strcmp(oracle.known[i].name, event->check_name) &&
			    !strcmp(oracle.known[i].target, event->target_name))
				world_violated("numbers of checks", "%s %s was %zu and is %u",
					       event->target_name, event->check_name, i,
					       event->check);
		snprintf(known->target, sizeof known->target, "%s", event->target_name);
		snprintf(known->name, sizeof known->name, "%s", event->check_name);
		place_known(known);
	}
	if (strcmp(known->name, event->check_name) || strcmp(known->target, event->target_name))
		world_violated("numbers of checks", "%u was %s %s and is %s %s", event->check,
			       known->target, known->name, event->target_name,
			       event->check_name);
	return known;
}

static bool raises(uint8_t kind)
{
	return kind == EVENT_RAISED || kind == EVENT_TARGET_DOWN;
}

static bool clears(uint8_t kind)
{
	return kind == EVENT_CLEARED || kind == EVENT_TARGET_UP;
}

static void apply(struct known *known, const struct note *note)
{
	if (raises(note->kind))
		known->raised = note->number;
	if (clears(note->kind))
		known->raised = 0;
	known->told = note->to;
	known->severity = note->severity;
	known->flaps = note->flaps;
	known->changed_us = note->at_us;
}

/* An alarm is raised, perhaps changed, and cleared, under one number. */
static void check_chain(const struct known *known, const struct event *event)
{
	const char *fault = NULL;

	if (raises(event->kind))
		fault = known->raised			   ? "raised twice"
			: event->alarm != event->number	   ? "an alarm is not its first event"
			: event->to == VERDICT_OK	   ? "raised as ok"
							   : NULL;
	else if (!known->raised)
		fault = "it was not raised";
	else if (event->alarm != known->raised)
		fault = "it is of another alarm";
	else if (clears(event->kind) != (event->to == VERDICT_OK))
		fault = "cleared and ok are one";
	else if (event->kind == EVENT_REMINDED && event->to != event->from)
		fault = "a reminder changes it";
	else if (event->kind == EVENT_CHANGED && event->to == event->from &&
		 event->severity == known->severity && event->flaps == known->flaps)
		fault = "nothing changed";
	if (!fault && event->from != known->told)
		fault = "it was told as something else before";
	if (fault)
		world_violated("one alarm after the other", "event %" PRIu64 " %s %s: %s",
			       event->number, event->target_name, event->check_name, fault);
}

void oracle_recorded(const struct event *event)
{
	static const char *const causes[ALARM_CAUSE_COUNT] = {
		[ALARM_BY_RESULT] = "by a result",
		[ALARM_BY_EXCEPTION] = "by an exception",
		[ALARM_BY_ABSENCE] = "by absence",
		[ALARM_BY_TIME] = "by time",
	};
	uint64_t last = oracle.note_count ? oracle.notes[oracle.note_count - 1].number : 0;
	struct note note = {
		.number = event->number,
		.alarm = event->alarm,
		.check = event->check,
		.kind = event->kind,
		.from = event->from,
		.to = event->to,
		.severity = event->severity,
		.cause = event->cause,
		.flaps = event->flaps,
		.quiet = event->quiet,
		.at_us = world_now_us(),
	};
	struct known *known;

	world_trace("event %" PRIu64 " (alarm %" PRIu64 ") %s %s %s: %s to %s%s%s, %s",
		    event->number, event->alarm, event->target_name,
		    event->check ? event->check_name : event->title,
		    event_kind_word(event->kind), verdict_word(event->from),
		    verdict_word(event->to), event->flaps ? ", flaps" : "",
		    event->quiet ? ", quietly" : "",
		    causes[event->cause]);
	if (event->number <= last || event->number <= oracle.most_told)
		world_violated("numbers of events",
			       "%" PRIu64 " comes after %" PRIu64 ", and %" PRIu64 " was told",
			       event->number, last, oracle.most_told);
	oracle.notes = memory_room_for(oracle.notes, oracle.note_count, &oracle.note_room,
				       sizeof *oracle.notes);
	oracle.notes[oracle.note_count++] = note;
	oracle.sums.events++;
	oracle.sums.storms += event->quiet;
	if (!event->check)
		return;
	known = know(event);
	check_chain(known, event);
	if (known->system >= 0)
		oracle_weigh(known, event);
	if (known->system < 0 && !strcmp(known->name, "agent/memory") && raises(event->kind))
		oracle.lost = false;
	apply(known, &note);
}

void oracle_written(void)
{
	if (oracle.note_count)
		oracle.durable = oracle.notes[oracle.note_count - 1].number;
	oracle.excused = oracle.unmarked = false;
}

/* --- the agent's life --------------------------------------------------------------------- */

void oracle_planned(void)
{
	oracle.occasions++;
	oracle.settled_us = world_now_us();
	for (size_t i = 0; i < SYSTEMS_MOST; i++)
		for (size_t j = 0; j < SUBJECTS; j++)
			oracle.watched[i][j].asked_us = world_now_us();
	oracle_sinks_planned();
}

void oracle_jumped(void)
{
	oracle.occasions++;
	oracle.settled_us = world_now_us();
	for (size_t i = 0; i < SYSTEMS_MOST; i++)
		for (size_t j = 0; j < SUBJECTS; j++)
			oracle.watched[i][j].asked_us = world_now_us();
}

void oracle_ended(bool orderly, bool disk_failed)
{
	oracle.sums.lives++;
	oracle.settled_us = world_now_us();
	oracle.excused = oracle.excused || disk_failed;
	oracle.ask_count = 0;
	oracle_sinks_ended(orderly, disk_failed);
}

static void forget_alarms(void)
{
	for (size_t i = 0; i < KNOWN_MOST; i++) {
		struct known *known = &oracle.known[i];

		known->told = VERDICT_OK;
		known->raised = 0;
		known->flaps = false;
		known->severity = 0;
	}
}

static void check_lost(const struct note *note)
{
	if (note->number <= oracle.durable)
		world_violated("nothing is lost",
			       "event %" PRIu64 " was written and is not on the disk",
			       note->number);
	if (!oracle.excused && note->number <= oracle.most_told)
		world_violated("nothing is lost",
			       "event %" PRIu64 " was told and is not on the disk", note->number);
}

/* What is not on the disk has not happened: then nobody may have been told of it either, unless
 * the disk had failed before. */
void oracle_examine(void)
{
	uint64_t *numbers;
	size_t count = disk_look_events(&numbers), at = 0, kept = 0;

	for (size_t i = 0; i < oracle.note_count; i++) {
		struct note *note = &oracle.notes[i];

		if (at < count && numbers[at] == note->number) {
			at++;
			oracle.notes[kept++] = *note;
		} else {
			check_lost(note);
		}
	}
	if (at < count)
		world_violated("nothing is lost", "event %" PRIu64 " on the disk is of nobody",
			       numbers[at]);
	free(numbers);
	oracle.note_count = kept;
	oracle.durable = kept ? oracle.notes[kept - 1].number : 0;
	oracle.occasions++;
	if (oracle.unmarked) {
		oracle.most_told = oracle.durable;
		oracle_sinks_forget(oracle.durable);
	}
	oracle.unmarked = false;
	forget_alarms();
	for (size_t i = 0; i < kept; i++)
		if (oracle.notes[i].check)
			apply(&oracle.known[oracle.notes[i].check], &oracle.notes[i]);
}

void oracle_lost(void)
{
	oracle.most_told = oracle.note_count ? oracle.notes[oracle.note_count - 1].number
					     : oracle.most_told;
	oracle.note_count = 0;
	oracle.durable = 0;
	oracle.lost = true;
	oracle.lost_us = world_now_us();
	memset(oracle.known, 0, sizeof oracle.known);
	oracle_sinks_lost();
}
