/* SPDX-License-Identifier: Apache-2.0 */
#include "ground/log.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "ground/clock.h"
#include "ground/json.h"

enum { LINE_MOST = 2048 };

/* The one place with variables of its own: a log line may come from anywhere. */
static enum log_level log_least = LOG_LEVEL_INFO;
static bool log_as_json, log_to_journal;
static void (*log_sink)(void *arg, enum log_level level, const char *topic, const char *line);
static void *log_sink_arg;

static const char *const level_words[] = { "debug", "info", "warn", "error", NULL };
static const char *const priorities[] = { "<7>", "<6>", "<4>", "<3>" };

void log_configure(enum log_level least, bool as_json)
{
	log_least = least;
	log_as_json = as_json;
}

void log_for_journal(bool yes)
{
	log_to_journal = yes;
}

void log_redirect(void (*sink)(void *arg, enum log_level level, const char *topic,
			       const char *line), void *arg)
{
	log_sink = sink;
	log_sink_arg = arg;
}

static void write_whole(const char *bytes, size_t length)
{
	while (length) {
		ssize_t n = write(STDERR_FILENO, bytes, length);

		if (n <= 0)
			return;
		bytes += n;
		length -= (size_t)n;
	}
}

static void write_json(struct text *out, const char *stamp, enum log_level level,
		       const char *topic, const char *line)
{
	struct json json;

	json_begin(&json, out, false);
	json_open_object(&json, NULL);
	json_string(&json, "ts", stamp);
	json_string(&json, "level", level_words[level]);
	json_string(&json, "topic", topic);
	json_string(&json, "msg", line);
	json_close_object(&json);
	text_add_char(out, '\n');
}

static void write_logfmt(struct text *out, const char *stamp, enum log_level level,
			 const char *topic, const char *line)
{
	if (!log_to_journal)
		text_add_format(out, "ts=%s ", stamp);
	text_add_format(out, "level=%s topic=%s msg=\"", level_words[level], topic);
	for (const char *c = line; *c; c++) {
		if (*c == '"' || *c == '\\')
			text_add_char(out, '\\');
		text_add_char(out, *c);
	}
	text_add(out, "\"\n");
}

void log_relay(enum log_level level, const char *topic, const char *line)
{
	struct text out = { 0 }, safe = { 0 };
	char stamp[CLOCK_STAMP_ROOM];

	if (level < log_least)
		return;
	text_add_foreign(&safe, line, strlen(line), LINE_MOST);
	if (log_sink) {
		log_sink(log_sink_arg, level, topic, text_string(&safe));
	} else {
		clock_format(clock_wall_us(), stamp);
		if (log_to_journal)
			text_add(&out, priorities[level]);
		(log_as_json ? write_json : write_logfmt)(&out, stamp, level, topic,
							   text_string(&safe));
		write_whole(out.bytes, out.length);
	}
	text_free(&safe);
	text_free(&out);
}

__attribute__((format(printf, 3, 0)))
static void log_list(enum log_level level, const char *topic, const char *format, va_list list)
{
	struct text line = { 0 };

	if (level >= log_least) {
		text_add_format_list(&line, format, list);
		log_relay(level, topic, text_string(&line));
	}
	text_free(&line);
}

void log_debug(const char *topic, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	log_list(LOG_LEVEL_DEBUG, topic, format, list);
	va_end(list);
}

void log_info(const char *topic, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	log_list(LOG_LEVEL_INFO, topic, format, list);
	va_end(list);
}

void log_warn(const char *topic, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	log_list(LOG_LEVEL_WARN, topic, format, list);
	va_end(list);
}

void log_error(const char *topic, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	log_list(LOG_LEVEL_ERROR, topic, format, list);
	va_end(list);
}
