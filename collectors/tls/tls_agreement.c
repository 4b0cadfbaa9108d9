/* SPDX-License-Identifier: Apache-2.0
 *
 * On the curves of NIST our private key is 1: our share is the curve's generator, and both
 * agree on the x of the server's own share without any work (docs/decisions/0006). So too in
 * the finite fields of RFC 7919, where the generator is 2 and the share itself is agreed on.
 * RFC 7748 forbids that for its curves by setting bits in every key.
 */
#include "collectors/tls/tls_agreement.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"

enum { UNCOMPRESSED = 4 };

struct kind {
	uint16_t group;
	uint16_t share_bytes;
	const char *name;	/* of RFC 7748; NULL: see curve */
	int curve;		/* 0: a finite field */
};

/* RFC 8446 4.2.7, and 4.2.8.2 for the lengths. What is cheap for us and for the server comes
 * first; every server should know the first (9.1). */
static const struct kind kinds[] = {
	{ 23, 65, NULL, NID_X9_62_prime256v1 },
	{ 29, 32, "X25519", 0 },
	{ 30, 56, "X448", 0 },
	{ 25, 133, NULL, NID_secp521r1 },
	{ 24, 97, NULL, NID_secp384r1 },
	/* A server works long for each of these: only who wants nothing else gets them. */
	{ 256, 256, NULL, 0 },
	{ 257, 384, NULL, 0 },
	{ 258, 512, NULL, 0 },
	{ 259, 768, NULL, 0 },
	{ 260, 1024, NULL, 0 },
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static const uint16_t groups[KINDS] = { 23, 29, 30, 25, 24, 256, 257, 258, 259, 260 };

struct half {
	struct tls_key_share share;	/* length 0: not made yet, or it cannot be */
	EC_GROUP *curve;
	EC_POINT *point;		/* takes one share after another, as `theirs` does */
	EVP_PKEY *key, *theirs;
	EVP_PKEY_CTX *exchange;
};

struct tls_agreement {
	struct half halves[KINDS];
	BN_CTX *numbers;
};

struct tls_agreement *tls_agreement_new(void)
{
	struct tls_agreement *agreement = memory_new(1, sizeof *agreement);

	agreement->numbers = BN_CTX_new();
	if (!agreement->numbers)
		abort();
	return agreement;
}

static void half_release(struct half *half)
{
	EVP_PKEY_CTX_free(half->exchange);
	EVP_PKEY_free(half->key);
	EVP_PKEY_free(half->theirs);
	EC_POINT_free(half->point);
	EC_GROUP_free(half->curve);
	*half = (struct half){ .key = NULL };
}

void tls_agreement_free(struct tls_agreement *agreement)
{
	if (!agreement)
		return;
	for (size_t i = 0; i < KINDS; i++)
		half_release(&agreement->halves[i]);
	BN_CTX_free(agreement->numbers);
	free(agreement);
}

const uint16_t *tls_agreement_groups(size_t *count)
{
	*count = KINDS;
	return groups;
}

static bool half_take_curve(struct half *half, const struct kind *kind)
{
	half->curve = EC_GROUP_new_by_curve_name(kind->curve);
	half->point = half->curve ? EC_POINT_new(half->curve) : NULL;
	return half->point &&
	       EC_POINT_point2oct(half->curve, EC_GROUP_get0_generator(half->curve),
				  POINT_CONVERSION_UNCOMPRESSED, half->share.bytes,
				  sizeof half->share.bytes, NULL) == kind->share_bytes;
}

static bool half_take_field(struct half *half, const struct kind *kind)
{
	half->share.bytes[kind->share_bytes - 1] = 2;
	return true;
}

static bool half_make_key(struct half *half, const struct kind *kind)
{
	size_t length = sizeof half->share.bytes;

	half->key = EVP_PKEY_Q_keygen(NULL, NULL, kind->name);
	half->theirs = EVP_PKEY_new();
	half->exchange = half->key ? EVP_PKEY_CTX_new(half->key, NULL) : NULL;
	return half->exchange && EVP_PKEY_derive_init(half->exchange) > 0 && half->theirs &&
	       EVP_PKEY_copy_parameters(half->theirs, half->key) > 0 &&
	       EVP_PKEY_get_raw_public_key(half->key, half->share.bytes, &length) > 0 &&
	       length == kind->share_bytes;
}

static bool half_make(struct half *half, const struct kind *kind)
{
	if (kind->name)
		return half_make_key(half, kind);
	return kind->curve ? half_take_curve(half, kind) : half_take_field(half, kind);
}

static struct half *half_of(struct tls_agreement *agreement, uint16_t group)
{
	struct half *half;
	size_t i = 0;

	while (i < KINDS && kinds[i].group != group)
		i++;
	if (i == KINDS)
		return NULL;
	half = &agreement->halves[i];
	if (half->share.length)
		return half;
	if (!half_make(half, &kinds[i])) {
		half_release(half);
		ERR_clear_error();
		return NULL;
	}
	half->share.group = group;
	half->share.length = kinds[i].share_bytes;
	return half;
}

bool tls_agreement_share(struct tls_agreement *agreement, uint16_t group,
			 struct tls_key_share *share)
{
	const struct half *half = half_of(agreement, group);

	if (half)
		*share = half->share;
	return half != NULL;
}

/* What OpenSSL reads is seen to lie on its curve. */
static bool agree_on_curve(const struct tls_agreement *agreement, const struct half *half,
			   const struct tls_key_share *theirs, uint8_t *agreed, size_t *length)
{
	if (theirs->bytes[0] != UNCOMPRESSED ||
	    !EC_POINT_oct2point(half->curve, half->point, theirs->bytes, theirs->length,
				agreement->numbers))
		return false;
	*length = theirs->length / 2;
	memcpy(agreed, theirs->bytes + 1, *length);
	return true;
}

/* Zero, which is what comes of a point of low order, is refused by OpenSSL. */
static bool agree_by_key(const struct half *half, const struct tls_key_share *theirs,
			 uint8_t *agreed, size_t *length)
{
	*length = TLS_AGREED_MOST;
	return EVP_PKEY_set1_encoded_public_key(half->theirs, theirs->bytes, theirs->length) > 0 &&
	       EVP_PKEY_derive_set_peer_ex(half->exchange, half->theirs, 0) > 0 &&
	       EVP_PKEY_derive(half->exchange, agreed, length) > 0;
}

/* RFC 8446 7.4.1: as long as the prime. */
static bool agree_in_field(const struct tls_key_share *theirs, uint8_t *agreed, size_t *length)
{
	*length = theirs->length;
	memcpy(agreed, theirs->bytes, *length);
	return true;
}

static bool agree(const struct tls_agreement *agreement, const struct half *half,
		  const struct tls_key_share *theirs, uint8_t *agreed, size_t *length)
{
	if (half->key)
		return agree_by_key(half, theirs, agreed, length);
	return half->curve ? agree_on_curve(agreement, half, theirs, agreed, length)
			   : agree_in_field(theirs, agreed, length);
}

bool tls_agreement_reach(struct tls_agreement *agreement, const struct tls_key_share *theirs,
			 uint8_t agreed[TLS_AGREED_MOST], size_t *length)
{
	const struct half *half = half_of(agreement, theirs->group);

	if (!half || theirs->length != half->share.length)
		return false;
	if (agree(agreement, half, theirs, agreed, length))
		return true;
	ERR_clear_error();
	return false;
}
