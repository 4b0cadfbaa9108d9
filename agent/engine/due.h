/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes next: numbers, each with the time at which it is due. The earliest is always at
 * hand, and those of the same time come in the order of their numbers: the same everywhere.
 */
#ifndef AGENT_ENGINE_DUE_H
#define AGENT_ENGINE_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct due;

#define DUE_NEVER INT64_MAX

/* Numbers 0 … count - 1, none of them due. */
struct due *due_new(uint32_t count);
void due_free(struct due *due);
/* Due at that time and no other; DUE_NEVER: at none. */
void due_set(struct due *due, uint32_t number, int64_t at_us);
/* Takes the earliest one that is due. */
bool due_take(struct due *due, int64_t now_us, uint32_t *number);
/* Takes this one, whenever it is due. */
void due_remove(struct due *due, uint32_t number);
bool due_waits(const struct due *due, uint32_t number);
/* When this one is due, or was when it was taken. */
int64_t due_at_us(const struct due *due, uint32_t number);
/* The earliest time. */
int64_t due_next_us(const struct due *due);

#endif
