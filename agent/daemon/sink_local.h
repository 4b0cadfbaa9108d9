/* SPDX-License-Identifier: Apache-2.0
 *
 * A sink that is told through a socket of this machine: what the socket takes is acknowledged.
 */
#ifndef AGENT_DAEMON_SINK_LOCAL_H
#define AGENT_DAEMON_SINK_LOCAL_H

#include "agent/engine/telling.h"
#include "agent/plan/config.h"

/* usual: the socket when the setting has none. write: makes one message of an event; wall_us
 * is the time at which it is told. */
struct voice sink_local(const struct sink_setting *setting, const char *usual,
			void (*write)(struct text *out, const struct event *event,
				      int64_t wall_us));

#endif
