/* SPDX-License-Identifier: Apache-2.0
 *
 * Who else may issue certificates: PEM files that the configuration or the command line
 * names. Only what was asked for reads them; config_read_bytes() opens no file.
 */
#ifndef AGENT_PLAN_AUTHORITIES_H
#define AGENT_PLAN_AUTHORITIES_H

#include "agent/plan/config.h"

enum {
	AUTHORITIES_MOST = 1 << 20,	/* of a file, and of the certificates in it */
	/* Of all files: each prober is sent them, and none of them waits for another. */
	AUTHORITIES_IN_ALL_MOST = 16 << 20
};

struct text;

/* The certificates of the file, in PEM and nothing else; or NULL, and what is wrong. */
const char *authorities_load(struct arena *arena, const char *file, struct text *why);
/* Those of all targets and inventories that have none yet, each file once. */
void authorities_read(struct config *config, struct problems *problems);

#endif
