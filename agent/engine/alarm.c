/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/engine/alarm.h"

#include <string.h>

#define NEVER INT64_MAX

void alarm_begin(struct alarm *alarm)
{
	*alarm = (struct alarm){ .told = VERDICT_OK, .seen = VERDICT_OK, .remind_at_us = NEVER };
}

static bool is_raised(const struct alarm *alarm)
{
	return alarm->told != VERDICT_OK;
}

static void forget_rows(struct alarm *alarm)
{
	alarm->better = alarm->worse = alarm->unknown = 0;
}

static void set_reminder(const struct alarm_policy *policy, struct alarm *alarm,
			 struct moment now)
{
	alarm->reminded_wall_us = now.wall_us;
	alarm->remind_at_us = is_raised(alarm) && policy->remind_us
				      ? now.monotonic_us + policy->remind_us
				      : NEVER;
}

/* The wall clock may have jumped while nobody looked: a reminder is never further off than
 * its interval. */
void alarm_restore(const struct alarm_policy *policy, struct alarm *alarm, struct moment now)
{
	int64_t passed_us = now.wall_us - alarm->reminded_wall_us;

	alarm->remind_at_us = NEVER;
	alarm->same_since_us = now.monotonic_us;
	alarm->change_count = 0;
	if (!is_raised(alarm) || !policy->remind_us)
		return;
	if (passed_us < 0 || passed_us > policy->remind_us)
		passed_us = passed_us < 0 ? 0 : policy->remind_us;
	alarm->remind_at_us = now.monotonic_us + policy->remind_us - passed_us;
}

static void note_change(struct alarm *alarm, int64_t now_us)
{
	memmove(alarm->changes_us + 1, alarm->changes_us,
		(ALARM_CHANGES_MOST - 1) * sizeof *alarm->changes_us);
	alarm->changes_us[0] = now_us;
	if (alarm->change_count < ALARM_CHANGES_MOST)
		alarm->change_count++;
}

static bool begins_to_flap(const struct alarm_policy *policy, const struct alarm *alarm,
			   int64_t now_us)
{
	unsigned most = policy->flap_changes;

	return most && alarm->change_count >= most &&
	       now_us - alarm->changes_us[most - 1] <= policy->flap_us;
}

/* Tells `to`, whatever was told before. */
static struct alarm_effect tell(const struct alarm_policy *policy, struct alarm *alarm,
				enum verdict to, enum alarm_cause cause, struct moment now)
{
	struct alarm_effect effect = {
		.change = to == VERDICT_OK	? ALARM_CLEARED
			  : is_raised(alarm)	? ALARM_CHANGED
						: ALARM_RAISED,
		.cause = cause,
		.from = alarm->told,
		.to = to,
		.severity = alarm->severity,
		.flaps = alarm->flaps,
	};

	if (effect.change == ALARM_RAISED)
		alarm->raised_wall_us = now.wall_us;
	alarm->told = (uint8_t)to;
	alarm->changed_wall_us = now.wall_us;
	forget_rows(alarm);
	set_reminder(policy, alarm, now);
	return effect;
}

/* A result that has come often enough. While an alarm flaps it stays raised, as bad as it was
 * last told. */
static struct alarm_effect settle(const struct alarm_policy *policy, struct alarm *alarm,
				  enum verdict to, struct moment now)
{
	note_change(alarm, now.monotonic_us);
	if (begins_to_flap(policy, alarm, now.monotonic_us)) {
		alarm->flaps = true;
		if (to == VERDICT_OK)
			to = alarm->told;
	}
	return tell(policy, alarm, to, ALARM_BY_RESULT, now);
}

static struct alarm_effect calm_down(const struct alarm_policy *policy, struct alarm *alarm,
				     struct moment now)
{
	alarm->flaps = false;
	alarm->change_count = 0;
	return tell(policy, alarm, alarm->seen, ALARM_BY_TIME, now);
}

static bool is_calm(const struct alarm_policy *policy, const struct alarm *alarm, int64_t now_us)
{
	return alarm->flaps && now_us - alarm->same_since_us >= policy->calm_us;
}

/* Counts what a result says about what is told; true when it has been said often enough. */
static bool has_turned(const struct alarm_policy *policy, struct alarm *alarm,
		       enum verdict verdict)
{
	if (verdict == alarm->told) {
		forget_rows(alarm);
		return false;
	}
	if (verdict == VERDICT_UNKNOWN)
		return ++alarm->unknown >= policy->raise_after;
	alarm->unknown = 0;
	if (verdict_worse(verdict, alarm->told) == verdict) {
		alarm->better = 0;
		return ++alarm->worse >= policy->raise_after;
	}
	alarm->worse = 0;
	return ++alarm->better >= policy->clear_after;
}

/* Nobody has to wait for what somebody has decided. */
static struct alarm_effect decided(const struct alarm_policy *policy, struct alarm *alarm,
				   enum alarm_cause cause, struct moment now)
{
	forget_rows(alarm);
	alarm->flaps = false;
	alarm->change_count = 0;
	alarm->seen = VERDICT_OK;
	alarm->same_since_us = now.monotonic_us;
	return is_raised(alarm) ? tell(policy, alarm, VERDICT_OK, cause, now)
				: (struct alarm_effect){ 0 };
}

static struct alarm_effect hear(const struct alarm_policy *policy, struct alarm *alarm,
				const struct alarm_event *event, struct moment now)
{
	bool other_severity = alarm->severity != event->severity;

	if (event->verdict == VERDICT_EXCEPTED)
		return decided(policy, alarm, ALARM_BY_EXCEPTION, now);
	if (event->verdict == VERDICT_NOT_APPLICABLE)
		return decided(policy, alarm, ALARM_BY_ABSENCE, now);
	alarm->severity = (uint8_t)event->severity;
	if (alarm->seen != event->verdict) {
		alarm->seen = (uint8_t)event->verdict;
		alarm->same_since_us = now.monotonic_us;
	}
	if (alarm->flaps)
		return is_calm(policy, alarm, now.monotonic_us) ? calm_down(policy, alarm, now)
								: (struct alarm_effect){ 0 };
	if (has_turned(policy, alarm, event->verdict))
		return settle(policy, alarm, event->verdict, now);
	if (other_severity && is_raised(alarm) && event->verdict == alarm->told)
		return tell(policy, alarm, event->verdict, ALARM_BY_RESULT, now);
	return (struct alarm_effect){ 0 };
}

static struct alarm_effect remind(const struct alarm_policy *policy, struct alarm *alarm,
				  struct moment now)
{
	struct alarm_effect effect = {
		.change = ALARM_REMINDED,
		.cause = ALARM_BY_TIME,
		.from = alarm->told,
		.to = alarm->told,
		.severity = alarm->severity,
		.flaps = alarm->flaps,
	};

	set_reminder(policy, alarm, now);
	return effect;
}

static struct alarm_effect pass_time(const struct alarm_policy *policy, struct alarm *alarm,
				     struct moment now)
{
	if (alarm->held)
		return (struct alarm_effect){ 0 };
	if (is_calm(policy, alarm, now.monotonic_us))
		return calm_down(policy, alarm, now);
	return now.monotonic_us >= alarm->remind_at_us ? remind(policy, alarm, now)
						       : (struct alarm_effect){ 0 };
}

struct alarm_effect alarm_step(const struct alarm_policy *policy, struct alarm *alarm,
			       const struct alarm_event *event, struct moment now)
{
	switch (event->kind) {
	case ALARM_RESULT:
		return alarm->held ? (struct alarm_effect){ 0 }
				   : hear(policy, alarm, event, now);
	case ALARM_HOLD:
		alarm->held = true;
		forget_rows(alarm);
		return (struct alarm_effect){ 0 };
	case ALARM_RELEASE:
		alarm->held = false;
		alarm->same_since_us = now.monotonic_us;
		return (struct alarm_effect){ 0 };
	case ALARM_TIME:
		return pass_time(policy, alarm, now);
	default:
		alarm->held = false;
		return decided(policy, alarm, ALARM_BY_ABSENCE, now);
	}
}

int64_t alarm_due_us(const struct alarm_policy *policy, const struct alarm *alarm)
{
	int64_t calm_us = alarm->flaps ? alarm->same_since_us + policy->calm_us : NEVER;

	if (alarm->held)
		return NEVER;
	return calm_us < alarm->remind_at_us ? calm_us : alarm->remind_at_us;
}

const char *alarm_change_word(enum alarm_change change)
{
	static const char *const words[] = {
		[ALARM_UNCHANGED] = "unchanged",
#define ALARM_CHANGE_WORD(constant, word) [ALARM_##constant] = word,
		ALARM_CHANGES(ALARM_CHANGE_WORD)
#undef ALARM_CHANGE_WORD
	};

	return words[change];
}
