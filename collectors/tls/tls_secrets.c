/* SPDX-License-Identifier: Apache-2.0
 *
 * RFC 8446 chapter 7.1 by hand over SHA-2, section 5.2 with OpenSSL's ciphers.
 */
#include "collectors/tls/tls_secrets.h"

#include <assert.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/tls/tls_agreement.h"
#include "ground/memory.h"

enum {
	HASH_MOST = 48,
	BLOCK_MOST = 128,
	KEY_MOST = 32,
	IV_BYTES = 12,
	TAG_MOST = 16,
	HEAD_BYTES = 5,
	FRAGMENT_MOST = (1 << 14) + 256,	/* RFC 8446 5.2 */
	MESSAGES_MOST = 64 << 10,
	MESSAGE_HASH = 254,			/* RFC 8446 4 */
	SPARES_MOST = 8
};

enum mode { MODE_STREAM, MODE_CCM };

struct suite {
	uint16_t value;
	const char *cipher, *hash;
	uint8_t key_bytes, tag_bytes;
	enum mode mode;
};

/* RFC 8446 appendix B.4. */
static const struct suite suites[] = {
	{ 0x1301, "AES-128-GCM", "SHA2-256", 16, 16, MODE_STREAM },
	{ 0x1302, "AES-256-GCM", "SHA2-384", 32, 16, MODE_STREAM },
	{ 0x1303, "ChaCha20-Poly1305", "SHA2-256", 32, 16, MODE_STREAM },
	{ 0x1304, "AES-128-CCM", "SHA2-256", 16, 16, MODE_CCM },
	{ 0x1305, "AES-128-CCM", "SHA2-256", 16, 8, MODE_CCM },
};

enum { SUITES = sizeof suites / sizeof *suites };

/* An algorithm that OpenSSL does not have here is NULL. */
struct method {
	EVP_CIPHER *cipher;
	EVP_MD *hash;
	size_t hash_bytes, block_bytes;
	uint8_t derived[HASH_MOST];	/* the early secret's heir: the same for all who have no
					   key in common beforehand */
};

struct tls_keys {
	struct tls_agreement *agreement;
	struct method methods[SUITES];
	EVP_MD_CTX *digest;
	struct tls_secrets *spares;	/* their contexts are dear to make */
	size_t spare_count;
};

struct tls_secrets {
	struct tls_keys *keys;
	struct tls_secrets *next;	/* while it is spare */
	struct writer messages;
	const struct suite *suite;	/* NULL: nothing is derived yet */
	EVP_CIPHER_CTX *cipher;
	uint8_t key[KEY_MOST], iv[IV_BYTES];
	uint64_t records;
};

/* One of the parts that are hashed together. */
struct part {
	const void *bytes;
	size_t length;
};

static void hash_parts(const struct tls_keys *keys, const struct method *method,
		       const struct part *parts, size_t count, uint8_t *out)
{
	bool done = EVP_DigestInit_ex2(keys->digest, method->hash, NULL);

	for (size_t i = 0; i < count; i++)
		done = done && EVP_DigestUpdate(keys->digest, parts[i].bytes, parts[i].length);
	if (!done || !EVP_DigestFinal_ex(keys->digest, out, NULL))
		abort();
}

/* RFC 2104. Our keys are never longer than a block. */
static void hmac(const struct tls_keys *keys, const struct method *method, struct part key,
		 struct part message, uint8_t *out)
{
	uint8_t inner[BLOCK_MOST], outer[BLOCK_MOST], within[HASH_MOST];
	const uint8_t *byte = key.bytes;

	assert(key.length <= method->block_bytes);
	for (size_t i = 0; i < method->block_bytes; i++) {
		uint8_t of_key = i < key.length ? byte[i] : 0;

		inner[i] = of_key ^ 0x36;
		outer[i] = of_key ^ 0x5c;
	}
	hash_parts(keys, method,
		   (struct part[]){ { inner, method->block_bytes }, message }, 2, within);
	hash_parts(keys, method,
		   (struct part[]){ { outer, method->block_bytes },
				    { within, method->hash_bytes } }, 2, out);
}

/* HKDF-Expand-Label for no more than one hash, which is all that is needed (7.1). */
static void expand(const struct tls_keys *keys, const struct method *method,
		   const uint8_t *secret, const char *label, struct part context, uint8_t *out,
		   size_t length)
{
	uint8_t room[128], block[HASH_MOST];
	struct writer info;

	assert(length <= method->hash_bytes);
	writer_init(&info, room, sizeof room);
	writer_put_u16be(&info, (uint16_t)length);
	writer_put_u8(&info, (uint8_t)(strlen("tls13 ") + strlen(label)));
	writer_put_text(&info, "tls13 ");
	writer_put_text(&info, label);
	writer_put_u8(&info, (uint8_t)context.length);
	writer_put(&info, context.bytes, context.length);
	writer_put_u8(&info, 1);	/* HKDF's counter */
	hmac(keys, method, (struct part){ secret, method->hash_bytes },
	     (struct part){ info.bytes, info.length }, block);
	memcpy(out, block, length);
}

static const struct suite *suite_of(uint16_t value)
{
	for (size_t i = 0; i < SUITES; i++)
		if (suites[i].value == value)
			return &suites[i];
	return NULL;
}

/* NULL when this OpenSSL cannot. */
static const struct method *method_of(const struct tls_keys *keys, const struct suite *suite)
{
	const struct method *method = suite ? &keys->methods[suite - suites] : NULL;

	return method && method->cipher && method->hash ? method : NULL;
}

static void method_fetch(const struct tls_keys *keys, struct method *method,
			 const struct suite *suite)
{
	static const uint8_t zeroes[HASH_MOST];
	uint8_t early[HASH_MOST], nothing[HASH_MOST];

	method->cipher = EVP_CIPHER_fetch(NULL, suite->cipher, NULL);
	method->hash = EVP_MD_fetch(NULL, suite->hash, NULL);
	if (!method->hash)
		return;
	method->hash_bytes = (size_t)EVP_MD_get_size(method->hash);
	method->block_bytes = (size_t)EVP_MD_get_block_size(method->hash);
	assert(method->hash_bytes <= HASH_MOST && method->block_bytes <= BLOCK_MOST);
	hmac(keys, method, (struct part){ zeroes, method->hash_bytes },
	     (struct part){ zeroes, method->hash_bytes }, early);
	hash_parts(keys, method, NULL, 0, nothing);
	expand(keys, method, early, "derived", (struct part){ nothing, method->hash_bytes },
	       method->derived, method->hash_bytes);
}

struct tls_keys *tls_keys_new(void)
{
	struct tls_keys *keys = memory_new(1, sizeof *keys);

	keys->agreement = tls_agreement_new();
	keys->digest = EVP_MD_CTX_new();
	if (!keys->digest)
		abort();
	for (size_t i = 0; i < SUITES; i++)
		method_fetch(keys, &keys->methods[i], &suites[i]);
	ERR_clear_error();
	return keys;
}

static void secrets_release(struct tls_secrets *secrets)
{
	EVP_CIPHER_CTX_free(secrets->cipher);
	writer_free(&secrets->messages);
	free(secrets);
}

void tls_keys_free(struct tls_keys *keys)
{
	if (!keys)
		return;
	for (struct tls_secrets *spare = keys->spares, *next; spare; spare = next) {
		next = spare->next;
		secrets_release(spare);
	}
	for (size_t i = 0; i < SUITES; i++) {
		EVP_CIPHER_free(keys->methods[i].cipher);
		EVP_MD_free(keys->methods[i].hash);
	}
	EVP_MD_CTX_free(keys->digest);
	tls_agreement_free(keys->agreement);
	free(keys);
}

bool tls_keys_share(struct tls_keys *keys, uint16_t group, struct tls_key_share *share)
{
	return tls_agreement_share(keys->agreement, group, share);
}

const uint16_t *tls_keys_groups(size_t *count)
{
	return tls_agreement_groups(count);
}

struct tls_secrets *tls_secrets_new(struct tls_keys *keys)
{
	struct tls_secrets *secrets = keys->spares;

	if (secrets) {
		keys->spares = secrets->next;
		keys->spare_count--;
		return secrets;
	}
	secrets = memory_new(1, sizeof *secrets);
	secrets->keys = keys;
	secrets->cipher = EVP_CIPHER_CTX_new();
	if (!secrets->cipher)
		abort();
	writer_grow_up_to(&secrets->messages, MESSAGES_MOST);
	return secrets;
}

void tls_secrets_free(struct tls_secrets *secrets)
{
	struct tls_keys *keys;

	if (!secrets)
		return;
	keys = secrets->keys;
	if (keys->spare_count == SPARES_MOST) {
		secrets_release(secrets);
		return;
	}
	writer_clear(&secrets->messages);
	secrets->suite = NULL;
	secrets->records = 0;
	secrets->next = keys->spares;
	keys->spares = secrets;
	keys->spare_count++;
}

void tls_secrets_add_message(struct tls_secrets *secrets, const void *message, size_t length)
{
	writer_put(&secrets->messages, message, length);
}

/* False when there were more messages than anybody says before the keys are known. */
static bool hash_messages(const struct tls_secrets *secrets, const struct method *method,
			  uint8_t *out)
{
	if (!writer_ok(&secrets->messages))
		return false;
	hash_parts(secrets->keys, method,
		   &(struct part){ secrets->messages.bytes, secrets->messages.length }, 1, out);
	return true;
}

/* RFC 8446 4.4.1. */
bool tls_secrets_restart(struct tls_secrets *secrets, uint16_t suite)
{
	const struct method *method = method_of(secrets->keys, suite_of(suite));
	uint8_t said[HASH_MOST];

	if (!method || !hash_messages(secrets, method, said))
		return false;
	writer_clear(&secrets->messages);
	writer_put_u8(&secrets->messages, MESSAGE_HASH);
	writer_put_u24be(&secrets->messages, (uint32_t)method->hash_bytes);
	writer_put(&secrets->messages, said, method->hash_bytes);
	return true;
}

/* The key is given once; each record brings its nonce. CCM wants to know its lengths before
 * its key, every time. */
static bool cipher_begin(struct tls_secrets *secrets, const struct method *method)
{
	EVP_CIPHER_CTX *cipher = secrets->cipher;

	if (!EVP_DecryptInit_ex2(cipher, method->cipher, NULL, NULL, NULL) ||
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_IVLEN, IV_BYTES, NULL) <= 0)
		return false;
	return secrets->suite->mode == MODE_CCM ||
	       EVP_DecryptInit_ex2(cipher, NULL, secrets->key, NULL, NULL);
}

bool tls_secrets_derive_from(struct tls_secrets *secrets, uint16_t suite, const void *agreed,
			     size_t length)
{
	const struct tls_keys *keys = secrets->keys;
	const struct suite *about = suite_of(suite);
	const struct method *method = method_of(keys, about);
	const struct part nothing = { .bytes = "" };
	uint8_t said[HASH_MOST], handshake[HASH_MOST], server[HASH_MOST];

	if (!method || !hash_messages(secrets, method, said))
		return false;
	hmac(keys, method, (struct part){ method->derived, method->hash_bytes },
	     (struct part){ agreed, length }, handshake);
	expand(keys, method, handshake, "s hs traffic", (struct part){ said, method->hash_bytes },
	       server, method->hash_bytes);
	expand(keys, method, server, "key", nothing, secrets->key, about->key_bytes);
	expand(keys, method, server, "iv", nothing, secrets->iv, IV_BYTES);
	secrets->suite = about;
	secrets->records = 0;
	if (!cipher_begin(secrets, method))
		abort();
	return true;
}

bool tls_secrets_derive(struct tls_secrets *secrets, uint16_t suite,
			const struct tls_key_share *servers)
{
	uint8_t agreed[TLS_AGREED_MOST];
	size_t length;

	return method_of(secrets->keys, suite_of(suite)) &&
	       tls_agreement_reach(secrets->keys->agreement, servers, agreed, &length) &&
	       tls_secrets_derive_from(secrets, suite, agreed, length);
}

/* RFC 8446 5.3. */
static void put_nonce(const struct tls_secrets *secrets, uint8_t *nonce)
{
	memcpy(nonce, secrets->iv, IV_BYTES);
	for (unsigned i = 0; i < 8; i++)
		nonce[IV_BYTES - 1 - i] ^= (uint8_t)(secrets->records >> (8 * i));
}

static bool decrypt_ccm(struct tls_secrets *secrets, const uint8_t *nonce,
			const uint8_t *head, uint8_t *fragment, int sealed)
{
	EVP_CIPHER_CTX *cipher = secrets->cipher;
	int length;

	return EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, secrets->suite->tag_bytes,
				   fragment + sealed) > 0 &&
	       EVP_DecryptInit_ex2(cipher, NULL, secrets->key, nonce, NULL) &&
	       EVP_DecryptUpdate(cipher, NULL, &length, NULL, sealed) &&
	       EVP_DecryptUpdate(cipher, NULL, &length, head, HEAD_BYTES) &&
	       EVP_DecryptUpdate(cipher, fragment, &length, fragment, sealed) > 0;
}

static bool decrypt(struct tls_secrets *secrets, const uint8_t *nonce, const uint8_t *head,
		    uint8_t *fragment, int sealed)
{
	EVP_CIPHER_CTX *cipher = secrets->cipher;
	uint8_t rest[TAG_MOST];
	int length;

	return EVP_DecryptInit_ex2(cipher, NULL, NULL, nonce, NULL) &&
	       EVP_DecryptUpdate(cipher, NULL, &length, head, HEAD_BYTES) &&
	       EVP_DecryptUpdate(cipher, fragment, &length, fragment, sealed) &&
	       EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, secrets->suite->tag_bytes,
				   fragment + sealed) > 0 &&
	       EVP_DecryptFinal_ex(cipher, rest, &length) > 0;
}

/* What follows the content is its type, then zeroes; nothing but zeroes is an offence (5.4). */
static bool strip_padding(const uint8_t *plain, size_t length, size_t *plain_length,
			  uint8_t *type)
{
	while (length && !plain[length - 1])
		length--;
	if (!length)
		return false;
	*plain_length = length - 1;
	*type = plain[length - 1];
	return true;
}

bool tls_secrets_open(struct tls_secrets *secrets, uint8_t *fragment, size_t length,
		      size_t *plain_length, uint8_t *type)
{
	const uint8_t head[HEAD_BYTES] = { 23, 3, 3, (uint8_t)(length >> 8), (uint8_t)length };
	const struct suite *suite = secrets->suite;
	uint8_t nonce[IV_BYTES];
	bool authentic;
	int sealed;

	if (!suite || length > FRAGMENT_MOST || length <= suite->tag_bytes)
		return false;
	sealed = (int)(length - suite->tag_bytes);
	put_nonce(secrets, nonce);
	secrets->records++;
	authentic = suite->mode == MODE_CCM ? decrypt_ccm(secrets, nonce, head, fragment, sealed)
					    : decrypt(secrets, nonce, head, fragment, sealed);
	if (!authentic)
		ERR_clear_error();
	return authentic && strip_padding(fragment, (size_t)sealed, plain_length, type);
}
