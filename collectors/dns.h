/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector "dns"; see collectors.c.
 */
#ifndef COLLECTORS_DNS_H
#define COLLECTORS_DNS_H

#include "collectors/collector.h"

extern const struct collector dns_collector;

#endif
