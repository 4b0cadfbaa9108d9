/* SPDX-License-Identifier: Apache-2.0
 *
 * What we have learnt of the way to each address: its round-trip time, from which the
 * patience with silent ports follows, and the packet budget that keeps us unnoticed.
 */
#ifndef NET_PATH_H
#define NET_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "net/address.h"

struct path {
	struct address address;
	int64_t smoothed_us;		/* 0: nobody has answered yet */
	int64_t variation_us;
	int64_t budget_at_us;		/* when the next packet may go */
};

struct paths;

struct paths *paths_new(void);
void paths_free(struct paths *paths);
/* Stays valid as long as paths. */
struct path *path_to(struct paths *paths, const struct address *address);
void path_note_round_trip(struct path *path, int64_t us);
/* How long one silent attempt is waited for: `unknown_us` while nobody has answered. */
int64_t path_patience_us(const struct path *path, int64_t unknown_us);
/* Takes one packet from the budget; 0: go now, else the time at which it may go. */
int64_t path_may_send_at(struct path *path, int64_t now_us, uint32_t packets_per_second);

#endif
