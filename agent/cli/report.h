/* SPDX-License-Identifier: Apache-2.0
 *
 * What a round found, told in one of the formats. A format reads the round and appends to
 * a text; it never probes, judges or writes anywhere. Text of strangers is escaped by each
 * format in its own way.
 */
#ifndef AGENT_CLI_REPORT_H
#define AGENT_CLI_REPORT_H

#include "agent/cli/screen.h"
#include "agent/engine/results.h"

struct report {
	const struct results *results;
	const struct plan *plan;
	const char *agent;	/* "ucposture 1.0.0" */
	bool german;		/* titles, where a profile has them */
	bool interrupted;
	unsigned verbose;
	struct screen screen;	/* of the human format */
};

struct report_format {
	const char *name;
	void (*write)(const struct report *report, struct text *out);
};

extern const struct report_format report_human, report_json, report_prometheus,
	report_nagios, report_csv, report_junit, report_checkmk;

const struct report_format *report_format_named(const char *name);
/* Ended by NULL; the first is the usual one. */
const char *const *report_format_names(void);

/* A target and its part of the plan's checks. */
struct report_target {
	const struct target *about;
	size_t first, count;	/* checks */
	struct score score;
	size_t next;		/* index of the target behind this one */
};

/* Begin with a target of zeroes; false when there are no more. */
bool report_next_target(const struct report *report, struct report_target *target);
/* Indexes of the target's checks, worst first; the caller frees. */
size_t *report_order(const struct report *report, const struct report_target *target);
void report_total(const struct report *report, struct score *total);

const struct judgement *report_judgement(const struct report *report, size_t check);
/* What the check was judged by, or NULL. */
const struct observation *report_observation(const struct report *report, size_t check);
const char *report_title(const struct report *report, const struct check *check);
/* "provisional while NAME stands"; nothing when it is not. */
void report_add_provisional(struct text *out, const struct report *report, size_t check);
/* "starface.web-https" */
void report_add_rule(struct text *out, const struct rule *rule);
/* The verdict that stands for many: unknown when nothing could be judged. */
enum verdict report_worst(const struct report *report, const struct score *score);
int report_exit_code(const struct report *report);
/* "3 critical, 1 unknown, 41 ok": what there is of each, worst first. */
void report_add_counts(struct text *out, const struct score *score, const char *separator);
const char *verdict_for_people(enum verdict verdict);
/* As it stands before a row. */
const char *verdict_heading(enum verdict verdict);
enum style verdict_style(enum verdict verdict);
/* Columns of a table of checks for people, behind one for verdicts: first as wide as the widest
 * of each, then as wide as all of them fit into the room. */
enum { REPORT_VERDICT = 8 };

struct report_columns {
	unsigned check, expected, observed;
};

void report_widen(struct report_columns *columns, const char *check, const char *expected,
		  const char *observed);
void report_fit(struct report_columns *columns, unsigned room);
/* From worst to best: the order reports are in. */
enum verdict verdict_at_rank(unsigned rank);

#endif
