/* SPDX-License-Identifier: Apache-2.0
 *
 * Closed before the first foreign byte is read: another user, no new privileges, no core,
 * no files, no programs, only the system calls a prober needs.
 */
#ifndef AGENT_IPC_FENCE_H
#define AGENT_IPC_FENCE_H

#include "agent/ipc/messages.h"

struct machine;

/* user: the account to become when we are root, "" for nobody. Ends the process with a
 * message when a part that the system has cannot be closed. */
void fence_close(const char *user, struct fence_report *report);
/* Cut for looking inside the machine: no network at all; of files only what is said in
 * collectors/machine.h; and where we had them, the two capabilities with which one sees whose
 * socket it is. Without Landlock, which would hide all other processes. */
void fence_close_inside(const char *user, const struct machine *machine,
			struct fence_report *report);

#endif
