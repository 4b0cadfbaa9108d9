/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector "snmp"; see collectors.c.
 */
#ifndef COLLECTORS_SNMP_H
#define COLLECTORS_SNMP_H

#include "collectors/collector.h"

extern const struct collector snmp_collector;

#endif
