/* SPDX-License-Identifier: Apache-2.0
 *
 * What a row of a vendor's table is. The tables are written from the documents, not from the
 * profiles: document_PRODUCT.h has those of one, documents.h all of them.
 */
#ifndef TESTS_UNIT_DOCUMENT_ROWS_H
#define TESTS_UNIT_DOCUMENT_ROWS_H

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

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
	const char *collector;	/* that can see what it says, or several: "port reach" */
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

/* "Table 2, row 7" is not in "Table 2, row 70". */
static inline bool refers_to_row(const char *reference, const char *place, unsigned number)
{
	char wanted[64];

	snprintf(wanted, sizeof wanted, "%s, row %u", place, number);
	for (const char *at = reference; at && (at = strstr(at, wanted)); at++)
		if (!isdigit((unsigned char)at[strlen(wanted)]))
			return true;
	return false;
}

#endif
