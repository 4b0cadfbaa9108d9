/* SPDX-License-Identifier: Apache-2.0
 *
 * What befalls the systems, the network, the disk, the clocks, the sinks and the agent, and
 * when. In the end it clears up, so that all can settle.
 */
#ifndef TESTS_SIM_WEATHER_H
#define TESTS_SIM_WEATHER_H

#include "tests/sim/keeper.h"

void weather_begin(struct keeper *keeper, uint64_t seed);
void weather_clear_up(void);

#endif
