/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector "sip"; see collectors.c.
 */
#ifndef COLLECTORS_SIP_H
#define COLLECTORS_SIP_H

#include "collectors/collector.h"

extern const struct collector sip_collector;

#endif
