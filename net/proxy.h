/* SPDX-License-Identifier: Apache-2.0
 *
 * A proxy as people write it: http://user:password@host:port, all but the host optional.
 */
#ifndef NET_PROXY_H
#define NET_PROXY_H

#include <stdbool.h>
#include <stdint.h>

struct arena;

struct proxy_place {
	char host[256];
	uint16_t port;			/* 80 when it was not given */
	const char *authorization;	/* the value of Proxy-Authorization, or NULL; the arena's */
};

/* False when the string is not such a proxy. */
bool proxy_parse(const char *string, struct arena *arena, struct proxy_place *out);

#endif
