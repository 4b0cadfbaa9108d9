/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tls/tls_hello.h"

#include <string.h>

#include "net/address.h"

/* RFC 8446 4.1.2, 4.2, 5.1, and the registry of extensions. */
enum {
	RECORD_HANDSHAKE = 22,
	RECORD_BYTES_MOST = 16384,
	MESSAGE_CLIENT_HELLO = 1,
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_STATUS_REQUEST = 5,
	EXTENSION_GROUPS = 10,
	EXTENSION_POINT_FORMATS = 11,
	EXTENSION_SIGNATURE_ALGORITHMS = 13,
	EXTENSION_ALPN = 16,
	EXTENSION_PADDING = 21,
	EXTENSION_MASTER_SECRET = 23,
	EXTENSION_VERSIONS = 43,
	EXTENSION_COOKIE = 44,
	EXTENSION_PSK_MODES = 45,
	EXTENSION_KEY_SHARE = 51,
	EXTENSION_RENEGOTIATION = 0xff01,
	STATUS_OCSP = 1,
	PSK_WITH_DHE = 1,
	COMPRESSION_DEFLATE = 1,
	SCSV_RENEGOTIATION = 0x00ff,
	SCSV_FALLBACK = 0x5600,
	HOST_NAME_MOST = 253,
	ALPN_NAME_MOST = 255
};

/* X(value, IANA's name), the usual ones first. */
#define GROUPS(X)                                                                             \
	X(29, "x25519")                                                                       \
	X(23, "secp256r1")                                                                    \
	X(24, "secp384r1")                                                                    \
	X(25, "secp521r1")                                                                    \
	X(30, "x448")                                                                         \
	X(4588, "X25519MLKEM768")                                                             \
	X(4587, "SecP256r1MLKEM768")                                                          \
	X(4589, "SecP384r1MLKEM1024")                                                         \
	X(256, "ffdhe2048")                                                                   \
	X(257, "ffdhe3072")                                                                   \
	X(258, "ffdhe4096")                                                                   \
	X(259, "ffdhe6144")                                                                   \
	X(260, "ffdhe8192")                                                                   \
	X(26, "brainpoolP256r1")                                                              \
	X(27, "brainpoolP384r1")                                                              \
	X(28, "brainpoolP512r1")                                                              \
	X(31, "brainpoolP256r1tls13")                                                         \
	X(32, "brainpoolP384r1tls13")                                                         \
	X(33, "brainpoolP512r1tls13")                                                         \
	X(22, "secp256k1")                                                                    \
	X(21, "secp224r1")                                                                    \
	X(20, "secp224k1")                                                                    \
	X(19, "secp192r1")                                                                    \
	X(18, "secp192k1")                                                                    \
	X(17, "secp160r2")                                                                    \
	X(16, "secp160r1")                                                                    \
	X(15, "secp160k1")                                                                    \
	X(14, "sect571r1")                                                                    \
	X(13, "sect571k1")                                                                    \
	X(12, "sect409r1")                                                                    \
	X(11, "sect409k1")                                                                    \
	X(10, "sect283r1")                                                                    \
	X(9, "sect283k1")                                                                     \
	X(8, "sect239k1")                                                                     \
	X(7, "sect233r1")                                                                     \
	X(6, "sect233k1")                                                                     \
	X(5, "sect193r2")                                                                     \
	X(4, "sect193r1")                                                                     \
	X(3, "sect163r2")                                                                     \
	X(2, "sect163r1")                                                                     \
	X(1, "sect163k1")                                                                     \
	X(34, "GC256A")                                                                       \
	X(35, "GC256B")                                                                       \
	X(36, "GC256C")                                                                       \
	X(37, "GC256D")                                                                       \
	X(38, "GC512A")                                                                       \
	X(39, "GC512B")                                                                       \
	X(40, "GC512C")                                                                       \
	X(41, "curveSM2")                                                                     \
	X(4590, "curveSM2MLKEM768")                                                           \
	X(512, "MLKEM512")                                                                    \
	X(513, "MLKEM768")                                                                    \
	X(514, "MLKEM1024")                                                                   \
	X(25497, "X25519Kyber768Draft00")                                                     \
	X(25498, "SecP256r1Kyber768Draft00")

/* Whatever key a server's certificate has, and whatever it can sign with: a server that
 * finds nothing it can use refuses, which would look like a refusal of the suites. */
static const uint16_t signature_algorithms[] = {
	0x0403, 0x0503, 0x0603,		/* ECDSA */
	0x0807, 0x0808,			/* Ed25519, Ed448 */
	0x0804, 0x0805, 0x0806,		/* RSA-PSS with a key for anything */
	0x0809, 0x080a, 0x080b,		/* RSA-PSS with a key for that only */
	0x0401, 0x0501, 0x0601,		/* RSA PKCS #1 */
	0x081a, 0x081b, 0x081c,		/* ECDSA on Brainpool's curves */
	0x0904, 0x0905, 0x0906,		/* ML-DSA */
	0x0708, 0x0840, 0x0841,		/* SM2, GOST */
	0x0402, 0x0502, 0x0602,		/* DSA */
	0x0303, 0x0301, 0x0302,		/* with SHA-224 */
	0x0203, 0x0201, 0x0202,		/* with SHA-1 */
	0x0101				/* with MD5 */
};

enum { SIGNATURE_ALGORITHMS = sizeof signature_algorithms / sizeof *signature_algorithms };

const char *tls_group_name(uint16_t group)
{
	switch (group) {
#define GROUP_NAME(value, name)                                                               \
	case value:                                                                           \
		return name;
		GROUPS(GROUP_NAME)
#undef GROUP_NAME
	case TLS_GROUP_EXPLICIT_PRIME:
		return "arbitrary_explicit_prime_curves";
	case TLS_GROUP_EXPLICIT_CHAR2:
		return "arbitrary_explicit_char2_curves";
	default:
		return NULL;
	}
}

const uint16_t *tls_groups(size_t *count)
{
	static const uint16_t groups[] = {
#define GROUP_VALUE(value, name) value,
		GROUPS(GROUP_VALUE)
#undef GROUP_VALUE
	};

	*count = sizeof groups / sizeof *groups;
	return groups;
}

const char *tls_version_word(uint16_t version)
{
	switch (version) {
#define VERSION_WORD(constant, value, word)                                                   \
	case value:                                                                           \
		return word;
		TLS_VERSIONS(VERSION_WORD)
#undef VERSION_WORD
	default:
		return NULL;
	}
}

/* A list whose length in bytes goes before it. */
static size_t list_begin(struct writer *out)
{
	writer_put_u16be(out, 0);
	return out->length;
}

static void list_end(struct writer *out, size_t begin)
{
	if (writer_ok(out))
		writer_patch_u16be(out, begin - 2, (uint16_t)(out->length - begin));
}

static size_t extension_begin(struct writer *out, uint16_t type)
{
	writer_put_u16be(out, type);
	return list_begin(out);
}

static void put_list(struct writer *out, const uint16_t *values, size_t count)
{
	size_t list = list_begin(out);

	writer_put_all_u16be(out, values, count);
	list_end(out, list);
}

/* RFC 6066 3: a name without a dot at its end, and no address. */
static size_t host_name_length(const char *name)
{
	struct address address;
	size_t length = name ? strlen(name) : 0;

	if (length && name[length - 1] == '.')
		length--;
	if (length > HOST_NAME_MOST || !length || address_parse(name, &address))
		return 0;
	return length;
}

static void put_server_name(struct writer *out, const char *name)
{
	size_t length = host_name_length(name);

	if (!length)
		return;
	size_t extension = extension_begin(out, EXTENSION_SERVER_NAME);
	size_t list = list_begin(out);
	writer_put_u8(out, 0);		/* host_name */
	writer_put_u16be(out, (uint16_t)length);
	writer_put(out, name, length);
	list_end(out, list);
	list_end(out, extension);
}

static void put_status_request(struct writer *out)
{
	size_t extension = extension_begin(out, EXTENSION_STATUS_REQUEST);

	writer_put_u8(out, STATUS_OCSP);
	writer_put_u16be(out, 0);	/* whoever answers for it */
	writer_put_u16be(out, 0);	/* no extensions of the request */
	list_end(out, extension);
}

static void put_alpn(struct writer *out, const char *const *names)
{
	size_t extension = extension_begin(out, EXTENSION_ALPN);
	size_t list = list_begin(out);

	for (; *names; names++) {
		size_t length = strlen(*names);

		if (!length || length > ALPN_NAME_MOST)
			continue;
		writer_put_u8(out, (uint8_t)length);
		writer_put(out, *names, length);
	}
	list_end(out, list);
	list_end(out, extension);
}

static void put_groups(struct writer *out, const struct tls_offer *offer)
{
	size_t extension = extension_begin(out, EXTENSION_GROUPS);

	put_list(out, offer->groups, offer->group_count);
	list_end(out, extension);
}

static void put_signature_algorithms(struct writer *out)
{
	size_t extension = extension_begin(out, EXTENSION_SIGNATURE_ALGORITHMS);

	put_list(out, signature_algorithms, SIGNATURE_ALGORITHMS);
	list_end(out, extension);
}

static void put_key_share(struct writer *out, const struct tls_key_share *share)
{
	size_t extension = extension_begin(out, EXTENSION_KEY_SHARE);
	size_t list = list_begin(out);

	if (share && share->length) {
		writer_put_u16be(out, share->group);
		writer_put_u16be(out, share->length);
		writer_put(out, share->bytes, share->length);
	}
	list_end(out, list);
	list_end(out, extension);
}

static void put_cookie(struct writer *out, const struct tls_offer *offer)
{
	size_t extension = extension_begin(out, EXTENSION_COOKIE);

	writer_put_u16be(out, (uint16_t)offer->cookie_length);
	writer_put(out, offer->cookie, offer->cookie_length);
	list_end(out, extension);
}

static void put_extensions_of_1_3(struct writer *out, const struct tls_offer *offer)
{
	size_t extension = extension_begin(out, EXTENSION_VERSIONS);

	writer_put_u8(out, 2);
	writer_put_u16be(out, TLS_VERSION_1_3);
	list_end(out, extension);
	extension = extension_begin(out, EXTENSION_PSK_MODES);
	writer_put_u8(out, 1);
	writer_put_u8(out, PSK_WITH_DHE);
	list_end(out, extension);
	put_key_share(out, offer->share);
	if (offer->cookie_length)
		put_cookie(out, offer);
}

static void put_extensions_below_1_3(struct writer *out)
{
	extension_begin(out, EXTENSION_MASTER_SECRET);
	size_t extension = extension_begin(out, EXTENSION_RENEGOTIATION);
	writer_put_u8(out, 0);
	list_end(out, extension);
}

static void put_point_formats(struct writer *out)
{
	size_t extension = extension_begin(out, EXTENSION_POINT_FORMATS);

	writer_put_u8(out, 1);
	writer_put_u8(out, 0);		/* uncompressed */
	list_end(out, extension);
}

/* Hellos of 256 to 511 bytes hang load balancers of F5 (RFC 7685), and of 522, 526, 778 ...
 * others: https://github.com/testssl/testssl.sh/pull/1113. How those count is not known, so
 * both ways are avoided. WebSphere does not take an empty extension as the last one. */
static size_t padding_for(size_t length)
{
	enum { HEAD = 4, SAFE = 512, LEAST = HEAD + 1 };
	size_t odd = length % 256;

	if (length >= 256 && length < SAFE)
		return SAFE - length > LEAST ? SAFE - length - HEAD : 1;
	return length > SAFE && (odd == 10 || odd == 14 || odd == 18) ? 1 : 0;
}

static void put_padding(struct writer *out, size_t length)
{
	size_t padding = padding_for(length);

	if (!padding)
		return;
	size_t extension = extension_begin(out, EXTENSION_PADDING);
	writer_put_zeroes(out, padding);
	list_end(out, extension);
}

/* The order matters to some servers: the last one must not be empty. */
static void put_extensions(struct writer *out, const struct tls_offer *offer, size_t message)
{
	bool is_1_3 = offer->version == TLS_VERSION_1_3;
	size_t list = list_begin(out);

	put_server_name(out, offer->name);
	if (!is_1_3)
		put_extensions_below_1_3(out);
	if (offer->staple)
		put_status_request(out);
	if (offer->alpn && *offer->alpn)
		put_alpn(out, offer->alpn);
	if (offer->group_count) {
		put_groups(out, offer);
		if (!is_1_3)
			put_point_formats(out);
	}
	if (offer->version >= TLS_VERSION_1_2)
		put_signature_algorithms(out);
	if (is_1_3)
		put_extensions_of_1_3(out, offer);
	put_padding(out, out->length - message);
	list_end(out, list);
}

static bool goes_without_extensions(const struct tls_offer *offer)
{
	return offer->version == TLS_VERSION_SSL3 ||
	       (offer->bare && offer->version != TLS_VERSION_1_3);
}

/* Without extensions a suite that is none says that we know RFC 5746. */
static void put_suites(struct writer *out, const struct tls_offer *offer)
{
	size_t list = list_begin(out);

	writer_put_all_u16be(out, offer->suites, offer->suite_count);
	if (goes_without_extensions(offer))
		writer_put_u16be(out, SCSV_RENEGOTIATION);
	if (offer->fallback)
		writer_put_u16be(out, SCSV_FALLBACK);
	list_end(out, list);
}

static void put_session(struct writer *out, const struct tls_offer *offer)
{
	bool is_1_3 = offer->version == TLS_VERSION_1_3;

	writer_put_u8(out, is_1_3 ? sizeof offer->session : 0);
	if (is_1_3)
		writer_put(out, offer->session, sizeof offer->session);
}

static void put_compressions(struct writer *out, const struct tls_offer *offer)
{
	bool deflate = offer->compression && offer->version != TLS_VERSION_1_3;

	writer_put_u8(out, deflate ? 2 : 1);
	if (deflate)
		writer_put_u8(out, COMPRESSION_DEFLATE);
	writer_put_u8(out, 0);
}

void tls_put_hello(struct writer *out, const struct tls_offer *offer)
{
	bool is_1_3 = offer->version == TLS_VERSION_1_3;
	size_t message = out->length;

	writer_put_u8(out, MESSAGE_CLIENT_HELLO);
	writer_put_u24be(out, 0);
	writer_put_u16be(out, is_1_3 ? TLS_VERSION_1_2 : offer->version);
	writer_put(out, offer->random, sizeof offer->random);
	put_session(out, offer);
	put_suites(out, offer);
	put_compressions(out, offer);
	if (!goes_without_extensions(offer))
		put_extensions(out, offer, message);
	if (writer_ok(out))
		writer_patch_u24be(out, message + 1, (uint32_t)(out->length - message - 4));
}

uint16_t tls_record_version(uint16_t version)
{
	return version == TLS_VERSION_SSL3 ? TLS_VERSION_SSL3 : TLS_VERSION_1_0;
}

void tls_put_records(struct writer *out, uint16_t version, const void *message, size_t length)
{
	struct reader in;

	reader_init(&in, message, length);
	while (reader_left(&in)) {
		size_t left = reader_left(&in);
		size_t part = left < RECORD_BYTES_MOST ? left : RECORD_BYTES_MOST;

		writer_put_u8(out, RECORD_HANDSHAKE);
		writer_put_u16be(out, version);
		writer_put_u16be(out, (uint16_t)part);
		writer_put(out, reader_take(&in, part), part);
	}
}
