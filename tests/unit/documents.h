/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of all vendors' documents.
 */
#ifndef TESTS_UNIT_DOCUMENTS_H
#define TESTS_UNIT_DOCUMENTS_H

#include "tests/unit/document_asc_neo.h"
#include "tests/unit/document_aspenuc.h"
#include "tests/unit/document_datatal_flexi.h"
#include "tests/unit/document_starface.h"
#include "tests/unit/document_xphone_connect.h"

static const struct document documents[] = {
	{ "asc-neo", ROWS(asc_neo_tables), ROWS(asc_neo_places) },
	{ "aspenuc", ROWS(aspenuc_tables), ROWS(aspenuc_places) },
	{ "datatal-flexi", ROWS(datatal_tables), ROWS(datatal_places) },
	{ "starface", ROWS(starface_tables), ROWS(starface_places) },
	{ "xphone-connect", NULL, 0, ROWS(xphone_connect_places) },
};

enum { DOCUMENTS = sizeof documents / sizeof *documents };

#endif
