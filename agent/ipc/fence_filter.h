/* SPDX-License-Identifier: Apache-2.0
 *
 * The seccomp part of the fence: a list of the system calls a prober needs. All others are
 * refused with EPERM, or end the process when the environment says UCPOSTURE_FENCE=kill.
 */
#ifndef AGENT_IPC_FENCE_FILTER_H
#define AGENT_IPC_FENCE_FILTER_H

#include <stdbool.h>

struct machine;

/* machine: of a prober that looks inside, NULL for all others. As in struct fence_report: 0
 * when this kernel or this build goes without, else 1 or 2. A negative error number when it
 * could not be closed. */
int fence_filter_close(const struct machine *machine);
/* False when this kernel knows no filters. */
bool fence_filter_exists(void);

#endif
