/* SPDX-License-Identifier: Apache-2.0 */
#include "net/pace.h"

#include "ground/clock.h"
#include "net/path.h"

static void look_at_budget(void *arg)
{
	struct pace *pace = arg;
	const struct route *route = pace->route;
	int64_t now_us = clock_monotonic_us(), go_us = 0;
	struct outcome outcome = { .reason = REASON_NONE };

	if (now_us >= pace->deadline_us)
		go_us = now_us;
	else if (route->path)
		go_us = path_may_send_at(route->path, now_us, route->packets_per_second);
	if (go_us && go_us < pace->deadline_us) {
		timer_start(&pace->timer, pace->timer.loop, go_us, look_at_budget, pace);
		return;
	}
	if (go_us)
		outcome = (struct outcome){ .stage = STAGE_CONNECT, .reason = REASON_CANCELLED };
	pace->go(pace->arg, outcome);
}

void pace_start(struct pace *pace, struct loop *loop, const struct route *route,
		int64_t deadline_us, void (*go)(void *arg, struct outcome outcome), void *arg)
{
	pace->route = route;
	pace->deadline_us = deadline_us;
	pace->go = go;
	pace->arg = arg;
	timer_start(&pace->timer, loop, 0, look_at_budget, pace);
}

void pace_stop(struct pace *pace)
{
	timer_stop(&pace->timer);
}
