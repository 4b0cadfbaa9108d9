/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/snmp/columns_parts.h"

#define AGENT_COLUMNS(X)                                                                      \
	X(AGENT_VERSION, 1, "ucpAgentVersion", TEXT, 0)                                       \
	X(AGENT_START, 2, "ucpAgentStartTime", TIME, 0)                                       \
	X(AGENT_LOADED, 3, "ucpConfigLastLoad", TIME, 0)                                      \
	X(AGENT_VALID, 4, "ucpConfigValid", TRUTH, 0)                                         \
	X(AGENT_CHANGED, 5, "ucpTableLastChange", STAMP, 0)                                   \
	X(AGENT_SCANS, 6, "ucpScansCompleted", COUNTER, 0)                                    \
	X(AGENT_LAG, 7, "ucpScanLag", GAUGE, 0)                                               \
	X(AGENT_SENT, 8, "ucpNotificationsSent", COUNTER, 0)                                  \
	X(AGENT_SUPPRESSED, 9, "ucpNotificationsSuppressed", COUNTER, 0)                      \
	X(AGENT_PENDING, 10, "ucpNotificationsPending", GAUGE, 0)                             \
	X(AGENT_WRITABLE, 11, "ucpStoreWritable", TRUTH, 0)                                   \
	X(AGENT_UPLINK, 12, "ucpUplinkUp", TRUTH, 0)                                          \
	X(AGENT_LAST_EVENT, 13, "ucpLastEvent", NATURAL, 0)

#define SUMMARY_COLUMNS(X)                                                                    \
	X(SUMMARY_WORST, 1, "ucpWorstState", STATE, 0)                                        \
	X(SUMMARY_TARGETS, 2, "ucpTargetCount", GAUGE, 0)                                     \
	X(SUMMARY_CHECKS, 3, "ucpCheckCount", GAUGE, 0)

#define CLASS_COLUMNS(X) X(CLASS_COUNT, 3, "ucpClassCount", GAUGE, 0)
#define SCORE_COLUMNS(X) X(SUMMARY_SCORE, 5, "ucpScore", INTEGER, 0)
#define SEVERITY_COLUMNS(X) X(SEVERITY_ALARMS, 2, "ucpAlarmCount", GAUGE, 0)

enum { AGENT_COLUMNS(COLUMN_CONSTANT) };
enum { SUMMARY_COLUMNS(COLUMN_CONSTANT) };
static const struct column agent_columns[] = { AGENT_COLUMNS(COLUMN_ROW) };
static const struct column summary_columns[] = { SUMMARY_COLUMNS(COLUMN_ROW) };
static const struct column class_columns[] = { CLASS_COLUMNS(COLUMN_ROW) };
static const struct column score_columns[] = { SCORE_COLUMNS(COLUMN_ROW) };
static const struct column severity_columns[] = { SEVERITY_COLUMNS(COLUMN_ROW) };

static bool take_agent(const struct row *row, uint32_t arc, struct value *value)
{
	const struct feed_agent *agent = &row->about->mirror->agent;

	switch (arc) {
	case AGENT_VERSION:
		return value_set_text(value, agent->version);
	case AGENT_START:
		return value_set_time(value, agent->started_wall_us);
	case AGENT_LOADED:
		return value_set_time(value, agent->loaded_wall_us);
	case AGENT_VALID:
		return value_set_truth(value, agent->config_valid);
	case AGENT_CHANGED:
		return value_set_natural(value, row->about->changed_ticks);
	case AGENT_SCANS:
		return value_set_counter(value, agent->observations);
	case AGENT_LAG:
		return value_set_natural(value, agent->late_s);
	case AGENT_SENT:
		return value_set_counter(value, agent->told);
	case AGENT_SUPPRESSED:
		return value_set_counter(value, agent->suppressed);
	case AGENT_PENDING:
		return value_set_natural(value, agent->untold);
	case AGENT_WRITABLE:
		return value_set_truth(value, agent->store_writable);
	case AGENT_UPLINK:
		return value_set_truth(value, agent->uplink_up);
	case AGENT_LAST_EVENT:
		return value_set_natural(value, agent->last_event);
	default:
		return false;
	}
}

static bool take_summary(const struct row *row, uint32_t arc, struct value *value)
{
	const struct mirror *mirror = row->about->mirror;

	switch (arc) {
	case SUMMARY_WORST:
		return set_word(value, mirror->worst);
	case SUMMARY_TARGETS:
		return value_set_natural(value, mirror->target_count);
	case SUMMARY_CHECKS:
		return value_set_natural(value, mirror->check_count);
	default:
		return false;
	}
}

static bool take_score(const struct row *row, uint32_t arc, struct value *value)
{
	(void)arc;
	return value_set_integer(value, row->about->mirror->score);
}

static bool take_class(const struct row *row, uint32_t arc, struct value *value)
{
	(void)arc;
	return value_set_natural(
		value, row->about->mirror->by_family[row->index[0] - 1][row->index[1] - 1]);
}

static bool take_severity(const struct row *row, uint32_t arc, struct value *value)
{
	(void)arc;
	return value_set_natural(
		value, row->about->mirror->by_severity[row->index[0] - PERCEIVED_CRITICAL]);
}

const struct table agent_table = { .arcs = { 1, 1 }, .arc_count = 2, .rows = ROWS_ONE,
				   COLUMNS(agent_columns), .take = take_agent };
const struct table summary_table = { .arcs = { 1, 2 }, .arc_count = 2, .rows = ROWS_ONE,
				     COLUMNS(summary_columns), .take = take_summary };
const struct table class_table = { .arcs = { 1, 2, 4, 1 }, .arc_count = 4,
				   .rows = ROWS_CLASSES, COLUMNS(class_columns),
				   .take = take_class };
const struct table score_table = { .arcs = { 1, 2 }, .arc_count = 2, .rows = ROWS_ONE,
				   COLUMNS(score_columns), .take = take_score };
const struct table severity_table = { .arcs = { 1, 2, 6, 1 }, .arc_count = 4,
				      .rows = ROWS_SEVERITIES, COLUMNS(severity_columns),
				      .take = take_severity };
