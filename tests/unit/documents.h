/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of all vendors' documents.
 */
#ifndef TESTS_UNIT_DOCUMENTS_H
#define TESTS_UNIT_DOCUMENTS_H

#include "tests/unit/document_asc_neo.h"
#include "tests/unit/document_starface.h"

static const struct document documents[] = {
	{ "asc-neo", ROWS(asc_neo_tables), ROWS(asc_neo_places) },
	{ "starface", ROWS(starface_tables), ROWS(starface_places) },
};

enum { DOCUMENTS = sizeof documents / sizeof *documents };

#endif
