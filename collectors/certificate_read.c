/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/certificate_read.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collectors/certificate_text.h"
#include "collectors/certificate_wire.h"
#include "ground/clock.h"
#include "ground/memory.h"

/* The largest keys that are used to verify. OpenSSL itself ends at RSA of 16,384 bits, but
 * takes exponents that make it a hundred times as slow as those that anybody has. */
enum { RSA_BITS_MOST = 16384, RSA_EXPONENT_BITS_MOST = 33, OTHER_BITS_MOST = 4096 };

void certificate_reading_init(struct certificate_reading *reading)
{
	reading->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	reading->digest = EVP_MD_CTX_new();
	if (!reading->sha256 || !reading->digest)
		abort();
}

void certificate_reading_free(struct certificate_reading *reading)
{
	EVP_MD_CTX_free(reading->digest);
	EVP_MD_free(reading->sha256);
}

void certificate_fingerprint(const struct certificate_reading *reading, struct reader bytes,
			     uint8_t sha256[static FINGERPRINT_BYTES])
{
	size_t length = reader_left(&bytes);

	if (!EVP_DigestInit_ex2(reading->digest, reading->sha256, NULL) ||
	    !EVP_DigestUpdate(reading->digest, reader_take(&bytes, length), length) ||
	    !EVP_DigestFinal_ex(reading->digest, sha256, NULL))
		abort();
}

/* YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ: what else ASN.1 allows, no certificate may have. */
static bool time_is_written_well(const ASN1_TIME *time)
{
	const unsigned char *digits = ASN1_STRING_get0_data(time);
	int length = ASN1_STRING_length(time);

	if (length != (ASN1_STRING_type(time) == V_ASN1_UTCTIME ? 13 : 15) ||
	    digits[length - 1] != 'Z')
		return false;
	for (int i = 0; i < length - 1; i++)
		if (digits[i] < '0' || digits[i] > '9')
			return false;
	return true;
}

bool certificate_time(const ASN1_TIME *time, int64_t *wall_us)
{
	struct tm parts;

	if (!time || !time_is_written_well(time) || !ASN1_TIME_to_tm(time, &parts))
		return false;
	*wall_us = (int64_t)timegm(&parts) * CLOCK_SECOND;
	return true;
}

static const char *key_word(int kind)
{
	switch (kind) {
	case EVP_PKEY_RSA:
		return "RSA";
	case EVP_PKEY_RSA_PSS:
		return "RSA-PSS";
	case EVP_PKEY_EC:
		return "EC";
	case EVP_PKEY_DSA:
		return "DSA";
	case EVP_PKEY_ED25519:
		return "Ed25519";
	case EVP_PKEY_ED448:
		return "Ed448";
	default:
		return "other";
	}
}

bool certificate_key_is_monstrous(const EVP_PKEY *key)
{
	int kind = EVP_PKEY_get_base_id(key), bits = EVP_PKEY_get_bits(key);
	BIGNUM *exponent = NULL;
	bool monstrous;

	if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_RSA_PSS)
		return bits > OTHER_BITS_MOST;
	monstrous = bits > RSA_BITS_MOST ||
		    !EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) ||
		    BN_num_bits(exponent) > RSA_EXPONENT_BITS_MOST;
	BN_free(exponent);
	return monstrous;
}

static void read_key(struct certificate *certificate)
{
	const EVP_PKEY *key = X509_get0_pubkey(certificate->x509);
	ASN1_OBJECT *algorithm = NULL;
	char curve[64];
	size_t length;
	int kind;

	/* The kind is said beside the key, which itself may be unreadable. */
	X509_PUBKEY_get0_param(&algorithm, NULL, NULL, NULL,
			       X509_get_X509_PUBKEY(certificate->x509));
	kind = OBJ_obj2nid(algorithm);
	certificate->key = key_word(kind);
	if (!key)
		return;
	certificate->key_bits = EVP_PKEY_get_bits(key);
	certificate->monstrous = certificate_key_is_monstrous(key);
	if (kind == EVP_PKEY_EC &&
	    EVP_PKEY_get_group_name(key, curve, sizeof curve, &length))
		certificate->curve = arena_copy(certificate->arena, curve);
}

static void read_spki(const struct certificate_reading *reading, struct certificate *certificate,
		      struct reader key)
{
	uint8_t sha256[FINGERPRINT_BYTES];

	certificate_fingerprint(reading, key, sha256);
	certificate_text_hex(sha256, sizeof sha256, certificate->spki_hex);
}

int certificate_signed_by(const struct certificate *certificate, const struct certificate *issuer)
{
	EVP_PKEY *key = issuer->monstrous ? NULL : X509_get0_pubkey(issuer->x509);
	int result = key ? X509_verify(certificate->x509, key) : -1;

	ERR_clear_error();
	return result;
}

static void read_relations(struct certificate *certificate)
{
	X509 *x509 = certificate->x509;
	int signed_by_itself = -1;
	bool same_name = !X509_NAME_cmp(X509_get_subject_name(x509),
					X509_get_issuer_name(x509));

	certificate->authority = X509_get_extension_flags(x509) & EXFLAG_CA;
	if (same_name)
		signed_by_itself = certificate_signed_by(certificate, certificate);
	certificate->self_signed = signed_by_itself == 1;
	certificate->self_signed_known = !same_name || signed_by_itself >= 0;
	/* Without the identifier of a key it may be somebody else's of the same name. */
	certificate->pretends = signed_by_itself == 0 && X509_get0_authority_key_id(x509) &&
				X509_check_issued(x509, x509) == X509_V_OK;
}

static X509 *read_x509(struct reader der, struct certificate_outline *outline)
{
	size_t length = reader_left(&der);
	const unsigned char *bytes = der.bytes + der.at, *end = bytes;
	X509 *x509;

	if (!certificate_outline_of(der, outline))
		return NULL;
	x509 = d2i_X509(NULL, &end, (long)length);
	if (x509 && end != bytes + length) {
		X509_free(x509);
		return NULL;
	}
	return x509;
}

struct certificate *certificate_read(const struct certificate_reading *reading,
				     struct reader der)
{
	struct certificate *certificate = memory_new(1, sizeof *certificate);
	struct certificate_outline outline;

	certificate_fingerprint(reading, der, certificate->sha256);
	certificate_text_hex(certificate->sha256, sizeof certificate->sha256,
			     certificate->sha256_hex);
	certificate->x509 = read_x509(der, &outline);
	if (certificate->x509) {
		certificate->arena = arena_new();
		read_spki(reading, certificate, outline.key);
		read_key(certificate);
		certificate->begins = certificate_time(X509_get0_notBefore(certificate->x509),
						       &certificate->not_before);
		certificate->ends = certificate_time(X509_get0_notAfter(certificate->x509),
						     &certificate->not_after);
		read_relations(certificate);
		certificate_read_texts(certificate);
	}
	ERR_clear_error();
	return certificate;
}

void certificate_free(struct certificate *certificate)
{
	if (!certificate)
		return;
	X509_free(certificate->x509);
	arena_free(certificate->arena);
	free(certificate);
}
