/* SPDX-License-Identifier: Apache-2.0
 *
 * The listening sockets of this machine, in order, and what can be said of each.
 */
#ifndef COLLECTORS_HOST_SOCKETS_H
#define COLLECTORS_HOST_SOCKETS_H

#include "collectors/host_wire.h"

enum { HOST_SOCKETS_MOST = 1 << 18, HOST_PORT_ROOM = sizeof "tcp/65535" };

struct text;

struct host_sockets {
	struct host_socket *items;
	size_t count, room;
};

/* False: there are more than we tell of. */
bool host_sockets_add(struct host_sockets *sockets, const struct host_socket *socket);
/* Ordered by protocol, port and address; what an answer said twice is there once. */
void host_sockets_tidy(struct host_sockets *sockets);
void host_sockets_free(struct host_sockets *sockets);

/* Nobody reaches it from another machine. */
bool host_socket_is_local(const struct host_socket *socket);
/* "tcp/22" */
void host_socket_format_port(const struct host_socket *socket, char port[static HOST_PORT_ROOM]);
/* As ss(8) writes it, "*" being every address of both versions of IP; interface: the name of
 * the one it is bound to, or NULL. */
void host_socket_format_address(const struct host_socket *socket, const char *interface,
				struct text *out);

#endif
