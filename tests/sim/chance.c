/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sim/chance.h"

void chance_begin(struct chance *chance, uint64_t seed, uint64_t stream)
{
	chance->state = seed * UINT64_C(0x9e3779b97f4a7c15) ^ stream << 48;
	chance_next(chance);
	chance_next(chance);
}

/* splitmix64 */
uint64_t chance_next(struct chance *chance)
{
	uint64_t z = chance->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint32_t chance_below(struct chance *chance, uint32_t count)
{
	return (uint32_t)((chance_next(chance) >> 32) * count >> 32);
}

int64_t chance_between(struct chance *chance, int64_t least, int64_t most)
{
	return least + (int64_t)(chance_next(chance) % (uint64_t)(most - least + 1));
}

bool chance_percent(struct chance *chance, uint32_t percent)
{
	return chance_below(chance, 100) < percent;
}

/* Short waits are frequent and long ones are there: a sum of halvings, in whole numbers, as
 * a logarithm need not be the same on every machine. */
int64_t chance_wait_us(struct chance *chance, int64_t average_us)
{
	int64_t wait_us = chance_between(chance, 0, average_us);

	while (chance_percent(chance, 50))
		wait_us += chance_between(chance, 0, average_us);
	return wait_us + 1;
}
