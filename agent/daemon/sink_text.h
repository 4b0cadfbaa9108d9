/* SPDX-License-Identifier: Apache-2.0
 *
 * What an event says to people, in one line, and how urgent that is. Pure.
 */
#ifndef AGENT_DAEMON_SINK_TEXT_H
#define AGENT_DAEMON_SINK_TEXT_H

#include "agent/engine/event.h"

/* A sentence is never longer: a line of syslog may have 1024 bytes, with what is before it. */
enum { SINK_SENTENCE_MOST = 960 };

/* "pbx-hamburg tls/tcp-443/versions: critical: observed TLS1.0 TLS1.2, expected no TLS1.0
 * (event 17)"; with its time when that was a while ago. */
void sink_add_sentence(struct text *out, const struct event *event, int64_t wall_us);
/* Bytes of a stranger in one line: blanks of any kind are one space; at most so many bytes. */
void sink_add_line(struct text *out, const char *bytes, size_t length, size_t most);
/* To at most so many bytes, at the end of a character, and says so by an ellipsis. */
void sink_shorten(struct text *text, size_t most);
/* LOG_CRIT to LOG_NOTICE of syslog.h. */
int sink_priority(const struct event *event);

#endif
