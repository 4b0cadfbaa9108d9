/* SPDX-License-Identifier: Apache-2.0
 *
 * What every message between our processes looks like from outside: its length (u32, without
 * itself), its kind (u8) and its body. What kinds there are is for others to know.
 */
#ifndef AGENT_IPC_FRAME_H
#define AGENT_IPC_FRAME_H

#include "net/bytes.h"

enum { FRAME_HEAD = 5, FRAME_MOST = 4 << 20 };

/* One complete message in `in`, or none yet: 1, 0 (and nothing taken), -1 when the stream
 * is beyond repair. */
int frame_next(struct reader *in, uint8_t *kind, struct reader *body);
/* The place of the frame, for frame_end(). */
size_t frame_begin(struct writer *out, uint8_t kind);
void frame_end(struct writer *out, size_t at);

#endif
