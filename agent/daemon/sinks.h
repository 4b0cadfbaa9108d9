/* SPDX-License-Identifier: Apache-2.0
 *
 * How sinks are told: a program with the event as JSON on its standard input, the journal,
 * syslog.
 */
#ifndef AGENT_DAEMON_SINKS_H
#define AGENT_DAEMON_SINKS_H

#include "agent/engine/telling.h"
#include "agent/plan/config.h"
#include "net/loop.h"

/* Opens the sinks of the configuration, in place of those before. */
void sinks_set(struct telling *telling, struct loop *loop, const struct alarm_settings *alarms,
	       struct moment now);

/* The voice of a sink; it has its own copy of the setting. */
struct voice sink_open(struct loop *loop, const struct sink_setting *setting);
/* sink_command.c, sink_journal.c, sink_syslog.c */
struct voice sink_command(struct loop *loop, const struct sink_setting *setting);
struct voice sink_journal(const struct sink_setting *setting);
struct voice sink_syslog(const struct sink_setting *setting);

#endif
