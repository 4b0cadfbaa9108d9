/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/daemon/sink_text.h"

#include <inttypes.h>
#include <string.h>
#include <syslog.h>

#include "ground/clock.h"

/* What was told so late says when it was. */
#define LATE_US (60 * CLOCK_SECOND)

/* Together with the words between them they make SINK_SENTENCE_MOST. */
enum { NAME_MOST = 96, CHECK_MOST = 180, TITLE_MOST = 180, SEEN_MOST = 240, WANTED_MOST = 180 };

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void squeeze(struct text *out, const char *bytes, size_t length)
{
	bool gap = false;

	for (size_t i = 0; i < length; i++) {
		if (is_blank(bytes[i])) {
			gap = true;
			continue;
		}
		if (gap && out->length)
			text_add_char(out, ' ');
		gap = false;
		text_add_char(out, bytes[i]);
	}
}

void sink_shorten(struct text *text, size_t most)
{
	static const char dots[] = "…";
	size_t end = most - (sizeof dots - 1);

	if (text->length <= most)
		return;
	while (end && ((unsigned char)text->bytes[end] & 0xc0) == 0x80)
		end--;
	text->length = end;
	text_add(text, dots);
}

/* It is the result that has a limit: a foreign byte may become four. */
void sink_add_line(struct text *out, const char *bytes, size_t length, size_t most)
{
	struct text plain = { 0 }, line = { 0 };

	squeeze(&plain, bytes, length);
	if (plain.length)
		text_add_foreign(&line, plain.bytes, plain.length, plain.length);
	sink_shorten(&line, most);
	text_add(out, text_string(&line));
	text_free(&plain);
	text_free(&line);
}

static void add_piece(struct text *out, const char *before, const char *string, size_t most)
{
	if (!string || !*string)
		return;
	text_add(out, before);
	sink_add_line(out, string, strlen(string), most);
}

static const char *cleared_words(enum alarm_cause cause)
{
	static const char *const words[ALARM_CAUSE_COUNT] = {
		[ALARM_BY_RESULT] = "cleared",
		[ALARM_BY_EXCEPTION] = "cleared, accepted by an exception",
		[ALARM_BY_ABSENCE] = "cleared, not checked any more",
		[ALARM_BY_TIME] = "cleared",
	};

	return words[cause];
}

static void add_state(struct text *out, const struct event *event)
{
	text_add(out, ": ");
	switch ((enum event_kind)event->kind) {
	case EVENT_CLEARED:
		text_add(out, cleared_words((enum alarm_cause)event->cause));
		break;
	case EVENT_TARGET_DOWN:
		text_add(out, "down");
		break;
	case EVENT_TARGET_UP:
		text_add(out, "up again");
		break;
	case EVENT_AGENT:
		add_piece(out, "", event->title, TITLE_MOST);
		break;
	case EVENT_REMINDED:
		text_add(out, "still ");
		/* fallthrough */
	default:
		text_add(out, verdict_word((enum verdict)event->to));
	}
	if (event->flaps)
		text_add(out, ", flapping");
}

static bool is_good(const struct event *event)
{
	return event->kind == EVENT_CLEARED || event->kind == EVENT_TARGET_UP;
}

void sink_add_sentence(struct text *out, const struct event *event, int64_t wall_us)
{
	bool is_seen = event->observed && *event->observed;
	const char *seen = is_seen ? event->observed : event->reason;
	char stamp[CLOCK_STAMP_ROOM];

	add_piece(out, "", event->target_name, NAME_MOST);
	add_piece(out, " ", event->check_name, CHECK_MOST);
	add_state(out, event);
	add_piece(out, is_seen && event->kind != EVENT_AGENT ? ": observed " : ": ", seen,
		  SEEN_MOST);
	if (!is_good(event))
		add_piece(out, seen && *seen ? ", expected " : ": expected ", event->expected,
			  WANTED_MOST);
	text_add_format(out, " (event %" PRIu64, event->number);
	if (wall_us - event->at_us > LATE_US) {
		clock_format(event->at_us, stamp);
		text_add_format(out, " of %s", stamp);
	}
	text_add_char(out, ')');
}

static int severity_priority(enum severity severity)
{
	return severity == SEVERITY_CRITICAL ? LOG_CRIT :
	       severity == SEVERITY_MAJOR    ? LOG_ERR :
					       LOG_WARNING;
}

int sink_priority(const struct event *event)
{
	if (is_good(event))
		return LOG_NOTICE;
	if (event->kind == EVENT_TARGET_DOWN || event->kind == EVENT_AGENT ||
	    event->to == VERDICT_CRITICAL)
		return severity_priority((enum severity)event->severity);
	return event->to == VERDICT_WARNING || event->to == VERDICT_UNKNOWN ? LOG_WARNING
									    : LOG_NOTICE;
}
