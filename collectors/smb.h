/* SPDX-License-Identifier: Apache-2.0
 *
 * The collector "smb"; see collectors.c.
 */
#ifndef COLLECTORS_SMB_H
#define COLLECTORS_SMB_H

#include "collectors/collector.h"

extern const struct collector smb_collector;

#endif
