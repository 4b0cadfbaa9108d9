/* SPDX-License-Identifier: Apache-2.0
 *
 * The Unix socket through which the command line asks the running agent. A question is a line
 * of words separated by tabs; an answer is a line of JSON, or several while somebody follows,
 * and the end of the connection. Only who may read the state folder may ask.
 */
#ifndef AGENT_DAEMON_CONTROL_H
#define AGENT_DAEMON_CONTROL_H

#include "agent/daemon/house.h"

struct control;

/* NULL after saying in `said` why it cannot be. A socket that is left from an agent that died is
 * replaced. */
struct control *control_new(struct house *house, const char *path, struct text *said);
void control_free(struct control *control);
/* Events may have come: whoever follows is told. */
void control_tell(struct control *control);

#endif
