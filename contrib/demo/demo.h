/* SPDX-License-Identifier: Apache-2.0
 *
 * The simulated systems at their addresses, and what each of them has opened there.
 */
#ifndef CONTRIB_DEMO_DEMO_H
#define CONTRIB_DEMO_DEMO_H

#include "contrib/demo/systems.h"
#include "net/address.h"
#include "net/loop.h"

struct authority;
struct demo;
struct text;

/* Ports that may not be bound, or that the machine uses itself, are moved up by a multiple. */
enum { MOVE_BY = 10000, MOVES_MOST = 5 };

struct post {
	struct demo *demo;
	struct scene scene;
	struct tls_service *tls;
	struct watch watch;
	int fd;			/* -1: not open */
	uint16_t port;		/* where it really is; 0: nowhere */
};

struct stand {
	const struct system *system;
	struct address address;
	char where[ADDRESS_ROOM];
	struct post posts[SERVICES_MOST];
	size_t post_count;
};

struct demo {
	struct loop *loop;
	struct authority *authority;
	int claim;		/* what keeps others from these addresses */
	struct stand stands[SYSTEMS_MOST];
	size_t stand_count;
	struct visitor *visitors;
	size_t visitor_count;
};

/* serve.c: takes addresses that no other demonstration has, and opens all posts. NULL, or what
 * is wrong. */
const char *demo_settle(struct demo *demo);
void demo_serve(struct demo *demo);
void demo_close(struct demo *demo);

/* configuration.c: as the agent would be told of the systems; what had to be moved or left out
 * is said line by line. False: the profiles don't say what the systems need. */
bool configuration_write(const struct demo *demo, const char *profiles, const char *path,
			 struct text *said);

#endif
