/* SPDX-License-Identifier: Apache-2.0
 *
 * An IPv4 or IPv6 address, with or without a port, passed by value.
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
	uint8_t family;		/* 4, 6; 0: none */
	uint16_t port;		/* host byte order */
	uint32_t scope;		/* of a link-local IPv6 address */
	uint8_t bytes[16];	/* IPv4 uses the first four */
};

enum { ADDRESS_ROOM = 64 };	/* "fe80::1%4294967295", and more than enough for [..]:port */

/* A numeric address, without port: 10.0.0.5, 2001:db8::1, fe80::1%eth0. */
bool address_parse(const char *string, struct address *address);
/* Without the port. */
void address_format(const struct address *address, char string[static ADDRESS_ROOM]);
/* 10.0.0.5:443 or [2001:db8::1]:443. */
void address_format_with_port(const struct address *address, char string[static ADDRESS_ROOM]);
socklen_t address_to_socket(const struct address *address, struct sockaddr_storage *out);
bool address_from_socket(const struct sockaddr_storage *in, struct address *address);
/* What a socket is bound to; false: to nothing that is an address. */
bool address_of_socket(int fd, struct address *address);
int address_domain(const struct address *address);	/* AF_INET or AF_INET6 */
bool address_same_host(const struct address *a, const struct address *b);
bool address_is_loopback(const struct address *address);
/* "82.115.148.0/24", "2a01::/64" or a single address. */
bool address_parse_network(const char *string, struct address *network, unsigned *bits);
bool address_within(const struct address *address, const struct address *network, unsigned bits);

/* "host", "host:port", "[v6]:port", "v6": false when it is none of them. *port stays when
 * absent. */
bool address_split_host(const char *string, char *host, size_t room, uint16_t *port);

#endif
