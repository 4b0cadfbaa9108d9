/* SPDX-License-Identifier: Apache-2.0
 *
 * One line on a terminal's standard error while a round runs: what is being looked at and
 * how much is left. It is redrawn at most ten times a second and gone at the end.
 */
#ifndef AGENT_CLI_PROGRESS_H
#define AGENT_CLI_PROGRESS_H

#include "agent/cli/screen.h"
#include "agent/engine/round.h"

struct progress {
	struct screen screen;
	bool wanted, drawn;
	int64_t drawn_us;	/* monotonic */
};

void progress_init(struct progress *progress);
/* For round_run(); arg is the struct progress. */
void progress_show(void *arg, const struct round_progress *now);
void progress_clear(struct progress *progress);
/* The line, without moving the cursor. */
void progress_add_line(struct text *out, unsigned width, const struct round_progress *now);

#endif
