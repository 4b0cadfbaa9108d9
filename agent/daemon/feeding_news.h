/* SPDX-License-Identifier: Apache-2.0
 *
 * What a face has yet to be fed: all, or what changed since. It is collected for a second, and said
 * in pieces, as fast as the face takes them.
 */
#ifndef AGENT_DAEMON_FEEDING_NEWS_H
#define AGENT_DAEMON_FEEDING_NEWS_H

#include "agent/daemon/house.h"
#include "net/bytes.h"

struct news;

struct news *news_new(const struct house *house);
void news_free(struct news *news);
/* Somebody listens who knows nothing yet. */
void news_begin(struct news *news);
void news_note_check(struct news *news, uint32_t check);
void news_note_plan(struct news *news);
/* When there is something to say; INT64_MAX: nothing is known yet that changed. */
int64_t news_due_us(const struct news *news, struct moment now);
/* Says some of it: a little more than so many bytes at most. */
void news_tell(struct news *news, struct writer *out, size_t most, struct moment now);

#endif
