/* SPDX-License-Identifier: Apache-2.0
 *
 * What `ucposture observe` has seen, for people. Facts that belong together are told together
 * where a table of rows says how (observe_reach.c and its like); all others are a
 * list of names and values, so that a collector needs no row to be read.
 */
#ifndef AGENT_CLI_OBSERVE_TEXT_H
#define AGENT_CLI_OBSERVE_TEXT_H

#include "agent/cli/screen.h"
#include "collectors/observation.h"

/* verbose: with a sentence on each fact. */
void observe_add_text(const struct screen *screen, const struct request *request,
		      const struct observation *seen, bool verbose, struct text *out);

/* What follows is for the tables of rows. */

enum { ROW_FACTS = 6 };

/* One observation on its way to a screen. */
struct page {
	const struct screen *screen;
	const struct request *request;
	const struct observation *seen;
	struct text *out;
	const char *label;	/* of the row that is being written, until its first line is */
};

struct row {
	const char *label;		/* a table ends with NULL */
	const char *facts[ROW_FACTS];	/* it is shown when one of these was seen */
	void (*add)(struct page *page);	/* NULL: the first fact as it is */
};

const struct row *observe_reach_rows(void);
const struct row *observe_tls_rows(void);
const struct row *observe_certificate_rows(void);
const struct row *observe_host_rows(void);
const struct row *observe_http_rows(void);
const struct row *observe_snmp_rows(void);

/* NULL when it was not seen. */
const struct fact *page_fact(const struct page *page, const char *name);
/* "" when it was not seen. */
const char *page_text(const struct page *page, const char *name);
/* False when it was not seen. */
bool page_truth(const struct page *page, const char *name);

/* A line of the row; weak ones get a mark that is no colour. Foreign text is made safe. */
void page_add(struct page *page, bool weak, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A line of its own under the row, for what is long; depth: 0, or 1 for what belongs to the
 * line before. */
void page_add_below(struct page *page, bool weak, unsigned depth, const char *string);
/* The same with a note in a column of its own behind `width` columns, or under it where the
 * screen is too narrow. */
void page_add_with_note(struct page *page, bool weak, const char *string, unsigned width,
			const char *note);

#endif
