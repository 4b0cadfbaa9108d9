/* SPDX-License-Identifier: Apache-2.0
 *
 * The hosts file, read once: names and their addresses as this machine's administrator
 * has written them down. resolve.c asks it before any server.
 */
#ifndef NET_HOSTS_H
#define NET_HOSTS_H

#include "net/address.h"

struct hosts;

/* A file that is missing is an empty one. */
struct hosts *hosts_read(const char *path);
void hosts_free(struct hosts *hosts);
/* Whether the name stands there at all; its addresses of the family in the file's order. */
bool hosts_find(const struct hosts *hosts, const char *name, uint8_t family,
		struct address *addresses, size_t most, size_t *count);

#endif
