/* SPDX-License-Identifier: Apache-2.0
 *
 * The real engine in a simulated world. See README.md.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ground/log.h"
#include "tests/sim/disk.h"
#include "tests/sim/keeper.h"
#include "tests/sim/oracle.h"
#include "tests/sim/plants.h"
#include "tests/sim/weather.h"
#include "tests/sim/world.h"

/* 2026-11-21, noon. */
#define BEGIN_WALL_US (INT64_C(1795262400) * SECOND)
/* So long it is left alone in the end. */
#define SETTLING_US (12 * HOUR)

enum { USAGE = 2, PLANTED_SEEDS = 40 };

struct order {
	uint64_t first, last;
	int64_t days;
	bool prints, hashes, twice, tests_itself;
	enum plant plant;
};

static bool it_ends;

static void end(void *arg, uint64_t number)
{
	(void)arg;
	(void)number;
	it_ends = true;
}

static void clear_up(void *arg, uint64_t number)
{
	struct keeper *keeper = arg;

	(void)number;
	weather_clear_up();
	oracle_jumped();
	if (!keeper->store)
		keeper_start(keeper);
}

static void look_around(void *arg, uint64_t number)
{
	(void)number;
	oracle_look_around();
	world_later(MINUTE, look_around, arg, 0);
}

/* The agent's turn comes before what else happens at the same time. */
static void live(struct keeper *keeper)
{
	while (!it_ends) {
		int64_t next_us = keeper_next_us(keeper);

		if (next_us <= world_next_us()) {
			world_go(next_us);
			keeper_turn(keeper);
		} else {
			world_step();
			keeper_bury(keeper);
		}
		oracle_look();
	}
}

/* The hash of all that happened. */
static uint64_t run_seed(uint64_t seed, const struct order *order, struct oracle_sums *sums)
{
	static struct keeper keeper;
	struct chance chance;
	uint64_t hash;

	world_begin(seed, order->prints, BEGIN_WALL_US);
	plants_set(order->plant);
	plants_listen(&keeper);
	chance_begin(&chance, seed, 5);
	disk_begin(chance, keeper_boundary, &keeper);
	keeper_begin(&keeper, seed);
	oracle_begin(&keeper);
	weather_begin(&keeper, seed);
	it_ends = false;
	world_later(order->days * DAY, clear_up, &keeper, 0);
	world_later(order->days * DAY + SETTLING_US, end, NULL, 0);
	world_later(MINUTE, look_around, NULL, 0);
	keeper_start(&keeper);
	live(&keeper);
	oracle_settled();
	keeper_end(&keeper);
	hash = world_hash();
	*sums = oracle_sums();
	oracle_end();
	disk_end();
	world_end();
	return hash;
}

/* --- many --------------------------------------------------------------------------------- */

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void add_sums(struct oracle_sums *to, const struct oracle_sums *from)
{
	to->events += from->events;
	to->told += from->told;
	to->told_again += from->told_again;
	to->observations += from->observations;
	to->lives += from->lives;
	to->storms += from->storms;
}

static void say_sums(const struct order *order, const struct oracle_sums *sums, double seconds)
{
	uint64_t seeds = order->last - order->first + 1;
	double days = (double)seeds * ((double)order->days + 0.5);

	printf("sim: seeds %" PRIu64 "-%" PRIu64 ", %.0f simulated days in %.1f CPU seconds"
	       " (%.0f times as fast as life)\n"
	       "sim: %" PRIu64 " observations, %" PRIu64 " events (%" PRIu64 " hidden by storms), "
	       "%" PRIu64 " times told (%" PRIu64 " of them again), %" PRIu64 " lives\n",
	       order->first, order->last, days, seconds, days * 86400 / seconds,
	       sums->observations, sums->events, sums->storms, sums->told, sums->told_again,
	       sums->lives);
}

static void run_seeds(const struct order *order)
{
	struct oracle_sums sums = { 0 }, some;
	double begun = cpu_seconds();

	for (uint64_t seed = order->first; seed <= order->last; seed++) {
		uint64_t hash = run_seed(seed, order, &some);

		add_sums(&sums, &some);
		if (order->hashes)
			printf("%" PRIu64 " %016" PRIx64 "\n", seed, hash);
		if (order->twice && run_seed(seed, order, &some) != hash)
			world_violated("the same seed is the same story",
				       "it was another the second time");
		if (isatty(STDERR_FILENO) && !order->prints)
			fprintf(stderr, "\rsim: seed %" PRIu64 " of %" PRIu64 " ", seed,
				order->last);
	}
	if (!order->plant)
		say_sums(order, &sums, cpu_seconds() - begun);
}

/* --- whether the oracle can say no -------------------------------------------------------- */

static bool says_so(FILE *said, const char *invariant)
{
	char line[400], wanted[100];
	bool found = false;

	snprintf(wanted, sizeof wanted, ": %s: ", invariant);
	while (fgets(line, sizeof line, said))
		found = found || (!strncmp(line, "sim: seed", 9) && strstr(line, wanted));
	return found;
}

/* In a process of its own, which ends at the first thing that is wrong. */
static bool seed_says_so(enum plant plant, uint64_t seed)
{
	const struct order order = { .first = seed, .last = seed, .days = 2, .plant = plant };
	int ends[2], status;
	bool said;
	pid_t child;
	FILE *out;

	fflush(stdout);
	if (pipe(ends) < 0 || (child = fork()) < 0)
		return false;
	if (!child) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		run_seeds(&order);
		fflush(stdout);
		_exit(0);
	}
	close(ends[1]);
	out = fdopen(ends[0], "r");
	said = says_so(out, plants_invariant(plant));
	fclose(out);
	return waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 1 && said;
}

/* One seed may have no occasion for it, or stumble over something else first. */
static bool plant_is_noticed(enum plant plant)
{
	for (uint64_t seed = 1; seed <= PLANTED_SEEDS; seed++)
		if (seed_says_so(plant, seed))
			return true;
	return false;
}

static int test_itself(void)
{
	int missed = 0;

	printf("1..%d\n", PLANT_COUNT - 1);
	for (int i = 1; i < PLANT_COUNT; i++) {
		bool noticed = plant_is_noticed((enum plant)i);

		printf("%sok %d - the oracle notices what is %s\n", noticed ? "" : "not ", i,
		       plants_word((enum plant)i));
		missed += !noticed;
	}
	return missed ? 1 : 0;
}

/* --- the command line --------------------------------------------------------------------- */

static void dies(int number)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };

	world_print_newest();
	sigaction(number, &usual, NULL);
	raise(number);
}

static void usage(void)
{
	fputs("usage: sim [--seed=N | --seeds=A-B] [--days=D] [--trace] [--hash] [--twice]\n"
	      "           [--plant=FAULT] | --test-itself\n",
	      stderr);
	exit(USAGE);
}

static void read_seeds(const char *text, struct order *order)
{
	char *end_of_first;

	errno = 0;
	order->first = order->last = strtoull(text, &end_of_first, 10);
	if (*end_of_first == '-')
		order->last = strtoull(end_of_first + 1, &end_of_first, 10);
	if (errno || *end_of_first || end_of_first == text || order->last < order->first)
		usage();
}

static void read_options(int argc, char **argv, struct order *order)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' }, { "seeds", required_argument, NULL, 's' },
		{ "days", required_argument, NULL, 'd' }, { "trace", no_argument, NULL, 't' },
		{ "hash", no_argument, NULL, 'h' },	  { "twice", no_argument, NULL, '2' },
		{ "plant", required_argument, NULL, 'p' },
		{ "test-itself", no_argument, NULL, 'i' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 's')
			read_seeds(optarg, order);
		else if (option == 'd')
			order->days = strtol(optarg, NULL, 10);
		else if (option == 'p' && !plants_named(optarg, &order->plant))
			usage();
		else if (option == '?')
			usage();
		order->prints |= option == 't';
		order->hashes |= option == 'h';
		order->twice |= option == '2';
		order->tests_itself |= option == 'i';
	}
	if (optind < argc || order->days < 1)
		usage();
}

int main(int argc, char **argv)
{
	struct order order = { .first = 1, .last = 1, .days = 2 };
	const struct sigaction death = { .sa_handler = dies };

	read_options(argc, argv, &order);
	sigaction(SIGABRT, &death, NULL);
	disk_install();
	if (order.tests_itself)
		return test_itself();
	run_seeds(&order);
	return 0;
}
