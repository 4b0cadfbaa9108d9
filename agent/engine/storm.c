/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/storm.h"

static void begin_window(struct storm *storm, int64_t now_us)
{
	storm->window_us = now_us;
	storm->heard = 0;
}

enum storm_advice storm_hear(const struct storm_policy *policy, struct storm *storm,
			     int64_t now_us)
{
	if (!policy->most)
		return STORM_TELL;
	if (!storm->rages && now_us - storm->window_us >= policy->window_us)
		begin_window(storm, now_us);
	storm->heard++;
	if (storm->rages) {
		storm->hidden++;
		return STORM_HIDE;
	}
	if (storm->heard <= policy->most)
		return STORM_TELL;
	storm->rages = true;
	storm->hidden = 1;
	return STORM_BEGINS;
}

enum storm_advice storm_pass(const struct storm_policy *policy, struct storm *storm,
			     int64_t now_us, unsigned *hidden)
{
	bool calm = storm->heard <= policy->most;

	*hidden = 0;
	if (!storm->rages || now_us < storm->window_us + policy->window_us)
		return STORM_TELL;
	begin_window(storm, now_us);
	if (!calm)
		return STORM_TELL;
	*hidden = storm->hidden;
	storm->rages = false;
	storm->hidden = 0;
	return STORM_ENDS;
}

int64_t storm_due_us(const struct storm_policy *policy, const struct storm *storm)
{
	return storm->rages ? storm->window_us + policy->window_us : INT64_MAX;
}
