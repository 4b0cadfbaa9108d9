/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that is always there. When the system has none left the process says so and
 * aborts: its keeper restarts it, and no caller carries an error branch nobody can test.
 */
#ifndef GROUND_MEMORY_H
#define GROUND_MEMORY_H

#include <stddef.h>

/* Zeroed room for count items; the product is checked against overflow. */
void *memory_new(size_t count, size_t size);
void *memory_resize(void *old, size_t count, size_t size);
/* NULL stays NULL. */
char *memory_copy(const char *string);
char *memory_copy_span(const char *bytes, size_t length);

/* Room for one more item behind count items: grows by doubling, the new part unset. */
void *memory_room_for(void *items, size_t count, size_t *room, size_t size);

/* An arena holds many small things that die together. */
struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *arena);
void *arena_take(struct arena *arena, size_t size);
char *arena_copy(struct arena *arena, const char *string);
char *arena_copy_span(struct arena *arena, const char *bytes, size_t length);

#endif
