/* SPDX-License-Identifier: Apache-2.0
 *
 * Closed before the first foreign byte is read: another user, no new privileges, no core,
 * no files, no programs, only the system calls a prober needs.
 */
#ifndef AGENT_IPC_FENCE_H
#define AGENT_IPC_FENCE_H

#include "agent/ipc/messages.h"

/* user: the account to become when we are root, "" for nobody. Ends the process with a
 * message when a part that the system has cannot be closed. */
void fence_close(const char *user, struct fence_report *report);

#endif
