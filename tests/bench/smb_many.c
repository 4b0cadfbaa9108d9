/* SPDX-License-Identifier: Apache-2.0
 *
 * smb_many ADDRESS COUNT: looks at the SMB server there COUNT times, one after another, in
 * one process; prints the CPU time and the wall time of one look in microseconds, and then
 * what the last one saw.
 */
#include <stdio.h>
#include <stdlib.h>
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

int main(int argc, char **argv)
{
	long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	struct request request = {
		.subject = { .kind = SUBJECT_TCP, .first = 445, .last = 445, .text = "tcp/445" },
		.timeout_ms = 10000
	};
	const struct resolver_settings settings = { .hosts_file = NULL };
	struct address address;

	if (count < 1 || !address_parse(argv[1], &address)) {
		fprintf(stderr, "usage: smb_many ADDRESS COUNT\n");
		return 3;
	}
	request.collector = collector_named("smb");
	request.host = argv[1];
	request.family = address.family;

	struct loop *loop = loop_new();
	struct resolver *resolver = resolver_new(loop, &settings);
	struct runner *runner = runner_new(loop, resolver);
	struct observation *seen = look(loop, runner, &request);
	int64_t began_us = clock_monotonic_us(), used_us = cpu_us();

	for (long i = 0; i < count; i++) {
		observation_free(seen);
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
