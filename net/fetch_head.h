/* SPDX-License-Identifier: Apache-2.0
 *
 * The head of an HTTP reply, read line by line as libcurl passes the lines on: pure, so that
 * it can be tested and fuzzed without it. Interim replies (1xx) are read and dropped, yet
 * they count against the limit.
 */
#ifndef NET_FETCH_HEAD_H
#define NET_FETCH_HEAD_H

#include "net/bytes.h"
#include "net/fetch.h"
#include "net/outcome.h"

enum { FETCH_HEADERS_MOST = 256 };

struct fetch_head {
	unsigned status;		/* 0: no status line has come */
	char version[4];		/* "1.1" */
	bool complete;			/* the empty line of the last reply has come */
	enum reason reason;		/* why it is none; NONE so far */
	size_t came, most;		/* bytes */
	struct writer bytes;		/* name NUL value NUL, as often as */
	size_t count;
};

void fetch_head_init(struct fetch_head *head, size_t most_bytes);
void fetch_head_free(struct fetch_head *head);
/* One line with its end. False when there is no point in going on: head->reason. */
bool fetch_head_take(struct fetch_head *head, const char *line, size_t length);
/* Room for FETCH_HEADERS_MOST; they point into the head. */
size_t fetch_head_list(const struct fetch_head *head, struct fetch_header *headers);

/* Whether a proxy that was asked for a whole URL has answered in its own name: NONE when it
 * may well have been the origin. */
enum reason fetch_head_proxy_reason(unsigned status, const struct fetch_header *headers,
				    size_t count);

#endif
