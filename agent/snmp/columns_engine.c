/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "agent/snmp/columns_parts.h"

#define TARGET_COLUMNS(X)                                                                     \
	X(TARGET_NAME, 2, "ucpTargetName", TEXT, 255)                                         \
	X(TARGET_ADDRESS_TYPE, 3, "ucpTargetAddressType", ADDRESS_TYPE, 0)                    \
	X(TARGET_ADDRESS, 4, "ucpTargetAddress", ADDRESS, 0)                                  \
	X(TARGET_PRODUCT, 5, "ucpTargetProduct", TEXT, 255)                                   \
	X(TARGET_REACHABLE, 6, "ucpTargetReachable", TRUTH, 0)                                \
	X(TARGET_STATE, 7, "ucpTargetState", STATE, 0)                                        \
	X(TARGET_SEVERITY, 8, "ucpTargetSeverity", SEVERITY, 0)                               \
	X(TARGET_OK, 9, "ucpTargetOkCount", GAUGE, 0)                                         \
	X(TARGET_WARNING, 10, "ucpTargetWarningCount", GAUGE, 0)                              \
	X(TARGET_CRITICAL, 11, "ucpTargetCritCount", GAUGE, 0)                                \
	X(TARGET_UNKNOWN, 12, "ucpTargetUnknownCount", GAUGE, 0)                              \
	X(TARGET_LAST_SCAN, 13, "ucpTargetLastScan", TIME, 0)                                 \
	X(TARGET_SCAN_TIME, 14, "ucpTargetScanTime", GAUGE, 0)                                \
	X(TARGET_LAST_CHANGE, 15, "ucpTargetLastChange", TIME, 0)                             \
	X(TARGET_VANTAGE, 16, "ucpTargetVantage", VANTAGE, 0)                                 \
	X(TARGET_SCORE, 17, "ucpTargetScore", INTEGER, 0)                                     \
	X(TARGET_NOT_APPLICABLE, 18, "ucpTargetNotApplicableCount", GAUGE, 0)                 \
	X(TARGET_EXCEPTED, 19, "ucpTargetExceptedCount", GAUGE, 0)                            \
	X(TARGET_ALARMS, 20, "ucpTargetAlarmCount", GAUGE, 0)

#define CHECK_COLUMNS(X)                                                                      \
	X(CHECK_NAME, 2, "ucpCheckName", TEXT, 255)                                           \
	X(CHECK_CLASS, 3, "ucpCheckClass", FAMILY, 0)                                         \
	X(CHECK_PORT, 4, "ucpCheckPort", PORT, 0)                                             \
	X(CHECK_STATE, 5, "ucpCheckState", STATE, 0)                                          \
	X(CHECK_SEVERITY, 6, "ucpCheckSeverity", SEVERITY, 0)                                 \
	X(CHECK_VALUE, 7, "ucpCheckValue", INTEGER, 0)                                        \
	X(CHECK_UNIT, 8, "ucpCheckUnit", UNIT, 0)                                             \
	X(CHECK_TEXT, 9, "ucpCheckText", TEXT, 200)                                           \
	X(CHECK_LAST_RUN, 10, "ucpCheckLastRun", TIME, 0)                                     \
	X(CHECK_LAST_CHANGE, 11, "ucpCheckLastChange", TIME, 0)                               \
	X(CHECK_STATE_AGE, 12, "ucpCheckStateAge", GAUGE, 0)                                  \
	X(CHECK_TRANSITIONS, 13, "ucpCheckTransitions", COUNTER, 0)                           \
	X(CHECK_EXPECTED, 14, "ucpCheckExpected", TEXT, 200)                                  \
	X(CHECK_REASON, 15, "ucpCheckReason", TEXT, 64)                                       \
	X(CHECK_TITLE, 16, "ucpCheckTitle", TEXT, 200)                                        \
	X(CHECK_REMEDY, 17, "ucpCheckRemedy", TEXT, 255)                                      \
	X(CHECK_REFERENCE, 18, "ucpCheckReference", TEXT, 255)                                \
	X(CHECK_VERSION, 19, "ucpCheckVersion", IP, 0)                                        \
	X(CHECK_ALARM, 20, "ucpCheckAlarm", STATE, 0)                                         \
	X(CHECK_ALARM_ID, 21, "ucpCheckAlarmId", NATURAL, 0)                                  \
	X(CHECK_FLAPPING, 22, "ucpCheckFlapping", TRUTH, 0)                                   \
	X(CHECK_HELD, 23, "ucpCheckHeld", TRUTH, 0)

#define EVENT_COLUMNS(X)                                                                      \
	X(EVENT_TIME, 2, "ucpEventTime", TIME, 0)                                             \
	X(EVENT_TARGET, 3, "ucpEventTarget", TEXT, 255)                                       \
	X(EVENT_CHECK, 4, "ucpEventCheck", TEXT, 255)                                         \
	X(EVENT_OLD, 5, "ucpEventOldState", STATE, 0)                                         \
	X(EVENT_NEW, 6, "ucpEventNewState", STATE, 0)                                         \
	X(EVENT_SEVERITY, 7, "ucpEventSeverity", SEVERITY, 0)                                 \
	X(EVENT_TEXT, 8, "ucpEventText", TEXT, 200)                                           \
	X(EVENT_NOTIFIED, 9, "ucpEventNotified", TRUTH, 0)                                    \
	X(EVENT_KIND, 10, "ucpEventKind", KIND, 0)                                            \
	X(EVENT_CAUSE, 11, "ucpEventCause", CAUSE, 0)                                         \
	X(EVENT_ALARM_ID, 12, "ucpEventAlarmId", NATURAL, 0)

#define NOTIFY_COLUMNS(X)                                                                     \
	X(NOTIFY_SEQUENCE, 1, "ucpNotifySequence", NATURAL, 0)                                \
	X(NOTIFY_ALARM_ID, 2, "ucpNotifyAlarmId", TEXT, 255)                                  \
	X(NOTIFY_OLD, 3, "ucpNotifyOldState", STATE, 0)                                       \
	X(NOTIFY_NEW, 4, "ucpNotifyNewState", STATE, 0)                                       \
	X(NOTIFY_SEVERITY, 5, "ucpNotifySeverity", SEVERITY, 0)                               \
	X(NOTIFY_TEXT, 6, "ucpNotifyText", TEXT, 200)                                         \
	X(NOTIFY_COUNT, 7, "ucpNotifyCount", NATURAL, 0)

#define EXCEPTION_COLUMNS(X)                                                                  \
	X(EXCEPTION_REASON, 1, "ucpExceptionReason", TEXT, 255)                               \
	X(EXCEPTION_OWNER, 2, "ucpExceptionOwner", TEXT, 255)                                 \
	X(EXCEPTION_UNTIL, 3, "ucpExceptionUntil", TIME, 0)                                   \
	X(EXCEPTION_DAYS, 4, "ucpExceptionDaysLeft", GAUGE, 0)

enum { TARGET_COLUMNS(COLUMN_CONSTANT) };
enum { CHECK_COLUMNS(COLUMN_CONSTANT) };
enum { EVENT_COLUMNS(COLUMN_CONSTANT) };
enum { NOTIFY_COLUMNS(COLUMN_CONSTANT) };
enum { EXCEPTION_COLUMNS(COLUMN_CONSTANT) };
static const struct column target_columns[] = { TARGET_COLUMNS(COLUMN_ROW) };
static const struct column check_columns[] = { CHECK_COLUMNS(COLUMN_ROW) };
static const struct column event_columns[] = { EVENT_COLUMNS(COLUMN_ROW) };
static const struct column notify_columns[] = { NOTIFY_COLUMNS(COLUMN_ROW) };
static const struct column exception_columns[] = { EXCEPTION_COLUMNS(COLUMN_ROW) };

/* Ours are the bits of a set. */
static bool set_vantage(struct value *value, uint8_t vantage)
{
	int number = 1;

	for (; vantage > 1; vantage >>= 1)
		number++;
	return value_set_integer(value, number);
}

static bool take_target(const struct row *row, uint32_t arc, struct value *value)
{
	const struct mirror_target *target = row->target;
	const struct feed_target *fed = &target->fed;

	switch (arc) {
	case TARGET_NAME:
		return value_set_text(value, fed->name);
	case TARGET_ADDRESS_TYPE:
		return value_set_address_type(value, fed->address);
	case TARGET_ADDRESS:
		return value_set_address(value, fed->address);
	case TARGET_PRODUCT:
		return value_set_text(value, fed->profiles);
	case TARGET_REACHABLE:
		return value_set_truth(value, !fed->down);
	case TARGET_STATE:
		return set_word(value, target->worst);
	case TARGET_SEVERITY:
		return set_severity(value, target->alarms, target->severity);
	case TARGET_OK:
		return value_set_natural(value, target->counts[VERDICT_OK]);
	case TARGET_WARNING:
		return value_set_natural(value, target->counts[VERDICT_WARNING]);
	case TARGET_CRITICAL:
		return value_set_natural(value, target->counts[VERDICT_CRITICAL]);
	case TARGET_UNKNOWN:
		return value_set_natural(value, target->counts[VERDICT_UNKNOWN]);
	case TARGET_LAST_SCAN:
		return value_set_time(value, target->observed_wall_us);
	case TARGET_SCAN_TIME:
		return value_set_natural(value, (uint64_t)target->elapsed_us / 1000);
	case TARGET_LAST_CHANGE:
		return value_set_time(value, target->changed_wall_us);
	case TARGET_VANTAGE:
		return set_vantage(value, fed->vantage);
	case TARGET_SCORE:
		return value_set_integer(value, target->score);
	case TARGET_NOT_APPLICABLE:
		return value_set_natural(value, target->counts[VERDICT_NOT_APPLICABLE]);
	case TARGET_EXCEPTED:
		return value_set_natural(value, target->counts[VERDICT_EXCEPTED]);
	case TARGET_ALARMS:
		return value_set_natural(value, target->alarms);
	default:
		return false;
	}
}

static bool set_remedy(struct value *value, const struct mirror_check *check)
{
	const char *otherwise = check->rule->otherwise_remedy;

	return value_set_text(value, check->fed.unused_feature && *otherwise
					     ? otherwise
					     : check->rule->remedy);
}

static bool set_age(struct value *value, int64_t now_us, int64_t since_us)
{
	return value_set_natural(
		value, since_us && now_us > since_us ? (uint64_t)(now_us - since_us) / 1000000 : 0);
}

static bool set_measure(const struct row *row, uint32_t arc, struct value *value)
{
	int64_t number = 0;
	enum unit unit = shown_measure(row, &number);

	return value_set_integer(value, arc == CHECK_UNIT ? (int64_t)unit : number);
}

static bool take_check(const struct row *row, uint32_t arc, struct value *value)
{
	const struct mirror_check *check = row->check;
	const struct feed_check *fed = &check->fed;

	switch (arc) {
	case CHECK_NAME:
		return value_set_text(value, fed->name);
	case CHECK_CLASS:
		return set_word(value, check->rule->family);
	case CHECK_PORT:
		return value_set_natural(value, fed->port);
	case CHECK_STATE:
		return set_word(value, fed->verdict);
	case CHECK_SEVERITY:
		return set_severity(value,
				    fed->verdict == VERDICT_WARNING ||
					    fed->verdict == VERDICT_CRITICAL,
				    fed->severity);
	case CHECK_VALUE:
	case CHECK_UNIT:
		return set_measure(row, arc, value);
	case CHECK_TEXT:
		return value_set_text(value, fed->observed);
	case CHECK_LAST_RUN:
		return value_set_time(value, fed->judged_wall_us);
	case CHECK_LAST_CHANGE:
		return value_set_time(value, fed->since_wall_us);
	case CHECK_STATE_AGE:
		return set_age(value, row->about->now_wall_us, fed->since_wall_us);
	case CHECK_TRANSITIONS:
		return value_set_counter(value, check->transitions);
	case CHECK_EXPECTED:
		return value_set_text(value, fed->expected);
	case CHECK_REASON:
		return value_set_text(value, fed->reason);
	case CHECK_TITLE:
		return value_set_text(value, check->rule->title);
	case CHECK_REMEDY:
		return set_remedy(value, check);
	case CHECK_REFERENCE:
		return value_set_text(value, check->rule->reference);
	case CHECK_VERSION:
		return value_set_integer(value, fed->ip == 4 ? 1 : fed->ip == 6 ? 2 : 0);
	case CHECK_ALARM:
		return set_word(value, fed->told);
	case CHECK_ALARM_ID:
		return value_set_natural(value, fed->raised);
	case CHECK_FLAPPING:
		return value_set_truth(value, fed->flaps);
	case CHECK_HELD:
		return value_set_truth(value, fed->held);
	default:
		return false;
	}
}

static bool set_event_severity(struct value *value, const struct event *event)
{
	bool over = event->kind == EVENT_CLEARED || event->kind == EVENT_TARGET_UP ||
		    (event->kind == EVENT_AGENT && event->to == VERDICT_OK);

	return set_severity(value, !over, event->severity);
}

/* About ourselves nothing was observed: the title says it. */
static bool set_event_text(struct value *value, const struct event *event)
{
	return value_set_text(value, *event->observed ? event->observed : event->title);
}

static bool take_event(const struct row *row, uint32_t arc, struct value *value)
{
	const struct event *event = &row->event->event;

	switch (arc) {
	case EVENT_TIME:
		return value_set_time(value, event->at_us);
	case EVENT_TARGET:
		return value_set_text(value, event->target_name);
	case EVENT_CHECK:
		return value_set_text(value, event->check_name);
	case EVENT_OLD:
		return set_word(value, event->from);
	case EVENT_NEW:
		return set_word(value, event->to);
	case EVENT_SEVERITY:
		return set_event_severity(value, event);
	case EVENT_TEXT:
		return set_event_text(value, event);
	case EVENT_NOTIFIED:
		return value_set_truth(value, !event->quiet);
	case EVENT_KIND:
		return set_word(value, event->kind);
	case EVENT_CAUSE:
		return set_word(value, event->cause);
	case EVENT_ALARM_ID:
		return value_set_natural(value, event->alarm);
	default:
		return false;
	}
}

static bool set_alarm_id(struct value *value, const struct event *event)
{
	int length = snprintf(value->room, sizeof value->room, "%s/%s", event->target_name,
			      event->check_name);

	value->bytes = value->room;
	value->length = length < VALUE_ROOM ? (size_t)length : VALUE_ROOM - 1;
	return true;
}

static bool take_notify(const struct row *row, uint32_t arc, struct value *value)
{
	const struct event *event = &row->event->event;

	switch (arc) {
	case NOTIFY_SEQUENCE:
		return value_set_natural(value, event->number);
	case NOTIFY_ALARM_ID:
		return set_alarm_id(value, event);
	case NOTIFY_OLD:
		return set_word(value, event->from);
	case NOTIFY_NEW:
		return set_word(value, event->to);
	case NOTIFY_SEVERITY:
		return set_event_severity(value, event);
	case NOTIFY_TEXT:
		return set_event_text(value, event);
	case NOTIFY_COUNT:
		return value_set_natural(value, row->event->count);
	default:
		return false;
	}
}

static bool has_exception(const struct shown_facts *facts, const struct mirror_check *check)
{
	(void)facts;
	return check->fed.exception_until_us || *check->fed.exception_reason ||
	       *check->fed.exception_owner;
}

static bool take_exception(const struct row *row, uint32_t arc, struct value *value)
{
	const struct feed_check *fed = &row->check->fed;
	int64_t days;

	switch (arc) {
	case EXCEPTION_REASON:
		return value_set_text(value, fed->exception_reason);
	case EXCEPTION_OWNER:
		return value_set_text(value, fed->exception_owner);
	case EXCEPTION_UNTIL:
		return value_set_time(value, fed->exception_until_us);
	case EXCEPTION_DAYS:
		days = days_between(row->about->now_wall_us, fed->exception_until_us);
		return fed->exception_until_us &&
		       value_set_natural(value, days > 0 ? (uint64_t)days : 0);
	default:
		return false;
	}
}

const struct table target_table = { .arcs = { 1, 3, 1 }, .arc_count = 3, .rows = ROWS_TARGETS,
				    COLUMNS(target_columns), .take = take_target };
const struct table check_table = { .arcs = { 1, 4, 1 }, .arc_count = 3, .rows = ROWS_CHECKS,
				   COLUMNS(check_columns), .take = take_check };
const struct table event_table = { .arcs = { 1, 6, 1 }, .arc_count = 3, .rows = ROWS_EVENTS,
				   COLUMNS(event_columns), .take = take_event };
const struct table notify_table = { .arcs = { 1, 7 }, .arc_count = 2, .rows = ROWS_TOLD,
				    COLUMNS(notify_columns), .take = take_notify };
const struct table exception_table = { .arcs = { 1, 12, 1 }, .arc_count = 3,
				       .rows = ROWS_SOME_CHECKS, COLUMNS(exception_columns),
				       .take = take_exception, .has = has_exception };
