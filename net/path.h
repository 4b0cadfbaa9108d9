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
	int64_t smoothed_us; /* 0: nobody has answered yet */
	int64_t variation_us;
	int64_t budget_at_us; /* when the bucket of packets will be full again */
	int64_t unreachable_us; /* when somebody last said that the host cannot be reached */
	bool rations_errors; /* the peer sends ICMP errors, of which it has few */
	int64_t ration_us; /* until when what we sent has used up its ration */
};

struct paths;

struct paths *paths_new(void);
void paths_free(struct paths *paths);
/* Stays valid as long as paths. */
struct path *path_to(struct paths *paths, const struct address *address);
void path_note_round_trip(struct path *path, int64_t us);
/* How long one silent attempt is waited for: `unknown_us` while nobody has answered, never
 * more than that, and never less than 400 ms unless unknown_us is. */
int64_t path_patience_us(const struct path *path, int64_t unknown_us);
/* Takes one packet from the budget and says 0, or takes none and says when to ask again.
 * After silence a second's worth may go at once. 0 packets per second: no limit. */
int64_t path_may_send_at(struct path *path, int64_t now_us, uint32_t packets_per_second);

#endif
