/* SPDX-License-Identifier: Apache-2.0
 *
 * Sockets of this machine, which bear a name in its file system.
 */
#ifndef NET_LOCAL_H
#define NET_LOCAL_H

#include <sys/socket.h>
#include <sys/un.h>

/* How much of *address counts; 0: it cannot be a name, and errno says why. */
socklen_t local_address(const char *path, struct sockaddr_un *address);
/* type: with SOCK_NONBLOCK or without. -1: errno says why. */
int local_connect(const struct sockaddr_un *address, socklen_t length, int type);

#endif
