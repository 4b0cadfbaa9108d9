/* SPDX-License-Identifier: Apache-2.0
 *
 * Starts a program as a prober: with one socket to us, nothing of our memory, none of our
 * descriptors and next to nothing of our environment.
 */
#ifndef AGENT_IPC_SPAWN_H
#define AGENT_IPC_SPAWN_H

#include <sys/types.h>

/* program: NULL for this very one. Our end of the socket, or -1 with errno. */
int spawn_prober(const char *program, pid_t *pid);

#endif
