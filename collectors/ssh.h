/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector "ssh"; see collectors.c.
 */
#ifndef COLLECTORS_SSH_H
#define COLLECTORS_SSH_H

#include "collectors/collector.h"

extern const struct collector ssh_collector;

#endif
