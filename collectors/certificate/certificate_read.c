/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/certificate/certificate_read.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collectors/certificate/certificate_wire.h"
#include "ground/clock.h"
#include "ground/memory.h"
#include "ground/text.h"
#include "net/address.h"

/* The largest keys that are used to verify. OpenSSL itself ends at RSA of 16,384 bits, but
 * takes exponents that make it a hundred times as slow as 65,537, which everybody has. A
 * chain of 32 of the worst then costs less than a tenth of a second, once. */
enum {
	RSA_BITS_MOST = 16384,
	RSA_EXPONENT_BITS_MOST = 17,	/* of keys beyond 4,096 bits */
	RSA_SMALL_EXPONENT_BITS_MOST = 33,
	OTHER_BITS_MOST = 4096
};

/* Source bytes that are told; a DNS name has 253 at most. */
enum { DISTINGUISHED_MOST = 512, NAME_MOST = 255, OID_MOST = 128, SERIAL_BYTES_MOST = 64 };

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

/* Since the beginning of the year 0. */
static int64_t days_before(int64_t year)
{
	return 365 * year + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
}

/* timegm() would read the time zone from a file, which the fence does not allow. */
bool certificate_time(const ASN1_TIME *time, int64_t *wall_us)
{
	struct tm parts;
	int64_t days;

	if (!time || !time_is_written_well(time) || !ASN1_TIME_to_tm(time, &parts))
		return false;
	days = days_before(1900 + parts.tm_year) - days_before(1970) + parts.tm_yday;
	*wall_us = CLOCK_SECOND * (86400 * days + 3600 * parts.tm_hour + 60 * parts.tm_min +
				   parts.tm_sec);
	return true;
}

/* hex has room for two digits a byte and NUL. */
static void write_hex(const uint8_t *bytes, size_t count, char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < count; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * count] = '\0';
}

static const char *keep(struct certificate *certificate, struct text *text)
{
	const char *copy = arena_copy(certificate->arena, text_string(text));

	text_free(text);
	return copy;
}

static const char *keep_foreign(struct certificate *certificate, const void *bytes,
				size_t length, size_t most)
{
	struct text text = { 0 };

	text_add_foreign(&text, bytes, length, most);
	return keep(certificate, &text);
}

/* C=DE, O=ACME\, Inc., CN=pbx.example: in the order of the certificate. */
static const char *keep_name(struct certificate *certificate, const X509_NAME *name)
{
	const unsigned long how = ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL |
				  ASN1_STRFLGS_UTF8_CONVERT | ASN1_STRFLGS_DUMP_UNKNOWN |
				  ASN1_STRFLGS_DUMP_DER | XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_FN_SN;
	BIO *sink = BIO_new(BIO_s_mem());
	const char *copy = NULL;
	char *bytes;

	if (sink && X509_NAME_print_ex(sink, name, 0, how) >= 0) {
		long length = BIO_get_mem_data(sink, &bytes);

		copy = keep_foreign(certificate, bytes, (size_t)length, DISTINGUISHED_MOST);
	}
	BIO_free(sink);
	return copy;
}

static const char *keep_serial(struct certificate *certificate)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate->x509);
	size_t length = (size_t)ASN1_STRING_length(serial);
	char hex[2 * SERIAL_BYTES_MOST + 1];
	struct text text = { 0 };

	write_hex(ASN1_STRING_get0_data(serial),
		  length < SERIAL_BYTES_MOST ? length : SERIAL_BYTES_MOST, hex);
	text_add(&text, ASN1_STRING_type(serial) & V_ASN1_NEG ? "-" : "");
	text_add(&text, hex);
	text_add(&text, length > SERIAL_BYTES_MOST ? "…" : "");
	return keep(certificate, &text);
}

/* A name where OpenSSL knows one, else numbers with dots. Printing a long one takes time
 * that grows with the square of its length: such are not printed. */
static const char *keep_object(struct certificate *certificate, const ASN1_OBJECT *object,
			       const char *(*name_of)(int nid))
{
	int nid = OBJ_obj2nid(object);
	char dotted[4 * OID_MOST];

	if (nid != NID_undef)
		return arena_copy(certificate->arena, name_of(nid));
	if (OBJ_length(object) > OID_MOST ||
	    OBJ_obj2txt(dotted, sizeof dotted, object, 1) <= 0)
		return "other";
	return keep_foreign(certificate, dotted, strlen(dotted), sizeof dotted);
}

static const char *keep_signature(struct certificate *certificate)
{
	const X509_ALGOR *algorithm;
	const ASN1_OBJECT *object;

	X509_get0_signature(NULL, &algorithm, certificate->x509);
	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	return keep_object(certificate, object, OBJ_nid2ln);
}

static void read_usages(struct certificate *certificate)
{
	int critical;
	EXTENDED_KEY_USAGE *usages =
		X509_get_ext_d2i(certificate->x509, NID_ext_key_usage, &critical, NULL);
	struct certificate_texts *texts = &certificate->usages;
	size_t count = usages ? (size_t)sk_ASN1_OBJECT_num(usages) : 0;

	/* -1: there is none; -2: several, which means nothing. */
	texts->known = usages || critical == -1;
	count = count < CERTIFICATE_USAGES_MOST ? count : CERTIFICATE_USAGES_MOST;
	texts->list = arena_take(certificate->arena, count * sizeof *texts->list);
	for (texts->count = 0; texts->count < count; texts->count++)
		texts->list[texts->count] = keep_object(
			certificate, sk_ASN1_OBJECT_value(usages, (int)texts->count), OBJ_nid2sn);
	EXTENDED_KEY_USAGE_free(usages);
}

static const char *keep_address(struct certificate *certificate, const ASN1_STRING *bytes)
{
	struct address address = { 0 };
	char string[ADDRESS_ROOM];
	int length = ASN1_STRING_length(bytes);

	if (length != 4 && length != 16)
		return NULL;
	address.family = length == 4 ? 4 : 6;
	memcpy(address.bytes, ASN1_STRING_get0_data(bytes), (size_t)length);
	address_format(&address, string);
	return arena_copy(certificate->arena, string);
}

static bool is_wildcard(const ASN1_STRING *name)
{
	const unsigned char *bytes = ASN1_STRING_get0_data(name);

	return ASN1_STRING_length(name) > 2 && bytes[0] == '*' && bytes[1] == '.';
}

/* NULL when it is of a kind that names no host. */
static const char *keep_alternative(struct certificate *certificate, const GENERAL_NAME *name)
{
	switch (name->type) {
	case GEN_DNS:
		return keep_foreign(certificate, ASN1_STRING_get0_data(name->d.dNSName),
				    (size_t)ASN1_STRING_length(name->d.dNSName), NAME_MOST);
	case GEN_IPADD:
		return keep_address(certificate, name->d.iPAddress);
	default:
		return NULL;
	}
}

/* The last of a list that is too long says so. */
static void list_names(struct certificate *certificate, const GENERAL_NAMES *names)
{
	struct certificate_texts *texts = &certificate->names;
	int count = sk_GENERAL_NAME_num(names);
	int room = count < CERTIFICATE_NAMES_MOST ? count : CERTIFICATE_NAMES_MOST + 1;

	texts->list = arena_take(certificate->arena, (size_t)room * sizeof *texts->list);
	for (int i = 0; i < count; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		const char *text;

		certificate->wildcard |= name->type == GEN_DNS && is_wildcard(name->d.dNSName);
		if (texts->count > CERTIFICATE_NAMES_MOST)
			continue;
		text = keep_alternative(certificate, name);
		if (!text)
			continue;
		texts->list[texts->count] = texts->count < CERTIFICATE_NAMES_MOST ? text : "…";
		texts->count++;
	}
}

/* Clients of today don't look at the common name; telephones of yesterday do. */
static bool common_name_is_wildcard(const X509 *x509)
{
	const X509_NAME *subject = X509_get_subject_name(x509);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

	return at >= 0 &&
	       is_wildcard(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

static void read_names(struct certificate *certificate)
{
	int critical;
	GENERAL_NAMES *names =
		X509_get_ext_d2i(certificate->x509, NID_subject_alt_name, &critical, NULL);

	certificate->names.known = names || critical == -1;
	if (names)
		list_names(certificate, names);
	else if (critical == -1)
		certificate->wildcard = common_name_is_wildcard(certificate->x509);
	GENERAL_NAMES_free(names);
}

static void read_texts(struct certificate *certificate)
{
	certificate->subject =
		keep_name(certificate, X509_get_subject_name(certificate->x509));
	certificate->issuer = keep_name(certificate, X509_get_issuer_name(certificate->x509));
	certificate->serial = keep_serial(certificate);
	certificate->signature = keep_signature(certificate);
	read_names(certificate);
	read_usages(certificate);
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
		    BN_num_bits(exponent) > (bits > OTHER_BITS_MOST ?
						     RSA_EXPONENT_BITS_MOST :
						     RSA_SMALL_EXPONENT_BITS_MOST);
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
	write_hex(sha256, sizeof sha256, certificate->spki_hex);
}

int certificate_signed_by(const struct certificate *certificate, const struct certificate *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer->x509);
	int result = -1;

	if (key && !issuer->monstrous && !issuer->mended && !certificate->mended)
		result = X509_verify(certificate->x509, key);
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

static X509 *decode(const uint8_t *bytes, size_t length)
{
	const unsigned char *end = bytes;
	X509 *x509 = d2i_X509(NULL, &end, (long)length);

	if (x509 && end != bytes + length) {
		X509_free(x509);
		return NULL;
	}
	return x509;
}

static void read_x509(struct certificate *certificate, struct reader der)
{
	size_t length = reader_left(&der);
	const uint8_t *bytes = reader_take(&der, length);
	char *copy;

	certificate->x509 = decode(bytes, length);
	if (certificate->x509)
		return;
	copy = memory_copy_span((const char *)bytes, length);
	certificate->mended = certificate_mend_names((uint8_t *)copy, length);
	if (certificate->mended)
		certificate->x509 = decode((const uint8_t *)copy, length);
	free(copy);
}

struct certificate *certificate_read(const struct certificate_reading *reading,
				     struct reader der)
{
	struct certificate *certificate = memory_new(1, sizeof *certificate);
	struct certificate_outline outline;

	certificate_fingerprint(reading, der, certificate->sha256);
	write_hex(certificate->sha256, sizeof certificate->sha256, certificate->sha256_hex);
	if (certificate_outline_of(der, &outline))
		read_x509(certificate, der);
	if (certificate->x509) {
		certificate->arena = arena_new();
		read_spki(reading, certificate, outline.key);
		read_key(certificate);
		certificate->begins = certificate_time(X509_get0_notBefore(certificate->x509),
						       &certificate->not_before);
		certificate->ends = certificate_time(X509_get0_notAfter(certificate->x509),
						     &certificate->not_after);
		read_relations(certificate);
		read_texts(certificate);
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
