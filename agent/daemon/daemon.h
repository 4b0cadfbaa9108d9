/* SPDX-License-Identifier: Apache-2.0
 *
 * The agent as a service: starts what belongs to it, reloads, says to the service manager how
 * it is, and ends in order.
 */
#ifndef AGENT_DAEMON_DAEMON_H
#define AGENT_DAEMON_DAEMON_H

#include <stdbool.h>

/* The control socket's name in the state folder. */
#define DAEMON_CONTROL "control"

struct daemon_settings {
	const char *config_file;
	const char *profile_dir, *state_dir;	/* in place of the configuration's; NULL */
	const char *usual_state_dir;		/* when neither says it; NULL: there is none */
	const char *control;			/* the socket; NULL: in the state folder */
};

/* SIGTERM, SIGINT and SIGHUP wait, until daemon_run() can hear them. */
void daemon_hold_signals(bool hold);
/* Returns when it was told to end; the exit code. */
int daemon_run(const struct daemon_settings *settings);

#endif
