/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector "certificate"; see collectors.c.
 */
#ifndef COLLECTORS_CERTIFICATE_H
#define COLLECTORS_CERTIFICATE_H

#include "collectors/collector.h"

extern const struct collector certificate_collector;

#endif
