/* SPDX-License-Identifier: Apache-2.0 */
#include "net/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "eth0" or "2" behind the % of a link-local address. */
static bool parse_scope(const char *string, uint32_t *scope)
{
	char *end;
	unsigned long number = strtoul(string, &end, 10);

	*scope = *string && !*end && number <= UINT32_MAX ? (uint32_t)number
							  : if_nametoindex(string);
	return *scope != 0;
}

bool address_parse(const char *string, struct address *address)
{
	char plain[INET6_ADDRSTRLEN];
	const char *percent = strchr(string, '%');
	size_t length = percent ? (size_t)(percent - string) : strlen(string);
	struct address parsed = { 0 };

	if (length >= sizeof plain)
		return false;
	memcpy(plain, string, length);
	plain[length] = '\0';
	if (!percent && inet_pton(AF_INET, plain, parsed.bytes) == 1)
		parsed.family = 4;
	else if (inet_pton(AF_INET6, plain, parsed.bytes) == 1)
		parsed.family = 6;
	else
		return false;
	if (percent && !parse_scope(percent + 1, &parsed.scope))
		return false;
	*address = parsed;
	return true;
}

int address_domain(const struct address *address)
{
	return address->family == 6 ? AF_INET6 : AF_INET;
}

void address_format(const struct address *address, char string[static ADDRESS_ROOM])
{
	size_t length;

	if (!address->family) {
		snprintf(string, ADDRESS_ROOM, "%s", "none");
		return;
	}
	inet_ntop(address_domain(address), address->bytes, string, ADDRESS_ROOM);
	length = strlen(string);
	if (address->scope)
		snprintf(string + length, ADDRESS_ROOM - length, "%%%u", address->scope);
}

void address_format_with_port(const struct address *address, char string[static ADDRESS_ROOM])
{
	char host[ADDRESS_ROOM];

	address_format(address, host);
	snprintf(string, ADDRESS_ROOM, address->family == 6 ? "[%.56s]:%u" : "%.56s:%u", host,
		 address->port);
}

socklen_t address_to_socket(const struct address *address, struct sockaddr_storage *out)
{
	memset(out, 0, sizeof *out);
	if (address->family == 6) {
		struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;

		six->sin6_family = AF_INET6;
		six->sin6_port = htons(address->port);
		six->sin6_scope_id = address->scope;
		memcpy(&six->sin6_addr, address->bytes, 16);
		return sizeof *six;
	}
	struct sockaddr_in *four = (struct sockaddr_in *)out;

	four->sin_family = AF_INET;
	four->sin_port = htons(address->port);
	memcpy(&four->sin_addr, address->bytes, 4);
	return sizeof *four;
}

bool address_from_socket(const struct sockaddr_storage *in, struct address *address)
{
	*address = (struct address){ 0 };
	if (in->ss_family == AF_INET) {
		const struct sockaddr_in *four = (const struct sockaddr_in *)in;

		address->family = 4;
		address->port = ntohs(four->sin_port);
		memcpy(address->bytes, &four->sin_addr, 4);
		return true;
	}
	if (in->ss_family == AF_INET6) {
		const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)in;

		address->family = 6;
		address->port = ntohs(six->sin6_port);
		address->scope = six->sin6_scope_id;
		memcpy(address->bytes, &six->sin6_addr, 16);
		return true;
	}
	return false;
}

bool address_of_socket(int fd, struct address *address)
{
	struct sockaddr_storage name;
	socklen_t length = sizeof name;

	return !getsockname(fd, (struct sockaddr *)&name, &length) &&
	       address_from_socket(&name, address);
}

bool address_same_host(const struct address *a, const struct address *b)
{
	return a->family == b->family && a->scope == b->scope &&
	       !memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

bool address_is_loopback(const struct address *address)
{
	static const uint8_t six[16] = { [15] = 1 };

	return address->family == 6 ? !memcmp(address->bytes, six, sizeof six)
				    : address->bytes[0] == 127;
}

bool address_parse_network(const char *string, struct address *network, unsigned *bits)
{
	char host[ADDRESS_ROOM];
	const char *slash = strchr(string, '/');
	size_t length = slash ? (size_t)(slash - string) : strlen(string);
	unsigned most;

	if (length >= sizeof host)
		return false;
	memcpy(host, string, length);
	host[length] = '\0';
	if (!address_parse(host, network))
		return false;
	most = network->family == 6 ? 128 : 32;
	*bits = most;
	if (slash) {
		char *end;
		unsigned long number = strtoul(slash + 1, &end, 10);

		if (strspn(slash + 1, "0123456789") == 0 || *end || number > most)
			return false;
		*bits = (unsigned)number;
	}
	return true;
}

bool address_within(const struct address *address, const struct address *network, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	unsigned mask = 0xff00u >> rest & 0xffu;

	if (address->family != network->family || memcmp(address->bytes, network->bytes, whole))
		return false;
	return !rest || !((address->bytes[whole] ^ network->bytes[whole]) & mask);
}

static bool parse_port(const char *string, uint16_t *port)
{
	char *end;
	unsigned long number = strtoul(string, &end, 10);

	if (strspn(string, "0123456789") == 0 || *end || number == 0 || number > 65535)
		return false;
	*port = (uint16_t)number;
	return true;
}

bool address_split_host(const char *string, char *host, size_t room, uint16_t *port)
{
	const char *start = string, *end = string + strlen(string), *behind = NULL;
	struct address literal;

	if (*string == '[') {
		start++;
		end = strchr(start, ']');
		if (!end || (end[1] && end[1] != ':'))
			return false;
		behind = end[1] ? end + 2 : NULL;
	} else if (!address_parse(string, &literal)) {
		const char *colon = strchr(string, ':');

		if (colon) {
			end = colon;
			behind = colon + 1;
		}
	}
	if (end == start || (size_t)(end - start) >= room)
		return false;
	if (behind && !parse_port(behind, port))
		return false;
	memcpy(host, start, (size_t)(end - start));
	host[end - start] = '\0';
	return *string != '[' || (address_parse(host, &literal) && literal.family == 6);
}
