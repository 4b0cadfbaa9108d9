/* SPDX-License-Identifier: Apache-2.0
 *
 * One agent for each state folder.
 */
#ifndef AGENT_DAEMON_INSTANCE_H
#define AGENT_DAEMON_INSTANCE_H

#include "ground/text.h"

/* Makes the folder if need be. A descriptor, which is to be closed when all that is in the folder
 * has been; or -1, and why and what to do about it in `said`. */
int instance_take(const char *folder, struct text *said);

#endif
