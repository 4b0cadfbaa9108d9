/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/certificate_text.h"

#include <openssl/x509v3.h>
#include <string.h>

#include "ground/memory.h"
#include "ground/text.h"
#include "net/address.h"

/* Source bytes that are told; a DNS name has 253 at most. */
enum { DISTINGUISHED_MOST = 512, NAME_MOST = 255, OID_MOST = 128, SERIAL_BYTES_MOST = 64 };

void certificate_text_hex(const uint8_t *bytes, size_t count, char *hex)
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

/* A name whose values are not what their types say: their bytes as they are. */
static void add_raw_name(struct text *text, const X509_NAME *name)
{
	for (int i = 0; i < X509_NAME_entry_count(name); i++) {
		const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
		const ASN1_STRING *value = X509_NAME_ENTRY_get_data(entry);
		int kind = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));

		text_add(text, i ? ", " : "");
		text_add(text, kind == NID_undef ? "?" : OBJ_nid2sn(kind));
		text_add_char(text, '=');
		text_add_foreign(text, (const char *)ASN1_STRING_get0_data(value),
				 (size_t)ASN1_STRING_length(value), DISTINGUISHED_MOST);
		if (text->length > DISTINGUISHED_MOST)
			break;
	}
}

/* C=DE, O=ACME\, Inc., CN=pbx.example: in the order of the certificate. */
static const char *keep_name(struct certificate *certificate, const X509_NAME *name)
{
	const unsigned long how = ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL |
				  ASN1_STRFLGS_UTF8_CONVERT | ASN1_STRFLGS_DUMP_UNKNOWN |
				  ASN1_STRFLGS_DUMP_DER | XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_FN_SN;
	BIO *sink = BIO_new(BIO_s_mem());
	struct text text = { 0 };
	char *bytes;

	if (sink && X509_NAME_print_ex(sink, name, 0, how) >= 0) {
		long length = BIO_get_mem_data(sink, &bytes);

		text_add_foreign(&text, bytes, (size_t)length, DISTINGUISHED_MOST);
	} else {
		add_raw_name(&text, name);
	}
	BIO_free(sink);
	return keep(certificate, &text);
}

static const char *keep_serial(struct certificate *certificate)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate->x509);
	size_t length = (size_t)ASN1_STRING_length(serial);
	char hex[2 * SERIAL_BYTES_MOST + 1];
	struct text text = { 0 };

	certificate_text_hex(ASN1_STRING_get0_data(serial),
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

void certificate_read_texts(struct certificate *certificate)
{
	certificate->subject =
		keep_name(certificate, X509_get_subject_name(certificate->x509));
	certificate->issuer = keep_name(certificate, X509_get_issuer_name(certificate->x509));
	certificate->serial = keep_serial(certificate);
	certificate->signature = keep_signature(certificate);
	read_names(certificate);
	read_usages(certificate);
}
