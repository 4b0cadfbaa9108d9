/* SPDX-License-Identifier: Apache-2.0
 *
 * What a mirror adds up is right after each change, and does not cost more the more there is.
 */
#include "tests/unit/mirror_scene.h"

#include <malloc.h>
#include <string.h>

#include "ground/clock.h"

static void sums_are_those_of_the_rows(void **state)
{
	struct scene *scene = *state;
	const struct mirror *mirror = scene->mirror;

	feed_some(scene);
	assert_int_equal(target_at(scene, 3)->worst, VERDICT_CRITICAL);
	assert_int_equal(target_at(scene, 3)->score, 500);
	assert_int_equal(target_at(scene, 3)->alarms, 1);
	assert_int_equal(target_at(scene, 3)->severity, SEVERITY_MAJOR);
	assert_int_equal(target_at(scene, 3)->changed_wall_us, 1000);
	assert_int_equal(mirror->counts[VERDICT_OK], 2);
	assert_int_equal(mirror->worst, VERDICT_CRITICAL);
	assert_int_equal(mirror->score, 500);
	assert_int_equal(mirror->by_severity[SEVERITY_MAJOR], 2);
	assert_int_equal(mirror->by_family[FEED_FAMILY_PORT][VERDICT_WARNING], 1);
	put_check(scene, 3, 12, VERDICT_OK);
	put_target(scene, 3, VERDICT_CRITICAL);
	settle(scene);
	assert_int_equal(target_at(scene, 3)->worst, VERDICT_OK);
	assert_int_equal(target_at(scene, 3)->score, 1000);
	/* That it is down. */
	assert_int_equal(target_at(scene, 3)->alarms, 1);
	assert_int_equal(target_at(scene, 3)->severity, SEVERITY_CRITICAL);
	assert_int_equal(mirror->by_severity[SEVERITY_CRITICAL], 1);
	assert_int_equal(mirror->by_severity[SEVERITY_MAJOR], 1);
	assert_int_equal(mirror->worst, VERDICT_WARNING);
	assert_int_equal(mirror->score, 750);
}

static void a_target_of_which_nothing_could_be_judged_has_no_score(void **state)
{
	struct scene *scene = *state;

	put_target(scene, 3, VERDICT_OK);
	settle(scene);
	assert_int_equal(target_at(scene, 3)->score, -1);
	put_check(scene, 3, 2, VERDICT_NOT_APPLICABLE);
	settle(scene);
	assert_int_equal(target_at(scene, 3)->score, -1);
	assert_int_equal(target_at(scene, 3)->worst, VERDICT_UNKNOWN);
}

static uint32_t chance(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

static void put_anything(struct scene *scene, uint32_t *seed)
{
	struct feed_check check = some_check(1 + chance(seed, 6), 1 + chance(seed, 30),
					     (enum verdict)chance(seed, VERDICT_COUNT));

	check.severity = (uint8_t)chance(seed, SEVERITY_COUNT);
	check.rule = chance(seed, 5);
	check.sight = chance(seed, 8);
	check.told = (uint8_t)chance(seed, VERDICT_COUNT);
	check.since_wall_us = chance(seed, 100);
	switch (chance(seed, 16)) {
	case 0:
		put_target(scene, check.target, (enum verdict)check.told);
		break;
	case 1:
		put_rule(scene, check.rule, (enum feed_family)chance(seed, FEED_FAMILIES));
		break;
	case 2:
		put_sight(scene, 1 + check.sight, chance(seed, 100), chance(seed, 100));
		break;
	case 3:
		feed_put_gone(&scene->out, FEED_TARGET + chance(seed, 3), chance(seed, 30));
		break;
	case 4:
		feed_put_gone(&scene->out, FEED_RULE, check.rule);
		break;
	case 5:
		if (!chance(seed, 40))
			feed_put_mark(&scene->out, FEED_RESET);
		break;
	default:
		feed_put_check(&scene->out, &check);
	}
}

/* Without being clever. */
static void expect_target_sums(const struct mirror *mirror, size_t at, struct mirror *sums)
{
	const struct mirror_target *target = &mirror->targets[at];
	struct score score = { 0 };
	uint32_t alarms = target->fed.told != VERDICT_OK;
	int64_t elapsed_us = 0;

	sums->by_severity[SEVERITY_CRITICAL] += alarms;
	for (size_t i = 0; i < mirror->check_count; i++) {
		const struct mirror_check *check = &mirror->checks[i];
		bool met = !check->sight;

		if (check->fed.target != target->fed.number)
			continue;
		assert_ptr_equal(check->target, target);
		assert_true(i >= target->first_check &&
			    i < target->first_check + target->check_count);
		assert_int_equal(check->rule->number, check->fed.rule);
		score_count(&score, check->fed.verdict, check->fed.severity);
		sums->counts[check->fed.verdict]++;
		sums->by_family[check->rule->family][check->fed.verdict]++;
		alarms += check->fed.told != VERDICT_OK;
		sums->by_severity[check->fed.severity] += check->fed.told != VERDICT_OK;
		for (size_t j = target->first_check; j < i; j++)
			met = met || mirror->checks[j].sight == check->sight;
		elapsed_us += met ? 0 : check->sight->observation->elapsed_us;
	}
	assert_memory_equal(score.counts, target->counts, sizeof target->counts);
	assert_int_equal(score_worst(&score), target->worst);
	assert_int_equal(alarms, target->alarms);
	assert_int_equal(elapsed_us, target->elapsed_us);
}

static void sums_stay_right_whatever_changes(void **state)
{
	struct scene *scene = *state;
	const struct mirror *mirror = scene->mirror;
	uint32_t seed = 7;
	size_t checks = 0;

	for (int part = 0; part < 3000; part++) {
		struct mirror sums = { 0 };

		for (uint32_t i = chance(&seed, 12); i > 0; i--)
			put_anything(scene, &seed);
		settle(scene);
		for (size_t i = 0; i < mirror->target_count; i++)
			expect_target_sums(mirror, i, &sums);
		for (size_t i = 1; i < mirror->check_count; i++)
			assert_true(mirror_find_check(mirror, mirror->checks[i].fed.target,
						      mirror->checks[i].fed.number) == i);
		assert_memory_equal(sums.counts, mirror->counts, sizeof sums.counts);
		assert_memory_equal(sums.by_family, mirror->by_family, sizeof sums.by_family);
		assert_memory_equal(sums.by_severity, mirror->by_severity,
				    sizeof sums.by_severity);
		checks += mirror->check_count;
	}
	assert_true(checks > 3000 * 10);
}

/* --- very many ----------------------------------------------------------------------------- */

enum { TARGETS = 4000, PER_TARGET = 25 };

/* Texts as long as usual. */
static void put_usual(struct scene *scene, uint32_t number)
{
	struct feed_check check = some_check(1 + number / PER_TARGET, number + 1,
					     number % 10 ? VERDICT_OK : VERDICT_CRITICAL);

	check.name = "tls/tcp-443/tls-versions/ipv6";
	check.subject = "tcp/443";
	check.expected = "none of SSLv3 TLS1.0 TLS1.1";
	check.observed = "TLS1.2 TLS1.3";
	check.reason = "satisfied";
	check.rule = 1 + number % PER_TARGET;
	feed_put_check(&scene->out, &check);
}

static size_t bytes_in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void a_hundred_thousand_checks_are_small_and_change_bit_by_bit(void **state)
{
	enum { CHANGES = 2000 };
	struct scene *scene = *state;
	int64_t begin_us, built_us, changed_us;
	size_t before, bytes;

	feed_put_mark(&scene->out, FEED_RESET);
	for (uint32_t i = 1; i <= PER_TARGET; i++)
		put_rule(scene, i, FEED_FAMILY_TLS);
	for (uint32_t i = 1; i <= TARGETS; i++)
		put_target(scene, i, VERDICT_OK);
	for (uint32_t i = 0; i < TARGETS * PER_TARGET; i++)
		put_usual(scene, i);
	before = bytes_in_use();
	begin_us = clock_monotonic_us();
	settle(scene);
	built_us = clock_monotonic_us() - begin_us;
	bytes = (bytes_in_use() - before) / scene->mirror->check_count;
	begin_us = clock_monotonic_us();
	for (uint32_t i = 0; i < CHANGES; i++) {
		put_check(scene, 1 + i % TARGETS, 1 + i % TARGETS * PER_TARGET,
			  VERDICT_WARNING);
		settle(scene);
	}
	changed_us = clock_monotonic_us() - begin_us;
	print_message("# %zu checks: built in %lld ms, %zu bytes each; one that changes"
		      " costs %.1f us\n", scene->mirror->check_count,
		      (long long)built_us / 1000, bytes, (double)changed_us / CHANGES);
	assert_int_equal(scene->mirror->check_count, TARGETS * PER_TARGET);
	assert_int_equal(scene->mirror->counts[VERDICT_WARNING], CHANGES);
	assert_true(bytes <= 400);
	/* As long as it takes to build it there could be hundreds. */
	assert_true(changed_us / CHANGES < built_us / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MIRROR_TEST(sums_are_those_of_the_rows),
		MIRROR_TEST(a_target_of_which_nothing_could_be_judged_has_no_score),
		MIRROR_TEST(sums_stay_right_whatever_changes),
		MIRROR_TEST(a_hundred_thousand_checks_are_small_and_change_bit_by_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
