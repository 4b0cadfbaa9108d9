/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of the filter that only a prober has that looks inside the machine.
 */
#ifndef AGENT_IPC_FENCE_INSIDE_H
#define AGENT_IPC_FENCE_INSIDE_H

#include "collectors/machine.h"

/* filter: libseccomp's. A negative error number when a row could not be added. */
int fence_inside_allow(void *filter, const struct machine *machine);

#endif
