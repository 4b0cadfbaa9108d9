/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/presence.h"

#include <string.h>

#include "collectors/collector.h"

enum { TARGETS_FOR_BLAME = 3 };

/* Who has taken a connection is there. Whether a datagram or a connection was left without a
 * reply, the stage does not tell. */
static enum presence_sign sign_of_silence(enum stage stage)
{
	if (stage == STAGE_CONNECT)
		return PRESENCE_SILENT;
	return stage == STAGE_REPLY ? PRESENCE_NO_SIGN : PRESENCE_ANSWERED;
}

static enum presence_sign sign_of_port(const char *state)
{
	if (!strcmp(state, "open") || !strcmp(state, "closed"))
		return PRESENCE_ANSWERED;
	/* A datagram that nobody answers is what most services make of it. */
	return !strcmp(state, "open_or_filtered") ? PRESENCE_NO_SIGN : PRESENCE_SILENT;
}

/* The collector of ports observes silence, where others fail by it. A sweep that found nothing
 * open does not tell whether the rest refused. */
static enum presence_sign sign_of_facts(const struct facts *facts)
{
	const struct fact *state = facts_get(facts, fact_named("port.state")),
			  *open = facts_get(facts, fact_named("port.open"));

	if (state)
		return sign_of_port(state->text);
	return open && !open->count ? PRESENCE_NO_SIGN : PRESENCE_ANSWERED;
}

enum presence_sign presence_sign(const struct observation *observation)
{
	if (observation->outcome.reason == REASON_NONE)
		return sign_of_facts(observation->facts);
	if (observation->outcome.stage == STAGE_RESOLVE ||
	    observation->outcome.stage == STAGE_PROXY)
		return PRESENCE_NO_SIGN;
	switch (observation->outcome.reason) {
	case REASON_TIMED_OUT:
	case REASON_UNREACHABLE:
	case REASON_NO_ROUTE:
		return sign_of_silence(observation->outcome.stage);
	case REASON_REFUSED:
	case REASON_RESET:
	case REASON_CLOSED_EARLY:
	case REASON_MALFORMED:
	case REASON_NOT_THIS_PROTOCOL:
	case REASON_TOO_MUCH:
	case REASON_TLS_FAILED:
	case REASON_STARTTLS_ABSENT:
	case REASON_STARTTLS_REFUSED:
		return PRESENCE_ANSWERED;
	default:
		return PRESENCE_NO_SIGN;
	}
}

void presence_begin(struct presence *presence)
{
	*presence = (struct presence){ .silence = 1 };
}

static enum presence_change hear_answer(struct presence *presence)
{
	bool was_down = presence->down;

	presence->silence += presence->silent > 0;
	presence->silent = presence->repeats = 0;
	presence->down = false;
	return was_down ? PRESENCE_CAME : PRESENCE_SAME;
}

enum presence_change presence_hear(const struct presence_policy *policy,
				   struct presence *presence, presence_mark *mark,
				   enum presence_sign sign)
{
	if (sign == PRESENCE_ANSWERED)
		return hear_answer(presence);
	if (sign == PRESENCE_NO_SIGN || presence->down)
		return PRESENCE_SAME;
	if (*mark == presence->silence)
		presence->repeats++;
	else
		presence->silent++;
	*mark = presence->silence;
	if (presence->silent < policy->observations ||
	    presence->silent + presence->repeats < policy->observations * policy->times)
		return PRESENCE_SAME;
	presence->down = true;
	return PRESENCE_WENT;
}

void uplink_count(struct uplink *uplink, bool guard, enum presence_change change)
{
	uint32_t *down = guard ? &uplink->guards_down : &uplink->targets_down;

	if (change == PRESENCE_WENT)
		++*down;
	else if (change == PRESENCE_CAME)
		--*down;
}

bool uplink_is_down(const struct uplink *uplink)
{
	if (uplink->guards)
		return uplink->guards_down == uplink->guards;
	return uplink_is_watched(uplink) && uplink->targets_down == uplink->targets;
}

bool uplink_is_watched(const struct uplink *uplink)
{
	return uplink->guards || uplink->targets >= TARGETS_FOR_BLAME;
}
