/* SPDX-License-Identifier: Apache-2.0
 *
 * hold_many COUNT SECONDS COLLECTOR SUBJECT COLLECTOR SUBJECT...: lets real probers look at
 * COUNT addresses of 127.1.0.0/16 at once, in turn with each pair but the first, each for at
 * most SECONDS; and meanwhile, ten times a second, with the first pair at 127.0.0.1. Prints what
 * that cost: KiB of the probers' own memory for each that was held, when they held most, how
 * late the last one ended, and how the healthy one fared.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/ipc/crew.h"
#include "collectors/collector.h"
#include "ground/clock.h"
#include "ground/memory.h"

/* Behind the deadline of the last; by then all must have ended. */
#define END_AFTER_US (2 * CLOCK_SECOND)

enum { PAIRS_MOST = 16, PROBERS = 2, HEALTHY_EVERY_MS = 100,
	AT_ONCE = 50, A_SECOND = 1000 };

struct held {
	struct request request;
	char host[sizeof "127.1.255.255"];
	int64_t begun_us;
	struct holding *holding;
};

struct holding {
	struct loop *loop;
	struct crew *crew;
	size_t count, ended, observed;
	int64_t latest_us;		/* behind the deadline; INT64_MIN: none has ended */
	struct held *held;
	struct request healthy;
	int64_t healthy_begun_us, slowest_us;
	size_t healthy_looks, healthy_failures;
	bool healthy_under_way, closing;
	struct timer again;
	uint32_t turn;
};

static void held_has_ended(void *arg, struct observation *observation)
{
	struct held *held = arg;
	struct holding *holding = held->holding;
	int64_t late_us = clock_monotonic_us() - held->begun_us -
			  held->request.timeout_ms * CLOCK_MILLISECOND;

	if (late_us > holding->latest_us)
		holding->latest_us = late_us;
	holding->ended++;
	holding->observed += observation->outcome.reason == REASON_NONE;
	observation_free(observation);
}

static void healthy_has_come(void *arg, struct observation *observation)
{
	struct holding *holding = arg;
	int64_t took_us = clock_monotonic_us() - holding->healthy_begun_us;

	if (took_us > holding->slowest_us)
		holding->slowest_us = took_us;
	holding->healthy_looks++;
	if (observation->outcome.reason != REASON_NONE) {
		holding->healthy_failures++;
		fprintf(stderr, "the healthy one: %s at %s\n",
			reason_word(observation->outcome.reason),
			stage_word(observation->outcome.stage));
	}
	holding->healthy_under_way = false;
	observation_free(observation);
}

static void look_at_healthy(void *arg)
{
	struct holding *holding = arg;

	if (holding->closing)
		return;
	if (!holding->healthy_under_way) {
		holding->healthy_under_way = true;
		holding->healthy_begun_us = clock_monotonic_us();
		crew_observe(holding->crew, holding->turn++ % PROBERS, &holding->healthy,
			     healthy_has_come, holding);
	}
	timer_start(&holding->again, holding->loop,
		    clock_monotonic_us() + HEALTHY_EVERY_MS * CLOCK_MILLISECOND,
		    look_at_healthy, holding);
}

static long smaps_private_kib(long pid)
{
	char name[64], line[256];
	long total = 0, kib;
	FILE *file;

	snprintf(name, sizeof name, "/proc/%ld/smaps_rollup", pid);
	file = fopen(name, "r");
	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "Private_Dirty: %ld kB", &kib) == 1)
			total += kib;
	if (file)
		fclose(file);
	return total;
}

/* Of all our children: the probers. */
static long memory_kib(void)
{
	FILE *file = fopen("/proc/thread-self/children", "r");
	long total = 0, pid;

	while (file && fscanf(file, "%ld", &pid) == 1)
		total += smaps_private_kib(pid);
	if (file)
		fclose(file);
	return total;
}

static bool read_request(const char *collector, const char *subject, char *room,
			 uint32_t timeout_ms, struct request *request)
{
	const char *why;

	*request = (struct request){ .collector = collector_named(collector),
				     .host = "127.0.0.1", .family = 4,
				     .timeout_ms = timeout_ms };
	if (request->collector &&
	    subject_parse(subject, request->collector->kinds, room, &request->subject, &why))
		return true;
	fprintf(stderr, "hold_many: %s %s?\n", collector, subject);
	return false;
}

static void turn_for(struct holding *holding, int64_t us)
{
	int64_t until_us = clock_monotonic_us() + us;

	while (clock_monotonic_us() < until_us)
		loop_turn(holding->loop, 20 * CLOCK_MILLISECOND);
}

static void begin(struct holding *holding, const struct request *kinds, size_t kind_count)
{
	holding->held = memory_new(holding->count, sizeof *holding->held);
	for (size_t i = 0; i < holding->count; i++) {
		struct held *held = &holding->held[i];

		held->request = kinds[i % kind_count];
		held->holding = holding;
		held->begun_us = clock_monotonic_us();
		snprintf(held->host, sizeof held->host, "127.1.%zu.%zu", i / 250 % 250,
			 i % 250 + 1);
		held->request.host = held->host;
		crew_observe(holding->crew, (uint32_t)i % PROBERS, &held->request,
			     held_has_ended, held);
		if (i % AT_ONCE == AT_ONCE - 1)
			turn_for(holding, AT_ONCE * CLOCK_SECOND / A_SECOND);
	}
}

static void hold(struct holding *holding, const struct request *kinds, size_t kind_count)
{
	long before_kib, most_kib = 0, kib;
	int64_t end_us;
	size_t held;

	look_at_healthy(holding);
	turn_for(holding, 2 * CLOCK_SECOND);
	before_kib = memory_kib();
	begin(holding, kinds, kind_count);
	held = holding->count - holding->ended;
	end_us = clock_monotonic_us() + kinds[0].timeout_ms * CLOCK_MILLISECOND + END_AFTER_US;
	while (clock_monotonic_us() < end_us) {
		turn_for(holding, CLOCK_SECOND);
		kib = memory_kib();
		if (kib > most_kib)
			most_kib = kib;
	}
	printf("held %zu\n", held);
	printf("kib_each %.1f\n", (double)(most_kib - before_kib) / (double)holding->count);
	printf("mib_all %ld\n", most_kib / 1024);
	holding->closing = true;
	turn_for(holding, 500 * CLOCK_MILLISECOND);
	timer_stop(&holding->again);
	printf("ended %zu\nobserved %zu\n", holding->ended, holding->observed);
	printf("late_ms %lld\n", (long long)(holding->latest_us / CLOCK_MILLISECOND));
	printf("healthy_looks %zu\nhealthy_failures %zu\nhealthy_slowest_ms %lld\n",
	       holding->healthy_looks, holding->healthy_failures,
	       (long long)(holding->slowest_us / CLOCK_MILLISECOND));
}

int main(int argc, char **argv)
{
	struct prober_settings settings = { .program = getenv("UCPOSTURE") };
	struct holding holding = { .latest_us = INT64_MIN };
	char rooms[PAIRS_MOST + 1][SUBJECT_ROOM];
	struct request kinds[PAIRS_MOST];
	size_t kind_count = 0;
	uint32_t timeout_ms;

	if (argc < 7 || argc % 2 == 0 || argc > 5 + 2 * PAIRS_MOST) {
		fputs("usage: hold_many COUNT SECONDS COLLECTOR SUBJECT COLLECTOR SUBJECT...\n",
		      stderr);
		return EXIT_FAILURE;
	}
	holding.count = strtoul(argv[1], NULL, 10);
	timeout_ms = (uint32_t)strtoul(argv[2], NULL, 10) * 1000;
	if (!read_request(argv[3], argv[4], rooms[PAIRS_MOST], timeout_ms, &holding.healthy))
		return EXIT_FAILURE;
	for (int i = 5; i < argc; i += 2, kind_count++)
		if (!read_request(argv[i], argv[i + 1], rooms[kind_count], timeout_ms,
				  &kinds[kind_count]))
			return EXIT_FAILURE;
	holding.loop = loop_new();
	holding.crew = crew_new(holding.loop, PROBERS, &settings);
	hold(&holding, kinds, kind_count);
	crew_forget(holding.crew);
	crew_free(holding.crew);
	loop_free(holding.loop);
	free(holding.held);
	return EXIT_SUCCESS;
}
