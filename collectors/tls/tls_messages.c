/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls/tls_messages.h"

#include <ctype.h>
#include <string.h>

enum {
	EXTENSION_STATUS_REQUEST = 5,
	EXTENSION_ALPN = 16,
	EXTENSION_VERSIONS = 43,
	EXTENSION_COOKIE = 44,
	EXTENSION_KEY_SHARE = 51,
	EXTENSION_RENEGOTIATION = 0xff01,
	EXTENSIONS_MOST = 64,		/* in one list; the registry has about as many */
	STATUS_OCSP = 1,
	CURVE_EXPLICIT_PRIME = 1,	/* RFC 4492 5.4 */
	CURVE_EXPLICIT_CHAR2 = 2,
	CURVE_NAMED = 3,
	SESSION_MOST = 32
};

/* A part with its length in two bytes before it. */
static struct reader take_counted(struct reader *in)
{
	size_t length = reader_take_u16be(in);

	return reader_part(in, length);
}

static bool is_over(const struct reader *in)
{
	return reader_ok(in) && !reader_left(in);
}

/* A list of extensions being walked: no type comes twice. */
struct extensions {
	struct reader list;
	uint16_t seen[EXTENSIONS_MOST];
	size_t count;
	bool sound;
};

static void extensions_begin(struct extensions *extensions, struct reader list)
{
	extensions->list = list;
	extensions->count = 0;
	extensions->sound = reader_ok(&list);
}

static bool extensions_next(struct extensions *extensions, uint16_t *type, struct reader *body)
{
	struct reader *list = &extensions->list;

	if (!extensions->sound || !reader_left(list))
		return false;
	*type = reader_take_u16be(list);
	*body = take_counted(list);
	extensions->sound = reader_ok(list) && extensions->count < EXTENSIONS_MOST;
	for (size_t i = 0; extensions->sound && i < extensions->count; i++)
		extensions->sound = extensions->seen[i] != *type;
	if (extensions->sound)
		extensions->seen[extensions->count++] = *type;
	return extensions->sound;
}

/* Exactly one name; we offer words, so anything else was not offered. */
static bool read_alpn(struct reader body, char alpn[static TLS_ALPN_ROOM])
{
	struct reader list = take_counted(&body);
	size_t length = reader_take_u8(&list);
	const uint8_t *name = reader_take(&list, length);

	if (!is_over(&body) || !is_over(&list) || !length || length >= TLS_ALPN_ROOM)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!isgraph(name[i]))
			return false;
	memcpy(alpn, name, length);
	alpn[length] = 0;
	return true;
}

/* RFC 5746 3.4: nothing but emptiness in a first handshake. */
static bool read_renegotiation(struct reader body)
{
	return reader_take_u8(&body) == 0 && is_over(&body);
}

static bool read_version(struct reader body, struct tls_server_hello *hello)
{
	hello->version = reader_take_u16be(&body);
	return is_over(&body) && hello->version == TLS_VERSION_1_3;
}

/* A retry only names the group. */
static bool read_key_share(struct reader body, struct tls_server_hello *hello)
{
	hello->share.group = hello->group = reader_take_u16be(&body);
	if (hello->retry)
		return is_over(&body) && hello->group;
	struct reader bytes = take_counted(&body);
	size_t length = reader_left(&bytes);

	if (!is_over(&body) || !length || !hello->group)
		return false;
	if (length <= TLS_SHARE_MOST) {
		memcpy(hello->share.bytes, reader_take(&bytes, length), length);
		hello->share.length = (uint16_t)length;
	}
	return true;
}

static bool read_cookie(struct reader body, struct tls_server_hello *hello)
{
	hello->cookie = take_counted(&body);
	return is_over(&body) && reader_left(&hello->cookie);
}

static bool read_hello_extension(uint16_t type, struct reader body,
				 struct tls_server_hello *hello)
{
	switch (type) {
	case EXTENSION_STATUS_REQUEST:
		hello->staple_follows = true;
		return reader_left(&body) == 0;
	case EXTENSION_ALPN:
		return read_alpn(body, hello->alpn);
	case EXTENSION_VERSIONS:
		return read_version(body, hello);
	case EXTENSION_KEY_SHARE:
		return read_key_share(body, hello);
	case EXTENSION_COOKIE:
		return !hello->retry || read_cookie(body, hello);
	case EXTENSION_RENEGOTIATION:
		hello->secure_renegotiation = true;
		return read_renegotiation(body);
	default:
		return true;
	}
}

static bool read_hello_extensions(struct reader list, struct tls_server_hello *hello)
{
	struct extensions extensions;
	struct reader body;
	uint16_t type;

	extensions_begin(&extensions, list);
	while (extensions_next(&extensions, &type, &body))
		if (!read_hello_extension(type, body, hello))
			return false;
	return extensions.sound;
}

/* What 1.3 says elsewhere, or not at all, must not be said here; and a retry that changes
 * nothing could go on for ever. */
static bool is_1_3_hello(const struct tls_server_hello *hello)
{
	const struct tls_suite *suite = tls_suite_of(hello->suite);

	if (suite && !(suite->traits & TLS_SUITE_ONLY_1_3))
		return false;
	if (hello->compression || hello->secure_renegotiation || hello->staple_follows ||
	    *hello->alpn)
		return false;
	return hello->group || (hello->retry && reader_left(&hello->cookie));
}

static bool is_older_hello(const struct tls_server_hello *hello)
{
	const struct tls_suite *suite = tls_suite_of(hello->suite);
	uint32_t not_here = TLS_SUITE_ONLY_1_3;

	if (hello->version < TLS_VERSION_1_2)
		not_here |= TLS_SUITE_SINCE_1_2;
	return !hello->retry && hello->version >= TLS_VERSION_SSL3 &&
	       hello->version <= TLS_VERSION_1_2 && !(suite && suite->traits & not_here);
}

bool tls_read_server_hello(struct reader body, struct tls_server_hello *hello)
{
	/* RFC 8446 4.1.3: a HelloRetryRequest is a ServerHello with this for its random. */
	static const uint8_t retry[TLS_RANDOM_BYTES] = {
		0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
		0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
		0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c
	};

	*hello = (struct tls_server_hello){ .version = reader_take_u16be(&body) };
	uint16_t legacy = hello->version;
	hello->retry = reader_take_if(&body, retry, sizeof retry);
	if (!hello->retry)
		reader_skip(&body, TLS_RANDOM_BYTES);
	size_t session = reader_take_u8(&body);
	reader_skip(&body, session);
	hello->suite = reader_take_u16be(&body);
	hello->compression = reader_take_u8(&body);
	if (!reader_ok(&body) || session > SESSION_MOST)
		return false;
	if (reader_left(&body)) {
		struct reader list = take_counted(&body);

		if (!is_over(&body) || !read_hello_extensions(list, hello))
			return false;
	}
	if (hello->version == TLS_VERSION_1_3)
		return legacy == TLS_VERSION_1_2 && is_1_3_hello(hello);
	hello->group = 0;
	hello->share = (struct tls_key_share){ .group = 0 };
	return is_older_hello(hello);
}

bool tls_read_encrypted_extensions(struct reader body, char alpn[static TLS_ALPN_ROOM])
{
	struct extensions extensions;
	struct reader list = take_counted(&body), extension;
	char name[TLS_ALPN_ROOM] = "";
	uint16_t type;

	if (!is_over(&body))
		return false;
	extensions_begin(&extensions, list);
	while (extensions_next(&extensions, &type, &extension))
		if (type == EXTENSION_ALPN && !read_alpn(extension, name))
			return false;
	if (extensions.sound)
		memcpy(alpn, name, sizeof name);
	return extensions.sound;
}

static bool read_curve(struct reader in, uint16_t *group)
{
	switch (reader_take_u8(&in)) {
	case CURVE_NAMED:
		*group = reader_take_u16be(&in);
		break;
	case CURVE_EXPLICIT_PRIME:
		*group = TLS_GROUP_EXPLICIT_PRIME;
		return reader_ok(&in);
	case CURVE_EXPLICIT_CHAR2:
		*group = TLS_GROUP_EXPLICIT_CHAR2;
		return reader_ok(&in);
	default:
		return false;
	}
	size_t length = reader_take_u8(&in);
	reader_skip(&in, length);
	return reader_ok(&in) && length && *group;
}

static size_t bits_of(struct reader number)
{
	size_t bits = 0;

	while (reader_left(&number)) {
		unsigned byte = reader_take_u8(&number);

		for (unsigned bit = 8; bit > 0 && !bits; bit--)
			if (byte >> (bit - 1))
				bits = reader_left(&number) * 8 + bit;
	}
	return bits;
}

static bool read_prime(struct reader in, uint16_t *dh_bits)
{
	struct reader prime = take_counted(&in);
	struct reader generator = take_counted(&in);
	struct reader share = take_counted(&in);
	size_t bits = bits_of(prime);

	*dh_bits = (uint16_t)bits;
	return reader_ok(&in) && reader_left(&generator) && reader_left(&share) && bits &&
	       bits <= UINT16_MAX;
}

bool tls_read_key_exchange(struct reader body, const struct tls_suite *suite, uint16_t *group,
			   uint16_t *dh_bits)
{
	uint32_t traits = suite ? suite->traits : 0;
	uint16_t said = 0;
	bool sound = true;

	if (traits & TLS_SUITE_PSK)
		take_counted(&body);
	if (traits & TLS_SUITE_ECDHE)
		sound = read_curve(body, &said);
	else if (traits & TLS_SUITE_DHE)
		sound = read_prime(body, &said);
	if (!sound || !reader_ok(&body))
		return false;
	*group = traits & TLS_SUITE_ECDHE ? said : 0;
	*dh_bits = traits & TLS_SUITE_DHE ? said : 0;
	return true;
}

bool tls_read_status(struct reader body, struct reader *response)
{
	uint8_t type = reader_take_u8(&body);
	size_t length = reader_take_u24be(&body);

	*response = reader_part(&body, length);
	return type == STATUS_OCSP && is_over(&body);
}

bool tls_read_element_extensions(struct reader list, struct reader *response)
{
	struct extensions extensions;
	struct reader body;
	uint16_t type;

	reader_init(response, NULL, 0);
	extensions_begin(&extensions, list);
	while (extensions_next(&extensions, &type, &body))
		if (type == EXTENSION_STATUS_REQUEST && !tls_read_status(body, response))
			return false;
	return extensions.sound;
}
