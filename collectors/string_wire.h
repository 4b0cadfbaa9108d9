/* SPDX-License-Identifier: Apache-2.0
 *
 * A string between processes: u16 length and its bytes, none of them NUL; a long one has a
 * u32. Used by the requests, observations and messages, whose optional strings travel as "".
 */
#ifndef COLLECTORS_STRING_WIRE_H
#define COLLECTORS_STRING_WIRE_H

#include "net/bytes.h"

struct arena;

enum { STRING_LONG_MOST = 1 << 20 };

/* NULL is put as "". */
void string_put(struct writer *out, const char *string);
/* In place, without a NUL at its end; false when damaged. */
bool string_take(struct reader *in, const char **bytes, size_t *length);
/* For those that may be as long as STRING_LONG_MOST: who lets them in sees to it. */
void string_put_long(struct writer *out, const char *string);
bool string_take_long(struct reader *in, const char **bytes, size_t *length);
/* A copy in the arena; NULL when damaged. */
const char *string_take_copy(struct reader *in, struct arena *arena);
/* Into a fixed room; false when damaged or too long for it. */
bool string_take_into(struct reader *in, char *room, size_t size);

#endif
