/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector "reach"; see collectors.c.
 */
#ifndef COLLECTORS_REACH_H
#define COLLECTORS_REACH_H

#include "collectors/collector.h"

extern const struct collector reach_collector;

#endif
