/* SPDX-License-Identifier: Apache-2.0
 *
 * The format is that of syslog(3), which RFC 3164 wrote down: who listens at /dev/log expects
 * it. RFC 5424 is for the network; journald and busybox take its header for a part of the
 * text.
 */
#include <inttypes.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "agent/daemon/sink_local.h"
#include "agent/daemon/sink_text.h"
#include "agent/daemon/sinks.h"
#include "ground/clock.h"

/* When it happened, on the clocks of this place: there is no room for a zone, or a year. */
static void add_time(struct text *out, int64_t wall_us)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const time_t seconds = (time_t)(wall_us / CLOCK_SECOND);
	struct tm there = { 0 };

	localtime_r(&seconds, &there);
	text_add_format(out, "%.3s %2d %02d:%02d:%02d", &months[there.tm_mon * 3],
			there.tm_mday, there.tm_hour, there.tm_min, there.tm_sec);
}

static void write_line(struct text *out, const struct event *event, int64_t wall_us)
{
	text_add_format(out, "<%d>", LOG_DAEMON | sink_priority(event));
	add_time(out, event->at_us);
	text_add_format(out, " ucposture[%d]: ", (int)getpid());
	sink_add_sentence(out, event, wall_us);
}

struct voice sink_syslog(const struct sink_setting *setting)
{
	return sink_local(setting, "/dev/log", write_line);
}
