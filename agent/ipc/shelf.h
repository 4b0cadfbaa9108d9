/* SPDX-License-Identifier: Apache-2.0
 *
 * Long strings that many requests have in common: the authorities of targets. They go to a
 * prober once, and requests only say their numbers, which begin at 1; otherwise a bundle of
 * authorities on its way with every request would fill the socket between the processes.
 */
#ifndef AGENT_IPC_SHELF_H
#define AGENT_IPC_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct shelf_item {
	char *string;
	size_t length;
};

/* Zeroed: empty. */
struct shelf {
	struct shelf_item *items;
	size_t count, room;
};

/* The engine's: the number of an equal string, which is copied when it is new; 0 for NULL. */
uint32_t shelf_number(struct shelf *shelf, const char *string);
/* The prober's; false unless it is the next number. */
bool shelf_put(struct shelf *shelf, uint32_t number, const char *bytes, size_t length);
/* NULL for 0, and for a number that is not there. */
const char *shelf_at(const struct shelf *shelf, uint32_t number);
void shelf_free(struct shelf *shelf);

#endif
