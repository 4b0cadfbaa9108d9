/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies of fetched documents: the folder `inventory` of the state folder, a file for each URL,
 * which nobody but the agent's user may read.
 */
#ifndef AGENT_DAEMON_GATHERING_COPIES_H
#define AGENT_DAEMON_GATHERING_COPIES_H

#include "ground/text.h"

/* etag: what its server called it; empty: nothing. False: there is none, or none of use. */
bool copies_read(const char *folder, const char *url, struct text *body, struct text *etag);
/* etag: NULL: none. Either the new copy is there afterwards or the old one; false: errno says
 * why it is the old one. */
bool copies_write(const char *folder, const char *url, const char *body, const char *etag);
/* Removes all that are of none of these. */
void copies_keep(const char *folder, const char *const *urls, size_t count);

/* The content of such a file, taken apart; false when it is not of that URL. */
bool copy_take(const char *bytes, size_t length, const char *url, struct text *body,
	       struct text *etag);

#endif
