/* SPDX-License-Identifier: Apache-2.0
 *
 * Folders of ours, and a lock in one, which closing its descriptor, or ending, lets go of.
 */
#ifndef AGENT_ENGINE_LOCK_H
#define AGENT_ENGINE_LOCK_H

#include <stdint.h>

/* A descriptor of the folder, which is made, for us alone, where there is none; -1 with errno. */
int lock_open_folder(const char *path);
/* A descriptor of the file that is the lock, or -1 with errno: EWOULDBLOCK when somebody else
 * held it for all that time. */
int lock_take(int folder, const char *name, int64_t patience_us);

#endif
