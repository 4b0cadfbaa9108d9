/* SPDX-License-Identifier: Apache-2.0
 *
 * A value as SNMP knows it, and how ours become one.
 */
#ifndef AGENT_SNMP_VALUE_H
#define AGENT_SNMP_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The tags of the wire. */
enum value_type {
	VALUE_INTEGER = 0x02,
	VALUE_OCTETS = 0x04,
	VALUE_COUNTER = 0x41,
	VALUE_GAUGE = 0x42,	/* and Unsigned32 */
	VALUE_TICKS = 0x43
};

enum { VALUE_ROOM = 256 };

struct value {
	enum value_type type;
	size_t length;
	union {
		int32_t integer;
		uint32_t natural;	/* of all others but octets */
		const char *bytes;	/* somebody else's, or `room` */
	};
	char room[VALUE_ROOM];
};

/* All of them say true, so that what sets a value can say in one word that there is one. What is
 * too great for its type becomes the greatest that it can hold. */
bool value_set_integer(struct value *value, int64_t number);
bool value_set_natural(struct value *value, uint64_t number);
/* What only counts up begins anew behind 2^32 - 1. */
bool value_set_counter(struct value *value, uint64_t number);
bool value_set_truth(struct value *value, bool truth);
/* The text stays whose it is. */
bool value_set_text(struct value *value, const char *text);
bool value_set_bytes(struct value *value, const void *bytes, size_t length);
/* DateAndTime, in UTC; 0: never. */
bool value_set_time(struct value *value, int64_t wall_us);
/* The bytes that so many hexadecimal digits stand for; none when they are not. */
bool value_set_hex(struct value *value, const char *digits);
/* InetAddressType and InetAddress of an address or a name. */
bool value_set_address_type(struct value *value, const char *address);
bool value_set_address(struct value *value, const char *address);

/* Cuts a text between two characters; says whether it had to. */
bool value_cut(struct value *value, size_t most);

#endif
