/* SPDX-License-Identifier: Apache-2.0
 *
 * Starts a program as one of our processes: with one socket to us (PROBER_SOCKET), nothing of our
 * memory, none of our descriptors and next to nothing of our environment.
 */
#ifndef AGENT_IPC_SPAWN_H
#define AGENT_IPC_SPAWN_H

#include <sys/types.h>

/* program: NULL for this very one. word: all of its command line, which says what it shall be.
 * Our end of the socket, or -1 with errno. */
int spawn_process(const char *program, const char *word, pid_t *pid);

#endif
