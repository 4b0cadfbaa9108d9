/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines for the administrator, on standard error, as logfmt or JSON. `topic` is a fixed
 * word ("plan", "prober") to filter by. Foreign text goes through text_add_foreign first
 * and control characters never reach the line. Never called for a finding about a target:
 * that is a value.
 */
#ifndef GROUND_LOG_H
#define GROUND_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

void log_configure(enum log_level least, bool as_json);
/* Lines begin with their priority, as the journal takes it (sd-daemon(3)), and leave the time out
 * where it would stand twice: logfmt is for people, who read the journal's own. */
void log_for_journal(bool yes);
/* Where lines go instead of standard error; NULL: back to standard error. */
void log_redirect(void (*sink)(void *arg, enum log_level level, const char *topic,
			       const char *line), void *arg);

void log_debug(const char *topic, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_info(const char *topic, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_warn(const char *topic, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_error(const char *topic, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line that another process wrote. */
void log_relay(enum log_level level, const char *topic, const char *line);

#endif
