/* SPDX-License-Identifier: Apache-2.0
 *
 * One datagram an event, as systemd's JOURNAL_NATIVE_PROTOCOL has it. No field is long enough
 * for all of them not to fit, so that no memory has to be handed over instead.
 */
#include <inttypes.h>
#include <string.h>
#include <syslog.h>

#include "agent/daemon/sink_local.h"
#include "agent/daemon/sink_text.h"
#include "agent/daemon/sinks.h"
#include "ground/clock.h"

enum { FIELD_MOST = 2048 };

/* For `journalctl MESSAGE_ID=…`, and for catalogues: never to be changed. */
static const char *const message_ids[EVENT_KIND_COUNT] = {
	[EVENT_RAISED] = "8627af388cc8465bad0aad026ec2ffb4",
	[EVENT_CHANGED] = "343475fc27b545db84ea6ea4799e9e34",
	[EVENT_CLEARED] = "62eda42c26164631b47ae49287c232cd",
	[EVENT_REMINDED] = "3cc64a4a887d451584c46211ecfc793f",
	[EVENT_TARGET_DOWN] = "65bea48708284bf08f6a3d73e593fc0f",
	[EVENT_TARGET_UP] = "21060c18f4394cc2b996a8156d5ad89c",
	[EVENT_AGENT] = "554f6bbf8d184077a1863c4a23bc583d",
};

static void add_word(struct text *out, const char *name, const char *word)
{
	text_add_format(out, "%s=%s\n", name, word);
}

static void add_number(struct text *out, const char *name, uint64_t number)
{
	text_add_format(out, "%s=%" PRIu64 "\n", name, number);
}

/* A value of more than one line has its length before it, little-endian. */
static void add_lines(struct text *out, const char *name, const struct text *value)
{
	text_add_format(out, "%s\n", name);
	for (unsigned i = 0; i < 8; i++)
		text_add_char(out, (char)((uint64_t)value->length >> 8 * i & 0xff));
	text_add_bytes(out, value->bytes, value->length);
	text_add_char(out, '\n');
}

/* Ends of lines stay, nothing else that controls a terminal does. */
static void add_text(struct text *out, const char *name, const char *string)
{
	struct text value = { 0 };

	if (!string || !*string)
		return;
	for (size_t length;; string += length + 1) {
		length = strcspn(string, "\n");
		text_add_foreign(&value, string, length, length);
		if (!string[length])
			break;
		text_add_char(&value, '\n');
	}
	sink_shorten(&value, FIELD_MOST);
	if (memchr(value.bytes, '\n', value.length))
		add_lines(out, name, &value);
	else
		add_word(out, name, value.bytes);
	text_free(&value);
}

static void write_fields(struct text *out, const struct event *event, int64_t wall_us)
{
	struct text sentence = { 0 };
	char stamp[CLOCK_STAMP_ROOM];

	sink_add_sentence(&sentence, event, wall_us);
	clock_format(event->at_us, stamp);
	add_word(out, "MESSAGE", text_string(&sentence));
	text_free(&sentence);
	add_word(out, "MESSAGE_ID", message_ids[event->kind]);
	add_number(out, "PRIORITY", (uint64_t)sink_priority(event));
	add_number(out, "SYSLOG_FACILITY", LOG_FAC(LOG_DAEMON));
	add_word(out, "SYSLOG_IDENTIFIER", "ucposture");
	add_number(out, "UCPOSTURE_EVENT", event->number);
	if (event->alarm)
		add_number(out, "UCPOSTURE_ALARM", event->alarm);
	add_word(out, "UCPOSTURE_KIND", event_kind_word((enum event_kind)event->kind));
	add_word(out, "UCPOSTURE_AT", stamp);
	add_text(out, "UCPOSTURE_TARGET", event->target_name);
	add_text(out, "UCPOSTURE_CHECK", event->check_name);
	add_word(out, "UCPOSTURE_FROM", verdict_word((enum verdict)event->from));
	add_word(out, "UCPOSTURE_VERDICT", verdict_word((enum verdict)event->to));
	add_word(out, "UCPOSTURE_SEVERITY", severity_word((enum severity)event->severity));
	add_word(out, "UCPOSTURE_CAUSE", event_cause_word((enum alarm_cause)event->cause));
	add_word(out, "UCPOSTURE_FLAPPING", event->flaps ? "1" : "0");
	add_text(out, "UCPOSTURE_TITLE", event->title);
	add_text(out, "UCPOSTURE_EXPECTED", event->expected);
	add_text(out, "UCPOSTURE_OBSERVED", event->observed);
	add_text(out, "UCPOSTURE_REASON", event->reason);
	add_text(out, "UCPOSTURE_REMEDY", event->remedy);
}

struct voice sink_journal(const struct sink_setting *setting)
{
	return sink_local(setting, "/run/systemd/journal/socket", write_fields);
}
