/* SPDX-License-Identifier: Apache-2.0
 *
 * A TCP socket whose attempt was refused, or that was hung up, can connect again, to any
 * port of any host of its family, and is a third cheaper than a new one
 * (docs/decisions/0004). A runner keeps some for whoever asks next; they were never bound
 * to a source.
 */
#ifndef NET_SPARES_H
#define NET_SPARES_H

#include <stdint.h>

struct spares;

struct spares *spares_new(void);
void spares_free(struct spares *spares);
/* -1: there is none, make one. It is the caller's now, and goes to connect_again(). */
int spares_take(struct spares *spares, uint8_t family);
/* After CONNECT_RESET or connect_hang_up() only, and watched by nobody; taken over, or
 * closed when there are enough. */
void spares_keep(struct spares *spares, uint8_t family, int fd);

#endif
