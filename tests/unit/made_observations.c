/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/made_observations.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/certificate_facts.h"
#include "collectors/collector.h"
#include "collectors/tls_facts.h"
#include "ground/clock.h"
#include "ground/memory.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void set_texts(struct facts *facts, enum tls_fact fact, const char *const *texts)
{
	size_t count = 0;

	while (texts[count])
		count++;
	facts_set_texts(facts, tls_fact(fact), texts, count);
}

static void add_tls(struct facts *facts)
{
	static const char *const versions[] = { "SSLv3", "TLS1.0", "TLS1.1", "TLS1.2",
						"TLS1.3", NULL };
	static const char *const ciphers[] = {
		"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
		"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
		"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
		"TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_DH_anon_WITH_RC4_128_MD5",
		"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", NULL
	};
	static const char *const weak[] = { "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
					    "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
					    "TLS_DH_anon_WITH_RC4_128_MD5", NULL };
	static const char *const weaknesses[] = { "anonymous", "rc4", "3des", "md5",
						  "cbc_sha1", "static_rsa", NULL };
	static const char *const groups[] = { "x25519", "secp256r1", "ffdhe2048", NULL };
	static const char *const alpn[] = { "h2", "http/1.1", NULL };

	set_texts(facts, TLS_FACT_VERSIONS, versions);
	set_texts(facts, TLS_FACT_CIPHERS, ciphers);
	set_texts(facts, TLS_FACT_WEAK_CIPHERS, weak);
	set_texts(facts, TLS_FACT_WEAKNESSES, weaknesses);
	facts_set_text(facts, tls_fact(TLS_FACT_PREFERENCE), "client");
	facts_set_boolean(facts, tls_fact(TLS_FACT_ANONYMOUS), true);
	set_texts(facts, TLS_FACT_GROUPS, groups);
	set_texts(facts, TLS_FACT_ALPN, alpn);
	facts_set_text(facts, tls_fact(TLS_FACT_CLIENT_CERTIFICATE), "requested");
	facts_set_boolean(facts, tls_fact(TLS_FACT_COMPRESSION), true);
	facts_set_boolean(facts, tls_fact(TLS_FACT_SECURE_RENEGOTIATION), false);
	facts_set_boolean(facts, tls_fact(TLS_FACT_FALLBACK_SCSV), false);
}

static void add_tls_modern(struct facts *facts)
{
	static const char *const versions[] = { "TLS1.3", NULL };
	static const char *const ciphers[] = { "TLS_AES_128_GCM_SHA256", NULL };
	static const char *const nothing[] = { NULL };

	set_texts(facts, TLS_FACT_VERSIONS, versions);
	set_texts(facts, TLS_FACT_CIPHERS, ciphers);
	set_texts(facts, TLS_FACT_WEAK_CIPHERS, nothing);
	set_texts(facts, TLS_FACT_WEAKNESSES, nothing);
	facts_set_boolean(facts, tls_fact(TLS_FACT_ANONYMOUS), false);
	set_texts(facts, TLS_FACT_ALPN, nothing);
	facts_set_text(facts, tls_fact(TLS_FACT_CLIENT_CERTIFICATE), "none");
	facts_set_boolean(facts, tls_fact(TLS_FACT_COMPRESSION), false);
}

/* Days from the made observation's time. */
static int64_t day(int days)
{
	return INT64_C(1795248000000000) + days * 24 * INT64_C(3600) * CLOCK_SECOND;
}

/* A fingerprint of one byte again and again. */
static void set_print(struct facts *facts, const struct fact_descriptor *about, char digit)
{
	char digits[65] = { 0 };

	memset(digits, digit, 64);
	facts_set_text(facts, about, digits);
}

static void set_text(struct facts *facts, enum certificate_fact fact, const char *text)
{
	facts_set_text(facts, certificate_fact(fact), text);
}

static void set_truth(struct facts *facts, enum certificate_fact fact, bool truth)
{
	facts_set_boolean(facts, certificate_fact(fact), truth);
}

struct element {
	const char *subject, *issuer, *serial, *signature;
	int begins, ends, bits;
	bool self_signed, authority;
	char digit;
};

static void add_element(struct facts *facts, const struct element *element)
{
	struct facts *record = facts_add_record(facts, certificate_fact(CERT_CHAIN));

	facts_set_text(record, certificate_column(CHAIN_SUBJECT), element->subject);
	facts_set_text(record, certificate_column(CHAIN_ISSUER), element->issuer);
	facts_set_text(record, certificate_column(CHAIN_SERIAL), element->serial);
	facts_set_time(record, certificate_column(CHAIN_NOT_BEFORE), day(element->begins));
	facts_set_time(record, certificate_column(CHAIN_NOT_AFTER), day(element->ends));
	facts_set_text(record, certificate_column(CHAIN_KEY), "RSA");
	facts_set_integer(record, certificate_column(CHAIN_KEY_BITS), element->bits);
	facts_set_text(record, certificate_column(CHAIN_SIGNATURE), element->signature);
	facts_set_boolean(record, certificate_column(CHAIN_SELF_SIGNED), element->self_signed);
	facts_set_boolean(record, certificate_column(CHAIN_AUTHORITY), element->authority);
	set_print(record, certificate_column(CHAIN_SHA256), element->digit);
	set_print(record, certificate_column(CHAIN_SPKI_SHA256), (char)(element->digit + 1));
}

/* What the leaf's facts and its element say alike. */
static void add_leaf(struct facts *facts, const struct element *leaf)
{
	set_text(facts, CERT_SUBJECT, leaf->subject);
	set_text(facts, CERT_ISSUER, leaf->issuer);
	set_text(facts, CERT_SERIAL, leaf->serial);
	facts_set_time(facts, certificate_fact(CERT_NOT_BEFORE), day(leaf->begins));
	facts_set_time(facts, certificate_fact(CERT_NOT_AFTER), day(leaf->ends));
	set_truth(facts, CERT_NOT_YET_VALID, leaf->begins > 0);
	set_truth(facts, CERT_EXPIRED, leaf->ends < 0);
	set_truth(facts, CERT_SELF_SIGNED, leaf->self_signed);
	set_text(facts, CERT_KEY, "RSA");
	facts_set_integer(facts, certificate_fact(CERT_KEY_BITS), leaf->bits);
	set_text(facts, CERT_SIGNATURE, leaf->signature);
	set_print(facts, certificate_fact(CERT_SHA256), leaf->digit);
	set_print(facts, certificate_fact(CERT_SPKI_SHA256), (char)(leaf->digit + 1));
	add_element(facts, leaf);
}

static void add_certificate(struct facts *facts)
{
	static const char *const names[] = { "pbx.example", "*.pbx.example", "10.0.0.5" };
	static const char *const usages[] = { "serverAuth", "clientAuth" };
	static const struct element leaf = {
		.subject = "CN=pbx.example", .issuer = "CN=R11,O=Let's Encrypt,C=US",
		.serial = "03a1b2c3d4e5f60718293a4b5c6d7e8f9001",
		.signature = "sha256WithRSAEncryption", .begins = -50, .ends = 40,
		.bits = 3072, .digit = 'a'
	};
	static const struct element issuer = {
		.subject = "CN=R11,O=Let's Encrypt,C=US",
		.issuer = "CN=ISRG Root X1,O=Internet Security Research Group,C=US",
		.serial = "8a7d3e13d62f30ef2386bd29076b34f8",
		.signature = "sha256WithRSAEncryption", .begins = -900, .ends = 1,
		.bits = 2048, .authority = true, .digit = '1'
	};

	add_leaf(facts, &leaf);
	add_element(facts, &issuer);
	facts_set_texts(facts, certificate_fact(CERT_NAMES), names, COUNT(names));
	facts_set_texts(facts, certificate_fact(CERT_USAGES), usages, COUNT(usages));
	set_truth(facts, CERT_WILDCARD, true);
	set_truth(facts, CERT_TRUSTED, true);
	set_truth(facts, CERT_NAME_MATCH, true);
	set_truth(facts, CERT_CHAIN_COMPLETE, true);
	set_text(facts, CERT_OCSP_STAPLE, "good");
}

static void add_certificate_vendor(struct facts *facts)
{
	static const struct element leaf = {
		.subject = "CN=vendor default,O=Vendor", .issuer = "CN=vendor sub,O=Vendor",
		.serial = "01", .signature = "sha1WithRSAEncryption", .begins = -4000,
		.ends = -12, .bits = 1024, .digit = 'c'
	};
	static const struct element issuer = {
		.subject = "CN=vendor sub,O=Vendor", .issuer = "CN=vendor root,O=Vendor",
		.serial = "02", .signature = "md5WithRSAEncryption", .begins = 3, .ends = 8000,
		.bits = 1024, .digit = '5'
	};
	static const struct element root = {
		.subject = "CN=vendor root,O=Vendor", .issuer = "CN=vendor root,O=Vendor",
		.serial = "03", .signature = "sha1WithRSAEncryption", .begins = -5000,
		.ends = 8000, .bits = 2048, .self_signed = true, .authority = true, .digit = '7'
	};

	add_leaf(facts, &leaf);
	add_element(facts, &issuer);
	add_element(facts, &root);
	facts_set_texts(facts, certificate_fact(CERT_NAMES), NULL, 0);
	set_truth(facts, CERT_WILDCARD, false);
	set_truth(facts, CERT_TRUSTED, false);
	set_text(facts, CERT_TRUST_ERROR, "not_an_authority");
	set_truth(facts, CERT_NAME_MATCH, false);
	set_truth(facts, CERT_CHAIN_COMPLETE, false);
	set_text(facts, CERT_OCSP_STAPLE, "invalid");
}

static void add_starttls(struct facts *facts)
{
	facts_set_text(facts, tls_fact(TLS_FACT_STARTTLS), "stripped");
	facts_set_text(facts, tls_fact(TLS_FACT_PLAIN_TEXT), "smtp");
}

static void add_socket(struct facts *facts, const char *protocol, const char *address, int64_t port,
		       const char *exposure, const char *process)
{
	const struct fact_descriptor *about = fact_named("host.sockets");
	const struct fact_descriptor *column = about->columns;
	struct facts *record = facts_add_record(facts, about);

	for (; column->name; column++) {
		if (!strcmp(column->name, "protocol"))
			facts_set_text(record, column, protocol);
		else if (!strcmp(column->name, "address"))
			facts_set_text(record, column, address);
		else if (!strcmp(column->name, "port"))
			facts_set_integer(record, column, port);
		else if (!strcmp(column->name, "exposure"))
			facts_set_text(record, column, exposure);
		else if (!strcmp(column->name, "user"))
			facts_set_text(record, column, port < 1024 ? "root" : "starface");
		else if (process && !strcmp(column->name, "process"))
			facts_set_text(record, column, process);
		else if (process && !strcmp(column->name, "pid"))
			facts_set_integer(record, column, 4711);
		else if (process && !strcmp(column->name, "processes"))
			facts_set_integer(record, column, port == 443 ? 5 : 1);
	}
}

static void add_host(struct facts *facts)
{
	static const char *const listening[] = { "tcp/443", "tcp/1337", "tcp/5061", "udp/161" };
	static const char *const exposed[] = { "tcp/443", "tcp/5061" };

	facts_set_text(facts, fact_named("host.exposure"), "exposed");
	facts_set_texts(facts, fact_named("host.listening"), listening, 4);
	facts_set_texts(facts, fact_named("host.exposed"), exposed, 2);
	add_socket(facts, "tcp", "*", 443, "exposed", "nginx");
	add_socket(facts, "tcp", "127.0.0.1", 1337, "loopback", "java");
	add_socket(facts, "tcp", "2001:db8:1234:5678:9abc:def0:1234:5678", 5061, "exposed",
		   "a rather long (name) \\x1B");
	add_socket(facts, "udp", "0.0.0.0%lo", 161, "loopback", NULL);
}

static const struct kind {
	const char *name, *collector, *subject, *name_asked;
	void (*add)(struct facts *facts);
	struct outcome outcome;
} kinds[] = {
	{ "tls", "tls", "tcp/443", NULL, add_tls, { STAGE_NONE, REASON_NONE, NULL } },
	{ "tls-modern", "tls", "tcp/5061", NULL, add_tls_modern,
	  { STAGE_NONE, REASON_NONE, NULL } },
	{ "certificate", "certificate", "tcp/443", NULL, add_certificate,
	  { STAGE_NONE, REASON_NONE, NULL } },
	{ "certificate-vendor", "certificate", "tls/5061", "sip.pbx.example",
	  add_certificate_vendor, { STAGE_HANDSHAKE, REASON_CLOSED_EARLY, "certificate" } },
	{ "host", "host", "any/1-65535", NULL, add_host, { STAGE_NONE, REASON_NONE, NULL } },
	{ "starttls", "certificate", "tcp/25", NULL, add_starttls,
	  { STAGE_STARTTLS, REASON_STARTTLS_ABSENT, "ehlo" } },
};

struct made_observation *made_observation(const char *name)
{
	const struct kind *kind = kinds;
	struct made_observation *made;

	while (kind < kinds + COUNT(kinds) && strcmp(kind->name, name))
		kind++;
	if (kind == kinds + COUNT(kinds))
		return NULL;
	made = memory_new(1, sizeof *made);
	made->name = kind->name;
	made->collector.name = kind->collector;
	made->request.collector = &made->collector;
	made->request.subject.text = kind->subject;
	made->request.host = "pbx.example";
	made->request.name = kind->name_asked;
	made->request.family = 4;
	made->seen = observation_new();
	made->seen->started_wall_us = day(0);
	made->seen->elapsed_us = 12345;
	made->seen->outcome = kind->outcome;
	address_parse("10.0.0.5", &made->seen->address);
	if (kind->add == add_host) {
		made->request.host = "";
		made->request.family = 0;
		made->seen->address.family = 0;
	}
	kind->add(made->seen->facts);
	return made;
}

void made_observation_free(struct made_observation *made)
{
	if (made)
		observation_free(made->seen);
	free(made);
}

const char *const *made_observations(void)
{
	static const char *names[COUNT(kinds) + 1];

	for (size_t i = 0; i < COUNT(kinds); i++)
		names[i] = kinds[i].name;
	return names;
}
