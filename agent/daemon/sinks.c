/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/daemon/sinks.h"

#include <stdlib.h>

#include "ground/clock.h"
#include "ground/memory.h"

/* A receiver that was away is asked within a minute of its return. */
#define RETRY_US CLOCK_SECOND
#define RETRY_MOST_US (60 * CLOCK_SECOND)

struct voice sink_open(struct loop *loop, const struct sink_setting *setting)
{
	switch (setting->kind) {
	case SINK_JOURNAL:
		return sink_journal(setting);
	case SINK_SYSLOG:
		return sink_syslog(setting);
	case SINK_COMMAND:
		return sink_command(loop, setting);
	}
	abort();
}

void sinks_set(struct telling *telling, struct loop *loop, const struct alarm_settings *alarms,
	       struct moment now)
{
	const struct rate *rate = &alarms->rate;
	const struct outbox_policy policy = {
		.pause_us = rate->count ? rate->within_us / rate->count : 0,
		.retry_us = RETRY_US,
		.retry_most_us = RETRY_MOST_US,
		.most = alarms->outbox,
	};
	struct voice *voices = memory_new(alarms->sink_count + 1, sizeof *voices);

	for (size_t i = 0; i < alarms->sink_count; i++)
		voices[i] = sink_open(loop, &alarms->sinks[i]);
	telling_set(telling, &policy, voices, alarms->sink_count, now);
	free(voices);
}
