/* SPDX-License-Identifier: Apache-2.0
 *
 * The simulated systems: one of each product, as such systems are found in the field, and
 * one that stands for the servers on the Internet that they need.
 */
#ifndef CONTRIB_DEMO_SYSTEMS_H
#define CONTRIB_DEMO_SYSTEMS_H

#include "contrib/demo/service.h"

enum { SYSTEMS_MOST = 8, SERVICES_MOST = 24 };

/* Rules that cannot be looked at here, and why; each is said. */
struct omission {
	const char *rule;	/* "profile.rule" */
	const char *why;
};

struct system {
	const char *name;	/* NULL: the end of the table */
	const char *profile;	/* NULL: nobody checks it; the others need it */
	const char *story;	/* what is set up badly, for people */
	const char *settings;	/* of the target, as lines of YAML */
	const char *const *names;	/* what the name server says is there */
	const struct service *services;
	const char *const *faults;	/* "profile.rule" of all that is to be found */
	const struct omission *omissions;
};

const struct system *systems(void);

#endif
