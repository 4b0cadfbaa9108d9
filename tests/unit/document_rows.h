/* SPDX-License-Identifier: Apache-2.0
 *
 * What a row of a vendor's table is. The tables are written from the documents, not from the
 * profiles: document_PRODUCT.h has those of one, documents.h all of them.
 */
#ifndef TESTS_UNIT_DOCUMENT_ROWS_H
#define TESTS_UNIT_DOCUMENT_ROWS_H

#include <stddef.h>

enum { IN = 1, OUT = 2 };

struct row {
	unsigned number;
	const char *subjects;
	unsigned directions;
	unsigned unseen;	/* directions that cannot be seen from the network */
};

struct table {
	const char *profile, *place;	/* "Table 2": references are "Table 2, row 7" */
	const struct row *rows;
	size_t count;
	const char *scenario;	/* that its inbound rows belong to, or NULL */
	const char *collector;	/* that can see what it says */
};

/* What the sentences outside of the tables demand, by their place as references give it:
 * "Section 5.1", "Checklist, point 6". */
struct document {
	const char *profile;
	const struct table *tables;
	size_t table_count;
	const char *const *places;
	size_t place_count;
};

#define ROWS(rows) rows, sizeof rows / sizeof *rows

#endif
