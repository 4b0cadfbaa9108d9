/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/certificate_facts.h"

#include "collectors/certificate/certificate_path.h"
#include "collectors/certificate/certificate_read.h"

static const char *const key_words[] = {
	"RSA", "RSA-PSS", "EC", "DSA", "Ed25519", "Ed448", "other", NULL
};
#define WORD(constant, word) word,
static const char *const trust_error_words[] = { TRUST_ERRORS(WORD) NULL };
#undef WORD
static const char *const staple_words[] = {
	"none", "good", "revoked", "unknown", "expired", "invalid", NULL
};

static const struct fact_descriptor columns[] = {
	[CHAIN_SUBJECT] = {
		.name = "subject", .type = FACT_TEXT, .help = "Whom it names."
	},
	[CHAIN_ISSUER] = {
		.name = "issuer", .type = FACT_TEXT, .help = "Who signed it."
	},
	[CHAIN_SERIAL] = {
		.name = "serial", .type = FACT_TEXT, .help = "Its number, in hexadecimal."
	},
	[CHAIN_NOT_BEFORE] = {
		.name = "not_before", .type = FACT_TIME, .help = "When it begins to be valid."
	},
	[CHAIN_NOT_AFTER] = {
		.name = "not_after", .type = FACT_TIME, .help = "When it ends to be valid."
	},
	[CHAIN_KEY] = {
		.name = "key", .type = FACT_TEXT, .words = key_words, .help = "Kind of key."
	},
	[CHAIN_KEY_BITS] = {
		.name = "key_bits", .type = FACT_INTEGER, .help = "Size of the key."
	},
	[CHAIN_SIGNATURE] = {
		.name = "signature", .type = FACT_TEXT, .help = "How it is signed."
	},
	[CHAIN_SELF_SIGNED] = {
		.name = "self_signed", .type = FACT_BOOLEAN,
		.help = "Whether it is signed with its own key."
	},
	[CHAIN_AUTHORITY] = {
		.name = "authority", .type = FACT_BOOLEAN,
		.help = "Whether it may issue others."
	},
	[CHAIN_SHA256] = {
		.name = "sha256", .type = FACT_TEXT, .unit = "hex", .help = "Its fingerprint."
	},
	[CHAIN_SPKI_SHA256] = {
		.name = "spki_sha256", .type = FACT_TEXT, .unit = "hex",
		.help = "The fingerprint of its key."
	},
	[CHAIN_COLUMN_COUNT] = { .name = NULL }
};

const struct fact_descriptor certificate_fact_table[] = {
	[CERT_SUBJECT] = {
		.name = "cert.subject", .type = FACT_TEXT, .help = "Whom the certificate names."
	},
	[CERT_ISSUER] = {
		.name = "cert.issuer", .type = FACT_TEXT, .help = "Who signed it."
	},
	[CERT_NAMES] = {
		.name = "cert.names", .type = FACT_TEXTS,
		.help = "The host names and addresses it is for."
	},
	[CERT_SERIAL] = {
		.name = "cert.serial", .type = FACT_TEXT, .unit = "hex",
		.help = "Its number, in hexadecimal."
	},
	[CERT_NOT_BEFORE] = {
		.name = "cert.not_before", .type = FACT_TIME,
		.help = "When it begins to be valid."
	},
	[CERT_NOT_AFTER] = {
		.name = "cert.not_after", .type = FACT_TIME,
		.metric = "certificate_not_after_timestamp_seconds",
		.help = "When it ends to be valid."
	},
	[CERT_NOT_YET_VALID] = {
		.name = "cert.not_yet_valid", .type = FACT_BOOLEAN,
		.help = "Whether its time has not come yet."
	},
	[CERT_EXPIRED] = {
		.name = "cert.expired", .type = FACT_BOOLEAN,
		.help = "Whether its time is over."
	},
	[CERT_SELF_SIGNED] = {
		.name = "cert.self_signed", .type = FACT_BOOLEAN,
		.help = "Whether it is signed with its own key, as vendors deliver it."
	},
	[CERT_TRUSTED] = {
		.name = "cert.trusted", .type = FACT_BOOLEAN, .metric = "certificate_trusted",
		.help = "Whether a client would trust it today, whatever name it asked for: by the"
			" system's authorities and those of the target's ca_file."
	},
	[CERT_TRUST_ERROR] = {
		.name = "cert.trust_error", .type = FACT_TEXT, .words = trust_error_words,
		.help = "Why it is not trusted; absent when it is."
	},
	[CERT_NAME_MATCH] = {
		.name = "cert.name_match", .type = FACT_BOOLEAN,
		.help = "Whether it is for the name or address that clients use."
	},
	[CERT_WILDCARD] = {
		.name = "cert.wildcard", .type = FACT_BOOLEAN,
		.help = "Whether it is for every name of a domain."
	},
	[CERT_KEY] = {
		.name = "cert.key", .type = FACT_TEXT, .words = key_words,
		.help = "Kind of key."
	},
	[CERT_KEY_BITS] = {
		.name = "cert.key_bits", .type = FACT_INTEGER, .help = "Size of the key."
	},
	[CERT_CURVE] = {
		.name = "cert.curve", .type = FACT_TEXT, .help = "The curve of an EC key."
	},
	[CERT_SIGNATURE] = {
		.name = "cert.signature", .type = FACT_TEXT, .help = "How it is signed."
	},
	[CERT_USAGES] = {
		.name = "cert.usages", .type = FACT_TEXTS,
		.help = "What it may be used for (extended key usage); absent: anything."
	},
	[CERT_SHA256] = {
		.name = "cert.sha256", .type = FACT_TEXT, .unit = "hex",
		.help = "Its fingerprint."
	},
	[CERT_SPKI_SHA256] = {
		.name = "cert.spki_sha256", .type = FACT_TEXT, .unit = "hex",
		.help = "The fingerprint of its key, which outlives a renewal that keeps the key."
	},
	[CERT_CHAIN] = {
		.name = "cert.chain", .type = FACT_RECORDS, .columns = columns,
		.help = "Every certificate that was sent, the server's own first."
	},
	[CERT_CHAIN_COMPLETE] = {
		.name = "cert.chain_complete", .type = FACT_BOOLEAN,
		.help = "Whether the certificates that were sent lead to a root, which itself need"
			" not be sent when it is known here."
	},
	[CERT_OCSP_STAPLE] = {
		.name = "cert.ocsp_staple", .type = FACT_TEXT, .words = staple_words,
		.help = "What the response of the authority says that the server sends along."
	},
	[CERT_FACT_COUNT] = { .name = NULL }
};

const struct fact_descriptor *certificate_fact(enum certificate_fact fact)
{
	return &certificate_fact_table[fact];
}

const struct fact_descriptor *certificate_column(enum certificate_column column)
{
	return &columns[column];
}

static void tell_text(struct facts *facts, enum certificate_fact fact, const char *text)
{
	if (text)
		facts_set_text(facts, certificate_fact(fact), text);
}

static void tell_texts(struct facts *facts, enum certificate_fact fact,
		       const struct certificate_texts *texts)
{
	if (texts->known)
		facts_set_texts(facts, certificate_fact(fact), texts->list, texts->count);
}

static void tell_dates(const struct certificate *certificate, int64_t wall_us,
		       struct facts *facts)
{
	if (certificate->begins) {
		facts_set_time(facts, certificate_fact(CERT_NOT_BEFORE),
			       certificate->not_before);
		facts_set_boolean(facts, certificate_fact(CERT_NOT_YET_VALID),
				  wall_us < certificate->not_before);
	}
	if (certificate->ends) {
		facts_set_time(facts, certificate_fact(CERT_NOT_AFTER), certificate->not_after);
		facts_set_boolean(facts, certificate_fact(CERT_EXPIRED),
				  wall_us > certificate->not_after);
	}
}

void certificate_tell(const struct certificate *certificate, int64_t wall_us,
		      struct facts *facts)
{
	tell_text(facts, CERT_SUBJECT, certificate->subject);
	tell_text(facts, CERT_ISSUER, certificate->issuer);
	tell_texts(facts, CERT_NAMES, &certificate->names);
	tell_text(facts, CERT_SERIAL, certificate->serial);
	tell_dates(certificate, wall_us, facts);
	if (certificate->self_signed_known)
		facts_set_boolean(facts, certificate_fact(CERT_SELF_SIGNED),
				  certificate->self_signed);
	if (certificate->names.known)
		facts_set_boolean(facts, certificate_fact(CERT_WILDCARD),
				  certificate->wildcard);
	tell_text(facts, CERT_KEY, certificate->key);
	if (certificate->key_bits)
		facts_set_integer(facts, certificate_fact(CERT_KEY_BITS),
				  certificate->key_bits);
	tell_text(facts, CERT_CURVE, certificate->curve);
	tell_text(facts, CERT_SIGNATURE, certificate->signature);
	if (certificate->usages.count)
		tell_texts(facts, CERT_USAGES, &certificate->usages);
	tell_text(facts, CERT_SHA256, certificate->sha256_hex);
	tell_text(facts, CERT_SPKI_SHA256, certificate->spki_hex);
}

static void tell_column(struct facts *facts, enum certificate_column column, const char *text)
{
	if (text)
		facts_set_text(facts, certificate_column(column), text);
}

void certificate_tell_element(const struct certificate *certificate, struct facts *facts)
{
	if (!certificate->x509) {
		tell_column(facts, CHAIN_SHA256, certificate->sha256_hex);
		return;
	}
	tell_column(facts, CHAIN_SUBJECT, certificate->subject);
	tell_column(facts, CHAIN_ISSUER, certificate->issuer);
	tell_column(facts, CHAIN_SERIAL, certificate->serial);
	if (certificate->begins)
		facts_set_time(facts, certificate_column(CHAIN_NOT_BEFORE),
			       certificate->not_before);
	if (certificate->ends)
		facts_set_time(facts, certificate_column(CHAIN_NOT_AFTER),
			       certificate->not_after);
	tell_column(facts, CHAIN_KEY, certificate->key);
	if (certificate->key_bits)
		facts_set_integer(facts, certificate_column(CHAIN_KEY_BITS),
				  certificate->key_bits);
	tell_column(facts, CHAIN_SIGNATURE, certificate->signature);
	if (certificate->self_signed_known)
		facts_set_boolean(facts, certificate_column(CHAIN_SELF_SIGNED),
				  certificate->self_signed);
	facts_set_boolean(facts, certificate_column(CHAIN_AUTHORITY), certificate->authority);
	tell_column(facts, CHAIN_SHA256, certificate->sha256_hex);
	tell_column(facts, CHAIN_SPKI_SHA256, certificate->spki_hex);
}
