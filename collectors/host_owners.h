/* SPDX-License-Identifier: Apache-2.0
 *
 * Whose sockets these are: all processes are asked below /proc what they have open, a slice
 * of time after the other, so that the loop turns meanwhile.
 */
#ifndef COLLECTORS_HOST_OWNERS_H
#define COLLECTORS_HOST_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectors/machine.h"

struct host_owners;

struct host_process {
	unsigned pid;
	char name[MACHINE_NAME_ROOM];	/* its own choice of bytes */
	size_t length;
};

struct host_owners *host_owners_new(const struct machine *machine);
void host_owners_free(struct host_owners *owners);
/* All of these first, then look; 0 is none. */
void host_owners_add(struct host_owners *owners, uint32_t inode);
/* Looks until that monotonic time; true when there is no more to be seen. */
bool host_owners_look(struct host_owners *owners, int64_t until_us);
/* Some processes were not ours to look at, or there was no /proc for us at all. */
bool host_owners_were_denied(const struct host_owners *owners);
/* Of several processes that share a socket the one with the lowest number, which is the one
 * that made it as a rule, and how many there are. NULL when nobody was found; valid until the
 * next look. */
const struct host_process *host_owners_of(const struct host_owners *owners, uint32_t inode,
					  unsigned *processes);

#endif
