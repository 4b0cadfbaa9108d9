/* SPDX-License-Identifier: Apache-2.0
 *
 * Notices when a file of the inventory changes, appears or goes: by name, size and time, every
 * ten seconds, which works on every file system.
 */
#ifndef AGENT_DAEMON_GATHERING_FILES_H
#define AGENT_DAEMON_GATHERING_FILES_H

#include "agent/plan/config.h"

struct gathering_files;
struct loop;

struct gathering_files *gathering_files_new(struct loop *loop, void (*changed)(void *arg),
					    void *arg);
void gathering_files_free(struct gathering_files *files);
/* The sources of this configuration from now on. As long as they are the same, what counts is
 * what was found when they were last looked at; a change while they were read is noticed. */
void gathering_files_set(struct gathering_files *files, const struct config *config);

#endif
