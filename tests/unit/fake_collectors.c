/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/fake_collectors.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/memory.h"

static unsigned starts, stops;

static const struct fact_descriptor columns[] = {
	[FAKE_PID] = { .name = "pid", .type = FACT_INTEGER },
	[FAKE_TRUTH] = { .name = "truth", .type = FACT_BOOLEAN },
	[FAKE_REAL] = { .name = "real", .type = FACT_REAL },
	[FAKE_TIME] = { .name = "time", .type = FACT_TIME },
	[FAKE_TEXT] = { .name = "text", .type = FACT_TEXT },
	[FAKE_TEXTS] = { .name = "texts", .type = FACT_TEXTS },
	[FAKE_NUMBERS] = { .name = "numbers", .type = FACT_NUMBERS },
	{ .name = NULL },
};

static const struct fact_descriptor facts[] = {
	[FAKE_PID] = { .name = "fake.pid", .type = FACT_INTEGER },
	[FAKE_TRUTH] = { .name = "fake.truth", .type = FACT_BOOLEAN },
	[FAKE_REAL] = { .name = "fake.real", .type = FACT_REAL },
	[FAKE_TIME] = { .name = "fake.time", .type = FACT_TIME },
	[FAKE_TEXT] = { .name = "fake.text", .type = FACT_TEXT },
	[FAKE_TEXTS] = { .name = "fake.texts", .type = FACT_TEXTS },
	[FAKE_NUMBERS] = { .name = "fake.numbers", .type = FACT_NUMBERS },
	[FAKE_RECORDS] = { .name = "fake.records", .type = FACT_RECORDS, .columns = columns },
	{ .name = NULL },
};

static const struct fact_descriptor no_facts[] = { { .name = NULL } };

struct wait {
	struct timer timer;
};

static void finish_well(void *arg)
{
	struct run *run = arg;

	facts_set_integer(run->facts, &facts[FAKE_PID], getpid());
	run_finish(run, (struct outcome){ .reason = REASON_NONE });
}

static void echo_start(struct run *run)
{
	starts++;
	facts_set_text(run->facts, &facts[FAKE_TEXT],
		       run->request->authorities ? run->request->authorities : "hello");
	finish_well(run);
}

static void later_start(struct run *run)
{
	struct wait *wait = run->work = memory_new(1, sizeof *wait);

	starts++;
	timer_start(&wait->timer, run_loop(run),
		    clock_monotonic_us() + run->request->subject.first * CLOCK_MILLISECOND,
		    finish_well, run);
}

static void never_start(struct run *run)
{
	starts++;
	run->work = memory_new(1, sizeof(struct wait));
	facts_set_boolean(run->facts, &facts[FAKE_TRUTH], true);
	run_note(run, "said \x1b[31m%s", "nothing");
}

static int64_t own_cpu_us(void)
{
	struct timespec spent;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
	return spent.tv_sec * CLOCK_SECOND + spent.tv_nsec / 1000;
}

static void spin_start(struct run *run)
{
	int64_t end_us = own_cpu_us() + run->request->subject.first * CLOCK_MILLISECOND;

	starts++;
	while (own_cpu_us() < end_us)
		continue;
	finish_well(run);
}

static void crash_start(struct run *run)
{
	(void)run;
	abort();
}

static void fake_stop(struct run *run)
{
	struct wait *wait = run->work;

	stops++;
	if (wait)
		timer_stop(&wait->timer);
	free(wait);
}

static const struct collector fakes[] = {
	{ .name = "echo", .kinds = SUBJECT_TCP | SUBJECT_URL, .facts = facts,
	  .start = echo_start, .stop = fake_stop },
	{ .name = "later", .kinds = SUBJECT_TCP, .facts = no_facts,
	  .start = later_start, .stop = fake_stop },
	{ .name = "never", .kinds = SUBJECT_TCP, .facts = no_facts,
	  .start = never_start, .stop = fake_stop },
	{ .name = "spin", .kinds = SUBJECT_TCP, .facts = no_facts,
	  .start = spin_start, .stop = fake_stop },
	{ .name = "crash", .kinds = SUBJECT_TCP, .facts = no_facts,
	  .start = crash_start, .stop = fake_stop },
	{ .name = "inside", .kinds = SUBJECT_TCP, .facts = facts, .looks_inside = true,
	  .start = echo_start, .stop = fake_stop },
	{ .name = "fetching", .kinds = SUBJECT_TCP, .facts = facts, .fetches = true,
	  .start = echo_start, .stop = fake_stop },
	{ .name = "inside_crash", .kinds = SUBJECT_TCP, .facts = no_facts, .looks_inside = true,
	  .start = crash_start, .stop = fake_stop },
};

enum { FAKES = sizeof fakes / sizeof *fakes };

const struct collector *collector_at(size_t index)
{
	return index < FAKES ? &fakes[index] : NULL;
}

size_t collector_index(const struct collector *collector)
{
	return (size_t)(collector - fakes);
}

const struct collector *collector_named(const char *name)
{
	for (size_t i = 0; i < FAKES; i++)
		if (!strcmp(fakes[i].name, name))
			return &fakes[i];
	return NULL;
}

/* All facts are those of the first. */
const struct fact_descriptor *fact_at(uint8_t collector, uint8_t row)
{
	return collector == 0 && row <= FAKE_RECORDS ? &facts[row] : NULL;
}

bool fact_place(const struct fact_descriptor *about, uint8_t *collector, uint8_t *row)
{
	*collector = 0;
	*row = (uint8_t)(about - facts);
	return true;
}

const struct fact_descriptor *fact_named(const char *name)
{
	for (size_t i = 0; facts[i].name; i++)
		if (!strcmp(facts[i].name, name))
			return &facts[i];
	return NULL;
}

const char *const *collector_names(void)
{
	static const char *const names[] = { "echo", "later", "never", "spin", "crash", "inside",
					     "fetching", "inside_crash", NULL };

	return names;
}

const char *const *fact_names(void)
{
	static const char *const names[] = { NULL };

	return names;
}

const struct fact_descriptor *fake_fact(enum fake_fact which)
{
	return &facts[which];
}

const struct fact_descriptor *fake_column(enum fake_fact which)
{
	return &columns[which];
}

struct request fake_request(const char *collector, unsigned port, const char *text)
{
	return (struct request){
		.collector = collector_named(collector),
		.subject = { .kind = SUBJECT_TCP, .first = (uint16_t)port,
			     .last = (uint16_t)port, .text = text },
		.host = "127.0.0.1",
		.family = 4,
		.timeout_ms = 5000,
	};
}

unsigned fake_starts(void)
{
	return starts;
}

unsigned fake_stops(void)
{
	return stops;
}
