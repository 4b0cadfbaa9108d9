/* SPDX-License-Identifier: Apache-2.0
 *
 * A ClientHello taken apart again, by other code than that which writes it.
 */
#ifndef TESTS_UNIT_SAID_HELLO_H
#define TESTS_UNIT_SAID_HELLO_H

#include <string.h>

#include "collectors/tls/tls_hello.h"
#include "tests/unit/unit.h"

enum { HELLO_ROOM = 8192, EXTENSIONS_MOST = 24 };

struct hello {
	uint8_t bytes[HELLO_ROOM];
	size_t length;			/* of the message */
	unsigned version;
	const uint8_t *random, *session, *suites, *compressions;
	size_t session_length, suite_count, compression_count;
	bool has_extensions;
	size_t extension_count;
	struct {
		unsigned type;
		const uint8_t *bytes;
		size_t length;
	} extensions[EXTENSIONS_MOST];
};

static inline unsigned number(const uint8_t *bytes, size_t width)
{
	unsigned value = 0;

	for (size_t i = 0; i < width; i++)
		value = value * 256 + bytes[i];
	return value;
}

/* Of `width` bytes of length and what they say; moves *at behind it. */
static inline const uint8_t *counted(const struct hello *hello, size_t *at, size_t width,
				     size_t *length)
{
	assert_true(*at + width <= hello->length);
	*length = number(hello->bytes + *at, width);
	*at += width + *length;
	assert_true(*at <= hello->length);
	return hello->bytes + *at - *length;
}

static inline void hello_parse(struct hello *hello)
{
	size_t at = 38, left;

	assert_true(hello->length > at);
	assert_int_equal(hello->bytes[0], 1);
	assert_int_equal(number(hello->bytes + 1, 3), hello->length - 4);
	hello->version = number(hello->bytes + 4, 2);
	hello->random = hello->bytes + 6;
	hello->session = counted(hello, &at, 1, &hello->session_length);
	hello->suites = counted(hello, &at, 2, &hello->suite_count);
	assert_int_equal(hello->suite_count % 2, 0);
	hello->suite_count /= 2;
	hello->compressions = counted(hello, &at, 1, &hello->compression_count);
	hello->has_extensions = at < hello->length;
	if (!hello->has_extensions)
		return;
	assert_int_equal(number(hello->bytes + at, 2), hello->length - at - 2);
	for (at += 2; at < hello->length; hello->extension_count++) {
		unsigned type = number(hello->bytes + at, 2);

		assert_true(hello->extension_count < EXTENSIONS_MOST);
		at += 2;
		hello->extensions[hello->extension_count].type = type;
		hello->extensions[hello->extension_count].bytes = counted(hello, &at, 2, &left);
		hello->extensions[hello->extension_count].length = left;
	}
}

static inline void say(struct hello *hello, const struct tls_offer *offer)
{
	struct writer out;

	memset(hello, 0, sizeof *hello);
	writer_init(&out, hello->bytes, sizeof hello->bytes);
	tls_put_hello(&out, offer);
	assert_true(writer_ok(&out));
	hello->length = out.length;
	hello_parse(hello);
}

static inline bool has(const struct hello *hello, unsigned type)
{
	for (size_t i = 0; i < hello->extension_count; i++)
		if (hello->extensions[i].type == type)
			return true;
	return false;
}

static inline void assert_extension(const struct hello *hello, unsigned type, const void *bytes,
			     size_t length)
{
	for (size_t i = 0; i < hello->extension_count; i++) {
		if (hello->extensions[i].type != type)
			continue;
		assert_int_equal(hello->extensions[i].length, length);
		assert_memory_equal(hello->extensions[i].bytes, bytes, length);
		return;
	}
	fail_msg("no extension %u", type);
}

#define assert_extension_is(hello, type, string)                                              \
	assert_extension(hello, type, string, sizeof string - 1)

#endif
