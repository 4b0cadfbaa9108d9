/* SPDX-License-Identifier: Apache-2.0
 *
 * Observations of a TLS peer and of certificates as the collectors would bring them, for the
 * tests of how they are told.
 */
#ifndef TESTS_UNIT_MADE_OBSERVATIONS_H
#define TESTS_UNIT_MADE_OBSERVATIONS_H

#include "collectors/collector.h"

struct made_observation {
	const char *name;
	struct collector collector;	/* just its name */
	struct request request;
	struct observation *seen;
};

/* "tls", "tls-modern", "certificate", "certificate-vendor", "starttls"; NULL: none. */
struct made_observation *made_observation(const char *name);
void made_observation_free(struct made_observation *made);
/* Ended by NULL. */
const char *const *made_observations(void);

#endif
