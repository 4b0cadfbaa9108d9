/* SPDX-License-Identifier: Apache-2.0
 *
 * look_many COLLECTOR SUBJECT ADDRESS COUNT [FACT...]: observes it COUNT times, one after
 * another, in one process; prints the CPU time and the wall time of one look in microseconds,
 * and then what the last one saw. With FACTs only those are asked for. Behind an IPv4
 * address +N stands for so many addresses, looked at in turn.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "collectors/collector.h"
#include "collectors/run.h"
#include "ground/clock.h"
#include "ground/memory.h"

static void see(void *arg, struct observation *observation)
{
	*(struct observation **)arg = observation;
}

static struct observation *look(struct loop *loop, struct runner *runner,
				const struct request *request)
{
	struct observation *seen = NULL;

	runner_start(runner, arena_new(), request, see, &seen);
	while (!seen)
		loop_turn(loop, CLOCK_SECOND);
	return seen;
}

static int64_t cpu_us(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * CLOCK_SECOND +
	       used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

static void print(const struct observation *seen, const struct request *request)
{
	struct text text = { 0 };
	struct json json;

	json_begin(&json, &text, false);
	observation_to_json(seen, request, &json, NULL);
	puts(text_string(&text));
	text_free(&text);
}

static bool read_wanted(char **names, const struct collector *collector, uint64_t *wanted)
{
	for (; *names; names++) {
		const struct fact_descriptor *fact = collector->facts;
		unsigned row = 0;

		while (fact[row].name && strcmp(fact[row].name, *names))
			row++;
		if (!fact[row].name)
			return false;
		*wanted |= UINT64_C(1) << row;
	}
	return true;
}

enum { HOSTS_MOST = 1000, HOST_ROOM = 16 };

/* "127.78.0.1+1000": fills the rooms and says how many; "::1": one. */
static long read_hosts(const char *word, char hosts[HOSTS_MOST][HOST_ROOM])
{
	unsigned a, b, c, d;
	long count = 1;

	if (sscanf(word, "%u.%u.%u.%u+%ld", &a, &b, &c, &d, &count) == 5 && count > 0 &&
	    count <= HOSTS_MOST) {
		for (long i = 0; i < count; i++)
			snprintf(hosts[i], HOST_ROOM, "%u.%u.%u.%u", a & 255, b & 255,
				 (c + (unsigned)i / 250) & 255, (d + (unsigned)i % 250) & 255);
		return count;
	}
	snprintf(hosts[0], HOST_ROOM, "%s", word);
	return 1;
}

int main(int argc, char **argv)
{
	static char hosts[HOSTS_MOST][HOST_ROOM];
	enum { COLLECTOR = 1, SUBJECT, ADDRESS, COUNT, FACTS };
	const struct collector *collector = argc > COUNT ? collector_named(argv[COLLECTOR]) : NULL;
	long count = argc > COUNT ? strtol(argv[COUNT], NULL, 10) : 0;
	struct request request = { .timeout_ms = 30000 };
	const struct resolver_settings settings = { .hosts_file = NULL };
	char subject[SUBJECT_ROOM];
	struct address address;
	const char *why;
	long host_count = argc > COUNT ? read_hosts(argv[ADDRESS], hosts) : 0;

	if (count < 1 || !collector || !address_parse(hosts[0], &address) ||
	    !subject_parse(argv[SUBJECT], collector->kinds, subject, &request.subject, &why) ||
	    !read_wanted(argv + FACTS, collector, &request.wanted)) {
		fprintf(stderr, "usage: look_many COLLECTOR SUBJECT ADDRESS COUNT [FACT...]\n");
		return 3;
	}
	request.collector = collector;
	request.host = hosts[0];
	request.family = address.family;

	struct loop *loop = loop_new();
	struct resolver *resolver = resolver_new(loop, &settings);
	struct runner *runner = runner_new(loop, resolver);
	struct observation *seen = look(loop, runner, &request);
	int64_t began_us = clock_monotonic_us(), used_us = cpu_us();

	for (long i = 0; i < count; i++) {
		observation_free(seen);
		request.host = hosts[i % host_count];
		seen = look(loop, runner, &request);
	}
	used_us = cpu_us() - used_us;
	began_us = clock_monotonic_us() - began_us;
	printf("%.1f %.1f\n", (double)used_us / (double)count, (double)began_us / (double)count);
	print(seen, &request);
	int code = seen->outcome.reason == REASON_NONE ? 0 : 1;

	observation_free(seen);
	runner_free(runner);
	resolver_free(resolver);
	loop_free(loop);
	return code;
}
