/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for collectors/collectors.c in tests of what runs collectors. The subject's
 * port says how many milliseconds `later` and `spin` take.
 *
 *	echo	finishes inside start(), with the process's number and the request's
 *		authorities
 *	later	finishes after a while		spin	takes so much of a CPU
 *	never	does not finish			crash	aborts
 *	inside	echo, and inside_crash crash, for the prober that looks inside
 */
#ifndef TESTS_UNIT_FAKE_COLLECTORS_H
#define TESTS_UNIT_FAKE_COLLECTORS_H

#include "collectors/collector.h"

enum fake_fact { FAKE_PID, FAKE_TRUTH, FAKE_REAL, FAKE_TIME, FAKE_TEXT, FAKE_TEXTS, FAKE_NUMBERS,
		 FAKE_RECORDS };

const struct fact_descriptor *fake_fact(enum fake_fact which);
/* Of the records: the same types but themselves. */
const struct fact_descriptor *fake_column(enum fake_fact which);
/* A request for the collector at 127.0.0.1, tcp/port; text has to live as long as it. */
struct request fake_request(const char *collector, unsigned port, const char *text);
/* How often collectors were started and stopped in this process. */
unsigned fake_starts(void);
unsigned fake_stops(void);

#endif
