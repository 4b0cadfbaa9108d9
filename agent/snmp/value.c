/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/snmp/value.h"

#include <string.h>
#include <time.h>

#include "ground/clock.h"
#include "net/address.h"

/* TruthValue */
enum { TRUTH_TRUE = 1, TRUTH_FALSE };
/* InetAddressType */
enum { ADDRESS_IPV4 = 1, ADDRESS_IPV6, ADDRESS_IPV4Z, ADDRESS_IPV6Z, ADDRESS_DNS = 16 };

bool value_set_integer(struct value *value, int64_t number)
{
	value->integer = (int32_t)(number > INT32_MAX   ? INT32_MAX
				   : number < INT32_MIN ? INT32_MIN
							: number);
	return true;
}

bool value_set_natural(struct value *value, uint64_t number)
{
	value->natural = number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
	return true;
}

bool value_set_counter(struct value *value, uint64_t number)
{
	value->natural = (uint32_t)number;
	return true;
}

bool value_set_truth(struct value *value, bool truth)
{
	return value_set_integer(value, truth ? TRUTH_TRUE : TRUTH_FALSE);
}

bool value_set_text(struct value *value, const char *text)
{
	value->bytes = text;
	value->length = strlen(text);
	return true;
}

bool value_set_bytes(struct value *value, const void *bytes, size_t length)
{
	value->length = length < VALUE_ROOM ? length : VALUE_ROOM;
	memcpy(value->room, bytes, value->length);
	value->bytes = value->room;
	return true;
}

bool value_set_time(struct value *value, int64_t wall_us)
{
	static const uint8_t never[8];
	int64_t part = wall_us % CLOCK_SECOND;
	time_t seconds = (time_t)(wall_us / CLOCK_SECOND - (part < 0));
	unsigned year;
	struct tm at;

	if (!wall_us || !gmtime_r(&seconds, &at) || at.tm_year < -1900 || at.tm_year > 63635)
		return value_set_bytes(value, never, sizeof never);
	if (part < 0)
		part += CLOCK_SECOND;
	year = (unsigned)(at.tm_year + 1900);

	const uint8_t octets[] = {
		(uint8_t)(year >> 8), (uint8_t)year, (uint8_t)(at.tm_mon + 1), (uint8_t)at.tm_mday,
		(uint8_t)at.tm_hour, (uint8_t)at.tm_min, (uint8_t)at.tm_sec,
		(uint8_t)(part / (CLOCK_SECOND / 10)), '+', 0, 0
	};

	return value_set_bytes(value, octets, sizeof octets);
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool value_set_hex(struct value *value, const char *digits)
{
	size_t length = 0;

	value->bytes = value->room;
	value->length = 0;
	for (; digits[0] && length < VALUE_ROOM; digits += 2) {
		if (digit(digits[0]) < 0 || digit(digits[1]) < 0)
			return true;
		value->room[length++] = (char)(digit(digits[0]) << 4 | digit(digits[1]));
	}
	value->length = length;
	return true;
}

bool value_set_address_type(struct value *value, const char *text)
{
	struct address address;

	if (!address_parse(text, &address))
		return value_set_integer(value, ADDRESS_DNS);
	if (address.family == 4)
		return value_set_integer(value, ADDRESS_IPV4);
	return value_set_integer(value, address.scope ? ADDRESS_IPV6Z : ADDRESS_IPV6);
}

bool value_set_address(struct value *value, const char *text)
{
	uint8_t octets[sizeof ((struct address *)NULL)->bytes + sizeof (uint32_t)];
	struct address address;

	if (!address_parse(text, &address))
		return value_set_text(value, text);
	memcpy(octets, address.bytes, sizeof address.bytes);
	for (unsigned i = 0; i < 4; i++)
		octets[16 + i] = (uint8_t)(address.scope >> (24 - 8 * i));
	return value_set_bytes(value, octets,
			       address.family == 4 ? 4
			       : address.scope     ? sizeof octets
						   : sizeof address.bytes);
}

bool value_cut(struct value *value, size_t most)
{
	if (value->length <= most)
		return false;
	value->length = most;
	/* The first byte that is left out may belong to a character that began before it. */
	while (value->length && ((uint8_t)value->bytes[value->length] & 0xc0) == 0x80)
		value->length--;
	return true;
}
