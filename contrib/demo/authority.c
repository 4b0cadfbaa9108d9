/* SPDX-License-Identifier: Apache-2.0 */
#include "contrib/demo/authority.h"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/memory.h"
#include "ground/text.h"

enum { AGE_SECONDS = 30 * 86400, LIFE_SECONDS = 365 * 86400 };

struct authority {
	EVP_PKEY *key;
	X509 *certificate;
};

EVP_PKEY *certificate_key_new(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");

	if (!key)
		abort();
	return key;
}

static void add_extension(X509 *certificate, X509 *issuer, int kind, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
	if (!extension || !X509_add_ext(certificate, extension, -1))
		abort();
	X509_EXTENSION_free(extension);
}

static X509 *begin(EVP_PKEY *key, const char *common_name)
{
	X509 *certificate = X509_new();
	X509_NAME *subject = X509_get_subject_name(certificate);
	uint64_t serial;

	X509_set_version(certificate, X509_VERSION_3);
	RAND_bytes((unsigned char *)&serial, sizeof serial);
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), -AGE_SECONDS);
	X509_gmtime_adj(X509_getm_notAfter(certificate), LIFE_SECONDS);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
				   (const unsigned char *)common_name, -1, -1, 0);
	X509_set_pubkey(certificate, key);
	return certificate;
}

static void end(X509 *certificate, X509 *issuer, EVP_PKEY *key)
{
	X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
	add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
	if (X509_sign(certificate, key, EVP_sha256()) <= 0)
		abort();
}

struct authority *authority_new(void)
{
	struct authority *authority = memory_new(1, sizeof *authority);

	authority->key = certificate_key_new();
	authority->certificate = begin(authority->key, "Authority of the demonstration");
	add_extension(authority->certificate, authority->certificate, NID_basic_constraints,
		      "critical,CA:TRUE");
	add_extension(authority->certificate, authority->certificate, NID_key_usage,
		      "critical,keyCertSign");
	add_extension(authority->certificate, authority->certificate,
		      NID_subject_key_identifier, "hash");
	end(authority->certificate, authority->certificate, authority->key);
	return authority;
}

void authority_free(struct authority *authority)
{
	if (!authority)
		return;
	X509_free(authority->certificate);
	EVP_PKEY_free(authority->key);
	free(authority);
}

bool authority_write(const struct authority *authority, const char *path)
{
	FILE *file = fopen(path, "w");
	bool written;

	if (!file)
		return false;
	written = PEM_write_X509(file, authority->certificate) == 1;
	return fclose(file) == 0 && written;
}

X509 *certificate_new(const struct authority *issuer, EVP_PKEY *key, const char *address,
		      const char *const *names)
{
	X509 *certificate = begin(key, names ? names[0] : address);
	struct text alternatives = { 0 };

	text_add_format(&alternatives, "IP:%s", address);
	for (size_t i = 0; names && names[i]; i++)
		text_add_format(&alternatives, ",DNS:%s", names[i]);
	add_extension(certificate, certificate, NID_subject_alt_name,
		      text_string(&alternatives));
	add_extension(certificate, certificate, NID_ext_key_usage, "serverAuth");
	add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
	end(certificate, issuer ? issuer->certificate : certificate,
	    issuer ? issuer->key : key);
	text_free(&alternatives);
	return certificate;
}
