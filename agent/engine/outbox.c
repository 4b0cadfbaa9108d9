/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/outbox.h"

bool outbox_next(const struct outbox_policy *policy, struct outbox *outbox,
		 struct store *store, size_t sink, int64_t now_us, struct event *event)
{
	if (outbox->asked || now_us < outbox->free_us || !store_untold(store, sink, 0, event))
		return false;
	outbox->asked = event->number;
	outbox->free_us = now_us + policy->pause_us;
	return true;
}

static int64_t more_patience(const struct outbox_policy *policy, int64_t patience_us)
{
	int64_t next_us = patience_us ? 2 * patience_us : policy->retry_us;

	return next_us < policy->retry_most_us ? next_us : policy->retry_most_us;
}

void outbox_answer(const struct outbox_policy *policy, struct outbox *outbox,
		   struct store *store, size_t sink, bool acknowledged, int64_t now_us)
{
	if (acknowledged) {
		store_acknowledge(store, sink, outbox->asked);
		outbox->patience_us = 0;
		outbox->failures = 0;
	} else {
		outbox->patience_us = more_patience(policy, outbox->patience_us);
		outbox->free_us = now_us + outbox->patience_us;
		outbox->failures++;
	}
	outbox->asked = 0;
}

bool outbox_is_over(const struct outbox_policy *policy, const struct outbox *outbox,
		    const struct store *store, size_t sink)
{
	return !outbox->asked && store_untold_count(store, sink) > policy->most;
}

size_t outbox_give_up(const struct outbox_policy *policy, const struct outbox *outbox,
		      struct store *store, size_t sink)
{
	size_t waiting = store_untold_count(store, sink);
	size_t room = policy->most < 4 ? 1 : policy->most / 4;

	if (outbox->asked || waiting < policy->most)
		return 0;
	return store_give_up_oldest(store, sink, waiting - (policy->most - room));
}

int64_t outbox_due_us(const struct outbox *outbox, const struct store *store, size_t sink)
{
	return outbox->asked || !store_untold_count(store, sink) ? INT64_MAX : outbox->free_us;
}
