/* SPDX-License-Identifier: Apache-2.0
 *
 * Chance that is the same each time: all that a seed decides comes from here. Each part of the
 * simulation has a stream of its own, so that one more question of one part leaves the others
 * as they were.
 */
#ifndef TESTS_SIM_CHANCE_H
#define TESTS_SIM_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
	uint64_t state;
};

void chance_begin(struct chance *chance, uint64_t seed, uint64_t stream);
uint64_t chance_next(struct chance *chance);
/* 0 … count - 1 */
uint32_t chance_below(struct chance *chance, uint32_t count);
/* least … most, both possible */
int64_t chance_between(struct chance *chance, int64_t least, int64_t most);
/* Of a hundred. */
bool chance_percent(struct chance *chance, uint32_t percent);
/* How long until something happens that happens this often on average. */
int64_t chance_wait_us(struct chance *chance, int64_t average_us);

#endif
